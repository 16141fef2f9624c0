//! Anthropic Messages: tools, what to do with them, and the form of the answer.

use serde_json::{Map, Value};

use crate::conversation::{ResponseFormat, Tool, ToolChoice, ToolKind};
use crate::normalize::read;
use token_headroom_encoding::Result;

/// Declared tools. Those with a `type` of their own are rendered by the provider, whoever runs them.
pub(super) fn tools(body: &Map<String, Value>) -> Result<Vec<Tool>> {
    let Some(value) = read::optional(body, "tools") else {
        return Ok(Vec::new());
    };
    let declared = value
        .as_array()
        .ok_or_else(|| read::wrong_type(value, "tools", "an array of declarations"))?;
    declared
        .iter()
        .enumerate()
        .map(|(index, declaration)| tool(declaration, &format!("tools[{index}]")))
        .collect()
}

fn tool(value: &Value, path: &str) -> Result<Tool> {
    let fields = read::object(value, path, "a tool with `name` and `input_schema`")?;
    let kind = read::optional_string(fields, "type", path, "the kind of tool")?;
    let name = read::optional_string(fields, "name", path, "the tool's name")?;
    let description = read::optional_string(fields, "description", path, "what the tool does")?;
    let (name, kind) = match (kind, name) {
        (None | Some("custom"), Some(name)) => (name, ToolKind::Function),
        (None | Some("custom"), None) => {
            return Err(read::missing(
                "name",
                path,
                "a string (the tool's name)",
                "name every tool; the model calls it by that name",
            ));
        }
        (Some(kind), name) => (name.unwrap_or(kind), ToolKind::Server),
    };
    let parameters = read::optional(fields, "input_schema")
        .map(|schema| {
            read::object(schema, &read::join(path, "input_schema"), "a JSON Schema")
                .map(|_| schema.clone())
        })
        .transpose()?;
    Ok(Tool {
        name: name.to_owned(),
        description: description.map(str::to_owned),
        parameters,
        kind,
        raw: value.clone(),
    })
}

/// `tool_choice`: what must be called, and whether several calls at once are allowed when that is said.
pub(super) fn tool_choice(body: &Map<String, Value>) -> Result<(ToolChoice, Option<bool>)> {
    let Some(value) = read::optional(body, "tool_choice") else {
        return Ok((ToolChoice::Free, None));
    };
    let path = "tool_choice";
    let hint = "write { \"type\": \"auto\" }, { \"type\": \"any\" }, { \"type\": \"none\" } or { \"type\": \"tool\", \"name\": \"...\" }";
    let fields = read::object(value, path, "an object with `type`")
        .map_err(|error| error.with_hint(hint))?;
    let kind = read::required_string(fields, "type", path, "what to do with the tools", hint)?;
    let choice = match kind {
        "auto" => ToolChoice::Free,
        "any" => ToolChoice::Required,
        "none" => ToolChoice::None,
        "tool" => ToolChoice::Forced(
            read::required_string(fields, "name", path, "the tool to call", hint)?.to_owned(),
        ),
        _ => {
            let kind = fields.get("type").unwrap_or(&Value::Null);
            return Err(
                read::wrong_value(kind, "tool_choice.type", "auto, any, none or tool")
                    .with_hint(hint),
            );
        }
    };
    let one_at_a_time = read::optional(fields, "disable_parallel_tool_use")
        .map(|value| {
            value.as_bool().ok_or_else(|| {
                read::wrong_type(value, "tool_choice.disable_parallel_tool_use", "a boolean")
            })
        })
        .transpose()?;
    Ok((choice, one_at_a_time.map(|one| !one)))
}

/// `output_config.format`, else the earlier `output_format`. Of the kinds only `json_schema` is on record.
pub(super) fn response_format(body: &Map<String, Value>) -> Result<ResponseFormat> {
    let config = read::optional(body, "output_config")
        .map(|value| read::object(value, "output_config", "`format` of the answer"))
        .transpose()?;
    let (value, path) = match config.and_then(|config| read::optional(config, "format")) {
        Some(value) => (value, "output_config.format"),
        None => match read::optional(body, "output_format") {
            Some(value) => (value, "output_format"),
            None => return Ok(ResponseFormat::Text),
        },
    };
    let fields = read::object(value, path, "a format with `type` and `schema`")?;
    let hint = "write { \"type\": \"json_schema\", \"schema\": { ... } }";
    let kind = read::required_string(fields, "type", path, "the kind of format", hint)?;
    if kind != "json_schema" {
        return Ok(ResponseFormat::Text);
    }
    let schema = fields
        .get("schema")
        .ok_or_else(|| read::missing("schema", path, "a JSON Schema", hint))?;
    read::object(schema, &read::join(path, "schema"), "a JSON Schema")?;
    Ok(ResponseFormat::JsonSchema {
        name: read::optional_string(fields, "name", path, "the schema's name")?
            .unwrap_or_default()
            .to_owned(),
        description: None,
        schema: schema.clone(),
    })
}
