//! Cohere, Ollama, bare prompts, and what hosts other than OpenAI take in Chat bodies.

use crate::support;
use proptest::prelude::*;
use serde_json::{Value, json};
use token_headroom::{
    Code, Conversation, Dialect, Part, ResponseFormat, Role, Thinking, ToolChoice, normalize,
    normalize_as,
};

fn read(body: Value) -> Conversation {
    normalize(&body).expect("the body is allowed")
}

fn texts(conversation: &Conversation) -> Vec<String> {
    let text = |part: &Part| match part {
        Part::Text { text, .. } => text.clone(),
        Part::Reasoning(reasoning) => format!("({})", reasoning.text),
        Part::ToolCall(call) => format!("{}{}", call.name, call.arguments),
        Part::Image(image) => format!("{:?}", image.size),
        other => format!("{other:?}"),
    };
    let one = |message: &token_headroom::Message| message.leaves().map(text).collect::<String>();
    conversation
        .messages
        .iter()
        .map(|message| one(message))
        .collect()
}

#[test]
fn cohere_version_2_keeps_plans_documents_and_formats() {
    let c = read(json!({
        "model": "command-a-03-2025",
        "messages": [
            { "role": "system", "content": "s" },
            { "role": "user", "content": [{ "type": "text", "text": "u" }] },
            { "role": "assistant", "tool_plan": "plan", "tool_calls": [
                { "id": "1", "type": "function", "function": { "name": "f", "arguments": "{}" } },
            ]},
            { "role": "tool", "tool_call_id": "1", "content": [
                { "type": "document", "document": { "id": "d", "data": { "title": "t" } } },
            ]},
        ],
        "tools": [{ "type": "function", "function": { "name": "f", "parameters": { "type": "object" } } }],
        "tool_choice": "REQUIRED",
        "response_format": { "type": "json_object", "schema": { "type": "object" } },
        "thinking": { "type": "disabled" },
        "max_tokens": 9,
    }));
    assert_eq!(c.dialect, Dialect::Cohere);
    assert_eq!(texts(&c)[..3], ["s", "u", "planf{}"]);
    let [Part::ToolResult { call_id, parts, .. }] = c.messages[3].parts.as_slice() else {
        panic!("a result");
    };
    let [Part::File(file)] = parts.as_slice() else {
        panic!("a document");
    };
    assert_eq!(
        (call_id.as_str(), file.name.as_deref(), file.text.as_deref()),
        ("1", Some("d"), Some("{\"title\":\"t\"}"))
    );
    assert_eq!(c.tool_choice, ToolChoice::Required);
    assert_eq!(c.thinking, Thinking::Disabled);
    assert_eq!(c.output_cap, Some(9));
    assert!(matches!(
        c.response_format,
        ResponseFormat::JsonSchema { .. }
    ));
}

#[test]
fn cohere_version_1_has_its_messages_beside_each_other() {
    let c = read(json!({
        "preamble": "p",
        "chat_history": [
            { "role": "USER", "message": "a" },
            { "role": "CHATBOT", "message": "b", "tool_calls": [{ "name": "f", "parameters": { "x": 1 } }] },
            { "role": "TOOL", "tool_results": [{ "call": { "name": "f" }, "outputs": [{ "y": 2 }] }] },
        ],
        "message": "c",
        "tools": [{ "name": "f", "description": "d", "parameter_definitions": { "x": { "type": "int" } } }],
    }));
    assert_eq!(texts(&c), ["a", "bf{\"x\":1}", "[{\"y\":2}]", "c"]);
    assert_eq!(c.instructions.as_ref().map(|m| m.role), Some(Role::System));
    assert_eq!(c.tools[0].name, "f");
}

#[test]
fn ollama_keeps_pictures_thoughts_and_objects() {
    let gif = "R0lGODlhkAEtAQAAAAAAAAAAAAAAAAAA";
    let c = read(json!({
        "model": "qwen3", "options": { "num_predict": 7 }, "think": true, "format": { "type": "object" },
        "messages": [
            { "role": "user", "content": "u", "images": [gif] },
            { "role": "assistant", "content": "", "thinking": "t", "tool_calls": [
                { "function": { "name": "f", "arguments": { "x": 1 } } },
            ]},
            { "role": "tool", "tool_name": "f", "content": "r" },
        ],
    }));
    assert_eq!(c.dialect, Dialect::Ollama);
    assert_eq!(texts(&c), ["uSome((400, 301))", "(t)f{\"x\":1}", "r"]);
    assert!(
        matches!(&c.messages[2].parts[0], Part::ToolResult { name: Some(name), .. } if name == "f")
    );
    assert_eq!((c.output_cap, c.thinking), (Some(7), Thinking::Enabled));
    assert!(matches!(
        c.response_format,
        ResponseFormat::JsonSchema { .. }
    ));
    // A negative cap is none.
    let c = read(
        json!({ "options": { "num_predict": -1 }, "messages": [{ "role": "user", "content": "u" }] }),
    );
    assert_eq!(c.output_cap, None);
}

#[test]
fn bare_prompts_are_texts_or_ids() {
    let c = read(json!({ "model": "davinci-002", "prompt": ["a", "b"], "max_tokens": 3 }));
    assert_eq!(
        (c.dialect, texts(&c)),
        (Dialect::Completions, vec!["a".to_owned(), "b".to_owned()])
    );
    let c = read(
        json!({ "prompt": "a", "system": "s", "images": ["R0lGODlhkAEtAQAAAAAAAAAAAAAAAAAA"], "options": {} }),
    );
    assert_eq!(texts(&c), ["aSome((400, 301))"]);
    assert!(c.instructions.is_some());
    let error =
        normalize_as(Some(Dialect::Completions), &json!({ "prompt": [[1, "x"]] })).unwrap_err();
    assert_eq!(
        (error.code, error.path.as_str()),
        (Code::InvalidType, "prompt[0][1]")
    );
}

#[test]
fn chat_hosts_send_thoughts_back_under_several_names() {
    let thought = |extra: Value| {
        let mut message = json!({ "role": "assistant", "content": "a" });
        message
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        texts(&read(
            json!({ "messages": [{ "role": "user", "content": "u" }, message] }),
        ))[1]
            .clone()
    };
    assert_eq!(thought(json!({ "reasoning_content": "t" })), "a(t)");
    // The same thoughts under two names count once.
    assert_eq!(
        thought(json!({ "reasoning_content": "t", "reasoning": "t" })),
        "a(t)"
    );
    assert_eq!(
        thought(
            json!({ "reasoning": "t", "reasoning_details": [{ "type": "reasoning.text", "text": "t" }] })
        ),
        "a(t)"
    );
    assert_eq!(thought(json!({ "reasoning_content": "" })), "a");
}

#[test]
fn chat_hosts_take_shorter_forms() {
    let c = read(json!({
        "messages": [
            { "role": "user", "content": [
                { "type": "image_url", "image_url": "https://example.com/a.png" },
                { "type": "input_audio", "input_audio": "AAAA" },
                { "type": "document_url", "document_url": "https://example.com/a.pdf" },
            ]},
            { "role": "assistant", "content": null, "tool_calls": [{ "function": { "name": "f", "arguments": "{}" } }] },
            { "role": "tool", "content": "r" },
        ],
        "tools": [{ "function": { "name": "f" } }],
    }));
    assert!(matches!(
        c.messages[0].parts[..],
        [Part::Image(_), Part::Audio { .. }, Part::File(_)]
    ));
    assert!(c.tools[0].is_function());
    let unpaired = |c: &Conversation| c.warnings.iter().any(|w| w.code == "unpaired_tool_result");
    assert!(!unpaired(&c));
    // Without a call before it a result without an id is a mistake.
    let c = read(
        json!({ "messages": [{ "role": "user", "content": "u" }, { "role": "tool", "content": "r" }] }),
    );
    assert!(unpaired(&c));
}

#[test]
fn errors_name_place_and_remedy() {
    use Code::{InvalidType, MissingField, UnknownRole};
    let cases = [
        (
            Dialect::Cohere,
            json!({ "messages": [{ "role": "bot", "content": "x" }] }),
            UnknownRole,
            "messages[0].role",
        ),
        (
            Dialect::Cohere,
            json!({ "messages": [{ "role": "tool", "content": "x" }] }),
            MissingField,
            "messages[0].tool_call_id",
        ),
        (
            Dialect::Cohere,
            json!({ "messages": [{ "role": "user", "content": ["a", 5] }] }),
            InvalidType,
            "messages[0].content[1]",
        ),
        (
            Dialect::Cohere,
            json!({ "message": "m", "chat_history": {} }),
            InvalidType,
            "chat_history",
        ),
        (
            Dialect::Ollama,
            json!({ "messages": [{ "role": "user", "content": "x", "images": [5] }] }),
            InvalidType,
            "messages[0].images[0]",
        ),
        (
            Dialect::Ollama,
            json!({ "messages": [{ "role": "assistant", "tool_calls": [{}] }] }),
            MissingField,
            "messages[0].tool_calls[0].function",
        ),
        (
            Dialect::Ollama,
            json!({ "options": { "num_predict": "7" }, "messages": [{ "role": "user", "content": "x" }] }),
            InvalidType,
            "options.num_predict",
        ),
        (
            Dialect::Completions,
            json!({ "prompt": { "a": 1 } }),
            InvalidType,
            "prompt",
        ),
    ];
    for (dialect, body, code, path) in cases {
        let error = normalize_as(Some(dialect), &body).expect_err("the body is not allowed");
        assert_eq!((error.code, error.path.as_str()), (code, path), "{body}");
        assert!(error.message.contains("expected"), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_body_panics(body in support::json(), list in prop::sample::select(&["messages", "prompt", "chat_history"][..])) {
        for dialect in [Dialect::Cohere, Dialect::Ollama, Dialect::Completions, Dialect::OpenaiChat] {
            let _ = normalize_as(Some(dialect), &body);
            let _ = normalize_as(Some(dialect), &json!({ list: body.clone(), "message": "m" }));
            let _ = normalize_as(Some(dialect), &json!({ list: [body.clone()], "tools": [body.clone()] }));
        }
    }
}

#[test]
fn the_text_of_titan_is_a_prompt() {
    let body = json!({
        "inputText": "User: hi\nBot:",
        "textGenerationConfig": { "maxTokenCount": 200, "temperature": 0 }
    });
    let c = read(body.clone());
    assert_eq!(c.dialect, Dialect::Completions);
    assert_eq!(texts(&c), ["User: hi\nBot:"]);
    assert_eq!(c.output_cap, Some(200));
    assert_eq!(c.rest, body);
    let wrong = json!({ "inputText": "hi", "textGenerationConfig": { "maxTokenCount": "many" } });
    let error = normalize(&wrong).expect_err("a cap is a number");
    assert_eq!(error.path, "textGenerationConfig.maxTokenCount");
    // Other makers' names of the cap, in what Bedrock takes for their models.
    for cap in ["max_tokens_to_sample", "max_gen_len", "maxTokens"] {
        let c = read(json!({ "prompt": "hi", cap: 7 }));
        assert_eq!(
            (c.dialect, c.output_cap),
            (Dialect::Completions, Some(7)),
            "{cap}"
        );
    }
}
