//! OpenAI Responses: the body around the items.

mod calls;
mod content;
mod doubts;
mod item;
mod tools;

use std::sync::Arc;

use serde_json::{Map, Value};

use super::read;
use crate::conversation::{Conversation, Dialect, Message, Part, Role, Thinking};
pub(super) use item::message;
use token_headroom_encoding::Result;

/// Puts the conversation together. `rest` must be an object.
pub(super) fn conversation(rest: Value, messages: Vec<Arc<Message>>) -> Result<Conversation> {
    let body = read::object(&rest, "", "a request body")?;
    let model = read::optional_string(body, "model", "", "the model's name")?.map(str::to_owned);
    let tools = tools::tools(body)?;
    let tool_choice = tools::tool_choice(body)?;
    let response_format = tools::response_format(body)?;
    let parallel_tool_calls = read::optional_switch(body, "parallel_tool_calls")?;
    let mut conversation = Conversation {
        model,
        instructions: instructions(body)?,
        tools,
        tool_choice,
        parallel_tool_calls,
        response_format,
        thinking: thinking(body)?,
        output_cap: read::cap(body, "max_output_tokens")?,
        ..Conversation::new(Dialect::OpenaiResponses, rest.clone(), messages)
    };
    conversation.warnings = doubts::warnings(&conversation);
    Ok(conversation)
}

/// `instructions`; an empty text is none, as recorded usage has it.
fn instructions(body: &Map<String, Value>) -> Result<Option<Arc<Message>>> {
    let Some(value) = read::optional(body, "instructions") else {
        return Ok(None);
    };
    let text = read::string(value, "instructions", "what the model is told")
        .map_err(|error| error.with_hint("move messages to `input`; `instructions` is a text"))?;
    Ok((!text.is_empty()).then(|| {
        Arc::new(Message {
            role: Role::System,
            name: None,
            parts: vec![Part::Text {
                text: text.to_owned(),
                breakpoint: false,
            }],
            dialect: Dialect::OpenaiResponses,
            raw: value.clone(),
        })
    }))
}

fn thinking(body: &Map<String, Value>) -> Result<Thinking> {
    let Some(value) = read::optional(body, "reasoning") else {
        return Ok(Thinking::Unsaid);
    };
    let fields = read::object(value, "reasoning", "how to reason, such as `effort`")?;
    Ok(
        match read::optional(fields, "effort").and_then(Value::as_str) {
            None => Thinking::Unsaid,
            Some("none") => Thinking::Disabled,
            Some(_) => Thinking::Enabled,
        },
    )
}
