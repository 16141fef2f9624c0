//! OpenAI Chat Completions: the body around the messages.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{openai_tools, read, warnings};
use crate::conversation::{Conversation, Dialect, Message};
use token_headroom_encoding::{Code, Error, Result};

/// The `messages` of a body.
pub(super) fn messages(request: &Value) -> Result<&Vec<Value>> {
    let body = read::object(
        request,
        "",
        "a Chat Completions request body with `messages`",
    )?;
    let value = body.get("messages").ok_or_else(|| {
        read::missing(
            "messages",
            "",
            "an array of messages",
            missing_messages_hint(body),
        )
    })?;
    let messages = value.as_array().ok_or_else(|| {
        read::wrong_type(value, "messages", "an array of messages").with_hint(
            "wrap a single message in an array: [{ \"role\": \"user\", \"content\": \"...\" }]",
        )
    })?;
    if messages.is_empty() {
        return Err(no_messages());
    }
    Ok(messages)
}

/// Advice for a body without messages, by what else it holds.
fn missing_messages_hint(body: &Map<String, Value>) -> &'static str {
    if body.contains_key("input") {
        "this looks like a Responses body: only Chat Completions bodies, with `messages`, are understood"
    } else if body.contains_key("prompt") {
        "this looks like a Completions body: send the prompt as a user message in `messages`"
    } else if body.contains_key("contents") {
        "this looks like a Gemini body: only Chat Completions bodies, with `messages`, are understood"
    } else {
        "pass the whole request body, as the SDK would send it"
    }
}

/// The error for a request that says nothing.
pub(super) fn no_messages() -> Error {
    Error::new(
        Code::InvalidValue,
        "messages",
        "found an empty array, expected at least one message",
    )
    .with_hint("add a user message")
}

/// The body without its messages, keys in order.
pub(super) fn without_messages(request: &Value) -> Value {
    match request {
        Value::Object(body) => Value::Object(
            body.iter()
                .filter(|(key, _)| *key != "messages")
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
        ),
        other => other.clone(),
    }
}

/// Puts the conversation together. `rest` must be an object.
pub(super) fn conversation(rest: Value, messages: Vec<Arc<Message>>) -> Result<Conversation> {
    let body = read::object(&rest, "", "a request body")?;
    let model = read::optional_string(body, "model", "", "the model's name")?.map(str::to_owned);
    let tools = openai_tools::tools(body)?;
    let tool_choice = openai_tools::tool_choice(body)?;
    let response_format = openai_tools::response_format(body)?;
    let parallel_tool_calls = read::optional(body, "parallel_tool_calls")
        .map(|value| {
            value
                .as_bool()
                .ok_or_else(|| read::wrong_type(value, "parallel_tool_calls", "a boolean"))
        })
        .transpose()?;
    let output_cap = match cap(body, "max_completion_tokens")? {
        None => cap(body, "max_tokens")?,
        some => some,
    };
    let mut conversation = Conversation {
        dialect: Dialect::OpenaiChat,
        model,
        messages,
        legacy_functions: read::optional(body, "functions").is_some()
            && read::optional(body, "tools").is_none(),
        tools,
        tool_choice,
        parallel_tool_calls,
        response_format,
        output_cap,
        rest,
        warnings: Vec::new(),
    };
    conversation.warnings = warnings::warnings(&conversation);
    Ok(conversation)
}

/// A field that caps the output. Integral floats are taken, since JavaScript knows no other numbers.
fn cap(body: &Map<String, Value>, key: &str) -> Result<Option<u32>> {
    let Some(value) = read::optional(body, key) else {
        return Ok(None);
    };
    let number = value
        .as_f64()
        .ok_or_else(|| read::wrong_type(value, key, "a whole number of tokens"))?;
    if number < 0.0 || number.fract() != 0.0 {
        return Err(
            read::wrong_value(value, key, "a whole number of tokens, 0 or more")
                .with_hint("leave the field out to let the model's default apply"),
        );
    }
    // Saturates: a cap beyond 4 billion tokens is as good as that.
    Ok(Some(number as u32))
}
