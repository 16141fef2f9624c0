//! Tools and the form of the answer, as JSON in the prompt.

use serde_json::{Map, Value};

use super::frame::{Form, Frame, Schema, estimate};
use super::pieces;
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
    let mut list = String::new();
    for tool in &conversation.tools {
        if tool.is_function() {
            functions += 1;
            let count = parameters(tool);
            cost += Estimate::exact(
                rule.each + rule.parameters * count.min(1) + rule.parameter * count,
            );
            let text = shown(tool, rule.form, rule.style);
            match rule.list {
                Some([before, between, _]) => {
                    list.push_str(if functions == 1 { before } else { between });
                    list.push_str(&text);
                }
                None => cost += Estimate::exact(counter.count_text(&text)),
            }
        } else {
            let tokens = i64::from(counter.count_text(&json::compact(&tool.raw)));
            // A search by the provider was recorded at 2,300 and 5,600.
            cost += Estimate::between(0_i64, tokens + 400, 2 * tokens + 8_000);
        }
    }
    if let (Some([_, _, after]), false) = (rule.list, list.is_empty()) {
        list.push_str(after);
        cost += Estimate::exact(counter.count_text(&list));
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

/// A declaration as the model sees it.
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
        Form::Tool => json::object(vec![
            ("type", "function".into()),
            ("function", function(tool)),
        ]),
        Form::Pieces(pieces) => return pieces::declared(pieces, tool, style),
    };
    let mut text = String::new();
    json::write_value(&value, style, &mut text);
    text
}

/// Name, description and parameters, as far as they are given. `strict` and the like are switches of the API.
pub(super) fn function(tool: &Tool) -> Value {
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
