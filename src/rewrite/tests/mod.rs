//! Golden cases by dialect, and properties of every recorded message.

mod hostile;
mod questions;
mod recorded;
mod results;
mod texts;
mod thoughts;

use std::sync::Arc;

use serde_json::Value;

use crate::conversation::{Conversation, Dialect, Message, Part};
use crate::normalize::normalize_message;

fn read(dialect: Dialect, raw: &Value) -> Message {
    normalize_message(dialect, raw.clone(), "messages[0]").expect("a message of the dialect")
}

/// A conversation of messages alone.
fn talk(dialect: Dialect, rest: Value, messages: &[Value]) -> Conversation {
    let messages = messages.iter().map(|raw| Arc::new(read(dialect, raw)));
    Conversation::new(dialect, rest, messages.collect())
}

/// The places of a message's results.
fn results(message: &Message) -> Vec<usize> {
    let parts = message.parts.iter().enumerate();
    parts
        .filter(|(_, part)| matches!(part, Part::ToolResult { .. }))
        .map(|(at, _)| at)
        .collect()
}

/// As JSON, so that the order of keys counts too.
fn written(value: Option<Value>) -> Option<String> {
    value.map(|value| value.to_string())
}
