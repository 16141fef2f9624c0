//! What Ollama's servers do to any conversation, and how its template for gpt-oss writes functions.

use serde_json::{Map, Value};

use super::pieces;
use crate::conversation::{Message, Tool};
use crate::json;
use crate::models::Model;
use crate::order;
use crate::project::openai::Namespace;

/// Until then fields that were not given were written all the same (0.12.11).
pub(super) const EMPTY_FIELDS: &str = "2025-11-06";
/// Since then structures keep the order of what was sent, and templates print them as Go does (0.14).
pub(super) const ORDERED: &str = "2026-01-05";

/// The texts of a message: each becomes a message of its own when the request is read, and messages of one role are joined by
/// a blank line.
pub(super) fn joined(message: &Message) -> String {
    super::joined(message, "\n\n")
}

/// The functions as one JSON list, as its templates for Mistral's models have them.
pub(in crate::project) fn list(tools: &[Tool], model: &Model) -> String {
    let before = model.is_before(EMPTY_FIELDS);
    let function = |tool: &Tool| {
        let function = pieces::known(tool, before);
        json::object(vec![("type", "function".into()), ("function", function)])
    };
    let functions = tools.iter().filter(|tool| tool.is_function());
    json::compact(&Value::Array(functions.map(function).collect()))
}

/// The functions as a namespace, all parameters as if they were required. Properties inside of others are not shown.
pub(super) fn namespace<'t>(tools: impl Iterator<Item = &'t Tool>) -> Namespace {
    let mut text = "namespace functions {\n".to_owned();
    for tool in tools.filter(|tool| tool.is_function()) {
        if let Some(description) = tool.description.as_deref().filter(|it| !it.is_empty()) {
            text.push_str(&format!("\n// {description}"));
        }
        let schema = tool.parameters.as_ref().unwrap_or(&Value::Null);
        let properties = schema.get("properties").and_then(Value::as_object);
        let written: Option<String> = properties.filter(|it| !it.is_empty()).map(parameters);
        match written {
            Some(parameters) => {
                let name = &tool.name;
                text.push_str(&format!(
                    "\ntype {name} = (_: {{{parameters}\n}}) => any;\n"
                ));
            }
            None => text.push_str(&format!("\ntype {} = () => any;\n", tool.name)),
        }
    }
    text.push_str("\n} // namespace functions");
    Namespace {
        text,
        ..Namespace::default()
    }
}

/// Maps are written in the order of their keys.
fn parameters(properties: &Map<String, Value>) -> String {
    let line = |(name, schema): (&String, &Value)| {
        let comment = match schema.get("description").and_then(Value::as_str) {
            Some(text) if !text.is_empty() => format!("\n  // {text}"),
            _ => String::new(),
        };
        format!("{comment}\n  {name}: {},", kind(schema))
    };
    order::fields(properties).into_iter().map(line).collect()
}

/// A type by `api.ToolProperty.ToTypeScriptType`.
fn kind(schema: &Value) -> String {
    let all = |types: &[Value], of: fn(&Value) -> String| -> String {
        types.iter().map(of).collect::<Vec<String>>().join(" | ")
    };
    match (schema.get("anyOf"), schema.get("type")) {
        (Some(Value::Array(branches)), _) if !branches.is_empty() => all(branches, kind),
        (_, Some(Value::Array(types))) => all(types, word),
        (_, Some(one)) => word(one),
        _ => "any".to_owned(),
    }
}

fn word(name: &Value) -> String {
    let word = match name.as_str().unwrap_or_default() {
        "string" => "string",
        "number" | "integer" => "number",
        "boolean" => "boolean",
        "array" => "any[]",
        "object" => "Record<string, any>",
        "null" => "null",
        _ => "any",
    };
    word.to_owned()
}
