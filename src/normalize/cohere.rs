//! Cohere chat: version 2 (`messages`) and version 1 (`message`, `chat_history`, `preamble`).

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{openai_chat, read};
use crate::conversation::{
    Conversation, Dialect, File, Message, Part, ResponseFormat, Role, Thinking, Tool, ToolCall,
    ToolChoice, ToolKind,
};
use crate::json;
use token_headroom_encoding::{Code, Error, Result};

/// Normalises one entry of version 2, or of the history of version 1, whose roles are in capitals.
pub(super) fn message(raw: Value, path: &str) -> Result<Message> {
    let fields = read::object(&raw, path, "a message with `role` and `content`")?;
    let roles = "system, user, assistant or tool";
    let hint = format!("use one of {roles}");
    let said = read::required_string(fields, "role", path, "who speaks", &hint)?;
    let role = match said.to_ascii_lowercase().as_str() {
        "system" | "developer" => Role::System,
        "user" => Role::User,
        "assistant" | "chatbot" => Role::Assistant,
        "tool" => Role::Tool,
        _ => {
            let place = read::join(path, "role");
            let message = format!("found the role {said:?}, expected {roles}");
            return Err(Error::new(Code::UnknownRole, place, message).with_hint(hint));
        }
    };
    let mut parts = Vec::new();
    // What the model said it would do stands before its calls.
    if let Some(plan) = read::optional_string(fields, "tool_plan", path, "the plan")? {
        parts.push(openai_chat::text_part(plan));
    }
    let key = if fields.contains_key("message") {
        "message"
    } else {
        "content"
    };
    if let Some(value) = read::optional(fields, key) {
        parts.extend(content(value, &read::join(path, key))?);
    }
    if role == Role::Tool {
        parts = results(fields, parts, path)?;
    }
    parts.extend(calls(fields, path)?);
    Ok(Message {
        role,
        name: None,
        parts,
        dialect: Dialect::Cohere,
        raw,
    })
}

/// A text, or parts as in Chat and documents.
fn content(value: &Value, path: &str) -> Result<Vec<Part>> {
    let Value::Array(items) = value else {
        return openai_chat::content_parts(value, path);
    };
    let mut parts = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match item.get("document") {
            Some(found) if item.get("type").is_none_or(|kind| kind == "document") => {
                parts.push(document(found));
            }
            _ => {
                let place = format!("{path}[{index}]");
                let one = Value::Array(vec![item.clone()]);
                let read = openai_chat::content_parts(&one, path).map_err(|error| Error {
                    path: error.path.replacen(&format!("{path}[0]"), &place, 1),
                    ..error
                })?;
                parts.extend(read);
            }
        }
    }
    Ok(parts)
}

/// A document is text: its fields as JSON.
fn document(value: &Value) -> Part {
    let data = value.get("data").unwrap_or(value);
    let text = match data {
        Value::String(text) => text.clone(),
        other => json::compact(other),
    };
    Part::File(File {
        name: value.get("id").and_then(Value::as_str).map(str::to_owned),
        bytes: u64::try_from(text.len()).ok(),
        text: Some(text),
        ..File::default()
    })
}

/// The answers of a tool message: one in version 2, a list in version 1.
fn results(fields: &Map<String, Value>, said: Vec<Part>, path: &str) -> Result<Vec<Part>> {
    if let Some(list) = read::optional(fields, "tool_results") {
        return version_1_results(list, &read::join(path, "tool_results"));
    }
    let hint = "copy the `id` of the assistant's tool call";
    let what = "the id of the call that is answered";
    let call_id = read::required_string(fields, "tool_call_id", path, what, hint)?;
    Ok(vec![Part::ToolResult {
        call_id: call_id.to_owned(),
        name: None,
        parts: said,
        is_error: false,
    }])
}

fn version_1_results(list: &Value, path: &str) -> Result<Vec<Part>> {
    let list = list
        .as_array()
        .ok_or_else(|| read::wrong_type(list, path, "an array of results"))?;
    let result = |result: &Value| {
        let outputs = json::compact(result.get("outputs").unwrap_or(&Value::Null));
        Part::ToolResult {
            call_id: String::new(),
            name: result["call"]["name"].as_str().map(str::to_owned),
            parts: vec![openai_chat::text_part(&outputs)],
            is_error: false,
        }
    };
    Ok(list.iter().map(result).collect())
}

/// Calls of version 2 (`function`) and of version 1 (`name` and `parameters`).
fn calls(fields: &Map<String, Value>, path: &str) -> Result<Vec<Part>> {
    let Some(value) = read::optional(fields, "tool_calls") else {
        return Ok(Vec::new());
    };
    let path = read::join(path, "tool_calls");
    let list = value
        .as_array()
        .ok_or_else(|| read::wrong_type(value, &path, "an array of calls"))?;
    let call = |(index, value): (usize, &Value)| {
        let place = format!("{path}[{index}]");
        let call = read::object(value, &place, "a call")?;
        let callee = match read::optional(call, "function") {
            Some(callee) => read::object(callee, &place, "`name` and `arguments` of the call")?,
            None => call,
        };
        let hint = "repeat the call as the model made it";
        let name = read::required_string(callee, "name", &place, "the tool's name", hint)?;
        let arguments = callee.get("arguments").or_else(|| callee.get("parameters"));
        Ok(Part::ToolCall(ToolCall {
            id: read::optional_string(call, "id", &place, "the call's id")?
                .unwrap_or_default()
                .to_owned(),
            name: name.to_owned(),
            arguments: match arguments {
                None | Some(Value::Null) => "{}".to_owned(),
                Some(Value::String(text)) => text.clone(),
                Some(arguments) => json::compact(arguments),
            },
        }))
    };
    list.iter().enumerate().map(call).collect()
}

/// Puts the conversation together. `rest` must be an object; version 1 has its messages in there.
pub(super) fn conversation(rest: Value, mut messages: Vec<Arc<Message>>) -> Result<Conversation> {
    let body = read::object(&rest, "", "a request body")?;
    let model = read::optional_string(body, "model", "", "the model's name")?.map(str::to_owned);
    let preamble = read::optional_string(body, "preamble", "", "instructions")?;
    if messages.is_empty() {
        messages = version_1(body)?;
    }
    let instructions = preamble.map(|text| {
        Arc::new(Message {
            role: Role::System,
            name: None,
            parts: vec![openai_chat::text_part(text)],
            dialect: Dialect::Cohere,
            raw: Value::String(text.to_owned()),
        })
    });
    let tools = tools(body)?;
    let tool_choice = match body.get("tool_choice").and_then(Value::as_str) {
        Some(choice) if choice.eq_ignore_ascii_case("required") => ToolChoice::Required,
        Some(choice) if choice.eq_ignore_ascii_case("none") => ToolChoice::None,
        _ => ToolChoice::Free,
    };
    let output_cap = read::cap(body, "max_tokens")?;
    Ok(Conversation {
        model,
        instructions,
        tools,
        tool_choice,
        response_format: response_format(body)?,
        thinking: match body
            .get("thinking")
            .and_then(|value| value["type"].as_str())
        {
            Some("enabled") => Thinking::Enabled,
            Some("disabled") => Thinking::Disabled,
            _ => Thinking::Unsaid,
        },
        output_cap,
        ..Conversation::new(Dialect::Cohere, rest.clone(), messages)
    })
}

/// The history, what is said now, and answers to the calls that end the history.
fn version_1(body: &Map<String, Value>) -> Result<Vec<Arc<Message>>> {
    let mut messages = Vec::new();
    if let Some(history) = read::optional(body, "chat_history") {
        let entries = history
            .as_array()
            .ok_or_else(|| read::wrong_type(history, "chat_history", "an array of messages"))?;
        for (index, entry) in entries.iter().enumerate() {
            let path = format!("chat_history[{index}]");
            messages.push(Arc::new(message(entry.clone(), &path)?));
        }
    }
    let of = |role, parts, raw: &Value| {
        Arc::new(Message {
            role,
            name: None,
            parts,
            dialect: Dialect::Cohere,
            raw: raw.clone(),
        })
    };
    if let Some(value) = read::optional(body, "message") {
        let text = read::string(value, "message", "what the user says")?;
        // With results the message is empty: the turn is the tools'.
        if !text.is_empty() || !body.contains_key("tool_results") {
            messages.push(of(Role::User, vec![openai_chat::text_part(text)], value));
        }
    }
    if let Some(value) = read::optional(body, "tool_results") {
        let parts = version_1_results(value, "tool_results")?;
        messages.push(of(Role::Tool, parts, value));
    }
    Ok(messages)
}

/// Tools as in Chat, or of version 1: `parameter_definitions` instead of a schema.
fn tools(body: &Map<String, Value>) -> Result<Vec<Tool>> {
    let first = body.get("tools").and_then(|tools| tools.get(0));
    if first.is_none_or(|tool| tool.get("function").is_some() || tool.get("name").is_none()) {
        return openai_chat::tools(body);
    }
    let list = body.get("tools").and_then(Value::as_array);
    let tool = |tool: &Value| Tool {
        name: tool["name"].as_str().unwrap_or_default().to_owned(),
        description: tool["description"].as_str().map(str::to_owned),
        parameters: tool.get("parameter_definitions").cloned(),
        kind: ToolKind::Function,
        raw: tool.clone(),
    };
    Ok(list.into_iter().flatten().map(tool).collect())
}

/// `response_format`: a JSON object, with a schema or without.
fn response_format(body: &Map<String, Value>) -> Result<ResponseFormat> {
    let Some(value) = read::optional(body, "response_format") else {
        return Ok(ResponseFormat::Text);
    };
    let fields = read::object(value, "response_format", "a format with `type`")?;
    if fields.get("type").and_then(Value::as_str) != Some("json_object") {
        return Ok(ResponseFormat::Text);
    }
    let schema = ["json_schema", "schema"]
        .iter()
        .find_map(|key| read::optional(fields, key));
    Ok(match schema {
        Some(schema) => ResponseFormat::JsonSchema {
            name: String::new(),
            description: None,
            schema: schema.clone(),
        },
        None => ResponseFormat::JsonObject,
    })
}
