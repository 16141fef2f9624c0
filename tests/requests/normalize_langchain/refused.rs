//! What is refused, and where.

use serde_json::json;
use token_headroom::{Code, Dialect, normalize_as};

use super::live;

#[test]
fn mistakes_are_named_with_their_place() {
    for (message, code, path) in [
        (json!(4), Code::InvalidType, "messages[0]"),
        (json!(["human"]), Code::InvalidType, "messages[0]"),
        (json!([4, "hi"]), Code::InvalidType, "messages[0]"),
        (json!(["wizard", "hi"]), Code::UnknownRole, "messages[0][0]"),
        (
            json!({ "content": "hi" }),
            Code::MissingField,
            "messages[0].type",
        ),
        (
            json!({ "type": "wizard", "content": "hi" }),
            Code::UnknownRole,
            "messages[0].type",
        ),
        (
            json!({ "type": "human" }),
            Code::MissingField,
            "messages[0].content",
        ),
        (
            json!({ "type": "human", "content": 4 }),
            Code::InvalidType,
            "messages[0].content",
        ),
        (
            json!({ "type": "human", "content": [4] }),
            Code::InvalidType,
            "messages[0].content[0]",
        ),
        (
            json!({ "type": "tool", "data": { "content": "" } }),
            Code::MissingField,
            "messages[0].data.tool_call_id",
        ),
        (
            json!({ "type": "ai", "content": "", "tool_calls": {} }),
            Code::InvalidType,
            "messages[0].tool_calls",
        ),
        (
            live("AIMessage", json!({ "content": "", "tool_calls": [4] })),
            Code::InvalidType,
            "messages[0].kwargs.tool_calls[0]",
        ),
        (
            json!({ "lc": 1, "type": "not_implemented", "id": ["x"] }),
            Code::InvalidValue,
            "messages[0]",
        ),
    ] {
        let error = normalize_as(Some(Dialect::Langchain), &json!([message])).unwrap_err();
        assert_eq!((error.code, error.path.as_str()), (code, path), "{error}");
    }
}
