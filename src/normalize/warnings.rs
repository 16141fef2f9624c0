//! What a conversation holds that cannot be counted exactly.

use std::cell::LazyCell;

use serde_json::Value;

use super::declared;
use super::pairing::pairing;
use super::places::Places;
use crate::conversation::{Conversation, Dialect, Message, Part, ToolKind, Warning};
use crate::json;

/// Warnings in the order of the body: messages first. `list` is the place of the messages.
pub(super) fn warnings(conversation: &Conversation, list: &str) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for (index, message) in conversation.messages.iter().enumerate() {
        parts(message, &|| format!("{list}[{index}]"), &mut warnings);
    }
    // Responses tells of its calls and tools itself.
    if conversation.dialect != Dialect::OpenaiResponses {
        pairing(
            conversation.dialect,
            list,
            &conversation.messages,
            &mut warnings,
        );
        tools(conversation, &mut warnings);
    }
    fields(&conversation.rest, &mut warnings);
    warnings
}

pub(super) fn warn(
    warnings: &mut Vec<Warning>,
    code: &str,
    path: String,
    message: impl Into<String>,
) {
    warnings.push(Warning {
        code: code.to_owned(),
        path,
        message: message.into(),
    });
}

/// Parts whose tokens the request does not tell.
fn parts(message: &Message, path: &dyn Fn() -> String, warnings: &mut Vec<Warning>) {
    // Few messages have anything to warn of.
    let places = LazyCell::new(|| Places::of(message));
    if message.parts.is_empty() && not_sent(message) {
        warn(
            warnings,
            "not_sent",
            path(),
            "no model is sent such a message; what is counted for it is its frame",
        );
    }
    for (position, part) in message.parts.iter().enumerate() {
        match part {
            Part::ToolResult { parts, .. } => {
                for (inner, part) in parts.iter().enumerate() {
                    untold(part, || places.inside(&path(), position, inner), warnings);
                }
            }
            part => untold(part, || places.part(&path(), position), warnings),
        }
    }
}

/// Whether a message without parts is one that the framework keeps to itself.
fn not_sent(message: &Message) -> bool {
    let raw = &message.raw;
    let kind = raw.get("type").and_then(Value::as_str);
    match message.dialect {
        Dialect::Langchain => {
            let class = raw.get("id").and_then(Value::as_array);
            let class = class.and_then(|id| id.last()?.as_str());
            kind == Some("remove") || class == Some("RemoveMessage")
        }
        Dialect::Autogen => kind.is_some(),
        _ => false,
    }
}

fn untold(part: &Part, place: impl Fn() -> String, warnings: &mut Vec<Warning>) {
    match part {
        Part::Image(image) if image.size.is_none() => warn(
            warnings,
            "unknown_image_size",
            place(),
            "the picture's size cannot be read from the request; the bounds cover every size",
        ),
        Part::Audio { seconds: None } => warn(
            warnings,
            "unknown_audio_length",
            place(),
            "the recording's length cannot be read from the request; its tokens are a guess",
        ),
        Part::Video { seconds: None } => warn(
            warnings,
            "unknown_video_length",
            place(),
            "the film's length cannot be read from the request; its tokens are a guess",
        ),
        Part::File(file) if file.text.is_none() => warn(
            warnings,
            "file",
            place(),
            match file.pages {
                Some(_) => "a document's text is not read; its tokens are bounded by its pages",
                None => "a file that is not looked into; its tokens are a guess",
            },
        ),
        Part::Opaque(value) => warn(
            warnings,
            "unknown_part",
            place(),
            format!(
                "what the provider counts for a part of type {} is not on record; it is counted as text",
                value.get("type").unwrap_or(&Value::Null)
            ),
        ),
        _ => {}
    }
}

fn tools(conversation: &Conversation, warnings: &mut Vec<Warning>) {
    for (index, tool) in conversation.tools.iter().enumerate() {
        if tool.is_function() {
            if declared::has_unread_schema(tool) {
                warn(
                    warnings,
                    "unread_schema",
                    format!("tools[{index}]"),
                    format!(
                        "the arguments of the tool {:?} are declared in code; pass JSON Schema to have them counted",
                        tool.name
                    ),
                );
            }
        } else if conversation.dialect == Dialect::Gemini {
            // Gemini counts what its own tools read apart from the prompt, and says so itself.
        } else if tool.kind == ToolKind::Server {
            warn(
                warnings,
                "server_tool",
                format!("tools[{index}]"),
                format!(
                    "the provider declares the tool {:?} in words of its own, and counts the turns in which it runs",
                    tool.name
                ),
            );
        } else {
            warn(
                warnings,
                "unknown_tool",
                format!("tools[{index}]"),
                format!(
                    "how the provider renders the tool {:?} is not on record; it is counted as JSON",
                    tool.name
                ),
            );
        }
    }
}

/// Fields that add to the prompt by an amount that the request does not tell.
fn fields(rest: &Value, warnings: &mut Vec<Warning>) {
    let known = |format: &Value| {
        matches!(
            format.as_str(),
            Some("text" | "json_object" | "json_schema")
        )
    };
    if let Some(kind) = rest
        .get("response_format")
        .and_then(|format| format.get("type"))
        .filter(|kind| !known(kind))
    {
        warn(
            warnings,
            "unknown_format",
            "response_format".to_owned(),
            format!(
                "what the provider counts for the format {} is not on record",
                json::plain(kind)
            ),
        );
    }
}
