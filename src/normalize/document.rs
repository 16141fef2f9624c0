//! What documents of Anthropic's and of Bedrock's have in common.

use serde_json::{Map, Value};

use super::read;
use crate::conversation::{File, Part};
use crate::media;
use token_headroom_encoding::Result;

/// A document without its content: what is said about it, and its name, which stands under `key`.
pub(super) fn described(fields: &Map<String, Value>, key: &str, path: &str) -> Result<File> {
    let text = |key: &str, what: &str| {
        let text = read::optional_string(fields, key, path, what)?;
        Ok(text.map(str::to_owned))
    };
    let citations = fields.get("citations");
    let enabled = citations.and_then(|citations| citations.get("enabled"));
    Ok(File {
        name: text(key, "what the document is called")?,
        context: text("context", "what to know about it")?,
        citations: enabled == Some(&Value::Bool(true)),
        ..File::default()
    })
}

/// The document with its bytes, in base64.
pub(super) fn encoded(file: File, data: &str) -> File {
    let mut file = File {
        name: file.name,
        context: file.context,
        citations: file.citations,
        ..media::file(data)
    };
    if file.pages.is_none() {
        file.text = media::plain_text(data);
    }
    file
}

/// The text of a document's blocks, and the pictures among them, which follow it.
pub(super) fn told(blocks: Vec<Part>) -> (String, Vec<Part>) {
    let mut text = String::new();
    let mut pictures = Vec::new();
    for block in blocks {
        match block {
            Part::Text { text: more, .. } => text.push_str(&more),
            other => pictures.push(other),
        }
    }
    (text, pictures)
}
