//! Schemas: what their keywords mean, and those of answers.

use serde_json::{Map, Value};

use super::pieces::Pieces;
use super::rules::{Layout, Rules};
use crate::conversation::{Conversation, Dialect, ResponseFormat};
use crate::count::CountText;
use crate::json;
use crate::models::Host;
use crate::normalize::generation_setting;
use crate::project::estimate::Estimate;

/// Tokens of the form that the answer must have: free on the Gemini API from 2.5 on.
///
/// Where it is not, a schema in the API's own notation costs its pieces, and JSON Schema nothing but on Vertex from
/// Gemini 3 on, which shows it to the model.
pub(super) fn format(
    conversation: &Conversation,
    rules: &Rules,
    counter: &dyn CountText,
) -> Estimate {
    let ResponseFormat::JsonSchema { schema, .. } = &conversation.response_format else {
        return Estimate::default();
    };
    let own = ["responseSchema", "response_schema"];
    let is_json_schema = generation_setting(&conversation.rest, own).is_none();
    let mut pieces = Pieces::new(rules, counter);
    pieces.schema(schema, true);
    let pieces = pieces.sum();
    match (rules.layout, conversation.dialect) {
        (Layout::Pieces, _) if rules.is_third() && rules.host == Host::Vertex => {
            // Two records of one schema: 65, of which its JSON is 33.
            let json = i64::from(counter.count_text(&json::compact(schema)));
            Estimate::between(0_i64, 2 * json - 1, 2 * json + 20)
        }
        (Layout::Pieces, Dialect::Gemini) if !is_json_schema => pieces,
        (Layout::Pieces, Dialect::Gemini) => Estimate::default(),
        // How a host puts the schema is not known; the one on record was free.
        (Layout::Pieces, _) => Estimate {
            lower: 0,
            tokens: 0,
            ..pieces
        },
        _ => Estimate::default(),
    }
}

/// Longest chain of references that is followed.
const MAX_CHAIN: usize = 32;
/// Most nested schemas that are shown: references can make a small document an endless one.
const MAX_NODES: usize = 2_000;

/// Deepest nesting that is shown. References can nest deeper than the body itself.
const MAX_DEPTH: usize = 64;
/// Tokens that a declaration takes at most beyond [`MAX_NODES`]; the API refuses schemas long before.
const MOST_UNSHOWN: i64 = 100_000;

/// The schemas around the one that is being shown, and how many were shown in all.
#[derive(Default)]
pub(super) struct Path<'a> {
    open: Vec<&'a Value>,
    nodes: usize,
}

impl<'a> Path<'a> {
    /// Enters a schema; `false` for one that contains itself, and when there have been too many.
    pub(super) fn enter(&mut self, schema: &'a Value) -> bool {
        self.nodes += 1;
        let is_deep = self.open.len() >= MAX_DEPTH;
        if self.nodes > MAX_NODES
            || is_deep
            || self.open.iter().any(|open| std::ptr::eq(*open, schema))
        {
            return false;
        }
        self.open.push(schema);
        true
    }

    /// Whether there have been too many: nothing more is shown.
    pub(super) fn is_full(&self) -> bool {
        self.nodes > MAX_NODES
    }

    /// Tokens that may be missing because something is not shown.
    pub(super) fn unshown(&self) -> i64 {
        if self.is_full() { MOST_UNSHOWN } else { 0 }
    }

    pub(super) fn leave(&mut self) {
        self.open.pop();
    }
}

/// The schema that `schema` refers to in the same document, else itself.
pub(super) fn resolved<'a>(schema: &'a Value, root: &'a Value) -> &'a Value {
    let mut found = schema;
    for _ in 0..MAX_CHAIN {
        let reference = ["$ref", "ref"]
            .iter()
            .find_map(|key| found.get(key).and_then(Value::as_str));
        let Some(target) = reference
            .and_then(|reference| reference.strip_prefix('#'))
            .and_then(|pointer| root.pointer(pointer))
        else {
            return found;
        };
        found = target;
    }
    found
}

/// Properties of a schema, when it has any.
pub(super) fn properties(schema: &Value) -> Option<&Map<String, Value>> {
    schema
        .get("properties")
        .and_then(Value::as_object)
        .filter(|properties| !properties.is_empty())
}

/// Whether a schema requires a property.
pub(super) fn requires(schema: &Value, name: &str) -> bool {
    let names = schema.get("required").and_then(Value::as_array);
    names.is_some_and(|names| names.iter().any(|own| own == name))
}

/// The type of a schema in lower case; of a list of types the first that is not `null`.
pub(super) fn kind(schema: &Value) -> String {
    let word = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds
            .iter()
            .filter_map(Value::as_str)
            .find(|kind| !kind.eq_ignore_ascii_case("null")),
        Some(value) => value.as_str(),
        None => None,
    };
    word.unwrap_or_default().to_ascii_lowercase()
}
