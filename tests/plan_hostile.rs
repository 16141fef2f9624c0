//! Plans that were altered or made up: refused with an error, or named by verify; never a panic.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)] // A failed expectation is a failed test.

mod planning;

use planning::{
    WHOLE, Words, agent, applied, assert_named, call, calls, messages, model, names, planned,
    refused, result, told, user, verified, words,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use token_headroom::{
    Cause, Code, CompactionPlan, Fills, PlanStatus, Policy, Step, StepKind, apply, verify,
};

const LIMIT: u32 = 600;

/// A request with a plan that masks, and the plan.
fn masked() -> (Value, CompactionPlan) {
    let request = agent(&[300, 40, 200, 10, 10, 10, 10]);
    let plan = planned(
        &request,
        LIMIT,
        &Policy {
            cut: false,
            ..Policy::default()
        },
    );
    assert!(matches!(plan.steps[0].kind, StepKind::Mask { .. }));
    (request, plan)
}

/// A request with a plan that summarises, and the plan.
fn summarised() -> (Value, CompactionPlan) {
    let mut request = agent(&[20; 12]);
    let long = json!({ "role": "assistant", "content": words(400) });
    request["messages"]
        .as_array_mut()
        .expect("messages")
        .insert(4, long);
    let plan = planned(
        &request,
        LIMIT,
        &Policy {
            summary_tokens: 100,
            ..Policy::default()
        },
    );
    assert!(matches!(
        plan.steps.last().expect("steps").kind,
        StepKind::Summarise { .. }
    ));
    assert!(plan.summary.is_some());
    (request, plan)
}

fn with_step(plan: &CompactionPlan, kind: StepKind) -> CompactionPlan {
    let step = Step {
        kind,
        ..plan.steps[0].clone()
    };
    CompactionPlan {
        steps: vec![step],
        ..plan.clone()
    }
}

fn mask(message: usize, call_id: &str) -> StepKind {
    StepKind::Mask {
        message,
        part: 0,
        call_id: call_id.to_owned(),
        tool: "read_file".to_owned(),
        cause: Cause::Old,
        later: None,
        placeholder: "[gone]".to_owned(),
        original: String::new(),
    }
}

fn cut(message: usize, call_id: &str, head: usize, tail: usize) -> StepKind {
    StepKind::Cut {
        message,
        part: 0,
        call_id: call_id.to_owned(),
        tool: "read_file".to_owned(),
        head,
        tail,
        notice: "[...]".to_owned(),
        original: String::new(),
    }
}

fn cut_text(message: usize, part: usize, head: usize, tail: usize) -> StepKind {
    StepKind::CutText {
        message,
        part,
        head,
        tail,
        notice: "[...]".to_owned(),
        original: String::new(),
    }
}

fn summarise(messages: &[usize]) -> StepKind {
    StepKind::Summarise {
        messages: messages.to_vec(),
        digest: "[gone]".to_owned(),
        originals: vec![String::new(); messages.len()],
    }
}

#[test]
fn a_plan_for_another_request_is_refused() {
    let (mut request, plan) = masked();
    request["messages"][1]["content"] = "Find another bug.".into();
    let error = refused(&request, &plan);
    assert_eq!(
        (error.code, error.path.as_str()),
        (Code::PlanMismatch, "input")
    );
    assert_eq!(
        verified(&request, &plan, LIMIT).violations[0].invariant,
        "plan"
    );
}

#[test]
fn the_place_of_messages_in_the_body_does_not_matter_but_other_fields_do() {
    let (request, plan) = masked();
    let body = request.as_object().expect("a body");
    let turned: serde_json::Map<_, _> = body
        .iter()
        .rev()
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    applied(&Value::Object(turned), &plan);
    let mut hotter = request.clone();
    hotter["temperature"] = 1.into();
    assert_eq!(refused(&hotter, &plan).code, Code::PlanMismatch);
}

#[test]
fn steps_that_make_no_sense_are_refused_with_their_place() {
    let (request, plan) = masked();
    let huge = usize::MAX;
    for kind in [
        mask(0, ""),
        mask(1, "call_0"),
        mask(2, "call_0"),
        mask(3, "call_1"),
        mask(huge, "call_0"),
        cut(3, "call_0", huge, 0),
        cut(3, "call_0", 0, huge),
        cut(3, "call_0", huge, huge),
        cut(3, "call_0", 1000, 1000),
        cut(huge, "call_0", 0, 0),
        cut_text(0, 0, 1, 1),
        cut_text(1, 1, 0, 0),
        cut_text(1, huge, 0, 0),
        cut_text(1, 0, huge, huge),
        cut_text(2, 0, 0, 0),
        cut_text(3, 0, 1, 1),
        cut_text(huge, 0, 0, 0),
        summarise(&[]),
        summarise(&[4, 3]),
        summarise(&[3, 3]),
        summarise(&[huge]),
        summarise(&[3, huge]),
    ] {
        let altered = with_step(&plan, kind.clone());
        let error = refused(&request, &altered);
        assert_eq!(error.code, Code::PlanMismatch, "{kind:?}");
        assert!(error.path.starts_with("steps[0]"), "{kind:?}: {error}");
        assert!(!error.hint.is_empty());
        let verification = verified(&request, &altered, LIMIT);
        assert!(!verification.ok, "{kind:?}");
    }
}

#[test]
fn a_cut_inside_a_code_point_is_refused() {
    let request = json!({ "model": "gpt-4o", "messages": [
        user("?"), calls(&[call("a", "t", "{}")]), result("a", "ééééééé"),
    ]});
    let mut plan = planned(&request, 1, &Policy::default());
    plan.status = PlanStatus::Planned;
    plan.steps = vec![Step {
        kind: cut(2, "a", 1, 0),
        reason: String::new(),
        tokens_before: 0,
        tokens_after: 0,
        lost: String::new(),
        recover: String::new(),
    }];
    assert_eq!(refused(&request, &plan).code, Code::PlanMismatch);
    plan.steps[0].kind = cut(2, "a", 2, 2);
    assert_eq!(messages(&applied(&request, &plan))[2]["content"], "é[...]é");
}

#[test]
fn two_steps_on_one_message_are_refused() {
    let (request, plan) = masked();
    let StepKind::Mask { message, .. } = plan.steps[0].kind else {
        unreachable!()
    };
    let mut twice = plan.clone();
    twice.steps.push(plan.steps[0].clone());
    assert_eq!(refused(&request, &twice).code, Code::PlanMismatch);
    twice.steps[1].kind = summarise(&[message]);
    assert_eq!(refused(&request, &twice).code, Code::PlanMismatch);
    let (request, plan) = summarised();
    let mut twice = plan.clone();
    twice.steps.push(Step {
        kind: summarise(&[2]),
        ..plan.steps[0].clone()
    });
    assert_eq!(refused(&request, &twice).code, Code::PlanMismatch);
}

#[test]
fn another_version_and_steps_that_change_nothing_are_refused() {
    let (request, plan) = masked();
    let newer = CompactionPlan {
        version: 3,
        ..plan.clone()
    };
    assert_eq!(refused(&request, &newer).path, "version");
    for status in [PlanStatus::Unneeded, PlanStatus::Irreducible] {
        let altered = CompactionPlan {
            status,
            ..plan.clone()
        };
        assert_eq!(refused(&request, &altered).path, "steps");
    }
}

#[test]
fn fills_are_checked_with_the_numbers() {
    let (request, plan) = summarised();
    let most = plan.summary.as_ref().expect("a slot").max_tokens;
    let fill = |text: &str| {
        apply(
            &request,
            &plan,
            &Fills {
                summary: Some(text.to_owned()),
            },
            &Words,
        )
    };
    for empty in ["", "  \n\t "] {
        let error = fill(empty).expect_err("nothing");
        assert_eq!(
            (error.code, error.path.as_str()),
            (Code::InvalidFill, "summary")
        );
    }
    assert!(fill(&words(most as usize)).is_ok());
    let error = fill(&words(most as usize + 1)).expect_err("too long");
    assert_eq!(error.code, Code::InvalidFill);
    assert!(error.message.contains(&(most + 1).to_string()), "{error}");
    assert!(error.message.contains(&most.to_string()), "{error}");
    let fills = Fills {
        summary: Some(words(most as usize + 1)),
    };
    let verification = verify(&request, &plan, &fills, &model(LIMIT), WHOLE, &Words);
    assert_eq!(verification.violations[0].invariant, "fill");
}

#[test]
fn a_fill_that_nobody_asked_for_is_refused() {
    let (request, plan) = masked();
    let fills = Fills {
        summary: Some("They found it.".to_owned()),
    };
    let error = apply(&request, &plan, &fills, &Words).expect_err("no slot");
    assert_eq!(error.code, Code::InvalidFill);
    let (request, plan) = summarised();
    let without = CompactionPlan {
        summary: None,
        ..plan
    };
    let error = apply(&request, &without, &fills, &Words).expect_err("no slot");
    assert_eq!(error.code, Code::InvalidFill);
}

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
fn a_history_that_is_no_list_of_messages_is_refused_with_what_to_do() {
    let said = |role: &str, text: &str| json!({ "role": role, "message": text });
    let request = json!({
        "model": "command-r",
        "chat_history": [said("USER", "a?"), said("CHATBOT", &words(200)), said("USER", "b?"), said("CHATBOT", "b")],
        "message": "c?",
    });
    let plan = planned(&request, 100, &Policy::default());
    let error = refused(&request, &plan);
    assert_eq!(
        (error.code, error.path.as_str()),
        (Code::UnsupportedDialect, "chat_history")
    );
    assert!(error.hint.contains("`messages`"), "{}", error.hint);
    assert!(!verified(&request, &plan, 100).ok);
}

#[test]
fn a_request_that_is_none_is_an_error() {
    let (_, plan) = masked();
    for request in [json!(null), json!([]), json!({}), json!({ "messages": [] })] {
        assert!(apply(&request, &plan, &Fills::default(), &Words).is_err());
        assert!(!verified(&request, &plan, LIMIT).ok);
    }
}

fn any_kind() -> impl Strategy<Value = StepKind> {
    let index = prop_oneof![9 => 0_usize..20, 1 => any::<usize>()];
    let bytes = prop_oneof![9 => 0_usize..1500, 1 => any::<usize>()];
    let id = prop_oneof![3 => (0..8).prop_map(|n| format!("call_{n}")), 1 => Just(String::new())];
    prop_oneof![
        (index.clone(), id.clone()).prop_map(|(index, id)| mask(index, &id)),
        (index.clone(), id, bytes.clone(), bytes).prop_map(|(i, id, h, t)| cut(i, &id, h, t)),
        (prop::collection::vec(index, 0..5), any::<bool>()).prop_map(|(mut messages, sorted)| {
            if sorted {
                messages.sort_unstable();
                messages.dedup();
            }
            summarise(&messages)
        }),
    ]
}

proptest! {
    #[test]
    fn no_plan_makes_apply_or_verify_panic(
        kinds in prop::collection::vec(any_kind(), 0..4),
        status in prop_oneof![4 => Just(PlanStatus::Planned), 1 => Just(PlanStatus::Irreducible)],
        slot in prop::option::of(any::<u32>()),
        fill in prop::option::of("\\PC{0,60}"),
        available in any::<u32>(),
    ) {
        let (request, plan) = summarised();
        let mut altered = CompactionPlan { status, available, ..plan.clone() };
        altered.steps = kinds
            .into_iter()
            .map(|kind| Step { kind, ..plan.steps[0].clone() })
            .collect();
        match slot {
            Some(tokens) => altered.summary.as_mut().expect("a slot").max_tokens = tokens,
            None => altered.summary = None,
        }
        let fills = Fills { summary: fill };
        let outcome = apply(&request, &altered, &fills, &Words);
        let verification = verify(&request, &altered, &fills, &model(LIMIT), WHOLE, &Words);
        prop_assert!(!verification.ok);
        if let Err(error) = outcome {
            prop_assert!(matches!(error.code, Code::PlanMismatch | Code::InvalidFill));
        }
    }
}
