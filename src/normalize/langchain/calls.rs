//! LangChain: the calls of an assistant's message.

use serde_json::{Map, Value};

use crate::conversation::ToolCall;
use crate::normalize::read;
use token_headroom_encoding::Result;

/// `tool_calls` and `invalid_tool_calls`; without either, what the provider's own answer held.
pub(super) fn calls(fields: &Map<String, Value>, place: &str) -> Result<Vec<ToolCall>> {
    let mut calls = Vec::new();
    for key in ["tool_calls", "invalid_tool_calls"] {
        listed(fields, key, place, &mut calls)?;
    }
    if !calls.is_empty() {
        return Ok(calls);
    }
    let Some(Value::Object(extra)) = fields.get("additional_kwargs") else {
        return Ok(calls);
    };
    let place = read::join(place, "additional_kwargs");
    listed(extra, "tool_calls", &place, &mut calls)?;
    if let Some(value) = read::optional(extra, "function_call") {
        let call = call(value, &read::join(&place, "function_call"))?;
        calls.push(ToolCall {
            id: String::new(),
            ..call
        });
    }
    Ok(calls)
}

fn listed(
    fields: &Map<String, Value>,
    key: &str,
    place: &str,
    calls: &mut Vec<ToolCall>,
) -> Result<()> {
    let Some(value) = read::optional(fields, key) else {
        return Ok(());
    };
    let place = read::join(place, key);
    let list = value
        .as_array()
        .ok_or_else(|| read::wrong_type(value, &place, "an array of calls"))?;
    for (index, value) in list.iter().enumerate() {
        calls.push(call(value, &format!("{place}[{index}]"))?);
    }
    Ok(())
}

/// A call in LangChain's form, in OpenAI's, or in Anthropic's.
pub(super) fn call(value: &Value, path: &str) -> Result<ToolCall> {
    let outer = read::object(value, path, "a call with `name` and `args`")?;
    let fields = match outer.get("function") {
        Some(Value::Object(callee)) => callee,
        _ => outer,
    };
    let id = ["id", "call_id", "callId"]
        .into_iter()
        .find_map(|key| outer.get(key)?.as_str());
    let arguments = ["args", "arguments", "input"]
        .into_iter()
        .find_map(|key| read::optional(fields, key));
    // A call that could not be parsed may lack its name.
    let name = read::optional_string(fields, "name", path, "the tool's name")?;
    Ok(ToolCall {
        id: id.unwrap_or_default().to_owned(),
        name: name.unwrap_or_default().to_owned(),
        arguments: arguments.map_or_else(String::new, read::json_text),
    })
}
