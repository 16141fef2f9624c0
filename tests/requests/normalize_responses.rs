//! Responses bodies: what becomes of items, tools and formats, which turns items form, and which bodies are refused.

use proptest::prelude::*;
use serde_json::{Value, json};
use token_headroom::{
    Code, Conversation, Detail, Dialect, Error, GroupKind, Part, ResponseFormat, Role, Thinking,
    ToolChoice, ToolKind, normalize, normalize_as,
};

fn conversation(body: Value) -> Conversation {
    normalize(&body).unwrap_or_else(|error| panic!("{error}"))
}

fn of_items(items: Value) -> Conversation {
    conversation(json!({ "model": "gpt-4.1", "input": items }))
}

fn refused(body: Value) -> Error {
    normalize(&body).expect_err("refused")
}

fn codes(conversation: &Conversation) -> Vec<String> {
    let warnings = conversation.warnings.iter();
    warnings.map(|w| format!("{} {}", w.code, w.path)).collect()
}

fn text(text: &str) -> Part {
    Part::Text {
        text: text.to_owned(),
        breakpoint: false,
    }
}

#[test]
fn a_text_is_one_user_message() {
    let conversation = conversation(json!({ "model": "gpt-4.1", "input": "hi" }));
    assert_eq!(conversation.dialect, Dialect::OpenaiResponses);
    assert_eq!(conversation.messages.len(), 1);
    assert_eq!(conversation.messages[0].role, Role::User);
    assert_eq!(conversation.messages[0].parts, [text("hi")]);
    assert_eq!(conversation.messages[0].raw, json!("hi"));
}

#[test]
fn every_item_is_a_message_of_its_own() {
    let items = json!([
        { "role": "developer", "content": "terse" },
        { "type": "message", "role": "user", "content": [{ "type": "input_text", "text": "hi" }] },
        { "type": "reasoning", "id": "rs_1", "summary": [{ "type": "summary_text", "text": "a" }, { "type": "summary_text", "text": "b" }], "encrypted_content": "abcd" },
        { "type": "message", "role": "assistant", "id": "msg_1", "content": [{ "type": "output_text", "text": "let me look", "annotations": [] }] },
        { "type": "function_call", "call_id": "c1", "name": "read", "arguments": "{\"p\": 1}" },
        { "type": "function_call_output", "call_id": "c1", "output": [{ "type": "input_text", "text": "x" }] },
    ]);
    let conversation = of_items(items.clone());
    let roles: Vec<Role> = conversation.messages.iter().map(|m| m.role).collect();
    let expected = [
        Role::Developer,
        Role::User,
        Role::Assistant,
        Role::Assistant,
        Role::Assistant,
        Role::Tool,
    ];
    assert_eq!(roles, expected);
    for (message, item) in conversation.messages.iter().zip(items.as_array().unwrap()) {
        assert_eq!(&message.raw, item, "nothing is lost");
        assert_eq!(message.parts.len(), 1);
    }
    let Part::Reasoning(thoughts) = &conversation.messages[2].parts[0] else {
        panic!("reasoning");
    };
    assert_eq!((thoughts.text.as_str(), thoughts.sealed), ("a\n\nb", 4));
    let call = conversation.messages[4].calls().next().expect("a call");
    assert_eq!(
        (
            call.id.as_str(),
            call.name.as_str(),
            call.arguments.as_str()
        ),
        ("c1", "read", "{\"p\": 1}")
    );
    let Part::ToolResult { call_id, parts, .. } = &conversation.messages[5].parts[0] else {
        panic!("a result");
    };
    assert_eq!(
        (call_id.as_str(), parts.as_slice()),
        ("c1", &[text("x")][..])
    );
    assert_eq!(codes(&conversation), ["sealed_reasoning input[2]"]);
}

#[test]
fn empty_instructions_are_none() {
    let with = |instructions: Value| {
        conversation(json!({ "input": "hi", "instructions": instructions })).instructions
    };
    assert_eq!(with(json!("")), None);
    assert_eq!(with(json!(null)), None);
    let instructions = with(json!("terse")).expect("instructions");
    assert_eq!(instructions.role, Role::System);
    assert_eq!(instructions.raw, json!("terse"));
}

#[test]
fn media_is_read_where_it_travels() {
    let png = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ";
    let conversation = of_items(json!([{ "role": "user", "content": [
        { "type": "input_image", "image_url": png, "detail": "low" },
        { "type": "input_image", "file_id": "file-1" },
        { "type": "input_file", "filename": "a.pdf", "file_url": "https://example.com/a.pdf" },
        { "type": "input_audio", "input_audio": { "data": "", "format": "wav" } },
        { "type": "hologram", "shape": 1 },
    ] }]));
    let parts = &conversation.messages[0].parts;
    assert!(
        matches!(&parts[0], Part::Image(image) if image.size == Some((1, 1)) && image.detail == Detail::Low)
    );
    assert!(matches!(&parts[1], Part::Image(image) if image.size.is_none()));
    assert!(matches!(&parts[2], Part::File(file) if file.name.as_deref() == Some("a.pdf")));
    assert!(matches!(&parts[3], Part::Audio { seconds: None }));
    assert_eq!(
        parts[4],
        Part::Opaque(json!({ "type": "hologram", "shape": 1 }))
    );
    assert_eq!(
        codes(&conversation),
        [
            "unknown_image_size input[0].content[1]",
            "file input[0].content[2]",
            "unknown_audio_length input[0].content[3]",
            "unknown_part input[0].content[4]",
        ]
    );
}

#[test]
fn known_tools_of_the_caller_are_calls_and_answers() {
    let conversation = of_items(json!([
        { "role": "user", "content": "hi" },
        { "type": "custom_tool_call", "call_id": "a", "name": "sql", "input": "select 1" },
        { "type": "custom_tool_call_output", "call_id": "a", "output": "1" },
        { "type": "local_shell_call", "call_id": "b", "action": { "command": ["ls"] } },
        { "type": "local_shell_call_output", "id": "b", "output": "a.txt" },
        { "type": "shell_call", "call_id": "c", "action": { "commands": ["ls"] } },
        { "type": "shell_call_output", "call_id": "c", "output": [{ "stdout": "a.txt", "stderr": "" }] },
        { "type": "apply_patch_call", "call_id": "d", "operation": { "type": "delete_file", "path": "a" } },
        { "type": "apply_patch_call_output", "call_id": "d", "status": "completed" },
        { "type": "computer_call", "call_id": "e", "action": { "type": "screenshot" } },
        { "type": "computer_call_output", "call_id": "e", "output": { "type": "computer_screenshot", "image_url": "https://example.com/a.png" } },
    ]));
    let calls: Vec<(String, String)> = conversation
        .messages
        .iter()
        .flat_map(|m| m.calls().map(|c| (c.name.clone(), c.arguments.clone())))
        .collect();
    assert_eq!(calls[0], ("sql".to_owned(), "select 1".to_owned()));
    assert_eq!(
        calls[1],
        (
            "local_shell".to_owned(),
            "{\"command\":[\"ls\"]}".to_owned()
        )
    );
    assert_eq!(calls.len(), 5);
    assert_eq!(
        conversation
            .messages
            .iter()
            .filter(|m| m.is_result())
            .count(),
        5
    );
    let image = &conversation.messages[10].parts[0];
    assert!(matches!(image, Part::ToolResult { parts, .. } if matches!(parts[0], Part::Image(_))));
    assert!(
        !codes(&conversation)
            .iter()
            .any(|code| code.contains("unanswered") || code.contains("unpaired"))
    );
}

#[test]
fn items_of_other_kinds_are_kept_whole() {
    let items = json!([
        { "role": "user", "content": "hi" },
        { "type": "web_search_call", "id": "ws_1", "status": "completed" },
        { "type": "mcp_approval_response", "approval_request_id": "m", "approve": true },
        { "type": "compaction", "encrypted_content": "abc" },
        { "type": "additional_tools", "role": "developer", "tools": [] },
        { "type": "item_reference", "id": "msg_1" },
        { "id": "msg_2" },
        { "type": "something_new", "x": [1] },
    ]);
    let conversation = of_items(items);
    let roles: Vec<Role> = conversation.messages[1..].iter().map(|m| m.role).collect();
    assert_eq!(
        roles,
        [
            Role::Assistant,
            Role::Tool,
            Role::Developer,
            Role::Developer,
            Role::Assistant,
            Role::Assistant,
            Role::Assistant
        ]
    );
    let found = codes(&conversation);
    assert!(found.contains(&"server_history input[5]".to_owned()));
    assert!(found.contains(&"server_history input[6]".to_owned()));
    assert!(found.contains(&"unknown_part input[7]".to_owned()));
}

#[test]
fn tools_are_flat_and_the_providers_own_are_named() {
    let conversation = conversation(json!({
        "input": "hi",
        "tools": [
            { "type": "function", "name": "f", "description": "d", "parameters": { "type": "object" }, "strict": true },
            { "type": "function", "name": "later", "defer_loading": true },
            { "type": "custom", "name": "sql", "format": { "type": "grammar", "syntax": "lark", "definition": "start: A" } },
            { "type": "namespace", "name": "ns", "tools": [{ "type": "function", "name": "g" }] },
            { "type": "web_search" },
        ],
    }));
    let kinds: Vec<(&str, ToolKind)> = conversation
        .tools
        .iter()
        .map(|tool| (tool.name.as_str(), tool.kind))
        .collect();
    assert_eq!(
        kinds,
        [
            ("f", ToolKind::Function),
            ("later", ToolKind::Function),
            ("sql", ToolKind::Custom),
            ("ns", ToolKind::Custom),
            ("web_search", ToolKind::Server),
        ]
    );
    assert_eq!(
        codes(&conversation),
        [
            "unknown_tool tools[1]",
            "unknown_tool tools[2]",
            "unknown_tool tools[3]",
            "server_tool tools[4]",
        ]
    );
}

#[test]
fn a_choice_may_name_a_tool_or_several() {
    let choice =
        |choice: Value| conversation(json!({ "input": "hi", "tool_choice": choice })).tool_choice;
    assert_eq!(choice(json!("auto")), ToolChoice::Free);
    assert_eq!(choice(json!("required")), ToolChoice::Required);
    assert_eq!(choice(json!("none")), ToolChoice::None);
    assert_eq!(
        choice(json!({ "type": "function", "name": "f" })),
        ToolChoice::Forced("f".to_owned())
    );
    let allowed = |mode: &str| json!({ "type": "allowed_tools", "mode": mode, "tools": [] });
    assert_eq!(choice(allowed("auto")), ToolChoice::Free);
    assert_eq!(choice(allowed("required")), ToolChoice::Required);
    assert_eq!(
        choice(json!({ "type": "web_search" })),
        ToolChoice::Required
    );
}

#[test]
fn the_form_of_the_answer_stands_in_text() {
    let format =
        |format: Value| conversation(json!({ "input": "hi", "text": { "format": format } }));
    let schema = json!({ "type": "json_schema", "name": "v", "strict": true, "schema": { "type": "object" } });
    assert_eq!(
        format(schema).response_format,
        ResponseFormat::JsonSchema {
            name: "v".to_owned(),
            description: None,
            schema: json!({ "type": "object" }),
        }
    );
    assert_eq!(
        format(json!({ "type": "json_object" })).response_format,
        ResponseFormat::JsonObject
    );
    let unknown = format(json!({ "type": "grammar" }));
    assert_eq!(unknown.response_format, ResponseFormat::Text);
    assert_eq!(codes(&unknown), ["unknown_format text.format"]);
}

#[test]
fn what_the_provider_keeps_is_flagged() {
    let flagged = conversation(json!({
        "input": "hi", "previous_response_id": "resp_1", "conversation": { "id": "conv_1" },
        "truncation": "auto", "max_output_tokens": 100, "parallel_tool_calls": false,
        "reasoning": { "effort": "low", "mode": "pro", "context": "all_turns" },
    }));
    assert_eq!(
        codes(&flagged),
        [
            "server_history previous_response_id",
            "server_history conversation",
            "server_truncation truncation",
            "server_tool reasoning.mode",
            "sealed_reasoning reasoning.context",
        ]
    );
    assert_eq!(flagged.output_cap, Some(100));
    assert_eq!(flagged.parallel_tool_calls, Some(false));
    assert_eq!(flagged.thinking, Thinking::Enabled);
}

#[test]
fn a_body_may_hold_nothing_but_what_the_provider_keeps() {
    for body in [
        json!({ "prompt": { "id": "pmpt_1", "variables": { "a": "b" } } }),
        json!({ "input": null, "previous_response_id": "resp_1" }),
        json!({ "input": [], "previous_response_id": "resp_1" }),
        json!({ "input": [], "conversation": "conv_1" }),
    ] {
        let conversation = conversation(body);
        assert_eq!(conversation.dialect, Dialect::OpenaiResponses);
        assert!(conversation.messages.is_empty());
        assert_eq!(conversation.warnings[0].code, "server_history");
    }
    assert_eq!(refused(json!({ "input": [] })).path, "input");
}

#[test]
fn calls_and_answers_are_matched_by_id() {
    let call =
        |id: &str| json!({ "type": "function_call", "call_id": id, "name": "f", "arguments": "" });
    let answer = |id: &str| json!({ "type": "function_call_output", "call_id": id, "output": "" });
    let unmatched = of_items(json!([call("a"), answer("b")]));
    assert_eq!(
        codes(&unmatched),
        [
            "unpaired_tool_result input[1].call_id",
            "unanswered_call input[0].call_id",
        ]
    );
    let matched = of_items(json!([call("a"), call("b"), answer("b"), answer("a")]));
    assert_eq!(matched.warnings, []);
    let kept = conversation(json!({ "input": [answer("a")], "previous_response_id": "resp_1" }));
    assert_eq!(codes(&kept), ["server_history previous_response_id"]);
}

#[test]
fn the_items_of_a_turn_are_one_group() {
    let user = json!({ "role": "user", "content": "hi" });
    let says = json!({ "role": "assistant", "content": "ok" });
    let thinks = json!({ "type": "reasoning", "summary": [] });
    let searches = json!({ "type": "web_search_call", "id": "ws" });
    let call =
        |id: &str| json!({ "type": "function_call", "call_id": id, "name": "f", "arguments": "" });
    let answer = |id: &str| json!({ "type": "function_call_output", "call_id": id, "output": "" });
    let groups = |items: Value| {
        let groups = of_items(items).groups();
        groups
            .into_iter()
            .map(|group| (group.kind, group.messages))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        groups(json!([
            user,
            thinks,
            says,
            call("a"),
            call("b"),
            answer("a"),
            answer("b"),
            thinks,
            call("c"),
            answer("c"),
            thinks,
            searches,
            says,
            user,
            says
        ])),
        [
            (GroupKind::User, 0..1),
            (GroupKind::ToolTurn, 1..7),
            (GroupKind::ToolTurn, 7..10),
            (GroupKind::Assistant, 10..13),
            (GroupKind::User, 13..14),
            (GroupKind::Assistant, 14..15),
        ]
    );
    // An item between an answer and an answer that is still missing belongs to both.
    assert_eq!(
        groups(json!([
            user,
            call("a"),
            call("b"),
            answer("a"),
            thinks,
            answer("b"),
            says
        ])),
        [
            (GroupKind::User, 0..1),
            (GroupKind::ToolTurn, 1..6),
            (GroupKind::Assistant, 6..7),
        ]
    );
    // A question closes what was open.
    assert_eq!(
        groups(json!([call("a"), user, answer("a"), says])),
        [
            (GroupKind::ToolTurn, 0..1),
            (GroupKind::User, 1..2),
            (GroupKind::ToolTurn, 2..3),
            (GroupKind::Assistant, 3..4),
        ]
    );
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
