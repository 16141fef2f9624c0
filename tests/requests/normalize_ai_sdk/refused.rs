//! What is refused, and where.

use serde_json::{Value, json};
use token_headroom::{Dialect, Error, normalize_as};

fn refused(body: &Value) -> Error {
    normalize_as(Some(Dialect::AiSdk), body).unwrap_err()
}

#[test]
fn mistakes_are_named_with_their_place() {
    for (message, path, hint) in [
        (json!({ "content": "hi" }), "messages[0].role", "use one of"),
        (
            json!({ "role": "model", "content": "hi" }),
            "messages[0].role",
            "use one of",
        ),
        (json!({ "role": "user" }), "messages[0].content", "use \"\""),
        (
            json!({ "role": "user", "parts": [] }),
            "messages[0].content",
            "convertToModelMessages",
        ),
        (
            json!({ "role": "user", "content": 4 }),
            "messages[0].content",
            "use \"\"",
        ),
        (
            json!({ "role": "tool", "content": "ok" }),
            "messages[0].content",
            "tool-result",
        ),
        (
            json!({ "role": "user", "content": [4] }),
            "messages[0].content[0]",
            "",
        ),
        (
            json!({ "role": "user", "content": [{ "text": "hi" }] }),
            "messages[0].content[0].type",
            "use text",
        ),
        (
            json!({ "role": "user", "content": [{ "type": "text" }] }),
            "messages[0].content[0].text",
            "use \"\"",
        ),
        (
            json!({ "role": "user", "content": [{ "type": "image" }] }),
            "messages[0].content[0].image",
            "Uint8Array",
        ),
        (
            json!({ "role": "assistant", "content": [{ "type": "tool-call", "toolName": "f" }] }),
            "messages[0].content[0].toolCallId",
            "give every call an id",
        ),
        (
            json!({ "role": "tool", "content": [{ "type": "tool-result", "toolCallId": "c", "toolName": "f" }] }),
            "messages[0].content[0].output",
            "\"type\": \"text\"",
        ),
        (
            json!({ "role": "tool", "content": [{ "type": "tool-result", "toolCallId": "c", "toolName": "f", "output": "ok" }] }),
            "messages[0].content[0].output",
            "",
        ),
    ] {
        let error = refused(&json!([message]));
        assert_eq!(error.path, path, "{error}");
        assert!(error.hint.contains(hint), "{error}");
    }
    let error = refused(&json!({ "prompt": [{ "role": "user", "content": [4] }] }));
    assert_eq!(error.path, "prompt[0].content[0]");
}
