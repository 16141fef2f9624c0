//! OpenAI Responses: one item of `input`.

use serde_json::{Map, Value};

use super::calls;
use super::content::content_parts;
use crate::conversation::{Dialect, Message, Part, Reasoning, Role};
use crate::normalize::read;
use token_headroom_encoding::{Code, Error, Result};

/// The roles of a message item, for hints.
const ROLES: &str = "user, assistant, system or developer";

/// Normalises one item; `input` as a string is one item too.
pub(in crate::normalize) fn message(raw: Value, path: &str) -> Result<Message> {
    let (role, parts) = match &raw {
        Value::String(text) => (
            Role::User,
            vec![Part::Text {
                text: text.clone(),
                breakpoint: false,
            }],
        ),
        other => item(
            read::object(other, path, "an item with `role` or `type`")?,
            &raw,
            path,
        )?,
    };
    Ok(Message {
        role,
        name: None,
        parts,
        dialect: Dialect::OpenaiResponses,
        raw,
    })
}

fn item(fields: &Map<String, Value>, raw: &Value, path: &str) -> Result<(Role, Vec<Part>)> {
    let kind = match read::optional_string(fields, "type", path, "the kind of item")? {
        Some(kind) => kind,
        None if fields.contains_key("role") => "message",
        // The API takes a bare id for a reference.
        None if fields.contains_key("id") => "item_reference",
        None => {
            return Err(read::missing(
                "type",
                path,
                "the kind of item, or `role` and `content` of a message",
                "use message, function_call, function_call_output, reasoning or another item type",
            ));
        }
    };
    if let Some(found) = calls::call(kind, fields, path)? {
        return Ok(found);
    }
    Ok(match kind {
        "message" => spoken(fields, path)?,
        "reasoning" => (Role::Assistant, vec![reasoning(fields, path)?]),
        // What these hold speaks for the application: tools that it adds, history that was folded together.
        "additional_tools" | "compaction" | "compaction_summary" | "context_compaction" => {
            (Role::Developer, vec![Part::Opaque(raw.clone())])
        }
        // Answers of kinds that are not known are kept with the calls before them.
        other if other.ends_with("_output") || other.ends_with("_response") => {
            (Role::Tool, vec![calls::opaque_result(fields, raw)])
        }
        _ => (Role::Assistant, vec![Part::Opaque(raw.clone())]),
    })
}

/// A message.
fn spoken(fields: &Map<String, Value>, path: &str) -> Result<(Role, Vec<Part>)> {
    let role = role(fields, path)?;
    let hint = "use \"\" for an empty message";
    let content = fields
        .get("content")
        .ok_or_else(|| read::missing("content", path, "a string or an array of parts", hint))?;
    let parts = content_parts(content, &read::join(path, "content")).map_err(|error| {
        if content.is_null() {
            error.with_hint(hint)
        } else {
            error
        }
    })?;
    Ok((role, parts))
}

fn role(fields: &Map<String, Value>, path: &str) -> Result<Role> {
    let hint = format!("use one of {ROLES}");
    let role = read::required_string(fields, "role", path, "who speaks", &hint)?;
    Ok(match role {
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "system" => Role::System,
        "developer" => Role::Developer,
        other => {
            let hint = match other {
                "tool" | "function" => {
                    "send a tool's answer as { \"type\": \"function_call_output\", \"call_id\", \"output\" }"
                        .to_owned()
                }
                _ => hint,
            };
            return Err(Error::new(
                Code::UnknownRole,
                read::join(path, "role"),
                format!("found the role {other:?}, expected {ROLES}"),
            )
            .with_hint(hint));
        }
    })
}

/// Thoughts, or a summary of them, and what only the provider can read.
fn reasoning(fields: &Map<String, Value>, path: &str) -> Result<Part> {
    let content = texts(fields, "content", path)?;
    let summary = texts(fields, "summary", path)?;
    let sealed = read::optional_string(
        fields,
        "encrypted_content",
        path,
        "thoughts that only the provider can read",
    )?
    .map_or(0, |sealed| u32::try_from(sealed.len()).unwrap_or(u32::MAX));
    let text = if content.is_empty() { summary } else { content };
    Ok(Part::Reasoning(Reasoning {
        redacted: text.is_empty(),
        text,
        sealed,
    }))
}

/// The texts of a list of parts, one a paragraph.
fn texts(fields: &Map<String, Value>, key: &str, path: &str) -> Result<String> {
    let Some(value) = read::optional(fields, key) else {
        return Ok(String::new());
    };
    let parts = value.as_array().ok_or_else(|| {
        read::wrong_type(
            value,
            &read::join(path, key),
            "an array of parts with `text`",
        )
    })?;
    let texts: Vec<&str> = parts
        .iter()
        .filter_map(|part| part.get("text").and_then(Value::as_str))
        .collect();
    Ok(texts.join("\n\n"))
}
