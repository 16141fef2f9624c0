//! Parts of messages: pictures, files, thoughts and others.

use serde_json::{Value, json};
use token_headroom::{Detail, File, Image, Part, Reasoning};

use super::{PNG, parts, picture, user};

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
fn parts_of_other_kinds_are_kept() {
    let request = json!({ "type": "tool-approval-request", "approvalId": "a", "toolCallId": "c" });
    let kept = parts(json!({ "role": "assistant", "content": [request] }));
    assert_eq!(kept, [Part::Opaque(request)]);
}
