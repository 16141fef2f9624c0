//! What is said about bad bodies, and about those of other APIs of the provider.

use serde_json::{Value, json};
use token_headroom::{Code, Dialect, Part, Role, normalize};

use super::{PIXEL, read, said};

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
