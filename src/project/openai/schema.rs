//! A structured answer's schema as the model sees it.

use serde_json::{Map, Value};

use crate::json;

/// Keywords that are not shown, wherever they are keywords. The first nine were seen to cost nothing; the
/// rest limit values in the same way.
const HIDDEN: [&str; 20] = [
    "additionalProperties",
    "$schema",
    "required",
    "strict",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "format",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "minContains",
    "maxContains",
];

/// How many of [`HIDDEN`] were seen to cost nothing.
const SEEN: usize = 9;

/// A rendered schema.
pub(super) struct Schema {
    /// The text, with defaults.
    pub(super) text: String,
    /// The text without defaults, where there are any: recorded counts lie between the two.
    pub(super) without_defaults: Option<String>,
    /// Texts of keywords that are taken to be hidden without a record of it.
    pub(super) perhaps_more: Vec<String>,
}

/// Renders the schema called `name`.
pub(super) fn schema(name: &str, description: Option<&str>, schema: &Value) -> Schema {
    let mut head = format!("## {name}\n\n");
    if let Some(description) = description.filter(|text| !text.trim().is_empty()) {
        head.push_str(&format!("// {description}\n"));
    }
    let mut filter = Filter {
        keep_default: true,
        has_default: false,
        perhaps_more: Vec::new(),
    };
    let shown = filter.schema(schema);
    let without_defaults = filter.has_default.then(|| {
        let mut without = Filter {
            keep_default: false,
            has_default: false,
            perhaps_more: Vec::new(),
        };
        format!("{head}{}", json::compact(&without.schema(schema)))
    });
    Schema {
        text: format!("{head}{}", json::compact(&shown)),
        without_defaults,
        perhaps_more: filter.perhaps_more,
    }
}

struct Filter {
    keep_default: bool,
    has_default: bool,
    perhaps_more: Vec<String>,
}

impl Filter {
    /// `value` without hidden keywords. Its keys are keywords.
    fn schema(&mut self, value: &Value) -> Value {
        match value {
            Value::Object(fields) => Value::Object(self.keywords(fields)),
            Value::Array(items) => items.iter().map(|item| self.schema(item)).collect(),
            other => other.clone(),
        }
    }

    fn keywords(&mut self, fields: &Map<String, Value>) -> Map<String, Value> {
        let mut shown = Map::new();
        for (key, value) in fields {
            if let Some(rank) = HIDDEN.iter().position(|hidden| hidden == key) {
                if rank >= SEEN {
                    self.perhaps_more
                        .push(format!(",\"{key}\":{}", json::compact(value)));
                }
                continue;
            }
            if key == "default" {
                self.has_default = true;
                if !self.keep_default {
                    continue;
                }
            }
            let value = match key.as_str() {
                "properties" | "$defs" | "definitions" => self.named(value),
                "enum" | "const" | "default" | "examples" => value.clone(),
                _ => self.schema(value),
            };
            shown.insert(key.clone(), value);
        }
        shown
    }

    /// `value`, whose keys are the caller's names, each for a schema.
    fn named(&mut self, value: &Value) -> Value {
        match value {
            Value::Object(fields) => fields
                .iter()
                .map(|(name, schema)| (name.clone(), self.schema(schema)))
                .collect(),
            other => other.clone(),
        }
    }
}
