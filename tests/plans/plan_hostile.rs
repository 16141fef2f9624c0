//! Plans that were altered or made up: refused with an error that names the place; never a panic.

use std::sync::LazyLock;

use crate::planning::forged::{
    LIMIT, cut, cut_text, mask, masked, summarise, summarised, with_step,
};
use crate::planning::{
    WHOLE, Words, applied, call, calls, messages, model, planned, refused, result, user, verified,
    words,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use token_headroom::{
    Code, CompactionPlan, Dialect, Fills, ModelOptions, PlanStatus, Policy, Step, StepKind,
    TokenBudget, apply, verify,
};

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
    // A budget says so before there is a plan.
    let budget = TokenBudget::new(&ModelOptions::for_model("gpt-4o")).unwrap();
    let budget = budget.written_in(Dialect::Cohere);
    let told = budget.plan(&request, &Policy::default()).unwrap_err();
    assert_eq!(told, error);
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

static SUMMARISED: LazyLock<(Value, CompactionPlan)> = LazyLock::new(summarised);

proptest! {
    #[test]
    fn no_plan_makes_apply_or_verify_panic(
        kinds in prop::collection::vec(any_kind(), 0..4),
        status in prop_oneof![4 => Just(PlanStatus::Planned), 1 => Just(PlanStatus::Irreducible)],
        slot in prop::option::of(any::<u32>()),
        fill in prop::option::of("\\PC{0,60}"),
        available in any::<u32>(),
    ) {
        let (request, plan) = &*SUMMARISED;
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
        let outcome = apply(request, &altered, &fills, &Words);
        let verification = verify(request, &altered, &fills, &model(LIMIT), WHOLE, &Words);
        prop_assert!(!verification.ok);
        if let Err(error) = outcome {
            prop_assert!(matches!(error.code, Code::PlanMismatch | Code::InvalidFill));
        }
    }
}
