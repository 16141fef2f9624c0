//! Messages and requests of one's own.

use serde_json::{Value, json};

use super::{read, talk};
use crate::conversation::{Conversation, Dialect, Message, Part, Role};
use crate::normalize::normalize_as;
use crate::rewrite::{ask, said};

/// What a message says, when it says a text alone.
fn text(message: &Message) -> Option<&str> {
    match message.parts.as_slice() {
        [Part::Text { text, .. }] => Some(text),
        _ => None,
    }
}

/// `said` reads as one text by that role, whoever else speaks.
pub(super) fn speaks(conversation: &Conversation) -> bool {
    [Role::User, Role::Assistant].into_iter().all(|role| {
        let raw = said(conversation, role, "so far");
        // A bare prompt knows no speakers.
        let role = match conversation.dialect {
            Dialect::Completions => Role::User,
            _ => role,
        };
        let message = read(conversation.dialect, &raw);
        message.role == role && text(&message) == Some("so far")
    })
}

/// `ask` reads as instructions, one text of the user and the cap, in the same dialect.
pub(super) fn asks(conversation: &Conversation) -> bool {
    let body = ask(conversation, "some-model", 77, "Be short.", "all of it");
    let read = normalize_as(Some(conversation.dialect), &body).expect("a request");
    let mut texts: Vec<(Role, Option<&str>)> = Vec::new();
    let all = read.instructions.iter().chain(&read.messages);
    texts.extend(all.map(|message| (message.role, text(message))));
    let expected = match conversation.dialect {
        Dialect::Completions => vec![(Role::User, Some("Be short.\n\nall of it"))],
        _ => vec![
            (Role::System, Some("Be short.")),
            (Role::User, Some("all of it")),
        ],
    };
    let is_named = read.model.as_deref() == Some("some-model");
    texts == expected && read.output_cap == Some(77) && (is_named || read.model.is_none())
}

#[test]
fn each_dialect_s_own_entry() {
    let parts = json!([{ "type": "text", "text": "hi" }]);
    let lc = |class: &str| json!({ "lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", class], "kwargs": { "content": "hi", "type": "human" } });
    let cases: Vec<(Dialect, Value, Value)> = vec![
        (
            Dialect::OpenaiChat,
            json!({ "role": "user", "content": parts }),
            json!({ "role": "assistant", "content": "x" }),
        ),
        (
            Dialect::OpenaiResponses,
            json!("hi"),
            json!({ "role": "assistant", "content": "x" }),
        ),
        (
            Dialect::OpenaiResponses,
            json!({ "type": "message", "role": "user", "content": "hi" }),
            json!({ "type": "message", "role": "assistant", "content": "x" }),
        ),
        (Dialect::Completions, json!("hi"), json!("x")),
        (
            Dialect::Anthropic,
            json!({ "role": "user", "content": "hi" }),
            json!({ "role": "assistant", "content": "x" }),
        ),
        (
            Dialect::Anthropic,
            json!({ "role": "user", "content": parts }),
            json!({ "role": "assistant", "content": [{ "type": "text", "text": "x" }] }),
        ),
        (
            Dialect::Gemini,
            json!("hi"),
            json!({ "role": "model", "parts": [{ "text": "x" }] }),
        ),
        (
            Dialect::BedrockConverse,
            json!({ "role": "user", "content": [] }),
            json!({ "role": "assistant", "content": [{ "text": "x" }] }),
        ),
        (
            Dialect::Cohere,
            json!({ "role": "user", "content": "hi" }),
            json!({ "role": "assistant", "content": "x" }),
        ),
        (
            Dialect::Cohere,
            json!({ "role": "USER", "message": "hi" }),
            json!({ "role": "CHATBOT", "message": "x" }),
        ),
        (
            Dialect::Ollama,
            json!({ "role": "user", "content": "hi" }),
            json!({ "role": "assistant", "content": "x" }),
        ),
        (
            Dialect::AiSdk,
            json!({ "role": "user", "content": "hi" }),
            json!({ "role": "assistant", "content": "x" }),
        ),
        (
            Dialect::AiSdk,
            json!({ "role": "user", "content": parts }),
            json!({ "role": "assistant", "content": [{ "type": "text", "text": "x" }] }),
        ),
        (
            Dialect::Langchain,
            json!(["human", "hi"]),
            json!(["ai", "x"]),
        ),
        (
            Dialect::Langchain,
            json!(["user", "hi"]),
            json!(["assistant", "x"]),
        ),
        (
            Dialect::Langchain,
            json!("hi"),
            json!({ "type": "ai", "content": "x" }),
        ),
        (
            Dialect::Langchain,
            json!({ "type": "human", "content": "hi", "id": "1" }),
            json!({ "type": "ai", "content": "x" }),
        ),
        (
            Dialect::Langchain,
            json!({ "role": "user", "content": "hi" }),
            json!({ "role": "assistant", "content": "x" }),
        ),
        (
            Dialect::Langchain,
            json!({ "type": "human", "data": { "content": "hi" } }),
            json!({ "type": "ai", "data": { "content": "x" } }),
        ),
        (
            Dialect::Langchain,
            lc("HumanMessage"),
            json!({ "lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", "AIMessage"], "kwargs": { "content": "x", "type": "ai" } }),
        ),
        (
            Dialect::Autogen,
            json!({ "content": "hi", "role": "user" }),
            json!({ "content": "x", "role": "assistant" }),
        ),
        (
            Dialect::Autogen,
            json!({ "source": "coder", "content": "hi", "type": "TextMessage" }),
            json!({ "source": "coder", "content": "x", "type": "TextMessage" }),
        ),
        (
            Dialect::Autogen,
            json!({ "source": "user", "content": "hi", "type": "UserMessage" }),
            json!({ "source": "assistant", "content": "x", "type": "AssistantMessage" }),
        ),
        (
            Dialect::Autogen,
            json!({ "source": "coder", "content": "hi" }),
            json!({ "source": "coder", "content": "x" }),
        ),
    ];
    for (dialect, raw, expected) in cases {
        let conversation = talk(dialect, json!({}), &[raw]);
        let found = said(&conversation, Role::Assistant, "x");
        assert_eq!(found.to_string(), expected.to_string());
        assert!(speaks(&conversation), "{found}");
        assert!(asks(&conversation), "{found}");
    }
}

#[test]
fn names_of_speakers_are_those_of_their_role() {
    let team = [
        json!({ "content": "hi", "role": "user", "name": "Ann" }),
        json!({ "content": "yes", "role": "assistant", "name": "planner" }),
    ];
    let chat = talk(Dialect::Autogen, json!({}), &team);
    assert_eq!(
        [Role::User, Role::Assistant].map(|role| said(&chat, role, "x")["name"].clone()),
        [json!("Ann"), json!("planner")]
    );
    let log = talk(
        Dialect::Autogen,
        json!({}),
        &[
            json!({ "type": "TextMessage", "source": "user", "content": "hi" }),
            json!({ "type": "TextMessage", "source": "planner", "content": "yes" }),
        ],
    );
    assert_eq!(
        [Role::User, Role::Assistant].map(|role| said(&log, role, "x")["source"].clone()),
        [json!("user"), json!("planner")]
    );
    let mixed = [
        json!({ "type": "HumanMessage", "content": "hi" }),
        json!({ "type": "AIMessageChunk", "content": "yes" }),
    ];
    let live = talk(Dialect::Langchain, json!({}), &mixed);
    assert_eq!(said(&live, Role::User, "x")["type"], "HumanMessage");
    assert_eq!(said(&live, Role::Assistant, "x")["type"], "ai");
}

#[test]
fn each_dialect_s_own_request() {
    let user = |content: Value| json!({ "role": "user", "content": content });
    let cases: Vec<(Dialect, Value, Value, Value)> = vec![
        (
            Dialect::OpenaiChat,
            json!({}),
            user(json!("hi")),
            json!({ "model": "m", "messages": [{ "role": "system", "content": "do" }, { "role": "user", "content": "it" }], "max_completion_tokens": 9 }),
        ),
        (
            Dialect::OpenaiChat,
            json!({ "max_tokens": 5 }),
            user(json!("hi")),
            json!({ "model": "m", "messages": [{ "role": "system", "content": "do" }, { "role": "user", "content": "it" }], "max_tokens": 9 }),
        ),
        (
            Dialect::OpenaiResponses,
            json!({}),
            json!("hi"),
            json!({ "model": "m", "instructions": "do", "input": [{ "role": "user", "content": "it" }], "max_output_tokens": 9 }),
        ),
        (
            Dialect::Completions,
            json!({}),
            json!("hi"),
            json!({ "model": "m", "prompt": "do\n\nit", "max_tokens": 9 }),
        ),
        (
            Dialect::Anthropic,
            json!({ "model": "claude" }),
            user(json!("hi")),
            json!({ "model": "m", "max_tokens": 9, "system": "do", "messages": [{ "role": "user", "content": "it" }] }),
        ),
        (
            Dialect::Anthropic,
            json!({ "anthropic_version": "bedrock-2023-05-31" }),
            user(json!("hi")),
            json!({ "anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "system": "do", "messages": [{ "role": "user", "content": "it" }] }),
        ),
        (
            Dialect::Gemini,
            json!({}),
            json!("hi"),
            json!({ "contents": [{ "role": "user", "parts": [{ "text": "it" }] }], "systemInstruction": { "parts": [{ "text": "do" }] },
                "generationConfig": { "maxOutputTokens": 9 } }),
        ),
        (
            Dialect::Gemini,
            json!({ "model": "gemini", "config": {} }),
            json!("hi"),
            json!({ "model": "m", "contents": [{ "role": "user", "parts": [{ "text": "it" }] }],
                "config": { "systemInstruction": { "parts": [{ "text": "do" }] }, "maxOutputTokens": 9 } }),
        ),
        (
            Dialect::BedrockConverse,
            json!({ "modelId": "a.b" }),
            user(json!([])),
            json!({ "modelId": "m", "system": [{ "text": "do" }], "messages": [{ "role": "user", "content": [{ "text": "it" }] }],
                "inferenceConfig": { "maxTokens": 9 } }),
        ),
        (
            Dialect::Cohere,
            json!({}),
            json!({ "role": "User", "message": "hi" }),
            json!({ "model": "m", "preamble": "do", "message": "it", "max_tokens": 9 }),
        ),
        (
            Dialect::Ollama,
            json!({ "options": { "num_ctx": 8192, "seed": 1 } }),
            user(json!("hi")),
            json!({ "model": "m", "messages": [{ "role": "system", "content": "do" }, { "role": "user", "content": "it" }],
                "options": { "num_predict": 9, "num_ctx": 8192 } }),
        ),
        (
            Dialect::AiSdk,
            json!({ "model": "openai/gpt-4o", "instructions": "be good" }),
            user(json!("hi")),
            json!({ "model": "m", "instructions": "do", "messages": [{ "role": "user", "content": "it" }], "maxOutputTokens": 9 }),
        ),
        (
            Dialect::AiSdk,
            json!({}),
            user(json!([{ "type": "text", "text": "hi" }])),
            json!({ "prompt": [{ "role": "system", "content": "do" }, { "role": "user", "content": [{ "type": "text", "text": "it" }] }],
                "maxOutputTokens": 9 }),
        ),
        (
            Dialect::Langchain,
            json!({ "model_name": "x", "maxTokens": 4 }),
            json!({ "type": "human", "data": { "content": "hi" } }),
            json!({ "model_name": "m", "messages": [{ "type": "system", "data": { "content": "do" } }, { "type": "human", "data": { "content": "it" } }],
                "maxTokens": 9 }),
        ),
        (
            Dialect::Autogen,
            json!({}),
            json!({ "source": "coder", "content": "hi", "type": "TextMessage" }),
            json!({ "messages": [{ "content": "do", "type": "SystemMessage" }, { "content": "it", "source": "user", "type": "UserMessage" }],
                "max_tokens": 9 }),
        ),
    ];
    for (dialect, rest, entry, expected) in cases {
        let conversation = talk(dialect, rest, &[entry]);
        let found = ask(&conversation, "m", 9, "do", "it");
        assert_eq!(found.to_string(), expected.to_string());
        assert!(asks(&conversation), "{found}");
    }
}

#[test]
fn a_conversation_without_messages_is_enough() {
    for name in [
        "openai_chat",
        "openai_responses",
        "completions",
        "anthropic",
        "gemini",
        "bedrock_converse",
        "cohere",
        "ollama",
        "ai_sdk",
        "langchain",
        "autogen",
    ] {
        let dialect = Dialect::named(name).expect("a dialect");
        let empty = talk(dialect, json!({}), &[]);
        assert!(speaks(&empty) && asks(&empty), "{name}");
    }
}
