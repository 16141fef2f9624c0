//! What a message holds, in the caller's own JSON: calls, results, thoughts and the rest, each with its place.
//!
//! Read apart from normalisation: a mistake there shall not hide one from the validators, and a repair needs the very places.

mod dialects;

use serde_json::Value;

use crate::conversation::{Dialect, Role};

pub(crate) use dialects::unwrapped;
use dialects::{ai_sdk, anthropic, autogen, chat, converse, gemini, item, langchain};

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A call that the caller's side carries out.
    Call,
    /// Its result.
    Result,
    /// A call that the provider itself carries out.
    ProviderCall,
    /// Its result.
    ProviderResult,
    /// What the model thought.
    Thought,
    /// Everything else.
    Other,
}

/// One entry of a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    pub kind: Kind,
    /// The id of a call, or of the call that a result answers; empty where there is none.
    pub id: &'a str,
    /// The tool's name, where it is given.
    pub name: &'a str,
    pub place: Place,
    pub value: &'a Value,
}

/// Where in a message an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// What the message's fields are wrapped in: ``, `kwargs` or `data`.
    pub wrapping: &'static str,
    /// The field, with dots between; empty for the message itself.
    pub key: &'static str,
    /// The position in the field's list.
    pub index: Option<usize>,
}

impl Place {
    /// The message itself.
    pub(crate) const WHOLE: Self = Self {
        wrapping: "",
        key: "",
        index: None,
    };

    /// As it follows the message's own path.
    pub(crate) fn path(self) -> String {
        let mut path = String::new();
        for key in [self.wrapping, self.key] {
            if !key.is_empty() {
                path.push('.');
                path.push_str(key);
            }
        }
        if let Some(index) = self.index {
            path.push_str(&format!("[{index}]"));
        }
        path
    }

    /// The keys that lead to it, position aside.
    pub(crate) fn keys(self) -> impl Iterator<Item = &'static str> {
        [self.wrapping, self.key]
            .into_iter()
            .flat_map(|keys| keys.split('.'))
            .filter(|key| !key.is_empty())
    }
}

/// Reads the entries of a message, in order.
pub(crate) fn entries(dialect: Dialect, role: Role, raw: &Value) -> Vec<Entry<'_>> {
    match dialect {
        Dialect::OpenaiResponses => item(raw),
        Dialect::Anthropic => listed(raw, "content", anthropic),
        Dialect::BedrockConverse => listed(raw, "content", converse),
        Dialect::Gemini => listed(raw, "parts", gemini),
        Dialect::AiSdk => {
            let in_answer = role == Role::Assistant;
            let mut entries = listed(raw, "content", ai_sdk);
            for entry in &mut entries {
                if in_answer && entry.kind == Kind::Result {
                    entry.kind = Kind::ProviderResult;
                }
            }
            entries
        }
        Dialect::Langchain => langchain(role, raw),
        Dialect::Autogen => autogen(role, raw),
        Dialect::OpenaiChat | Dialect::Cohere | Dialect::Ollama | Dialect::Completions => {
            chat(role, raw)
        }
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The first of `keys` that is there.
fn either<'a>(value: &'a Value, keys: [&str; 2]) -> Option<&'a Value> {
    keys.into_iter().find_map(|key| value.get(key))
}

type Read<'a> = (Kind, &'a str, &'a str);

fn listed<'a>(
    raw: &'a Value,
    key: &'static str,
    read: impl Fn(&'a Value) -> Read<'a>,
) -> Vec<Entry<'a>> {
    let mut entries = Vec::new();
    list(raw, "", key, &mut entries, read);
    entries
}

fn list<'a>(
    fields: &'a Value,
    wrapping: &'static str,
    key: &'static str,
    entries: &mut Vec<Entry<'a>>,
    read: impl Fn(&'a Value) -> Read<'a>,
) {
    let found = key
        .split('.')
        .try_fold(fields, |fields, key| fields.get(key));
    for (index, value) in found
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .enumerate()
    {
        let (kind, id, name) = read(value);
        let place = Place {
            wrapping,
            key,
            index: Some(index),
        };
        entries.push(Entry {
            kind,
            id,
            name,
            place,
            value,
        });
    }
}

fn whole<'a>(kind: Kind, id: &'a str, name: &'a str, value: &'a Value) -> Entry<'a> {
    let place = Place::WHOLE;
    Entry {
        kind,
        id,
        name,
        place,
        value,
    }
}

const OTHER: Read<'static> = (Kind::Other, "", "");
