//! Contents that are a text or a list of parts, as most dialects have them.

use serde_json::{Map, Value};

use crate::conversation::{Conversation, Role};
use crate::json::object;

/// Where a cache segment ends.
const MARKS: [&str; 2] = ["cache_control", "prompt_cache_breakpoint"];
/// What is said about a text, and about no other.
const ABOUT_TEXT: [&str; 3] = ["citations", "annotations", "logprobs"];

/// Puts `text` in place of the content under `key`. A list of parts becomes a list of one, whose type is the first of `kinds`
/// unless a text of another of them was there; all else becomes a text.
pub(super) fn say(fields: &mut Map<String, Value>, key: &str, text: &str, kinds: &[&str]) {
    let content = match fields.get(key) {
        Some(Value::Array(parts)) => Value::Array(vec![alone(parts, text, kinds)]),
        _ => text.into(),
    };
    fields.insert(key.to_owned(), content);
}

/// A part that says `text` in place of `parts`: with the fields of the first text among them, and with the end of a cache
/// segment when there was one.
fn alone(parts: &[Value], text: &str, kinds: &[&str]) -> Value {
    let is_text = |part: &&Value| is_any(part, kinds);
    let mut part = Map::new();
    match parts.iter().find(is_text).and_then(Value::as_object) {
        Some(first) => {
            for (key, value) in first {
                if key == "text" {
                    part.insert(key.clone(), text.into());
                } else if !ABOUT_TEXT.contains(&key.as_str()) {
                    part.insert(key.clone(), value.clone());
                }
            }
        }
        None => {
            let kind = kinds.first().copied().unwrap_or_default();
            part.insert("type".to_owned(), kind.into());
        }
    }
    part.insert("text".to_owned(), text.into());
    for mark in MARKS {
        let last = parts.iter().rev().find_map(|part| part.get(mark));
        if let Some(last) = last.filter(|last| !last.is_null()) {
            part.insert(mark.to_owned(), last.clone());
        }
    }
    Value::Object(part)
}

/// Whether the `type` of `part` is one of `kinds`.
pub(super) fn is_any(part: &Value, kinds: &[&str]) -> bool {
    let kind = part.get("type").and_then(Value::as_str);
    kind.is_some_and(|kind| kinds.contains(&kind))
}

/// The entries of the list under `key` that are of the type `kind`.
pub(super) fn of_type<'a>(value: &'a mut Value, key: &str, kind: &str) -> Vec<&'a mut Value> {
    let entries = value.get_mut(key).and_then(Value::as_array_mut);
    let entries = entries.map_or(&mut [][..], Vec::as_mut_slice);
    entries
        .iter_mut()
        .filter(|entry| is_any(entry, &[kind]))
        .collect()
}

/// Takes the entries of the types `kinds` out of the list under `key`; whether they were all that it had.
pub(super) fn drop_types(value: &mut Value, key: &str, kinds: &[&str]) -> bool {
    let Some(entries) = value.get_mut(key).and_then(Value::as_array_mut) else {
        return false;
    };
    let before = entries.len();
    entries.retain(|entry| !is_any(entry, kinds));
    entries.is_empty() && before > 0
}

/// Takes fields out; the others keep their order.
pub(super) fn drop_fields(value: &mut Value, keys: &[&str]) {
    if let Some(fields) = value.as_object_mut() {
        for key in keys {
            fields.shift_remove(*key);
        }
    }
}

/// `{"role": ..., "content": ...}`.
pub(super) fn entry(role: &str, content: impl Into<Value>) -> Value {
    object(vec![("role", role.into()), ("content", content.into())])
}

/// `[{"type": "text", "text": ...}]`.
pub(super) fn text_parts(text: &str) -> Value {
    let part = object(vec![("type", "text".into()), ("text", text.into())]);
    Value::Array(vec![part])
}

/// How the two who talk are called where the list has no system messages.
pub(super) fn speaker(role: Role) -> &'static str {
    match role {
        Role::Assistant => "assistant",
        _ => "user",
    }
}

/// Whether users and assistants say everything in lists of parts, as prompts of the AI SDK's providers must.
pub(super) fn speaks_in_parts(conversation: &Conversation) -> bool {
    let talk = || {
        let all = conversation.messages.iter();
        all.filter(|message| matches!(message.role, Role::User | Role::Assistant))
            .map(|message| message.raw.get("content").unwrap_or(&message.raw))
    };
    talk().next().is_some() && talk().all(Value::is_array)
}

/// The results of a dialect that has none.
pub(super) fn no_results(_: Role, _: &mut Value) -> Vec<&mut Value> {
    Vec::new()
}
