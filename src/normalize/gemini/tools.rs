//! Gemini: tools, and what to do with them.

use serde_json::{Map, Value};

use super::fields::{either, setting};
use crate::conversation::{Tool, ToolChoice, ToolKind};
use crate::normalize::read;
use token_headroom_encoding::Result;

const DECLARATIONS: [&str; 2] = ["functionDeclarations", "function_declarations"];
/// A declaration's schema: in the API's own notation, or as JSON Schema.
const PARAMETERS: [[&str; 2]; 2] = [
    ["parameters", "parameters"],
    ["parametersJsonSchema", "parameters_json_schema"],
];

/// Declared tools, in order. `tools` is an array, or one tool.
pub(super) fn tools(body: &Map<String, Value>, path: &str) -> Result<Vec<Tool>> {
    let mut tools = Vec::new();
    let Some((key, value)) = setting(body, ["tools", "tools"]) else {
        return Ok(tools);
    };
    let path = read::join(path, key);
    match value {
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                tool(value, &format!("{path}[{index}]"), &mut tools)?;
            }
        }
        one @ Value::Object(_) => tool(one, &path, &mut tools)?,
        other => return Err(read::wrong_type(other, &path, "an array of tools")),
    }
    Ok(tools)
}

/// One tool: declarations of functions, and the provider's tools by name.
fn tool(value: &Value, path: &str, tools: &mut Vec<Tool>) -> Result<()> {
    let what = "a tool such as { \"functionDeclarations\": [...] }";
    let fields = read::object(value, path, what)?;
    if fields.get("name").is_some_and(Value::is_string) || fields.contains_key("function") {
        return Err(read::wrong_value(value, path, what).with_hint(
            "wrap declarations: { \"functionDeclarations\": [{ \"name\": \"...\" }] }",
        ));
    }
    for (key, value) in fields {
        if value.is_null() {
            continue;
        }
        if !DECLARATIONS.contains(&key.as_str()) {
            tools.push(Tool {
                name: key.clone(),
                description: None,
                parameters: None,
                kind: ToolKind::Server,
                raw: Value::Object(Map::from_iter([(key.clone(), value.clone())])),
            });
            continue;
        }
        let path = read::join(path, key);
        let list = value
            .as_array()
            .ok_or_else(|| read::wrong_type(value, &path, "an array of declarations"))?;
        for (index, declaration) in list.iter().enumerate() {
            tools.push(function(declaration, &format!("{path}[{index}]"))?);
        }
    }
    Ok(())
}

fn function(value: &Value, path: &str) -> Result<Tool> {
    let fields = read::object(value, path, "a function with `name`")?;
    let name = read::required_string(
        fields,
        "name",
        path,
        "the function's name",
        "name every function; the model calls it by that name",
    )?;
    let description = read::optional_string(fields, "description", path, "what it does")?;
    let mut parameters = None;
    for keys in PARAMETERS {
        if let Some((key, schema)) = either(fields, keys) {
            read::object(schema, &read::join(path, key), "a schema of the parameters")?;
            parameters = Some(schema.clone());
        }
    }
    Ok(Tool {
        name: name.to_owned(),
        description: description.map(str::to_owned),
        parameters,
        kind: ToolKind::Function,
        raw: value.clone(),
    })
}

/// `toolConfig.functionCallingConfig`.
pub(super) fn tool_choice(body: &Map<String, Value>, path: &str) -> Result<ToolChoice> {
    let Some((outer, config)) = setting(body, ["toolConfig", "tool_config"]) else {
        return Ok(ToolChoice::Free);
    };
    let path = read::join(path, outer);
    let config = read::object(config, &path, "`functionCallingConfig`")?;
    let calling = ["functionCallingConfig", "function_calling_config"];
    let Some((inner, calling)) = either(config, calling) else {
        return Ok(ToolChoice::Free);
    };
    let path = read::join(&path, inner);
    let calling = read::object(calling, &path, "`mode` and `allowedFunctionNames`")?;
    let mode = read::optional_string(calling, "mode", &path, "AUTO, ANY, NONE or VALIDATED")?;
    let allowed = either(calling, ["allowedFunctionNames", "allowed_function_names"]);
    let only = allowed
        .and_then(|(_, names)| names.as_array())
        .filter(|names| names.len() == 1)
        .and_then(|names| names.first()?.as_str());
    Ok(match (mode.map(str::to_ascii_uppercase).as_deref(), only) {
        (Some("NONE"), _) => ToolChoice::None,
        (Some("ANY"), Some(name)) => ToolChoice::Forced(name.to_owned()),
        (Some("ANY"), None) => ToolChoice::Required,
        _ => ToolChoice::Free,
    })
}
