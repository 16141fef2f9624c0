//! Vercel AI SDK, versions 4 to 7, and the prompts of its providers.

use serde_json::{Map, Value};

use super::content::{entry, is_any, of_type, say, speaker, speaks_in_parts, text_parts};
use super::{Question, Writer};
use crate::conversation::{Conversation, Role};
use crate::json::{object, plain};

pub(super) const WRITER: Writer = Writer {
    results,
    answer,
    strip,
    said,
    ask,
};

/// What an assistant's message answers, the provider's own tools did: providers convert it by schemas of their own, in which
/// no other text can stand.
fn results(role: Role, raw: &mut Value) -> Vec<&mut Value> {
    match role {
        Role::Assistant => Vec::new(),
        _ => of_type(raw, "content", "tool-result"),
    }
}

fn answer(part: &mut Value, text: &str) -> Option<String> {
    let fields = part.as_object_mut()?;
    if fields.get("providerExecuted") == Some(&Value::Bool(true)) {
        return None;
    }
    match fields.get_mut("output") {
        Some(output) if !output.is_null() => tagged(output.as_object_mut()?, text),
        _ => earlier(fields, text),
    }
}

/// An output keeps its tag: a text stays a text, JSON becomes a JSON text, a list of parts a list of one.
fn tagged(output: &mut Map<String, Value>, text: &str) -> Option<String> {
    let (value, read) = match output.get("type").and_then(Value::as_str)? {
        "text" | "error-text" => (text.into(), text.to_owned()),
        "json" | "error-json" => (text.into(), plain(&text.into())),
        "content" => {
            say(output, "value", text, &["text"]);
            return Some(text.to_owned());
        }
        // A denial has nothing to take, and other kinds are not known.
        _ => return None,
    };
    output.insert("value".to_owned(), value);
    Some(read)
}

/// Version 4: `result`, and the parts that may stand for it.
fn earlier(fields: &mut Map<String, Value>, text: &str) -> Option<String> {
    let has_result = fields.contains_key("result");
    if has_result {
        fields.insert("result".to_owned(), text.into());
    }
    let mut lists = false;
    for key in ["experimental_content", "content"] {
        if fields.get(key).is_some_and(Value::is_array) {
            say(fields, key, text, &["text"]);
            lists = true;
        }
    }
    match (lists, has_result) {
        (true, _) => Some(text.to_owned()),
        (false, true) => Some(plain(&text.into())),
        (false, false) => None,
    }
}

/// Thoughts go, unless they are items that a provider stored: it refuses the items after them then.
fn strip(raw: &mut Value) {
    let kinds = ["reasoning", "redacted-reasoning"];
    let Some(parts) = raw.get_mut("content").and_then(Value::as_array_mut) else {
        return;
    };
    if !parts
        .iter()
        .any(|part| is_any(part, &kinds) && is_stored(part))
    {
        parts.retain(|part| !is_any(part, &kinds));
    }
}

fn is_stored(part: &Value) -> bool {
    let options = ["providerOptions", "providerMetadata"];
    let mut options = options.into_iter().filter_map(|key| part.get(key));
    options.any(|options| {
        ["openai", "azure"].into_iter().any(|provider| {
            options
                .get(provider)
                .is_some_and(|own| own.get("itemId").is_some())
        })
    })
}

fn said(conversation: &Conversation, role: Role, text: &str) -> Value {
    match role {
        Role::System | Role::Developer => entry("system", text),
        role if speaks_in_parts(conversation) => entry(speaker(role), text_parts(text)),
        role => entry(speaker(role), text),
    }
}

/// Options of `generateText`, or those with which a provider's model is called: all of it in the prompt.
fn ask(question: &Question<'_>) -> Value {
    let conversation = question.conversation;
    let user = said(conversation, Role::User, question.text);
    let cap = question.key(&["maxOutputTokens", "maxTokens"]);
    let cap = (cap, question.max_tokens.into());
    let outside = ["model", "system", "instructions"];
    if speaks_in_parts(conversation) && !outside.into_iter().any(|key| question.has(key)) {
        let prompt = vec![entry("system", question.instructions), user];
        return object(vec![("prompt", Value::Array(prompt)), cap]);
    }
    let mut options = Vec::new();
    if question.has("model") {
        options.push(("model", question.model.into()));
    }
    let system = question.key(&["system", "instructions"]);
    options.push((system, question.instructions.into()));
    options.push(("messages", Value::Array(vec![user])));
    options.push(cap);
    object(options)
}
