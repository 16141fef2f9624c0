//! Which bodies are refused, and with what words; none makes it panic.

use proptest::prelude::*;
use serde_json::{Value, json};
use token_headroom::{Code, Dialect, Error, normalize, normalize_as};

pub(super) fn refused(body: Value) -> Error {
    normalize(&body).expect_err("refused")
}

#[test]
fn errors_name_place_value_and_remedy() {
    let cases = [
        (json!([7]), Code::InvalidType, "input[0]", "the number 7"),
        (
            json!([{}]),
            Code::MissingField,
            "input[0].type",
            "found nothing",
        ),
        (
            json!([{ "role": "tool", "content": "" }]),
            Code::UnknownRole,
            "input[0].role",
            "\"tool\"",
        ),
        (
            json!([{ "role": "user" }]),
            Code::MissingField,
            "input[0].content",
            "found nothing",
        ),
        (
            json!([{ "role": "user", "content": null }]),
            Code::InvalidType,
            "input[0].content",
            "null",
        ),
        (
            json!([{ "role": "user", "content": [{ "text": "x" }] }]),
            Code::MissingField,
            "input[0].content[0].type",
            "found nothing",
        ),
        (
            json!([{ "role": "user", "content": [{ "type": "input_image" }] }]),
            Code::MissingField,
            "input[0].content[0].image_url",
            "found nothing",
        ),
        (
            json!([{ "role": "user", "content": [{ "type": "input_file" }] }]),
            Code::MissingField,
            "input[0].content[0].file_data",
            "found nothing",
        ),
        (
            json!([{ "type": "function_call", "name": "f", "arguments": "" }]),
            Code::MissingField,
            "input[0].call_id",
            "found nothing",
        ),
        (
            json!([{ "type": "function_call", "call_id": "a", "name": "f", "arguments": {} }]),
            Code::InvalidType,
            "input[0].arguments",
            "an empty object",
        ),
        (
            json!([{ "type": "function_call_output", "call_id": "a", "output": { "x": 1 } }]),
            Code::InvalidType,
            "input[0].output",
            "an object",
        ),
        (
            json!([{ "type": "reasoning", "summary": "x" }]),
            Code::InvalidType,
            "input[0].summary",
            "\"x\"",
        ),
    ];
    for (items, code, path, found) in cases {
        let error = refused(json!({ "input": items }));
        assert_eq!((error.code, error.path.as_str()), (code, path), "{items}");
        assert!(error.message.contains(found), "{}", error.message);
        assert!(error.message.contains("expected"), "{}", error.message);
    }
    let nested = refused(json!({
        "input": "hi", "tools": [{ "type": "function", "function": { "name": "f" } }],
    }));
    assert_eq!(nested.path, "tools[0].name");
    assert!(nested.hint.contains("Chat Completions"));
    assert_eq!(
        refused(json!({ "input": "hi", "instructions": [] })).path,
        "instructions"
    );
    assert_eq!(
        refused(json!({ "input": "hi", "tool_choice": 1 })).path,
        "tool_choice"
    );
    assert_eq!(
        refused(json!({ "input": "hi", "text": { "format": {} } })).path,
        "text.format.type"
    );
}

/// JSON that is anything, with the dialect's names in it.
fn anything() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "type",
        "role",
        "content",
        "output",
        "call_id",
        "name",
        "arguments",
        "tools",
        "id",
        "text",
        "summary",
        "function_call",
        "function_call_output",
        "message",
        "user",
        "assistant",
        "reasoning",
        "input_text",
        "additional_tools",
        "tool_search_output",
        "action",
    ]);
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|truth| json!(truth)),
        any::<i32>().prop_map(|number| json!(number)),
        names.clone().prop_map(|name| json!(name)),
    ];
    leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::vec((names.clone(), inner), 0..6).prop_map(|fields| {
                fields
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect()
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_body_makes_it_panic(items in prop::collection::vec(anything(), 0..6), rest in anything()) {
        let mut body = if rest.is_object() { rest } else { json!({}) };
        body["input"] = Value::Array(items);
        if let Ok(conversation) = normalize_as(Some(Dialect::OpenaiResponses), &body) {
            let mut next = 0;
            for group in conversation.groups() {
                prop_assert_eq!(group.messages.start, next);
                prop_assert!(group.messages.end > next);
                next = group.messages.end;
            }
            prop_assert_eq!(next, conversation.messages.len());
        }
    }
}
