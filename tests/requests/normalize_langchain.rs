//! Messages of LangChain, live, stored and plain.

use serde_json::{Value, json};
use token_headroom::{
    Code, Conversation, Detail, Dialect, File, Image, Message, Part, Reasoning, Role, ToolCall,
    normalize, normalize_as,
};

/// The first 24 bytes of a PNG of 3 by 5 pixels.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAMAAAAF";

fn read(body: &Value) -> Conversation {
    normalize_as(Some(Dialect::Langchain), body).unwrap()
}

fn one(message: Value) -> Message {
    (*read(&json!([message])).messages[0]).clone()
}

fn block(block: Value) -> Part {
    let [part] = one(json!({ "type": "human", "content": [block] }))
        .parts
        .try_into()
        .unwrap();
    part
}

fn text(text: &str) -> Part {
    Part::Text {
        text: text.to_owned(),
        breakpoint: false,
    }
}

fn call(id: &str, arguments: &str) -> Part {
    Part::ToolCall(ToolCall {
        id: id.into(),
        name: "find".into(),
        arguments: arguments.into(),
    })
}

fn live(class: &str, kwargs: Value) -> Value {
    json!({ "lc": 1, "type": "constructor", "id": ["langchain_core", "messages", class], "kwargs": kwargs })
}

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
fn a_call_that_is_also_a_block_is_sent_once() {
    let listed = json!([{ "name": "find", "args": { "q": "it" }, "id": "c1" }]);
    for block in [
        json!({ "type": "tool_use", "id": "c1", "name": "find", "input": { "q": "it" } }),
        json!({ "type": "tool_call", "id": "c1", "name": "find", "args": { "q": "it" } }),
        json!({ "type": "function_call", "call_id": "c1", "id": "c1", "name": "find", "arguments": "{}" }),
        json!({ "type": "functionCall", "functionCall": { "name": "find", "args": {} } }),
    ] {
        let both = one(
            json!({ "type": "ai", "content": [{ "type": "text", "text": "a" }, block], "tool_calls": listed }),
        );
        assert_eq!(
            both.parts,
            [text("a"), call("c1", "{\"q\":\"it\"}")],
            "{block}"
        );
    }
    let block = json!({ "type": "tool_use", "id": "c1", "name": "find", "input": { "q": "it" } });
    let alone = one(json!({ "type": "ai", "content": [block] }));
    assert_eq!(alone.parts, [call("c1", "{\"q\":\"it\"}")]);
}

#[test]
fn calls_of_every_source_are_read() {
    let raw = json!([{ "id": "c1", "type": "function", "function": { "name": "find", "arguments": "{\"q\": 1}" } }]);
    let only_raw =
        one(json!({ "type": "ai", "content": "", "additional_kwargs": { "tool_calls": raw } }));
    assert_eq!(only_raw.parts, [text(""), call("c1", "{\"q\": 1}")]);
    let openai = one(json!({ "role": "assistant", "content": "", "tool_calls": raw }));
    assert_eq!(openai.parts, [text(""), call("c1", "{\"q\": 1}")]);
    let invalid = one(json!({ "type": "ai", "content": "", "invalid_tool_calls": [
        { "name": "find", "args": "{\"q\": ", "id": "c1", "error": "no JSON", "type": "invalid_tool_call" },
    ] }));
    assert_eq!(invalid.parts, [text(""), call("c1", "{\"q\": ")]);
    let legacy = one(json!({ "type": "ai", "content": "", "additional_kwargs": {
        "function_call": { "name": "find", "arguments": "{}" },
    } }));
    assert_eq!(legacy.parts, [text(""), call("", "{}")]);
}

#[test]
fn thoughts_are_read_in_every_form() {
    let thought = |text: &str, sealed: u32, redacted: bool| {
        Part::Reasoning(Reasoning {
            text: text.into(),
            sealed,
            redacted,
        })
    };
    for (given, expected) in [
        (
            json!({ "type": "reasoning", "reasoning": "well" }),
            thought("well", 0, false),
        ),
        (
            json!({ "type": "thinking", "thinking": "well", "signature": "abc" }),
            thought("well", 3, false),
        ),
        (
            json!({ "type": "redacted_thinking", "data": "abc" }),
            thought("", 3, true),
        ),
        (
            json!({ "type": "reasoning", "summary": [{ "type": "summary_text", "text": "we" }, { "text": "ll" }], "encrypted_content": "abcd" }),
            thought("well", 4, false),
        ),
        (
            json!({ "type": "reasoning_content", "reasoning_content": { "text": "well", "signature": "ab" } }),
            thought("well", 2, false),
        ),
    ] {
        assert_eq!(block(given.clone()), expected, "{given}");
    }
    let beside = one(
        json!({ "type": "ai", "content": "hi", "additional_kwargs": { "reasoning_content": "well" } }),
    );
    assert_eq!(beside.parts, [text("hi"), thought("well", 0, false)]);
}

#[test]
fn media_is_read_in_every_form() {
    let url = format!("data:image/png;base64,{PNG}");
    let picture = |detail| {
        Part::Image(Image {
            size: Some((3, 5)),
            detail,
        })
    };
    for given in [
        json!({ "type": "image_url", "image_url": url }),
        json!({ "type": "image_url", "image_url": { "url": url } }),
        json!({ "type": "input_image", "image_url": url }),
        json!({ "type": "image", "source_type": "base64", "data": PNG, "mime_type": "image/png" }),
        json!({ "type": "image", "data": PNG, "mimeType": "image/png" }),
        json!({ "type": "image", "data": { "$binary": PNG, "byteLength": 24 } }),
        json!({ "type": "image", "base64": PNG, "data": PNG }),
        json!({ "type": "image", "source": { "type": "base64", "media_type": "image/png", "data": PNG } }),
        json!({ "type": "media", "mimeType": "image/png", "data": PNG }),
        json!({ "type": "file", "file": { "filename": "a.png", "file_data": url } }),
    ] {
        assert_eq!(block(given.clone()), picture(Detail::Auto), "{given}");
    }
    let low = block(json!({ "type": "image_url", "image_url": { "url": url, "detail": "low" } }));
    assert_eq!(low, picture(Detail::Low));
    for given in [
        json!({ "type": "image", "source_type": "url", "url": "https://example.com/a.png" }),
        json!({ "type": "image", "url": "https://example.com/a.png" }),
        json!({ "type": "image", "fileId": "file-1" }),
        json!({ "type": "image", "source_type": "id", "id": "file-1" }),
    ] {
        let remote = Part::Image(Image {
            size: None,
            detail: Detail::Auto,
        });
        assert_eq!(block(given.clone()), remote, "{given}");
    }
    for given in [
        json!({ "type": "file", "source_type": "text", "text": "Many hands", "metadata": { "filename": "a.txt" } }),
        json!({ "type": "text-plain", "text": "Many hands", "title": "a.txt" }),
        json!({ "type": "document", "title": "a.txt", "source": { "type": "text", "media_type": "text/plain", "data": "Many hands" } }),
        json!({ "type": "file", "source_type": "base64", "mime_type": "text/plain", "data": "TWFueSBoYW5kcw==", "filename": "a.txt" }),
    ] {
        let File {
            name, text, bytes, ..
        } = match block(given.clone()) {
            Part::File(file) => file,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            (name.as_deref(), text.as_deref(), bytes),
            (Some("a.txt"), Some("Many hands"), Some(10)),
            "{given}"
        );
    }
    assert_eq!(
        block(json!({ "type": "video", "url": "https://example.com" })),
        Part::Video { seconds: None }
    );
    let audio =
        json!({ "type": "input_audio", "input_audio": { "data": "AAAA", "format": "wav" } });
    assert_eq!(block(audio), Part::Audio { seconds: None });
}

#[test]
fn blocks_of_other_kinds_are_kept() {
    for given in [
        json!({ "type": "server_tool_call", "name": "web", "args": {} }),
        json!({ "type": "non_standard", "value": { "a": "b" } }),
        json!({ "type": "document", "source": { "type": "content", "content": [{ "type": "text", "text": "a" }] } }),
        json!({ "cachePoint": { "type": "default" } }),
        json!({}),
    ] {
        assert_eq!(block(given.clone()), Part::Opaque(given));
    }
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
