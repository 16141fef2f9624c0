//! How cases are drawn: histories of every form, policies, shares of categories, and windows.

use proptest::prelude::*;

use super::neutral::{FORMS, History, history};
use super::*;

/// A form, a history, a policy, and the window as a share of the request.
pub(super) type Drawn = (usize, History, Policy, f64);

pub(super) fn policy() -> impl Strategy<Value = Policy> {
    (
        prop_oneof![3 => Just(0.8), 1 => 0.3..=1.0],
        1_usize..4,
        prop::array::uniform6(prop::bool::weighted(0.85)),
        any::<bool>(),
        prop_oneof![Just(40_u32), Just(100), Just(300), Just(1024)],
        prop_oneof![Just(0_u32), Just(10)],
        any::<bool>(),
        prop_oneof![Just((None, None)), Just((Some(0.1), Some(1.25)))],
        prop_oneof![Just(None), Just(Some(100_000))],
    )
        .prop_map(
            |(
                release,
                keep_last,
                may,
                summarise,
                summary_tokens,
                horizon,
                broken,
                (read, write),
                summariser_tokens,
            )| {
                Policy {
                    release,
                    keep_last,
                    mask: may[0],
                    cut: may[1],
                    cut_tail: may[2],
                    drop_reasoning: may[3],
                    drop: may[4],
                    cut_user_text: !may[5],
                    summarise,
                    summary_tokens,
                    summariser_tokens,
                    cache: CachePolicy {
                        horizon,
                        broken,
                        read,
                        write,
                        ..CachePolicy::default()
                    },
                    ..Policy::default()
                }
            },
        )
}

/// Shares with floors, and a reserve.
fn categories() -> impl Strategy<Value = CategoryShares> {
    let share = || {
        let some = (0.0..0.8, prop_oneof![Just(0_u32), 1_u32..300]);
        prop::option::of(some.prop_map(|(share, floor)| Share { share, floor }))
    };
    let reserve = (0.0..0.3, 0_u32..60).prop_map(|(share, floor)| Share { share, floor });
    let all = (
        share(),
        share(),
        share(),
        share(),
        prop::option::weighted(0.3, reserve),
    );
    all.prop_map(
        |(system, task, tool_results, conversation, reserve)| CategoryShares {
            system,
            task,
            tool_results,
            conversation,
            media: None,
            reserve,
        },
    )
}

pub(super) fn drawn() -> impl Strategy<Value = Drawn> {
    (0..FORMS.len(), history(2..7, 400, 2), policy(), 0.15..1.0)
}

/// The same cases with shares.
pub(super) fn shared() -> impl Strategy<Value = Drawn> {
    (drawn(), categories()).prop_map(|((form, history, policy, share), categories)| {
        (
            form,
            history,
            Policy {
                categories,
                ..policy
            },
            share,
        )
    })
}

/// Cases that fit or nearly do, in which what pays is evicted.
pub(super) fn paid() -> impl Strategy<Value = Drawn> {
    (drawn(), 0.9..3.0).prop_map(|((form, history, policy, _), share)| {
        (
            form,
            history,
            Policy {
                when: When::Pays,
                ..policy
            },
            share,
        )
    })
}

/// Cases in which a summary has to stand for what is removed, and whoever writes it reads little.
pub(super) fn narrow() -> impl Strategy<Value = Drawn> {
    (drawn(), 180_u32..300).prop_map(|((form, history, policy, share), window)| {
        let policy = Policy {
            drop: false,
            summarise: true,
            summary_tokens: policy.summary_tokens.max(summary::SMALLEST),
            summariser_tokens: Some(window),
            ..policy
        };
        (form, history, policy, share)
    })
}

/// Histories too long to look at everything.
pub(super) fn long() -> impl Strategy<Value = Drawn> {
    (0..FORMS.len(), history(12..40, 400, 2), policy(), 0.1..0.9)
}
