//! What a message holds, in the caller's own JSON: calls, results, thoughts and the rest, each with its place.
//!
//! Read apart from normalisation: a mistake there shall not hide one from the validators, and a repair needs the very places.

use serde_json::Value;

use crate::conversation::{Dialect, Role};

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A call that the caller's side carries out.
    Call,
    /// Its result.
    Result,
    /// A call that the provider itself carries out.
    ProviderCall,
    /// Its result.
    ProviderResult,
    /// What the model thought.
    Thought,
    /// Everything else.
    Other,
}

/// One entry of a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    pub kind: Kind,
    /// The id of a call, or of the call that a result answers; empty where there is none.
    pub id: &'a str,
    /// The tool's name, where it is given.
    pub name: &'a str,
    pub place: Place,
    pub value: &'a Value,
}

/// Where in a message an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// What the message's fields are wrapped in: ``, `kwargs` or `data`.
    pub wrapping: &'static str,
    /// The field, with dots between; empty for the message itself.
    pub key: &'static str,
    /// The position in the field's list.
    pub index: Option<usize>,
}

impl Place {
    /// The message itself.
    pub(crate) const WHOLE: Self = Self {
        wrapping: "",
        key: "",
        index: None,
    };

    /// As it follows the message's own path.
    pub(crate) fn path(self) -> String {
        let mut path = String::new();
        for key in [self.wrapping, self.key] {
            if !key.is_empty() {
                path.push('.');
                path.push_str(key);
            }
        }
        if let Some(index) = self.index {
            path.push_str(&format!("[{index}]"));
        }
        path
    }

    /// The keys that lead to it, position aside.
    pub(crate) fn keys(self) -> impl Iterator<Item = &'static str> {
        [self.wrapping, self.key]
            .into_iter()
            .flat_map(|keys| keys.split('.'))
            .filter(|key| !key.is_empty())
    }
}

/// Reads the entries of a message, in order.
pub(crate) fn entries(dialect: Dialect, role: Role, raw: &Value) -> Vec<Entry<'_>> {
    match dialect {
        Dialect::OpenaiResponses => item(raw),
        Dialect::Anthropic => listed(raw, "content", anthropic),
        Dialect::BedrockConverse => listed(raw, "content", converse),
        Dialect::Gemini => listed(raw, "parts", gemini),
        Dialect::AiSdk => {
            let in_answer = role == Role::Assistant;
            let mut entries = listed(raw, "content", ai_sdk);
            for entry in &mut entries {
                if in_answer && entry.kind == Kind::Result {
                    entry.kind = Kind::ProviderResult;
                }
            }
            entries
        }
        Dialect::Langchain => langchain(role, raw),
        Dialect::Autogen => autogen(role, raw),
        Dialect::OpenaiChat | Dialect::Cohere | Dialect::Ollama | Dialect::Completions => {
            chat(role, raw)
        }
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The first of `keys` that is there.
fn either<'a>(value: &'a Value, keys: [&str; 2]) -> Option<&'a Value> {
    keys.into_iter().find_map(|key| value.get(key))
}

type Read<'a> = (Kind, &'a str, &'a str);

fn listed<'a>(
    raw: &'a Value,
    key: &'static str,
    read: impl Fn(&'a Value) -> Read<'a>,
) -> Vec<Entry<'a>> {
    let mut entries = Vec::new();
    list(raw, "", key, &mut entries, read);
    entries
}

fn list<'a>(
    fields: &'a Value,
    wrapping: &'static str,
    key: &'static str,
    entries: &mut Vec<Entry<'a>>,
    read: impl Fn(&'a Value) -> Read<'a>,
) {
    let found = key
        .split('.')
        .try_fold(fields, |fields, key| fields.get(key));
    for (index, value) in found
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .enumerate()
    {
        let (kind, id, name) = read(value);
        let place = Place {
            wrapping,
            key,
            index: Some(index),
        };
        entries.push(Entry {
            kind,
            id,
            name,
            place,
            value,
        });
    }
}

fn whole<'a>(kind: Kind, id: &'a str, name: &'a str, value: &'a Value) -> Entry<'a> {
    let place = Place::WHOLE;
    Entry {
        kind,
        id,
        name,
        place,
        value,
    }
}

const OTHER: Read<'static> = (Kind::Other, "", "");

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

fn chat(role: Role, raw: &Value) -> Vec<Entry<'_>> {
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

fn autogen(role: Role, raw: &Value) -> Vec<Entry<'_>> {
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

fn item(raw: &Value) -> Vec<Entry<'_>> {
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

fn anthropic(block: &Value) -> Read<'_> {
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

fn converse(block: &Value) -> Read<'_> {
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

fn gemini(part: &Value) -> Read<'_> {
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

fn ai_sdk(part: &Value) -> Read<'_> {
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

fn langchain(role: Role, raw: &Value) -> Vec<Entry<'_>> {
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
