//! Requests of Chat Completions and of Responses.

use serde_json::{Value, json};
use token_headroom::{Conversation, Role};

use super::turns::{calls, result, said, system, turns};

pub(super) fn chat(conversation: &Conversation) -> Value {
    let mut messages = Vec::new();
    messages.extend(system(conversation).map(|text| json!({ "role": "system", "content": text })));
    for (role, parts) in turns(conversation) {
        match role {
            Role::Tool => messages.extend(parts.iter().map(|part| {
                let (id, text) = result(part);
                json!({ "role": "tool", "tool_call_id": id, "content": text })
            })),
            Role::Assistant => {
                let mut message = json!({ "role": "assistant", "content": said(&parts) });
                let calls: Vec<Value> = calls(&parts)
                    .iter()
                    .map(|(id, name, arguments)| {
                        json!({ "id": id, "type": "function", "function": { "name": name, "arguments": arguments } })
                    })
                    .collect();
                if !calls.is_empty() {
                    message["tool_calls"] = calls.into();
                }
                messages.push(message);
            }
            _ => messages.push(json!({ "role": "user", "content": said(&parts) })),
        }
    }
    json!({ "model": "gpt-4o", "messages": messages })
}

pub(super) fn responses(conversation: &Conversation) -> Value {
    let mut input = Vec::new();
    for (at, (role, parts)) in turns(conversation).into_iter().enumerate() {
        match role {
            Role::Tool => input.extend(parts.iter().map(|part| {
                let (id, text) = result(part);
                json!({ "type": "function_call_output", "call_id": id, "output": text })
            })),
            Role::Assistant => {
                let calls = calls(&parts);
                if !calls.is_empty() {
                    input.push(json!({
                        "type": "reasoning", "id": format!("rs_{at}"), "summary": [],
                        "encrypted_content": "gAAAA".repeat(20),
                    }));
                }
                let text = said(&parts);
                if !text.is_empty() {
                    input.push(json!({
                        "type": "message", "role": "assistant", "content": [{ "type": "output_text", "text": text }],
                    }));
                }
                input.extend(calls.iter().map(|(id, name, arguments)| {
                    json!({ "type": "function_call", "call_id": id, "name": name, "arguments": arguments })
                }));
            }
            _ => input.push(json!({ "role": "user", "content": said(&parts) })),
        }
    }
    let mut body = json!({ "model": "gpt-4o", "store": false, "input": input });
    if let Some(text) = system(conversation) {
        body["instructions"] = text.into();
    }
    body
}
