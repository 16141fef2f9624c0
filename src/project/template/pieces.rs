//! Declarations and calls that a template writes in its own words.

use serde_json::{Map, Value};

use super::declarations::function;
use super::frame::Piece;
use crate::conversation::{Tool, ToolCall};
use crate::count;
use crate::json::{self, COMPACT, Style};
use crate::order;

/// A declaration of these pieces.
pub(super) fn declared(pieces: &[Piece], tool: &Tool, style: Style) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Name => out.push_str(&tool.name),
            Piece::Description => out.push_str(description(tool)),
            Piece::Parameters => {
                let parameters = tool.parameters.clone();
                let parameters = parameters.unwrap_or_else(|| json::object(Vec::new()));
                json::write_value(&parameters, style, &mut out);
            }
            Piece::Indented => indent(&json::compact(&function(tool)), &mut out),
            Piece::Strict => {
                let mut function = function(tool);
                function["strict"] = false.into();
                json::write_value(&sorted(&function), style, &mut out);
            }
            Piece::KnownBefore => json::write_value(&known(tool, true), style, &mut out),
            Piece::KnownSorted => {
                json::write_value(&sorted(&known(tool, false)), style, &mut out);
            }
            Piece::Printed => print(tool, &mut out),
            Piece::Arguments => {}
        }
    }
    out
}

/// A call of these pieces.
pub(super) fn called(pieces: &[Piece], call: &ToolCall) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Name => out.push_str(&call.name),
            Piece::Arguments => out.push_str(&count::compact_arguments(&call.arguments)),
            _ => {}
        }
    }
    out
}

fn description(tool: &Tool) -> &str {
    tool.description.as_deref().unwrap_or_default()
}

/// `value` with the keys of every object in alphabetical order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = order::fields(fields).into_iter();
            let fields = fields.map(|(key, value)| (key.clone(), sorted(value)));
            Value::Object(fields.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

/// Appends JSON without blanks on lines, indented by four blanks.
fn indent(compact: &str, out: &mut String) {
    let (mut depth, mut in_text, mut escaped) = (0, false, false);
    let line = |depth: usize, out: &mut String| {
        out.push('\n');
        out.extend(std::iter::repeat_n("    ", depth));
    };
    let mut letters = compact.chars().peekable();
    while let Some(letter) = letters.next() {
        if in_text {
            in_text = escaped || letter != '"';
            escaped = letter == '\\' && !escaped;
            out.push(letter);
            continue;
        }
        match letter {
            '{' | '[' => {
                out.push(letter);
                match letters.next_if(|next| matches!(next, '}' | ']')) {
                    Some(end) => out.push(end),
                    None => {
                        depth += 1;
                        line(depth, out);
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(depth, out);
                out.push(letter);
            }
            ',' => {
                out.push(letter);
                line(depth, out);
            }
            ':' => out.push_str(": "),
            letter => {
                in_text = letter == '"';
                out.push(letter);
            }
        }
    }
}

/// A function in the fields of Ollama's `api.ToolFunction`; the rest is dropped when the request is read. `before` November
/// 2025 (0.12.11) descriptions and `required` were written even when they were not given.
pub(super) fn known(tool: &Tool, before: bool) -> Value {
    let empty = Value::Null;
    let schema = tool.parameters.as_ref().unwrap_or(&empty);
    let mut parameters = keep(schema, &["type", "$defs", "items"]);
    let required = schema.get("required").and_then(Value::as_array);
    if before || required.is_some_and(|list| !list.is_empty()) {
        let required = required.cloned().unwrap_or_default();
        parameters.insert("required".to_owned(), Value::Array(required));
    }
    let described = |fields: &mut Map<String, Value>, text: Option<&Value>| {
        if before || text.is_some_and(|text| text != "") {
            let text = text.cloned().unwrap_or_else(|| "".into());
            fields.insert("description".to_owned(), text);
        }
    };
    let properties = schema.get("properties").and_then(Value::as_object);
    let property = |property: &Value| {
        let mut shown = keep(property, &["anyOf", "type", "items"]);
        described(&mut shown, property.get("description"));
        shown.append(&mut keep(property, &["enum"]));
        if !before {
            shown.append(&mut keep(property, &["properties", "required"]));
        }
        Value::Object(shown)
    };
    let properties = properties.into_iter().flatten();
    let properties = properties.map(|(name, value)| (name.clone(), property(value)));
    parameters.insert("properties".to_owned(), properties.collect());
    let mut function = Map::new();
    function.insert("name".to_owned(), tool.name.as_str().into());
    let text = tool.description.as_deref().map(Value::from);
    described(&mut function, text.as_ref());
    function.insert("parameters".to_owned(), Value::Object(parameters));
    Value::Object(function)
}

fn keep(value: &Value, keys: &[&str]) -> Map<String, Value> {
    let kept = keys
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), value.get(key)?.clone())));
    kept.collect()
}

/// The same as Go prints a structure: values without their names, absent ones as `<nil>`. Ollama's templates show it since
/// declarations keep their order (0.14 of January 2026), for the structure that they print has no text of its own.
fn print(tool: &Tool, out: &mut String) {
    let function = known(tool, false);
    let parameters = &function["parameters"];
    let text = |key: &str| parameters[key].as_str().unwrap_or_default();
    let required = parameters["required"].as_array().into_iter().flatten();
    let required: Vec<&str> = required.filter_map(Value::as_str).collect();
    for text in [
        "{",
        &tool.name,
        " ",
        description(tool),
        " {",
        text("type"),
        " ",
    ] {
        out.push_str(text);
    }
    for key in ["$defs", "items"] {
        match parameters.get(key) {
            Some(value) => json::write_value(value, COMPACT, out),
            None => out.push_str("<nil>"),
        }
        out.push(' ');
    }
    for text in ["[", &required.join(" "), "] "] {
        out.push_str(text);
    }
    json::write_value(&parameters["properties"], COMPACT, out);
    out.push_str("}}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Serialize as _;
    use serde_json::json;

    fn tool(description: Option<&str>, parameters: Value) -> Tool {
        let function = json!({ "name": "f", "description": description, "parameters": parameters });
        let body = json!({
            "messages": [{ "role": "user", "content": "x" }],
            "tools": [{ "type": "function", "function": function }],
        });
        let conversation = crate::normalize::normalize(&body).unwrap();
        conversation.tools.first().unwrap().clone()
    }

    fn written(piece: Piece, tool: &Tool) -> String {
        declared(&[piece], tool, COMPACT)
    }

    fn parameters() -> Value {
        json!({
            "type": "object",
            "title": "T",
            "properties": {
                "b": { "type": "string", "enum": ["x"], "title": "B" },
                "a": { "type": "integer", "description": "A" },
            },
            "required": ["b"],
            "additionalProperties": false,
        })
    }

    #[test]
    fn fields_that_ollama_does_not_know_are_dropped() {
        let tool = tool(Some("d"), parameters());
        let before = r#"{"name":"f","description":"d","parameters":{"type":"object","required":["b"],"properties":{"b":{"type":"string","description":"","enum":["x"]},"a":{"type":"integer","description":"A"}}}}"#;
        assert_eq!(written(Piece::KnownBefore, &tool), before);
        let sorted = r#"{"description":"d","name":"f","parameters":{"properties":{"a":{"description":"A","type":"integer"},"b":{"enum":["x"],"type":"string"}},"required":["b"],"type":"object"}}"#;
        assert_eq!(written(Piece::KnownSorted, &tool), sorted);
        let printed = r#"{f d {object <nil> <nil> [b] {"b":{"type":"string","enum":["x"]},"a":{"type":"integer","description":"A"}}}}"#;
        assert_eq!(written(Piece::Printed, &tool), printed);
    }

    #[test]
    fn a_function_without_parameters_is_written_as_well() {
        let bare = tool(None, Value::Null);
        assert_eq!(written(Piece::Parameters, &bare), "{}");
        let none = tool(
            None,
            json!({ "type": "object", "properties": {}, "required": [] }),
        );
        let printed = "{f  {object <nil> <nil> [] {}}}";
        assert_eq!(written(Piece::Printed, &none), printed);
        let strict = r#"{"name":"f","parameters":{"properties":{},"required":[],"type":"object"},"strict":false}"#;
        assert_eq!(written(Piece::Strict, &none), strict);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(json!({})),
            Just(json!([])),
            Just(json!(null)),
            any::<i32>().prop_map(Value::from),
            "[ a\\\\\"{}:,\\[\\]]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            let fields = prop::collection::vec(("[a\":{]{0,3}", inner.clone()), 0..4);
            prop_oneof![
                prop::collection::vec(inner, 0..4).prop_map(Value::from),
                fields.prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn lines_are_indented_as_serde_json_indents_them(value in any_json()) {
            let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
            let mut expected = Vec::new();
            let mut serializer = serde_json::Serializer::with_formatter(&mut expected, formatter);
            value.serialize(&mut serializer).unwrap();
            let mut own = String::new();
            indent(&json::compact(&value), &mut own);
            prop_assert_eq!(own.into_bytes(), expected);
        }
    }
}
