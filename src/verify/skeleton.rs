//! A message with what a plan may change taken out: what is left must be as it was.

use serde_json::{Map, Value};

use crate::conversation::{Dialect, Role};

use super::entries::{Entry, Kind, Place};
use super::transcript::Seen;

/// Fields in which hosts of Chat Completions and of Ollama keep thoughts beside the content.
const THOUGHTS: [&str; 4] = [
    "reasoning_details",
    "reasoning_content",
    "reasoning",
    "thinking",
];

/// What holds a result's content.
const CONTENTS: [&str; 6] = [
    "content",
    "output",
    "outputs",
    "response",
    "result",
    "experimental_content",
];

/// What a result's fields are wrapped in.
const WRAPPINGS: [&str; 3] = ["toolResult", "functionResponse", "function_response"];

/// The message without thoughts.
pub(super) fn without_thoughts(seen: &Seen<'_>, dialect: Dialect) -> Value {
    let mut message = seen.raw.clone();
    take_thoughts(&mut message, seen, dialect);
    message
}

fn take_thoughts(message: &mut Value, seen: &Seen<'_>, dialect: Dialect) {
    if seen.role == Role::Assistant {
        if let (Some(fields), false) = (message.as_object_mut(), dialect == Dialect::Langchain) {
            fields.retain(|key, _| !THOUGHTS.contains(&key.as_str()));
        }
        let extra = Place {
            wrapping: super::entries::unwrapped(seen.raw).0,
            key: "additional_kwargs",
            index: None,
        };
        if let Some(Value::Object(extra)) = at_mut(message, extra) {
            extra.retain(|key, _| key != "reasoning_content");
        }
    }
    let thoughts = seen
        .entries
        .iter()
        .filter(|entry| entry.kind == Kind::Thought);
    for entry in thoughts.rev() {
        let Some(index) = entry.place.index else {
            // The item is nothing but thoughts.
            *message = Value::Null;
            return;
        };
        if let Some(Value::Array(list)) = at_mut(
            message,
            Place {
                index: None,
                ..entry.place
            },
        ) {
            list.remove(index);
        }
    }
}

/// The same, without the contents of results. The tag of an output stays.
pub(super) fn skeleton(seen: &Seen<'_>, dialect: Dialect) -> Value {
    let mut message = seen.raw.clone();
    // Before thoughts are taken out, behind which a provider's own results may stand.
    let is_result = |entry: &&Entry<'_>| matches!(entry.kind, Kind::Result | Kind::ProviderResult);
    for entry in seen.entries.iter().filter(is_result) {
        let Some(value) = at_mut(&mut message, entry.place) else {
            continue;
        };
        let inner = WRAPPINGS.into_iter().find(|key| value.get(key).is_some());
        let value = match inner {
            Some(key) => value.get_mut(key),
            None => Some(value),
        };
        let Some(Value::Object(fields)) = value else {
            continue;
        };
        let wrapping = ["kwargs", "data"]
            .into_iter()
            .find(|key| fields.get(*key).is_some_and(Value::is_object));
        match wrapping.filter(|_| dialect == Dialect::Langchain) {
            Some(key) => {
                if let Some(Value::Object(fields)) = fields.get_mut(key) {
                    blank(fields);
                }
            }
            None => blank(fields),
        }
    }
    take_thoughts(&mut message, seen, dialect);
    message
}

fn blank(fields: &mut Map<String, Value>) {
    // Media beside a response, which goes with it.
    fields.remove("parts");
    for key in CONTENTS {
        let Some(content) = fields.get_mut(key) else {
            continue;
        };
        let tag = content.get("type").filter(|_| key == "output").cloned();
        *content = tag.unwrap_or_default();
    }
}

/// The value at a place in a message.
pub(crate) fn at_mut(message: &mut Value, place: Place) -> Option<&mut Value> {
    let found = place
        .keys()
        .try_fold(message, |value, key| value.get_mut(key))?;
    match place.index {
        Some(index) => found.get_mut(index),
        None => Some(found),
    }
}
