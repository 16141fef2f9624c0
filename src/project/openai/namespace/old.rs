//! The rendering of 2023: one property per line, comments at the top only, objects without properties left out.

use serde_json::{Map, Value};

use super::{Style, WRITTEN, Writer, comment, properties, reference, required};
use crate::json;

impl<'a> Writer<'a, '_> {
    pub(super) fn old_signature(&mut self) -> String {
        let schema = self.target(self.root);
        match properties(schema) {
            Some(properties) => {
                format!(
                    "(_: {{\n{}\n}}) => any",
                    self.old_object(schema, properties, 0)
                )
            }
            None => "() => any".to_owned(),
        }
    }

    /// The properties of an object, one per line, indented.
    fn old_object(
        &mut self,
        schema: &'a Value,
        properties: &'a Map<String, Value>,
        indent: usize,
    ) -> String {
        let required = required(schema);
        let mut lines = Vec::new();
        for (key, property) in properties {
            let Some(value) = self.old_value(property, indent) else {
                continue;
            };
            let description = self
                .target(property)
                .get("description")
                .and_then(Value::as_str)
                .filter(|_| indent == 0 && self.written < WRITTEN);
            if let Some(description) = description {
                self.written += description.len();
                lines.extend(comment(description, Style::Old));
            }
            let is_required = required.contains(key.as_str());
            let mark = if is_required { "" } else { "?" };
            let line = format!("{key}{mark}: {value},");
            self.written += line.len();
            lines.push(line);
        }
        let margin = " ".repeat(indent);
        let lines: Vec<String> = lines.iter().map(|line| format!("{margin}{line}")).collect();
        lines.join("\n")
    }

    /// A type; `None` for an object without properties, which is left out with its property.
    fn old_value(&mut self, schema: &'a Value, indent: usize) -> Option<String> {
        if !self.begins() {
            return Some("any".to_owned());
        }
        let value = self.old_shown(schema, indent);
        self.ends(value.as_ref().map_or(0, String::len));
        value
    }

    fn old_shown(&mut self, schema: &'a Value, indent: usize) -> Option<String> {
        if let Some(pointer) = reference(schema) {
            if !self.enters(pointer, schema) {
                return Some("any".to_owned());
            }
            let value = self.old_value(self.target(schema), indent);
            self.open.pop();
            return value;
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            let values: Vec<String> = values.iter().map(json::compact).collect();
            return Some(values.join(" | "));
        }
        Some(match schema.get("type").and_then(Value::as_str) {
            Some(kind @ ("string" | "boolean" | "null")) => kind.to_owned(),
            Some("number" | "integer") => "number".to_owned(),
            Some("array") => match schema.get("items") {
                Some(items) => {
                    let items = self.old_value(items, indent)?;
                    format!("{items}[]")
                }
                None => "any[]".to_owned(),
            },
            Some("object") => {
                let properties = properties(schema)?;
                format!(
                    "{{\n{}\n}}",
                    self.old_object(schema, properties, indent + 2)
                )
            }
            _ => "any".to_owned(),
        })
    }
}
