//! What stays: pinned kept tools, the last turns and what is awaited.

use serde_json::json;
use token_headroom::{PlanStatus, Policy};

use super::no_cut;
use crate::planning::{
    agent, applied, call, calls, frugal, planned, result, step_kinds, tokens, user, verified, words,
};

#[test]
fn pinned_messages_and_kept_tools_stay() {
    let mut request = agent(&[300, 300, 10, 10, 10, 10]);
    request["messages"][4]["tool_calls"][0]["function"]["name"] = "recall".into();
    let limit = tokens(&request) - 200;
    let plain = Policy {
        release: 1.0,
        cut: false,
        summarise: false,
        ..frugal()
    };
    let masks = |policy: Policy| step_kinds(&planned(&request, limit, &policy));
    assert_eq!(masks(plain.clone()), [("mask", vec![3])]);
    let pinned = Policy {
        pinned: vec![3],
        ..plain.clone()
    };
    assert_eq!(masks(pinned), [("mask", vec![5])]);
    let kept = Policy {
        keep_tools: vec!["recall".to_owned()],
        ..plain
    };
    assert_eq!(masks(kept.clone()), [("mask", vec![3])]);
    let both = planned(
        &request,
        limit,
        &Policy {
            pinned: vec![3],
            ..kept
        },
    );
    assert_eq!(both.status, PlanStatus::Irreducible);
    let floor = both.floor.expect("a floor");
    assert!(floor.pinned >= 600, "{floor:?}");
}

#[test]
fn a_pinned_call_keeps_its_turn_but_not_the_text_of_its_result() {
    let request = agent(&[300, 10, 10, 10, 10]);
    let pinned = Policy {
        pinned: vec![2],
        ..no_cut()
    };
    assert_eq!(
        step_kinds(&planned(&request, 300, &pinned)),
        [("mask", vec![3])]
    );
}

#[test]
fn a_giant_result_in_the_last_turn_is_cut_as_a_last_resort() {
    // As met in practice: three searches in one turn, and nothing else to take away.
    let request = json!({ "model": "gpt-4o", "messages": [
        { "role": "system", "content": "You plan." },
        user("Compare the three."),
        calls(&[call("a", "search", "{}"), call("b", "search", "{}"), call("c", "search", "{}")]),
        result("a", &words(9000)), result("b", &words(6000)), result("c", &words(40)),
    ]});
    let plan = planned(&request, 8000, &frugal());
    assert_eq!(step_kinds(&plan), [("cut", vec![3]), ("cut", vec![4])]);
    assert!(plan.released && verified(&request, &plan, 8000).ok);
    let strict = planned(
        &request,
        8000,
        &Policy {
            cut_tail: false,
            ..frugal()
        },
    );
    assert_eq!(strict.status, PlanStatus::Irreducible);
    assert!(strict.floor.expect("a floor").tail >= 15_000);
}

#[test]
fn the_tail_is_left_alone_as_long_as_anything_else_helps() {
    let mut sizes = vec![200; 20];
    sizes.extend([900, 10]);
    let request = agent(&sizes);
    let plan = planned(&request, 2600, &frugal());
    assert_eq!(plan.status, PlanStatus::Planned);
    assert!(
        step_kinds(&plan)
            .iter()
            .all(|(_, messages)| messages.iter().all(|&at| at < 38))
    );
}

#[test]
fn pending_calls_and_their_first_results_are_never_touched() {
    let request = json!({ "model": "gpt-4o", "messages": [
        user("?"), calls(&[call("a", "t", "{}"), call("b", "t", "{}")]), result("a", &words(3000)),
    ]});
    let plan = planned(
        &request,
        500,
        &Policy {
            keep_last: 0,
            ..frugal()
        },
    );
    assert_eq!(plan.status, PlanStatus::Irreducible);
    let floor = plan.floor.expect("a floor");
    assert!(floor.tail >= 3000 && floor.total >= 3000);
    assert_eq!(applied(&request, &plan), request);
}
