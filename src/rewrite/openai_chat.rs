//! OpenAI Chat Completions, and what its hosts add.

use serde_json::Value;

use super::content::{drop_fields, drop_types, entry, say};
use super::{Question, Writer};
use crate::conversation::{Conversation, Role};
use crate::json::object;

pub(super) const WRITER: Writer = Writer {
    results: |_, raw| vec![raw],
    answer,
    strip,
    said,
    ask,
};

/// Fields in which hosts have the thoughts, some of them in several.
const THOUGHTS: [&str; 2] = ["reasoning_content", "reasoning"];

pub(super) fn answer(message: &mut Value, text: &str) -> Option<String> {
    say(message.as_object_mut()?, "content", text, &["text"]);
    Some(text.to_owned())
}

pub(super) fn strip(message: &mut Value) {
    drop_fields(message, &THOUGHTS);
    if let Some(Value::Array(details)) = message.get_mut("reasoning_details") {
        details.retain(is_signature);
        if details.is_empty() {
            drop_fields(message, &["reasoning_details"]);
        }
    }
    let is_empty = drop_types(message, "content", &["thinking"]);
    // Calls may stand alone, beside an empty list they may not.
    if let (true, Some(content)) = (is_empty, message.get_mut("content")) {
        *content = Value::Null;
    }
}

/// Whether a detail is the signature of a call of Gemini's, which OpenRouter returns among the thoughts. Gemini refuses calls
/// of the current turn without it.
fn is_signature(detail: &Value) -> bool {
    let text = |key| detail.get(key).and_then(Value::as_str).unwrap_or_default();
    text("type") == "reasoning.encrypted" && text("format").starts_with("google-gemini")
}

pub(super) fn said(_: &Conversation, role: Role, text: &str) -> Value {
    let role = match role {
        Role::Tool | Role::Function => Role::User,
        role => role,
    };
    entry(role.name(), text)
}

/// The newer name of the cap, unless the body has the older, which is all that some hosts know.
fn ask(question: &Question<'_>) -> Value {
    let cap = question.key(&["max_completion_tokens", "max_tokens"]);
    object(vec![
        ("model", question.model.into()),
        ("messages", messages(question)),
        (cap, question.max_tokens.into()),
    ])
}

/// The instructions and the text, as a list.
pub(super) fn messages(question: &Question<'_>) -> Value {
    Value::Array(vec![
        entry("system", question.instructions),
        entry("user", question.text),
    ])
}
