use serde_json::json;

use super::*;
use crate::Code;
use crate::plan::{Cause, PlanStatus, Size, Step, VERSION, hash};

/// A plan with `steps` for `request`, whose messages stand under `key`.
fn planned(request: &Value, key: &str, dialect: &str, steps: Vec<StepKind>) -> CompactionPlan {
    let mut rest = request.clone();
    let list = rest.as_object_mut().unwrap().shift_remove(key).unwrap();
    let size = Size {
        tokens: 9,
        lower_bound: 9,
        upper_bound: 9,
    };
    let step = |kind| Step {
        kind,
        reason: String::new(),
        tokens_before: 9,
        tokens_after: 9,
        lost: String::new(),
        recover: String::new(),
    };
    CompactionPlan {
        version: VERSION,
        status: PlanStatus::Planned,
        model: "m".into(),
        dialect: dialect.into(),
        input: hash::request(&rest, list.as_array().unwrap().iter()),
        output: String::new(),
        available: 9,
        target: 9,
        released: true,
        before: size,
        after: size,
        steps: steps.into_iter().map(step).collect(),
        summary: None,
        floor: None,
        objective: None,
        categories: Vec::new(),
        regrets: 0,
        thinking_lost: 0,
        notes: Vec::new(),
        invariants: Vec::new(),
    }
}

fn mask(messages: &[Value], message: usize, part: usize) -> StepKind {
    StepKind::Mask {
        message,
        part,
        call_id: "c".into(),
        tool: "t".into(),
        cause: Cause::Old,
        later: None,
        placeholder: "[result of t]".into(),
        original: hash::message(&messages[message]),
    }
}

fn hashes(messages: &[Value], places: &[usize]) -> Vec<String> {
    places
        .iter()
        .map(|at| hash::message(&messages[*at]))
        .collect()
}

fn said(role: &str, text: &str) -> Value {
    json!({ "role": role, "content": text })
}

fn talk(count: usize) -> Vec<Value> {
    let role = |at: usize| {
        if at.is_multiple_of(2) {
            "user"
        } else {
            "assistant"
        }
    };
    (0..count)
        .map(|at| said(role(at), &format!("message {at}")))
        .collect()
}

fn chat(messages: &[Value]) -> Value {
    json!({ "temperature": 0.5, "messages": messages, "model": "gpt-4o" })
}

/// Undoes `applied`, as it is and with messages behind it.
fn leads_back(request: &Value, key: &str, applied: &Value, plan: &CompactionPlan) {
    let mut originals = originals_of(request, plan).unwrap();
    assert_eq!(undo(applied, plan, &originals).unwrap(), *request);
    originals.reverse();
    originals.insert(0, said("user", "of another request"));
    let (mut longer, mut expected) = (applied.clone(), request.clone());
    for value in [&mut longer, &mut expected] {
        let list = value[key].as_array_mut().unwrap();
        list.extend([said("assistant", "Done."), said("user", "And now?")]);
    }
    let undone = undo(&longer, plan, &originals).unwrap();
    assert_eq!(undone, expected);
    assert_eq!(
        undone.as_object().unwrap().keys().collect::<Vec<_>>(),
        request.as_object().unwrap().keys().collect::<Vec<_>>()
    );
}

#[test]
fn what_was_replaced_comes_back_in_its_place() {
    let mut messages = talk(6);
    messages[3] = json!({ "role": "assistant", "content": [{ "type": "thinking", "thinking": "hm" }, { "type": "text", "text": "x" }] });
    let request = chat(&messages);
    let cut = StepKind::Cut {
        message: 4,
        part: 0,
        call_id: "c".into(),
        tool: "t".into(),
        head: 1,
        tail: 1,
        notice: "...".into(),
        original: hash::message(&messages[4]),
    };
    let thoughts = StepKind::DropReasoning {
        messages: vec![3],
        originals: hashes(&messages, &[3]),
    };
    let steps = vec![mask(&messages, 1, 0), mask(&messages, 1, 2), cut, thoughts];
    let plan = planned(&request, "messages", "anthropic", steps);
    let mut applied = messages.clone();
    for at in [1, 3, 4] {
        applied[at] = said("user", "shorter");
    }
    leads_back(&request, "messages", &chat(&applied), &plan);
}

#[test]
fn what_was_summarised_comes_back_whatever_stands_for_it() {
    let messages = talk(9);
    let request = chat(&messages);
    let gone = [1, 2, 3, 5];
    for kind in ["summarise", "drop"] {
        let (places, originals) = (gone.to_vec(), hashes(&messages, &gone));
        let step = match kind {
            "summarise" => StepKind::Summarise {
                messages: places,
                digest: "d".into(),
                originals,
            },
            _ => StepKind::Drop {
                messages: places,
                digest: "d".into(),
                originals,
            },
        };
        // A masked result before the summary, another one inside it.
        let steps = vec![mask(&messages, 0, 0), mask(&messages, 2, 0), step];
        let plan = planned(&request, "messages", "openai_chat", steps);
        for notes in [
            vec![said("user", "summary")],
            vec![said("user", "summary"), said("assistant", "[continue]")],
        ] {
            let mut applied = vec![said("user", "masked")];
            applied.extend(notes);
            applied.extend([
                messages[4].clone(),
                messages[6].clone(),
                messages[7].clone(),
                messages[8].clone(),
            ]);
            leads_back(&request, "messages", &chat(&applied), &plan);
        }
    }
}

#[test]
fn what_went_without_a_trace_comes_back() {
    let item = |kind: &str, fields: Value| {
        let mut item = fields;
        item["type"] = kind.into();
        item
    };
    let messages = vec![
        said("user", "go"),
        item("reasoning", json!({ "id": "r", "summary": [] })),
        item(
            "function_call",
            json!({ "call_id": "a", "name": "f", "arguments": "{}" }),
        ),
        item(
            "function_call_output",
            json!({ "call_id": "a", "output": "1" }),
        ),
        item(
            "function_call",
            json!({ "call_id": "b", "name": "f", "arguments": "{}" }),
        ),
        item(
            "function_call_output",
            json!({ "call_id": "b", "output": "1" }),
        ),
        said("user", "and now?"),
    ];
    let request = json!({ "input": messages, "model": "gpt-5" });
    let steps = vec![
        StepKind::DropReasoning {
            messages: vec![1],
            originals: hashes(&messages, &[1]),
        },
        StepKind::Remove {
            messages: vec![2, 3],
            originals: hashes(&messages, &[2, 3]),
        },
    ];
    let plan = planned(&request, "input", "openai_responses", steps);
    let mut applied = messages.clone();
    applied.drain(1..4);
    let applied = json!({ "input": applied, "model": "gpt-5" });
    leads_back(&request, "input", &applied, &plan);
}

#[test]
fn a_list_alone_is_undone_as_a_list() {
    let messages = talk(3);
    let mut plan = planned(
        &chat(&messages),
        "messages",
        "openai_chat",
        vec![mask(&messages, 0, 0)],
    );
    plan.input = hash::request(&json!({}), messages.iter());
    let mut applied = messages.clone();
    applied[0] = said("user", "masked");
    let undone = undo(&Value::Array(applied), &plan, &messages).unwrap();
    assert_eq!(undone, Value::Array(messages));
}

#[test]
fn a_plan_without_steps_leads_to_the_request_itself() {
    let request = chat(&talk(4));
    let plan = planned(&request, "messages", "openai_chat", Vec::new());
    leads_back(&request, "messages", &request, &plan);
}

#[test]
fn missing_originals_are_named() {
    let messages = talk(6);
    let request = chat(&messages);
    let steps = (0..5).map(|at| mask(&messages, at, 0)).collect();
    let plan = planned(&request, "messages", "openai_chat", steps);
    let error = undo(&request, &plan, &messages[4..]).unwrap_err();
    assert_eq!(
        (error.code, error.path.as_str()),
        (Code::MissingField, "originals")
    );
    assert!(error.message.contains("messages[0] (SHA-256 "), "{error}");
    assert!(error.message.contains("messages[2] (SHA-256 "), "{error}");
    assert!(error.message.contains("and 1 more"), "{error}");
}

#[test]
fn a_request_that_was_changed_is_no_way_back() {
    let messages = talk(6);
    let request = chat(&messages);
    let plan = planned(
        &request,
        "messages",
        "openai_chat",
        vec![mask(&messages, 1, 0)],
    );
    let refused = |applied: Value| {
        let error = undo(&applied, &plan, &messages).unwrap_err();
        assert_eq!(error.code, Code::PlanMismatch, "{error}");
    };
    let mut edited = messages.clone();
    edited[4] = said("user", "edited");
    refused(chat(&edited));
    refused(chat(&messages[..3]));
    let mut warmer = request.clone();
    warmer["temperature"] = json!(1);
    refused(warmer);
}

#[test]
fn hostile_plans_are_errors() {
    let messages = talk(4);
    let request = chat(&messages);
    let hostile = |steps: Vec<StepKind>| {
        let plan = planned(&request, "messages", "openai_chat", steps);
        assert!(undo(&request, &plan, &messages).is_err());
        let error = originals_of(&request, &plan).unwrap_err();
        assert_eq!(error.code, Code::PlanMismatch);
    };
    hostile(vec![StepKind::Remove {
        messages: vec![0, 1],
        originals: hashes(&messages, &[0]),
    }]);
    hostile(vec![StepKind::Remove {
        messages: vec![0],
        originals: hashes(&messages, &[1]),
    }]);
    let mut far = mask(&messages, 0, 0);
    if let StepKind::Mask { message, .. } = &mut far {
        *message = usize::MAX;
    }
    let plan = planned(&request, "messages", "openai_chat", vec![far]);
    assert!(originals_of(&request, &plan).is_err());
    // What it would change is nowhere; what the plan was made for is proven all the same.
    assert_eq!(undo(&request, &plan, &messages).unwrap(), request);
}
