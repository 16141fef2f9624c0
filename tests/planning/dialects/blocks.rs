//! Requests whose messages are lists of blocks: Anthropic's, Gemini's and Converse's.

use serde_json::{Value, json};
use token_headroom::{Conversation, Part, Role};

use super::turns::{arguments, result, said, says, system, tool_of, turns};

pub(super) fn anthropic(conversation: &Conversation) -> Value {
    let mut messages: Vec<Value> = Vec::new();
    for (role, parts) in turns(conversation) {
        let mut blocks = Vec::new();
        for part in &parts {
            match part {
                Part::ToolResult { is_error, .. } => {
                    let (id, text) = result(part);
                    blocks.push(json!({
                        "type": "tool_result", "tool_use_id": id, "content": text, "is_error": is_error,
                    }));
                }
                Part::ToolCall(call) => blocks.push(json!({
                    "type": "tool_use", "id": call.id, "name": call.name, "input": arguments(&call.arguments),
                })),
                Part::Reasoning(thought) if thought.sealed > 0 && !thought.text.is_empty() => {
                    blocks.push(json!({
                        "type": "thinking", "thinking": thought.text, "signature": "c2ln".repeat(40),
                    }));
                }
                part if says(part) => {
                    blocks.push(json!({ "type": "text", "text": said(&[part]) }));
                }
                _ => {}
            }
        }
        let role = match role {
            Role::Assistant => "assistant",
            _ => "user",
        };
        let last = messages.last().map(|last| last["role"] == "assistant");
        if role == "assistant" && last.is_none() {
            messages.push(json!({ "role": "user", "content": "Begin." }));
        }
        messages.push(json!({ "role": role, "content": blocks }));
    }
    let mut body = json!({ "model": "claude-opus-4-5", "max_tokens": 1, "messages": messages });
    if let Some(text) = system(conversation) {
        body["system"] =
            json!([{ "type": "text", "text": text, "cache_control": { "type": "ephemeral" } }]);
    }
    body
}

pub(super) fn gemini(conversation: &Conversation) -> Value {
    let turns = turns(conversation);
    let mut contents: Vec<Value> = Vec::new();
    for (role, parts) in &turns {
        let mut own: Vec<Value> = Vec::new();
        for part in parts {
            match part {
                Part::ToolResult { .. } => {
                    let (id, text) = result(part);
                    own.push(json!({ "functionResponse": {
                        "id": id, "name": tool_of(&turns, id), "response": { "output": text },
                    } }));
                }
                Part::ToolCall(call) => own.push(json!({
                    "functionCall": { "id": call.id, "name": call.name, "args": arguments(&call.arguments) },
                    "thoughtSignature": "c2ln".repeat(20),
                })),
                part if says(part) => own.push(json!({ "text": said(&[part]) })),
                _ => {}
            }
        }
        let role = match role {
            Role::Assistant => "model",
            _ => "user",
        };
        let last = contents
            .last()
            .map_or("", |last| last["role"].as_str().unwrap_or(""));
        let has_calls = own.iter().any(|part| part.get("functionCall").is_some());
        if role == "model" && (last.is_empty() || (has_calls && last == "model")) {
            contents.push(json!({ "role": "user", "parts": [{ "text": "Go on." }] }));
        }
        contents.push(json!({ "role": role, "parts": own }));
    }
    if contents.last().is_some_and(|last| last["role"] == "model") {
        contents.push(json!({ "role": "user", "parts": [{ "text": "Go on." }] }));
    }
    let mut body = json!({ "contents": contents });
    if let Some(text) = system(conversation) {
        body["systemInstruction"] = json!({ "parts": [{ "text": text }] });
    }
    body
}

pub(super) fn bedrock(conversation: &Conversation) -> Value {
    let mut messages: Vec<Value> = Vec::new();
    for (role, parts) in turns(conversation) {
        let mut blocks = Vec::new();
        for part in &parts {
            match part {
                Part::ToolResult { .. } => {
                    let (id, text) = result(part);
                    blocks.push(json!({ "toolResult": {
                        "toolUseId": id, "content": [{ "text": text }], "status": "success",
                    } }));
                }
                Part::ToolCall(call) => blocks.push(json!({ "toolUse": {
                    "toolUseId": call.id, "name": call.name, "input": arguments(&call.arguments),
                } })),
                part if says(part) => blocks.push(json!({ "text": said(&[part]) })),
                _ => {}
            }
        }
        let role = match role {
            Role::Assistant => "assistant",
            _ => "user",
        };
        match messages.last_mut() {
            Some(last) if last["role"] == role => {
                last["content"]
                    .as_array_mut()
                    .expect("blocks")
                    .extend(blocks);
            }
            None if role == "assistant" => {
                messages.push(json!({ "role": "user", "content": [{ "text": "Begin." }] }));
                messages.push(json!({ "role": role, "content": blocks }));
            }
            _ => messages.push(json!({ "role": role, "content": blocks })),
        }
    }
    let mut body =
        json!({ "modelId": "anthropic.claude-opus-4-5-20251101-v1:0", "messages": messages });
    if let Some(text) = system(conversation) {
        body["system"] = json!([{ "text": text }]);
    }
    // Converse refuses calls of tools that are not declared.
    body["toolConfig"] = json!({ "tools": [{ "toolSpec": {
        "name": "tool", "description": "Runs.", "inputSchema": { "json": { "type": "object" } },
    } }] });
    body
}
