//! The invariants of OpenAI Chat Completions: OC1 to OC6.

use std::collections::HashSet;

use serde_json::Value;

use crate::apply::Edit;
use crate::conversation::{Conversation, GroupKind, Role};
use crate::order::sorted;
use crate::plan::ground::answers;

use super::common::{Change, State};
use super::evidence::{Evidence, Fault};

/// Invariants of a request.
pub(super) const STATES: [(&str, State); 4] = [
    ("OC1", oc1_results_follow),
    ("OC2", oc2_results_answer),
    ("OC5", oc5_content),
    ("OC6", oc6_arguments),
];

/// Invariants of a change.
pub(super) const CHANGES: [(&str, Change); 2] = [
    ("OC3", oc3_instructions_first),
    ("OC4", oc4_cleared_in_place),
];

fn oc1_results_follow(conversation: &Conversation) -> Vec<Fault> {
    let mut faults = Vec::new();
    let groups = conversation.groups();
    let turns = groups
        .iter()
        .enumerate()
        .filter(|(_, group)| group.kind == GroupKind::ToolTurn);
    for (position, group) in turns {
        let messages = conversation
            .messages
            .get(group.messages.clone())
            .unwrap_or_default();
        let Some(first) = messages.first() else {
            continue;
        };
        let mut open: HashSet<&str> = first.calls().map(|call| call.id.as_str()).collect();
        let mut fault = |message: usize, subject: &str, text: String| {
            faults.push(Fault {
                message,
                place: String::new(),
                subject: subject.to_owned(),
                text,
            });
        };
        for (index, message) in group.messages.clone().zip(messages) {
            if let Some(id) = answers(message).filter(|id| !open.remove(id)) {
                let text =
                    format!("found a result of {id:?}, which the message before did not call");
                fault(index, id, text);
            }
        }
        let open = sorted(open.into_iter().collect(), |a, b| a.cmp(b));
        // The last turn may still be waiting.
        for id in open.into_iter().filter(|_| position + 1 < groups.len()) {
            let text = format!("found another message before the result of {id:?}");
            fault(group.messages.start, id, text);
        }
    }
    faults
}

fn oc2_results_answer(conversation: &Conversation) -> Vec<Fault> {
    let mut called: HashSet<&str> = HashSet::new();
    let mut faults = Vec::new();
    for (index, message) in conversation.messages.iter().enumerate() {
        called.extend(message.calls().map(|call| call.id.as_str()));
        if let Some(id) = answers(message).filter(|id| !called.contains(id)) {
            faults.push(Fault {
                message: index,
                place: ".tool_call_id".to_owned(),
                subject: id.to_owned(),
                text: format!("found {id:?}, expected the id of an earlier call"),
            });
        }
    }
    faults
}

fn oc3_instructions_first(evidence: &Evidence<'_>) -> Vec<(String, String)> {
    let instructions = |role: Role| matches!(role, Role::System | Role::Developer);
    let input = &evidence.input().messages;
    let leading = input
        .iter()
        .take_while(|message| instructions(message.role))
        .count();
    let mut faults = Vec::new();
    for (index, message) in input.iter().enumerate() {
        let place = evidence.position(index);
        if instructions(message.role) && !evidence.untouched(index) {
            let text = format!("found the instructions of message {index} changed or removed");
            faults.push((format!("messages[{}]", place.unwrap_or(0)), text));
        } else if index < leading && place != Some(index) {
            let text = format!("found instructions that stood at {index}");
            faults.push((format!("messages[{}]", place.unwrap_or(0)), text));
        }
    }
    for (at, message) in evidence.after.conversation.messages.iter().enumerate() {
        if instructions(message.role) && evidence.origin(at).is_none() {
            faults.push((
                format!("messages[{at}]"),
                "found instructions of the plan's own".into(),
            ));
        }
    }
    faults
}

fn oc4_cleared_in_place(evidence: &Evidence<'_>) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    for (at, edit) in evidence.edits.iter().enumerate() {
        let Edit::Replace { index, message } = edit else {
            continue;
        };
        let old = evidence
            .input()
            .messages
            .get(*index)
            .map(|message| &message.raw);
        let (Some(old), Some(new)) = (old.and_then(Value::as_object), message.as_object()) else {
            faults.push((
                format!("messages[{at}]"),
                "found no message in place of one".into(),
            ));
            continue;
        };
        for key in old.keys().chain(new.keys()).filter(|key| *key != "content") {
            if old.get(key) != new.get(key) {
                let text = "found another value, expected that of the original message".to_owned();
                faults.push((format!("messages[{at}].{key}"), text));
            }
        }
        let shape = |content: Option<&Value>| content.map(|content| content.is_array());
        if shape(old.get("content")) != shape(new.get("content")) {
            let text = "found another shape, expected a text or an array as before".to_owned();
            faults.push((format!("messages[{at}].content"), text));
        }
    }
    faults
}

fn oc5_content(conversation: &Conversation) -> Vec<Fault> {
    let silent = conversation
        .messages
        .iter()
        .enumerate()
        .filter(|(_, message)| {
            let given = |key: &str| message.raw.get(key).is_some_and(|value| !value.is_null());
            message.role == Role::Assistant
                && !["content", "tool_calls", "function_call", "refusal", "audio"]
                    .into_iter()
                    .any(given)
        });
    let fault = |(index, _)| Fault {
        message: index,
        place: ".content".to_owned(),
        subject: String::new(),
        text: "found no content, expected one in a message without calls".to_owned(),
    };
    silent.map(fault).collect()
}

fn oc6_arguments(conversation: &Conversation) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (index, message) in conversation.messages.iter().enumerate() {
        let calls = message.raw.get("tool_calls").and_then(Value::as_array);
        for (position, call) in calls.into_iter().flatten().enumerate() {
            let arguments = call
                .get("function")
                .and_then(|function| function.get("arguments"));
            if arguments.is_some_and(|arguments| !arguments.is_string()) {
                faults.push(Fault {
                    message: index,
                    place: format!(".tool_calls[{position}].function.arguments"),
                    subject: position.to_string(),
                    text: "found no string, expected a JSON text".to_owned(),
                });
            }
        }
    }
    faults
}
