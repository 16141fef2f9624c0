//! OpenAI Chat Completions: tools, what to do with them, and the form of the answer.

use serde_json::{Map, Value};

use crate::conversation::{ResponseFormat, Tool, ToolChoice, ToolKind};
use crate::normalize::read;
use token_headroom_encoding::Result;

/// Declared tools: `tools`, then the retired `functions`.
pub(in crate::normalize) fn tools(body: &Map<String, Value>) -> Result<Vec<Tool>> {
    let mut tools = Vec::new();
    for (key, read_one) in [
        ("tools", tool as fn(&Value, &str) -> Result<Tool>),
        ("functions", function),
    ] {
        let Some(value) = read::optional(body, key) else {
            continue;
        };
        let declared = value
            .as_array()
            .ok_or_else(|| read::wrong_type(value, key, "an array of declarations"))?;
        for (index, declaration) in declared.iter().enumerate() {
            tools.push(read_one(declaration, &format!("{key}[{index}]"))?);
        }
    }
    Ok(tools)
}

fn tool(value: &Value, path: &str) -> Result<Tool> {
    let hint = "write { \"type\": \"function\", \"function\": { \"name\": \"...\" } }";
    let fields = read::object(value, path, "a declared tool with `type`")?;
    let kind = match read::optional(fields, "function") {
        // Mistral takes a function without `type`.
        Some(_) if !fields.contains_key("type") => "function",
        _ => read::required_string(fields, "type", path, "the kind of tool", hint)?,
    };
    match kind {
        "function" => {
            let declaration = fields
                .get("function")
                .ok_or_else(|| read::missing("function", path, "an object with `name`", hint))?;
            function(declaration, &read::join(path, "function"))
        }
        "custom" => {
            let path = read::join(path, "custom");
            let custom = read::object(
                fields.get("custom").unwrap_or(&Value::Null),
                &path,
                "a custom tool with `name`",
            )?;
            Ok(Tool {
                name: tool_name(custom, &path)?,
                description: description(custom, &path)?,
                parameters: None,
                kind: ToolKind::Custom,
                raw: value.clone(),
            })
        }
        other => Ok(Tool {
            name: other.to_owned(),
            description: None,
            parameters: None,
            kind: ToolKind::Server,
            raw: value.clone(),
        }),
    }
}

fn function(value: &Value, path: &str) -> Result<Tool> {
    let fields = read::object(value, path, "a function with `name`")?;
    let parameters = read::optional(fields, "parameters")
        .map(|parameters| {
            read::object(parameters, &read::join(path, "parameters"), "a JSON Schema")
                .map(|_| parameters.clone())
        })
        .transpose()?;
    Ok(Tool {
        name: tool_name(fields, path)?,
        description: description(fields, path)?,
        parameters,
        kind: ToolKind::Function,
        raw: value.clone(),
    })
}

fn tool_name(fields: &Map<String, Value>, path: &str) -> Result<String> {
    read::required_string(
        fields,
        "name",
        path,
        "the tool's name",
        "name every tool; the model calls it by that name",
    )
    .map(str::to_owned)
}

fn description(fields: &Map<String, Value>, path: &str) -> Result<Option<String>> {
    Ok(
        read::optional_string(fields, "description", path, "what the tool does")?
            .map(str::to_owned),
    )
}

/// `tool_choice`, else the retired `function_call`.
pub(super) fn tool_choice(body: &Map<String, Value>) -> Result<ToolChoice> {
    let expected = "auto, none, required, or an object that names a tool";
    if let Some(value) = read::optional(body, "tool_choice") {
        return match value {
            Value::String(choice) => match choice.as_str() {
                "auto" => Ok(ToolChoice::Free),
                "required" | "any" => Ok(ToolChoice::Required),
                "none" => Ok(ToolChoice::None),
                _ => Err(read::wrong_value(value, "tool_choice", expected).with_hint(
                    "to force a tool: { \"type\": \"function\", \"function\": { \"name\": \"...\" } }",
                )),
            },
            Value::Object(choice) => named_choice(choice),
            other => Err(read::wrong_type(other, "tool_choice", expected)),
        };
    }
    match read::optional(body, "function_call") {
        None => Ok(ToolChoice::Free),
        Some(Value::String(choice)) if choice == "none" => Ok(ToolChoice::None),
        Some(Value::String(choice)) if choice == "auto" => Ok(ToolChoice::Free),
        Some(Value::Object(choice)) => tool_name(choice, "function_call").map(ToolChoice::Forced),
        Some(other) => Err(read::wrong_value(
            other,
            "function_call",
            "auto, none, or { \"name\": \"...\" }",
        )),
    }
}

/// A choice of one tool, or of several. A kind that is not known forces nothing that could be named.
fn named_choice(choice: &Map<String, Value>) -> Result<ToolChoice> {
    for key in ["function", "custom"] {
        if let Some(named) = read::optional(choice, key) {
            let path = read::join("tool_choice", key);
            let fields = read::object(named, &path, "`name` of the tool")?;
            return tool_name(fields, &path).map(ToolChoice::Forced);
        }
    }
    Ok(ToolChoice::Free)
}

/// `response_format`. A kind that is not known is [`ResponseFormat::Text`], with a warning.
pub(super) fn response_format(body: &Map<String, Value>) -> Result<ResponseFormat> {
    let Some(value) = read::optional(body, "response_format") else {
        return Ok(ResponseFormat::Text);
    };
    let path = "response_format";
    let fields = read::object(value, path, "a format with `type`")?;
    let kind = read::required_string(
        fields,
        "type",
        path,
        "the kind of format",
        "use text, json_object or json_schema",
    )?;
    match kind {
        "json_object" => Ok(ResponseFormat::JsonObject),
        "json_schema" => {
            let path = read::join(path, "json_schema");
            let fields = read::object(
                fields.get("json_schema").unwrap_or(&Value::Null),
                &path,
                "`name` and `schema` of the answer",
            )?;
            Ok(ResponseFormat::JsonSchema {
                name: read::required_string(
                    fields,
                    "name",
                    &path,
                    "the schema's name",
                    "name the schema; the API requires it",
                )?
                .to_owned(),
                description: description(fields, &path)?,
                schema: read::optional(fields, "schema")
                    .map(|schema| {
                        read::object(schema, &read::join(&path, "schema"), "a JSON Schema")
                            .map(|_| schema.clone())
                    })
                    .transpose()?
                    .unwrap_or_else(|| Value::Object(Map::new())),
            })
        }
        _ => Ok(ResponseFormat::Text),
    }
}
