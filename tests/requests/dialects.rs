//! Which dialect a body is recognised as.

#[allow(dead_code)] // The conformance run uses the rest.
#[path = "../conformance/record.rs"]
mod record;

use std::collections::BTreeMap;
use std::time::Instant;

use crate::support;
use proptest::prelude::*;
use serde_json::{Value, json};
use token_headroom::{Body, Code, Dialect, normalize, normalize_as};

fn recognised(request: &Value) -> Option<Dialect> {
    let body = Body::of(request).ok()?;
    Some(body.dialect(body.list.iter()))
}

/// Bodies that only one dialect allows, the smallest first.
fn telling() -> Vec<(Dialect, Vec<Value>)> {
    let hi = json!([{ "role": "user", "content": "hi" }]);
    let user = json!({ "role": "user", "content": "hi" });
    let schema = json!({ "type": "object", "properties": { "q": { "type": "string" } } });
    vec![
        (
            Dialect::OpenaiChat,
            vec![
                json!({ "model": "gpt-4o", "messages": hi }),
                json!({
                    "model": "anthropic/claude-haiku-4.5", "max_tokens": 9, "messages": [
                        { "role": "system", "content": "be brief" }, user,
                        { "role": "assistant", "content": null, "tool_calls": [{
                            "id": "c1", "type": "function", "function": { "name": "f", "arguments": "{}" },
                        }] },
                        { "role": "tool", "tool_call_id": "c1", "content": "ok" },
                        { "role": "user", "content": [
                            { "type": "text", "text": "and this", "cache_control": { "type": "ephemeral" } },
                            { "type": "image_url", "image_url": { "url": "https://example.com/a.png" } },
                        ] },
                    ],
                    "tools": [{ "type": "function", "function": { "name": "f", "parameters": schema } }],
                }),
                json!({ "model": "claude-sonnet-4-6", "stream": true, "messages": hi }),
                json!({ "model": "claude-sonnet-4-6", "max_tokens": 9, "n": 1, "messages": hi }),
                json!({ "model": "m", "options": { "wait": true }, "max_tokens": 9, "messages": hi }),
            ],
        ),
        (
            Dialect::OpenaiResponses,
            vec![
                json!({ "model": "gpt-5", "input": "hi" }),
                json!({ "model": "gpt-5", "input": hi }),
                json!({ "prompt": { "id": "pmpt_1", "variables": { "word": "cat" } } }),
                json!([
                    { "type": "message", "role": "user", "content": [{ "type": "input_text", "text": "hi" }] },
                    { "type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}" },
                    { "type": "function_call_output", "call_id": "c1", "output": "ok" },
                ]),
                json!([user, { "type": "reasoning", "summary": [] }]),
            ],
        ),
        (
            Dialect::Completions,
            vec![
                json!({ "model": "davinci-002", "prompt": "Once upon" }),
                json!({ "model": "davinci-002", "prompt": ["Once", "upon"] }),
                json!({ "model": "davinci-002", "prompt": [[1, 2], [3]] }),
                json!({ "model": "llama3", "prompt": "hi", "system": "be brief", "options": {} }),
            ],
        ),
        (
            Dialect::Anthropic,
            vec![
                json!({ "model": "claude-sonnet-4-5", "max_tokens": 9, "messages": hi }),
                json!({ "model": "claude-sonnet-4-5", "messages": hi }),
                json!({ "anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": hi }),
                json!({ "system": "be brief", "messages": hi }),
                json!({ "system": [{ "type": "text", "text": "be brief" }], "messages": hi }),
                json!({ "model": "glm-4.6", "messages": [user, { "role": "assistant", "content": [
                    { "type": "thinking", "thinking": "well", "signature": "abc" },
                    { "type": "tool_use", "id": "t1", "name": "f", "input": {} },
                ] }] }),
                json!({ "tools": [{ "name": "f", "input_schema": schema }], "messages": hi }),
                json!({ "tools": [{ "type": "web_search_20250305", "name": "web_search" }], "messages": hi }),
                json!({ "thinking": { "type": "enabled", "budget_tokens": 1024 }, "messages": hi }),
                // {"anthropic_version":"x","messages":[{}]} in base64.
                json!({ "input": { "invokeModel": { "body": "eyJhbnRocm9waWNfdmVyc2lvbiI6IngiLCJtZXNzYWdlcyI6W3t9XX0=" } } }),
                json!([{ "role": "user", "content": [{ "type": "image", "source": { "type": "url", "url": "https://example.com" } }] }]),
            ],
        ),
        (
            Dialect::Gemini,
            vec![
                json!({ "contents": [{ "parts": [{ "text": "hi" }] }] }),
                json!({ "contents": { "role": "user", "parts": [{ "text": "hi" }] } }),
                json!([{ "role": "user", "parts": [{ "text": "hi" }] }]),
                json!({ "generateContentRequest": { "model": "models/gemini-2.5-flash", "contents": [{ "parts": [{ "text": "hi" }] }] } }),
                json!({
                    "systemInstruction": { "parts": [{ "text": "be brief" }] },
                    "tools": [{ "functionDeclarations": [{ "name": "f" }] }],
                    "toolConfig": { "functionCallingConfig": { "mode": "ANY" } },
                    "contents": [{ "role": "model", "parts": [{ "functionCall": { "name": "f", "args": {} } }] }],
                }),
            ],
        ),
        (
            Dialect::BedrockConverse,
            vec![
                json!({ "messages": [{ "role": "user", "content": [{ "text": "hi" }] }] }),
                json!({ "inferenceConfig": { "maxTokens": 9 }, "messages": hi }),
                json!({ "system": [{ "text": "be brief" }, { "cachePoint": { "type": "default" } }], "messages": hi }),
                json!({ "toolConfig": { "tools": [{ "toolSpec": { "name": "f" } }] }, "messages": [
                    { "role": "assistant", "content": [{ "toolUse": { "toolUseId": "t", "name": "f", "input": {} } }] },
                ] }),
                json!({ "input": { "converse": { "messages": [{ "role": "user", "content": [{ "text": "hi" }] }] } } }),
            ],
        ),
        (
            Dialect::Cohere,
            vec![
                json!({ "message": "hi" }),
                json!({ "model": "command-a-03-2025", "messages": hi }),
                json!({ "message": "hi", "preamble": "be brief", "chat_history": [{ "role": "USER", "message": "yo" }] }),
                json!({ "messages": [user, { "role": "assistant", "tool_plan": "I will look", "tool_calls": [] }] }),
                json!({ "model": "command-r", "messages": [
                    user,
                    { "role": "assistant", "tool_calls": [{ "id": "c", "type": "function", "function": { "name": "f", "arguments": "{}" } }] },
                    { "role": "tool", "tool_call_id": "c", "content": [{ "type": "document", "document": { "data": "{}" } }] },
                ] }),
            ],
        ),
        (
            Dialect::Ollama,
            vec![
                json!({ "model": "llama3.2", "messages": hi, "options": { "num_ctx": 4096 } }),
                json!({ "model": "llama3.2", "messages": hi, "keep_alive": "5m" }),
                json!({ "model": "llama3.2", "messages": hi, "format": "json" }),
                json!({ "model": "llava", "messages": [{ "role": "user", "content": "hi", "images": ["AAAA"] }] }),
                json!({ "model": "qwen3", "messages": [
                    user,
                    { "role": "assistant", "content": "", "tool_calls": [{ "function": { "name": "f", "arguments": { "q": "x" } } }] },
                    { "role": "tool", "tool_name": "f", "content": "ok" },
                ] }),
            ],
        ),
        (
            Dialect::AiSdk,
            vec![
                json!({ "prompt": [{ "role": "user", "content": [{ "type": "text", "text": "hi" }] }] }),
                json!({ "messages": hi, "maxOutputTokens": 9 }),
                json!({ "messages": hi, "tools": { "f": { "inputSchema": schema } } }),
                json!({ "model": { "modelId": "gpt-4o", "provider": "openai" }, "messages": hi }),
                json!([{ "role": "user", "content": "hi", "providerOptions": { "anthropic": {} } }]),
                json!([user, { "role": "assistant", "content": [{ "type": "tool-call", "toolCallId": "c", "toolName": "f", "input": {} }] }]),
                json!([{ "role": "user", "content": [{ "type": "image", "image": "AAAA" }] }]),
                json!([{ "role": "user", "content": [{ "type": "file", "data": "AAAA", "mediaType": "application/pdf" }] }]),
                json!([{ "role": "assistant", "content": [{ "type": "reasoning", "text": "well" }] }]),
                json!([{ "id": "m", "role": "user", "parts": [{ "type": "text", "text": "hi" }] }]),
            ],
        ),
        (
            Dialect::Langchain,
            vec![
                json!([["human", "hi"]]),
                json!([{ "type": "human", "content": "hi" }]),
                json!([{ "type": "human", "data": { "content": "hi" } }]),
                json!([{ "lc": 1, "type": "constructor", "id": ["langchain_core", "messages", "HumanMessage"], "kwargs": { "content": "hi" } }]),
                json!({ "systemPrompt": "be brief", "toolChoice": "auto", "messages": [{ "lc": 1, "type": "constructor", "id": ["x", "AIMessage"], "kwargs": { "content": "" } }] }),
                json!([user, { "role": "assistant", "content": "", "tool_calls": [{ "name": "f", "args": {}, "id": "c", "type": "tool_call" }] }]),
                json!([{ "type": "AIMessageChunk", "content": "h" }]),
                json!([{ "role": "user", "content": [{ "type": "image", "source_type": "base64", "data": "AAAA" }] }]),
            ],
        ),
        (
            Dialect::Autogen,
            vec![
                json!([{ "source": "user", "content": "hi" }]),
                json!([{ "type": "TextMessage", "source": "user", "content": "hi", "models_usage": null }]),
                json!({ "messages": [{ "type": "SystemMessage", "content": "be brief" }] }),
                json!([user, { "role": "tool", "content": "ok", "tool_responses": [{ "tool_call_id": "c", "role": "tool", "content": "ok" }] }]),
                json!({ "type": "AssistantAgentState", "llm_context": { "messages": [] } }),
                json!({ "type": "TeamState", "agent_states": {} }),
                json!({ "type": "RoundRobinManagerState", "message_thread": [] }),
            ],
        ),
    ]
}

#[test]
fn what_one_dialect_alone_allows_is_that_dialect() {
    for (dialect, bodies) in telling() {
        for body in bodies {
            assert_eq!(recognised(&body), Some(dialect), "{body}");
        }
    }
}

#[test]
fn what_every_dialect_reads_alike_is_chat() {
    for body in [
        json!([{ "role": "user", "content": "hi" }]),
        json!([{ "role": "user", "content": [{ "type": "text", "text": "hi" }] }]),
        json!({ "messages": [{ "role": "assistant", "content": "hi", "name": "ada", "to": "bob" }] }),
        json!({ "messages": [{}] }),
        json!([null, 3, "hi", [], ["hi"], ["wizard", "hi"], { "type": 3 }]),
    ] {
        assert_eq!(recognised(&body), Some(Dialect::OpenaiChat), "{body}");
    }
}

#[test]
fn what_has_told_is_not_untold_by_what_is_appended() {
    // Of bodies whose list or fields tell, none changes when more of any dialect is appended.
    let later = [
        json!({ "role": "user", "content": "and?" }),
        json!({ "role": "assistant", "content": [{ "type": "tool_use", "id": "t", "name": "f", "input": {} }] }),
        json!({ "type": "human", "content": "and?" }),
        json!({ "role": "tool", "tool_call_id": "c", "content": "ok" }),
    ];
    for (dialect, bodies) in telling() {
        for body in bodies.into_iter().filter(|body| !is_a_guess(body)) {
            for more in &later {
                let mut grown = body.clone();
                let key = ["messages", "contents", "prompt"]
                    .into_iter()
                    .find(|key| grown.get(key).is_some_and(Value::is_array));
                let list = match key {
                    Some(key) => &mut grown[key],
                    None => &mut grown,
                };
                let Some(list) = list.as_array_mut() else {
                    continue;
                };
                list.push(more.clone());
                assert_eq!(recognised(&grown), Some(dialect), "{grown}");
            }
        }
    }
}

/// Whether only the model's name, a text beside the messages, or nothing at all told.
fn is_a_guess(body: &Value) -> bool {
    let plain = |list: &Value| {
        list.as_array().is_some_and(|list| {
            list.iter()
                .all(|entry| entry["content"].is_string() && entry.get("tool_calls").is_none())
        })
    };
    let fields = [
        "model",
        "messages",
        "max_tokens",
        "stream",
        "system",
        "n",
        "options",
    ];
    let is_plain = body.as_object().is_some_and(|body| {
        body.iter().all(|(key, value)| {
            fields.contains(&key.as_str()) && (key != "system" || value.is_string())
        })
    });
    let model = body["model"].as_str().unwrap_or_default();
    is_plain
        && (plain(&body["messages"]) || model.starts_with("command"))
        && body["options"]["num_ctx"].is_null()
        && body["messages"][0].get("images").is_none()
}

#[test]
fn recorded_bodies_are_recognised() {
    let Some(records) = record::records() else {
        return;
    };
    let mut table: BTreeMap<(String, String), u32> = BTreeMap::new();
    let mut wrong = Vec::new();
    for record in records {
        let Some(dialect) = record.dialect() else {
            continue;
        };
        let found = recognised(&record.request);
        let name = found.map_or_else(|| "nothing".to_owned(), |found| format!("{found:?}"));
        *table.entry((format!("{dialect:?}"), name)).or_default() += 1;
        if found != Some(dialect) && !is_ambiguous(dialect, found, &record.request) {
            wrong.push(record.id);
        }
    }
    println!("{:16} {:16} requests", "recorded", "recognised");
    for ((dialect, found), count) in &table {
        println!("{dialect:16} {found:16} {count:8}");
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Bodies that two APIs take word for word, and those that hold no prompt.
fn is_ambiguous(dialect: Dialect, found: Option<Dialect>, body: &Value) -> bool {
    let model = body["model"].as_str().unwrap_or_default();
    let has = |key: &str| !body[key].is_null();
    match (dialect, found) {
        // Cohere's own API, and its twin of OpenAI's.
        (Dialect::OpenaiChat, Some(Dialect::Cohere)) => model.starts_with("command"),
        // Fields of Ollama's own API, recorded as sent to its twin of OpenAI's; and the other way round.
        (Dialect::OpenaiChat, Some(Dialect::Ollama)) => has("options") || has("keep_alive"),
        (Dialect::Ollama, Some(Dialect::OpenaiChat)) => !has("options") && !has("format"),
        (_, None) => ["messages", "contents", "input", "prompt"]
            .into_iter()
            .all(|key| !has(key)),
        _ => false,
    }
}

#[test]
fn recognition_takes_linear_time() {
    let list = |length: usize| -> Value {
        let one = json!({ "role": "user", "content": [{ "type": "text", "text": "hi" }] });
        vec![one; length].into()
    };
    let time = |list: &Value| {
        let body = Body::of(list).unwrap();
        let start = Instant::now();
        assert_eq!(body.dialect(body.list.iter()), Dialect::OpenaiChat);
        start.elapsed()
    };
    let (short, long) = (list(10_000), list(200_000));
    time(&short);
    // Twenty times as long; four times that leaves room for a busy machine.
    assert!(time(&long) < time(&short) * 80 + std::time::Duration::from_millis(50));
}

#[test]
fn a_body_without_messages_says_where_they_should_be() {
    let error = |body: Value| {
        let error = Body::of(&body).unwrap_err();
        (error.code, error.path)
    };
    let at = |code, path: &str| (code, path.to_owned());
    assert_eq!(error(json!({})), at(Code::MissingField, "messages"));
    assert_eq!(
        error(json!({ "messages": [] })),
        at(Code::InvalidValue, "messages")
    );
    assert_eq!(
        error(json!({ "messages": {} })),
        at(Code::InvalidType, "messages")
    );
    assert_eq!(error(json!({ "input": 4 })), at(Code::InvalidType, "input"));
    assert_eq!(
        error(json!({ "prompt": true })),
        at(Code::InvalidType, "prompt")
    );
    assert_eq!(
        error(json!({ "contents": 4 })),
        at(Code::InvalidType, "contents")
    );
    assert_eq!(error(json!([])), at(Code::InvalidValue, "messages"));
    assert_eq!(error(json!("hi")), at(Code::InvalidType, ""));
}

#[test]
fn a_named_dialect_is_not_recognised_again() {
    let list = json!([{ "role": "user", "content": "hi" }]);
    for dialect in [
        Dialect::OpenaiChat,
        Dialect::AiSdk,
        Dialect::Langchain,
        Dialect::Autogen,
    ] {
        let read = normalize_as(Some(dialect), &list).unwrap();
        assert_eq!(read.dialect, dialect);
        assert_eq!(read.messages[0].dialect, dialect);
    }
}

proptest! {
    #[test]
    fn any_json_is_recognised_or_refused(value in support::json()) {
        let _ = recognised(&value);
        if let Ok(body) = Body::of(&value) {
            let _ = body.dialect(body.list.iter().rev());
        }
        let _ = normalize(&value);
        for dialect in [Dialect::AiSdk, Dialect::Langchain, Dialect::Autogen] {
            let _ = normalize_as(Some(dialect), &json!([value]));
            let part = json!([{ "role": "assistant", "type": "ai", "content": [value] }]);
            let _ = normalize_as(Some(dialect), &part);
        }
    }
}
