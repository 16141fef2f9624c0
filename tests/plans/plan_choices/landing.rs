//! Where a plan lands, and what it says of that and of its policy.

use serde_json::json;
use token_headroom::{PlanStatus, Policy};

use super::no_cut;
use crate::planning::{agent, applied, frugal, planned, tokens, verified};

#[test]
fn what_fits_is_left_alone() {
    let request = agent(&[300, 300]);
    let plan = planned(&request, tokens(&request), &frugal());
    assert_eq!(plan.status, PlanStatus::Unneeded);
    assert!(plan.steps.is_empty() && plan.floor.is_none() && !plan.released);
    assert_eq!(
        (plan.input.as_str(), plan.before),
        (plan.output.as_str(), plan.after)
    );
    assert_eq!(applied(&request, &plan), request);
    let plan = planned(&request, tokens(&request) * 2, &frugal());
    assert!(plan.released);
}

#[test]
fn a_plan_lands_at_the_release_mark_and_not_just_below_the_limit() {
    let request = agent(&[100; 20]);
    let limit = tokens(&request) - 1;
    for release in [0.5, 0.8, 1.0] {
        let plan = planned(
            &request,
            limit,
            &Policy {
                release,
                ..no_cut()
            },
        );
        assert_eq!(plan.target, (f64::from(limit) * release) as u32);
        assert!(plan.released && plan.after.upper_bound <= plan.target);
        // Not a mask more than needed.
        let last = plan.steps.last().expect("steps");
        assert!(last.tokens_before > plan.target);
    }
}

#[test]
fn a_plan_that_misses_the_release_mark_says_so() {
    let request = agent(&[100, 100, 100, 10, 10, 600]);
    let plan = planned(
        &request,
        900,
        &Policy {
            release: 0.3,
            cut_tail: false,
            ..frugal()
        },
    );
    assert_eq!(plan.status, PlanStatus::Planned);
    assert!(!plan.released && plan.after.upper_bound > plan.target);
    assert!(verified(&request, &plan, 900).ok);
}

/// A policy that names what the request has, and beside it what it does not.
fn misnamed() -> Policy {
    Policy {
        pinned: vec![2, 900, 8, 901],
        keep_tools: vec!["read_file".into(), "reed".into(), "declared".into()],
        values: (0..9).map(|n| (format!("call_{n}x"), 0.5)).collect(),
        tool_values: [("read_file".into(), 0.1), ("w".repeat(90), 0.1)].into(),
        ..frugal()
    }
}

#[test]
fn a_plan_notes_what_the_policy_names_that_the_request_does_not_have() {
    let mut request = agent(&[300; 6]);
    let function =
        json!({ "type": "function", "function": { "name": "declared", "parameters": {} } });
    request["tools"] = json!([function]);
    let count = request["messages"].as_array().expect("messages").len();
    let notes = [
        format!(
            "policy.pinned: the request has {count} messages and none of the index 900, 901"
        ),
        "policy.keepTools: the request calls and declares no tool named \"reed\"".into(),
        "policy.values: the request has no call with the id \"call_0x\", \"call_1x\", \"call_2x\", \"call_3x\" and 5 more"
            .into(),
        format!(
            "policy.toolValues: the request calls and declares no tool named \"{}\"...",
            "w".repeat(64)
        ),
    ];
    // All results are of a kept tool: nothing can go.
    let kept = planned(&request, 600, &misnamed());
    assert_eq!(kept.status, PlanStatus::Irreducible);
    assert_eq!(kept.notes, notes);
    let some = Policy {
        keep_tools: vec!["reed".into()],
        values: [("call_0".into(), 0.9)].into(),
        ..misnamed()
    };
    let plan = planned(&request, 1_500, &some);
    assert_eq!(plan.status, PlanStatus::Planned);
    assert_eq!(
        plan.notes,
        [&notes[0], &notes[1], &notes[3]].map(Clone::clone)
    );
    assert!(verified(&request, &plan, 1_500).ok);
    // What fits has no plan to speak of.
    let fits = planned(&applied(&request, &plan), 1_500, &some);
    assert_eq!(fits.status, PlanStatus::Unneeded);
    assert!(fits.notes.is_empty());
    assert!(planned(&request, 1_500, &frugal()).notes.is_empty());
}
