//! Today's rendering: titles, defaults and comments at every depth, and one line where none is needed.

use serde_json::{Map, Value};

use super::{Style, Writer, comment, keyword, properties, reference, required};
use crate::json;

/// Keywords that limit a number. One of them was seen to be rendered, by one family.
const LIMITS: [&str; 5] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
];

/// Keywords of which no record tells whether they are rendered.
const UNRECORDED: [&str; 11] = [
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "const",
    "examples",
];

/// A rendered type.
struct Type {
    text: String,
    /// Whether it takes several lines, because something in it has a comment or a default.
    tall: bool,
}

impl Type {
    fn short(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            tall: false,
        }
    }
}

impl<'a> Writer<'a, '_> {
    pub(super) fn signature(&mut self) -> String {
        let schema = self.target(self.root);
        let Some(properties) = properties(schema) else {
            return "() => any".to_owned();
        };
        let head = heading(schema, None);
        let object = self.object(schema, properties);
        if head.is_empty() {
            format!("(_: {}) => any", object.text)
        } else {
            format!("(_: {}\n{}) => any", head.join("\n"), object.text)
        }
    }

    fn object(&mut self, schema: &'a Value, properties: &'a Map<String, Value>) -> Type {
        let required = required(schema);
        if schema
            .get("additionalProperties")
            .is_some_and(Value::is_object)
        {
            self.doubt_key(schema, "additionalProperties");
        }
        let rendered: Vec<(String, bool)> = properties
            .iter()
            .map(|(key, property)| {
                let is_required = required.contains(key.as_str());
                self.property(key, property, is_required)
            })
            .collect();
        let tall = rendered.iter().any(|(_, tall)| *tall);
        let mut text = String::from("{");
        if tall {
            text.push('\n');
            for (property, _) in &rendered {
                text.push_str(property);
                text.push('\n');
            }
        } else {
            for (index, (property, _)) in rendered.iter().enumerate() {
                text.push_str(if index == 0 { " " } else { ", " });
                // The comma after the last property is there in the tall form only.
                text.push_str(property.strip_suffix(',').unwrap_or(property));
            }
            text.push(' ');
        }
        text.push('}');
        Type { text, tall }
    }

    /// A property with its comments and the comma after it, and whether it needs lines of its own.
    fn property(&mut self, key: &str, schema: &'a Value, required: bool) -> (String, bool) {
        if self.is_full() {
            return (format!("{key}?: any,"), false);
        }
        let target = self.target(schema);
        let mut lines = heading(schema, Some(target));
        let value = match self.repeated(schema) {
            Some(value) => value,
            None => self.value(schema),
        };
        let default = schema.get("default");
        let tall = value.tall || !lines.is_empty() || default.is_some();
        let mark = if required { "" } else { "?" };
        let mut line = format!("{key}{mark}: {},", value.text);
        if let Some(default) = default {
            line.push_str(" // default: ");
            line.push_str(&json::compact(default));
        }
        lines.push(line);
        let text = lines.join("\n");
        self.written += text.len();
        (text, tall)
    }

    /// A list of types with a description: the description stands beside every branch.
    fn repeated(&mut self, schema: &'a Value) -> Option<Type> {
        let kinds = schema.get("type")?.as_array()?;
        let description = schema.get("description")?.as_str()?;
        if kinds.len() < 2 || schema.get("enum").is_some() {
            return None;
        }
        let beside = format!(" // {}", one_line(description));
        let mut text = String::from("\n");
        for kind in kinds {
            let branch = self.named(kind.as_str().unwrap_or_default(), schema);
            text.push_str(&format!("| {}{beside}\n", branch.text));
            // One recorded request shows the branches without it.
            self.written += beside.len();
            self.out.perhaps_less.push(beside.clone());
        }
        Some(Type { text, tall: true })
    }

    fn value(&mut self, schema: &'a Value) -> Type {
        if !self.begins() {
            return Type::short("any");
        }
        let value = self.shown(schema);
        self.ends(value.text.len());
        value
    }

    fn shown(&mut self, schema: &'a Value) -> Type {
        if let Some(pointer) = reference(schema) {
            return self.referred(pointer, schema);
        }
        for text in LIMITS.iter().filter_map(|key| keyword(schema, key)) {
            self.written += text.len();
            self.out.limits.push(text);
        }
        for key in UNRECORDED {
            self.doubt_key(schema, key);
        }
        for key in ["anyOf", "oneOf"] {
            if let Some(branches) = schema.get(key).and_then(Value::as_array) {
                return self.union(branches);
            }
        }
        if schema.get("allOf").is_some() {
            self.doubt_key(schema, "allOf");
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            let values: Vec<String> = values.iter().map(json::compact).collect();
            return Type::short(values.join(" | "));
        }
        match schema.get("type") {
            Some(Value::String(kind)) => self.named(kind, schema),
            Some(Value::Array(kinds)) => {
                let kinds: Vec<Type> = kinds
                    .iter()
                    .map(|kind| self.named(kind.as_str().unwrap_or_default(), schema))
                    .collect();
                joined(&kinds)
            }
            _ if properties(schema).is_some() => self.named("object", schema),
            _ => Type::short("any"),
        }
    }

    fn referred(&mut self, pointer: &'a str, schema: &'a Value) -> Type {
        if !self.enters(pointer, schema) {
            return Type::short("any");
        }
        let value = self.value(self.target(schema));
        self.open.pop();
        value
    }

    fn union(&mut self, branches: &'a [Value]) -> Type {
        let bare = |branch: &Value| {
            branch.get("type").and_then(Value::as_str) == Some("object")
                && properties(branch).is_none()
        };
        if branches.iter().any(|branch| bare(self.target(branch))) {
            return Type::short("any");
        }
        let types: Vec<Type> = branches
            .iter()
            .map(|branch| {
                if let Some(description) = branch.get("description").and_then(Value::as_str) {
                    self.doubt(format!(" // {}", one_line(description)));
                }
                self.value(branch)
            })
            .collect();
        joined(&types)
    }

    fn named(&mut self, kind: &str, schema: &'a Value) -> Type {
        match kind {
            "string" | "boolean" | "null" => Type::short(kind),
            "number" | "integer" => Type::short("number"),
            "array" => self.array(schema),
            "object" => match properties(schema) {
                Some(properties) => self.object(schema, properties),
                None => {
                    if schema
                        .get("additionalProperties")
                        .is_some_and(Value::is_object)
                    {
                        self.doubt_key(schema, "additionalProperties");
                    }
                    Type::short("object")
                }
            },
            _ => Type::short("any"),
        }
    }

    fn array(&mut self, schema: &'a Value) -> Type {
        let Some(items) = schema.get("items").filter(|items| items.is_object()) else {
            return Type::short("any[]");
        };
        let element = self.value(items);
        if !element.tall {
            for line in heading(items, Some(self.target(items))) {
                self.doubt(line);
            }
            return Type::short(format!("{}[]", element.text));
        }
        let mut lines = heading(items, Some(self.target(items)));
        lines.push(element.text);
        Type {
            text: format!("Array<\n{}\n>", lines.join("\n")),
            tall: true,
        }
    }
}

/// Title and description of a schema as comment lines; those it lacks are taken from `target`.
fn heading(schema: &Value, target: Option<&Value>) -> Vec<String> {
    let text = |key: &str| {
        let own = schema.get(key).and_then(Value::as_str);
        own.or_else(|| target?.get(key).and_then(Value::as_str))
            .map(|text| comment(text, Style::Current))
            .unwrap_or_default()
    };
    let mut lines = text("title");
    let description = text("description");
    if !lines.is_empty() && !description.is_empty() {
        lines.push("//".to_owned());
    }
    lines.extend(description);
    lines
}

fn joined(types: &[Type]) -> Type {
    let texts: Vec<&str> = types.iter().map(|t| t.text.as_str()).collect();
    Type {
        text: texts.join(" | "),
        tall: types.iter().any(|t| t.tall),
    }
}

fn one_line(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines.join(" ")
}
