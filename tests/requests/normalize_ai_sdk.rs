//! Messages and prompts of the Vercel AI SDK.

use serde_json::{Value, json};
use token_headroom::{
    Conversation, Detail, Dialect, Error, File, Image, Part, Reasoning, ResponseFormat, Role,
    Thinking, ToolCall, ToolChoice, normalize, normalize_as,
};

/// The first 24 bytes of a PNG of 3 by 5 pixels.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAMAAAAF";

fn read(body: &Value) -> Conversation {
    normalize_as(Some(Dialect::AiSdk), body).unwrap()
}

fn refused(body: &Value) -> Error {
    normalize_as(Some(Dialect::AiSdk), body).unwrap_err()
}

fn parts(message: Value) -> Vec<Part> {
    read(&json!([message])).messages[0].parts.clone()
}

fn user(part: Value) -> Part {
    let [part] = parts(json!({ "role": "user", "content": [part] }))
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

fn picture() -> Part {
    Part::Image(Image {
        size: Some((3, 5)),
        detail: Detail::Auto,
    })
}

fn result(given: Value) -> (Vec<Part>, bool) {
    let mut part = json!({ "type": "tool-result", "toolCallId": "c", "toolName": "f" });
    part.as_object_mut()
        .unwrap()
        .extend(given.as_object().unwrap().clone());
    match parts(json!({ "role": "tool", "content": [part] })).as_slice() {
        [
            Part::ToolResult {
                call_id,
                name,
                parts,
                is_error,
            },
        ] => {
            assert_eq!((call_id.as_str(), name.as_deref()), ("c", Some("f")));
            (parts.clone(), *is_error)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn call_options_are_read_whole() {
    let schema = json!({ "type": "object", "properties": { "q": { "type": "string" } } });
    let body = json!({
        "prompt": [
            { "role": "system", "content": "be brief", "providerOptions": { "anthropic": {} } },
            { "role": "user", "content": [{ "type": "text", "text": "find it" }] },
            { "role": "assistant", "content": [
                { "type": "reasoning", "text": "well", "providerOptions": { "anthropic": { "signature": "abcd" } } },
                { "type": "text", "text": "I look" },
                { "type": "tool-call", "toolCallId": "c", "toolName": "find", "input": { "q": "it", "n": 2 } },
            ] },
            { "role": "tool", "content": [
                { "type": "tool-result", "toolCallId": "c", "toolName": "find", "output": { "type": "json", "value": { "found": [1, "a"] } } },
            ] },
        ],
        "tools": [
            { "type": "function", "name": "find", "description": "finds", "inputSchema": schema },
            { "type": "provider", "id": "openai.web_search", "name": "web_search", "args": {} },
        ],
        "toolChoice": { "type": "tool", "toolName": "find" },
        "responseFormat": { "type": "json", "schema": schema, "name": "answer", "description": "d" },
        "maxOutputTokens": 77,
        "reasoning": "high",
        "providerOptions": { "openai": { "store": false } },
    });
    let read = normalize(&body).unwrap();
    assert_eq!(read.dialect, Dialect::AiSdk);
    let roles: Vec<Role> = read.messages.iter().map(|message| message.role).collect();
    assert_eq!(
        roles,
        [Role::System, Role::User, Role::Assistant, Role::Tool]
    );
    assert_eq!(
        read.messages[2].parts,
        [
            Part::Reasoning(Reasoning {
                text: "well".into(),
                sealed: 4,
                redacted: false
            }),
            text("I look"),
            Part::ToolCall(ToolCall {
                id: "c".into(),
                name: "find".into(),
                arguments: "{\"q\":\"it\",\"n\":2}".into()
            }),
        ]
    );
    assert_eq!(
        read.messages[3].parts,
        [Part::ToolResult {
            call_id: "c".into(),
            name: Some("find".into()),
            parts: vec![text("{\"found\":[1,\"a\"]}")],
            is_error: false,
        }]
    );
    assert_eq!(read.tools.len(), 2);
    assert_eq!(
        (
            read.tools[0].parameters.as_ref(),
            read.tools[1].is_function()
        ),
        (Some(&schema), false)
    );
    assert_eq!(read.tool_choice, ToolChoice::Forced("find".into()));
    assert_eq!(
        read.response_format,
        ResponseFormat::JsonSchema {
            name: "answer".into(),
            description: Some("d".into()),
            schema
        }
    );
    assert_eq!(
        (read.output_cap, read.thinking),
        (Some(77), Thinking::Enabled)
    );
    assert_eq!(
        read.rest["providerOptions"],
        json!({ "openai": { "store": false } })
    );
    let told: Vec<_> = read
        .warnings
        .iter()
        .map(|w| (w.code.as_str(), w.path.as_str()))
        .collect();
    assert_eq!(told, [("server_tool", "tools[1]")]);
}

#[test]
fn what_generate_text_takes_is_read() {
    let read = normalize(&json!({
        "model": { "modelId": "gpt-4o", "provider": "openai.chat" },
        "system": "be brief",
        "messages": [{ "role": "user", "content": "hi" }],
        "tools": { "find": { "description": "finds", "inputSchema": { "jsonSchema": { "type": "object" } } } },
        "toolChoice": "required",
        "maxOutputTokens": 5,
    }))
    .unwrap();
    assert_eq!(
        (read.dialect, read.model.as_deref()),
        (Dialect::AiSdk, Some("gpt-4o"))
    );
    let instructions = read.instructions.unwrap();
    assert_eq!(
        (instructions.role, instructions.parts.as_slice()),
        (Role::System, [text("be brief")].as_slice())
    );
    assert_eq!(read.tools[0].name, "find");
    assert_eq!(read.tools[0].parameters, Some(json!({ "type": "object" })));
    assert_eq!(read.tool_choice, ToolChoice::Required);
}

#[test]
fn instructions_may_be_messages() {
    let read = read(&json!({
        "instructions": [{ "role": "system", "content": "a" }, { "role": "system", "content": "b" }],
        "messages": [{ "role": "user", "content": "hi" }],
    }));
    assert_eq!(read.instructions.unwrap().parts, [text("a"), text("b")]);
}

#[test]
fn pictures_are_read_in_every_form() {
    let bytes: Vec<u8> = vec![
        0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0,
        0, 3, 0, 0, 0, 5,
    ];
    for part in [
        json!({ "type": "image", "image": PNG }),
        json!({ "type": "image", "image": format!("data:image/png;base64,{PNG}") }),
        json!({ "type": "image", "image": bytes }),
        json!({ "type": "image", "image": { "type": "Buffer", "data": bytes } }),
        json!({ "type": "image", "image": { "$binary": PNG, "byteLength": 4096 }, "mimeType": "image/png" }),
        json!({ "type": "file", "data": PNG, "mediaType": "image/*" }),
        json!({ "type": "file", "data": format!("data:image/png;base64,{PNG}") }),
        json!({ "type": "file", "data": { "type": "data", "data": PNG }, "mediaType": "image/png" }),
    ] {
        assert_eq!(user(part.clone()), picture(), "{part}");
    }
    let remote = Part::Image(Image {
        size: None,
        detail: Detail::Auto,
    });
    for part in [
        json!({ "type": "image", "image": "https://example.com/a.png" }),
        json!({ "type": "file", "data": { "type": "url", "url": "https://example.com/a" }, "mediaType": "image/png" }),
        json!({ "type": "file", "data": { "type": "reference", "reference": { "openai": "file-1" } }, "mediaType": "image/png" }),
    ] {
        assert_eq!(user(part.clone()), remote, "{part}");
    }
}

#[test]
fn files_are_read() {
    let part = user(
        json!({ "type": "file", "data": "TWFueSBoYW5kcw==", "mediaType": "text/plain", "filename": "a.txt" }),
    );
    let said = File {
        name: Some("a.txt".into()),
        bytes: Some(10),
        text: Some("Many hands".into()),
        ..File::default()
    };
    assert_eq!(part, Part::File(said.clone()));
    let part = user(json!({
        "type": "file", "data": { "type": "text", "text": "Many hands" }, "mediaType": "text/plain", "filename": "a.txt",
    }));
    assert_eq!(part, Part::File(said));
    let part = user(
        json!({ "type": "file", "data": "https://example.com/a.pdf", "mediaType": "application/pdf" }),
    );
    assert_eq!(part, Part::File(File::default()));
    let part = user(json!({ "type": "file", "data": "AAAA", "mediaType": "video/mp4" }));
    assert_eq!(part, Part::Video { seconds: None });
}

#[test]
fn thoughts_that_are_sealed_are_told_by_their_length() {
    let sealed =
        |part: Value| match parts(json!({ "role": "assistant", "content": [part] })).as_slice() {
            [Part::Reasoning(reasoning)] => reasoning.clone(),
            other => panic!("{other:?}"),
        };
    let redacted = Reasoning {
        text: String::new(),
        sealed: 6,
        redacted: true,
    };
    assert_eq!(
        sealed(json!({ "type": "redacted-reasoning", "data": "abcdef" })),
        redacted
    );
    assert_eq!(
        sealed(
            json!({ "type": "reasoning", "text": "", "providerOptions": { "anthropic": { "redactedData": "abcdef" } } })
        ),
        redacted
    );
    assert_eq!(
        sealed(json!({ "type": "reasoning", "text": "well", "signature": "abc" })),
        Reasoning {
            text: "well".into(),
            sealed: 3,
            redacted: false
        }
    );
}

#[test]
fn results_are_what_is_sent() {
    let said = |text_: &str, failed: bool| (vec![text(text_)], failed);
    for (given, expected) in [
        (
            json!({ "output": { "type": "text", "value": "a\"b" } }),
            said("a\"b", false),
        ),
        (
            json!({ "output": { "type": "json", "value": { "b": 1, "a": "é" } } }),
            said("{\"b\":1,\"a\":\"é\"}", false),
        ),
        (
            json!({ "output": { "type": "json", "value": null } }),
            said("null", false),
        ),
        (
            json!({ "output": { "type": "error-text", "value": "no" } }),
            said("no", true),
        ),
        (
            json!({ "output": { "type": "error-json", "value": { "code": 4 } } }),
            said("{\"code\":4}", true),
        ),
        (
            json!({ "output": { "type": "execution-denied", "reason": "not today" } }),
            said("not today", true),
        ),
        (
            json!({ "output": { "type": "execution-denied" } }),
            said("Tool call execution denied.", true),
        ),
        // Version 4 writes every result as JSON, texts too.
        (json!({ "result": "a\"b" }), said("\"a\\\"b\"", false)),
        (
            json!({ "result": { "a": 1 }, "isError": true }),
            said("{\"a\":1}", true),
        ),
    ] {
        assert_eq!(result(given.clone()), expected, "{given}");
    }
    let many = result(json!({ "output": { "type": "content", "value": [
        { "type": "text", "text": "look" },
        { "type": "image-data", "data": PNG, "mediaType": "image/png" },
        { "type": "media", "data": PNG, "mediaType": "image/png" },
        { "type": "file-id", "fileId": "file-1" },
        { "type": "custom", "providerOptions": {} },
    ] } }));
    let custom = json!({ "type": "custom", "providerOptions": {} });
    assert_eq!(
        many.0,
        [
            text("look"),
            picture(),
            picture(),
            Part::File(File::default()),
            Part::Opaque(custom)
        ]
    );
    let earlier = result(json!({ "result": "x", "experimental_content": [
        { "type": "text", "text": "look" }, { "type": "image", "data": PNG, "mimeType": "image/png" },
    ] }));
    assert_eq!(earlier.0, [text("look"), picture()]);
}

#[test]
fn version_4_calls_are_read() {
    let call = parts(json!({ "role": "assistant", "content": [
        { "type": "tool-call", "toolCallId": "c", "toolName": "f", "args": { "q": 1 } },
    ] }));
    assert_eq!(
        call,
        [Part::ToolCall(ToolCall {
            id: "c".into(),
            name: "f".into(),
            arguments: "{\"q\":1}".into()
        })]
    );
}

#[test]
fn parts_of_other_kinds_are_kept() {
    let request = json!({ "type": "tool-approval-request", "approvalId": "a", "toolCallId": "c" });
    let kept = parts(json!({ "role": "assistant", "content": [request] }));
    assert_eq!(kept, [Part::Opaque(request)]);
}

#[test]
fn calls_and_results_are_paired_by_id() {
    let call =
        |id: &str| json!({ "type": "tool-call", "toolCallId": id, "toolName": "f", "input": {} });
    let result = |id: &str| json!({ "type": "tool-result", "toolCallId": id, "toolName": "f", "output": { "type": "text", "value": "" } });
    let server = json!({ "type": "tool-call", "toolCallId": "s", "toolName": "web", "input": {}, "providerExecuted": true });
    let read = read(&json!({ "prompt": [
        { "role": "user", "content": [{ "type": "text", "text": "hi" }] },
        { "role": "assistant", "content": [{ "type": "text", "text": "" }, call("a"), server, call("b")] },
        { "role": "tool", "content": [result("a"), result("z")] },
        { "role": "tool", "content": [{ "type": "tool-approval-response", "approvalId": "q", "approved": true }] },
        { "role": "user", "content": [{ "type": "text", "text": "and?" }] },
    ] }));
    let mut told: Vec<_> = read
        .warnings
        .iter()
        .map(|w| (w.code.as_str(), w.path.as_str()))
        .collect();
    told.retain(|(code, _)| *code != "unknown_part");
    assert_eq!(
        told,
        [
            ("unpaired_tool_result", "prompt[2].content[1]"),
            ("unanswered_call", "prompt[1].content[3]"),
        ]
    );
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

#[test]
fn messages_of_the_model_that_follow_each_other_are_one() {
    let call = |id: &str| {
        json!({ "role": "assistant", "content": [
            { "type": "tool-call", "toolCallId": id, "toolName": "f", "input": {} },
        ] })
    };
    let result = |id: &str| {
        json!({ "role": "tool", "content": [
            { "type": "tool-result", "toolCallId": id, "toolName": "f", "output": { "type": "text", "value": "" } },
        ] })
    };
    let codes = |messages: Value| -> Vec<String> {
        let warnings = read(&messages).warnings.into_iter();
        warnings.map(|w| format!("{} {}", w.code, w.path)).collect()
    };
    let fine = json!([
        call("a"),
        call("b"),
        result("b"),
        result("a"),
        call("c"),
        result("c")
    ]);
    assert_eq!(codes(fine), [""; 0]);
    assert_eq!(
        codes(json!([
            call("a"),
            call("b"),
            result("b"),
            call("c"),
            result("a")
        ])),
        [
            "unanswered_call messages[0].content[0]",
            "unpaired_tool_result messages[4].content[0]",
            "unanswered_call messages[3].content[0]",
        ]
    );
}
