//! Tools and the form of the answer, as JSON in the prompt.

use serde_json::{Map, Value};

use super::frame::{Form, Frame, Schema, estimate};
use crate::conversation::{Conversation, ResponseFormat, Tool, ToolChoice};
use crate::count::CountText;
use crate::json;
use crate::project::estimate::Estimate;

/// Tokens of the declared tools and of the choice among them.
pub(super) fn tools(
    conversation: &Conversation,
    frame: &Frame,
    has_system: bool,
    counter: &dyn CountText,
) -> Estimate {
    let rule = &frame.tools;
    let removed = rule.none_removes && conversation.tool_choice == ToolChoice::None;
    if conversation.tools.is_empty() || removed {
        return Estimate::default();
    }
    let mut cost = Estimate::default();
    let mut functions = 0;
    for tool in &conversation.tools {
        if tool.is_function() {
            functions += 1;
            let text = shown(tool, rule.form, rule.style);
            let count = parameters(tool);
            let each = rule.each + rule.parameters * count.min(1) + rule.parameter * count;
            cost += Estimate::exact(each + i64::from(counter.count_text(&text)));
        } else {
            let tokens = i64::from(counter.count_text(&json::compact(&tool.raw)));
            // A search by the provider was recorded at 2,300 and 5,600.
            cost += Estimate::between(0_i64, tokens + 400, 2 * tokens + 8_000);
        }
    }
    if functions > 0 {
        cost += estimate(rule.once);
        if !has_system {
            cost += Estimate::exact(rule.default_system);
        }
        // Many small tools do not make the preamble cheaper than nothing.
        cost.tokens = cost.tokens.max(0);
    }
    match conversation.tool_choice {
        ToolChoice::Required | ToolChoice::Forced(_) => cost + estimate(rule.required),
        ToolChoice::None => cost.widened(0, 45),
        ToolChoice::Free => cost,
    }
}

/// How many parameters a tool takes.
fn parameters(tool: &Tool) -> i64 {
    let properties = tool
        .parameters
        .as_ref()
        .and_then(|schema| schema.get("properties"));
    let count = properties.and_then(Value::as_object).map_or(0, Map::len);
    i64::try_from(count).unwrap_or(i64::MAX / 4)
}

/// The JSON of a declaration.
fn shown(tool: &Tool, form: Form, style: json::Style) -> String {
    let value = match form {
        Form::ToolSpec => {
            let schema = tool.parameters.clone().unwrap_or_default();
            let specification = json::object(vec![
                ("name", tool.name.as_str().into()),
                ("description", tool.description.as_deref().into()),
                ("inputSchema", json::object(vec![("json", schema)])),
            ]);
            json::object(vec![("toolSpec", specification)])
        }
        Form::Function => function(tool),
        Form::Known => {
            let mut function = function(tool);
            if let Some(parameters) = function.get_mut("parameters") {
                *parameters = known(parameters);
            }
            json::object(vec![("type", "function".into()), ("function", function)])
        }
        Form::Tool => json::object(vec![
            ("type", "function".into()),
            ("function", function(tool)),
        ]),
    };
    let mut text = String::new();
    json::write_value(&value, style, &mut text);
    text
}

/// A schema in the fields of Ollama's `api.Tool`: the rest is dropped when the request is read.
fn known(schema: &Value) -> Value {
    let keep = |value: &Value, keys: &[&str]| -> Map<String, Value> {
        let kept = keys
            .iter()
            .filter_map(|key| Some(((*key).to_owned(), value.get(key)?.clone())));
        kept.collect()
    };
    let mut shown = keep(schema, &["type", "$defs", "items"]);
    if let Some(required) = schema
        .get("required")
        .filter(|list| list.as_array().is_none_or(|list| !list.is_empty()))
    {
        shown.insert("required".to_owned(), required.clone());
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    let properties: Map<String, Value> = properties
        .into_iter()
        .flatten()
        .map(|(name, property)| {
            let keys = ["anyOf", "type", "items", "description", "enum"];
            (name.clone(), Value::Object(keep(property, &keys)))
        })
        .collect();
    shown.insert("properties".to_owned(), Value::Object(properties));
    Value::Object(shown)
}

/// Name, description and parameters, as far as they are given. `strict` and the like are switches of the API.
fn function(tool: &Tool) -> Value {
    let mut fields = Map::new();
    fields.insert("name".to_owned(), Value::String(tool.name.clone()));
    if let Some(description) = &tool.description {
        fields.insert("description".to_owned(), Value::String(description.clone()));
    }
    if let Some(parameters) = &tool.parameters {
        fields.insert("parameters".to_owned(), parameters.clone());
    }
    Value::Object(fields)
}

/// Tokens of the form that the answer must have.
pub(super) fn format(
    conversation: &Conversation,
    frame: &Frame,
    counter: &dyn CountText,
) -> Estimate {
    match &conversation.response_format {
        ResponseFormat::Text => Estimate::default(),
        ResponseFormat::JsonObject => estimate(frame.object),
        ResponseFormat::JsonSchema { schema, .. } => match frame.schema {
            Some(rule) => {
                let tokens =
                    i64::from(counter.count_text(&schema_text(conversation, schema, rule)));
                let cost = Estimate::exact(tokens) + estimate(rule.once);
                Estimate {
                    lower: cost.lower.max(0),
                    ..cost
                }
            }
            // Grammars steer the answer without being shown; a host may show them all the same.
            None => {
                let tokens = i64::from(counter.count_text(&json::compact(schema)));
                Estimate::between(0_i64, 0_i64, tokens / 4)
            }
        },
    }
}

fn schema_text(conversation: &Conversation, schema: &Value, rule: Schema) -> String {
    let whole = conversation.rest.get("response_format");
    let value = whole.filter(|_| rule.whole).unwrap_or(schema);
    let mut text = String::new();
    json::write_value(value, rule.style, &mut text);
    text
}
