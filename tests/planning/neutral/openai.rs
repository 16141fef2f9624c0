//! Requests of Chat Completions and of Responses.

use serde_json::{Value, json};

use super::{History, Turn, answers, chat_call, system};

pub(super) fn chat(history: &History) -> Value {
    let mut messages = system(history);
    for turn in &history.turns {
        match turn {
            Turn::User(text) => messages.push(json!({ "role": "user", "content": text })),
            Turn::Said { text, .. } => {
                messages.push(json!({ "role": "assistant", "content": text }));
            }
            Turn::Tools { text, calls, .. } => {
                messages.push(json!({
                    "role": "assistant", "content": if text.is_empty() { Value::Null } else { json!(text) },
                    "tool_calls": calls.iter().map(chat_call).collect::<Vec<_>>(),
                }));
                messages.extend(answers(calls).map(|(call, text)| {
                    json!({ "role": "tool", "tool_call_id": call.id, "content": text })
                }));
            }
        }
    }
    json!({ "model": "gpt-4o", "messages": messages })
}

pub(super) fn responses(history: &History) -> Value {
    let mut input: Vec<Value> = Vec::new();
    let reasoning = |at: usize, thought: &str| {
        json!({
            "type": "reasoning", "id": format!("rs_{at}"),
            "summary": [{ "type": "summary_text", "text": thought }], "encrypted_content": "gAAAA".repeat(20),
        })
    };
    let said = |text: &str| {
        json!({
            "type": "message", "role": "assistant", "content": [{ "type": "output_text", "text": text }],
        })
    };
    for (at, turn) in history.turns.iter().enumerate() {
        match turn {
            Turn::User(text) => input.push(json!({ "role": "user", "content": text })),
            Turn::Said { thought, text } => {
                if !thought.is_empty() {
                    input.push(reasoning(at, thought));
                }
                input.push(said(text));
            }
            Turn::Tools {
                thought,
                text,
                calls,
            } => {
                if !thought.is_empty() {
                    input.push(reasoning(at, thought));
                }
                if !text.is_empty() {
                    input.push(said(text));
                }
                input.extend(calls.iter().map(|call| {
                    json!({
                        "type": "function_call", "call_id": call.id, "name": call.tool,
                        "arguments": call.arguments.to_string(),
                    })
                }));
                input.extend(answers(calls).map(|(call, text)| {
                    json!({ "type": "function_call_output", "call_id": call.id, "output": text })
                }));
            }
        }
    }
    let mut body = json!({ "model": "gpt-4o", "store": false, "input": input });
    if let Some(text) = &history.system {
        body["instructions"] = json!(text);
    }
    body
}
