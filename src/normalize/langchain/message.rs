//! LangChain: one message, whatever it is wrapped in.

use serde_json::{Map, Value};

use super::{blocks, calls};
use crate::conversation::{Dialect, Message, Part, Reasoning, Role};
use crate::normalize::read;
use token_headroom_encoding::{Code, Error, Result};

/// The types of messages, for hints.
const TYPES: &str = "human, ai, system, developer, tool, function or chat";

/// Normalises one message.
pub(in crate::normalize) fn message(raw: Value, path: &str) -> Result<Message> {
    let message = match &raw {
        // LangChain takes a bare text for what a human says.
        Value::String(said) => Message {
            role: Role::User,
            name: None,
            parts: vec![blocks::text(said)],
            dialect: Dialect::Langchain,
            raw: Value::Null,
        },
        Value::Array(pair) => tuple(pair, path)?,
        value => {
            let wrapped = read::object(value, path, "a message with `type` and `content`")?;
            let (kind, fields, place) = unwrap(wrapped, path)?;
            let key = ["lc", "type", "role"]
                .into_iter()
                .find(|key| wrapped.contains_key(*key));
            let said_at = match key {
                Some("lc") => read::join(path, "id"),
                key => read::join(path, key.unwrap_or("type")),
            };
            read_fields(kind, fields, &said_at, &place)?
        }
    };
    Ok(Message { raw, ..message })
}

/// `["human", "hi"]`.
fn tuple(pair: &[Value], path: &str) -> Result<Message> {
    let [Value::String(kind), content] = pair else {
        return Err(Error::new(
            Code::InvalidType,
            path,
            format!(
                "found an array of {}, expected a pair of type and content",
                pair.len()
            ),
        )
        .with_hint("write [\"human\", \"...\"]"));
    };
    let fields = Map::from_iter([("content".to_owned(), content.clone())]);
    read_fields(kind, &fields, &format!("{path}[0]"), path)
}

/// The type, the fields and their place, out of the wrapping of `toJSON`, of stored messages, or of none.
fn unwrap<'a>(
    wrapped: &'a Map<String, Value>,
    path: &str,
) -> Result<(&'a str, &'a Map<String, Value>, String)> {
    let text = |key: &str| wrapped.get(key).and_then(Value::as_str);
    if wrapped.contains_key("lc") {
        let class = wrapped.get("id").and_then(Value::as_array);
        let class = class.and_then(|id| id.last()?.as_str());
        return match (class, wrapped.get("kwargs")) {
            (Some(class), Some(Value::Object(fields))) => {
                Ok((class, fields, read::join(path, "kwargs")))
            }
            _ => Err(Error::new(
                Code::InvalidValue,
                path,
                "found a serialised value without `id` and `kwargs`, expected a message",
            )
            .with_hint(
                "pass the messages themselves, or mapChatMessagesToStoredMessages(messages)",
            )),
        };
    }
    if let (Some(kind), Some(Value::Object(fields))) = (text("type"), wrapped.get("data")) {
        return Ok((kind, fields, read::join(path, "data")));
    }
    let kind = text("type").or_else(|| text("role")).or_else(|| {
        // A live message whose class got lost on the way: the fields of two classes tell them.
        if wrapped.contains_key("tool_call_id") {
            Some("tool")
        } else if wrapped.contains_key("tool_calls") || wrapped.contains_key("invalid_tool_calls") {
            Some("ai")
        } else {
            None
        }
    });
    match kind {
        Some(kind) => Ok((kind, wrapped, path.to_owned())),
        None => Err(read::missing(
            "type",
            path,
            "a string (the type of message)",
            &format!("use one of {TYPES}"),
        )),
    }
}

/// By the name of the class, or by the short name of the type.
fn role(kind: &str, fields: &Map<String, Value>, path: &str) -> Result<Option<Role>> {
    let kind = kind.strip_suffix("Chunk").unwrap_or(kind);
    Ok(Some(match kind {
        "HumanMessage" | "human" | "user" => Role::User,
        "AIMessage" | "ai" | "assistant" => Role::Assistant,
        "SystemMessage" | "system" => {
            match fields
                .get("additional_kwargs")
                .and_then(|extra| extra.get("__openai_role__")?.as_str())
            {
                Some("developer") => Role::Developer,
                _ => Role::System,
            }
        }
        "DeveloperMessage" | "developer" => Role::Developer,
        "ToolMessage" | "tool" => Role::Tool,
        "FunctionMessage" | "function" => Role::Function,
        "ChatMessage" | "chat" | "generic" => match fields.get("role").and_then(Value::as_str) {
            Some("assistant" | "ai" | "model") => Role::Assistant,
            Some("system") => Role::System,
            Some("developer") => Role::Developer,
            _ => Role::User,
        },
        "RemoveMessage" | "remove" => return Ok(None),
        other => {
            return Err(Error::new(
                Code::UnknownRole,
                path,
                format!("found the type {other:?}, expected {TYPES}"),
            )
            .with_hint(format!("use one of {TYPES}")));
        }
    }))
}

fn read_fields(
    kind: &str,
    fields: &Map<String, Value>,
    said_at: &str,
    place: &str,
) -> Result<Message> {
    let role = role(kind, fields, said_at)?;
    let name = read::optional_string(fields, "name", place, "the participant's name")?;
    let parts = match role {
        // A note to the history, which is not sent.
        None => Vec::new(),
        Some(Role::Assistant) => assistant(fields, place)?,
        Some(Role::Tool | Role::Function) => vec![result(fields, name, role, place)?],
        Some(_) => content(fields, place)?,
    };
    let is_result = matches!(role, Some(Role::Tool));
    Ok(Message {
        role: role.unwrap_or(Role::User),
        name: name.filter(|_| !is_result).map(str::to_owned),
        parts,
        dialect: Dialect::Langchain,
        raw: Value::Null,
    })
}

/// `content`; the first version of stored messages calls it `text`.
fn content(fields: &Map<String, Value>, place: &str) -> Result<Vec<Part>> {
    let key = if fields.contains_key("content") {
        "content"
    } else {
        "text"
    };
    match fields.get(key) {
        None => Err(read::missing(
            "content",
            place,
            "a string or an array of blocks",
            "use \"\" for an empty message",
        )),
        Some(Value::Null) => Ok(Vec::new()),
        Some(value) => blocks::content(value, &read::join(place, key)),
    }
}

/// Content, thoughts that a provider's class keeps beside it, and calls.
fn assistant(fields: &Map<String, Value>, place: &str) -> Result<Vec<Part>> {
    let calls = calls::calls(fields, place)?;
    let mut parts = if fields.contains_key("content") || calls.is_empty() {
        content(fields, place)?
    } else {
        Vec::new()
    };
    let thoughts = fields
        .get("additional_kwargs")
        .and_then(|extra| extra.get("reasoning_content")?.as_str());
    if let Some(text) = thoughts {
        parts.push(Part::Reasoning(Reasoning {
            text: text.to_owned(),
            ..Reasoning::default()
        }));
    }
    // The same call as a block of the content and in `tool_calls` is sent once.
    let (named, unnamed): (Vec<&_>, Vec<&_>) = calls.iter().partition(|call| !call.id.is_empty());
    let ids: std::collections::HashSet<&str> = named.iter().map(|call| call.id.as_str()).collect();
    let names: std::collections::HashSet<&str> =
        unnamed.iter().map(|call| call.name.as_str()).collect();
    parts.retain(|part| match part {
        Part::ToolCall(call) if call.id.is_empty() => {
            !names.contains(call.name.as_str())
                && !named.iter().any(|listed| listed.name == call.name)
        }
        Part::ToolCall(call) => !ids.contains(call.id.as_str()),
        _ => true,
    });
    parts.extend(calls.into_iter().map(Part::ToolCall));
    Ok(parts)
}

fn result(
    fields: &Map<String, Value>,
    name: Option<&str>,
    role: Option<Role>,
    place: &str,
) -> Result<Part> {
    let call_id = if role == Some(Role::Function) {
        ""
    } else {
        read::required_string(
            fields,
            "tool_call_id",
            place,
            "the id of the call that is answered",
            "copy the `id` of the tool call",
        )?
    };
    Ok(Part::ToolResult {
        call_id: call_id.to_owned(),
        name: name.map(str::to_owned),
        parts: content(fields, place)?,
        is_error: fields.get("status").and_then(Value::as_str) == Some("error"),
    })
}
