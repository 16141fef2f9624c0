//! Bedrock Converse bodies: what is read, what is kept, and what is refused.

use serde_json::{Value, json};
use token_headroom::{
    Code, Conversation, Dialect, Part, ResponseFormat, Role, Thinking, ToolChoice, normalize,
    normalize_as,
};

fn read(body: &Value) -> Conversation {
    normalize_as(Some(Dialect::BedrockConverse), body).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_whole_body_is_read() {
    let body = json!({
        "modelId": "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "system": [{ "text": "Be brief." }, { "cachePoint": { "type": "default" } }],
        "messages": [
            { "role": "user", "content": [{ "text": "Weather?" }, { "cachePoint": { "type": "default" } }] },
            { "role": "assistant", "content": [
                { "reasoningContent": { "reasoningText": { "text": "Ask.", "signature": "abc" } } },
                { "toolUse": { "toolUseId": "t1", "name": "weather", "input": { "city": "Paris" } } }
            ]},
            { "role": "user", "content": [{ "toolResult": {
                "toolUseId": "t1", "status": "error", "content": [{ "json": { "rain": [1, 2] } }, { "text": "!" }]
            }}]}
        ],
        "toolConfig": {
            "tools": [
                { "toolSpec": { "name": "weather", "inputSchema": { "json": { "type": "object" } } } },
                { "cachePoint": { "type": "default" } }
            ],
            "toolChoice": { "tool": { "name": "weather" } }
        },
        "inferenceConfig": { "maxTokens": 77 },
        "additionalModelRequestFields": { "reasoning_config": { "type": "enabled", "budget_tokens": 1024 } },
        "outputConfig": { "textFormat": { "type": "json_schema", "structure": { "jsonSchema": {
            "name": "answer", "schema": "{\"type\":\"object\"}"
        }}}},
        "brand_new": 1
    });
    assert_eq!(normalize(&body).unwrap().dialect, Dialect::BedrockConverse);
    let conversation = read(&body);
    assert_eq!(
        conversation.model.as_deref(),
        Some("us.anthropic.claude-sonnet-4-5-20250929-v1:0")
    );
    assert_eq!(conversation.output_cap, Some(77));
    assert_eq!(conversation.thinking, Thinking::Enabled);
    assert_eq!(
        conversation.tool_choice,
        ToolChoice::Forced("weather".to_owned())
    );
    assert_eq!(conversation.tools.len(), 1, "a cache point is no tool");
    assert_eq!(
        conversation.response_format,
        ResponseFormat::JsonSchema {
            name: "answer".to_owned(),
            description: None,
            schema: json!({ "type": "object" })
        }
    );
    assert_eq!(conversation.instructions.unwrap().parts.len(), 1);
    let roles: Vec<Role> = conversation.messages.iter().map(|m| m.role).collect();
    assert_eq!(roles, [Role::User, Role::Assistant, Role::Tool]);
    assert!(matches!(
        &conversation.messages[2].parts[0],
        Part::ToolResult { is_error: true, parts, .. }
            if matches!(&parts[0], Part::Text { text, .. } if text == r#"{"rain":[1,2]}"#)
    ));
    assert_eq!(conversation.rest["brand_new"], 1);
}

#[test]
fn bytes_are_read_however_they_were_written_down() {
    // The first 24 bytes of a PNG of 3 by 5 pixels.
    let png = [
        0x89, b'P', b'N', b'G', 13, 10, 26, 10, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 3, 0,
        0, 0, 5,
    ];
    let object: serde_json::Map<String, Value> = png
        .iter()
        .enumerate()
        .map(|(index, byte)| (index.to_string(), json!(byte)))
        .collect();
    for bytes in [
        json!("iVBORw0KGgoAAAANSUhEUgAAAAMAAAAF"),
        json!(png),
        Value::Object(object),
        json!({ "type": "Buffer", "data": png }),
    ] {
        let conversation = read(&json!({ "messages": [{ "role": "user", "content": [
            { "image": { "format": "png", "source": { "bytes": bytes } } }
        ]}]}));
        assert!(
            matches!(&conversation.messages[0].parts[0], Part::Image(image) if image.size == Some((3, 5))),
            "{bytes}"
        );
    }
}

#[test]
fn what_is_in_a_bucket_or_sealed_is_named() {
    for (block, code) in [
        (
            json!({ "document": { "name": "a", "format": "pdf", "source": { "s3Location": { "uri": "s3://a/b" } } } }),
            "remote_media",
        ),
        (
            json!({ "reasoningContent": { "redactedContent": "abc" } }),
            "sealed_reasoning",
        ),
        (json!({ "guardContent": {} }), "unknown_part"),
    ] {
        let conversation =
            read(&json!({ "messages": [{ "role": "user", "content": [block.clone()] }] }));
        let found = conversation.warnings.iter().any(|w| w.code == code);
        assert!(found, "{block}: {:?}", conversation.warnings);
    }
}

#[test]
fn every_error_names_place_value_and_remedy() {
    use Code::{InvalidType, InvalidValue, MissingField, UnknownRole};
    let block = |block: Value| json!({ "messages": [{ "role": "user", "content": [block] }] });
    let field = |key: &str, value: Value| {
        let mut body = block(json!({ "text": "hi" }));
        body[key] = value;
        body
    };
    #[rustfmt::skip] // One case per line.
    let cases = [
        (json!({ "messages": [{ "role": "user", "content": "hi" }] }), InvalidType, "messages[0].content", "the string \"hi\""),
        (json!({ "messages": [{ "role": "tool", "content": [] }] }), UnknownRole, "messages[0].role", "\"tool\""),
        (block(json!({})), InvalidType, "messages[0].content[0]", "an empty object"),
        (block(json!({ "text": 1 })), InvalidType, "messages[0].content[0].text", "the number 1"),
        (block(json!({ "image": { "format": "png" } })), MissingField, "messages[0].content[0].image.source", "found nothing"),
        (block(json!({ "toolUse": { "name": "f" } })), MissingField, "messages[0].content[0].toolUse.toolUseId", "found nothing"),
        (block(json!({ "toolResult": { "content": [] } })), MissingField, "messages[0].content[0].toolResult.toolUseId", "found nothing"),
        (field("system", json!("x")), InvalidType, "system", "the string \"x\""),
        (field("toolConfig", json!({ "tools": [{ "toolSpec": {} }] })), MissingField, "toolConfig.tools[0].toolSpec.name", "found nothing"),
        (field("inferenceConfig", json!({ "maxTokens": "x" })), InvalidType, "inferenceConfig.maxTokens", "the string \"x\""),
        (field("outputConfig", json!({ "textFormat": { "structure": { "jsonSchema": { "schema": "{" } } } })), InvalidValue, "outputConfig.textFormat.structure.jsonSchema.schema", "the string \"{\""),
    ];
    for (body, code, path, piece) in cases {
        let error = normalize_as(Some(Dialect::BedrockConverse), &body)
            .expect_err("the body is not allowed");
        assert_eq!((error.code, error.path.as_str()), (code, path), "{body}");
        assert!(error.message.contains(piece), "{body}: {}", error.message);
        assert!(error.message.contains("expected"), "{}", error.message);
    }
}
