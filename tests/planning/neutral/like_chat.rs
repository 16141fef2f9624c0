//! Messages that took after those of Chat Completions: Cohere's and Ollama's.

use serde_json::{Value, json};

use super::{History, Turn, answers, chat_call, system};

pub(super) fn cohere(history: &History) -> Value {
    let mut messages = system(history);
    for turn in &history.turns {
        match turn {
            Turn::User(text) => messages.push(json!({ "role": "user", "content": text })),
            Turn::Said { thought, text } => {
                let mut parts = Vec::new();
                if !thought.is_empty() {
                    parts.push(json!({ "type": "thinking", "thinking": thought }));
                }
                parts.push(json!({ "type": "text", "text": text }));
                messages.push(json!({ "role": "assistant", "content": parts }));
            }
            Turn::Tools { text, calls, .. } => {
                let mut message = json!({
                    "role": "assistant", "tool_calls": calls.iter().map(chat_call).collect::<Vec<_>>(),
                });
                if !text.is_empty() {
                    message["tool_plan"] = json!(text);
                }
                messages.push(message);
                messages.extend(answers(calls).enumerate().map(|(at, (call, text))| {
                    let content = match at % 2 {
                        0 => json!([{ "type": "document", "document": { "data": text } }]),
                        _ => json!(text),
                    };
                    json!({ "role": "tool", "tool_call_id": call.id, "content": content })
                }));
            }
        }
    }
    json!({ "model": "command-a-03-2025", "messages": messages })
}

pub(super) fn ollama(history: &History) -> Value {
    let mut messages = system(history);
    let said = |thought: &str, text: &str| {
        let mut message = json!({ "role": "assistant", "content": text });
        if !thought.is_empty() {
            message["thinking"] = json!(thought);
        }
        message
    };
    for turn in &history.turns {
        match turn {
            Turn::User(text) => messages.push(json!({ "role": "user", "content": text })),
            Turn::Said { thought, text } => messages.push(said(thought, text)),
            Turn::Tools {
                thought,
                text,
                calls,
            } => {
                let mut message = said(thought, text);
                message["tool_calls"] = calls
                    .iter()
                    .map(|call| json!({ "function": { "name": call.tool, "arguments": call.arguments } }))
                    .collect();
                messages.push(message);
                messages.extend(answers(calls).map(|(call, text)| {
                    json!({ "role": "tool", "tool_name": call.tool, "content": text })
                }));
            }
        }
    }
    json!({ "model": "qwen3", "messages": messages, "options": { "num_ctx": 8192 } })
}
