//! What a conversation says, in turns, whatever dialect it was read from.

use serde_json::{Map, Value, json};
use token_headroom::{Conversation, Message, Part, Role};

pub(super) fn system(conversation: &Conversation) -> Option<String> {
    let instructions = conversation.instructions.iter();
    let leading = conversation
        .messages
        .iter()
        .take_while(|message| is_system(message));
    let all: Vec<String> = instructions
        .chain(leading)
        .map(|message| text(&message.parts))
        .collect();
    Some(all.join("\n")).filter(|text| !text.is_empty())
}

/// What follows the leading instructions, in turns: who speaks and what.
pub(super) fn turns(conversation: &Conversation) -> Vec<(Role, Vec<&Part>)> {
    let rest = conversation
        .messages
        .iter()
        .skip_while(|message| is_system(message));
    let mut turns: Vec<(Role, Vec<&Part>)> = Vec::new();
    for message in rest {
        let results = message
            .parts
            .iter()
            .filter(|part| matches!(part, Part::ToolResult { .. }));
        let others: Vec<&Part> = message
            .parts
            .iter()
            .filter(|part| !matches!(part, Part::ToolResult { .. }))
            .collect();
        let results: Vec<&Part> = results.collect();
        if !results.is_empty() {
            match turns.last_mut() {
                Some((Role::Tool, parts)) => parts.extend(results),
                _ => turns.push((Role::Tool, results)),
            }
        }
        if others.iter().any(|part| says(part)) {
            let role = match message.role {
                Role::Assistant => Role::Assistant,
                _ => Role::User,
            };
            turns.push((role, others));
        }
    }
    turns
}

fn text<'a>(parts: impl IntoIterator<Item = &'a Part>) -> String {
    let texts = parts.into_iter().filter_map(|part| match part {
        Part::Text { text, .. } => Some(text.as_str()),
        Part::File(file) => file.text.as_deref(),
        _ => None,
    });
    texts.collect()
}

pub(super) fn said(parts: &[&Part]) -> String {
    text(parts.iter().copied())
}

fn is_system(message: &Message) -> bool {
    matches!(message.role, Role::System | Role::Developer)
}

pub(super) fn says(part: &Part) -> bool {
    match part {
        Part::Text { text, .. } => !text.is_empty(),
        Part::ToolCall(_) => true,
        Part::File(file) => file.text.is_some(),
        _ => false,
    }
}

pub(super) fn arguments(text: &str) -> Value {
    serde_json::from_str::<Map<String, Value>>(text)
        .map_or_else(|_| json!({ "text": text }), Value::Object)
}

pub(super) fn result(part: &Part) -> (&str, String) {
    match part {
        Part::ToolResult { call_id, parts, .. } => (call_id, text(parts)),
        _ => ("", String::new()),
    }
}

pub(super) fn calls<'a>(parts: &[&'a Part]) -> Vec<(&'a str, &'a str, &'a str)> {
    let calls = parts.iter().filter_map(|part| match part {
        Part::ToolCall(call) => Some((
            call.id.as_str(),
            call.name.as_str(),
            call.arguments.as_str(),
        )),
        _ => None,
    });
    calls.collect()
}

pub(super) fn tool_of<'a>(turns: &[(Role, Vec<&'a Part>)], id: &str) -> &'a str {
    let calls = turns.iter().flat_map(|(_, parts)| self::calls(parts));
    let mut named = calls.filter(|(own, _, _)| *own == id);
    named.next().map_or("tool", |(_, name, _)| name)
}
