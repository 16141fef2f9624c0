//! Where in a message as the caller wrote it a part is.

use serde_json::Value;

use crate::conversation::{Message, Part};
use crate::json;

/// What messages are wrapped in.
const WRAPPINGS: [&str; 3] = ["", "kwargs", "data"];
/// Where parts are listed.
const LISTS: [&str; 4] = ["content", "parts", "output", "tool_responses"];

/// The lists in a message that its parts were read from.
pub(super) struct Places<'a> {
    /// Where the message's fields are: `` or `.kwargs`.
    wrapping: String,
    fields: &'a Value,
    /// The list of parts: its key and its entries.
    parts: Option<(&'static str, &'a [Value])>,
    /// How many parts were read.
    read: usize,
    /// Whether the message is one result as a whole.
    is_result: bool,
}

impl<'a> Places<'a> {
    pub(super) fn of(message: &'a Message) -> Self {
        let raw = &message.raw;
        let wrapping = WRAPPINGS
            .into_iter()
            .find(|key| !key.is_empty() && field(raw, key).is_some_and(Value::is_object));
        let fields = wrapping.and_then(|key| field(raw, key)).unwrap_or(raw);
        let is_result = matches!(message.parts.as_slice(), [Part::ToolResult { .. }])
            && field(fields, "tool_responses").is_none();
        let parts = LISTS
            .into_iter()
            .find_map(|key| Some((key, field(fields, key)?.as_array()?.as_slice())));
        Self {
            wrapping: wrapping.map(|key| format!(".{key}")).unwrap_or_default(),
            fields,
            parts,
            read: message.parts.len(),
            is_result,
        }
    }

    /// The place of a part that is none of the calls.
    pub(super) fn part(&self, path: &str, position: usize) -> String {
        let wrapping = &self.wrapping;
        match self.parts {
            Some((key, entries)) if position < entries.len() => {
                format!("{path}{wrapping}.{key}[{position}]")
            }
            _ => path.to_owned(),
        }
    }

    /// The place of a part inside the result at `position`.
    pub(super) fn inside(&self, path: &str, position: usize, inner: usize) -> String {
        // A message that is one result lists the result's parts.
        let lists_own =
            self.is_result && self.entry(position).is_none_or(|entry| !is_result(entry));
        self.part(path, if lists_own { inner } else { position })
    }

    /// The place of the call at `position`, the `ordinal`th of the message.
    pub(super) fn call(&self, path: &str, position: usize, ordinal: usize) -> String {
        let wrapping = &self.wrapping;
        let listed = self.fields.get("tool_calls").and_then(Value::as_array);
        if listed.is_some_and(|calls| ordinal < calls.len()) {
            return format!("{path}{wrapping}.tool_calls[{ordinal}]");
        }
        match self.parts {
            Some((_, entries)) if entries.len() == self.read => self.part(path, position),
            _ => path.to_owned(),
        }
    }

    /// The place of what says which call the result at `position` answers.
    pub(super) fn result(&self, path: &str, position: usize) -> String {
        let wrapping = &self.wrapping;
        for key in ["tool_call_id", "call_id"] {
            if self.fields.get(key).is_some() {
                return format!("{path}{wrapping}.{key}");
            }
        }
        self.part(path, position)
    }

    /// Whether the provider itself runs the call at `position`, as parts of the AI SDK may say.
    pub(super) fn is_run_by_provider(&self, position: usize) -> bool {
        let said = self
            .entry(position)
            .and_then(|entry| entry.get("providerExecuted"));
        said.and_then(Value::as_bool) == Some(true)
    }

    fn entry(&self, position: usize) -> Option<&'a Value> {
        self.parts?.1.get(position)
    }
}

fn field<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    json::field(value.as_object()?, key)
}

/// Whether an entry of the list is a result by itself, in any dialect.
fn is_result(entry: &Value) -> bool {
    let kind = entry.get("type").and_then(Value::as_str);
    matches!(kind, Some("tool_result" | "tool-result"))
        || [
            "toolResult",
            "functionResponse",
            "function_response",
            "call_id",
        ]
        .into_iter()
        .any(|key| entry.get(key).is_some())
}
