//! How likely a result is to be needed again.
//!
//! Needed again means: after the moment of planning the model uses, in its text or in a call, a name (path, identifier,
//! number) that stands in the result and nowhere nearer, neither in a later result nor in anything said since, and that at
//! most about the square root of the results before hold (inverse document frequency of a half). Counted on 66 recorded
//! conversations (Claude Code, mini-swe-agent, OpenHands, AutoGen and small sets, 4,091 results), at seven places in each,
//! for the 8,544 pairs of a place and a result of at least 200 bytes before it:
//!
//! | groups since it came | needed | of | share | the model's mean |
//! |---:|---:|---:|---:|---:|
//! | 0 | 135 | 189 | 71.4 % | 65.4 % |
//! | 1 to 2 | 162 | 369 | 43.9 % | 49.1 % |
//! | 3 to 6 | 243 | 713 | 34.1 % | 33.0 % |
//! | 7 to 14 | 299 | 1,186 | 25.2 % | 23.5 % |
//! | 15 to 30 | 295 | 1,717 | 17.2 % | 16.1 % |
//! | 31 to 62 | 236 | 2,021 | 11.7 % | 11.2 % |
//! | 63 to 126 | 100 | 1,804 | 5.5 % | 7.8 % |
//! | 127 and more | 7 | 545 | 1.3 % | 4.7 % |
//!
//! What was used before is used again: use restarts the clock (idle groups since the last use predict better than age, by
//! 0.0026 in log-likelihood a result), and it slows the decay. After 31 to 62 idle groups 2.4 % (8 of 327) of what was
//! never used is needed again, 6.7 % (54 of 812) of what was used a little, 10.6 % (66 of 623) of what was used more: 2.7
//! and 4.3 times as much.
//!
//! | reason to go | needed | of | share |
//! |---|---:|---:|---:|
//! | none | 1,169 | 5,644 | 20.7 % |
//! | stale | 290 | 1,916 | 15.1 % |
//! | superseded | 18 | 661 | 2.7 % |
//! | near-duplicate | 0 | 65 | 0.0 % |
//! | duplicate | 0 | 258 | 0.0 % |
//! | the tool failed | 10 | 212 | 4.7 % |
//!
//! The odds of need fall as a power of the time since the last use, as they do for what people meet again (Anderson and
//! Schooler, "Reflections of the environment in memory", Psychological Science 2, 1991). The constants are a logistic
//! regression on these pairs without duplicates (-0.370 in log-likelihood a pair, against -0.495 on the other half of the
//! conversations for a constant, where the same model fitted to one half has -0.412). Its means come out too high at the
//! end of the table, where conversations end before anything can be needed. A conversation of another kind may differ:
//! by family the shares are 15.1 % (OpenHands; the model says 22.0 %) to 36.6 % (small sets; 28.4 %). The caller's own
//! values go first.

use crate::plan::document::Cause;

use super::logistic::{ln, logistic};

/// Log-odds of a result of 1,000 bytes that has just come.
const FRESH: f64 = 0.543;
/// Exponent of the decay with idle groups, for what was never used.
const DECAY: f64 = 0.901;
/// How much use lowers the exponent, for each e-fold of the rarities used.
const KEPT: f64 = 0.143;
/// How much use lowers the log-odds of what is fresh: what was taken from it is in the call.
const TAKEN: f64 = 0.288;
/// The logarithm of 1,000, as [`ln`] gives it.
const THOUSAND: f64 = 6.907_755_278_982_132;
/// Log-odds for each e-fold of length: a longer result has more to be needed.
const LENGTH: f64 = 0.423;
/// Log-odds of a result whose file was changed since.
const STALE: f64 = -0.546;
/// Log-odds of a result whose call was made again.
const SUPERSEDED: f64 = -1.907;
/// Log-odds of what a tool that failed said.
const FAILED: f64 = -1.3;
/// Most rarities that count as used: beyond it there is little data.
const MOST_USED: f64 = 30.0;
/// Upper bounds where the data has no case: no more than 3 of n by the rule of three, 0.012 and 0.046.
const DUPLICATE: f64 = 0.02;
const NEAR_DUPLICATE: f64 = 0.05;

/// What is known of a result at the end of a conversation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Evidence {
    /// Why it may go.
    pub cause: Cause,
    /// Groups since it came or was last used.
    pub idle: usize,
    /// The sum of the rarities of what was used of it.
    pub used: f64,
    /// Length of its text in bytes.
    pub bytes: usize,
    /// Whether the tool failed.
    pub failed: bool,
}

/// The probability, above 0 and at most 1.
pub(super) fn need(evidence: &Evidence) -> f64 {
    let used = ln(1.0 + evidence.used.min(MOST_USED));
    let idle = ln(1.0 + evidence.idle as f64);
    let length = ln(1.0 + evidence.bytes as f64) - THOUSAND;
    let mut odds = FRESH - (DECAY - KEPT * used) * idle - TAKEN * used + LENGTH * length;
    odds += match evidence.cause {
        Cause::Stale => STALE,
        Cause::Superseded => SUPERSEDED,
        Cause::Duplicate | Cause::NearDuplicate | Cause::Old => 0.0,
    };
    if evidence.failed {
        odds += FAILED;
    }
    let most = match evidence.cause {
        Cause::Duplicate => DUPLICATE,
        Cause::NearDuplicate => NEAR_DUPLICATE,
        _ => 1.0,
    };
    logistic(odds).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Evidence = Evidence {
        cause: Cause::Old,
        idle: 10,
        used: 0.0,
        bytes: 1_000,
        failed: false,
    };

    #[test]
    fn a_logarithm_is_as_it_would_be_found() {
        assert_eq!(THOUSAND.to_bits(), ln(1_000.0).to_bits());
    }

    #[test]
    fn need_falls_with_idleness_and_rises_with_use_and_length() {
        let mut last = 1.0;
        for idle in [0, 1, 2, 5, 20, 100, 1_000, usize::MAX] {
            let now = need(&Evidence { idle, ..PLAIN });
            assert!(now < last && now > 0.0, "{idle}");
            assert!(
                need(&Evidence {
                    idle,
                    used: f64::MAX,
                    ..PLAIN
                }) <= 1.0
            );
            last = now;
        }
        let more = [
            Evidence {
                used: 5.0,
                idle: 40,
                ..PLAIN
            },
            Evidence {
                bytes: 9_000,
                idle: 40,
                ..PLAIN
            },
        ];
        for more in more {
            assert!(need(&more) > need(&Evidence { idle: 40, ..PLAIN }));
        }
    }

    #[test]
    fn the_better_the_reason_the_less_it_is_needed() {
        let of = |cause| need(&Evidence { cause, ..PLAIN });
        let needs = [
            Cause::Duplicate,
            Cause::Superseded,
            Cause::Stale,
            Cause::Old,
        ]
        .map(of);
        assert!(needs.is_sorted(), "{needs:?}");
        assert!(of(Cause::NearDuplicate) < of(Cause::Stale));
        assert!(
            need(&Evidence {
                failed: true,
                ..PLAIN
            }) < need(&PLAIN)
        );
    }
}
