//! Messages of the Vercel AI SDK, of LangChain and of AutoGen.

use serde_json::{Value, json};

use super::{Call, History, Turn, answers, system};

pub(super) fn ai_sdk(history: &History) -> Value {
    let mut messages = system(history);
    let begun = |thought: &str, text: &str| {
        let mut parts = Vec::new();
        if !thought.is_empty() {
            parts.push(json!({ "type": "reasoning", "text": thought }));
        }
        if !text.is_empty() {
            parts.push(json!({ "type": "text", "text": text }));
        }
        parts
    };
    for turn in &history.turns {
        match turn {
            Turn::User(text) => messages
                .push(json!({ "role": "user", "content": [{ "type": "text", "text": text }] })),
            Turn::Said { thought, text } => {
                messages.push(json!({ "role": "assistant", "content": begun(thought, text) }));
            }
            Turn::Tools {
                thought,
                text,
                calls,
            } => {
                let mut parts = begun(thought, text);
                parts.extend(calls.iter().map(|call| {
                    json!({
                        "type": "tool-call", "toolCallId": call.id, "toolName": call.tool, "input": call.arguments,
                    })
                }));
                messages.push(json!({ "role": "assistant", "content": parts }));
                let results: Vec<Value> = answers(calls)
                    .map(|(call, text)| {
                        json!({
                            "type": "tool-result", "toolCallId": call.id, "toolName": call.tool,
                            "output": { "type": if call.failed { "error-text" } else { "text" }, "value": text },
                        })
                    })
                    .collect();
                if !results.is_empty() {
                    messages.push(json!({ "role": "tool", "content": results }));
                }
            }
        }
    }
    json!({ "messages": messages })
}

pub(super) fn langchain(history: &History) -> Value {
    let mut messages: Vec<Value> = Vec::new();
    messages.extend(
        history
            .system
            .iter()
            .map(|text| json!({ "type": "system", "data": { "content": text } })),
    );
    let said = |text: &str, calls: &[Call]| {
        let calls: Vec<Value> = calls
            .iter()
            .map(|call| json!({ "id": call.id, "name": call.tool, "args": call.arguments, "type": "tool_call" }))
            .collect();
        json!({ "type": "ai", "data": {
            "content": text, "tool_calls": calls, "additional_kwargs": {}, "response_metadata": {},
        } })
    };
    for turn in &history.turns {
        match turn {
            Turn::User(text) => {
                messages.push(json!({ "type": "human", "data": { "content": text } }));
            }
            Turn::Said { text, .. } => messages.push(said(text, &[])),
            Turn::Tools { text, calls, .. } => {
                messages.push(said(text, calls));
                messages.extend(answers(calls).map(|(call, text)| {
                    json!({ "type": "tool", "data": {
                        "content": text, "tool_call_id": call.id, "name": call.tool,
                        "status": if call.failed { "error" } else { "success" },
                    } })
                }));
            }
        }
    }
    Value::Array(messages)
}

pub(super) fn autogen(history: &History) -> Value {
    let mut messages: Vec<Value> = Vec::new();
    messages.extend(
        history
            .system
            .iter()
            .map(|text| json!({ "type": "SystemMessage", "content": text })),
    );
    let said = |thought: &str, content: Value| {
        json!({
            "type": "AssistantMessage", "source": "coder", "content": content,
            "thought": if thought.is_empty() { Value::Null } else { json!(thought) },
        })
    };
    for turn in &history.turns {
        match turn {
            Turn::User(text) => {
                messages.push(json!({ "type": "UserMessage", "source": "user", "content": text }))
            }
            Turn::Said { thought, text } => messages.push(said(thought, json!(text))),
            Turn::Tools { thought, calls, .. } => {
                let made: Vec<Value> = calls
                    .iter()
                    .map(|call| json!({ "id": call.id, "name": call.tool, "arguments": call.arguments.to_string() }))
                    .collect();
                messages.push(said(thought, made.into()));
                let results: Vec<Value> = answers(calls)
                    .map(|(call, text)| {
                        json!({ "content": text, "call_id": call.id, "name": call.tool, "is_error": call.failed })
                    })
                    .collect();
                if !results.is_empty() {
                    messages.push(
                        json!({ "type": "FunctionExecutionResultMessage", "content": results }),
                    );
                }
            }
        }
    }
    json!({ "messages": messages })
}
