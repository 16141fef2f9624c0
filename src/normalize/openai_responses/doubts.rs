//! OpenAI Responses: what the body does not tell, and calls and answers that do not match.

use std::collections::HashSet;

use serde_json::Value;

use crate::conversation::{Conversation, Part, ToolKind, Warning};

/// Fields that put text before the items that only the provider knows.
const SERVER_HISTORY: [(&str, &str); 3] = [
    (
        "previous_response_id",
        "the earlier turns are kept by the provider",
    ),
    ("conversation", "the conversation is kept by the provider"),
    ("prompt", "the prompt's text is kept by the provider"),
];

/// Warnings that this dialect alone has reason for.
pub(super) fn warnings(conversation: &Conversation) -> Vec<Warning> {
    let mut warnings = Warnings(Vec::new());
    items(conversation, &mut warnings);
    pairing(conversation, &mut warnings);
    tools(conversation, &mut warnings);
    fields(&conversation.rest, &mut warnings);
    warnings.0
}

struct Warnings(Vec<Warning>);

impl Warnings {
    fn add(&mut self, code: &str, path: String, message: impl Into<String>) {
        self.0.push(Warning {
            code: code.to_owned(),
            path,
            message: message.into(),
        });
    }
}

fn items(conversation: &Conversation, warnings: &mut Warnings) {
    for (index, message) in conversation.messages.iter().enumerate() {
        let place = || format!("input[{index}]");
        if is_reference(&message.raw) {
            warnings.add(
                "server_history",
                place(),
                "the item is kept by the provider; its tokens cannot be known",
            );
        }
        for part in &message.parts {
            if let Part::Reasoning(reasoning) = part
                && (reasoning.redacted
                    || reasoning.sealed > 0
                    || message.raw.get("id").is_some_and(Value::is_string))
            {
                warnings.add(
                    "sealed_reasoning",
                    place(),
                    if reasoning.sealed > 0 {
                        "encrypted reasoning is estimated by its length; the provider drops what is before the last user message"
                    } else {
                        "reasoning kept by the provider cannot be read; its tokens are a guess"
                    },
                );
            }
        }
    }
}

fn is_reference(raw: &Value) -> bool {
    match raw.get("type").and_then(Value::as_str) {
        Some(kind) => kind == "item_reference",
        None => raw.is_object() && raw.get("role").is_none(),
    }
}

/// Answers without a call and calls without an answer: the API refuses both, unless it keeps the calls itself.
fn pairing(conversation: &Conversation, warnings: &mut Warnings) {
    let calls: HashSet<&str> = conversation
        .messages
        .iter()
        .flat_map(|message| message.calls())
        .map(|call| call.id.as_str())
        .collect();
    let mut answered: HashSet<&str> = HashSet::new();
    let is_whole = !has_server_history(&conversation.rest)
        && !conversation.messages.iter().any(|m| is_reference(&m.raw));
    for (index, message) in conversation.messages.iter().enumerate() {
        let [Part::ToolResult { call_id, .. }] = message.parts.as_slice() else {
            continue;
        };
        answered.insert(call_id);
        let kind = message.raw.get("type").and_then(Value::as_str);
        let is_function = matches!(
            kind,
            Some("function_call_output" | "custom_tool_call_output")
        );
        if is_whole && is_function && !calls.contains(call_id.as_str()) {
            warnings.add(
                "unpaired_tool_result",
                format!("input[{index}].call_id"),
                format!("{call_id:?} answers no call of the input; the API refuses such a request"),
            );
        }
    }
    for (index, message) in conversation.messages.iter().enumerate() {
        for call in message.calls() {
            if !answered.contains(call.id.as_str()) {
                warnings.add(
                    "unanswered_call",
                    format!("input[{index}].call_id"),
                    format!(
                        "no item answers {:?}; the API refuses such a request",
                        call.id
                    ),
                );
            }
        }
    }
}

fn tools(conversation: &Conversation, warnings: &mut Warnings) {
    for (index, tool) in conversation.tools.iter().enumerate() {
        let place = format!("tools[{index}]");
        let is_deferred = tool.raw.get("defer_loading").and_then(Value::as_bool) == Some(true);
        match tool.kind {
            ToolKind::Server => warnings.add(
                "server_tool",
                place,
                format!(
                    "what {:?} adds to the prompt, and what it brings in while the answer is made, is known from few records; the bounds leave out what it brings in",
                    tool.name
                ),
            ),
            ToolKind::Custom => warnings.add(
                "unknown_tool",
                place,
                format!(
                    "how the provider renders the tool {:?} is known from few records; it is bounded",
                    tool.name
                ),
            ),
            ToolKind::Function if is_deferred => warnings.add(
                "unknown_tool",
                place,
                format!(
                    "{:?} is loaded when the model searches for it; until then little of it is counted",
                    tool.name
                ),
            ),
            ToolKind::Function => {}
        }
    }
}

fn fields(rest: &Value, warnings: &mut Warnings) {
    for (key, why) in SERVER_HISTORY {
        if rest.get(key).is_some_and(|value| !value.is_null()) {
            warnings.add(
                "server_history",
                key.to_owned(),
                format!("{why} and cannot be counted; the upper bound allows for half the window"),
            );
        }
    }
    if rest.get("truncation").and_then(Value::as_str) == Some("auto") {
        warnings.add(
            "server_truncation",
            "truncation".to_owned(),
            "the provider drops items from the middle of an input that is too long, instead of refusing it",
        );
    }
    let mode = rest.pointer("/reasoning/mode").and_then(Value::as_str);
    if mode == Some("pro") {
        warnings.add(
            "server_tool",
            "reasoning.mode".to_owned(),
            "several answers are made and weighed, and their prompts are added up; the bounds are wide",
        );
    }
    let context = rest.pointer("/reasoning/context").and_then(Value::as_str);
    if context == Some("all_turns") {
        warnings.add(
            "sealed_reasoning",
            "reasoning.context".to_owned(),
            "the reasoning of earlier turns is kept and counted",
        );
    }
    let format = rest.pointer("/text/format/type").and_then(Value::as_str);
    if let Some(kind) = format
        && !matches!(kind, "text" | "json_object" | "json_schema")
    {
        warnings.add(
            "unknown_format",
            "text.format".to_owned(),
            format!("what the provider counts for the format {kind:?} is not on record"),
        );
    }
}

/// Whether the provider puts text before the items.
fn has_server_history(rest: &Value) -> bool {
    SERVER_HISTORY
        .iter()
        .any(|(key, _)| rest.get(key).is_some_and(|value| !value.is_null()))
}
