//! Anthropic Messages: pictures and documents, by where their bytes are.

use serde_json::{Map, Value};

use super::blocks::content;
use crate::conversation::{Detail, Image, Message, Part};
use crate::json;
use crate::media;
use crate::normalize::{document, read};
use token_headroom_encoding::Result;

const SOURCE: &str = "write { \"type\": \"base64\", \"media_type\": \"...\", \"data\": \"...\" } or { \"type\": \"url\", \"url\": \"...\" }";

/// `source` of a block: its fields, its type and its place.
fn source<'a>(
    block: &'a Map<String, Value>,
    path: &str,
) -> Result<(&'a Map<String, Value>, &'a str, String)> {
    let value = block
        .get("source")
        .ok_or_else(|| read::missing("source", path, "an object with `type`", SOURCE))?;
    let path = read::join(path, "source");
    let fields = read::object(value, &path, "`type` of the source")
        .map_err(|error| error.with_hint(SOURCE))?;
    let kind = read::required_string(fields, "type", &path, "where the bytes are", SOURCE)?;
    Ok((fields, kind, path))
}

fn data<'a>(fields: &'a Map<String, Value>, path: &str) -> Result<&'a str> {
    read::required_string(fields, "data", path, "what it holds", SOURCE)
}

/// A picture; only its header is looked at.
pub(super) fn image(block: &Map<String, Value>, path: &str) -> Result<Part> {
    let (fields, kind, path) = source(block, path)?;
    let size = match kind {
        "base64" => media::picture_size(data(fields, &path)?),
        "url" => media::image_size(read::required_string(
            fields,
            "url",
            &path,
            "where the picture is",
            SOURCE,
        )?),
        // A file that was uploaded before, and what is newer than this version.
        _ => None,
    };
    Ok(Part::Image(Image {
        size,
        detail: Detail::Auto,
    }))
}

/// A document; pictures among its blocks follow it.
pub(super) fn document(
    block: &Map<String, Value>,
    path: &str,
    parts: &mut Vec<Part>,
) -> Result<()> {
    let (fields, kind, place) = source(block, path)?;
    let mut file = document::described(block, "title", path)?;
    let mut pictures = Vec::new();
    match kind {
        "base64" => file = document::encoded(file, data(fields, &place)?),
        "text" => {
            let text = data(fields, &place)?;
            file.bytes = Some(text.len() as u64);
            file.text = Some(text.to_owned());
        }
        "content" => {
            let value = fields.get("content").unwrap_or(&Value::Null);
            let blocks = content(value, &read::join(&place, "content"))?;
            let (text, shown) = document::told(blocks);
            pictures = shown;
            file.bytes = Some(text.len() as u64);
            file.text = Some(text);
        }
        // By URL, by the id of an upload, and what is newer than this version.
        _ => {}
    }
    parts.push(Part::File(file));
    parts.append(&mut pictures);
    Ok(())
}

/// Blocks whose bytes are elsewhere, or readable by the provider alone: their index, a warning's code and its text.
pub(super) fn unseen(message: &Message) -> Vec<(usize, &'static str, &'static str)> {
    let blocks = at(&message.raw, "content").and_then(Value::as_array);
    let mut found = Vec::new();
    for (index, block) in blocks.into_iter().flatten().enumerate() {
        let text = |key: &str| at(block, key).and_then(Value::as_str);
        let inner = at(block, "content").and_then(Value::as_array);
        let is_remote = |block: &Value| {
            let kind = at(block, "source").and_then(|source| at(source, "type")?.as_str());
            matches!(kind, Some("url" | "file"))
        };
        if is_remote(block) || inner.is_some_and(|inner| inner.iter().any(is_remote)) {
            found.push((
                index,
                "remote_media",
                "the bytes are not in the request; the bounds cover what they usually take",
            ));
        }
        match text("type") {
            Some("redacted_thinking") => found.push((index, "sealed_reasoning", SEALED)),
            Some("thinking") if text("thinking") == Some("") => {
                found.push((index, "sealed_reasoning", SEALED));
            }
            Some("container_upload") => found.push((
                index,
                "remote_media",
                "the upload is not in the request; what the provider says about it is estimated",
            )),
            Some("server_tool_use" | "mcp_tool_use" | "mcp_tool_result" | "compaction") => {
                found.push((index, "server_history", SERVER));
            }
            Some(kind) if kind.ends_with("_tool_result") => {
                found.push((index, "server_history", SERVER));
            }
            _ => {}
        }
    }
    found
}

fn at<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    json::field(value.as_object()?, key)
}

const SEALED: &str =
    "the thoughts can be read by the provider alone; their tokens are estimated from their length";
const SERVER: &str =
    "how the provider puts its own tools' calls and answers into the prompt is not on record";
