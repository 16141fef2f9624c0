//! Bedrock Converse: pictures and documents, whose bytes are in the body, in base64 or as numbers, or in a bucket.

use serde_json::{Map, Value};

use super::blocks::blocks;
use crate::conversation::{Detail, Image, Part};
use crate::media;
use crate::normalize::{document, read};
use token_headroom_encoding::Result;

/// Digits of base64.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A picture; only its header is looked at.
pub(super) fn image(fields: &Map<String, Value>, path: &str) -> Result<Part> {
    let source = source(fields, path)?;
    Ok(Part::Image(Image {
        size: base64(source).as_deref().and_then(media::picture_size),
        detail: Detail::Auto,
    }))
}

fn source<'a>(fields: &'a Map<String, Value>, path: &str) -> Result<&'a Map<String, Value>> {
    let hint = "write { \"bytes\": \"<base64>\" } or { \"s3Location\": { \"uri\": \"...\" } }";
    let value = fields
        .get("source")
        .ok_or_else(|| read::missing("source", path, "an object with `bytes`", hint))?;
    read::object(
        value,
        &read::join(path, "source"),
        "`bytes` or `s3Location`",
    )
    .map_err(|error| error.with_hint(hint))
}

/// `bytes` in base64. Bodies that were written down by JavaScript hold typed arrays as objects or lists of numbers.
fn base64(source: &Map<String, Value>) -> Option<String> {
    let bytes = source.get("bytes")?;
    let numbers: Vec<u8> = match bytes {
        Value::String(text) => return Some(text.clone()),
        Value::Array(numbers) => numbers.iter().filter_map(byte).collect(),
        Value::Object(fields) => match fields.get("data") {
            Some(Value::Array(numbers)) => numbers.iter().filter_map(byte).collect(),
            _ => fields.values().filter_map(byte).collect(),
        },
        _ => return None,
    };
    let mut text = String::with_capacity(numbers.len().div_ceil(3) * 4);
    for chunk in numbers.chunks(3) {
        let word = chunk.iter().zip([16, 8, 0]).fold(0, |word, (byte, shift)| {
            word | (usize::from(*byte) << shift)
        });
        for shift in [18, 12, 6, 0].into_iter().take(chunk.len() + 1) {
            let digit = DIGITS.get((word >> shift) & 63).copied();
            text.extend(digit.map(char::from));
        }
    }
    Some(text)
}

fn byte(number: &Value) -> Option<u8> {
    number.as_u64().and_then(|number| u8::try_from(number).ok())
}

/// A document; pictures among its blocks follow it.
pub(super) fn document(
    fields: &Map<String, Value>,
    path: &str,
    parts: &mut Vec<Part>,
) -> Result<()> {
    let source = source(fields, path)?;
    let mut file = document::described(fields, "name", path)?;
    let mut pictures = Vec::new();
    if let Some(text) = read::optional(source, "text") {
        file.text = text.as_str().map(str::to_owned);
    } else if let Some(content) = read::optional(source, "content") {
        let place = format!("{path}.source.content");
        let (text, shown) = document::told(blocks(content, &place)?);
        file.text = Some(text);
        pictures = shown;
    } else if let Some(data) = base64(source) {
        file = document::encoded(file, &data);
    }
    if let Some(text) = &file.text {
        file.bytes = Some(text.len() as u64);
    }
    parts.push(Part::File(file));
    parts.append(&mut pictures);
    Ok(())
}
