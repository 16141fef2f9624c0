//! Cohere chat, versions 2 and 1.

use serde_json::Value;

use super::content::say;
use super::{Question, Writer, openai_chat};
use crate::conversation::{Conversation, Role};
use crate::json::{compact, object};

pub(super) const WRITER: Writer = Writer {
    results: |_, raw| results(raw),
    answer,
    strip: openai_chat::strip,
    said,
    ask,
};

/// The message in version 2. In version 1 a message of the history lists its results; the newest are such a list themselves.
fn results(raw: &mut Value) -> Vec<&mut Value> {
    let list = if raw.get("tool_results").is_some_and(Value::is_array) {
        raw.get_mut("tool_results")
    } else {
        Some(raw)
    };
    match list {
        Some(Value::Array(list)) => list.iter_mut().collect(),
        one => one.into_iter().collect(),
    }
}

/// In version 1 outputs are objects: the text stands under the only key that there was, else under `result`.
fn answer(result: &mut Value, text: &str) -> Option<String> {
    let fields = result.as_object_mut()?;
    if fields.contains_key("role") {
        let key = match fields.contains_key("message") {
            true => "message",
            false => "content",
        };
        say(fields, key, text, &["text"]);
        return Some(text.to_owned());
    }
    let key = fields.get("outputs").and_then(only_key).unwrap_or("result");
    let outputs = Value::Array(vec![object(vec![(key, text.into())])]);
    let read = compact(&outputs);
    fields.insert("outputs".to_owned(), outputs);
    Some(read)
}

fn only_key(outputs: &Value) -> Option<&str> {
    let [only] = outputs.as_array()?.as_slice() else {
        return None;
    };
    let mut keys = only.as_object()?.keys();
    keys.next()
        .filter(|_| keys.next().is_none())
        .map(String::as_str)
}

fn is_version_1(conversation: &Conversation) -> bool {
    let has = |key| conversation.rest.get(key).is_some();
    let mut messages = conversation.messages.iter();
    ["message", "chat_history", "preamble"].into_iter().any(has)
        || messages.any(|entry| entry.raw.get("message").is_some())
}

fn said(conversation: &Conversation, role: Role, text: &str) -> Value {
    if !is_version_1(conversation) {
        return openai_chat::said(conversation, role, text);
    }
    let role = match role {
        Role::Assistant => "CHATBOT",
        Role::System | Role::Developer => "SYSTEM",
        _ => "USER",
    };
    object(vec![("role", role.into()), ("message", text.into())])
}

fn ask(question: &Question<'_>) -> Value {
    let model = ("model", question.model.into());
    let cap = ("max_tokens", question.max_tokens.into());
    if is_version_1(question.conversation) {
        return object(vec![
            model,
            ("preamble", question.instructions.into()),
            ("message", question.text.into()),
            cap,
        ]);
    }
    object(vec![
        model,
        ("messages", openai_chat::messages(question)),
        cap,
    ])
}
