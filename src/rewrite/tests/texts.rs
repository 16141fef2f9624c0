//! Texts that say something else.

use serde_json::{Value, json};

use super::{read, written};
use crate::conversation::{Dialect, Message, Part};
use crate::rewrite::with_texts;

/// Every text of `message` that says "long", made to say "cut".
fn cut(message: &Message) -> Option<Value> {
    let parts = message.parts.iter().enumerate();
    let long = |part: &Part| matches!(part, Part::Text { text, .. } if text == "long");
    let texts: Vec<(usize, &str)> = parts
        .filter(|(_, part)| long(part))
        .map(|(at, _)| (at, "cut"))
        .collect();
    assert!(!texts.is_empty(), "no such text in {}", message.raw);
    with_texts(message, &texts)
}

#[test]
fn every_dialect_says_another_text_and_keeps_the_rest() {
    let picture =
        json!({ "type": "image_url", "image_url": { "url": "https://example.com/a.png" } });
    let mark = json!({ "type": "ephemeral" });
    for (dialect, raw) in [
        (
            Dialect::OpenaiChat,
            json!({ "role": "user", "name": "ann", "content": "long" }),
        ),
        (
            Dialect::OpenaiChat,
            json!({ "role": "user", "content": [
            { "type": "text", "text": "see" }, picture, { "type": "text", "text": "long", "x": 1 },
        ] }),
        ),
        (
            Dialect::OpenaiResponses,
            json!({ "role": "user", "content": "long", "type": "message" }),
        ),
        (
            Dialect::OpenaiResponses,
            json!({ "role": "user", "content": [{ "type": "input_text", "text": "long" }] }),
        ),
        (Dialect::Completions, json!("long")),
        (
            Dialect::Anthropic,
            json!({ "role": "user", "content": "long" }),
        ),
        (
            Dialect::Anthropic,
            json!({ "role": "user", "content": [
            { "type": "tool_result", "tool_use_id": "a", "content": "y" },
            { "type": "text", "text": "long", "cache_control": mark },
        ] }),
        ),
        (
            Dialect::Gemini,
            json!({ "role": "user", "parts": [{ "text": "long" }, { "inlineData": { "mimeType": "image/png", "data": "" } }] }),
        ),
        (
            Dialect::BedrockConverse,
            json!({ "role": "user", "content": [{ "text": "long" }, { "cachePoint": { "type": "default" } }] }),
        ),
        (
            Dialect::Cohere,
            json!({ "role": "user", "content": "long" }),
        ),
        (
            Dialect::Cohere,
            json!({ "role": "USER", "message": "long" }),
        ),
        (
            Dialect::Cohere,
            json!({ "role": "user", "content": [{ "type": "text", "text": "long" }] }),
        ),
        (
            Dialect::Ollama,
            json!({ "role": "user", "content": "long", "images": [] }),
        ),
        (
            Dialect::AiSdk,
            json!({ "role": "user", "content": [{ "type": "text", "text": "long", "providerOptions": {} }] }),
        ),
        (
            Dialect::AiSdk,
            json!({ "role": "user", "content": "long", "id": "m" }),
        ),
        (
            Dialect::Langchain,
            json!({ "type": "human", "content": "long", "id": "m", "additional_kwargs": {} }),
        ),
        (
            Dialect::Langchain,
            json!({ "type": "human", "data": { "content": [{ "type": "text", "text": "long" }] } }),
        ),
        (
            Dialect::Langchain,
            json!({ "lc": 1, "type": "constructor", "id": ["langchain_core", "messages", "HumanMessage"],
            "kwargs": { "content": "long", "id": "m" } }),
        ),
        (
            Dialect::Autogen,
            json!({ "source": "user", "type": "UserMessage", "content": "long" }),
        ),
        (
            Dialect::Autogen,
            json!({ "source": "user", "type": "TextMessage", "content": "long", "metadata": {} }),
        ),
    ] {
        let expected = raw.to_string().replace(r#""long""#, r#""cut""#);
        assert_eq!(written(cut(&read(dialect, &raw))), Some(expected), "{raw}");
    }
}

#[test]
fn texts_and_results_of_a_message_change_at_once() {
    let message = read(
        Dialect::Anthropic,
        &json!({ "role": "user", "content": [
            { "type": "tool_result", "tool_use_id": "a", "content": "y" },
            { "type": "text", "text": "long" }, { "type": "text", "text": "long" }, { "type": "text", "text": "short" },
        ] }),
    );
    let changed = with_texts(&message, &[(1, "cut"), (0, "gone"), (2, "cut")]);
    assert_eq!(
        changed,
        Some(json!({ "role": "user", "content": [
            { "type": "tool_result", "tool_use_id": "a", "content": "gone" },
            { "type": "text", "text": "cut" }, { "type": "text", "text": "cut" }, { "type": "text", "text": "short" },
        ] }))
    );
    // The one cannot be told from the other.
    assert_eq!(with_texts(&message, &[(1, "cut")]), None);
    assert_eq!(with_texts(&message, &[(1, "cut"), (2, "other")]), None);
    assert_eq!(with_texts(&message, &[(1, "cut"), (1, "cut")]), None);
}

#[test]
fn what_is_not_said_stays_although_it_is_the_same_text() {
    for (dialect, raw, expected) in [
        (
            Dialect::OpenaiChat,
            json!({ "role": "user", "name": "long", "id": "long", "content": "long" }),
            json!({ "role": "user", "name": "long", "id": "long", "content": "cut" }),
        ),
        (
            Dialect::Langchain,
            json!({ "type": "human", "id": "long", "content": "long", "response_metadata": { "x": "long" } }),
            json!({ "type": "human", "id": "long", "content": "cut", "response_metadata": { "x": "long" } }),
        ),
    ] {
        assert_eq!(cut(&read(dialect, &raw)), Some(expected));
    }
    // A result that says the same would change with it.
    let both = read(
        Dialect::Anthropic,
        &json!({ "role": "user", "content": [
            { "type": "tool_result", "tool_use_id": "a", "content": "long" }, { "type": "text", "text": "long" },
        ] }),
    );
    assert_eq!(cut(&both), None);
}

#[test]
fn an_empty_text_is_said_like_any_other() {
    let message = read(
        Dialect::OpenaiChat,
        &json!({ "role": "user", "content": "" }),
    );
    if let Some(at) = message
        .parts
        .iter()
        .position(|part| matches!(part, Part::Text { .. }))
    {
        let said = with_texts(&message, &[(at, "x")]);
        assert_eq!(said, Some(json!({ "role": "user", "content": "x" })));
    }
}

#[test]
fn many_texts_are_said_at_once() {
    let block = |at: usize| json!({ "type": "text", "text": format!("text {at}") });
    let blocks: Vec<Value> = (0..50_000).map(block).collect();
    let message = read(
        Dialect::Anthropic,
        &json!({ "role": "user", "content": blocks }),
    );
    let texts: Vec<(usize, &str)> = (0..50_000).map(|at| (at, "x")).collect();
    let changed = with_texts(&message, &texts).expect("texts");
    let said = changed["content"].as_array().expect("blocks");
    assert!(said.iter().all(|block| block["text"] == "x"));
}
