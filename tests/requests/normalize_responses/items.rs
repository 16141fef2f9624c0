//! What becomes of items.

use serde_json::{Value, json};
use token_headroom::{Detail, Dialect, Part, Role};

use super::{codes, conversation, of_items, text};

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
