//! AutoGen 0.2: messages like those of Chat Completions, with several results in one, and logs of group chats.

use serde_json::{Map, Value};

use super::Said;
use crate::conversation::{Detail, Image, Part, Role, ToolCall};
use crate::normalize::binary::{self, Data};
use crate::normalize::read;
use token_headroom_encoding::Result;

/// What is said.
pub(super) fn text(text: &str) -> Part {
    Part::Text {
        text: text.to_owned(),
        breakpoint: false,
    }
}

/// A message by its `role`. In logs of teams the role is the speaker's name: such a message reaches the model as said by a
/// user of that name, or by the model itself.
pub(super) fn said(fields: &Map<String, Value>, path: &str) -> Result<Said> {
    let role = read::optional_string(fields, "role", path, "who speaks")?;
    let name = read::optional_string(fields, "name", path, "the participant's name")?;
    let (role, name) = match role {
        Some("system") => (Role::System, name),
        Some("developer") => (Role::Developer, name),
        Some("assistant" | "agent" | "model") => (Role::Assistant, name),
        Some("tool") => (Role::Tool, None),
        Some("function") => (Role::Function, name),
        None | Some("user" | "human") => (Role::User, name),
        Some(speaker) => (Role::User, name.or(Some(speaker))),
    };
    // Of a message with `tool_responses` only these are sent.
    if let (Role::Tool, Some(Value::Array(responses))) = (role, fields.get("tool_responses")) {
        let path = read::join(path, "tool_responses");
        let parts = read::parts(responses, &path, &response)?;
        return Ok(Said {
            role,
            name: None,
            parts,
        });
    }
    let mut parts = match role {
        Role::Tool => vec![result(fields, path)?],
        Role::Function => vec![Part::ToolResult {
            call_id: String::new(),
            name: name.map(str::to_owned),
            parts: content(fields, path)?,
            is_error: false,
        }],
        _ => content(fields, path)?,
    };
    if role == Role::Assistant {
        calls(fields, path, &mut parts)?;
    }
    if let Some(Value::Array(responses)) = fields.get("tool_responses") {
        let path = read::join(path, "tool_responses");
        parts.extend(read::parts(responses, &path, &response)?);
    }
    Ok(Said {
        role,
        name: name.map(str::to_owned),
        parts,
    })
}

fn response(value: &Value, path: &str) -> Result<Part> {
    result(
        read::object(value, path, "a result with `tool_call_id`")?,
        path,
    )
}

fn result(fields: &Map<String, Value>, path: &str) -> Result<Part> {
    let call_id = read::optional_string(fields, "tool_call_id", path, "the call's id")?;
    Ok(Part::ToolResult {
        call_id: call_id.unwrap_or_default().to_owned(),
        name: None,
        parts: content(fields, path)?,
        is_error: false,
    })
}

/// A text, parts as Chat Completions has them, or nothing.
fn content(fields: &Map<String, Value>, path: &str) -> Result<Vec<Part>> {
    let path = read::join(path, "content");
    match read::optional(fields, "content") {
        None => Ok(Vec::new()),
        Some(Value::String(said)) => Ok(vec![text(said)]),
        Some(Value::Array(parts)) => read::parts(parts, &path, &part),
        // Before a message is sent, a dict is taken apart; what is left is written as JSON.
        Some(Value::Object(said)) => Ok(match said.get("content").and_then(Value::as_str) {
            Some(said) => vec![text(said)],
            None => vec![Part::Opaque(Value::Object(said.clone()))],
        }),
        Some(other) => Err(read::wrong_type(
            other,
            &path,
            "a string, an array of parts or null",
        )),
    }
}

fn part(value: &Value, path: &str) -> Result<Part> {
    if let Value::String(said) = value {
        return Ok(text(said));
    }
    let fields = read::object(value, path, "a content part with `type`")?;
    Ok(match fields.get("type").and_then(Value::as_str) {
        Some("text") => {
            let hint = "use \"\" for no text";
            text(read::required_string(
                fields,
                "text",
                path,
                "what is said",
                hint,
            )?)
        }
        Some("image_url") => {
            let given = fields.get("image_url");
            let url = given.and_then(|given| given.get("url")).or(given);
            let low = given.and_then(|given| given.get("detail")?.as_str()) == Some("low");
            match binary::part("image", &url.map_or(Data::Remote, Data::of), None) {
                Part::Image(image) if low => Part::Image(Image {
                    detail: Detail::Low,
                    ..image
                }),
                other => other,
            }
        }
        _ => Part::Opaque(value.clone()),
    })
}

fn calls(fields: &Map<String, Value>, path: &str, parts: &mut Vec<Part>) -> Result<()> {
    if let Some(value) = read::optional(fields, "tool_calls") {
        let path = read::join(path, "tool_calls");
        let calls = value
            .as_array()
            .ok_or_else(|| read::wrong_type(value, &path, "an array of calls"))?;
        parts.extend(read::parts(calls, &path, &|value, path| {
            let fields = read::object(value, path, "a call with `id` and `function`")?;
            call(fields, path).map(Part::ToolCall)
        })?);
    }
    if let Some(value) = read::optional(fields, "function_call") {
        let path = read::join(path, "function_call");
        let fields = read::object(value, &path, "a call with `name` and `arguments`")?;
        parts.push(Part::ToolCall(ToolCall {
            id: String::new(),
            ..call(fields, &path)?
        }));
    }
    Ok(())
}

/// A call as Chat Completions has it, or as AutoGen 0.4 does: `id`, `name` and `arguments` side by side.
pub(super) fn call(outer: &Map<String, Value>, path: &str) -> Result<ToolCall> {
    let (fields, path) = match outer.get("function") {
        Some(Value::Object(callee)) => (callee, read::join(path, "function")),
        _ => (outer, path.to_owned()),
    };
    let id = outer.get("id").and_then(Value::as_str);
    let arguments = read::optional(fields, "arguments");
    Ok(ToolCall {
        id: id.unwrap_or_default().to_owned(),
        name: read::required_string(
            fields,
            "name",
            &path,
            "the tool's name",
            "repeat the name under which the tool is declared",
        )?
        .to_owned(),
        arguments: arguments.map_or_else(String::new, read::json_text),
    })
}
