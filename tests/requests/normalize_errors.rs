//! Bodies that the dialect does not allow: each error names the place, the value found and a remedy.

use serde_json::{Value, json};
use token_headroom::{Code, Error, normalize};

fn error(body: Value) -> Error {
    normalize(&body).expect_err("the body is not allowed")
}

/// A body whose only message is `message`.
fn with_message(message: Value) -> Value {
    json!({ "model": "gpt-4o", "messages": [message] })
}

#[test]
fn every_error_names_place_value_and_remedy() {
    use Code::{InvalidType, InvalidValue, MissingField, UnknownRole};
    let call = |call: Value| {
        with_message(json!({ "role": "assistant", "content": null, "tool_calls": [call] }))
    };
    let part = |part: Value| with_message(json!({ "role": "user", "content": ["ok", part] }));
    let body = |key: &str, value: Value| {
        let mut body = with_message(json!({ "role": "user", "content": "hi" }));
        body[key] = value;
        body
    };
    // Body, code, path, a piece of the message.
    let cases = [
        (json!([1]), InvalidType, "messages[0]", "the number 1"),
        (json!("hi"), InvalidType, "", "the string \"hi\""),
        (json!({}), MissingField, "messages", "found nothing"),
        (json!({ "messages": null }), InvalidType, "messages", "null"),
        (
            json!({ "messages": {} }),
            InvalidType,
            "messages",
            "an empty object",
        ),
        (
            json!({ "messages": [] }),
            InvalidValue,
            "messages",
            "an empty array",
        ),
        (
            with_message(json!(null)),
            InvalidType,
            "messages[0]",
            "null",
        ),
        (
            with_message(json!({ "content": "hi" })),
            MissingField,
            "messages[0].role",
            "found nothing",
        ),
        (
            with_message(json!({ "role": 1 })),
            InvalidType,
            "messages[0].role",
            "the number 1",
        ),
        (
            with_message(json!({ "role": "ai" })),
            UnknownRole,
            "messages[0].role",
            "\"ai\"",
        ),
        (
            with_message(json!({ "role": "user" })),
            MissingField,
            "messages[0].content",
            "found nothing",
        ),
        (
            with_message(json!({ "role": "user", "content": null })),
            InvalidType,
            "messages[0].content",
            "a user message",
        ),
        (
            with_message(json!({ "role": "user", "content": 7 })),
            InvalidType,
            "messages[0].content",
            "the number 7",
        ),
        (
            with_message(json!({ "role": "assistant", "content": null })),
            InvalidType,
            "messages[0].content",
            "unless the message has tool_calls",
        ),
        (
            with_message(json!({ "role": "assistant", "content": null, "tool_calls": [] })),
            InvalidType,
            "messages[0].content",
            "unless",
        ),
        (
            with_message(json!({ "role": "tool", "tool_call_id": 7, "content": "x" })),
            InvalidType,
            "messages[0].tool_call_id",
            "the id of the call",
        ),
        (
            with_message(json!({ "role": "tool", "tool_call_id": null, "content": "x" })),
            InvalidType,
            "messages[0].tool_call_id",
            "null",
        ),
        (
            with_message(json!({ "role": "function", "content": "x" })),
            MissingField,
            "messages[0].name",
            "the function's name",
        ),
        (
            with_message(json!({ "role": "user", "name": 3, "content": "x" })),
            InvalidType,
            "messages[0].name",
            "the number 3",
        ),
        (
            call(json!("f")),
            InvalidType,
            "messages[0].tool_calls[0]",
            "the string \"f\"",
        ),
        (
            call(json!({ "function": {} })),
            MissingField,
            "messages[0].tool_calls[0].function.name",
            "found nothing",
        ),
        (
            call(json!({ "id": "a" })),
            MissingField,
            "messages[0].tool_calls[0].function",
            "`name` and `arguments`",
        ),
        (
            call(json!({ "id": "a", "type": "custom" })),
            MissingField,
            "messages[0].tool_calls[0].custom",
            "`name` and `input`",
        ),
        (
            call(json!({ "id": "a", "function": { "arguments": "{}" } })),
            MissingField,
            "messages[0].tool_calls[0].function.name",
            "found nothing",
        ),
        (
            call(json!({ "id": "a", "function": { "name": "f", "arguments": { "x": 1 } } })),
            InvalidType,
            "messages[0].tool_calls[0].function.arguments",
            "the key \"x\"",
        ),
        (
            part(json!(5)),
            InvalidType,
            "messages[0].content[1]",
            "the number 5",
        ),
        (
            part(json!({ "text": "x" })),
            MissingField,
            "messages[0].content[1].type",
            "found nothing",
        ),
        (
            part(json!({ "type": "text" })),
            MissingField,
            "messages[0].content[1].text",
            "found nothing",
        ),
        (
            part(json!({ "type": "image_url" })),
            MissingField,
            "messages[0].content[1].image_url",
            "found nothing",
        ),
        (
            part(json!({ "type": "image_url", "image_url": ["https://a"] })),
            InvalidType,
            "messages[0].content[1].image_url",
            "an array of 1",
        ),
        (
            part(json!({ "type": "image_url", "image_url": { "url": "x", "detail": "max" } })),
            InvalidValue,
            "messages[0].content[1].image_url.detail",
            "\"max\"",
        ),
        (
            part(json!({ "type": "input_audio", "input_audio": { "format": "wav" } })),
            MissingField,
            "messages[0].content[1].input_audio.data",
            "base64",
        ),
        (
            part(json!({ "type": "file" })),
            MissingField,
            "messages[0].content[1].file",
            "found nothing",
        ),
        (
            body("model", json!(4)),
            InvalidType,
            "model",
            "the number 4",
        ),
        (
            body("tools", json!({})),
            InvalidType,
            "tools",
            "an empty object",
        ),
        (
            body("tools", json!([{ "type": "function" }])),
            MissingField,
            "tools[0].function",
            "found nothing",
        ),
        (
            body(
                "tools",
                json!([{ "type": "function", "function": { "parameters": {} } }]),
            ),
            MissingField,
            "tools[0].function.name",
            "found nothing",
        ),
        (
            body(
                "tools",
                json!([{ "type": "function", "function": { "name": "f", "parameters": "{}" } }]),
            ),
            InvalidType,
            "tools[0].function.parameters",
            "the string \"{}\"",
        ),
        (
            body("functions", json!([{}])),
            MissingField,
            "functions[0].name",
            "found nothing",
        ),
        (
            body("tool_choice", json!("some")),
            InvalidValue,
            "tool_choice",
            "\"some\"",
        ),
        (
            body("tool_choice", json!(true)),
            InvalidType,
            "tool_choice",
            "the boolean true",
        ),
        (
            body("tool_choice", json!({ "type": "function", "function": {} })),
            MissingField,
            "tool_choice.function.name",
            "found nothing",
        ),
        (
            body("parallel_tool_calls", json!("no")),
            InvalidType,
            "parallel_tool_calls",
            "the string \"no\"",
        ),
        (
            body("response_format", json!("json")),
            InvalidType,
            "response_format",
            "the string \"json\"",
        ),
        (
            body("response_format", json!({ "type": "json_schema" })),
            InvalidType,
            "response_format.json_schema",
            "null",
        ),
        (
            body(
                "response_format",
                json!({ "type": "json_schema", "json_schema": { "schema": {} } }),
            ),
            MissingField,
            "response_format.json_schema.name",
            "found nothing",
        ),
        (
            body("max_tokens", json!(-1)),
            InvalidValue,
            "max_tokens",
            "the number -1",
        ),
        (
            body("max_completion_tokens", json!("10")),
            InvalidType,
            "max_completion_tokens",
            "the string \"10\"",
        ),
    ];
    for (body, code, path, piece) in cases {
        let error = error(body.clone());
        assert_eq!(error.code, code, "{body}");
        assert_eq!(error.path, path, "{body}");
        assert!(error.message.contains(piece), "{error}");
        assert!(error.message.contains("expected"), "{error}");
    }
}

#[test]
fn a_foreign_role_gets_its_name_here() {
    for (role, meant) in [
        ("ai", "assistant"),
        ("human", "user"),
        ("model", "assistant"),
        ("User", "user"),
    ] {
        let error = error(with_message(json!({ "role": role, "content": "hi" })));
        assert!(
            error.hint.starts_with(&format!("write \"{meant}\"")),
            "{error}"
        );
    }
    let error = error(with_message(json!({ "role": "critic", "content": "hi" })));
    assert_eq!(
        error.hint,
        "use one of system, developer, user, assistant, tool or function"
    );
}

#[test]
fn nesting_beyond_what_a_provider_parses_is_refused() {
    let mut schema = json!({ "type": "string" });
    // Not deeper, since the JSON library itself recurses when it drops a value.
    for _ in 0..1_000 {
        schema = json!({ "a": schema });
    }
    let body = json!({
        "messages": [{ "role": "user", "content": "hi" }],
        "tools": [{ "type": "function", "function": { "name": "f", "parameters": schema } }],
    });
    let error = error(body);
    assert_eq!(error.code, Code::InvalidValue);
    assert!(error.message.contains("256"), "{error}");
}

#[test]
fn a_long_value_is_quoted_in_part() {
    let error = error(with_message(
        json!({ "role": "user", "content": { "k".repeat(9): 1 } }),
    ));
    assert!(error.message.contains("the key \"kkkkkkkkk\""), "{error}");
    let long = "é".repeat(5_000);
    let body = json!({ "messages": [{ "role": "user", "content": [{ "type": "image_url", "image_url": { "url": "x", "detail": long } }] }] });
    assert!(normalize(&body).expect_err("not allowed").message.len() < 300);
}
