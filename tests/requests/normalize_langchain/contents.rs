//! What messages hold: calls, thoughts, media and blocks of other kinds.

use serde_json::{Value, json};
use token_headroom::{Detail, File, Image, Message, Part, Reasoning};

use super::{PNG, call, read, text};

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
