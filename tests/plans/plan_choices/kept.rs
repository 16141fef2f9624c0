//! What stays: pinned kept tools, the last turns and what is awaited.

use serde_json::{Value, json};
use token_headroom::{
    CompactionPlan, Fills, ModelOptions, PlanStatus, Policy, Verification, plan, resolve, verify,
};

use super::no_cut;
use crate::planning::{
    WHOLE, Words, agent, applied, call, calls, counted, frugal, judged, planned, result,
    step_kinds, tokens, user, verified, words,
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

/// A tool loop of Claude's that runs: `turns` calls with arguments of `arguments` words and results of `results`. Thoughts open it,
/// and each turn in `thoughtful` has its own.
fn claude(
    kind: &str,
    turns: usize,
    [arguments, results]: [usize; 2],
    thoughtful: &[usize],
) -> Value {
    let mut messages = vec![json!({ "role": "user", "content": "Fix the build." })];
    for turn in 0..turns {
        let id = format!("t{turn}");
        let mut blocks = Vec::new();
        if turn == 0 || thoughtful.contains(&turn) {
            blocks.push(
                json!({ "type": "thinking", "thinking": "Let me look.", "signature": "sig" }),
            );
        }
        let input = json!({ "command": format!("step {turn} {}", words(arguments)) });
        blocks.push(json!({ "type": "tool_use", "id": id, "name": "bash", "input": input }));
        let result = format!("ok {turn} {}", words(results));
        messages.extend([
            json!({ "role": "assistant", "content": blocks }),
            json!({ "role": "user", "content": [{ "type": "tool_result", "tool_use_id": id, "content": result }] }),
        ]);
    }
    json!({ "model": "claude-sonnet-4-5", "max_tokens": 20, "thinking": { "type": kind }, "messages": messages })
}

fn planned_for_claude(request: &Value, limit: u32) -> (CompactionPlan, Verification) {
    let model = resolve(&ModelOptions {
        model: Some("claude-sonnet-4-5".to_owned()),
        max_context_tokens: Some(limit),
        ..ModelOptions::default()
    })
    .expect("a known model");
    let counted = counted(request, &Words);
    let judged = judged(&counted, &model, &Words);
    let plan = plan(&counted, &judged, &model, &frugal(), &Words);
    let verification = verify(request, &plan, &Fills::default(), &model, WHOLE, &Words);
    (plan, verification)
}

fn removed(plan: &CompactionPlan) -> Vec<usize> {
    let steps = step_kinds(plan).into_iter();
    let steps = steps.filter(|(kind, _)| ["summarise", "drop", "remove"].contains(kind));
    steps.flat_map(|(_, messages)| messages).collect()
}

#[test]
fn an13_a_running_loop_stays_whole_behind_the_thoughts_that_open_it() {
    // Long arguments cannot go without their turn.
    let request = claude("enabled", 12, [200, 1], &[]);
    let (plan, _) = planned_for_claude(&request, 2000);
    assert_eq!(plan.status, PlanStatus::Irreducible);
    assert!(plan.floor.expect("a floor").tail > 2000);
    // Long results can.
    let request = claude("enabled", 12, [2, 200], &[]);
    let (plan, verification) = planned_for_claude(&request, 2000);
    assert_eq!(plan.status, PlanStatus::Planned);
    assert!(verification.ok, "{verification:?}");
    assert_eq!(removed(&plan), [0; 0]);
    // Nothing has to lead where thinking is adaptive.
    let request = claude("adaptive", 12, [200, 1], &[]);
    let (plan, verification) = planned_for_claude(&request, 2000);
    assert_eq!(plan.status, PlanStatus::Planned);
    assert!(verification.ok, "{verification:?}");
    assert!(removed(&plan).contains(&1));
}

#[test]
fn an13_turns_of_a_running_loop_go_before_a_turn_with_thoughts_of_its_own() {
    let request = claude("enabled", 12, [200, 1], &[4, 5, 6, 7, 8, 9]);
    let (plan, verification) = planned_for_claude(&request, 2200);
    assert_eq!(plan.status, PlanStatus::Planned, "{:?}", plan.floor);
    assert!(verification.ok, "{verification:?}");
    let removed = removed(&plan);
    assert!(!removed.is_empty());
    // Of the turns before the thoughts of turn 4 only the last can go: what stands behind the others has no thoughts.
    assert!(
        removed.iter().all(|&at| (7..=18).contains(&at)),
        "{removed:?}"
    );
}

#[test]
fn an13_a_loop_that_the_user_has_answered_may_go() {
    let mut request = claude("enabled", 12, [200, 1], &[]);
    let all = request["messages"].as_array_mut().expect("messages");
    all.extend([
        json!({ "role": "assistant", "content": "Done." }),
        json!({ "role": "user", "content": "And the tests?" }),
    ]);
    let (plan, verification) = planned_for_claude(&request, 2000);
    assert_eq!(plan.status, PlanStatus::Planned);
    assert!(verification.ok, "{verification:?}");
    assert!(removed(&plan).contains(&1));
}
