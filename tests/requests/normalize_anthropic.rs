//! Anthropic Messages bodies: what is read, what is kept, and what is refused.

use serde_json::{Value, json};
use token_headroom::{
    Code, Conversation, Dialect, File, Part, Reasoning, ResponseFormat, Role, Thinking, ToolChoice,
    ToolKind, normalize, normalize_as,
};

fn read(body: &Value) -> Conversation {
    normalize_as(Some(Dialect::Anthropic), body).unwrap_or_else(|error| panic!("{error}"))
}

fn with_block(role: &str, block: Value) -> Value {
    json!({ "model": "claude-sonnet-4-5", "max_tokens": 9, "messages": [{ "role": role, "content": [block] }] })
}

fn codes(conversation: &Conversation) -> Vec<String> {
    conversation
        .warnings
        .iter()
        .map(|warning| format!("{} {}", warning.code, warning.path))
        .collect()
}

#[test]
fn a_whole_body_is_read() {
    let body = json!({
        "model": "claude-sonnet-4-5",
        "max_tokens": 1_000,
        "system": [{ "type": "text", "text": "Be brief.", "cache_control": { "type": "ephemeral" } }],
        "messages": [
            { "role": "user", "content": "Weather?" },
            { "role": "assistant", "content": [
                { "type": "thinking", "thinking": "Ask.", "signature": "c2ln" },
                { "type": "tool_use", "id": "t1", "name": "weather", "input": { "city": "Paris" } },
                { "type": "tool_use", "id": "t2", "name": "weather", "input": { "city": "Rome" } }
            ]},
            { "role": "user", "content": [
                { "type": "tool_result", "tool_use_id": "t1", "content": "Rain", "is_error": true }
            ]},
            { "role": "user", "content": [
                { "type": "tool_result", "tool_use_id": "t2", "content": [{ "type": "text", "text": "Sun" }] },
                { "type": "text", "text": "And now?" }
            ]},
            { "role": "system", "content": "Hurry." }
        ],
        "tools": [
            { "name": "weather", "description": "Asks", "input_schema": { "type": "object" }, "strict": true },
            { "type": "web_search_20250305", "name": "web_search" }
        ],
        "tool_choice": { "type": "tool", "name": "weather", "disable_parallel_tool_use": true },
        "thinking": { "type": "enabled", "budget_tokens": 2_048 },
        "output_config": { "format": { "type": "json_schema", "schema": { "type": "object" } } },
        "brand_new": [1]
    });
    assert_eq!(normalize(&body).unwrap().dialect, Dialect::Anthropic);
    let conversation = read(&body);
    assert_eq!(conversation.model.as_deref(), Some("claude-sonnet-4-5"));
    assert_eq!(conversation.output_cap, Some(1_000));
    assert_eq!(conversation.thinking, Thinking::Enabled);
    assert_eq!(conversation.parallel_tool_calls, Some(false));
    assert_eq!(
        conversation.tool_choice,
        ToolChoice::Forced("weather".to_owned())
    );
    assert!(matches!(
        conversation.response_format,
        ResponseFormat::JsonSchema { .. }
    ));
    let roles: Vec<Role> = conversation.messages.iter().map(|m| m.role).collect();
    assert_eq!(
        roles,
        [
            Role::User,
            Role::Assistant,
            Role::Tool,
            Role::User,
            Role::System
        ]
    );
    assert_eq!(
        conversation.messages[1].parts[0],
        Part::Reasoning(Reasoning {
            text: "Ask.".to_owned(),
            sealed: 4,
            redacted: false
        })
    );
    let call = conversation.messages[1].calls().next().unwrap();
    assert_eq!(call.arguments, r#"{"city":"Paris"}"#);
    assert!(matches!(
        &conversation.messages[2].parts[0],
        Part::ToolResult { is_error: true, call_id, .. } if call_id == "t1"
    ));
    let kinds: Vec<ToolKind> = conversation.tools.iter().map(|tool| tool.kind).collect();
    assert_eq!(kinds, [ToolKind::Function, ToolKind::Server]);
    assert_eq!(
        conversation.rest["brand_new"],
        json!([1]),
        "nothing is lost"
    );
    assert_eq!(
        conversation.messages[3].raw["content"][1]["text"],
        "And now?"
    );
    assert_eq!(codes(&conversation), ["server_tool tools[1]"]);
}

#[test]
fn bodies_of_bedrock_and_vertex_are_recognised() {
    let body = json!({
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 9,
        "messages": [{ "role": "user", "content": "hi" }]
    });
    let conversation = normalize(&body).unwrap();
    assert_eq!(conversation.dialect, Dialect::Anthropic);
    assert_eq!(conversation.model, None);
}

#[test]
fn documents_are_read_as_far_as_they_are_there() {
    let document = |block: Value| match &read(&with_block("user", block)).messages[0].parts[0] {
        Part::File(file) => file.clone(),
        other => panic!("{other:?}"),
    };
    let text = document(json!({
        "type": "document", "title": "Notes", "context": "Old", "citations": { "enabled": true },
        "source": { "type": "text", "media_type": "text/plain", "data": "abc" }
    }));
    assert_eq!(
        text,
        File {
            name: Some("Notes".to_owned()),
            context: Some("Old".to_owned()),
            text: Some("abc".to_owned()),
            bytes: Some(3),
            citations: true,
            ..File::default()
        }
    );
    let blocks = document(json!({
        "type": "document",
        "source": { "type": "content", "content": [{ "type": "text", "text": "a" }, { "type": "text", "text": "b" }] }
    }));
    assert_eq!(blocks.text.as_deref(), Some("ab"));
    let remote = document(json!({
        "type": "document", "source": { "type": "url", "url": "https://example.com/a.pdf" }
    }));
    assert_eq!(remote, File::default());
    // "%PDF-1.4 /Type /Page " in base64.
    let pdf = document(json!({
        "type": "document",
        "source": { "type": "base64", "media_type": "application/pdf", "data": "JVBERi0xLjQgL1R5cGUgL1BhZ2Ug" }
    }));
    assert_eq!((pdf.pages, pdf.bytes, pdf.text), (Some(1), Some(21), None));
}

#[test]
fn what_only_the_provider_can_read_is_named() {
    let cases = [
        (
            "assistant",
            json!({ "type": "redacted_thinking", "data": "x" }),
            "sealed_reasoning",
        ),
        (
            "assistant",
            json!({ "type": "thinking", "thinking": "", "signature": "abc" }),
            "sealed_reasoning",
        ),
        (
            "assistant",
            json!({ "type": "server_tool_use", "id": "s", "name": "web_search", "input": {} }),
            "server_history",
        ),
        (
            "user",
            json!({ "type": "container_upload", "file_id": "f" }),
            "remote_media",
        ),
        (
            "user",
            json!({ "type": "image", "source": { "type": "file", "file_id": "f" } }),
            "remote_media",
        ),
        ("user", json!({ "type": "from_the_future" }), "unknown_part"),
    ];
    for (role, block, code) in cases {
        let conversation = read(&with_block(role, block.clone()));
        let found = codes(&conversation);
        assert!(
            found.contains(&format!("{code} messages[0].content[0]")),
            "{block}: {found:?}"
        );
        assert_eq!(conversation.messages[0].raw["content"][0], block);
    }
}

#[test]
fn every_error_names_place_value_and_remedy() {
    use Code::{InvalidType, InvalidValue, MissingField, UnknownRole};
    let field = |key: &str, value: Value| {
        let mut body = with_block("user", json!({ "type": "text", "text": "hi" }));
        body[key] = value;
        body
    };
    let message = |message: Value| json!({ "messages": [message] });
    let block = |block: Value| with_block("user", block);
    let cases = [
        (
            message(json!(7)),
            InvalidType,
            "messages[0]",
            "the number 7",
        ),
        (
            message(json!({ "role": "user" })),
            MissingField,
            "messages[0].content",
            "found nothing",
        ),
        (
            message(json!({ "role": "tool", "content": "x" })),
            UnknownRole,
            "messages[0].role",
            "\"tool\"",
        ),
        (
            message(json!({ "role": "user", "content": 1 })),
            InvalidType,
            "messages[0].content",
            "the number 1",
        ),
        (
            block(json!("x")),
            InvalidType,
            "messages[0].content[0]",
            "the string \"x\"",
        ),
        (
            block(json!({ "text": "x" })),
            MissingField,
            "messages[0].content[0].type",
            "found nothing",
        ),
        (
            block(json!({ "type": "text", "text": 1 })),
            InvalidType,
            "messages[0].content[0].text",
            "the number 1",
        ),
        (
            block(json!({ "type": "image" })),
            MissingField,
            "messages[0].content[0].source",
            "found nothing",
        ),
        (
            block(json!({ "type": "image", "source": { "type": "base64" } })),
            MissingField,
            "messages[0].content[0].source.data",
            "found nothing",
        ),
        (
            block(json!({ "type": "tool_use", "name": "f", "input": {} })),
            MissingField,
            "messages[0].content[0].id",
            "found nothing",
        ),
        (
            block(json!({ "type": "tool_result", "content": "x" })),
            MissingField,
            "messages[0].content[0].tool_use_id",
            "found nothing",
        ),
        (
            block(json!({ "type": "tool_result", "tool_use_id": "a", "is_error": 1 })),
            InvalidType,
            "messages[0].content[0].is_error",
            "the number 1",
        ),
        (
            block(
                json!({ "type": "tool_result", "tool_use_id": "a", "content": [{ "type": "text" }] }),
            ),
            MissingField,
            "messages[0].content[0].content[0].text",
            "found nothing",
        ),
        (
            block(json!({ "type": "thinking" })),
            MissingField,
            "messages[0].content[0].thinking",
            "found nothing",
        ),
        (
            field("system", json!(1)),
            InvalidType,
            "system",
            "the number 1",
        ),
        (
            field("tools", json!({})),
            InvalidType,
            "tools",
            "an empty object",
        ),
        (
            field("tools", json!([{ "description": "x" }])),
            MissingField,
            "tools[0].name",
            "found nothing",
        ),
        (
            field("tools", json!([{ "name": "f", "input_schema": "x" }])),
            InvalidType,
            "tools[0].input_schema",
            "the string \"x\"",
        ),
        (
            field("tool_choice", json!("auto")),
            InvalidType,
            "tool_choice",
            "the string \"auto\"",
        ),
        (
            field("tool_choice", json!({ "type": "some" })),
            InvalidValue,
            "tool_choice.type",
            "the string \"some\"",
        ),
        (
            field("tool_choice", json!({ "type": "tool" })),
            MissingField,
            "tool_choice.name",
            "found nothing",
        ),
        (
            field("thinking", json!(true)),
            InvalidType,
            "thinking",
            "the boolean true",
        ),
        (
            field(
                "output_config",
                json!({ "format": { "type": "json_schema" } }),
            ),
            MissingField,
            "output_config.format.schema",
            "found nothing",
        ),
        (
            field("max_tokens", json!(-1)),
            InvalidValue,
            "max_tokens",
            "the number -1",
        ),
    ];
    for (body, code, path, piece) in cases {
        let error =
            normalize_as(Some(Dialect::Anthropic), &body).expect_err("the body is not allowed");
        assert_eq!((error.code, error.path.as_str()), (code, path), "{body}");
        assert!(error.message.contains(piece), "{body}: {}", error.message);
        assert!(error.message.contains("expected"), "{}", error.message);
    }
}
