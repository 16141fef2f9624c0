//! Calls and results in the history.

use std::collections::HashMap;

use serde_json::Value;

use super::media;
use super::rules::{Layout, Rules};
use super::{control, pieces, stubs};
use crate::conversation::{Conversation, Part, ToolCall};
use crate::count::CountText;
use crate::json;
use crate::project::estimate::Estimate;

/// The names of the functions that calls name by id, for dialects whose results do not repeat them.
pub(super) struct Names<'a>(HashMap<&'a str, &'a str>);

impl<'a> Names<'a> {
    pub(super) fn of(conversation: &'a Conversation) -> Self {
        let calls = conversation
            .messages
            .iter()
            .flat_map(|message| message.calls());
        Self(
            calls
                .filter(|call| !call.id.is_empty())
                .map(|call| (call.id.as_str(), call.name.as_str()))
                .collect(),
        )
    }

    pub(super) fn get(&self, id: &str) -> &'a str {
        self.0.get(id).copied().unwrap_or_default()
    }
}

/// A call.
pub(super) fn call(call: &ToolCall, rules: &Rules, counter: &dyn CountText) -> Estimate {
    let arguments = object(&call.arguments, "arguments");
    match rules.layout {
        Layout::Pieces => pieces::call(&call.name, &arguments, rules, counter),
        Layout::Stubs => stubs::call(&call.name, &arguments, counter),
        Layout::Control => control::call(&call.name, &arguments, counter),
    }
}

/// A result, and the media beside it.
pub(super) fn result(
    name: &str,
    parts: &[Part],
    rules: &Rules,
    counter: &dyn CountText,
) -> (Estimate, Estimate) {
    let mut said = String::new();
    let mut beside = Estimate::default();
    for part in parts {
        match part {
            Part::Text { text, .. } => said.push_str(text),
            Part::Opaque(value) => beside += super::opaque(value, counter),
            other => beside += media::in_result(other, rules, counter),
        }
    }
    // Other dialects have texts for results; Google's compatible endpoints wrap what is no object.
    let response = object(&said, "result");
    let cost = match rules.layout {
        Layout::Pieces => pieces::call(name, &response, rules, counter),
        Layout::Stubs => stubs::result(name, &response, counter),
        Layout::Control => control::result(name, &response, counter),
    };
    (cost, beside)
}

/// `text` as an object; what is none becomes the value of `key`.
fn object(text: &str, key: &str) -> Value {
    if text.is_empty() {
        return Value::Object(serde_json::Map::new());
    }
    match json::parsed(text) {
        Some(object @ Value::Object(_)) => object,
        _ => json::object(vec![(key, text.into())]),
    }
}
