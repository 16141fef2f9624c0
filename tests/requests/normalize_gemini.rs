//! Bodies of `generateContent` and `countTokens`: every spelling, every part, and what is said about bad ones.

use serde_json::{Value, json};
use token_headroom::{
    Code, Conversation, Detail, Dialect, Part, ResponseFormat, Role, Thinking, ToolChoice,
    ToolKind, normalize,
};

/// One white pixel, as PNG.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

fn read(body: &Value) -> Conversation {
    normalize(body).unwrap_or_else(|error| panic!("{error}: {body}"))
}

fn codes(conversation: &Conversation) -> Vec<(&str, &str)> {
    conversation
        .warnings
        .iter()
        .map(|warning| (warning.code.as_str(), warning.path.as_str()))
        .collect()
}

fn said(conversation: &Conversation) -> Vec<(Role, &str)> {
    let text = |part: &'_ Part| match part {
        Part::Text { text, .. } => Some(text.len()),
        _ => None,
    };
    let mut said = Vec::new();
    for message in &conversation.messages {
        for part in &message.parts {
            if let (
                Part::Text {
                    text: said_text, ..
                },
                Some(_),
            ) = (part, text(part))
            {
                said.push((message.role, said_text.as_str()));
            }
        }
    }
    said
}

#[test]
fn both_spellings_mean_the_same() {
    let camel = json!({
        "systemInstruction": { "parts": [{ "text": "Be brief." }] },
        "contents": [
            { "role": "user", "parts": [{ "text": "a" }, { "inlineData": { "mimeType": "image/png", "data": PIXEL } }] },
            { "role": "model", "parts": [{ "functionCall": { "name": "f", "args": { "x": 1 } }, "thoughtSignature": "c2lnbmVk" }] },
            { "role": "user", "parts": [{ "functionResponse": { "name": "f", "response": { "y": 2 } } }] },
        ],
        "tools": [{ "functionDeclarations": [{ "name": "f", "parametersJsonSchema": { "type": "object" } }] }],
        "toolConfig": { "functionCallingConfig": { "mode": "ANY", "allowedFunctionNames": ["f"] } },
        "generationConfig": { "maxOutputTokens": 9, "responseMimeType": "application/json", "responseSchema": { "type": "OBJECT" },
            "thinkingConfig": { "thinkingBudget": 0 } },
    });
    let snake = json!({
        "system_instruction": { "parts": [{ "text": "Be brief." }] },
        "contents": [
            { "role": "user", "parts": [{ "text": "a" }, { "inline_data": { "mime_type": "image/png", "data": PIXEL } }] },
            { "role": "model", "parts": [{ "function_call": { "name": "f", "args": { "x": 1 } }, "thought_signature": "c2lnbmVk" }] },
            { "role": "user", "parts": [{ "function_response": { "name": "f", "response": { "y": 2 } } }] },
        ],
        "tools": [{ "function_declarations": [{ "name": "f", "parameters_json_schema": { "type": "object" } }] }],
        "tool_config": { "function_calling_config": { "mode": "ANY", "allowed_function_names": ["f"] } },
        "generation_config": { "max_output_tokens": 9, "response_mime_type": "application/json", "response_schema": { "type": "OBJECT" },
            "thinking_config": { "thinking_budget": 0 } },
    });
    let (camel, snake) = (read(&camel), read(&snake));
    assert_eq!(camel.dialect, Dialect::Gemini);
    for (camel, snake) in camel.messages.iter().zip(&snake.messages) {
        assert_eq!((camel.role, &camel.parts), (snake.role, &snake.parts));
    }
    let roles: Vec<Role> = camel.messages.iter().map(|message| message.role).collect();
    assert_eq!(roles, [Role::User, Role::Assistant, Role::Tool]);
    for conversation in [camel, snake] {
        assert_eq!(conversation.tool_choice, ToolChoice::Forced("f".to_owned()));
        assert_eq!(conversation.thinking, Thinking::Disabled);
        assert_eq!(conversation.output_cap, Some(9));
        assert!(matches!(
            conversation.response_format,
            ResponseFormat::JsonSchema { .. }
        ));
        assert_eq!(
            conversation.tools[0].parameters,
            Some(json!({ "type": "object" }))
        );
        let instructions = conversation.instructions.expect("instructions");
        assert_eq!(
            (instructions.role, instructions.parts.len()),
            (Role::System, 1)
        );
    }
}

#[test]
fn contents_may_be_a_text_a_part_or_one_content() {
    let one = [
        json!({ "contents": "Hi" }),
        json!({ "contents": ["Hi"] }),
        json!({ "contents": { "text": "Hi" } }),
        json!({ "contents": { "role": "user", "parts": { "text": "Hi" } } }),
        json!({ "contents": [{ "parts": [{ "text": "Hi" }] }] }),
        json!({ "contents": [{ "parts": ["Hi"] }] }),
        json!([{ "parts": [{ "text": "Hi" }] }]),
    ];
    for body in one {
        assert_eq!(said(&read(&body)), [(Role::User, "Hi")], "{body}");
    }
}

#[test]
fn count_tokens_may_nest_the_request() {
    let body = json!({ "generateContentRequest": {
        "model": "models/gemini-3.5-flash",
        "contents": [{ "role": "user", "parts": [{ "text": "Hi" }] }],
        "systemInstruction": { "parts": { "text": "" } },
        "tools": { "googleSearch": {} },
    } });
    let conversation = read(&body);
    assert_eq!(said(&conversation), [(Role::User, "Hi")]);
    assert_eq!(
        conversation.model.as_deref(),
        Some("models/gemini-3.5-flash")
    );
    assert!(conversation.instructions.is_some());
    assert_eq!(conversation.tools[0].kind, ToolKind::Server);
}

#[test]
fn the_config_of_an_sdk_is_read_like_the_body() {
    let conversation = read(&json!({
        "model": "gemini-2.5-flash",
        "contents": "Hi",
        "config": { "systemInstruction": "Be brief.", "maxOutputTokens": 5, "tools": [{ "functionDeclarations": [{ "name": "f" }] }],
            "responseJsonSchema": { "type": "object" } },
    }));
    assert!(conversation.instructions.is_some());
    assert_eq!(conversation.output_cap, Some(5));
    assert_eq!(conversation.tools[0].name, "f");
    assert!(matches!(
        conversation.response_format,
        ResponseFormat::JsonSchema { .. }
    ));
}

#[test]
fn every_part_has_its_kind() {
    let parts = json!([
        { "text": "said" },
        { "text": "thought", "thought": true, "thoughtSignature": "c2ln" },
        { "inlineData": { "mimeType": "image/png", "data": PIXEL }, "mediaResolution": { "level": "MEDIA_RESOLUTION_MEDIUM" } },
        { "inlineData": { "mimeType": "text/plain", "data": "SGVsbG8=" } },
        { "fileData": { "mimeType": "application/pdf", "fileUri": "gs://b/d.pdf" } },
        { "fileData": { "fileUri": "https://youtu.be/x" }, "videoMetadata": { "startOffset": "5s", "endOffset": "15s" } },
        { "fileData": { "mimeType": "audio/mp3", "fileUri": "gs://b/a.mp3" } },
        { "executableCode": { "language": "PYTHON", "code": "1" }, "thoughtSignature": "c2ln" },
        { "brandNew": { "x": 1 } },
    ]);
    let conversation = read(&json!({ "contents": [{ "role": "model", "parts": parts }] }));
    let [
        Part::Text { text, .. },
        Part::Reasoning(readable),
        Part::Image(image),
        Part::File(note),
        Part::File(remote),
        Part::Video {
            seconds: Some(clip),
        },
        Part::Audio { seconds: None },
        Part::Reasoning(sealed),
        Part::Opaque(code),
        Part::Opaque(unknown),
    ] = conversation.messages[0].parts.as_slice()
    else {
        panic!("{:?}", conversation.messages[0].parts)
    };
    assert_eq!((text.as_str(), readable.text.as_str()), ("said", "thought"));
    assert_eq!((readable.sealed, readable.redacted), (4, false));
    assert_eq!((image.size, image.detail), (Some((1, 1)), Detail::Medium));
    assert_eq!(note.text.as_deref(), Some("Hello"));
    assert_eq!((remote.pages, remote.bytes), (None, None));
    assert!((clip - 10.0).abs() < 1e-9);
    assert_eq!((sealed.sealed, sealed.redacted), (4, true));
    assert_eq!(
        *code,
        json!({ "executableCode": { "language": "PYTHON", "code": "1" } })
    );
    assert_eq!(*unknown, json!({ "brandNew": { "x": 1 } }));
    let codes = codes(&conversation);
    for expected in [
        ("remote_media", "contents[0].parts[4]"),
        ("remote_media", "contents[0].parts[5]"),
        ("unknown_part", "contents[0]"),
    ] {
        assert!(codes.contains(&expected), "{expected:?} in {codes:?}");
    }
}

#[test]
fn media_inside_a_response_is_text_and_beside_it_is_media() {
    let conversation = read(
        &json!({ "contents": [{ "role": "user", "parts": [{ "functionResponse": {
        "id": "1", "name": "look", "response": { "data": PIXEL },
        "parts": [{ "inlineData": { "mimeType": "image/png", "data": PIXEL } }],
    } }] }] }),
    );
    let [
        Part::ToolResult {
            call_id,
            name,
            parts,
            ..
        },
    ] = conversation.messages[0].parts.as_slice()
    else {
        panic!("one result");
    };
    assert_eq!((call_id.as_str(), name.as_deref()), ("1", Some("look")));
    let [Part::Text { text, .. }, Part::Image(image)] = parts.as_slice() else {
        panic!("{parts:?}");
    };
    assert!(text.contains(PIXEL));
    assert_eq!(image.size, Some((1, 1)));
}

#[test]
fn what_the_provider_holds_is_said() {
    let conversation = read(&json!({
        "contents": "Hi", "cachedContent": "cachedContents/1", "tools": [{ "google_search": {} }],
    }));
    assert_eq!(
        codes(&conversation),
        [
            ("server_history", "cachedContent"),
            ("server_tool", "tools")
        ]
    );
}

#[test]
fn bad_bodies_are_told_where_what_and_how() {
    let content = |content: Value| json!({ "contents": [content] });
    let part = |part: Value| json!({ "contents": [{ "parts": [part] }] });
    let cases = [
        (
            content(json!(5)),
            Code::InvalidType,
            "contents[0]",
            "the number 5",
            "\"parts\"",
        ),
        (
            content(json!({ "role": "assistant", "parts": [] })),
            Code::UnknownRole,
            "contents[0].role",
            "\"assistant\"",
            "\"model\"",
        ),
        (
            content(json!({ "role": "system", "parts": [] })),
            Code::UnknownRole,
            "contents[0].role",
            "\"system\"",
            "systemInstruction",
        ),
        (
            content(json!({ "role": "user", "content": "Hi" })),
            Code::MissingField,
            "contents[0].parts",
            "nothing",
            "`parts`",
        ),
        (
            content(json!({ "role": "user", "parts": 1 })),
            Code::InvalidType,
            "contents[0].parts",
            "the number 1",
            "text",
        ),
        (
            part(json!({})),
            Code::InvalidValue,
            "contents[0].parts[0]",
            "an empty object",
            "\"text\"",
        ),
        (
            part(json!({ "text": 1 })),
            Code::InvalidType,
            "contents[0].parts[0].text",
            "the number 1",
            "",
        ),
        (
            part(json!({ "functionCall": { "args": {} } })),
            Code::MissingField,
            "contents[0].parts[0].functionCall.name",
            "nothing",
            "repeat",
        ),
        (
            part(json!({ "functionCall": { "name": "f", "args": "{}" } })),
            Code::InvalidType,
            "contents[0].parts[0].functionCall.args",
            "the string",
            "JSON.parse",
        ),
        (
            part(json!({ "functionResponse": { "name": "f", "response": "ok" } })),
            Code::InvalidType,
            "contents[0].parts[0].functionResponse.response",
            "\"ok\"",
            "result",
        ),
        (
            part(json!({ "inlineData": { "data": "" } })),
            Code::MissingField,
            "contents[0].parts[0].inlineData.mimeType",
            "nothing",
            "requires",
        ),
        (
            part(json!({ "fileData": {} })),
            Code::MissingField,
            "contents[0].parts[0].fileData.fileUri",
            "nothing",
            "uri",
        ),
        (
            json!({ "contents": "x", "tools": [{ "name": "f" }] }),
            Code::InvalidValue,
            "tools[0]",
            "\"name\"",
            "functionDeclarations",
        ),
        (
            json!({ "contents": "x", "tools": [{ "functionDeclarations": [{}] }] }),
            Code::MissingField,
            "tools[0].functionDeclarations[0].name",
            "nothing",
            "name every",
        ),
        (
            json!({ "contents": "x", "generationConfig": { "maxOutputTokens": -1 } }),
            Code::InvalidValue,
            "generationConfig.maxOutputTokens",
            "the number -1",
            "leave",
        ),
        (
            json!({ "contents": "x", "generationConfig": { "responseSchema": [] } }),
            Code::InvalidType,
            "generationConfig.responseSchema",
            "an array",
            "",
        ),
    ];
    for (body, code, path, found, hint) in cases {
        let error = normalize(&body).expect_err(&body.to_string());
        assert_eq!(
            (error.code, error.path.as_str()),
            (code, path),
            "{error}: {body}"
        );
        assert!(error.message.contains(found), "{error} lacks {found}");
        let said = &error.hint;
        assert!(said.contains(hint), "{said:?} lacks {hint:?}");
    }
}

#[test]
fn texts_and_media_of_interactions_are_read_and_the_rest_is_refused_by_name() {
    let body = json!({
        "model": "gemini-2.5-flash",
        "system_instruction": "Be terse.",
        "generation_config": { "thinking_level": "low", "max_output_tokens": 64 },
        "input": [
            { "type": "text", "text": "What is this?" },
            { "type": "image", "data": PIXEL, "mime_type": "image/png", "resolution": "low" },
        ],
    });
    let c = read(&body);
    assert_eq!(c.dialect, Dialect::Gemini);
    assert!(c.instructions.is_some());
    assert_eq!(c.output_cap, Some(64));
    let sizes = c.messages.iter().flat_map(|message| message.leaves());
    let sizes: Vec<_> = sizes
        .filter_map(|part| match part {
            Part::Image(image) => Some(image.size),
            _ => None,
        })
        .collect();
    assert_eq!(sizes, [Some((1, 1))]);
    let alone = read(&json!({ "input": "hi", "generation_config": {} }));
    assert_eq!(said(&alone), [(Role::User, "hi")]);
    for (field, value, path) in [
        (
            "previous_interaction_id",
            json!("v1_abc"),
            "previous_interaction_id",
        ),
        (
            "input",
            json!([{ "type": "function_result", "call_id": "1", "result": {} }]),
            "input[0]",
        ),
        (
            "input",
            json!([{ "type": "image", "uri": "https://example.com/a.png" }]),
            "input[0]",
        ),
    ] {
        let mut body = body.clone();
        body[field] = value;
        let error = normalize(&body).expect_err(field);
        assert_eq!(
            (error.code, error.path.as_str()),
            (Code::UnsupportedDialect, path)
        );
    }
}
