//! Where each dialect has its calls, results and thoughts.

use serde_json::Value;

use super::{Entry, Kind, OTHER, Place, Read, either, list, listed, text, whole};
use crate::conversation::Role;

/// A call in any of the forms that lists of `tool_calls` have.
fn call(value: &Value) -> Read<'_> {
    let callee = either(value, ["function", "custom"]).filter(|callee| callee.is_object());
    (
        Kind::Call,
        text(value, "id"),
        text(callee.unwrap_or(value), "name"),
    )
}

fn content_part(value: &Value) -> Read<'_> {
    match text(value, "type") {
        "thinking" | "redacted_thinking" | "reasoning" | "reasoning_content" => {
            (Kind::Thought, "", "")
        }
        _ => OTHER,
    }
}

pub(super) fn chat(role: Role, raw: &Value) -> Vec<Entry<'_>> {
    if matches!(role, Role::Tool | Role::Function) {
        for key in ["tool_responses", "tool_results"] {
            if raw.get(key).is_some_and(Value::is_array) {
                return listed(raw, key, |value| {
                    let callee = value.get("call").unwrap_or(value);
                    (
                        Kind::Result,
                        text(value, "tool_call_id"),
                        text(callee, "name"),
                    )
                });
            }
        }
        let id = text(raw, "tool_call_id");
        let name = either(raw, ["tool_name", "name"]).and_then(Value::as_str);
        return vec![whole(Kind::Result, id, name.unwrap_or_default(), raw)];
    }
    let mut entries = listed(raw, "content", content_part);
    list(raw, "", "tool_calls", &mut entries, call);
    if let Some(value) = raw.get("function_call").filter(|value| value.is_object()) {
        let place = Place {
            key: "function_call",
            ..Place::WHOLE
        };
        entries.push(Entry {
            kind: Kind::Call,
            id: "",
            name: text(value, "name"),
            place,
            value,
        });
    }
    entries
}

pub(super) fn autogen(role: Role, raw: &Value) -> Vec<Entry<'_>> {
    if raw.get("role").is_some() {
        let mut entries = chat(role, raw);
        if !matches!(role, Role::Tool | Role::Function) {
            list(raw, "", "tool_responses", &mut entries, |value| {
                (Kind::Result, text(value, "tool_call_id"), "")
            });
        }
        return entries;
    }
    match text(raw, "type") {
        "FunctionExecutionResultMessage" | "ToolCallExecutionEvent" | "ToolCallResultMessage" => {
            listed(raw, "content", |value| {
                (Kind::Result, text(value, "call_id"), text(value, "name"))
            })
        }
        "AssistantMessage" | "ToolCallRequestEvent" | "ToolCallMessage" => {
            listed(raw, "content", call)
        }
        _ => listed(raw, "content", |_| OTHER),
    }
}

/// Calls that the caller answers, by their type, and the fields of their answers' types.
const ITEM_CALLS: [&str; 6] = [
    "function_call",
    "custom_tool_call",
    "local_shell_call",
    "shell_call",
    "apply_patch_call",
    "computer_call",
];

pub(super) fn item(raw: &Value) -> Vec<Entry<'_>> {
    let kind = text(raw, "type");
    let called = kind.strip_suffix("_output").unwrap_or(kind);
    if ITEM_CALLS.contains(&called) {
        let id = either(raw, ["call_id", "id"]).and_then(Value::as_str);
        let kind = if called == kind {
            Kind::Call
        } else {
            Kind::Result
        };
        return vec![whole(kind, id.unwrap_or_default(), text(raw, "name"), raw)];
    }
    if kind == "reasoning" {
        return vec![whole(Kind::Thought, text(raw, "id"), "", raw)];
    }
    let mut entries = listed(raw, "content", |_| OTHER);
    if entries.is_empty() {
        entries.push(whole(Kind::Other, text(raw, "id"), "", raw));
    }
    entries
}

pub(super) fn anthropic(block: &Value) -> Read<'_> {
    match text(block, "type") {
        "tool_use" => (Kind::Call, text(block, "id"), text(block, "name")),
        "tool_result" => (Kind::Result, text(block, "tool_use_id"), ""),
        "thinking" | "redacted_thinking" => (Kind::Thought, "", ""),
        "server_tool_use" | "mcp_tool_use" => {
            (Kind::ProviderCall, text(block, "id"), text(block, "name"))
        }
        kind if kind.ends_with("_tool_result") => {
            (Kind::ProviderResult, text(block, "tool_use_id"), "")
        }
        _ => OTHER,
    }
}

pub(super) fn converse(block: &Value) -> Read<'_> {
    if let Some(call) = block.get("toolUse").filter(|call| call.is_object()) {
        let kind = match text(call, "type") {
            "server_tool_use" => Kind::ProviderCall,
            _ => Kind::Call,
        };
        return (kind, text(call, "toolUseId"), text(call, "name"));
    }
    if let Some(result) = block.get("toolResult").filter(|result| result.is_object()) {
        let id = text(result, "toolUseId");
        let kind = if result.get("type").is_some_and(Value::is_string) {
            Kind::ProviderResult
        } else {
            Kind::Result
        };
        return (kind, id, "");
    }
    match block.get("reasoningContent") {
        Some(Value::Object(_)) => (Kind::Thought, "", ""),
        _ => OTHER,
    }
}

pub(super) fn gemini(part: &Value) -> Read<'_> {
    for (keys, kind) in [
        (["functionCall", "function_call"], Kind::Call),
        (["functionResponse", "function_response"], Kind::Result),
    ] {
        if let Some(inner) = either(part, keys).filter(|inner| inner.is_object()) {
            return (kind, text(inner, "id"), text(inner, "name"));
        }
    }
    if part.get("thought") == Some(&Value::Bool(true)) {
        return (Kind::Thought, "", "");
    }
    OTHER
}

pub(super) fn ai_sdk(part: &Value) -> Read<'_> {
    let read = |kind| (kind, text(part, "toolCallId"), text(part, "toolName"));
    match text(part, "type") {
        "tool-call" if part.get("providerExecuted") == Some(&Value::Bool(true)) => {
            read(Kind::ProviderCall)
        }
        "tool-call" => read(Kind::Call),
        "tool-result" => read(Kind::Result),
        "reasoning" | "redacted-reasoning" | "reasoning-file" => (Kind::Thought, "", ""),
        _ => OTHER,
    }
}

/// What a LangChain message's fields are wrapped in, and the fields.
pub(crate) fn unwrapped(raw: &Value) -> (&'static str, &Value) {
    ["kwargs", "data"]
        .into_iter()
        .find_map(|key| Some((key, raw.get(key).filter(|fields| fields.is_object())?)))
        .unwrap_or(("", raw))
}

pub(super) fn langchain(role: Role, raw: &Value) -> Vec<Entry<'_>> {
    let (wrapping, fields) = unwrapped(raw);
    if matches!(role, Role::Tool | Role::Function) {
        let id = text(fields, "tool_call_id");
        return vec![whole(Kind::Result, id, text(fields, "name"), raw)];
    }
    let mut entries = Vec::new();
    list(fields, wrapping, "content", &mut entries, content_part);
    if role != Role::Assistant {
        return entries;
    }
    let before = entries.len();
    for key in ["tool_calls", "invalid_tool_calls"] {
        list(fields, wrapping, key, &mut entries, call);
    }
    if entries.len() == before {
        let key = "additional_kwargs.tool_calls";
        list(fields, wrapping, key, &mut entries, call);
    }
    if entries.len() == before {
        let (key, read) = ("content", block_call);
        entries.clear();
        list(fields, wrapping, key, &mut entries, read);
    }
    entries
}

/// A call that only the provider's own content shows.
fn block_call(block: &Value) -> Read<'_> {
    match text(block, "type") {
        "tool_use" | "tool_call" | "function_call" => {
            let id = either(block, ["call_id", "id"]).and_then(Value::as_str);
            (Kind::Call, id.unwrap_or_default(), text(block, "name"))
        }
        _ => content_part(block),
    }
}
