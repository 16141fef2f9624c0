//! Python: how Gemini 2.5 is told of functions on the Gemini API.
//!
//! Each function is a stub with a docstring; objects with properties are dataclasses before it. Counts cannot tell this text
//! from others of the same length in tokens: of some 1,700 layouts it is one of those that agree with recorded usage.

use serde_json::Value;

use super::schema::{Path, kind, properties, requires, resolved};
use crate::conversation::Tool;
use crate::count::CountText;
use crate::json::{self, Style};
use crate::project::estimate::Estimate;

/// Python's `json.dumps`, with characters outside ASCII as they are.
const SPACED: Style = Style {
    comma: ", ",
    colon: ": ",
    ascii: false,
};
/// Tokens around a call and its result.
const PAIR: i64 = 6;

/// A declaration.
pub(super) fn declaration(tool: &Tool, counter: &dyn CountText) -> Estimate {
    let root = tool.parameters.as_ref().unwrap_or(&Value::Null);
    let mut stub = Stub {
        root,
        path: Path::default(),
        classes: String::new(),
        doubtful: String::new(),
    };
    let schema = resolved(root, root);
    let mut lines = String::new();
    let mut args = String::new();
    stub.path.enter(schema);
    for (name, property) in properties(schema).into_iter().flatten() {
        if stub.path.is_full() {
            break;
        }
        let kind = stub.kind(property, &camel(&tool.name, name));
        lines.push_str("    ");
        field(&mut lines, name, &kind, requires(schema, name));
        lines.push_str(",\n");
        described(&mut args, name, property);
    }
    let text = format!(
        "{}def {}(\n{lines}) -> dict:\n  \"\"\"{}\n\n  Args:\n{args}  \"\"\"\n",
        stub.classes,
        tool.name,
        tool.description.as_deref().unwrap_or_default(),
    );
    // The one record of enumerations costs about 1.3 times their JSON more than strings.
    let doubt = 2 * i64::from(counter.count_text(&stub.doubtful)) + stub.path.unshown();
    let tokens = i64::from(counter.count_text(&text));
    Estimate::between(tokens, tokens, tokens + doubt)
}

/// A stub under construction.
struct Stub<'a> {
    root: &'a Value,
    path: Path<'a>,
    /// The dataclasses, inner ones first.
    classes: String,
    /// JSON of what there is no record of.
    doubtful: String,
}

/// Bytes of doubtful JSON from which on schemas within themselves are no longer added to it.
const MOST_DOUBTFUL: usize = 100_000;
/// Keywords of which there is no record.
const UNRECORDED: [&str; 8] = [
    "enum", "anyOf", "oneOf", "allOf", "format", "default", "const", "nullable",
];

impl<'a> Stub<'a> {
    /// The type of a schema; a class for it is called `name`.
    fn kind(&mut self, schema: &'a Value, name: &str) -> String {
        let schema = resolved(schema, self.root);
        if !self.path.enter(schema) {
            // A schema within itself: how often its class is repeated is not on record.
            for _ in 0..self.repeats() {
                json::write_value(schema, SPACED, &mut self.doubtful);
            }
            return "dict".to_owned();
        }
        for keyword in UNRECORDED {
            if let Some(value) = schema.get(keyword) {
                self.doubtful.push_str(keyword);
                json::write_value(value, SPACED, &mut self.doubtful);
            }
        }
        let kind = match kind(schema).as_str() {
            "string" => "str".to_owned(),
            "integer" => "int".to_owned(),
            "number" => "float".to_owned(),
            "boolean" => "bool".to_owned(),
            "array" => {
                let item = schema.get("items").map(|items| self.kind(items, name));
                format!("list[{}]", item.as_deref().unwrap_or("Any"))
            }
            _ if properties(schema).is_some() => {
                self.class(schema, name);
                name.to_owned()
            }
            _ => "dict".to_owned(),
        };
        self.path.leave();
        kind
    }

    /// How often a schema within itself is taken to be shown at most.
    fn repeats(&self) -> usize {
        if self.doubtful.len() > MOST_DOUBTFUL || self.path.is_full() {
            0
        } else {
            2
        }
    }

    fn class(&mut self, schema: &'a Value, name: &str) {
        let mut attributes = String::new();
        let mut fields = String::new();
        for (key, property) in properties(schema).into_iter().flatten() {
            if self.path.is_full() {
                break;
            }
            let kind = self.kind(property, &camel(name, key));
            described(&mut attributes, key, property);
            fields.push_str("  ");
            field(&mut fields, key, &kind, requires(schema, key));
            fields.push('\n');
        }
        let description = schema.get("description").and_then(Value::as_str);
        self.classes.push_str(&format!(
            "@dataclasses.dataclass(kw_only=True)\nclass {name}:\n  \"\"\"{}\n\n  Attributes:\n{attributes}  \"\"\"\n\n{fields}",
            description.unwrap_or_default(),
        ));
    }
}

/// `name: kind`, with a default for what is not required.
fn field(out: &mut String, name: &str, kind: &str, required: bool) {
    out.push_str(name);
    out.push_str(": ");
    out.push_str(kind);
    if !required {
        out.push_str(" | None = None");
    }
}

/// A property's line in a docstring.
fn described(out: &mut String, name: &str, property: &Value) {
    let description = property.get("description").and_then(Value::as_str);
    out.push_str("    ");
    out.push_str(name);
    out.push_str(": ");
    out.push_str(description.unwrap_or_default());
    out.push('\n');
}

/// The names of a path in one word: `final_result` and `pages` make `FinalResultPages`.
fn camel(outer: &str, inner: &str) -> String {
    let mut out = String::new();
    for word in outer.split('_').chain(inner.split('_')) {
        let mut letters = word.chars();
        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}

/// A call: a Python expression.
pub(super) fn call(name: &str, arguments: &Value, counter: &dyn CountText) -> Estimate {
    let mut text = format!("default_api.{name}(");
    for (index, (key, value)) in arguments.as_object().into_iter().flatten().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        text.push_str(key);
        text.push_str(" = ");
        literal(value, &mut text);
    }
    text.push(')');
    Estimate::exact(counter.count_text(&text))
}

/// A result: the function's name and its JSON. Of 45 records with results 38 are exact, and most others one more.
pub(super) fn result(name: &str, response: &Value, counter: &dyn CountText) -> Estimate {
    let mut text = name.to_owned();
    json::write_value(response, SPACED, &mut text);
    let tokens = PAIR + i64::from(counter.count_text(&text));
    Estimate::exact(tokens).widened(tokens / 1_000, 2 + tokens / 100)
}

/// A value as Python writes it.
fn literal(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("None"),
        Value::Bool(true) => out.push_str("True"),
        Value::Bool(false) => out.push_str("False"),
        Value::String(text) => {
            out.push('\'');
            for c in text.chars() {
                match c {
                    '\'' => out.push_str("\\'"),
                    '\\' => out.push_str("\\\\"),
                    '\n' => out.push_str("\\n"),
                    '\r' => out.push_str("\\r"),
                    '\t' => out.push_str("\\t"),
                    other => out.push(other),
                }
            }
            out.push('\'');
        }
        Value::Number(_) => json::write_value(value, SPACED, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                literal(item, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            out.push('{');
            for (index, (key, item)) in fields.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                literal(&Value::String(key.clone()), out);
                out.push_str(": ");
                literal(item, out);
            }
            out.push('}');
        }
    }
}
