//! Anthropic Messages and `count_tokens`: the body around the messages.
//!
//! Bodies for Bedrock `InvokeModel` and Vertex, which carry `anthropic_version` instead of a model, are the same.

mod blocks;
mod message;
mod sources;
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
    let model = read::optional_string(body, "model", "", "the model's name")?.map(str::to_owned);
    let (tool_choice, parallel_tool_calls) = tools::tool_choice(body)?;
    let tools = tools::tools(body)?;
    Ok(Conversation {
        model,
        instructions: instructions(body)?,
        tools,
        tool_choice,
        parallel_tool_calls,
        response_format: tools::response_format(body)?,
        thinking: thinking(body)?,
        output_cap: read::cap(body, "max_tokens")?,
        warnings: warnings(&rest, &messages),
        ..Conversation::new(Dialect::Anthropic, rest.clone(), messages)
    })
}

/// `system`: a string or blocks of text.
fn instructions(body: &Map<String, Value>) -> Result<Option<Arc<Message>>> {
    let Some(value) = read::optional(body, "system") else {
        return Ok(None);
    };
    Ok(Some(Arc::new(Message {
        role: Role::System,
        name: None,
        parts: blocks::content(value, "system")?,
        dialect: Dialect::Anthropic,
        raw: value.clone(),
    })))
}

/// `thinking`: an object with `type`. A kind that is not known says nothing.
fn thinking(body: &Map<String, Value>) -> Result<Thinking> {
    let Some(value) = read::optional(body, "thinking") else {
        return Ok(Thinking::Unsaid);
    };
    let hint = "write { \"type\": \"enabled\", \"budget_tokens\": 2048 }, { \"type\": \"adaptive\" } or { \"type\": \"disabled\" }";
    let fields = read::object(value, "thinking", "`type` of thinking")
        .map_err(|error| error.with_hint(hint))?;
    let kind = read::required_string(fields, "type", "thinking", "whether to think", hint)?;
    Ok(match kind {
        "enabled" => Thinking::Enabled,
        "adaptive" => Thinking::Adaptive,
        "disabled" => Thinking::Disabled,
        _ => Thinking::Unsaid,
    })
}

/// What the body brings into the prompt without showing it.
fn warnings(rest: &Value, messages: &[Arc<Message>]) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |code: &str, path: String, message: &str| {
        warnings.push(Warning {
            code: code.to_owned(),
            path,
            message: message.to_owned(),
        });
    };
    let has = |key: &str| rest.get(key).is_some_and(|value| !value.is_null());
    if has("mcp_servers") {
        warn(
            "server_tool",
            "mcp_servers".to_owned(),
            "the servers' tools are declared on the provider's side; their number and size cannot be read from the request",
        );
    }
    if has("container") {
        warn(
            "server_history",
            "container".to_owned(),
            "what a container and its skills add to the prompt cannot be read from the request",
        );
    }
    if has("context_management") {
        warn(
            "server_history",
            "context_management".to_owned(),
            "the provider may clear or compact earlier turns before it counts",
        );
    }
    for (path, format) in [
        (
            "output_config.format",
            rest.pointer("/output_config/format"),
        ),
        ("output_format", rest.get("output_format")),
    ] {
        let kind = format.and_then(|format| format.get("type"));
        if kind.is_some_and(|kind| kind != "json_schema") {
            warn(
                "unknown_format",
                path.to_owned(),
                "what the provider counts for this kind of format is not on record",
            );
        }
    }
    for (index, message) in messages.iter().enumerate() {
        for (place, code, text) in sources::unseen(message) {
            warn(code, format!("messages[{index}].content[{place}]"), text);
        }
    }
    warnings
}
