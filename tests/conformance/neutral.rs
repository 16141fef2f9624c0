//! Records in a form that other counters can read: roles, texts, calls, results and tools, with our own numbers beside the
//! provider's. Nothing but what a counter needs: they are given our reading of the body.

use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};
use token_headroom::{Conversation, Message, Part, Role, normalize_as};

use crate::outcome::Outcome;

/// Writes one line for each outcome whose whole prompt is in the body.
pub fn write(outcomes: &[Outcome], path: &Path) {
    let mut file = std::fs::File::create(path).expect("the file can be written");
    for outcome in outcomes
        .iter()
        .filter(|outcome| outcome.record.is_readable())
    {
        let record = &outcome.record;
        let conversation =
            normalize_as(record.dialect(), &record.request).expect("it was read before");
        let line = json!({
            "id": record.id,
            "provider": record.provider,
            "api": record.api,
            "kind": record.kind(),
            "model": outcome.model.name,
            "family": outcome.model.framing.name(),
            "encoding": outcome.model.encoding,
            "reported": record.input_tokens,
            "ours": {
                "tokens": outcome.projection.tokens,
                "lower": outcome.projection.lower_bound,
                "upper": outcome.projection.upper_bound,
            },
            "messages": messages(&conversation),
            "tools": conversation.tools.iter().map(|tool| json!({
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters,
            })).collect::<Vec<_>>(),
        });
        writeln!(file, "{line}").expect("the file can be written");
    }
}

fn messages(conversation: &Conversation) -> Vec<Value> {
    let mut written = Vec::new();
    for message in conversation
        .instructions
        .iter()
        .chain(&conversation.messages)
    {
        let content = text(&message.parts);
        let calls: Vec<Value> = message
            .calls()
            .map(|call| json!({ "id": call.id, "name": call.name, "arguments": call.arguments }))
            .collect();
        if !content.is_empty() || !calls.is_empty() || message.parts.is_empty() {
            written.push(json!({ "role": role(message), "content": content, "calls": calls }));
        }
        for part in &message.parts {
            if let Part::ToolResult { call_id, parts, .. } = part {
                written.push(json!({ "role": "tool", "id": call_id, "content": text(parts) }));
            }
        }
    }
    written
}

fn role(message: &Message) -> &'static str {
    match message.role {
        Role::System | Role::Developer => "system",
        Role::Assistant => "assistant",
        _ => "user",
    }
}

fn text(parts: &[Part]) -> String {
    parts
        .iter()
        .filter_map(|part| match part {
            Part::Text { text, .. } => Some(text.as_str()),
            _ => None,
        })
        .collect()
}
