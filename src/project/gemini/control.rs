//! Control tokens: how Gemini 3 and later are told of functions on the Gemini API.
//!
//! The format is that of Gemma 4's published chat template. Control strings are one token each, and the texts between them
//! are encoded separately, as a tokenizer with these as special tokens does.

use serde_json::Value;

use super::schema::{Path, kind, properties, resolved};
use crate::conversation::Tool;
use crate::count::CountText;
use crate::json::{self, COMPACT};
use crate::order;
use crate::project::estimate::Estimate;

/// Texts between control tokens, counted as they are completed.
struct Rendering<'a> {
    counter: &'a dyn CountText,
    /// The text since the last control token.
    text: String,
    tokens: i64,
    /// Tokens of keywords of which there is no record.
    doubtful: i64,
}

impl<'a> Rendering<'a> {
    fn new(counter: &'a dyn CountText) -> Self {
        Self {
            counter,
            text: String::new(),
            tokens: 0,
            doubtful: 0,
        }
    }

    /// A control token.
    fn control(&mut self) {
        if !self.text.is_empty() {
            self.tokens += i64::from(self.counter.count_text(&self.text));
            self.text.clear();
        }
        self.tokens += 1;
    }

    /// A text in quotation marks that are control tokens.
    fn quoted(&mut self, text: &str) {
        self.control();
        self.text.push_str(text);
        self.control();
    }

    fn done(mut self) -> Estimate {
        self.control();
        Estimate::between(self.tokens, self.tokens, self.tokens + self.doubtful)
    }

    /// A value; keys are sorted and bare.
    fn value(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.quoted(text),
            Value::Array(items) => {
                self.text.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.text.push(',');
                    }
                    self.value(item);
                }
                self.text.push(']');
            }
            Value::Object(_) => self.fields(value),
            other => json::write_value(other, COMPACT, &mut self.text),
        }
    }

    fn fields(&mut self, object: &Value) {
        let fields = object.as_object().map(order::fields).unwrap_or_default();
        self.text.push('{');
        for (index, (key, value)) in fields.into_iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            self.text.push_str(key);
            self.text.push(':');
            self.value(value);
        }
        self.text.push('}');
    }

    /// A schema with the keywords that the template knows, in alphabetical order.
    fn schema<'s>(&mut self, schema: &'s Value, root: &'s Value, path: &mut Path<'s>) {
        let schema = resolved(schema, root);
        self.text.push('{');
        if path.enter(schema) {
            let mut first = true;
            for keyword in KEYWORDS {
                let Some(value) = schema.get(keyword).filter(|value| !is_empty(value)) else {
                    continue;
                };
                if !std::mem::take(&mut first) {
                    self.text.push(',');
                }
                self.text.push_str(keyword);
                self.text.push(':');
                if matches!(keyword, "anyOf" | "enum" | "format" | "nullable") {
                    let json = json::compact(value);
                    self.doubtful += i64::from(self.counter.count_text(&json)) + 4;
                }
                self.keyword(keyword, value, schema, (root, &mut *path));
            }
            path.leave();
        } else {
            // A schema within itself; how far it is shown is not on record.
            self.doubtful += 16;
        }
        self.text.push('}');
    }

    fn keyword<'s>(
        &mut self,
        keyword: &str,
        value: &'s Value,
        schema: &'s Value,
        (root, path): (&'s Value, &mut Path<'s>),
    ) {
        match (keyword, value) {
            ("items", _) => self.schema(value, root, path),
            ("anyOf", Value::Array(items)) => {
                self.text.push('[');
                for (index, item) in items.iter().enumerate() {
                    if path.is_full() {
                        break;
                    }
                    if index > 0 {
                        self.text.push(',');
                    }
                    self.schema(item, root, path);
                }
                self.text.push(']');
            }
            ("properties", _) => {
                let fields = properties(schema).map(order::fields).unwrap_or_default();
                self.text.push('{');
                for (index, (key, property)) in fields.into_iter().enumerate() {
                    if path.is_full() {
                        break;
                    }
                    if index > 0 {
                        self.text.push(',');
                    }
                    self.text.push_str(key);
                    self.text.push(':');
                    self.schema(property, root, path);
                }
                self.text.push('}');
            }
            ("type", _) => self.quoted(&kind(schema).to_ascii_uppercase()),
            _ => self.value(value),
        }
    }
}

/// The keywords that are shown. Those of the API's own notation and of JSON Schema are the same.
const KEYWORDS: [&str; 9] = [
    "anyOf",
    "description",
    "enum",
    "format",
    "items",
    "nullable",
    "properties",
    "required",
    "type",
];

/// Whether a keyword says nothing and is left out.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Bool(flag) => !flag,
        _ => true,
    }
}

/// A declaration.
pub(super) fn declaration(tool: &Tool, counter: &dyn CountText) -> Estimate {
    let mut out = Rendering::new(counter);
    out.control();
    out.text.push_str("declaration:");
    out.text.push_str(&tool.name);
    out.text.push('{');
    let description = tool.description.as_deref().unwrap_or_default();
    if !description.is_empty() {
        out.text.push_str("description:");
        out.quoted(description);
    }
    if let Some(parameters) = &tool.parameters {
        if !description.is_empty() {
            out.text.push(',');
        }
        out.text.push_str("parameters:");
        let mut path = Path::default();
        out.schema(parameters, parameters, &mut path);
        out.doubtful += path.unshown();
    }
    out.text.push('}');
    out.done()
}

/// A call.
pub(super) fn call(name: &str, arguments: &Value, counter: &dyn CountText) -> Estimate {
    named("call:", name, arguments, counter)
}

/// A result.
pub(super) fn result(name: &str, response: &Value, counter: &dyn CountText) -> Estimate {
    named("response:", name, response, counter)
}

fn named(kind: &str, name: &str, object: &Value, counter: &dyn CountText) -> Estimate {
    let mut out = Rendering::new(counter);
    out.control();
    out.text.push_str(kind);
    out.text.push_str(name);
    out.fields(object);
    out.done()
}
