//! AutoGen: chats of version 0.2, messages and events of version 0.4 and later.

use serde_json::Value;

use super::content::{drop_fields, entry, is_any, speaker};
use super::{Question, Writer, openai_chat};
use crate::conversation::{Conversation, Message, Role};
use crate::json::object;

pub(super) const WRITER: Writer = Writer {
    results,
    answer: openai_chat::answer,
    strip,
    said,
    ask,
};

/// What a model is called with in version 0.4, as opposed to what a team's log holds.
const OF_MODELS: [&str; 4] = [
    "SystemMessage",
    "UserMessage",
    "AssistantMessage",
    "FunctionExecutionResultMessage",
];

/// Version 0.2 lists several results in `tool_responses`, version 0.4 in the content.
fn results(role: Role, raw: &mut Value) -> Vec<&mut Value> {
    let key = if raw.get("tool_responses").is_some_and(Value::is_array) {
        "tool_responses"
    } else if is_event(raw) {
        "content"
    } else {
        return match role {
            Role::Tool | Role::Function => vec![raw],
            _ => Vec::new(),
        };
    };
    let list = raw.get_mut(key).and_then(Value::as_array_mut);
    list.into_iter().flatten().collect()
}

/// The thought beside a text; beside calls it is their text.
fn strip(raw: &mut Value) {
    if raw.get("content").is_some_and(Value::is_string) {
        drop_fields(raw, &["thought"]);
    }
}

/// Whether a message is one of version 0.4.
fn is_event(raw: &Value) -> bool {
    raw.get("role").is_none()
        && (raw.get("source").is_some() || raw.get("type").is_some_and(Value::is_string))
}

fn text<'a>(message: &'a Message, key: &str) -> Option<&'a str> {
    message.raw.get(key).and_then(Value::as_str)
}

/// In the name of who spoke first in that role.
fn said(conversation: &Conversation, role: Role, said: &str) -> Value {
    let messages = || conversation.messages.iter();
    let same = |key: &str| {
        let mut same = messages().filter(|message| message.role == role);
        same.find_map(|message| text(message, key))
    };
    let role = speaker(role);
    if !messages().any(|message| is_event(&message.raw)) {
        let mut fields = vec![("content", said.into()), ("role", role.into())];
        if let Some(name) = same("name") {
            fields.push(("name", name.into()));
        }
        return object(fields);
    }
    let is_for_model = messages().any(|message| is_any(&message.raw, &OF_MODELS));
    let source = match (role, is_for_model) {
        // In a log only this source is read as the user.
        ("user", false) => "user",
        _ => same("source").unwrap_or(role),
    };
    let mut fields = vec![("source", source.into()), ("content", said.into())];
    if messages().any(|message| text(message, "type").is_some()) {
        let kind = match (is_for_model, role) {
            (false, _) => "TextMessage",
            (true, "user") => "UserMessage",
            (true, _) => "AssistantMessage",
        };
        fields.push(("type", kind.into()));
    }
    object(fields)
}

/// As a model is called: a team's log is nothing that a model takes.
fn ask(question: &Question<'_>) -> Value {
    let mut messages = question.conversation.messages.iter();
    let messages = if messages.any(|message| is_event(&message.raw)) {
        vec![
            object(vec![
                ("content", question.instructions.into()),
                ("type", "SystemMessage".into()),
            ]),
            object(vec![
                ("content", question.text.into()),
                ("source", "user".into()),
                ("type", "UserMessage".into()),
            ]),
        ]
    } else {
        vec![
            entry("system", question.instructions),
            entry("user", question.text),
        ]
    };
    let mut body = Vec::new();
    if question.has("model") {
        body.push(("model", question.model.into()));
    }
    body.push(("messages", Value::Array(messages)));
    body.push(("max_tokens", question.max_tokens.into()));
    object(body)
}
