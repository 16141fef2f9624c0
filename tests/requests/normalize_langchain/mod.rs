//! Messages of LangChain, live, stored and plain.

mod contents;
mod refused;
mod wrappings;

use serde_json::{Value, json};
use token_headroom::{Conversation, Dialect, Part, ToolCall, normalize_as};

use crate::expected::{PNG, text};

fn read(body: &Value) -> Conversation {
    normalize_as(Some(Dialect::Langchain), body).unwrap()
}

fn call(id: &str, arguments: &str) -> Part {
    Part::ToolCall(ToolCall {
        id: id.into(),
        name: "find".into(),
        arguments: arguments.into(),
    })
}

fn live(class: &str, kwargs: Value) -> Value {
    json!({ "lc": 1, "type": "constructor", "id": ["langchain_core", "messages", class], "kwargs": kwargs })
}
