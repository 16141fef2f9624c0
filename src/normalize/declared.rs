//! Tools and choices among them as frameworks write them: the same few ideas under many names.

use serde_json::{Map, Value};

use super::read;
use crate::conversation::{Tool, ToolChoice, ToolKind};
use token_headroom_encoding::Result;

/// Names for the schema of a tool's arguments.
const SCHEMAS: [&str; 6] = [
    "parameters",
    "inputSchema",
    "input_schema",
    "parametersJsonSchema",
    "schema",
    "args_schema",
];

/// Declared tools: a list, or an object from name to declaration.
pub(super) fn tools(value: &Value, path: &str) -> Result<Vec<Tool>> {
    match value {
        Value::Array(tools) => tools
            .iter()
            .enumerate()
            .map(|(index, tool)| declared(tool, None, &format!("{path}[{index}]")))
            .collect(),
        Value::Object(tools) => tools
            .iter()
            .map(|(name, tool)| declared(tool, Some(name), &read::join(path, name)))
            .collect(),
        other => Err(read::wrong_type(
            other,
            path,
            "an array of tools, or an object from name to tool",
        )),
    }
}

fn declared(raw: &Value, key: Option<&str>, path: &str) -> Result<Tool> {
    let outer = read::object(raw, path, "a declared tool")?;
    let fields = match outer.get("function") {
        Some(Value::Object(inner)) => inner,
        _ => outer,
    };
    let kind = match outer.get("type").and_then(Value::as_str) {
        None | Some("function" | "dynamic") => ToolKind::Function,
        Some("custom") => ToolKind::Custom,
        Some(_) if fields.contains_key("input_schema") => ToolKind::Function,
        Some(_) => ToolKind::Server,
    };
    // A tool of LangChain that cannot be serialised keeps nothing but the name of its class.
    let class = outer
        .get("id")
        .and_then(Value::as_array)
        .and_then(|id| id.last());
    let named = ["name", "id", "type"]
        .into_iter()
        .filter_map(|name| fields.get(name)?.as_str());
    let name = match key.or_else(|| class?.as_str()) {
        Some(name) => name,
        None if kind == ToolKind::Function => read::required_string(
            fields,
            "name",
            path,
            "the tool's name",
            "name every tool; the model calls it by that name",
        )?,
        None => named.into_iter().next().unwrap_or_default(),
    };
    let description = fields.get("description").and_then(Value::as_str);
    Ok(Tool {
        name: name.to_owned(),
        description: description.map(str::to_owned),
        parameters: schema(fields).cloned(),
        kind,
        raw: raw.clone(),
    })
}

/// The JSON Schema of a tool; `None` without one, and for a schema of a validation library, which is code.
fn schema(fields: &Map<String, Value>) -> Option<&Value> {
    let given = SCHEMAS
        .into_iter()
        .find_map(|name| read::optional(fields, name))?;
    // What the AI SDK's `jsonSchema()` gives.
    let schema = given.get("jsonSchema").unwrap_or(given);
    let is_json_schema = schema.as_object().is_some_and(|fields| {
        !["_def", "def", "~standard", "lc_kwargs"]
            .into_iter()
            .any(|key| fields.contains_key(key))
    });
    is_json_schema.then_some(schema)
}

/// Whether a function has a schema that cannot be read.
pub(super) fn has_unread_schema(tool: &Tool) -> bool {
    let fields = tool.raw.get("function").unwrap_or(&tool.raw).as_object();
    tool.parameters.is_none()
        && fields.is_some_and(|fields| {
            SCHEMAS
                .into_iter()
                .any(|name| read::optional(fields, name).is_some())
        })
}

/// What the model must do with the tools: a word, a name, or an object with `type`.
pub(super) fn tool_choice(value: &Value, path: &str) -> Result<ToolChoice> {
    let expected = "auto, none, required, or an object that names a tool";
    let word = |word: &str| match word {
        "auto" => Some(ToolChoice::Free),
        "none" => Some(ToolChoice::None),
        "required" | "any" => Some(ToolChoice::Required),
        _ => None,
    };
    match value {
        Value::String(text) => {
            Ok(word(text).unwrap_or_else(|| ToolChoice::Forced(text.to_owned())))
        }
        Value::Object(fields) => {
            let name = ["toolName", "name"]
                .into_iter()
                .find_map(|key| fields.get(key)?.as_str())
                .or_else(|| value.pointer("/function/name")?.as_str());
            let kind = fields.get("type").and_then(Value::as_str);
            Ok(match name {
                Some(name) => ToolChoice::Forced(name.to_owned()),
                None => kind.and_then(word).unwrap_or(ToolChoice::Free),
            })
        }
        other => Err(read::wrong_type(other, path, expected)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_tool_reads_alike_in_every_spelling() {
        let schema = json!({ "type": "object", "properties": { "q": { "type": "string" } } });
        for tools in [
            json!([{ "type": "function", "function": { "name": "find", "description": "d", "parameters": schema } }]),
            json!([{ "type": "function", "name": "find", "description": "d", "inputSchema": schema }]),
            json!([{ "name": "find", "description": "d", "input_schema": schema }]),
            json!([{ "name": "find", "description": "d", "schema": schema }]),
            json!({ "find": { "description": "d", "inputSchema": { "jsonSchema": schema } } }),
            json!({ "find": { "type": "function", "description": "d", "parameters": schema } }),
        ] {
            let [tool] = super::tools(&tools, "tools").unwrap().try_into().unwrap();
            assert_eq!(
                (
                    tool.name.as_str(),
                    tool.description.as_deref(),
                    tool.parameters.as_ref(),
                    tool.kind
                ),
                ("find", Some("d"), Some(&schema), ToolKind::Function),
                "{tools}"
            );
        }
    }

    #[test]
    fn a_schema_that_is_code_is_told_from_none() {
        let tools = json!({
            "a": { "inputSchema": { "_def": { "typeName": "ZodObject" }, "~standard": {} } },
            "b": { "description": "no arguments" },
        });
        let tools = super::tools(&tools, "tools").unwrap();
        assert!(tools.iter().all(|tool| tool.parameters.is_none()));
        assert_eq!(
            tools.iter().map(has_unread_schema).collect::<Vec<_>>(),
            [true, false]
        );
    }

    #[test]
    fn a_tool_of_the_provider_is_no_function() {
        let tools = json!([{ "type": "provider", "id": "openai.web_search", "name": "web_search", "args": {} }]);
        let [tool] = super::tools(&tools, "tools").unwrap().try_into().unwrap();
        assert_eq!(
            (tool.name.as_str(), tool.kind),
            ("web_search", ToolKind::Server)
        );
    }

    #[test]
    fn a_function_without_a_name_is_refused_with_its_place() {
        let error = super::tools(&json!([{ "type": "function" }]), "tools").unwrap_err();
        assert_eq!(error.path, "tools[0].name");
        assert_eq!(super::tools(&json!(4), "tools").unwrap_err().path, "tools");
    }

    #[test]
    fn choices_read_alike_in_every_spelling() {
        let read = |value: Value| tool_choice(&value, "toolChoice").unwrap();
        let forced = || ToolChoice::Forced("find".to_owned());
        assert_eq!(read(json!("auto")), ToolChoice::Free);
        assert_eq!(read(json!({ "type": "auto" })), ToolChoice::Free);
        assert_eq!(read(json!({ "type": "required" })), ToolChoice::Required);
        assert_eq!(read(json!("any")), ToolChoice::Required);
        assert_eq!(read(json!({ "type": "none" })), ToolChoice::None);
        assert_eq!(read(json!("find")), forced());
        assert_eq!(
            read(json!({ "type": "tool", "toolName": "find" })),
            forced()
        );
        assert_eq!(
            read(json!({ "type": "function", "function": { "name": "find" } })),
            forced()
        );
        assert!(tool_choice(&json!(3), "toolChoice").is_err());
    }
}
