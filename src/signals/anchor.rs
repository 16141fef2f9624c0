//! A request that goes on where the last one ended is known but for what was added.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::calibration::Learned;
use crate::count::Counted;
use crate::fingerprint;
use crate::project::{Bounds, Projection, Start};

/// Share of what was added, and tokens, by which a continuation may be off before anything was learned of its growth.
const UNEXPLAINED: f64 = 0.2;
const SLACK: i64 = 8;

/// What a provider reported for a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Anchor {
    pub(super) model: String,
    /// The name of the request's messages.
    pub(super) fingerprint: String,
    /// What was counted for it.
    pub(super) counted: Bounds,
    /// What was reported for it.
    pub(super) reported: u32,
}

impl Anchor {
    /// Reads one from its JSON.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let number = |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
        let counted = &value["counted"];
        Some(Self {
            model: value["model"].as_str()?.to_owned(),
            fingerprint: value["fingerprint"].as_str()?.to_owned(),
            counted: Bounds {
                tokens: number(&counted["tokens"])?,
                lower_bound: number(&counted["lowerBound"])?,
                upper_bound: number(&counted["upperBound"])?,
            },
            reported: number(&value["reported"])?,
        })
    }

    /// Whether `counted` begins with this request, and how far in it ends.
    pub(super) fn reach(&self, counted: &Counted) -> Option<usize> {
        let messages = fingerprint::messages(&self.fingerprint)?;
        let same = fingerprint::of(counted, messages)? == self.fingerprint;
        same.then_some(messages)
    }

    /// The bounds of a continuation that counts as `now`: the report, and what was added since.
    ///
    /// What was doubtful in the request itself no longer is; only the doubt that the addition brings is left.
    pub(super) fn carry(&self, now: Bounds, learned: Option<Learned>) -> Bounds {
        let added = i64::from(now.tokens) - i64::from(self.counted.tokens);
        let doubt = |now: u32, tokens: u32, then: u32, counted: u32| {
            (i64::from(now.abs_diff(tokens)) - i64::from(then.abs_diff(counted))).max(0)
        };
        let less = doubt(
            now.tokens,
            now.lower_bound,
            self.counted.tokens,
            self.counted.lower_bound,
        );
        let more = doubt(
            now.tokens,
            now.upper_bound,
            self.counted.tokens,
            self.counted.upper_bound,
        );
        let times = |ratio: f64| (added as f64 * ratio).round() as i64;
        let is_explained =
            (self.counted.lower_bound..=self.counted.upper_bound).contains(&self.reported);
        let (least, likely, most) = match learned {
            Some(learned) => (
                times(learned.least),
                times(learned.likely),
                times(learned.most),
            ),
            None if is_explained => (added, added, added),
            // What is off by an unknown cause may go on being off.
            None => (
                times(1.0 - UNEXPLAINED) - SLACK,
                added,
                times(1.0 + UNEXPLAINED) + SLACK,
            ),
        };
        let whole = |tokens: i64| u32::try_from(tokens.max(0)).unwrap_or(u32::MAX);
        let reported = i64::from(self.reported);
        Bounds {
            tokens: whole(reported + likely),
            lower_bound: whole(reported + least.min(likely).min(added - less)),
            upper_bound: whole(reported + most.max(likely).max(added + more)),
        }
    }

    /// What a projection says of it.
    pub(super) fn start(&self) -> Start {
        Start {
            counted: self.counted.tokens,
            reported: self.reported,
        }
    }

    /// Whether the projection of this very request would be left as it is.
    pub(super) fn agrees(&self, projection: &Projection) -> bool {
        let counted = self.counted;
        self.reported == counted.tokens && counted.lower_bound == counted.upper_bound && {
            let now = Bounds::of(projection);
            now.lower_bound == now.upper_bound
        }
    }
}
