//! LangChain: blocks of content, in its own forms and in those of the providers, which it passes on.

use serde_json::{Map, Value};

use super::calls;
use crate::conversation::{Detail, File, Image, Part, Reasoning};
use crate::normalize::binary::{self, Data};
use crate::normalize::read;
use token_headroom_encoding::Result;

/// A text, or blocks, some of which may be bare texts.
pub(super) fn content(value: &Value, path: &str) -> Result<Vec<Part>> {
    match value {
        Value::String(said) => Ok(vec![text(said)]),
        Value::Array(blocks) => read::parts(blocks, path, &block),
        other => Err(
            read::wrong_type(other, path, "a string or an array of blocks").with_hint(
                "wrap a single block in an array: [{ \"type\": \"text\", \"text\": \"...\" }]",
            ),
        ),
    }
}

/// What is said.
pub(super) fn text(text: &str) -> Part {
    Part::Text {
        text: text.to_owned(),
        breakpoint: false,
    }
}

/// Any block. LangChain lets providers have blocks of their own; what none of the forms describes is kept as it is.
fn block(value: &Value, path: &str) -> Result<Part> {
    if let Value::String(said) = value {
        return Ok(text(said));
    }
    let fields = read::object(value, path, "a block of content with `type`")?;
    let get = |key: &str| read::optional(fields, key);
    let said = |key: &str| get(key).and_then(Value::as_str);
    let opaque = || Part::Opaque(value.clone());
    Ok(match said("type") {
        Some("text" | "input_text" | "output_text") => text(read::required_string(
            fields,
            "text",
            path,
            "what is said",
            "use \"\" for no text",
        )?),
        Some("refusal") => said("refusal").map_or_else(opaque, text),
        Some("image_url" | "input_image") => image_url(fields),
        Some(
            kind @ ("image" | "audio" | "video" | "file" | "media" | "document" | "text-plain"
            | "input_audio" | "input_file"),
        ) => media(kind, fields).unwrap_or_else(opaque),
        Some("reasoning" | "thinking" | "redacted_thinking" | "reasoning_content") => {
            reasoning(fields)
        }
        Some(
            "tool_call" | "tool_use" | "function_call" | "invalid_tool_call" | "tool_call_chunk",
        ) => Part::ToolCall(calls::call(value, path)?),
        Some("functionCall") => match get("functionCall") {
            Some(call) => Part::ToolCall(calls::call(call, &read::join(path, "functionCall"))?),
            None => opaque(),
        },
        Some("tool_result") => tool_result(fields, path)?,
        // Pieces of a call's arguments as they streamed in; the call holds them whole.
        Some("input_json_delta") => text(""),
        None => said("text").map_or_else(opaque, text),
        Some(_) => opaque(),
    })
}

/// OpenAI's forms of a picture: a URL, or an object with one.
fn image_url(fields: &Map<String, Value>) -> Part {
    let given = read::optional(fields, "image_url");
    let url = given.and_then(|given| given.get("url")).or(given);
    let detail = given.and_then(|given| given.get("detail"));
    let detail = match detail
        .or_else(|| fields.get("detail"))
        .and_then(Value::as_str)
    {
        Some("low") => Detail::Low,
        Some("high") => Detail::High,
        Some("original") => Detail::Original,
        _ => Detail::Auto,
    };
    match binary::part("image", &url.map_or(Data::Remote, Data::of), None) {
        Part::Image(image) => Part::Image(Image { detail, ..image }),
        other => other,
    }
}

/// LangChain's blocks of data, old (`source_type`) and new, Gemini's `media`, Anthropic's `source`, OpenAI's `input_audio` and
/// `file`. `None` for what has none of their fields.
fn media(kind: &str, fields: &Map<String, Value>) -> Option<Part> {
    let inner = ["source", "input_audio", "file", "image"]
        .into_iter()
        .find_map(|key| fields.get(key)?.as_object());
    let find = |keys: &[&str]| {
        keys.iter()
            .find_map(|key| read::optional(fields, key).or_else(|| read::optional(inner?, key)))
    };
    let said = |keys: &[&str]| find(keys).and_then(Value::as_str);
    let name = said(&["filename", "title", "name"])
        .or_else(|| fields.get("metadata")?.get("filename")?.as_str());
    let is_text = said(&["source_type"]) == Some("text")
        || kind == "text-plain"
        || inner.and_then(|inner| inner.get("type")?.as_str()) == Some("text");
    if let Some(plain) = said(&["text"])
        .or_else(|| said(&["data"]).filter(|_| inner.is_some()))
        .filter(|_| is_text)
    {
        return Some(Part::File(File {
            name: name.map(str::to_owned),
            bytes: Some(plain.len() as u64),
            text: Some(plain.to_owned()),
            ..File::default()
        }));
    }
    if inner.is_some_and(|inner| inner.contains_key("content")) {
        return None; // A document made of blocks.
    }
    let data = match find(&["data", "file_data", "url", "bytes"]) {
        Some(value) => Data::of(value),
        None if find(&["id", "file_id", "fileId", "fileUri", "file_uri", "source"]).is_some() => {
            Data::Remote
        }
        None => return None,
    };
    let stated = said(&["mime_type", "mimeType", "media_type", "mediaType"])
        .or_else(|| find(&["data", "file_data", "url"]).and_then(binary::stated_type));
    let media_type = match kind {
        "image" | "audio" | "video" => kind,
        "input_audio" => "audio",
        _ => stated.unwrap_or("file"),
    };
    Some(binary::part(media_type, &data, name))
}

/// Thoughts: LangChain's `reasoning`, OpenAI's `summary`, Anthropic's `thinking`, Converse's `reasoningText`.
fn reasoning(fields: &Map<String, Value>) -> Part {
    let said = |key: &str| fields.get(key).and_then(Value::as_str);
    let mut text = ["reasoning", "thinking", "text"]
        .into_iter()
        .find_map(said)
        .unwrap_or_default()
        .to_owned();
    let nested = fields
        .get("reasoningText")
        .or_else(|| fields.get("reasoning_content"));
    if let Some(inner) = nested.and_then(|inner| inner.get("text").unwrap_or(inner).as_str()) {
        text.push_str(inner);
    }
    for list in ["summary", "content"] {
        for item in fields
            .get(list)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            text.push_str(item.get("text").and_then(Value::as_str).unwrap_or_default());
        }
    }
    let signature = || nested.and_then(|inner| inner.get("signature")?.as_str());
    let sealed = ["signature", "data", "encrypted_content", "redactedContent"]
        .into_iter()
        .find_map(said)
        .or_else(signature)
        .unwrap_or_default();
    Part::Reasoning(Reasoning {
        redacted: text.is_empty() && !sealed.is_empty(),
        text,
        sealed: u32::try_from(sealed.len()).unwrap_or(u32::MAX),
    })
}

/// Anthropic's form of a result, inside a human message.
fn tool_result(fields: &Map<String, Value>, path: &str) -> Result<Part> {
    let parts = match read::optional(fields, "content") {
        Some(value) => content(value, &read::join(path, "content"))?,
        None => Vec::new(),
    };
    let call_id = fields.get("tool_use_id").and_then(Value::as_str);
    Ok(Part::ToolResult {
        call_id: call_id.unwrap_or_default().to_owned(),
        name: None,
        parts,
        is_error: fields.get("is_error").and_then(Value::as_bool) == Some(true),
    })
}
