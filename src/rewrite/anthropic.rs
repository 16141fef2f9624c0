//! Anthropic Messages.

use serde_json::Value;

use super::content::{
    drop_types, entry, is_any, of_type, say, speaker, speaks_in_parts, text_parts,
};
use super::{Question, Writer};
use crate::conversation::{Conversation, Role};
use crate::json::object;

pub(super) const WRITER: Writer = Writer {
    results: |_, raw| of_type(raw, "content", "tool_result"),
    answer,
    strip,
    said,
    ask,
};

fn answer(block: &mut Value, text: &str) -> Option<String> {
    let blocks = block.get("content").and_then(Value::as_array);
    let mut blocks = blocks.into_iter().flatten();
    // A search for tools loads those that it names; without the names they could no longer be called.
    if blocks.any(|block| is_any(block, &["tool_reference"])) {
        return None;
    }
    say(block.as_object_mut()?, "content", text, &["text"]);
    Some(text.to_owned())
}

fn strip(message: &mut Value) {
    drop_types(message, "content", &["thinking", "redacted_thinking"]);
}

fn said(conversation: &Conversation, role: Role, text: &str) -> Value {
    let content = if speaks_in_parts(conversation) {
        text_parts(text)
    } else {
        text.into()
    };
    entry(speaker(role), content)
}

/// Bodies for Bedrock and Vertex carry a version; the model stands in the address.
fn ask(question: &Question<'_>) -> Value {
    let name = match question.value("anthropic_version") {
        Some(version) if !question.has("model") => ("anthropic_version", version.clone()),
        _ => ("model", question.model.into()),
    };
    object(vec![
        name,
        ("max_tokens", question.max_tokens.into()),
        ("system", question.instructions.into()),
        ("messages", Value::Array(vec![entry("user", question.text)])),
    ])
}
