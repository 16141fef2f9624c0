//! Responses bodies: what becomes of items, tools and formats, which turns items form, and which bodies are refused.

mod beside_items;
mod items;
mod refused;
mod turns;

use serde_json::{Value, json};
use token_headroom::{Conversation, normalize};

use crate::expected::text;

fn conversation(body: Value) -> Conversation {
    normalize(&body).unwrap_or_else(|error| panic!("{error}"))
}

fn of_items(items: Value) -> Conversation {
    conversation(json!({ "model": "gpt-4.1", "input": items }))
}

fn codes(conversation: &Conversation) -> Vec<String> {
    let warnings = conversation.warnings.iter();
    warnings.map(|w| format!("{} {}", w.code, w.path)).collect()
}
