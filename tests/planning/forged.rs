//! Plans to alter, and steps to put into them.
#![allow(dead_code)] // Each test file uses a part.

use serde_json::{Value, json};
use token_headroom::{Cause, CompactionPlan, Policy, Step, StepKind};

use super::{agent, planned, words};

pub const LIMIT: u32 = 600;

/// A request with a plan that masks, and the plan.
pub fn masked() -> (Value, CompactionPlan) {
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
pub fn summarised() -> (Value, CompactionPlan) {
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

pub fn with_step(plan: &CompactionPlan, kind: StepKind) -> CompactionPlan {
    let step = Step {
        kind,
        ..plan.steps[0].clone()
    };
    CompactionPlan {
        steps: vec![step],
        ..plan.clone()
    }
}

pub fn mask(message: usize, call_id: &str) -> StepKind {
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

pub fn cut(message: usize, call_id: &str, head: usize, tail: usize) -> StepKind {
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

pub fn cut_text(message: usize, part: usize, head: usize, tail: usize) -> StepKind {
    StepKind::CutText {
        message,
        part,
        head,
        tail,
        notice: "[...]".to_owned(),
        original: String::new(),
    }
}

pub fn summarise(messages: &[usize]) -> StepKind {
    StepKind::Summarise {
        messages: messages.to_vec(),
        digest: "[gone]".to_owned(),
        originals: vec![String::new(); messages.len()],
    }
}
