//! Bedrock Converse: tools, what to do with them, and the form of the answer.

use serde_json::{Map, Value};

use crate::conversation::{ResponseFormat, Tool, ToolChoice, ToolKind};
use crate::json;
use crate::normalize::read;
use token_headroom_encoding::Result;

/// `toolConfig`: the tools and the choice among them.
pub(super) fn tool_config(body: &Map<String, Value>) -> Result<(Vec<Tool>, ToolChoice)> {
    let Some(value) = read::optional(body, "toolConfig") else {
        return Ok((Vec::new(), ToolChoice::Free));
    };
    let config = read::object(value, "toolConfig", "`tools` and `toolChoice`")?;
    let mut tools = Vec::new();
    if let Some(value) = read::optional(config, "tools") {
        let declared = value
            .as_array()
            .ok_or_else(|| read::wrong_type(value, "toolConfig.tools", "an array of tools"))?;
        for (index, declaration) in declared.iter().enumerate() {
            tools.extend(tool(declaration, &format!("toolConfig.tools[{index}]"))?);
        }
    }
    let choice = match read::optional(config, "toolChoice") {
        None => ToolChoice::Free,
        Some(value) => {
            let path = "toolConfig.toolChoice";
            let choice = read::object(value, path, "auto, any or tool")?;
            if let Some(tool) = read::optional(choice, "tool") {
                let path = "toolConfig.toolChoice.tool";
                let tool = read::object(tool, path, "`name` of the tool")?;
                let hint = "name the tool that must be called";
                ToolChoice::Forced(
                    read::required_string(tool, "name", path, "the tool to call", hint)?.to_owned(),
                )
            } else if choice.contains_key("any") {
                ToolChoice::Required
            } else {
                ToolChoice::Free
            }
        }
    };
    Ok((tools, choice))
}

/// A declared tool; `None` for a cache point.
fn tool(value: &Value, path: &str) -> Result<Option<Tool>> {
    let hint =
        "write { \"toolSpec\": { \"name\": \"...\", \"inputSchema\": { \"json\": { ... } } } }";
    let fields = read::object(value, path, "a tool with `toolSpec`")
        .map_err(|error| error.with_hint(hint))?;
    if fields.contains_key("cachePoint") {
        return Ok(None);
    }
    let Some(spec) = read::optional(fields, "toolSpec") else {
        // `systemTool`, and what is newer than this version.
        let name = value.pointer("/systemTool/name").and_then(Value::as_str);
        return Ok(Some(Tool {
            name: name
                .or_else(|| fields.keys().next().map(String::as_str))
                .unwrap_or_default()
                .to_owned(),
            description: None,
            parameters: None,
            kind: ToolKind::Server,
            raw: value.clone(),
        }));
    };
    let path = read::join(path, "toolSpec");
    let spec = read::object(spec, &path, "a tool with `name` and `inputSchema`")?;
    let schema = match read::optional(spec, "inputSchema") {
        None => None,
        Some(schema) => {
            let path = read::join(&path, "inputSchema");
            let hint = "write { \"json\": { \"type\": \"object\", ... } }";
            let schema = read::object(schema, &path, "`json`, a JSON Schema")
                .map_err(|error| error.with_hint(hint))?;
            read::optional(schema, "json").cloned()
        }
    };
    Ok(Some(Tool {
        name: read::required_string(
            spec,
            "name",
            &path,
            "the tool's name",
            "name every tool; the model calls it by that name",
        )?
        .to_owned(),
        description: read::optional_string(spec, "description", &path, "what the tool does")?
            .map(str::to_owned),
        parameters: schema,
        kind: ToolKind::Function,
        raw: value.clone(),
    }))
}

/// `outputConfig.textFormat`: its schema is a JSON text.
pub(super) fn response_format(body: &Map<String, Value>) -> Result<ResponseFormat> {
    let format = body
        .get("outputConfig")
        .and_then(|config| config.get("textFormat"))
        .and_then(|format| format.pointer("/structure/jsonSchema"));
    let Some(format) = format.filter(|format| !format.is_null()) else {
        return Ok(ResponseFormat::Text);
    };
    let path = "outputConfig.textFormat.structure.jsonSchema";
    let fields = read::object(format, path, "`schema` of the answer")?;
    let hint = "pass the schema as a JSON text: JSON.stringify(schema)";
    let text = read::required_string(fields, "schema", path, "a JSON Schema as text", hint)?;
    let place = read::join(path, "schema");
    // The parser bounds the nesting of this text, which the check of the body does not see.
    let schema = json::parsed(text).ok_or_else(|| {
        read::wrong_value(&Value::String(text.to_owned()), &place, "a JSON text").with_hint(hint)
    })?;
    Ok(ResponseFormat::JsonSchema {
        name: read::optional_string(fields, "name", path, "the schema's name")?
            .unwrap_or_default()
            .to_owned(),
        description: read::optional_string(fields, "description", path, "what it is for")?
            .map(str::to_owned),
        schema,
    })
}
