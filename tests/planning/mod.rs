//! What the tests of the planner share: a simple counter, a judged request, and checks of the results.
#![allow(dead_code)] // Each test file uses a part.

pub mod cases;
pub mod dialects;
pub mod forged;
pub mod histories;
pub mod recorded;
mod words;

pub use words::Words;

use std::sync::Arc;

use serde_json::{Value, json};
use token_headroom::{
    CachePolicy, CompactionPlan, CountText, Counted, Error, Fills, JudgeOptions, Judgement, Model,
    ModelOptions, Policy, Projection, StepKind, Verification, apply, count, judge, normalize, plan,
    project, resolve, verify,
};

/// The default policy with a cold cache and no horizon: what goes, and where, is decided by what is lost alone.
pub fn frugal() -> Policy {
    Policy {
        cache: CachePolicy {
            horizon: 0,
            broken: true,
            ..CachePolicy::default()
        },
        ..Policy::default()
    }
}

/// All of the window is for the prompt.
pub const WHOLE: JudgeOptions = JudgeOptions {
    headroom: Some(0),
    tight_at: 0.9,
};

/// gpt-4o with a window of `limit` tokens, all of them for the prompt.
pub fn model(limit: u32) -> Model {
    resolve(&ModelOptions {
        model: Some("gpt-4o".to_owned()),
        max_context_tokens: Some(limit),
        ..ModelOptions::default()
    })
    .expect("gpt-4o is in the catalogue")
}

pub fn counted(request: &Value, counter: &dyn CountText) -> Counted {
    count(
        Arc::new(normalize(request).expect("a valid request")),
        counter,
    )
}

pub fn projected(request: &Value, model: &Model, counter: &dyn CountText) -> Projection {
    project(&counted(request, counter), model, counter)
}

pub fn judged(counted: &Counted, model: &Model, counter: &dyn CountText) -> Judgement {
    judge(project(counted, model, counter), model, None, WHOLE)
}

/// Plans `request` for a window of `limit` tokens without headroom.
pub fn planned(request: &Value, limit: u32, policy: &Policy) -> CompactionPlan {
    let model = model(limit);
    let counted = counted(request, &Words);
    plan(
        &counted,
        &judged(&counted, &model, &Words),
        &model,
        policy,
        &Words,
    )
}

pub fn applied(request: &Value, plan: &CompactionPlan) -> Value {
    apply(request, plan, &Fills::default(), &Words).expect("a plan of this request")
}

pub fn verified(request: &Value, plan: &CompactionPlan, limit: u32) -> Verification {
    verify(
        request,
        plan,
        &Fills::default(),
        &model(limit),
        WHOLE,
        &Words,
    )
}

/// Tokens of `request`.
pub fn tokens(request: &Value) -> u32 {
    projected(request, &model(1_000_000), &Words).upper_bound
}

/// `count` words that no counter can merge.
pub fn words(count: usize) -> String {
    (0..count)
        .map(|n| format!("w{:03} ", n % 1000))
        .collect::<String>()
        .trim_end()
        .to_owned()
}

pub fn user(text: &str) -> Value {
    json!({ "role": "user", "content": text })
}

pub fn call(id: &str, tool: &str, arguments: &str) -> Value {
    json!({ "id": id, "type": "function", "function": { "name": tool, "arguments": arguments } })
}

pub fn calls(calls: &[Value]) -> Value {
    json!({ "role": "assistant", "content": null, "tool_calls": calls })
}

pub fn result(id: &str, text: &str) -> Value {
    json!({ "role": "tool", "tool_call_id": id, "content": text })
}

/// A system message, a request, and one tool turn for each size of result, in words.
pub fn agent(results: &[usize]) -> Value {
    let mut messages = vec![
        json!({ "role": "system", "content": "You work on the repository." }),
        user("Find the bug and mend it."),
    ];
    for (index, &size) in results.iter().enumerate() {
        let id = format!("call_{index}");
        messages.push(calls(&[call(
            &id,
            "read_file",
            &format!("{{\"path\":\"src/{index}.rs\"}}"),
        )]));
        // No two results are alike.
        let letter = |at: usize| char::from(b'a' + (at % 26) as u8);
        let own = String::from_iter([letter(index / 26), letter(index)]);
        let text = words(size).replace('w', &own);
        messages.push(result(&id, &text));
    }
    json!({ "model": "gpt-4o", "messages": messages })
}

pub fn messages(request: &Value) -> &[Value] {
    request["messages"].as_array().map_or(&[], Vec::as_slice)
}

/// The names and places of what `verification` found, for a failed assertion.
pub fn told(verification: &Verification) -> String {
    let lines = verification.violations.iter();
    lines
        .map(|v| format!("{} {}: {}\n", v.invariant, v.path, v.message))
        .collect()
}

/// What the steps of `plan` are, each with its messages.
pub fn step_kinds(plan: &CompactionPlan) -> Vec<(&'static str, Vec<usize>)> {
    let told = |kind: &StepKind| match kind {
        StepKind::Mask { message, .. } => ("mask", vec![*message]),
        StepKind::Cut { message, .. } => ("cut", vec![*message]),
        StepKind::CutText { message, .. } => ("cut_text", vec![*message]),
        StepKind::Summarise { messages, .. } => ("summarise", messages.clone()),
        StepKind::Drop { messages, .. } => ("drop", messages.clone()),
        StepKind::Remove { messages, .. } => ("remove", messages.clone()),
        StepKind::DropReasoning { messages, .. } => ("drop_reasoning", messages.clone()),
    };
    plan.steps.iter().map(|step| told(&step.kind)).collect()
}

/// Why `apply` refuses an altered plan.
pub fn refused(request: &Value, plan: &CompactionPlan) -> Error {
    apply(request, plan, &Fills::default(), &Words).expect_err("an altered plan")
}

/// The invariants that verify names for `plan`.
pub fn names(request: &Value, plan: &CompactionPlan, limit: u32) -> Vec<String> {
    let verification = verified(request, plan, limit);
    assert_eq!(verification.ok, verification.violations.is_empty());
    verification
        .violations
        .into_iter()
        .map(|violation| violation.invariant)
        .collect()
}

/// That they are among them.
pub fn assert_named(request: &Value, plan: &CompactionPlan, limit: u32, expected: &[&str]) {
    let names = names(request, plan, limit);
    for name in expected {
        assert!(
            names.iter().any(|found| found == name),
            "{name} is not among {names:?}"
        );
    }
}
