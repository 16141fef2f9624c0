//! Bedrock `Converse` and `ConverseStream`: the body around the messages.

mod blocks;
mod media_source;
mod message;
mod tools;

use std::sync::Arc;

use serde_json::{Map, Value};

use super::read;
use crate::conversation::{Conversation, Dialect, Message, Role, Thinking, Warning};
pub(super) use message::message;
use token_headroom_encoding::Result;

/// Puts the conversation together. `rest` must be an object.
pub(super) fn conversation(rest: Value, messages: Vec<Arc<Message>>) -> Result<Conversation> {
    let body = read::object(&rest, "", "a request body")?;
    let model = read::optional_string(body, "modelId", "", "the model's id")?.map(str::to_owned);
    let (tools, tool_choice) = tools::tool_config(body)?;
    let output_cap = match read::optional(body, "inferenceConfig") {
        None => None,
        Some(value) => {
            let fields = read::object(value, "inferenceConfig", "`maxTokens` of the answer")?;
            read::cap(fields, "maxTokens").map_err(|error| token_headroom_encoding::Error {
                path: "inferenceConfig.maxTokens".to_owned(),
                ..error
            })?
        }
    };
    Ok(Conversation {
        model,
        instructions: instructions(body)?,
        tools,
        tool_choice,
        parallel_tool_calls: parallel(body),
        response_format: tools::response_format(body)?,
        thinking: thinking(body),
        output_cap,
        warnings: warnings(&messages),
        ..Conversation::new(Dialect::BedrockConverse, rest.clone(), messages)
    })
}

/// `system`: blocks of text, cache points and guarded content.
fn instructions(body: &Map<String, Value>) -> Result<Option<Arc<Message>>> {
    let Some(value) = read::optional(body, "system") else {
        return Ok(None);
    };
    let parts = blocks::blocks(value, "system")?;
    if parts.is_empty() {
        return Ok(None);
    }
    Ok(Some(Arc::new(Message {
        role: Role::System,
        name: None,
        parts,
        dialect: Dialect::BedrockConverse,
        raw: value.clone(),
    })))
}

/// A field that is handed on to the model as it is.
fn handed_on<'a>(body: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    body.get("additionalModelRequestFields")?
        .get(key)
        .filter(|value| !value.is_null())
}

/// Thinking is switched by a field of the model's own: `thinking` or `reasoning_config`.
fn thinking(body: &Map<String, Value>) -> Thinking {
    let switch = handed_on(body, "thinking").or_else(|| handed_on(body, "reasoning_config"));
    match switch
        .and_then(|switch| switch.get("type"))
        .and_then(Value::as_str)
    {
        Some("enabled") => Thinking::Enabled,
        Some("adaptive") => Thinking::Adaptive,
        Some("disabled") => Thinking::Disabled,
        _ => Thinking::Unsaid,
    }
}

/// Claude's `tool_choice.disable_parallel_tool_use`, handed on.
fn parallel(body: &Map<String, Value>) -> Option<bool> {
    let one = handed_on(body, "tool_choice")?.get("disable_parallel_tool_use")?;
    one.as_bool().map(|one| !one)
}

/// What is sealed, or elsewhere.
fn warnings(messages: &[Arc<Message>]) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let blocks = message.raw.get("content").and_then(Value::as_array);
        for (place, block) in blocks.into_iter().flatten().enumerate() {
            let Some((code, text)) = blocks::unseen(block) else {
                continue;
            };
            warnings.push(Warning {
                code: code.to_owned(),
                path: format!("messages[{index}].content[{place}]"),
                message: text.to_owned(),
            });
        }
    }
    warnings
}
