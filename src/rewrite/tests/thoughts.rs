//! Messages without what the model thought.

use serde_json::{Value, json};

use super::{read, written};
use crate::conversation::Dialect;
use crate::rewrite::without_reasoning;

fn each(dialect: Dialect, cases: Vec<(Value, Value)>) {
    for (raw, expected) in cases {
        let found = without_reasoning(&read(dialect, &raw));
        assert_eq!(written(found), Some(expected.to_string()));
    }
}

fn none(dialect: Dialect, cases: Vec<Value>) {
    for raw in cases {
        assert_eq!(
            written(without_reasoning(&read(dialect, &raw))),
            None,
            "{raw}"
        );
    }
}

#[test]
fn openai_chat_drops_every_copy() {
    let call =
        json!([{ "id": "a", "type": "function", "function": { "name": "f", "arguments": "{}" } }]);
    each(
        Dialect::OpenaiChat,
        vec![
            (
                json!({ "role": "assistant", "reasoning_content": "hm", "content": "yes", "reasoning": "hm",
                    "reasoning_details": [{ "type": "reasoning.text", "text": "hm" }], "refusal": null }),
                json!({ "role": "assistant", "content": "yes", "refusal": null }),
            ),
            (
                json!({ "role": "assistant", "content": [
                    { "type": "thinking", "thinking": [{ "type": "text", "text": "hm" }] }, { "type": "text", "text": "yes" },
                ] }),
                json!({ "role": "assistant", "content": [{ "type": "text", "text": "yes" }] }),
            ),
            (
                json!({ "role": "assistant", "content": [{ "type": "thinking", "thinking": "hm" }], "tool_calls": call }),
                json!({ "role": "assistant", "content": null, "tool_calls": call }),
            ),
            (
                // The signature of a call of Gemini's stays.
                json!({ "role": "assistant", "content": null, "tool_calls": call, "reasoning_details": [
                    { "type": "reasoning.text", "format": "google-gemini-v1", "text": "hm" },
                    { "type": "reasoning.encrypted", "format": "google-gemini-v1", "data": "c2ln", "id": "a" },
                ] }),
                json!({ "role": "assistant", "content": null, "tool_calls": call, "reasoning_details": [
                    { "type": "reasoning.encrypted", "format": "google-gemini-v1", "data": "c2ln", "id": "a" },
                ] }),
            ),
        ],
    );
    none(
        Dialect::OpenaiChat,
        vec![
            json!({ "role": "assistant", "content": "yes" }),
            json!({ "role": "assistant", "content": "", "reasoning_content": "hm" }),
            json!({ "role": "assistant", "content": null, "tool_calls": call, "reasoning_details": [
                { "type": "reasoning.encrypted", "format": "google-gemini-v1", "data": "c2ln", "id": "a" },
            ] }),
        ],
    );
}

#[test]
fn an_item_of_responses_goes_as_a_whole() {
    let item = json!({ "type": "reasoning", "id": "rs_1", "summary": [{ "type": "summary_text", "text": "hm" }] });
    none(Dialect::OpenaiResponses, vec![item]);
}

#[test]
fn anthropic_drops_thoughts_of_both_kinds() {
    each(
        Dialect::Anthropic,
        vec![(
            json!({ "role": "assistant", "content": [
                { "type": "thinking", "thinking": "hm", "signature": "c2ln" },
                { "type": "redacted_thinking", "data": "c2ln" },
                { "type": "tool_use", "id": "a", "name": "f", "input": {} },
            ] }),
            json!({ "role": "assistant", "content": [{ "type": "tool_use", "id": "a", "name": "f", "input": {} }] }),
        )],
    );
    none(
        Dialect::Anthropic,
        vec![json!({ "role": "assistant", "content": [{ "type": "thinking", "thinking": "hm" }] })],
    );
}

#[test]
fn gemini_keeps_the_signatures_of_all_else() {
    let signed = json!({ "functionCall": { "name": "f", "args": {} }, "thoughtSignature": "c2ln" });
    each(
        Dialect::Gemini,
        vec![(
            json!({ "role": "model", "parts": [
                { "text": "hm", "thought": true }, { "text": "hm", "thought": true, "thoughtSignature": "c2ln" },
                { "text": "", "thoughtSignature": "c2ln" }, signed,
                { "thought": true, "inlineData": { "mimeType": "image/png", "data": "" } },
            ] }),
            json!({ "role": "model", "parts": [
                { "text": "", "thoughtSignature": "c2ln" }, signed,
                { "thought": true, "inlineData": { "mimeType": "image/png", "data": "" } },
            ] }),
        )],
    );
    none(
        Dialect::Gemini,
        vec![
            json!({ "role": "model", "parts": [signed] }),
            json!({ "role": "model", "parts": [{ "text": "hm", "thought": true }] }),
            json!({ "text": "hm", "thought": true }),
        ],
    );
}

#[test]
fn converse_ollama_and_cohere_drop_what_they_call_thoughts() {
    each(
        Dialect::BedrockConverse,
        vec![(
            json!({ "role": "assistant", "content": [
                { "reasoningContent": { "reasoningText": { "text": "hm", "signature": "c2ln" } } },
                { "text": null, "reasoningContent": { "redactedContent": "c2ln" } }, { "text": "yes" },
            ] }),
            json!({ "role": "assistant", "content": [{ "text": "yes" }] }),
        )],
    );
    each(
        Dialect::Ollama,
        vec![(
            json!({ "role": "assistant", "thinking": "hm", "content": "yes" }),
            json!({ "role": "assistant", "content": "yes" }),
        )],
    );
    each(
        Dialect::Cohere,
        vec![(
            json!({ "role": "assistant", "content": [{ "type": "thinking", "thinking": "hm" }, { "type": "text", "text": "yes" }] }),
            json!({ "role": "assistant", "content": [{ "type": "text", "text": "yes" }] }),
        )],
    );
}

#[test]
fn ai_sdk_keeps_items_that_the_provider_stored() {
    let thought = |options: Value| {
        json!({ "role": "assistant", "content": [
            { "type": "reasoning", "text": "hm", "providerOptions": options }, { "type": "text", "text": "yes" },
        ] })
    };
    let bare = json!({ "role": "assistant", "content": [{ "type": "text", "text": "yes" }] });
    each(
        Dialect::AiSdk,
        vec![
            (
                thought(json!({ "anthropic": { "signature": "c2ln" } })),
                bare.clone(),
            ),
            (
                json!({ "role": "assistant", "content": [
                    { "type": "redacted-reasoning", "data": "c2ln" }, { "type": "text", "text": "yes" },
                ] }),
                bare,
            ),
        ],
    );
    none(
        Dialect::AiSdk,
        vec![
            thought(json!({ "openai": { "itemId": "rs_1" } })),
            json!({ "role": "assistant", "content": [{ "type": "reasoning", "text": "hm" }] }),
        ],
    );
}

#[test]
fn langchain_drops_blocks_and_what_providers_keep_beside_them() {
    each(
        Dialect::Langchain,
        vec![
            (
                json!({ "lc": 1, "type": "constructor", "id": ["langchain_core", "messages", "AIMessage"], "kwargs": {
                    "content": [{ "type": "thinking", "thinking": "hm" }, { "type": "reasoning", "reasoning": "hm" }],
                    "tool_calls": [{ "name": "f", "args": {}, "id": "a" }],
                    "additional_kwargs": { "reasoning_content": "hm", "x": 1 },
                } }),
                json!({ "lc": 1, "type": "constructor", "id": ["langchain_core", "messages", "AIMessage"], "kwargs": {
                    "content": [], "tool_calls": [{ "name": "f", "args": {}, "id": "a" }], "additional_kwargs": { "x": 1 },
                } }),
            ),
            (
                json!({ "type": "ai", "data": { "content": "yes", "additional_kwargs": { "reasoning_content": "hm" } } }),
                json!({ "type": "ai", "data": { "content": "yes", "additional_kwargs": {} } }),
            ),
        ],
    );
    none(
        Dialect::Langchain,
        vec![
            json!({ "type": "ai", "content": [
                { "type": "reasoning", "id": "rs_1", "summary": [] }, { "type": "text", "text": "yes" },
            ] }),
            json!(["ai", [{ "type": "thinking", "thinking": "hm" }]]),
        ],
    );
}

#[test]
fn autogen_keeps_thoughts_that_are_sent_as_text() {
    each(
        Dialect::Autogen,
        vec![(
            json!({ "content": "yes", "thought": "hm", "source": "a", "type": "AssistantMessage" }),
            json!({ "content": "yes", "source": "a", "type": "AssistantMessage" }),
        )],
    );
    none(
        Dialect::Autogen,
        vec![
            json!({ "content": [{ "id": "a", "name": "f", "arguments": "{}" }], "thought": "hm", "source": "a", "type": "AssistantMessage" }),
        ],
    );
}
