//! What verify names: each invariant by itself, in plans that were altered, and what a request broke before.

use crate::planning::forged::{LIMIT, mask, masked, summarise, summarised, with_step};
use crate::planning::{
    agent, assert_named, call, calls, names, planned, result, step_kinds, told, user, verified,
    words,
};
use serde_json::json;
use token_headroom::{CompactionPlan, PlanStatus, Policy, StepKind};

#[test]
fn c1_c2_oc1_a_torn_turn_is_named() {
    let (request, plan) = summarised();
    // The results at 3 and 8 go, their calls stay.
    assert_named(
        &request,
        &with_step(&plan, summarise(&[3])),
        LIMIT,
        &["C2", "OC1"],
    );
}

#[test]
fn oc2_a_result_without_its_call_is_named() {
    let (request, plan) = summarised();
    assert_named(
        &request,
        &with_step(&plan, summarise(&[2])),
        LIMIT,
        &["C2", "OC2"],
    );
}

#[test]
fn an_emptied_placeholder_is_named() {
    let (request, mut plan) = masked();
    if let StepKind::Mask { placeholder, .. } = &mut plan.steps[0].kind {
        placeholder.clear();
    }
    assert_named(&request, &plan, LIMIT, &["plan"]);
}

#[test]
fn c6_a_removed_request_is_named() {
    let (request, plan) = summarised();
    assert_named(&request, &with_step(&plan, summarise(&[1])), LIMIT, &["C6"]);
}

#[test]
fn c6_a_changed_pending_turn_is_named() {
    let request = json!({ "model": "gpt-4o", "messages": [
        user("?"), calls(&[call("a", "t", "{}"), call("b", "t", "{}")]), result("a", &words(300)),
    ]});
    let mut plan = planned(&request, 100, &Policy::default());
    assert_eq!(plan.status, PlanStatus::Irreducible);
    plan.status = PlanStatus::Planned;
    let (_, other) = masked();
    plan.steps = with_step(&other, mask(2, "a")).steps;
    assert_named(&request, &plan, 100, &["C6", "C10", "plan"]);
}

#[test]
fn c7_a_plan_that_does_not_fit_or_claims_more_room_is_named() {
    let (request, plan) = masked();
    let fewer = CompactionPlan {
        steps: Vec::new(),
        ..plan.clone()
    };
    assert_named(&request, &fewer, LIMIT, &["C7", "C9", "plan"]);
    let roomier = CompactionPlan {
        available: LIMIT * 100,
        ..plan
    };
    assert_named(&request, &roomier, LIMIT, &["C7"]);
}

#[test]
fn c8_a_placeholder_that_is_longer_than_the_result_is_named() {
    let (request, mut plan) = masked();
    if let StepKind::Mask { placeholder, .. } = &mut plan.steps[0].kind {
        *placeholder = words(400);
    }
    assert_named(&request, &plan, LIMIT, &["C8"]);
    let (request, mut plan) = summarised();
    if let Some(StepKind::Summarise { digest, .. }) = plan.steps.last_mut().map(|s| &mut s.kind) {
        *digest = words(2000);
    }
    assert_named(&request, &plan, LIMIT, &["C8"]);
}

#[test]
fn c10_a_wrong_hash_is_named() {
    let (request, mut plan) = masked();
    if let StepKind::Mask { original, .. } = &mut plan.steps[0].kind {
        *original = "0".repeat(64);
    }
    assert_eq!(names(&request, &plan, LIMIT), ["C10"]);
    let (request, mut plan) = summarised();
    if let Some(StepKind::Summarise { originals, .. }) = plan.steps.last_mut().map(|s| &mut s.kind)
    {
        originals.pop();
    }
    assert_eq!(names(&request, &plan, LIMIT), ["C10"]);
}

#[test]
fn oc3_removed_instructions_are_named() {
    let (request, plan) = summarised();
    assert_named(
        &request,
        &with_step(&plan, summarise(&[0])),
        LIMIT,
        &["OC3"],
    );
}

#[test]
fn plan_numbers_that_are_not_so_are_named() {
    let (request, plan) = masked();
    let mut wrong = vec![plan.clone(); 6];
    wrong[0].after.tokens -= 1;
    wrong[1].after.upper_bound += 1;
    wrong[2].before.tokens += 1;
    wrong[3].output = plan.input.clone();
    wrong[4].steps[0].tokens_after += 1;
    wrong[5].released = !plan.released;
    for wrong in wrong {
        assert_named(&request, &wrong, LIMIT, &["plan"]);
    }
    assert_eq!(names(&request, &plan, LIMIT), [""; 0]);
}

#[test]
fn what_the_request_broke_before_is_inherited_and_no_violation() {
    let mut request = agent(&[300, 40, 200, 10, 10, 10, 10]);
    let all = request["messages"].as_array_mut().expect("messages");
    // A result that answers nothing, a call that nobody answered, an id used twice.
    all.push(user(""));
    all.push(calls(&[call("lost", "bash", "{}")]));
    all.push(user("Go on."));
    all.push(result("nobody", "What?"));
    all.push(calls(&[call("call_6", "bash", "{}")]));
    all.push(result("call_6", "ok"));
    all.push(user("And?"));
    let plan = planned(&request, 700, &Policy::default());
    assert_eq!(plan.status, PlanStatus::Planned);
    let verification = verified(&request, &plan, 700);
    assert!(verification.ok, "{}", told(&verification));
    let names: Vec<&str> = verification
        .inherited
        .iter()
        .map(|v| v.invariant.as_str())
        .collect();
    for name in ["OC1", "OC2"] {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
}

#[test]
fn a_call_and_its_result_stay_together_where_something_stands_between_them() {
    // The output may come later, and one that comes too early could still be put behind its call.
    let output = json!({ "type": "function_call_output", "call_id": "a", "output": words(300) });
    let call = json!({ "type": "function_call", "call_id": "a", "name": "f", "arguments": "{}" });
    let said = json!({ "role": "assistant", "content": words(300) });
    let policy = Policy {
        keep_last: 1,
        mask: false,
        cut: false,
        ..Policy::default()
    };
    for [first, second] in [[&output, &call], [&call, &output]] {
        let request = json!({ "model": "gpt-4o", "store": false, "input": [
            user("?"), first, user("Go on."), second, said, user("And?"), said, user("Now?"),
        ]});
        let plan = planned(&request, 700, &policy);
        assert_eq!(plan.status, PlanStatus::Planned);
        let verification = verified(&request, &plan, 700);
        assert!(verification.ok, "{}", told(&verification));
    }
}

#[test]
fn steps_of_results_whose_calls_are_gone_are_recounted_as_they_are_planned() {
    let mut messages = vec![user("?")];
    for (round, size) in [200, 90, 40].into_iter().enumerate() {
        let ids = ["a", "b", "c"].map(|id| format!("{id}{round}"));
        let made = ids.each_ref().map(|id| {
            let arguments = json!({ "path": id }).to_string();
            call(id, "read_file", &arguments)
        });
        messages.push(calls(&made));
        let text = |at: usize, id: &str| words(size + 30 * at).replace('w', id);
        messages.extend(
            ids.iter()
                .enumerate()
                .map(|(at, id)| result(id, &text(at, id))),
        );
    }
    // The results of the second round stand alone.
    messages[5] = json!({ "role": "assistant", "content": "I look." });
    messages.push(user("And now?"));
    let request = json!({ "model": "gpt-4o", "messages": messages });
    let policy = Policy {
        keep_last: 1,
        summarise: false,
        drop: false,
        ..Policy::default()
    };
    let plan = planned(&request, 760, &policy);
    assert_eq!(plan.status, PlanStatus::Planned);
    let kinds = step_kinds(&plan);
    assert!(kinds.len() > 4, "{kinds:?}");
    let verification = verified(&request, &plan, 760);
    assert!(verification.ok, "{}", told(&verification));
}
