//! AI SDK (AI2, AI3, AI6) and LangChain (LC1, LC3, LC5).

use std::collections::HashSet;

use serde_json::Value;

use crate::conversation::Role;
use crate::verify::entries::{Kind, Place, unwrapped};
use crate::verify::transcript::{Fault, Transcript};

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// AI2: an approval that is asked for names a call, and an answer names what was asked for.
pub(super) fn ai2_approvals(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    let (mut calls, mut asked) = (HashSet::new(), HashSet::new());
    for (index, _, entry) in transcript.entries() {
        let part = entry.value;
        let wrong = match text(part, "type") {
            "tool-call" => {
                calls.insert(entry.id);
                continue;
            }
            "tool-approval-request" => {
                asked.insert(text(part, "approvalId"));
                let call = text(part, "toolCallId");
                (!calls.contains(call)).then(|| {
                    format!("found a request to approve {call:?}, expected the call before it")
                })
            }
            "tool-approval-response" => {
                let id = text(part, "approvalId");
                (!asked.contains(id)).then(|| {
                    format!(
                        "found an answer to the approval {id:?}, expected its request before it"
                    )
                })
            }
            _ => continue,
        };
        if let Some(text) = wrong {
            let hint = "keep the call, the request and the answer together, or remove all of them";
            faults.push(Fault::at("AI2", index, entry.place, text, hint));
        }
    }
}

/// Whether a part is an item that OpenAI knows by an id.
pub(crate) fn is_item(part: &Value) -> bool {
    let options = part.get("providerOptions");
    ["openai", "azure"].into_iter().any(|provider| {
        options.is_some_and(|options| {
            options
                .get(provider)
                .is_some_and(|own| own.get("itemId").is_some())
        })
    })
}

/// AI3: a thought that the provider keeps as an item stays before the part that it led to.
pub(super) fn ai3_reasoning_followed(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    for (index, seen) in transcript.sent() {
        let Some(last) = seen.entries.last() else {
            continue;
        };
        let goes_on = transcript
            .messages
            .get(index + 1)
            .is_some_and(|next| next.role == Role::Assistant);
        if last.kind == Kind::Thought && is_item(last.value) && !goes_on {
            let text = "found a reasoning item at the end of its message, expected the part that it led to".to_owned();
            let hint = "put the part back behind its reasoning, or remove the reasoning";
            faults.push(Fault::at("AI3", index, last.place, text, hint));
        }
    }
}

/// AI6: the tags of a tool's output.
pub(crate) const OUTPUTS: [&str; 6] = [
    "text",
    "json",
    "error-text",
    "error-json",
    "content",
    "execution-denied",
];

pub(super) fn ai6_tagged(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    for (index, _, entry) in transcript.entries() {
        let is_result = matches!(entry.kind, Kind::Result | Kind::ProviderResult);
        let Some(output) = entry.value.get("output").filter(|_| is_result) else {
            continue;
        };
        if !OUTPUTS.contains(&text(output, "type")) {
            let text = format!(
                "found an output without a tag, expected one of {}",
                OUTPUTS.join(", ")
            );
            let hint = "write { \"type\": \"text\", \"value\": \"...\" } or { \"type\": \"json\", \"value\": ... }";
            let fault = Fault::at("AI6", index, entry.place, text, hint);
            let place = format!("{}.output", fault.place);
            faults.push(Fault { place, ..fault });
        }
    }
}

/// LC1: calls in the provider's own blocks are among `tool_calls`; both are sent.
pub(super) fn lc1_blocks_agree(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    for (index, seen) in transcript.sent() {
        let listed: HashSet<&str> = seen
            .entries
            .iter()
            .filter(|entry| entry.kind == Kind::Call)
            .map(|entry| entry.id)
            .collect();
        for entry in &seen.entries {
            let is_block = entry.kind == Kind::Other && text(entry.value, "type") == "tool_use";
            let id = text(entry.value, "id");
            if is_block && seen.role == Role::Assistant && !listed.contains(id) {
                let text =
                    format!("found a block that calls {id:?}, expected it in tool_calls as well");
                let hint = "keep content and tool_calls in agreement: remove the call from both";
                faults.push(Fault::at("LC1", index, entry.place, text, hint));
            }
        }
    }
}

/// LC3: what removes all messages stands before the new ones.
pub(super) fn lc3_removes_first(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    for (index, seen) in transcript.messages.iter().enumerate().skip(1) {
        if text(unwrapped(seen.raw).1, "id") == "__remove_all__" && !seen.sent {
            let text = format!(
                "found the removal of all messages behind {index} of them, expected it first"
            );
            let hint = "write RemoveMessage(REMOVE_ALL_MESSAGES), then the new list";
            faults.push(Fault::at("LC3", index, Place::WHOLE, text, hint));
        }
    }
}

/// LC5: somebody asks.
pub(super) fn lc5_human(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    let mut said = transcript.sent().map(|(_, seen)| seen.role);
    let is_human = |role: Role| role == Role::User;
    let last = transcript.messages.len().saturating_sub(1);
    let has_turns = transcript
        .sent()
        .any(|(_, seen)| matches!(seen.role, Role::Assistant | Role::Tool));
    if has_turns && !said.any(is_human) {
        let text =
            "found no human message, expected one: several providers refuse the rest".to_owned();
        let hint = "keep what the human asked";
        faults.push(Fault::at("LC5", last, Place::WHOLE, text, hint));
    }
}
