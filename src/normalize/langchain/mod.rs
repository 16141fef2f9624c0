//! LangChain messages: live (as `toJSON` writes them), stored, or plain. Shapes by `@langchain/core` 1.2 and
//! `langchain-core` 1.8.

mod blocks;
mod calls;
mod message;

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{declared, read};
use crate::conversation::{Conversation, Dialect, Message, Role, ToolChoice};
pub(super) use message::message;
use token_headroom_encoding::Result;

/// Puts the conversation together. `rest` must be an object: the state of a graph, or what a model is invoked with.
pub(super) fn conversation(rest: Value, messages: Vec<Arc<Message>>) -> Result<Conversation> {
    let body = read::object(&rest, "", "a body with `messages`")?;
    let first = |keys: &[&'static str]| {
        keys.iter()
            .find_map(|key| Some((*key, read::optional(body, key)?)))
    };
    let instructions = match first(&["systemMessage", "system_message", "systemPrompt", "system"]) {
        Some((key, value)) => Some(Arc::new(instructions(value, key)?)),
        None => None,
    };
    let tools = match read::optional(body, "tools") {
        Some(tools) => declared::tools(tools, "tools")?,
        None => Vec::new(),
    };
    let tool_choice = match first(&["tool_choice", "toolChoice"]) {
        Some((key, choice)) => declared::tool_choice(choice, key)?,
        None => ToolChoice::Free,
    };
    let mut output_cap = None;
    for key in ["max_completion_tokens", "max_tokens", "maxTokens"] {
        if output_cap.is_none() {
            output_cap = read::cap(body, key)?;
        }
    }
    Ok(Conversation {
        model: model(body),
        instructions,
        tools,
        tool_choice,
        output_cap,
        ..Conversation::new(Dialect::Langchain, rest.clone(), messages)
    })
}

/// A name, or a live model that knows its own.
fn model(body: &Map<String, Value>) -> Option<String> {
    let model = body.get("model").or_else(|| body.get("model_name"))?;
    let inside = || {
        ["model", "modelName", "model_name"]
            .into_iter()
            .find_map(|key| {
                model
                    .get(key)
                    .or_else(|| model.get("kwargs")?.get(key))?
                    .as_str()
            })
    };
    model.as_str().or_else(inside).map(str::to_owned)
}

/// A text, or a system message in any form.
fn instructions(value: &Value, path: &str) -> Result<Message> {
    let read = match value {
        Value::String(_) => message(
            serde_json::json!({ "type": "system", "content": value }),
            path,
        )?,
        other => message(other.clone(), path)?,
    };
    Ok(Message {
        role: Role::System,
        raw: value.clone(),
        ..read
    })
}
