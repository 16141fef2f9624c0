//! Request bodies to [`Conversation`]s; one file per dialect.

mod openai_chat;
mod openai_message;
mod openai_parts;
mod openai_tools;
mod read;
mod warnings;

use std::sync::Arc;

use serde_json::Value;

use crate::conversation::{Conversation, Message};
use token_headroom_encoding::{Code, Error, Result};

/// Deepest nesting that is accepted. Twice what `serde_json` itself parses, and far beyond any schema
/// that a provider takes; it keeps every later walk of a value within a small stack.
const MAX_DEPTH: usize = 256;

/// Normalises a request body.
///
/// # Errors
/// An [`Error`](crate::Error) that names the place, for a body that the dialect does not allow.
pub fn normalize(request: &Value) -> Result<Conversation> {
    check_depth(request, "")?;
    let messages = openai_chat::messages(request)?
        .iter()
        .enumerate()
        .map(|(index, message)| {
            openai_message::message(message.clone(), &format!("messages[{index}]")).map(Arc::new)
        })
        .collect::<Result<Vec<_>>>()?;
    openai_chat::conversation(openai_chat::without_messages(request), messages)
}

/// Normalises one message found at `path`; what a session remembers.
///
/// # Errors
/// As [`normalize`].
pub fn normalize_message(message: Value, path: &str) -> Result<Message> {
    check_depth(&message, path)?;
    openai_message::message(message, path)
}

/// Normalises a body whose messages are normalised already (`rest` is the body without them).
///
/// # Errors
/// As [`normalize`].
pub fn normalize_rest(rest: Value, messages: Vec<Arc<Message>>) -> Result<Conversation> {
    check_depth(&rest, "")?;
    read::object(&rest, "", "a request body")?;
    if messages.is_empty() {
        return Err(openai_chat::no_messages());
    }
    openai_chat::conversation(openai_chat::without_messages(&rest), messages)
}

/// Refuses values that are nested too deep to walk recursively. Walks with a stack of its own.
fn check_depth(value: &Value, path: &str) -> Result<()> {
    let mut open = vec![(value, 1_usize)];
    while let Some((value, depth)) = open.pop() {
        if depth > MAX_DEPTH {
            return Err(Error::new(
                Code::InvalidValue,
                path,
                format!("found values nested more than {MAX_DEPTH} levels deep, expected a request that a provider can parse"),
            )
            .with_hint("flatten the value, or send it as a JSON string"));
        }
        match value {
            Value::Array(items) => open.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(fields) => open.extend(fields.values().map(|item| (item, depth + 1))),
            _ => {}
        }
    }
    Ok(())
}
