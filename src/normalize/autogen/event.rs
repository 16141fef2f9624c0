//! AutoGen 0.4: what agents say, what happens in them, and the messages of their models.
//!
//! An agent shows others its chat messages, which they pass to their models as a user's; its own model is shown what it
//! said, called and got back. Of a log of both, the calls and results of an agent are read as its own model sees them, and
//! what the source `user` says as a user's. Events that no model is shown are empty.

use serde_json::{Map, Value};

use super::{Said, chat};
use crate::conversation::{Part, Reasoning, Role};
use crate::normalize::binary::{self, Data};
use crate::normalize::read;
use token_headroom_encoding::Result;

/// Whether a message is one of version 0.4: by its `type`, or by a source without a role.
pub(super) fn is_event(fields: &Map<String, Value>) -> bool {
    !fields.contains_key("role")
        && (fields.contains_key("source") || fields.get("type").is_some_and(Value::is_string))
}

/// What a model is shown of a message or an event.
pub(super) fn said(fields: &Map<String, Value>, path: &str) -> Result<Said> {
    let kind = fields.get("type").and_then(Value::as_str);
    let source = read::optional_string(fields, "source", path, "who speaks")?;
    let user = |parts| Said {
        role: Role::User,
        name: source.map(str::to_owned),
        parts,
    };
    // `autogen-ext` sends the name of a user and of no one else.
    let by = |role, parts| Said {
        role,
        name: None,
        parts,
    };
    Ok(match kind {
        Some("SystemMessage") => by(Role::System, content(fields, path)?),
        Some("UserMessage") => user(content(fields, path)?),
        Some("AssistantMessage") => by(Role::Assistant, assistant(fields, path)?),
        Some(
            "FunctionExecutionResultMessage" | "ToolCallExecutionEvent" | "ToolCallResultMessage",
        ) => by(Role::Tool, results(fields, path)?),
        Some("ToolCallRequestEvent" | "ToolCallMessage") => {
            by(Role::Assistant, calls(fields, path)?)
        }
        // The thought beside calls is sent as their text.
        Some("ThoughtEvent" | "CodeGenerationEvent") => by(Role::Assistant, content(fields, path)?),
        Some("CodeExecutionEvent") => user(execution(fields)),
        // Memories are put before the model as instructions.
        Some("MemoryQueryEvent") => by(Role::System, memories(fields)),
        Some(
            "ModelClientStreamingChunkEvent"
            | "UserInputRequestedEvent"
            | "SelectSpeakerEvent"
            | "SelectorEvent",
        ) => by(Role::Assistant, Vec::new()),
        Some("ToolCallSummaryMessage" | "HandoffMessage" | "StopMessage") => {
            user(content(fields, path)?)
        }
        _ if source == Some("user") => user(content(fields, path)?),
        _ => by(Role::Assistant, content(fields, path)?),
    })
}

/// A text; texts and media; or a structure, which is sent as JSON.
fn content(fields: &Map<String, Value>, path: &str) -> Result<Vec<Part>> {
    let path = read::join(path, "content");
    match fields.get("content") {
        None => Err(read::missing(
            "content",
            path.strip_suffix(".content").unwrap_or(""),
            "a string or an array",
            "use \"\" for an empty message",
        )),
        Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(said)) => Ok(vec![chat::text(said)]),
        Some(Value::Array(items)) => Ok(items.iter().map(item).collect()),
        Some(Value::Object(_)) => Ok(vec![chat::text(
            &fields
                .get("content")
                .map(read::json_text)
                .unwrap_or_default(),
        )]),
        Some(other) => Err(read::wrong_type(
            other,
            &path,
            "a string, an array or an object",
        )),
    }
}

/// A text (sent as a picture when it is a web address), a picture `{ data }`, or a file `{ filename, data, mime_type }`.
fn item(value: &Value) -> Part {
    if let Some(said) = value.as_str() {
        return if said.starts_with("http://") || said.starts_with("https://") {
            binary::part("image", &Data::Remote, None)
        } else {
            chat::text(said)
        };
    }
    let text = |key| value.get(key).and_then(Value::as_str);
    match value.get("data") {
        Some(data) => binary::part(
            text("mime_type").unwrap_or(if text("filename").is_some() {
                "file"
            } else {
                "image"
            }),
            &Data::of(data),
            text("filename"),
        ),
        None => Part::Opaque(value.clone()),
    }
}

/// A text, or calls; a thought beside calls is sent as their text, one beside a text is not sent to most providers.
fn assistant(fields: &Map<String, Value>, path: &str) -> Result<Vec<Part>> {
    let thought = read::optional_string(fields, "thought", path, "what was thought")?;
    let has_calls = fields.get("content").is_some_and(Value::is_array);
    let mut parts = Vec::new();
    match thought {
        Some(thought) if has_calls => parts.push(chat::text(thought)),
        Some(thought) => parts.push(Part::Reasoning(Reasoning {
            text: thought.to_owned(),
            ..Reasoning::default()
        })),
        None => {}
    }
    parts.extend(if has_calls {
        calls(fields, path)?
    } else {
        content(fields, path)?
    });
    Ok(parts)
}

fn calls(fields: &Map<String, Value>, path: &str) -> Result<Vec<Part>> {
    list(fields, path, "an array of calls", |fields, path| {
        chat::call(fields, path).map(Part::ToolCall)
    })
}

fn results(fields: &Map<String, Value>, path: &str) -> Result<Vec<Part>> {
    list(fields, path, "an array of results", |fields, path| {
        let text = |key| read::optional_string(fields, key, path, "a part of the result");
        Ok(Part::ToolResult {
            call_id: text("call_id")?.unwrap_or_default().to_owned(),
            name: text("name")?.map(str::to_owned),
            parts: content(fields, path)?,
            is_error: fields.get("is_error").and_then(Value::as_bool) == Some(true),
        })
    })
}

fn list(
    fields: &Map<String, Value>,
    path: &str,
    expected: &str,
    one: fn(&Map<String, Value>, &str) -> Result<Part>,
) -> Result<Vec<Part>> {
    let path = read::join(path, "content");
    let items = fields.get("content").unwrap_or(&Value::Null);
    let items = items
        .as_array()
        .ok_or_else(|| read::wrong_type(items, &path, expected))?;
    read::parts(items, &path, &|value, path| {
        one(read::object(value, path, "a call or its result")?, path)
    })
}

/// What a program printed.
fn execution(fields: &Map<String, Value>) -> Vec<Part> {
    let result = fields.get("result");
    let output = result.and_then(|result| result.get("output")).or(result);
    output
        .map(|output| chat::text(&read::json_text(output)))
        .into_iter()
        .collect()
}

fn memories(fields: &Map<String, Value>) -> Vec<Part> {
    let memories = fields.get("content").and_then(Value::as_array);
    memories
        .into_iter()
        .flatten()
        .map(|memory| match memory.get("content") {
            Some(said) => chat::text(&read::json_text(said)),
            None => Part::Opaque(memory.clone()),
        })
        .collect()
}
