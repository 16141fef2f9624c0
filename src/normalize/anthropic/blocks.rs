//! Anthropic Messages: what a message's content is made of.

use serde_json::{Map, Value};

use super::sources;
use crate::conversation::{Part, Reasoning, ToolCall};
use crate::json;
use crate::normalize::read;
use token_headroom_encoding::Result;

/// A string, or an array of blocks.
pub(super) fn content(value: &Value, path: &str) -> Result<Vec<Part>> {
    match value {
        Value::String(text) => Ok(vec![text_part(text)]),
        Value::Array(blocks) => {
            let mut parts = Vec::with_capacity(blocks.len());
            for (index, block) in blocks.iter().enumerate() {
                self::block(block, &format!("{path}[{index}]"), &mut parts)?;
            }
            Ok(parts)
        }
        other => Err(
            read::wrong_type(other, path, "a string or an array of blocks").with_hint(
                "wrap a single block in an array: [{ \"type\": \"text\", \"text\": \"...\" }]",
            ),
        ),
    }
}

/// Text. Cache segments do not keep Claude's texts apart: blocks are tokenised as one string.
pub(super) fn text_part(text: &str) -> Part {
    Part::Text {
        text: text.to_owned(),
        breakpoint: false,
    }
}

fn block(value: &Value, path: &str, parts: &mut Vec<Part>) -> Result<()> {
    let block = read::object(value, path, "a block with `type`")?;
    let kind = read::required_string(
        block,
        "type",
        path,
        "the kind of block",
        "use text, image, document, tool_use, tool_result or thinking",
    )?;
    let part = match kind {
        "text" => text_part(read::required_string(
            block,
            "text",
            path,
            "what is said",
            "use \"\" for no text",
        )?),
        "image" => sources::image(block, path)?,
        "document" => return sources::document(block, path, parts),
        "tool_use" => tool_use(block, path)?,
        "tool_result" => tool_result(block, path)?,
        "thinking" => thinking(block, path)?,
        "redacted_thinking" => Part::Reasoning(Reasoning {
            text: String::new(),
            sealed: characters(read::required_string(
                block,
                "data",
                path,
                "what only the provider can read",
                "repeat the block as the model made it",
            )?),
            redacted: true,
        }),
        // Server tools, searches, uploads, and what is newer than this version.
        _ => Part::Opaque(value.clone()),
    };
    parts.push(part);
    Ok(())
}

fn tool_use(block: &Map<String, Value>, path: &str) -> Result<Part> {
    let arguments = match block.get("input") {
        None => "{}".to_owned(),
        Some(input) => json::compact(input),
    };
    Ok(Part::ToolCall(ToolCall {
        id: read::required_string(
            block,
            "id",
            path,
            "the call's id",
            "give every call an id; its tool_result repeats it as `tool_use_id`",
        )?
        .to_owned(),
        name: read::required_string(
            block,
            "name",
            path,
            "the tool's name",
            "repeat the name under which the tool is declared",
        )?
        .to_owned(),
        arguments,
    }))
}

fn tool_result(block: &Map<String, Value>, path: &str) -> Result<Part> {
    let call_id = read::required_string(
        block,
        "tool_use_id",
        path,
        "the id of the call that is answered",
        "copy the `id` of the assistant's tool_use",
    )?;
    let is_error = match read::optional(block, "is_error") {
        None => false,
        Some(value) => value
            .as_bool()
            .ok_or_else(|| read::wrong_type(value, &read::join(path, "is_error"), "a boolean"))?,
    };
    Ok(Part::ToolResult {
        call_id: call_id.to_owned(),
        name: None,
        parts: match read::optional(block, "content") {
            None => Vec::new(),
            Some(value) => content(value, &read::join(path, "content"))?,
        },
        is_error,
    })
}

fn thinking(block: &Map<String, Value>, path: &str) -> Result<Part> {
    let text = read::required_string(
        block,
        "thinking",
        path,
        "what was thought",
        "repeat the block as the model made it; \"\" where it was withheld",
    )?;
    let signature = read::optional_string(block, "signature", path, "the block's signature")?;
    Ok(Part::Reasoning(Reasoning {
        text: text.to_owned(),
        sealed: characters(signature.unwrap_or_default()),
        redacted: text.is_empty(),
    }))
}

/// Length of a sealed text, which is base64.
pub(super) fn characters(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}
