//! Bedrock Converse: what a message's content is made of. A block is an object with one field, which says its kind.

use serde_json::{Map, Value};

use super::media_source;
use crate::conversation::{Part, Reasoning, ToolCall};
use crate::json;
use crate::normalize::read;
use token_headroom_encoding::Result;

/// An array of blocks. Cache points say nothing and are left out.
pub(super) fn blocks(value: &Value, path: &str) -> Result<Vec<Part>> {
    let blocks = value.as_array().ok_or_else(|| {
        read::wrong_type(value, path, "an array of blocks")
            .with_hint("write [{ \"text\": \"...\" }]")
    })?;
    let mut parts = Vec::with_capacity(blocks.len());
    for (index, block) in blocks.iter().enumerate() {
        self::block(block, &format!("{path}[{index}]"), &mut parts)?;
    }
    Ok(parts)
}

fn block(value: &Value, path: &str, parts: &mut Vec<Part>) -> Result<()> {
    let block = read::object(value, path, "a block such as { \"text\": \"...\" }")?;
    // SDKs leave fields of other kinds in place as null.
    let Some((kind, inner)) = block.iter().find(|(_, inner)| !inner.is_null()) else {
        return Err(
            read::wrong_type(value, path, "a block with one field").with_hint(
                "use text, image, document, video, toolUse, toolResult or reasoningContent",
            ),
        );
    };
    let path = read::join(path, kind);
    parts.push(match kind.as_str() {
        "text" => text_part(read::string(inner, &path, "what is said")?),
        "json" => {
            // It reaches the model as text; two recorded counts fit the one without blanks.
            text_part(&json::compact(inner))
        }
        "image" => media_source::image(fields(inner, &path)?, &path)?,
        "document" => return media_source::document(fields(inner, &path)?, &path, parts),
        "video" => Part::Video { seconds: None },
        "audio" => Part::Audio { seconds: None },
        "toolUse" => tool_use(fields(inner, &path)?, &path)?,
        "toolResult" => tool_result(fields(inner, &path)?, &path)?,
        "reasoningContent" => reasoning(fields(inner, &path)?, &path)?,
        "cachePoint" => return Ok(()),
        // Answers with citations return as their text.
        "citationsContent" => {
            let spans = inner.get("content").and_then(Value::as_array);
            let text: String = spans
                .into_iter()
                .flatten()
                .filter_map(|span| span.get("text").and_then(Value::as_str))
                .collect();
            text_part(&text)
        }
        _ => Part::Opaque(value.clone()),
    });
    Ok(())
}

fn fields<'a>(value: &'a Value, path: &str) -> Result<&'a Map<String, Value>> {
    read::object(value, path, "the block's fields")
}

pub(super) fn text_part(text: &str) -> Part {
    Part::Text {
        text: text.to_owned(),
        breakpoint: false,
    }
}

fn tool_use(call: &Map<String, Value>, path: &str) -> Result<Part> {
    Ok(Part::ToolCall(ToolCall {
        id: read::required_string(
            call,
            "toolUseId",
            path,
            "the call's id",
            "give every call an id; its toolResult repeats it",
        )?
        .to_owned(),
        name: read::required_string(
            call,
            "name",
            path,
            "the tool's name",
            "repeat the name under which the tool is declared",
        )?
        .to_owned(),
        arguments: match call.get("input") {
            None => "{}".to_owned(),
            Some(input) => json::compact(input),
        },
    }))
}

fn tool_result(result: &Map<String, Value>, path: &str) -> Result<Part> {
    Ok(Part::ToolResult {
        call_id: read::required_string(
            result,
            "toolUseId",
            path,
            "the id of the call that is answered",
            "copy the `toolUseId` of the assistant's toolUse",
        )?
        .to_owned(),
        name: None,
        parts: match read::optional(result, "content") {
            None => Vec::new(),
            Some(value) => blocks(value, &read::join(path, "content"))?,
        },
        is_error: result.get("status").and_then(Value::as_str) == Some("error"),
    })
}

fn reasoning(fields: &Map<String, Value>, path: &str) -> Result<Part> {
    if let Some(sealed) = read::optional(fields, "redactedContent") {
        let sealed = sealed.as_str().map_or(0, str::len);
        return Ok(Part::Reasoning(Reasoning {
            text: String::new(),
            sealed: u32::try_from(sealed).unwrap_or(u32::MAX),
            redacted: true,
        }));
    }
    let path = read::join(path, "reasoningText");
    let inner = read::optional(fields, "reasoningText").unwrap_or(&Value::Null);
    let inner = read::object(inner, &path, "`text` and `signature` of a thought")?;
    let text = read::optional_string(inner, "text", &path, "what was thought")?.unwrap_or_default();
    let sealed = read::optional_string(inner, "signature", &path, "the thought's signature")?;
    Ok(Part::Reasoning(Reasoning {
        text: text.to_owned(),
        sealed: u32::try_from(sealed.map_or(0, str::len)).unwrap_or(u32::MAX),
        redacted: text.is_empty(),
    }))
}

/// Why a block cannot be read in full: a warning's code and its text.
pub(super) fn unseen(block: &Value) -> Option<(&'static str, &'static str)> {
    let sealed = block.pointer("/reasoningContent/redactedContent").is_some()
        || block
            .pointer("/reasoningContent/reasoningText/text")
            .and_then(Value::as_str)
            == Some("");
    if sealed {
        return Some((
            "sealed_reasoning",
            "the thoughts can be read by the provider alone; their tokens are estimated from their length",
        ));
    }
    let is_remote = |block: &Value| {
        block.as_object().is_some_and(|fields| {
            fields
                .values()
                .any(|inner| inner.pointer("/source/s3Location").is_some())
        })
    };
    let inner = block
        .pointer("/toolResult/content")
        .and_then(Value::as_array);
    (is_remote(block) || inner.is_some_and(|inner| inner.iter().any(is_remote))).then_some((
        "remote_media",
        "the bytes are not in the request; the bounds cover what they usually take",
    ))
}
