//! Vercel AI SDK: `ModelMessage[]` of versions 5 to 7, `CoreMessage[]` of version 4, and the prompts that language models
//! of the provider specifications V1 to V4 are called with. Shapes by `@ai-sdk/provider` 4.0 and `@ai-sdk/provider-utils`.

mod message;
mod output;
mod parts;

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{declared, read};
use crate::conversation::{
    Conversation, Dialect, Message, ResponseFormat, Role, Thinking, ToolChoice,
};
use crate::json;
pub(super) use message::message;
use token_headroom_encoding::Result;

/// Puts the conversation together. `rest` must be an object: the call options without the prompt.
pub(super) fn conversation(rest: Value, messages: Vec<Arc<Message>>) -> Result<Conversation> {
    let body = read::object(&rest, "", "call options")?;
    let instructions = match ["system", "instructions"]
        .into_iter()
        .find_map(|key| Some((key, read::optional(body, key)?)))
    {
        Some((key, value)) => Some(Arc::new(instructions(value, key)?)),
        None => None,
    };
    // Version 1 of the specification keeps tools in `mode`.
    let mode = body.get("mode").and_then(Value::as_object);
    let option =
        |key| read::optional(body, key).or_else(|| mode.and_then(|mode| read::optional(mode, key)));
    let tools = match option("tools") {
        Some(tools) => declared::tools(tools, "tools")?,
        None => Vec::new(),
    };
    let tool_choice = match option("toolChoice") {
        Some(choice) => declared::tool_choice(choice, "toolChoice")?,
        None => ToolChoice::Free,
    };
    let output_cap = match read::cap(body, "maxOutputTokens")? {
        None => read::cap(body, "maxTokens")?,
        some => some,
    };
    Ok(Conversation {
        model: model(body),
        instructions,
        tools,
        tool_choice,
        response_format: response_format(body)?,
        thinking: thinking(body),
        output_cap,
        ..Conversation::new(Dialect::AiSdk, rest.clone(), messages)
    })
}

/// A name, or a live model that knows its own.
fn model(body: &Map<String, Value>) -> Option<String> {
    let model = body.get("model")?;
    let name = model.as_str().or_else(|| model.get("modelId")?.as_str())?;
    Some(name.to_owned())
}

/// A text, a system message, or several.
fn instructions(value: &Value, path: &str) -> Result<Message> {
    let one = |value: &Value, path: &str| -> Result<Message> {
        match value {
            Value::String(_) => {
                let fields = vec![("role", "system".into()), ("content", value.clone())];
                message(json::object(fields), path)
            }
            other => message(other.clone(), path),
        }
    };
    let parts = match value {
        Value::Array(messages) => {
            let mut parts = Vec::new();
            for (index, message) in messages.iter().enumerate() {
                parts.extend(one(message, &format!("{path}[{index}]"))?.parts);
            }
            parts
        }
        other => one(other, path)?.parts,
    };
    Ok(Message {
        role: Role::System,
        name: None,
        parts,
        dialect: Dialect::AiSdk,
        raw: value.clone(),
    })
}

fn response_format(body: &Map<String, Value>) -> Result<ResponseFormat> {
    let Some(value) = read::optional(body, "responseFormat") else {
        return Ok(ResponseFormat::Text);
    };
    let fields = read::object(value, "responseFormat", "a format with `type`")?;
    let text = |key| fields.get(key).and_then(Value::as_str);
    Ok(match (text("type"), read::optional(fields, "schema")) {
        // Providers call a schema without a name `response`.
        (Some("json"), Some(schema)) => ResponseFormat::JsonSchema {
            name: text("name").unwrap_or("response").to_owned(),
            description: text("description").map(str::to_owned),
            schema: schema.clone(),
        },
        (Some("json"), None) => ResponseFormat::JsonObject,
        _ => ResponseFormat::Text,
    })
}

/// By the common option of specification V4, else by what is passed on to the provider.
fn thinking(body: &Map<String, Value>) -> Thinking {
    match body.get("reasoning").and_then(Value::as_str) {
        Some("none") => return Thinking::Disabled,
        None | Some("provider-default") => {}
        Some(_) => return Thinking::Enabled,
    }
    let passed_on = body
        .get("providerOptions")
        .or_else(|| body.get("providerMetadata"))
        .and_then(|options| options.pointer("/anthropic/thinking/type"));
    match passed_on.and_then(Value::as_str) {
        Some("disabled") => Thinking::Disabled,
        Some("enabled") => Thinking::Enabled,
        Some("adaptive") => Thinking::Adaptive,
        _ => Thinking::Unsaid,
    }
}
