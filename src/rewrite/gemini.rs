//! Gemini.

use serde_json::{Map, Value};

use super::{Question, Writer};
use crate::conversation::{Conversation, Role};
use crate::json::{compact, object};

pub(super) const WRITER: Writer = Writer {
    results: |_, raw| results(raw),
    answer,
    strip,
    said,
    ask,
};

const RESPONSE: [&str; 2] = ["functionResponse", "function_response"];
/// What comes before a response when a part has several fields.
const FIRST: [&str; 3] = ["text", "functionCall", "function_call"];
/// Keys under which the API looks for what a function returned, and for how it failed.
const KNOWN: [&str; 2] = ["error", "output"];
/// Longest key that is taken for a name rather than for data, in bytes.
const LONGEST_KEY: usize = 64;

fn has(part: &Value, key: &str) -> bool {
    part.get(key).is_some_and(|value| !value.is_null())
}

fn response_key(part: &Value) -> Option<&'static str> {
    let key = RESPONSE.into_iter().find(|key| has(part, key))?;
    (!FIRST.into_iter().any(|key| has(part, key))).then_some(key)
}

fn results(raw: &mut Value) -> Vec<&mut Value> {
    let parts = if raw.get("parts").is_some() {
        raw.get_mut("parts")
    } else {
        Some(raw)
    };
    let parts = match parts {
        Some(Value::Array(parts)) => parts.as_mut_slice(),
        Some(one) => std::slice::from_mut(one),
        None => &mut [],
    };
    parts
        .iter_mut()
        .filter(|part| response_key(part).is_some())
        .collect()
}

/// The response stays an object: the text stands under the only key that it had, else under `error` or `output` when it had
/// one of these, else under `result`. Media beside it go.
fn answer(part: &mut Value, text: &str) -> Option<String> {
    let key = response_key(part)?;
    let result = part.get_mut(key)?.as_object_mut()?;
    let key = answer_key(result.get("response").and_then(Value::as_object)).to_owned();
    let response = object(vec![(key.as_str(), text.into())]);
    let read = compact(&response);
    result.insert("response".to_owned(), response);
    result.shift_remove("parts");
    Some(read)
}

fn answer_key(response: Option<&Map<String, Value>>) -> &str {
    let mut keys = response.into_iter().flat_map(Map::keys);
    match (keys.next(), keys.next()) {
        (Some(only), None) if only.len() <= LONGEST_KEY => only,
        _ => KNOWN
            .into_iter()
            .find(|key| response.is_some_and(|fields| fields.contains_key(*key)))
            .unwrap_or("result"),
    }
}

/// Whole thoughts go. A signature on another part stays where it is: calls of the current turn are refused without theirs.
fn strip(raw: &mut Value) {
    if let Some(parts) = raw.get_mut("parts").and_then(Value::as_array_mut) {
        parts.retain(|part| !is_thought(part));
    }
}

fn is_thought(part: &Value) -> bool {
    let own = ["text", "thought", "thoughtSignature", "thought_signature"];
    part.as_object().is_some_and(|fields| {
        fields.get("thought") == Some(&Value::Bool(true))
            && fields
                .iter()
                .all(|(key, value)| own.contains(&key.as_str()) || value.is_null())
    })
}

fn said(_: &Conversation, role: Role, text: &str) -> Value {
    let role = match role {
        Role::Assistant => "model",
        _ => "user",
    };
    object(vec![("role", role.into()), ("parts", parts(text))])
}

fn parts(text: &str) -> Value {
    Value::Array(vec![object(vec![("text", text.into())])])
}

/// As the SDKs put it (the model's name, settings in `config`) or as the API does (the name is in the address).
fn ask(question: &Question<'_>) -> Value {
    let system = object(vec![("parts", parts(question.instructions))]);
    let contents = vec![said(question.conversation, Role::User, question.text)];
    let cap = ("maxOutputTokens", question.max_tokens.into());
    let names_model = question.has("model");
    let is_plain = question.has("generationConfig")
        || question.has("generation_config")
        || question.has("systemInstruction")
        || question.has("system_instruction");
    let mut body = Vec::new();
    if names_model {
        body.push(("model", question.model.into()));
    }
    body.push(("contents", Value::Array(contents)));
    if question.has("config") || names_model && !is_plain {
        body.push(("config", object(vec![("systemInstruction", system), cap])));
    } else {
        body.push(("systemInstruction", system));
        body.push(("generationConfig", object(vec![cap])));
    }
    object(body)
}
