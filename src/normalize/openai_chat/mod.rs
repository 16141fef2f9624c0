//! OpenAI Chat Completions: the body around the messages.

mod hosts;
mod message;
mod parts;
mod tools;

use std::sync::Arc;

use serde_json::Value;

use super::read;
use crate::conversation::{Conversation, Dialect, Message};
pub(super) use message::message;
pub(super) use parts::{content_parts, detail, said, text_part};
use token_headroom_encoding::Result;
pub(super) use tools::tools;

/// Puts the conversation together. `rest` must be an object.
pub(super) fn conversation(rest: Value, messages: Vec<Arc<Message>>) -> Result<Conversation> {
    let body = read::object(&rest, "", "a request body")?;
    let model = read::optional_string(body, "model", "", "the model's name")?.map(str::to_owned);
    let tools = tools::tools(body)?;
    let tool_choice = tools::tool_choice(body)?;
    let response_format = tools::response_format(body)?;
    let parallel_tool_calls = read::optional_switch(body, "parallel_tool_calls")?;
    let output_cap = match read::cap(body, "max_completion_tokens")? {
        None => read::cap(body, "max_tokens")?,
        some => some,
    };
    Ok(Conversation {
        model,
        legacy_functions: read::optional(body, "functions").is_some()
            && read::optional(body, "tools").is_none(),
        tools,
        tool_choice,
        parallel_tool_calls,
        response_format,
        thinking: hosts::thinks(body),
        output_cap,
        ..Conversation::new(Dialect::OpenaiChat, rest.clone(), messages)
    })
}
