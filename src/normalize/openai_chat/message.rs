//! OpenAI Chat Completions: one message.

use serde_json::{Map, Value};

use super::hosts;
use super::parts::content_parts;
use crate::conversation::{Dialect, Message, Part, Role, ToolCall};
use crate::json;
use crate::normalize::read;
use token_headroom_encoding::{Code, Error, Result};

/// The roles of the dialect, for hints.
const ROLES: &str = "system, developer, user, assistant, tool or function";

/// Normalises one message.
pub(in crate::normalize) fn message(raw: Value, path: &str) -> Result<Message> {
    let fields = read::object(&raw, path, "a message with `role` and `content`")?;
    let role = role(fields, path)?;
    let name = read::optional_string(fields, "name", path, "the participant's name")?;
    let parts = match role {
        Role::System | Role::Developer | Role::User => content(fields, path, role)?,
        Role::Assistant => assistant(fields, path)?,
        Role::Tool => vec![Part::ToolResult {
            call_id: answered(fields, path)?,
            name: name.map(str::to_owned),
            parts: content(fields, path, role)?,
            is_error: false,
        }],
        Role::Function => {
            read::required_string(
                fields,
                "name",
                path,
                "the function's name",
                "copy the `name` of the assistant's function_call",
            )?;
            vec![Part::ToolResult {
                call_id: String::new(),
                name: name.map(str::to_owned),
                parts: content(fields, path, role)?,
                is_error: false,
            }]
        }
    };
    Ok(Message {
        role,
        name: name.map(str::to_owned),
        parts,
        dialect: Dialect::OpenaiChat,
        raw,
    })
}

/// The id of the call that a tool message answers. Servers that know no ids answer calls in order, which a warning tells
/// apart from a mistake.
fn answered(fields: &Map<String, Value>, path: &str) -> Result<String> {
    if !fields.contains_key("tool_call_id") {
        return Ok(String::new());
    }
    read::required_string(
        fields,
        "tool_call_id",
        path,
        "the id of the call that is answered",
        "copy the `id` of the assistant's tool call",
    )
    .map(str::to_owned)
}

fn role(fields: &Map<String, Value>, path: &str) -> Result<Role> {
    let hint = format!("use one of {ROLES}");
    let role = read::required_string(fields, "role", path, "who speaks", &hint)?;
    Ok(match role {
        "system" => Role::System,
        "developer" => Role::Developer,
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "tool" => Role::Tool,
        "function" => Role::Function,
        other => return Err(unknown_role(other, path)),
    })
}

fn unknown_role(role: &str, path: &str) -> Error {
    let lower = role.to_ascii_lowercase();
    let meant = match lower.as_str() {
        "ai" | "model" | "bot" => Some("assistant"),
        "human" => Some("user"),
        "tool_result" | "tool_response" => Some("tool"),
        same @ ("system" | "developer" | "user" | "assistant" | "tool" | "function") => Some(same),
        _ => None,
    };
    let hint = match meant {
        Some(meant) => format!("write \"{meant}\"; the roles are {ROLES}"),
        None => format!("use one of {ROLES}"),
    };
    Error::new(
        Code::UnknownRole,
        read::join(path, "role"),
        format!("found the role {role:?}, expected {ROLES}"),
    )
    .with_hint(hint)
}

/// The content of a message that must have one.
fn content(fields: &Map<String, Value>, path: &str, role: Role) -> Result<Vec<Part>> {
    let hint = "use \"\" for an empty message";
    match fields.get("content") {
        None => Err(read::missing(
            "content",
            path,
            "a string or an array of parts",
            hint,
        )),
        Some(Value::Null) => Err(read::wrong_type(
            &Value::Null,
            &read::join(path, "content"),
            &format!(
                "a string or an array of parts (only an assistant message with calls may have null, not {})",
                role_name(role)
            ),
        )
        .with_hint(hint)),
        Some(value) => content_parts(value, &read::join(path, "content")),
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::System => "a system message",
        Role::Developer => "a developer message",
        Role::User => "a user message",
        Role::Assistant => "an assistant message",
        Role::Tool => "a tool message",
        Role::Function => "a function message",
    }
}

/// An assistant message: content, what stands for it, and calls.
fn assistant(fields: &Map<String, Value>, path: &str) -> Result<Vec<Part>> {
    let mut parts = match read::optional(fields, "content") {
        Some(value) => content_parts(value, &read::join(path, "content"))?,
        None => Vec::new(),
    };
    let has_content = read::optional(fields, "content").is_some();
    if let Some(refusal) = read::optional(fields, "refusal") {
        let text = read::string(refusal, &read::join(path, "refusal"), "why it was refused")?;
        parts.push(Part::Opaque(json::object(vec![
            ("type", "refusal".into()),
            ("refusal", text.into()),
        ])));
    }
    if let Some(audio) = read::optional(fields, "audio") {
        read::object(
            audio,
            &read::join(path, "audio"),
            "an earlier spoken answer",
        )?;
        parts.push(Part::Audio { seconds: None });
    }
    parts.extend(hosts::reasoning(fields, path)?);
    parts.extend(calls(fields, path)?);
    if parts.is_empty() && !has_content {
        return Err(read::wrong_type(
            fields.get("content").unwrap_or(&Value::Null),
            &read::join(path, "content"),
            "a string or an array of parts, unless the message has tool_calls, function_call, refusal or audio",
        )
        .with_hint("use \"\" for an empty answer, or drop the message"));
    }
    Ok(parts)
}

fn calls(fields: &Map<String, Value>, path: &str) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    if let Some(value) = read::optional(fields, "tool_calls") {
        let path = read::join(path, "tool_calls");
        let calls = value
            .as_array()
            .ok_or_else(|| read::wrong_type(value, &path, "an array of calls"))?;
        for (index, call) in calls.iter().enumerate() {
            parts.push(tool_call(call, &format!("{path}[{index}]"))?);
        }
    }
    if let Some(value) = read::optional(fields, "function_call") {
        let path = read::join(path, "function_call");
        let call = read::object(value, &path, "a call with `name` and `arguments`")?;
        parts.push(Part::ToolCall(function(call, &path, String::new())?));
    }
    Ok(parts)
}

fn tool_call(value: &Value, path: &str) -> Result<Part> {
    let call = read::object(value, path, "a call with `id` and `function`")?;
    // OpenAI wants an id; recorded calls of servers that know none are without.
    let id = read::optional_string(call, "id", path, "the call's id")?
        .unwrap_or_default()
        .to_owned();
    if let Some(custom) = read::optional(call, "custom") {
        let path = read::join(path, "custom");
        let custom = read::object(custom, &path, "a custom call with `name` and `input`")?;
        return Ok(Part::ToolCall(ToolCall {
            id,
            name: name(custom, &path)?,
            arguments: read::required_string(
                custom,
                "input",
                &path,
                "what the tool is given",
                "use \"\" for no input",
            )?
            .to_owned(),
        }));
    }
    let Some(callee) = read::optional(call, "function") else {
        return match read::optional(call, "type").and_then(Value::as_str) {
            None | Some("function") => Err(read::missing(
                "function",
                path,
                "an object with `name` and `arguments`",
                "repeat the call as the model made it",
            )),
            Some("custom") => Err(read::missing(
                "custom",
                path,
                "an object with `name` and `input`",
                "repeat the call as the model made it",
            )),
            Some(_) => Ok(Part::Opaque(value.clone())),
        };
    };
    let path = read::join(path, "function");
    let callee = read::object(callee, &path, "`name` and `arguments` of the call")?;
    Ok(Part::ToolCall(function(callee, &path, id)?))
}

fn function(call: &Map<String, Value>, path: &str, id: String) -> Result<ToolCall> {
    Ok(ToolCall {
        id,
        name: name(call, path)?,
        arguments: read::required_string(
            call,
            "arguments",
            path,
            "a JSON text",
            "pass the arguments as a string, as the model wrote them: JSON.stringify(arguments)",
        )?
        .to_owned(),
    })
}

fn name(fields: &Map<String, Value>, path: &str) -> Result<String> {
    read::required_string(
        fields,
        "name",
        path,
        "the tool's name",
        "repeat the name under which the tool is declared",
    )
    .map(str::to_owned)
}
