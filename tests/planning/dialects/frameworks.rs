//! Messages of the Vercel AI SDK and of LangChain.

use serde_json::{Value, json};
use token_headroom::{Conversation, Part, Role};

use super::turns::{arguments, calls, result, said, says, system, tool_of, turns};

pub(super) fn ai_sdk(conversation: &Conversation) -> Value {
    let turns = turns(conversation);
    let mut messages = Vec::new();
    messages.extend(system(conversation).map(|text| json!({ "role": "system", "content": text })));
    for (role, parts) in &turns {
        let mut own: Vec<Value> = Vec::new();
        for part in parts {
            match part {
                Part::ToolResult { .. } => {
                    let (id, text) = result(part);
                    own.push(json!({
                        "type": "tool-result", "toolCallId": id, "toolName": tool_of(&turns, id),
                        "output": { "type": "text", "value": text },
                    }));
                }
                Part::ToolCall(call) => own.push(json!({
                    "type": "tool-call", "toolCallId": call.id, "toolName": call.name,
                    "input": arguments(&call.arguments),
                })),
                part if says(part) => own.push(json!({ "type": "text", "text": said(&[part]) })),
                _ => {}
            }
        }
        let role = match role {
            Role::Tool => "tool",
            Role::Assistant => "assistant",
            _ => "user",
        };
        messages.push(json!({ "role": role, "content": own }));
    }
    json!({ "messages": messages })
}

pub(super) fn langchain(conversation: &Conversation) -> Value {
    let mut messages = Vec::new();
    messages.extend(system(conversation).map(
        |text| json!({ "type": "system", "data": { "content": text, "additional_kwargs": {} } }),
    ));
    for (role, parts) in turns(conversation) {
        match role {
            Role::Tool => messages.extend(parts.iter().map(|part| {
                let (id, text) = result(part);
                json!({ "type": "tool", "data": {
                    "content": text, "tool_call_id": id, "additional_kwargs": {}, "status": "success",
                } })
            })),
            Role::Assistant => {
                let calls: Vec<Value> = calls(&parts)
                    .iter()
                    .map(|(id, name, text)| json!({ "id": id, "name": name, "args": arguments(text), "type": "tool_call" }))
                    .collect();
                messages.push(json!({ "type": "ai", "data": {
                    "content": said(&parts), "tool_calls": calls, "additional_kwargs": {}, "response_metadata": {},
                } }));
            }
            _ => messages.push(json!({ "type": "human", "data": { "content": said(&parts), "additional_kwargs": {} } })),
        }
    }
    Value::Array(messages)
}
