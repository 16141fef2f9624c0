//! Requests whose messages are lists of blocks: Anthropic's, Gemini's and Converse's.

use serde_json::{Value, json};

use super::{History, Turn, answers};

pub(super) fn anthropic(history: &History, model: &str, thinks: bool) -> Value {
    let mut messages: Vec<Value> = Vec::new();
    let begun = |thought: &str, text: &str| {
        let mut blocks = Vec::new();
        if thinks && !thought.is_empty() {
            blocks.push(
                json!({ "type": "thinking", "thinking": thought, "signature": "c2ln".repeat(40) }),
            );
        }
        if !text.is_empty() {
            blocks.push(json!({ "type": "text", "text": text }));
        }
        blocks
    };
    for turn in &history.turns {
        match turn {
            Turn::User(text) => messages.push(json!({ "role": "user", "content": text })),
            Turn::Said { thought, text } => {
                messages.push(json!({ "role": "assistant", "content": begun(thought, text) }));
            }
            Turn::Tools {
                thought,
                text,
                calls,
            } => {
                let mut blocks = begun(thought, text);
                blocks.extend(calls.iter().map(|call| {
                    json!({ "type": "tool_use", "id": call.id, "name": call.tool, "input": call.arguments })
                }));
                messages.push(json!({ "role": "assistant", "content": blocks }));
                let results: Vec<Value> = answers(calls)
                    .map(|(call, text)| {
                        json!({
                            "type": "tool_result", "tool_use_id": call.id, "content": text, "is_error": call.failed,
                        })
                    })
                    .collect();
                if !results.is_empty() {
                    messages.push(json!({ "role": "user", "content": results }));
                }
            }
        }
    }
    let mut body = json!({ "model": model, "max_tokens": 4096, "messages": messages });
    if thinks {
        body["thinking"] = json!({ "type": "enabled", "budget_tokens": 1024 });
    }
    if let Some(text) = &history.system {
        body["system"] =
            json!([{ "type": "text", "text": text, "cache_control": { "type": "ephemeral" } }]);
    }
    body
}

pub(super) fn gemini(history: &History) -> Value {
    let mut contents: Vec<Value> = Vec::new();
    let begun = |thought: &str, text: &str| {
        let mut parts = Vec::new();
        if !thought.is_empty() {
            parts.push(json!({ "text": thought, "thought": true }));
        }
        if !text.is_empty() {
            parts.push(json!({ "text": text }));
        }
        parts
    };
    for turn in &history.turns {
        match turn {
            Turn::User(text) => {
                contents.push(json!({ "role": "user", "parts": [{ "text": text }] }));
            }
            Turn::Said { thought, text } => {
                contents.push(json!({ "role": "model", "parts": begun(thought, text) }));
            }
            Turn::Tools {
                thought,
                text,
                calls,
            } => {
                let mut parts = begun(thought, text);
                parts.extend(calls.iter().enumerate().map(|(at, call)| {
                    let mut part = json!({ "functionCall": { "id": call.id, "name": call.tool, "args": call.arguments } });
                    if at == 0 {
                        part["thoughtSignature"] = json!("c2ln".repeat(20));
                    }
                    part
                }));
                contents.push(json!({ "role": "model", "parts": parts }));
                let results: Vec<Value> = answers(calls)
                    .map(|(call, text)| {
                        json!({ "functionResponse": { "id": call.id, "name": call.tool, "response": { "output": text } } })
                    })
                    .collect();
                if !results.is_empty() {
                    contents.push(json!({ "role": "user", "parts": results }));
                }
            }
        }
    }
    let mut body = json!({ "contents": contents });
    if let Some(text) = &history.system {
        body["systemInstruction"] = json!({ "parts": [{ "text": text }] });
    }
    body
}

pub(super) fn bedrock(history: &History) -> Value {
    let mut messages: Vec<Value> = Vec::new();
    let begun = |thought: &str, text: &str| {
        let mut blocks = Vec::new();
        if !thought.is_empty() {
            blocks.push(json!({ "reasoningContent": { "reasoningText": {
                "text": thought, "signature": "c2ln".repeat(40),
            } } }));
        }
        if !text.is_empty() {
            blocks.push(json!({ "text": text }));
        }
        blocks
    };
    for turn in &history.turns {
        match turn {
            Turn::User(text) => {
                joined(&mut messages, "user", vec![json!({ "text": text })]);
            }
            Turn::Said { thought, text } => {
                joined(&mut messages, "assistant", begun(thought, text));
            }
            Turn::Tools {
                thought,
                text,
                calls,
            } => {
                let mut blocks = begun(thought, text);
                blocks.extend(calls.iter().map(|call| {
                    json!({ "toolUse": { "toolUseId": call.id, "name": call.tool, "input": call.arguments } })
                }));
                joined(&mut messages, "assistant", blocks);
                let results = answers(calls).map(|(call, text)| {
                    json!({ "toolResult": {
                        "toolUseId": call.id, "content": [{ "text": text }],
                        "status": if call.failed { "error" } else { "success" },
                    } })
                });
                joined(&mut messages, "user", results.collect());
            }
        }
    }
    let mut body =
        json!({ "modelId": "anthropic.claude-opus-4-5-20251101-v1:0", "messages": messages });
    if let Some(text) = &history.system {
        body["system"] = json!([{ "text": text }]);
    }
    let names = ["read_file", "write_file", "search_web"];
    let tools = names.map(|name| {
        json!({ "toolSpec": { "name": name, "inputSchema": { "json": { "type": "object" } } } })
    });
    body["toolConfig"] = json!({ "tools": tools });
    body
}

/// Adds to the last message if it has the role, as roles must take turns.
fn joined(messages: &mut Vec<Value>, role: &str, blocks: Vec<Value>) {
    if blocks.is_empty() {
        return;
    }
    match messages.last_mut() {
        Some(last) if last["role"] == role => {
            if let Some(known) = last["content"].as_array_mut() {
                known.extend(blocks);
            }
        }
        _ => messages.push(json!({ "role": role, "content": blocks })),
    }
}
