//! Shapes that no dialect meant: rewritten as intended, or not at all.

use serde_json::{Value, json};

use super::{results, talk};
use crate::conversation::{Dialect, Part, Role};
use crate::normalize::normalize_message;
use crate::rewrite::{ask, said, with_texts, without_reasoning};

/// A message of each shape, with a result or a thought.
fn samples() -> Vec<(Dialect, Value)> {
    let parts = json!([{ "type": "text", "text": "a", "cache_control": { "type": "ephemeral" } }, { "type": "thinking", "thinking": "hm" }]);
    vec![
        (
            Dialect::OpenaiChat,
            json!({ "role": "tool", "tool_call_id": "a", "content": parts }),
        ),
        (
            Dialect::OpenaiChat,
            json!({ "role": "assistant", "content": parts, "reasoning_content": "hm",
            "reasoning_details": [{ "type": "reasoning.encrypted", "format": "google-gemini-v1", "data": "s" }, { "text": "hm" }] }),
        ),
        (
            Dialect::OpenaiResponses,
            json!({ "type": "function_call_output", "call_id": "a", "output": [{ "type": "input_text", "text": "a" }] }),
        ),
        (
            Dialect::OpenaiResponses,
            json!({ "type": "apply_patch_call_output", "call_id": "a", "output": "a" }),
        ),
        (Dialect::Completions, json!("a")),
        (
            Dialect::Anthropic,
            json!({ "role": "user", "content": [
            { "type": "tool_result", "tool_use_id": "a", "content": [{ "type": "text", "text": "a" }], "is_error": true }, { "type": "thinking", "thinking": "hm" },
        ] }),
        ),
        (
            Dialect::Gemini,
            json!({ "role": "model", "parts": [
            { "text": "hm", "thought": true }, { "functionResponse": { "name": "f", "response": { "a": 1 }, "parts": [{ "text": "a" }] }, "thoughtSignature": "s" },
        ] }),
        ),
        (
            Dialect::BedrockConverse,
            json!({ "role": "user", "content": [
            { "toolResult": { "toolUseId": "a", "content": [{ "json": 1 }, { "cachePoint": {} }] } },
            { "reasoningContent": { "reasoningText": { "text": "hm" } } },
        ] }),
        ),
        (
            Dialect::Cohere,
            json!({ "role": "TOOL", "tool_results": [{ "call": { "name": "f" }, "outputs": [{ "a": 1 }] }] }),
        ),
        (
            Dialect::Cohere,
            json!({ "role": "tool", "tool_call_id": "a", "content": parts }),
        ),
        (
            Dialect::Ollama,
            json!({ "role": "tool", "content": "a", "images": [""], "thinking": "hm" }),
        ),
        (
            Dialect::AiSdk,
            json!({ "role": "tool", "content": [
            { "type": "tool-result", "toolCallId": "a", "toolName": "f", "output": { "type": "content", "value": parts } },
            { "type": "tool-result", "toolCallId": "b", "toolName": "f", "result": 1, "experimental_content": parts },
            { "type": "reasoning", "text": "hm", "providerOptions": { "openai": {} } },
        ] }),
        ),
        (
            Dialect::Langchain,
            json!({ "lc": 1, "type": "constructor", "id": ["ToolMessage"], "kwargs": { "content": parts, "tool_call_id": "a" } }),
        ),
        (
            Dialect::Langchain,
            json!({ "type": "ai", "data": { "content": parts, "additional_kwargs": { "reasoning_content": "hm" } } }),
        ),
        (Dialect::Langchain, json!(["function", parts])),
        (
            Dialect::Autogen,
            json!({ "role": "tool", "content": "", "tool_responses": [{ "tool_call_id": "a", "content": parts }] }),
        ),
        (
            Dialect::Autogen,
            json!({ "source": "a", "type": "ToolCallExecutionEvent", "content": [{ "call_id": "a", "content": "a" }] }),
        ),
        (
            Dialect::Autogen,
            json!({ "source": "a", "type": "AssistantMessage", "content": "a", "thought": "hm" }),
        ),
    ]
}

/// `value` with each of its values in turn replaced by each of a few, or taken out.
fn altered(value: &Value) -> Vec<Value> {
    let mut all: Vec<Value> = [
        json!(null),
        json!(true),
        json!(7),
        json!(""),
        json!("tool_result"),
        json!([]),
        json!({}),
        json!([{}]),
        json!([["a", "b"]]),
        json!({ "type": "text", "text": "a" }),
        json!([{ "type": "tool_result", "tool_use_id": "z" }]),
    ]
    .to_vec();
    match value {
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let put = |other| {
                    let mut copy = items.clone();
                    copy[at] = other;
                    Value::Array(copy)
                };
                all.extend(altered(item).into_iter().map(put));
            }
        }
        Value::Object(fields) => {
            for (key, item) in fields {
                let put = |other| {
                    let mut copy = fields.clone();
                    copy[key] = other;
                    Value::Object(copy)
                };
                all.extend(altered(item).into_iter().map(put));
                let mut less = fields.clone();
                less.shift_remove(key);
                all.push(Value::Object(less));
            }
        }
        _ => {}
    }
    all
}

#[test]
fn what_is_rewritten_reads_as_intended_whatever_the_shape() {
    let (mut rewritten, mut stripped) = (0, 0);
    for (dialect, sample) in samples() {
        for raw in altered(&sample) {
            let Ok(message) = normalize_message(dialect, raw.clone(), "") else {
                continue;
            };
            for at in results(&message) {
                let Some(changed) = with_texts(&message, &[(at, "[gone]")]) else {
                    continue;
                };
                rewritten += 1;
                let read = normalize_message(dialect, changed, "").expect("reads again");
                assert_eq!(read.role, message.role, "{raw}");
                assert_eq!(read.parts.len(), message.parts.len(), "{raw}");
                for (position, (before, after)) in message.parts.iter().zip(&read.parts).enumerate()
                {
                    if position != at {
                        assert_eq!(before, after, "{raw}");
                        continue;
                    }
                    let Part::ToolResult { parts, .. } = after else {
                        panic!("no result in {raw}");
                    };
                    assert!(
                        matches!(&parts[..], [Part::Text { text, .. }] if text.contains("[gone]")),
                        "{raw}"
                    );
                }
            }
            if let Some(changed) = without_reasoning(&message) {
                stripped += 1;
                let read = normalize_message(dialect, changed, "").expect("reads again");
                let others = |part: &&Part| !matches!(part, Part::Reasoning(_));
                assert!(
                    message
                        .parts
                        .iter()
                        .filter(others)
                        .eq(read.parts.iter().filter(others)),
                    "{raw}"
                );
                assert!(read.parts.len() < message.parts.len(), "{raw}");
            }
            let conversation = talk(dialect, raw.clone(), std::slice::from_ref(&raw));
            for role in [Role::System, Role::User, Role::Assistant, Role::Tool] {
                let own = said(&conversation, role, "a");
                assert!(normalize_message(dialect, own, "").is_ok(), "{raw}");
            }
            assert!(ask(&conversation, "m", 1, "a", "b").is_object());
        }
    }
    assert!(
        rewritten > 1_000 && stripped > 500,
        "{rewritten} {stripped}"
    );
}
