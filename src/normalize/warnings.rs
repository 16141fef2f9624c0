//! What a conversation holds that cannot be counted exactly, and calls and results that do not match.

use std::sync::Arc;

use serde_json::Value;

use crate::conversation::{Conversation, Message, Part, Role, Warning};

/// Warnings in the order of the body: messages first.
pub(super) fn warnings(conversation: &Conversation) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for (index, message) in conversation.messages.iter().enumerate() {
        let path = format!("messages[{index}]");
        parts(message, &path, &mut warnings);
    }
    pairing(&conversation.messages, &mut warnings);
    tools(conversation, &mut warnings);
    fields(&conversation.rest, &mut warnings);
    warnings
}

fn warn(warnings: &mut Vec<Warning>, code: &str, path: String, message: impl Into<String>) {
    warnings.push(Warning {
        code: code.to_owned(),
        path,
        message: message.into(),
    });
}

/// Parts whose tokens the request does not tell.
fn parts(message: &Message, path: &str, warnings: &mut Vec<Warning>) {
    let own = match message.parts.as_slice() {
        [Part::ToolResult { parts, .. }] => parts,
        parts => parts,
    };
    let in_content = message
        .raw
        .get("content")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    for (index, part) in own.iter().enumerate() {
        let place = || {
            if index < in_content {
                format!("{path}.content[{index}]")
            } else {
                path.to_owned()
            }
        };
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
            Part::File { pages, .. } => warn(
                warnings,
                "file",
                place(),
                match pages {
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
}

/// Results without a call, and calls without a result: the API refuses both.
fn pairing(messages: &[Arc<Message>], warnings: &mut Vec<Warning>) {
    let mut open: Vec<(&str, String)> = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        if let (Role::Tool, [Part::ToolResult { call_id, .. }]) =
            (message.role, message.parts.as_slice())
        {
            match open.iter().position(|(id, _)| id == call_id) {
                Some(position) => {
                    open.remove(position);
                }
                None => warn(
                    warnings,
                    "unpaired_tool_result",
                    format!("messages[{index}].tool_call_id"),
                    format!(
                        "{call_id:?} answers no open call of the assistant message before it; the API refuses such a request"
                    ),
                ),
            }
            continue;
        }
        unanswered(&mut open, warnings);
        open = message
            .calls()
            .filter(|call| !call.id.is_empty())
            .enumerate()
            .map(|(position, call)| {
                (
                    call.id.as_str(),
                    format!("messages[{index}].tool_calls[{position}]"),
                )
            })
            .collect();
    }
    unanswered(&mut open, warnings);
}

fn unanswered(open: &mut Vec<(&str, String)>, warnings: &mut Vec<Warning>) {
    for (id, path) in open.drain(..) {
        warn(
            warnings,
            "unanswered_call",
            path,
            format!("no tool message answers {id:?}; the API refuses such a request"),
        );
    }
}

fn tools(conversation: &Conversation, warnings: &mut Vec<Warning>) {
    for (index, tool) in conversation.tools.iter().enumerate() {
        if tool.opaque.is_some() {
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
            format!("what the provider counts for the format {kind} is not on record"),
        );
    }
}
