//! Ollama, `POST /api/chat`: arguments as objects, pictures beside the text, thoughts, results by the tool's name.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{openai_chat, read};
use crate::conversation::{
    Conversation, Detail, Dialect, Image, Message, Part, Reasoning, ResponseFormat, Role, Thinking,
    ToolCall,
};
use crate::json;
use crate::media;
use token_headroom_encoding::{Code, Error, Result};

/// The roles of the dialect, for hints.
const ROLES: &str = "system, user, assistant or tool";

/// Normalises one entry.
pub(super) fn message(raw: Value, path: &str) -> Result<Message> {
    let fields = read::object(&raw, path, "a message with `role` and `content`")?;
    let hint = format!("use one of {ROLES}");
    let role = match read::required_string(fields, "role", path, "who speaks", &hint)? {
        "system" | "developer" => Role::System,
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "tool" => Role::Tool,
        other => {
            let place = read::join(path, "role");
            let message = format!("found the role {other:?}, expected {ROLES}");
            return Err(Error::new(Code::UnknownRole, place, message).with_hint(hint));
        }
    };
    let mut parts = content(fields, path)?;
    parts.extend(pictures(fields, path)?);
    if role == Role::Tool {
        let name = ["tool_name", "name"]
            .iter()
            .find_map(|key| fields.get(*key)?.as_str());
        let id = read::optional_string(fields, "tool_call_id", path, "the id of the call")?;
        parts = vec![Part::ToolResult {
            call_id: id.unwrap_or_default().to_owned(),
            name: name.map(str::to_owned),
            parts,
            is_error: false,
        }];
    }
    if let Some(thoughts) = read::optional_string(fields, "thinking", path, "thoughts")? {
        parts.push(Part::Reasoning(Reasoning {
            text: thoughts.to_owned(),
            ..Reasoning::default()
        }));
    }
    parts.extend(calls(fields, path)?);
    Ok(Message {
        role,
        name: None,
        parts,
        dialect: Dialect::Ollama,
        raw,
    })
}

/// Content is a text here; a list of parts is taken as in Chat.
fn content(fields: &Map<String, Value>, path: &str) -> Result<Vec<Part>> {
    match read::optional(fields, "content") {
        Some(value) => openai_chat::content_parts(value, &read::join(path, "content")),
        None => Ok(Vec::new()),
    }
}

/// Pictures in base64, without a data URL around them.
pub(super) fn pictures(fields: &Map<String, Value>, path: &str) -> Result<Vec<Part>> {
    let Some(value) = read::optional(fields, "images") else {
        return Ok(Vec::new());
    };
    let path = read::join(path, "images");
    let pictures = value
        .as_array()
        .ok_or_else(|| read::wrong_type(value, &path, "an array of pictures in base64"))?;
    let picture = |(index, value): (usize, &Value)| {
        let place = format!("{path}[{index}]");
        let data = read::string(value, &place, "a picture in base64")?;
        let size = if data.starts_with("data:") {
            media::image_size(data)
        } else {
            media::image_size(&format!("data:image;base64,{data}"))
        };
        Ok(Part::Image(Image {
            size,
            detail: Detail::Auto,
        }))
    };
    pictures.iter().enumerate().map(picture).collect()
}

fn calls(fields: &Map<String, Value>, path: &str) -> Result<Vec<Part>> {
    let Some(value) = read::optional(fields, "tool_calls") else {
        return Ok(Vec::new());
    };
    let path = read::join(path, "tool_calls");
    let calls = value
        .as_array()
        .ok_or_else(|| read::wrong_type(value, &path, "an array of calls"))?;
    let call = |(index, call): (usize, &Value)| {
        let place = format!("{path}[{index}]");
        let call = read::object(call, &place, "a call with `function`")?;
        let hint = "repeat the call as the model made it";
        let Some(callee) = read::optional(call, "function") else {
            let expected = "an object with `name` and `arguments`";
            return Err(read::missing("function", &place, expected, hint));
        };
        let at = read::join(&place, "function");
        let callee = read::object(callee, &at, "`name` and `arguments` of the call")?;
        let name = read::required_string(callee, "name", &at, "the tool's name", hint)?;
        let id = read::optional_string(call, "id", &place, "the call's id")?;
        Ok(Part::ToolCall(ToolCall {
            id: id.unwrap_or_default().to_owned(),
            name: name.to_owned(),
            arguments: match callee.get("arguments") {
                None | Some(Value::Null) => "{}".to_owned(),
                Some(Value::String(text)) => text.clone(),
                Some(arguments) => json::compact(arguments),
            },
        }))
    };
    calls.iter().enumerate().map(call).collect()
}

/// Puts the conversation together. `rest` must be an object.
pub(super) fn conversation(rest: Value, messages: Vec<Arc<Message>>) -> Result<Conversation> {
    let body = read::object(&rest, "", "a request body")?;
    let model = read::optional_string(body, "model", "", "the model's name")?.map(str::to_owned);
    let tools = openai_chat::tools(body)?;
    let output_cap = output_cap(body)?;
    Ok(Conversation {
        model,
        tools,
        response_format: format(body),
        thinking: match body.get("think") {
            Some(Value::Bool(false)) => Thinking::Disabled,
            Some(Value::Bool(true) | Value::String(_)) => Thinking::Enabled,
            _ => Thinking::Unsaid,
        },
        output_cap,
        ..Conversation::new(Dialect::Ollama, rest.clone(), messages)
    })
}

/// `options.num_predict`; negative numbers lift the cap.
pub(super) fn output_cap(body: &Map<String, Value>) -> Result<Option<u32>> {
    let Some(Value::Object(options)) = read::optional(body, "options") else {
        return Ok(None);
    };
    if options
        .get("num_predict")
        .and_then(Value::as_f64)
        .is_some_and(|cap| cap < 0.0)
    {
        return Ok(None);
    }
    read::cap(options, "num_predict").map_err(|error| Error {
        path: format!("options.{}", error.path),
        ..error
    })
}

/// `format`: `"json"`, or a schema. An empty text is no format.
pub(super) fn format(body: &Map<String, Value>) -> ResponseFormat {
    match body.get("format") {
        Some(Value::String(kind)) if !kind.is_empty() => ResponseFormat::JsonObject,
        Some(schema @ Value::Object(_)) => ResponseFormat::JsonSchema {
            name: String::new(),
            description: None,
            schema: schema.clone(),
        },
        _ => ResponseFormat::Text,
    }
}
