//! Bodies that the dialect allows: what becomes of them.

use std::sync::Arc;

use crate::support;
use proptest::prelude::*;
use serde_json::{Value, json};
use token_headroom::{
    Conversation, Detail, Dialect, File, GroupKind, Image, Part, ResponseFormat, Role, ToolChoice,
    normalize, normalize_message, normalize_rest,
};

fn conversation(body: Value) -> Conversation {
    normalize(&body).unwrap_or_else(|error| panic!("{error}"))
}

fn of_messages(messages: Value) -> Conversation {
    conversation(json!({ "model": "gpt-4o", "messages": messages }))
}

fn only_part(part: Value) -> (Part, Vec<String>) {
    let conversation = of_messages(json!([{ "role": "user", "content": [part] }]));
    let codes = conversation
        .warnings
        .iter()
        .map(|w| format!("{} {}", w.code, w.path))
        .collect();
    (conversation.messages[0].parts[0].clone(), codes)
}

/// A one-pixel PNG, written by hand: only the signature and the header matter here.
const PNG: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ";

#[test]
fn an_assistant_turn_keeps_text_and_calls_in_order() {
    let conversation = of_messages(json!([
        { "role": "user", "content": "hi" },
        { "role": "assistant", "content": "let me look", "refusal": null, "audio": null, "function_call": null, "tool_calls": [
            { "id": "a", "type": "function", "function": { "name": "read", "arguments": "{\"p\": 1}" } },
            { "id": "b", "type": "custom", "custom": { "name": "shell", "input": "ls" } },
        ] },
        { "role": "tool", "tool_call_id": "a", "content": [{ "type": "text", "text": "x" }] },
        { "role": "tool", "tool_call_id": "b", "content": "" },
    ]));
    let turn = &conversation.messages[1];
    assert_eq!(turn.parts.len(), 3);
    let calls: Vec<_> = turn
        .calls()
        .map(|c| (c.id.as_str(), c.name.as_str(), c.arguments.as_str()))
        .collect();
    assert_eq!(calls, [("a", "read", "{\"p\": 1}"), ("b", "shell", "ls")]);
    assert!(
        matches!(&conversation.messages[2].parts[..], [Part::ToolResult { call_id, parts, .. }] if call_id == "a" && parts.len() == 1)
    );
    assert_eq!(conversation.warnings, []);
}

#[test]
fn content_may_be_null_beside_what_stands_for_it() {
    for stand_in in [
        json!({ "function_call": { "name": "f", "arguments": "" } }),
        json!({ "refusal": "no" }),
        json!({ "audio": { "id": "audio_1" } }),
    ] {
        let mut message = json!({ "role": "assistant", "content": null });
        for (key, value) in stand_in.as_object().expect("an object") {
            message[key] = value.clone();
        }
        let message = normalize_message(Dialect::OpenaiChat, message, "m").expect("allowed");
        assert_eq!(message.parts.len(), 1);
    }
}

#[test]
fn media_is_read_from_its_header() {
    let image = |url: &str, detail: Value| json!({ "type": "image_url", "image_url": { "url": url, "detail": detail } });
    assert_eq!(
        only_part(image(PNG, json!("low"))),
        (
            Part::Image(Image {
                size: Some((1, 1)),
                detail: Detail::Low
            }),
            vec![]
        )
    );
    assert_eq!(
        only_part(image("https://example.com/a.png", json!(null))),
        (
            Part::Image(Image {
                size: None,
                detail: Detail::Auto
            }),
            vec!["unknown_image_size messages[0].content[0]".to_owned()]
        )
    );
    // 8,000 bytes a second; the data chunk states 4,000 bytes and 4 are there.
    let wav = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YaAPAAAAAAAA";
    let audio = json!({ "type": "input_audio", "input_audio": { "data": wav, "format": "wav" } });
    assert_eq!(
        only_part(audio).0,
        Part::Audio {
            seconds: Some(4.0 / 8_000.0)
        }
    );
    // "%PDF-1.4 <</Type/Pages/Count 1>> <</Type /Page>>"
    let pdf = "data:application/pdf;base64,JVBERi0xLjQgPDwvVHlwZS9QYWdlcy9Db3VudCAxPj4gPDwvVHlwZSAvUGFnZT4+";
    let file = json!({ "type": "file", "file": { "filename": "a.pdf", "file_data": pdf } });
    assert_eq!(
        only_part(file).0,
        Part::File(File {
            name: Some("a.pdf".to_owned()),
            pages: Some(1),
            bytes: Some(48),
            ..File::default()
        })
    );
}

#[test]
fn what_is_not_known_is_kept_and_named() {
    let video = json!({ "type": "video_url", "video_url": { "url": "https://example.com" } });
    let (part, codes) = only_part(video.clone());
    assert_eq!(part, Part::Opaque(video));
    assert_eq!(codes, ["unknown_part messages[0].content[0]"]);

    let body = json!({
        "model": "gpt-4o",
        "messages": [{ "role": "user", "content": "hi", "new_field": 1 }],
        "tools": [{ "type": "web_search" }, { "type": "custom", "custom": { "name": "sh" } }],
        "response_format": { "type": "grammar", "grammar": "x" },
        "new_option": [true],
    });
    let conversation = conversation(body);
    let codes: Vec<&str> = conversation
        .warnings
        .iter()
        .map(|w| w.code.as_str())
        .collect();
    assert_eq!(codes, ["server_tool", "unknown_tool", "unknown_format"]);
    assert_eq!(conversation.rest["new_option"], json!([true]));
    assert_eq!(conversation.messages[0].raw["new_field"], json!(1));
    assert_eq!(conversation.response_format, ResponseFormat::Text);
}

#[test]
fn calls_and_results_that_do_not_match_are_named() {
    let conversation = of_messages(json!([
        { "role": "assistant", "content": null, "tool_calls": [
            { "id": "a", "function": { "name": "f", "arguments": "" } },
            { "id": "b", "function": { "name": "f", "arguments": "" } },
        ] },
        { "role": "tool", "tool_call_id": "b", "content": "" },
        { "role": "tool", "tool_call_id": "b", "content": "again" },
        { "role": "user", "content": "go on" },
        { "role": "tool", "tool_call_id": "a", "content": "late" },
    ]));
    let found: Vec<(&str, &str)> = conversation
        .warnings
        .iter()
        .map(|w| (w.code.as_str(), w.path.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("unpaired_tool_result", "messages[2].tool_call_id"),
            ("unanswered_call", "messages[0].tool_calls[0]"),
            ("unpaired_tool_result", "messages[4].tool_call_id"),
        ]
    );
}

#[test]
fn options_of_the_body_are_read() {
    let conversation = conversation(json!({
        "model": "gpt-4o",
        "messages": [{ "role": "user", "content": "hi" }],
        "functions": [{ "name": "f" }],
        "function_call": { "name": "f" },
        "max_tokens": 5,
        "max_completion_tokens": 7.0,
        "parallel_tool_calls": false,
        "response_format": { "type": "json_schema", "json_schema": { "name": "out", "schema": { "b": 1, "a": 2 } } },
    }));
    assert!(conversation.legacy_functions);
    assert_eq!(conversation.tool_choice, ToolChoice::Forced("f".to_owned()));
    assert_eq!(conversation.output_cap, Some(7));
    assert_eq!(conversation.parallel_tool_calls, Some(false));
    assert!(conversation.rest.get("messages").is_none());
    let ResponseFormat::JsonSchema { schema, .. } = &conversation.response_format else {
        panic!("a schema");
    };
    assert_eq!(schema.to_string(), "{\"b\":1,\"a\":2}");

    let choice = |choice: Value| of_choice(choice).tool_choice;
    assert_eq!(choice(json!("none")), ToolChoice::None);
    assert_eq!(choice(json!("required")), ToolChoice::Required);
    assert_eq!(
        choice(json!({ "type": "custom", "custom": { "name": "sh" } })),
        ToolChoice::Forced("sh".to_owned())
    );
    assert_eq!(
        choice(
            json!({ "type": "allowed_tools", "allowed_tools": { "mode": "auto", "tools": [] } })
        ),
        ToolChoice::Free
    );
}

fn of_choice(choice: Value) -> Conversation {
    conversation(
        json!({ "messages": [{ "role": "user", "content": "hi" }], "tool_choice": choice }),
    )
}

#[test]
fn groups_are_turns() {
    let call = |id: &str| json!({ "role": "assistant", "tool_calls": [{ "id": id, "function": { "name": "f", "arguments": "" } }] });
    let result = |id: &str| json!({ "role": "tool", "tool_call_id": id, "content": "" });
    let conversation = of_messages(json!([
        { "role": "system", "content": "s" },
        { "role": "user", "content": "u" },
        call("a"), result("a"), result("x"),
        { "role": "assistant", "content": "done" },
        result("y"),
        { "role": "developer", "content": "d" },
    ]));
    let groups: Vec<(GroupKind, std::ops::Range<usize>)> = conversation
        .groups()
        .into_iter()
        .map(|group| (group.kind, group.messages))
        .collect();
    assert_eq!(
        groups,
        [
            (GroupKind::Instructions, 0..1),
            (GroupKind::User, 1..2),
            (GroupKind::ToolTurn, 2..5),
            (GroupKind::Assistant, 5..6),
            (GroupKind::ToolTurn, 6..7),
            (GroupKind::Instructions, 7..8),
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_body_in_pieces_is_the_same_conversation(body in support::request()) {
        let whole = normalize(&body).expect("generated bodies are allowed");
        let messages: Vec<Arc<_>> = body["messages"]
            .as_array()
            .expect("an array")
            .iter()
            .enumerate()
            .map(|(index, message)| {
                let path = format!("messages[{index}]");
                Arc::new(normalize_message(Dialect::OpenaiChat, message.clone(), &path).expect("allowed"))
            })
            .collect();
        let mut rest = body.clone();
        rest.as_object_mut().expect("an object").shift_remove("messages");
        prop_assert_eq!(normalize_rest(Dialect::OpenaiChat, rest, messages).expect("allowed"), whole);
    }

    #[test]
    fn groups_cover_every_message_once(body in support::request()) {
        let conversation = normalize(&body).expect("generated bodies are allowed");
        let covered: Vec<usize> = conversation
            .groups()
            .into_iter()
            .flat_map(|group| group.messages)
            .collect();
        let all: Vec<usize> = (0..conversation.messages.len()).collect();
        prop_assert_eq!(covered, all);
    }

    #[test]
    fn nothing_is_lost(body in support::request()) {
        let conversation = normalize(&body).expect("generated bodies are allowed");
        let mut rebuilt = conversation.rest.clone();
        rebuilt["messages"] = conversation.messages.iter().map(|m| m.raw.clone()).collect();
        prop_assert_eq!(rebuilt, body);
    }

    #[test]
    fn any_json_is_a_conversation_or_an_error(body in support::json(), in_messages in any::<bool>()) {
        let body = if in_messages { json!({ "messages": [body] }) } else { body };
        if let Ok(conversation) = normalize(&body) {
            prop_assert!(conversation.messages.iter().all(|m| m.role != Role::Tool || m.parts.len() == 1));
        }
    }
}
