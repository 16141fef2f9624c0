//! Gemini `generateContent` and `countTokens`: the body around the contents.
//!
//! The API parses its JSON as protocol buffers, so that every key may be in camel or in snake case; the SDKs also take a
//! single content, a bare part or a text where the API has a list of contents, and collect all settings in `config`.

mod fields;
mod message;
mod parts;
mod settings;
mod tools;
mod warnings;

use std::sync::Arc;

use serde_json::{Map, Value};

use super::read;
use crate::conversation::{Conversation, Dialect, Message, Role};
pub(crate) use fields::generation_setting;
use fields::{either, setting};
pub(super) use message::message;
pub(crate) use parts::resolution;
use token_headroom_encoding::Result;

/// The request inside a `countTokens` body.
const NESTED: [&str; 2] = ["generateContentRequest", "generate_content_request"];

/// Whether `body` is a `countTokens` body around a whole request.
pub(super) fn is_nested(body: &Map<String, Value>) -> bool {
    either(body, NESTED).is_some_and(|(_, request)| request.get("contents").is_some())
}

/// Puts the conversation together. `rest` must be an object.
pub(super) fn conversation(rest: Value, messages: Vec<Arc<Message>>) -> Result<Conversation> {
    let body = read::object(&rest, "", "a request body")?;
    let Some((key, request)) = either(body, NESTED) else {
        return of_body(body, "", rest.clone(), messages);
    };
    let request = read::object(request, key, "a request with `contents`")?;
    let messages = if messages.is_empty() {
        contents(request, key)?
    } else {
        messages
    };
    of_body(request, key, rest.clone(), messages)
}

/// The contents of a nested request.
fn contents(request: &Map<String, Value>, path: &str) -> Result<Vec<Arc<Message>>> {
    let path = read::join(path, "contents");
    let one = |value: &Value, path: &str| message(value.clone(), path).map(Arc::new);
    match request.get("contents") {
        Some(Value::Array(list)) => list
            .iter()
            .enumerate()
            .map(|(index, value)| one(value, &format!("{path}[{index}]")))
            .collect(),
        Some(value) => Ok(vec![one(value, &path)?]),
        None => Ok(Vec::new()),
    }
}

fn of_body(
    body: &Map<String, Value>,
    path: &str,
    rest: Value,
    messages: Vec<Arc<Message>>,
) -> Result<Conversation> {
    if read::optional(body, "previous_interaction_id").is_some() {
        let path = read::join(path, "previous_interaction_id");
        return Err(message::interaction(
            &path,
            "a history that the provider keeps,",
        ));
    }
    let model = read::optional_string(body, "model", path, "the model's name")?.map(str::to_owned);
    let instructions = setting(body, ["systemInstruction", "system_instruction"])
        .map(|(key, value)| instructions(value, &read::join(path, key)))
        .transpose()?;
    let tools = tools::tools(body, path)?;
    let mut conversation = Conversation {
        model,
        instructions: instructions.map(Arc::new),
        tools,
        tool_choice: tools::tool_choice(body, path)?,
        response_format: settings::response_format(body, path)?,
        thinking: settings::thinking(body),
        output_cap: settings::output_cap(body, path)?,
        ..Conversation::new(Dialect::Gemini, rest.clone(), messages)
    };
    conversation.warnings = warnings::warnings(body, &conversation);
    Ok(conversation)
}

/// Instructions: a content, whose role the API ignores, or a text.
fn instructions(value: &Value, path: &str) -> Result<Message> {
    let parts = match value {
        Value::Object(fields) if fields.contains_key("parts") => parts::parts(
            value.get("parts").unwrap_or(&Value::Null),
            &read::join(path, "parts"),
        )?,
        // A content of an earlier proto: a role alone says nothing.
        Value::Object(fields) if fields.keys().all(|key| key == "role") => Vec::new(),
        other => parts::parts(other, path)?,
    };
    Ok(Message {
        role: Role::System,
        name: None,
        parts,
        dialect: Dialect::Gemini,
        raw: value.clone(),
    })
}
