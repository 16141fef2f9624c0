//! OpenAI Responses: calls that the caller's side carries out, and their answers.

use serde_json::{Map, Value};

use super::content::content_parts;
use crate::conversation::{Part, Role, ToolCall};
use crate::json;
use crate::normalize::read;
use token_headroom_encoding::Result;

/// Reads `fields` when they are a call or an answer of a known kind.
pub(super) fn call(
    kind: &str,
    fields: &Map<String, Value>,
    path: &str,
) -> Result<Option<(Role, Vec<Part>)>> {
    let part = match kind {
        "function_call" => written(fields, path, "arguments", "a JSON text")?,
        "custom_tool_call" => written(fields, path, "input", "what the tool is given")?,
        // Tools that every model of a kind knows by name; what is done is in a field of its own.
        "local_shell_call" => known(fields, path, "local_shell", &["action"])?,
        "shell_call" => known(fields, path, "shell", &["action"])?,
        "apply_patch_call" => known(fields, path, "apply_patch", &["operation"])?,
        "computer_call" => known(fields, path, "computer", &["action", "actions"])?,
        "function_call_output" | "custom_tool_call_output" => {
            return answer(fields, path).map(Some);
        }
        "local_shell_call_output"
        | "shell_call_output"
        | "apply_patch_call_output"
        | "computer_call_output" => return known_answer(fields, path).map(Some),
        _ => return Ok(None),
    };
    Ok(Some((Role::Assistant, vec![part])))
}

fn call_id(fields: &Map<String, Value>, path: &str) -> Result<String> {
    read::required_string(
        fields,
        "call_id",
        path,
        "the call's id",
        "repeat the item as the model made it; its output repeats the `call_id`",
    )
    .map(str::to_owned)
}

/// A call whose arguments are a text in the field `key`.
fn written(fields: &Map<String, Value>, path: &str, key: &str, what: &str) -> Result<Part> {
    Ok(Part::ToolCall(ToolCall {
        id: call_id(fields, path)?,
        name: read::required_string(
            fields,
            "name",
            path,
            "the tool's name",
            "repeat the name under which the tool is declared",
        )?
        .to_owned(),
        arguments: read::required_string(
            fields,
            key,
            path,
            what,
            "pass it as a string, as the model wrote it",
        )?
        .to_owned(),
    }))
}

/// A call of the tool `name`, which is told what to do by one of the fields `keys`.
fn known(fields: &Map<String, Value>, path: &str, name: &str, keys: &[&str]) -> Result<Part> {
    let told = keys.iter().find_map(|key| read::optional(fields, key));
    Ok(Part::ToolCall(ToolCall {
        id: call_id(fields, path)?,
        name: name.to_owned(),
        arguments: told.map(json::compact).unwrap_or_default(),
    }))
}

/// An answer: a text, or parts.
fn answer(fields: &Map<String, Value>, path: &str) -> Result<(Role, Vec<Part>)> {
    let hint = "use \"\" for an empty answer";
    let output = fields
        .get("output")
        .ok_or_else(|| read::missing("output", path, "a string or an array of parts", hint))?;
    let parts = content_parts(output, &read::join(path, "output"))
        .map_err(|error| error.with_hint("pass a JSON answer as a string"))?;
    Ok((Role::Tool, vec![result(call_id(fields, path)?, parts)]))
}

/// An answer of a known tool; a text, a picture, or JSON of its own.
fn known_answer(fields: &Map<String, Value>, path: &str) -> Result<(Role, Vec<Part>)> {
    let output = fields.get("output").unwrap_or(&Value::Null);
    let parts = match output {
        Value::Null => Vec::new(),
        Value::String(_) => content_parts(output, path)?,
        // A screenshot.
        Value::Object(_) if output.get("type").is_some() => {
            let parts = Value::Array(vec![output.clone()]);
            content_parts(&parts, &read::join(path, "output"))?
        }
        other => vec![Part::Opaque(other.clone())],
    };
    // A local shell's answer names its call by `id`.
    let key = ["call_id", "id"]
        .into_iter()
        .find_map(|key| fields.get(key).and_then(Value::as_str));
    Ok((
        Role::Tool,
        vec![result(key.unwrap_or_default().to_owned(), parts)],
    ))
}

/// An answer of a kind that is not known.
pub(super) fn opaque_result(fields: &Map<String, Value>, raw: &Value) -> Part {
    let id = fields.get("call_id").and_then(Value::as_str);
    result(
        id.unwrap_or_default().to_owned(),
        vec![Part::Opaque(raw.clone())],
    )
}

fn result(call_id: String, parts: Vec<Part>) -> Part {
    Part::ToolResult {
        call_id,
        name: None,
        parts,
        is_error: false,
    }
}
