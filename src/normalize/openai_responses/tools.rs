//! OpenAI Responses: tools, what to do with them, and the form of the answer.

use serde_json::{Map, Value};

use crate::conversation::{ResponseFormat, Tool, ToolChoice, ToolKind};
use crate::normalize::read;
use token_headroom_encoding::Result;

/// Declared tools.
pub(super) fn tools(body: &Map<String, Value>) -> Result<Vec<Tool>> {
    read::optional(body, "tools").map_or(Ok(Vec::new()), |value| list(value, "tools"))
}

/// A list of declarations, found at `path`.
fn list(value: &Value, path: &str) -> Result<Vec<Tool>> {
    value
        .as_array()
        .ok_or_else(|| read::wrong_type(value, path, "an array of declarations"))?
        .iter()
        .enumerate()
        .map(|(index, tool)| self::tool(tool, &format!("{path}[{index}]")))
        .collect()
}

fn tool(value: &Value, path: &str) -> Result<Tool> {
    let hint = "write { \"type\": \"function\", \"name\": \"...\", \"parameters\": { ... } }";
    let fields = read::object(value, path, "a declared tool with `type`")?;
    let kind = read::required_string(fields, "type", path, "the kind of tool", hint)?;
    let name = match kind {
        "function" if fields.contains_key("function") && !fields.contains_key("name") => {
            return Err(read::missing(
                "name",
                path,
                "the tool's name",
                "Responses declares functions without the inner `function` object of Chat Completions: move its fields up",
            ));
        }
        "function" | "custom" | "namespace" => {
            read::required_string(fields, "name", path, "the tool's name", hint)?
        }
        other => other,
    };
    if kind == "namespace"
        && let Some(inner) = read::optional(fields, "tools")
    {
        // Read for its errors; a namespace is framed as a whole.
        list(inner, &read::join(path, "tools"))?;
    }
    let parameters = read::optional(fields, "parameters")
        .filter(|_| kind == "function")
        .map(|parameters| {
            read::object(parameters, &read::join(path, "parameters"), "a JSON Schema")
                .map(|_| parameters.clone())
        })
        .transpose()?;
    Ok(Tool {
        name: name.to_owned(),
        description: read::optional_string(fields, "description", path, "what the tool does")?
            .map(str::to_owned),
        parameters,
        kind: match kind {
            "function" => ToolKind::Function,
            "custom" | "namespace" => ToolKind::Custom,
            _ => ToolKind::Server,
        },
        raw: value.clone(),
    })
}

/// `tool_choice`.
pub(super) fn tool_choice(body: &Map<String, Value>) -> Result<ToolChoice> {
    let expected = "auto, none, required, or an object that names a tool";
    let Some(value) = read::optional(body, "tool_choice") else {
        return Ok(ToolChoice::Free);
    };
    let path = "tool_choice";
    match value {
        Value::String(choice) => match choice.as_str() {
            "auto" => Ok(ToolChoice::Free),
            "required" | "any" => Ok(ToolChoice::Required),
            "none" => Ok(ToolChoice::None),
            _ => Err(read::wrong_value(value, path, expected)
                .with_hint("to force a tool: { \"type\": \"function\", \"name\": \"...\" }")),
        },
        Value::Object(choice) => Ok(
            match read::optional(choice, "type").and_then(Value::as_str) {
                Some("function" | "custom") => ToolChoice::Forced(
                    read::required_string(
                        choice,
                        "name",
                        path,
                        "the tool's name",
                        "name the tool that must be called",
                    )?
                    .to_owned(),
                ),
                Some("allowed_tools")
                    if read::optional(choice, "mode").and_then(Value::as_str)
                        != Some("required") =>
                {
                    ToolChoice::Free
                }
                // Some tool of the provider, or one of several.
                _ => ToolChoice::Required,
            },
        ),
        other => Err(read::wrong_type(other, path, expected)),
    }
}

/// `text.format`. A kind that is not known is [`ResponseFormat::Text`], with a warning.
pub(super) fn response_format(body: &Map<String, Value>) -> Result<ResponseFormat> {
    let Some(value) = read::optional(body, "text") else {
        return Ok(ResponseFormat::Text);
    };
    let text = read::object(value, "text", "how to answer, such as `format`")?;
    let Some(value) = read::optional(text, "format") else {
        return Ok(ResponseFormat::Text);
    };
    let path = "text.format";
    let fields = read::object(value, path, "a format with `type`")?;
    let kind = read::required_string(
        fields,
        "type",
        path,
        "the kind of format",
        "use text, json_object or json_schema",
    )?;
    Ok(match kind {
        "json_object" => ResponseFormat::JsonObject,
        "json_schema" => ResponseFormat::JsonSchema {
            name: read::required_string(
                fields,
                "name",
                path,
                "the schema's name",
                "Responses takes `name` and `schema` beside `type`, without an inner `json_schema` object",
            )?
            .to_owned(),
            description: read::optional_string(fields, "description", path, "what it is for")?
                .map(str::to_owned),
            schema: read::optional(fields, "schema")
                .map(|schema| {
                    read::object(schema, &read::join(path, "schema"), "a JSON Schema")
                        .map(|_| schema.clone())
                })
                .transpose()?
                .unwrap_or_else(|| Value::Object(Map::new())),
        },
        _ => ResponseFormat::Text,
    })
}
