//! Names and texts one by one: Gemini up to 2.0, and every Gemini on Vertex AI.
//!
//! Google's SDK documents the idea in its local tokenizer (google-genai 3.4.0): names, keys and string values count, key words
//! and punctuation do not. That the server counts a number as one token and the type words too is fitted to recorded usage.

use serde_json::Value;

use super::rules::Rules;
use crate::conversation::Tool;
use crate::count::CountText;
use crate::models::{Framing, Host};
use crate::project::estimate::Estimate;

/// A sum of tokens of separate texts.
pub(super) struct Pieces<'a> {
    rules: &'a Rules,
    counter: &'a dyn CountText,
    sum: Estimate,
    /// Type words among them, which recordings up to the first months of 2025 do not charge.
    types: i64,
    /// Key words, which Vertex charges for Gemini 3 in the newer recordings.
    keywords: i64,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(rules: &'a Rules, counter: &'a dyn CountText) -> Self {
        Self {
            rules,
            counter,
            sum: Estimate::default(),
            types: 0,
            keywords: 0,
        }
    }

    pub(super) fn sum(self) -> Estimate {
        let mut sum = self.sum;
        if self.rules.framing == Framing::Gemini2 {
            sum.lower -= self.types;
        }
        if self.rules.host == Host::Vertex && self.rules.is_third() {
            sum.tokens += self.keywords;
            sum.upper += self.keywords;
        }
        sum
    }

    pub(super) fn text(&mut self, text: &str) {
        self.sum += self.rules.text(text, self.counter.count_text(text));
    }

    fn number(&mut self) {
        self.sum += Estimate::exact(1);
    }

    /// Every key, string and number in a value.
    fn value(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::Number(_) => self.number(),
            Value::Array(items) => items.iter().for_each(|item| self.value(item)),
            Value::Object(fields) => {
                for (key, item) in fields {
                    self.text(key);
                    self.value(item);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// A schema: the names of its properties, every string, and numbers but zero. Titles and the order of properties count
    /// in schemas of answers only.
    pub(super) fn schema(&mut self, schema: &Value, of_answer: bool) {
        match schema {
            Value::String(text) => self.text(text),
            Value::Number(number) if number.as_f64() != Some(0.0) => self.number(),
            Value::Array(items) => items.iter().for_each(|item| self.schema(item, of_answer)),
            Value::Object(fields) => {
                for (key, value) in fields {
                    self.keyword(key, value, of_answer);
                }
            }
            _ => {}
        }
    }

    fn keyword(&mut self, key: &str, value: &Value, of_answer: bool) {
        let is_empty = match value {
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            Value::String(text) => text.is_empty(),
            _ => false,
        };
        if is_empty {
            return;
        }
        match (key, value) {
            ("properties", Value::Object(properties)) => {
                for (name, property) in properties {
                    self.text(name);
                    self.schema(property, of_answer);
                }
            }
            ("title" | "propertyOrdering" | "property_ordering", _) if !of_answer => return,
            // A word, or its number in the API's enumeration.
            ("type", Value::String(_) | Value::Number(_)) => {
                self.types += 1;
                self.number();
            }
            _ => self.schema(value, of_answer),
        }
        self.keywords += 1;
    }
}

/// A call, or a result.
pub(super) fn call(name: &str, object: &Value, rules: &Rules, counter: &dyn CountText) -> Estimate {
    let mut pieces = Pieces::new(rules, counter);
    pieces.text(name);
    pieces.value(object);
    pieces.sum()
}

/// A declaration. Parameters in JSON Schema are free.
pub(super) fn declaration(tool: &Tool, rules: &Rules, counter: &dyn CountText) -> Estimate {
    let mut pieces = Pieces::new(rules, counter);
    pieces.text(&tool.name);
    if let Some(description) = &tool.description {
        pieces.text(description);
    }
    let is_json_schema = ["parametersJsonSchema", "parameters_json_schema"]
        .iter()
        .any(|key| tool.raw.get(key).is_some());
    if let Some(parameters) = tool.parameters.as_ref().filter(|_| !is_json_schema) {
        pieces.schema(parameters, false);
        // `functionDeclarations`, `name`, `description`, `parameters`.
        pieces.keywords += 6;
    }
    pieces.sum()
}
