//! Function tools as the model sees them: a TypeScript namespace.
//!
//! The rendering is fitted to recorded counts; text that recorded counts do not settle is kept apart, to widen the bounds.

mod current;
mod old;

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::conversation::Tool;
use crate::json;

/// Bytes written for one tool, at most, intermediate texts included. Schemas that refer to their parts, or list
/// a type twice, can double at every level.
const WRITTEN: usize = 4 << 20;

/// Schemas rendered inside each other, at most. A request is not nested deeper; a chain of references can be.
const DEPTH: usize = 128;

/// Generations of the rendering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::project) enum Style {
    /// gpt-3.5-turbo-0613, gpt-4-0613: one property per line, no titles, no defaults, comments at the top only.
    Old,
    /// Everything since.
    Current,
}

/// A rendered namespace and what is not settled about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::project) struct Namespace {
    /// The text.
    pub(in crate::project) text: String,
    /// Limits of numbers, shown by some families.
    pub(in crate::project) limits: Vec<String>,
    /// Texts that may be shown as well.
    pub(in crate::project) perhaps_more: Vec<String>,
    /// Texts that may not be shown after all.
    pub(in crate::project) perhaps_less: Vec<String>,
}

/// Renders the functions among `tools`.
pub(in crate::project) fn namespace<'t>(
    tools: impl Iterator<Item = &'t Tool>,
    style: Style,
) -> Namespace {
    let mut out = Namespace {
        text: "namespace functions {\n\n".to_owned(),
        ..Namespace::default()
    };
    for tool in tools.filter(|tool| tool.is_function()) {
        let empty = Value::Null;
        let mut writer = Writer {
            root: tool.parameters.as_ref().unwrap_or(&empty),
            open: Vec::new(),
            depth: 0,
            written: 0,
            noted: HashSet::new(),
            out: &mut out,
        };
        let signature = match style {
            Style::Current => writer.signature(),
            Style::Old => writer.old_signature(),
        };
        if let Some(description) = &tool.description {
            for line in comment(description, style) {
                out.text.push_str(&line);
                out.text.push('\n');
            }
        }
        out.text
            .push_str(&format!("type {} = {signature};\n\n", tool.name));
    }
    out.text.push_str("} // namespace functions");
    out
}

/// Comment lines of a description.
fn comment(text: &str, style: Style) -> Vec<String> {
    match style {
        Style::Current => text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(|line| format!("// {line}"))
            .collect(),
        Style::Old if text.trim().is_empty() => Vec::new(),
        Style::Old => vec![format!("// {}", text.trim())],
    }
}

/// Renders the schema of one tool.
struct Writer<'a, 'o> {
    root: &'a Value,
    /// References being rendered, outermost first.
    open: Vec<&'a str>,
    /// Schemas being rendered.
    depth: usize,
    /// Bytes written so far.
    written: usize,
    /// References that were not followed; empty for the rest of a schema that is too large.
    noted: HashSet<&'a str>,
    out: &'o mut Namespace,
}

impl<'a> Writer<'a, '_> {
    /// What a schema refers to, if it refers to anything that is there.
    fn target(&self, schema: &'a Value) -> &'a Value {
        reference(schema)
            .and_then(|pointer| self.root.pointer(pointer.strip_prefix('#')?))
            .unwrap_or(schema)
    }

    /// Whether enough has been written for this tool; the rest of it is in doubt then.
    fn is_full(&mut self) -> bool {
        let is_full = self.depth >= DEPTH || self.written >= WRITTEN;
        if is_full && self.noted.insert("") {
            self.doubt(json::compact(self.root));
        }
        is_full
    }

    /// Whether another schema may be rendered; it is being rendered from then on.
    fn begins(&mut self) -> bool {
        let begins = !self.is_full();
        self.depth += usize::from(begins);
        begins
    }

    /// Ends what [`Self::begins`] began, which took `bytes`.
    fn ends(&mut self, bytes: usize) {
        self.depth -= 1;
        // Nothing is free, so that rendering ends.
        self.written += bytes + 1;
    }

    /// Whether a reference is followed; it is open from then on. One that leads nowhere or to itself is
    /// noted instead.
    fn enters(&mut self, pointer: &'a str, schema: &'a Value) -> bool {
        let target = self.target(schema);
        let is_followed = !self.open.contains(&pointer) && !std::ptr::eq(target, schema);
        if is_followed {
            self.open.push(pointer);
        } else if self.noted.insert(pointer) {
            self.doubt(json::compact(target));
        }
        is_followed
    }

    /// Notes text that may be shown.
    fn doubt(&mut self, text: String) {
        self.written += text.len();
        self.out.perhaps_more.push(text);
    }

    /// Notes that keyword `key` of `schema` may be shown.
    fn doubt_key(&mut self, schema: &Value, key: &str) {
        if let Some(text) = keyword(schema, key) {
            self.doubt(text);
        }
    }
}

/// Non-empty properties of a schema.
fn properties(schema: &Value) -> Option<&Map<String, Value>> {
    schema
        .get("properties")
        .and_then(Value::as_object)
        .filter(|properties| !properties.is_empty())
}

fn required(schema: &Value) -> HashSet<&str> {
    let keys = schema.get("required").and_then(Value::as_array);
    keys.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref").and_then(Value::as_str)
}

/// Keyword `key` of a schema as a comment.
fn keyword(schema: &Value, key: &str) -> Option<String> {
    let value = schema.get(key)?;
    Some(format!(" // {key}: {}", json::compact(value)))
}
