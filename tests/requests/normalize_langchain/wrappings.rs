//! What stands around messages: live objects, what they are stored as, pairs and bodies.

use serde_json::{Value, json};
use token_headroom::{Dialect, Part, Role, normalize};

use super::{call, live, read, text};

/// A question, a call, its result and an answer, with `wrap` around each.
fn history(wrap: impl Fn(&str, Value) -> Value) -> Value {
    json!([
        wrap(
            "system",
            json!({ "content": "be brief", "additional_kwargs": {}, "response_metadata": {} })
        ),
        wrap(
            "human",
            json!({ "content": [{ "type": "text", "text": "find it" }], "id": "h1" })
        ),
        wrap(
            "ai",
            json!({
                "content": "I look",
                "tool_calls": [{ "name": "find", "args": { "q": "it" }, "id": "c1", "type": "tool_call" }],
                "invalid_tool_calls": [],
                "additional_kwargs": { "tool_calls": [{
                    "id": "c1", "type": "function", "function": { "name": "find", "arguments": "{\"q\": \"it\"}" },
                }] },
                "usage_metadata": { "input_tokens": 9, "output_tokens": 9, "total_tokens": 18 },
            })
        ),
        wrap(
            "tool",
            json!({
                "content": "found", "tool_call_id": "c1", "name": "find", "artifact": { "secret": "not sent" }, "status": "success",
            })
        ),
    ])
}

#[test]
fn every_wrapping_reads_alike() {
    let class = |kind: &str| match kind {
        "human" => "HumanMessage",
        "ai" => "AIMessage",
        "tool" => "ToolMessage",
        _ => "SystemMessage",
    };
    let merged = |kind: &str, mut fields: Value, key: &str| {
        fields[key] = json!(kind);
        fields
    };
    for (name, list) in [
        ("live", history(|kind, fields| live(class(kind), fields))),
        (
            "chunks",
            history(|kind, fields| live(&format!("{}Chunk", class(kind)), fields)),
        ),
        (
            "python",
            history(|kind, fields| live(class(kind), merged(kind, fields, "type"))),
        ),
        (
            "stored",
            history(|kind, fields| json!({ "type": kind, "data": fields })),
        ),
        (
            "plain",
            history(|kind, fields| merged(kind, fields, "type")),
        ),
    ] {
        let read = normalize(&list).unwrap();
        assert_eq!(read.dialect, Dialect::Langchain, "{name}");
        let roles: Vec<Role> = read.messages.iter().map(|message| message.role).collect();
        assert_eq!(
            roles,
            [Role::System, Role::User, Role::Assistant, Role::Tool],
            "{name}"
        );
        assert_eq!(read.messages[0].parts, [text("be brief")], "{name}");
        assert_eq!(read.messages[1].parts, [text("find it")], "{name}");
        assert_eq!(
            read.messages[2].parts,
            [text("I look"), call("c1", "{\"q\":\"it\"}")],
            "{name}"
        );
        assert_eq!(
            read.messages[3].parts,
            [Part::ToolResult {
                call_id: "c1".into(),
                name: Some("find".into()),
                parts: vec![text("found")],
                is_error: false
            }],
            "{name}"
        );
        assert_eq!(read.messages[3].name, None, "{name}");
        assert_eq!(read.warnings, [], "{name}");
        assert_eq!(read.messages[0].raw, list[0], "{name}");
    }
}

#[test]
fn pairs_texts_and_roles_are_messages_too() {
    let read = read(&json!([
        ["system", "be brief"],
        ["user", [{ "type": "text", "text": "hi" }]],
        "and?",
        { "role": "assistant", "content": "yes" },
        { "role": "tool", "tool_call_id": "c", "content": "" },
        { "type": "chat", "role": "assistant", "content": "x" },
        { "type": "generic", "data": { "content": "x", "role": "wizard" } },
        { "type": "developer", "content": "x" },
        live("SystemMessage", json!({ "content": "x", "additional_kwargs": { "__openai_role__": "developer" } })),
        { "type": "function", "name": "f", "content": "x" },
        { "type": "human", "text": "the first version of stored messages", "role": null },
    ]));
    let roles: Vec<Role> = read.messages.iter().map(|message| message.role).collect();
    assert_eq!(
        roles,
        [
            Role::System,
            Role::User,
            Role::User,
            Role::Assistant,
            Role::Tool,
            Role::Assistant,
            Role::User,
            Role::Developer,
            Role::Developer,
            Role::Function,
            Role::User,
        ]
    );
    assert_eq!(
        read.messages[10].parts,
        [text("the first version of stored messages")]
    );
}

#[test]
fn a_removal_is_not_sent() {
    let read = read(&json!([
        { "type": "human", "content": "hi" },
        live("RemoveMessage", json!({ "id": "h1", "content": "" })),
    ]));
    assert_eq!(read.messages[1].parts, []);
    let told: Vec<_> = read
        .warnings
        .iter()
        .map(|w| (w.code.as_str(), w.path.as_str()))
        .collect();
    assert_eq!(told, [("not_sent", "messages[1]")]);
}

#[test]
fn the_body_around_messages_is_read() {
    let read = normalize(&json!({
        "messages": [["human", "hi"]],
        "systemPrompt": "be brief",
        "model": { "lc": 1, "id": ["langchain", "chat_models", "openai", "ChatOpenAI"], "kwargs": { "model": "gpt-4o" } },
        "tools": [{ "name": "find", "description": "finds", "schema": { "type": "object" } }],
        "max_tokens": 9,
    }))
    .unwrap();
    assert_eq!(
        (read.model.as_deref(), read.output_cap),
        (Some("gpt-4o"), Some(9))
    );
    assert_eq!(read.instructions.unwrap().parts, [text("be brief")]);
    assert_eq!(read.tools[0].name, "find");
}

#[test]
fn places_are_those_of_the_wrapping() {
    let read = read(&json!([
        live(
            "HumanMessage",
            json!({ "content": [{ "type": "text", "text": "" }, { "type": "image", "url": "https://example.com" }] })
        ),
        live(
            "AIMessage",
            json!({ "content": "", "tool_calls": [{ "name": "f", "args": {}, "id": "a" }, { "name": "f", "args": {}, "id": "b" }] })
        ),
        live("ToolMessage", json!({ "content": "", "tool_call_id": "a" })),
        live(
            "ToolMessage",
            json!({ "content": [{ "type": "new" }], "tool_call_id": "z" })
        ),
        ["human", "and?"],
    ]));
    let told: Vec<_> = read
        .warnings
        .iter()
        .map(|w| (w.code.as_str(), w.path.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("unknown_image_size", "messages[0].kwargs.content[1]"),
            ("unknown_part", "messages[3].kwargs.content[0]"),
            ("unpaired_tool_result", "messages[3].kwargs.tool_call_id"),
            ("unanswered_call", "messages[1].kwargs.tool_calls[1]"),
        ]
    );
}
