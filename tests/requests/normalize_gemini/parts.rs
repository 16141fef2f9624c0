//! What becomes of parts, and what is said of those that the provider holds.

use serde_json::json;
use token_headroom::{Conversation, Detail, Part};

use super::{PIXEL, read};

fn codes(conversation: &Conversation) -> Vec<(&str, &str)> {
    conversation
        .warnings
        .iter()
        .map(|warning| (warning.code.as_str(), warning.path.as_str()))
        .collect()
}

#[test]
fn every_part_has_its_kind() {
    let parts = json!([
        { "text": "said" },
        { "text": "thought", "thought": true, "thoughtSignature": "c2ln" },
        { "inlineData": { "mimeType": "image/png", "data": PIXEL }, "mediaResolution": { "level": "MEDIA_RESOLUTION_MEDIUM" } },
        { "inlineData": { "mimeType": "text/plain", "data": "SGVsbG8=" } },
        { "fileData": { "mimeType": "application/pdf", "fileUri": "gs://b/d.pdf" } },
        { "fileData": { "fileUri": "https://youtu.be/x" }, "videoMetadata": { "startOffset": "5s", "endOffset": "15s" } },
        { "fileData": { "mimeType": "audio/mp3", "fileUri": "gs://b/a.mp3" } },
        { "executableCode": { "language": "PYTHON", "code": "1" }, "thoughtSignature": "c2ln" },
        { "brandNew": { "x": 1 } },
    ]);
    let conversation = read(&json!({ "contents": [{ "role": "model", "parts": parts }] }));
    let [
        Part::Text { text, .. },
        Part::Reasoning(readable),
        Part::Image(image),
        Part::File(note),
        Part::File(remote),
        Part::Video {
            seconds: Some(clip),
        },
        Part::Audio { seconds: None },
        Part::Reasoning(sealed),
        Part::Opaque(code),
        Part::Opaque(unknown),
    ] = conversation.messages[0].parts.as_slice()
    else {
        panic!("{:?}", conversation.messages[0].parts)
    };
    assert_eq!((text.as_str(), readable.text.as_str()), ("said", "thought"));
    assert_eq!((readable.sealed, readable.redacted), (4, false));
    assert_eq!((image.size, image.detail), (Some((1, 1)), Detail::Medium));
    assert_eq!(note.text.as_deref(), Some("Hello"));
    assert_eq!((remote.pages, remote.bytes), (None, None));
    assert!((clip - 10.0).abs() < 1e-9);
    assert_eq!((sealed.sealed, sealed.redacted), (4, true));
    assert_eq!(
        *code,
        json!({ "executableCode": { "language": "PYTHON", "code": "1" } })
    );
    assert_eq!(*unknown, json!({ "brandNew": { "x": 1 } }));
    let codes = codes(&conversation);
    for expected in [
        ("remote_media", "contents[0].parts[4]"),
        ("remote_media", "contents[0].parts[5]"),
        ("unknown_part", "contents[0]"),
    ] {
        assert!(codes.contains(&expected), "{expected:?} in {codes:?}");
    }
}

#[test]
fn media_inside_a_response_is_text_and_beside_it_is_media() {
    let conversation = read(
        &json!({ "contents": [{ "role": "user", "parts": [{ "functionResponse": {
        "id": "1", "name": "look", "response": { "data": PIXEL },
        "parts": [{ "inlineData": { "mimeType": "image/png", "data": PIXEL } }],
    } }] }] }),
    );
    let [
        Part::ToolResult {
            call_id,
            name,
            parts,
            ..
        },
    ] = conversation.messages[0].parts.as_slice()
    else {
        panic!("one result");
    };
    assert_eq!((call_id.as_str(), name.as_deref()), ("1", Some("look")));
    let [Part::Text { text, .. }, Part::Image(image)] = parts.as_slice() else {
        panic!("{parts:?}");
    };
    assert!(text.contains(PIXEL));
    assert_eq!(image.size, Some((1, 1)));
}

#[test]
fn what_the_provider_holds_is_said() {
    let conversation = read(&json!({
        "contents": "Hi", "cachedContent": "cachedContents/1", "tools": [{ "google_search": {} }],
    }));
    assert_eq!(
        codes(&conversation),
        [
            ("server_history", "cachedContent"),
            ("server_tool", "tools")
        ]
    );
}
