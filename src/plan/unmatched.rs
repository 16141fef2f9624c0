//! What a policy names that the request does not have: most likely misspelt, or meant for another request.

use std::collections::HashSet;

use crate::conversation::{Conversation, Part};

use super::policy::Policy;
use super::text;
use super::worth::Worth;

/// How many of the names that one note is about are repeated.
const SHOWN: usize = 4;

/// A note for each part of the policy that names what is not there. One policy serves many requests, so this is no error. The
/// tools that the request declares are there, called or not.
pub(super) fn notes(
    policy: &Policy,
    conversation: &Conversation,
    results: &[Worth<'_>],
) -> Vec<String> {
    let mut notes = Vec::new();
    let count = conversation.messages.len();
    let beyond = policy.pinned.iter().filter(|index| **index >= count);
    let beyond: Vec<String> = beyond.map(usize::to_string).collect();
    let have = format!("the request has {count} messages and none of the index");
    tell(&mut notes, "pinned", &have, &beyond);
    let (tools, ids) = (&policy.tool_values, &policy.values);
    if policy.keep_tools.is_empty() && tools.is_empty() && ids.is_empty() {
        return notes;
    }
    let parts = || conversation.messages.iter().flat_map(|said| &said.parts);
    let calls = || {
        parts().filter_map(|part| match part {
            Part::ToolCall(call) => Some(call),
            _ => None,
        })
    };
    let mut named: HashSet<&str> = calls().map(|call| &*call.name).collect();
    named.extend(conversation.tools.iter().map(|tool| &*tool.name));
    named.extend(results.iter().map(|worth| worth.tool));
    let mut known: HashSet<&str> = calls().map(|call| &*call.id).collect();
    known.extend(results.iter().map(|worth| worth.call_id));
    let unknown = |names: &mut dyn Iterator<Item = &String>, known: &HashSet<&str>| {
        let unknown = names.filter(|name| !known.contains(name.as_str()));
        unknown.map(|name| quoted(name)).collect::<Vec<String>>()
    };
    let no_tool = "the request calls and declares no tool named";
    let kept = unknown(&mut policy.keep_tools.iter(), &named);
    tell(&mut notes, "keepTools", no_tool, &kept);
    let no_call = "the request has no call with the id";
    tell(
        &mut notes,
        "values",
        no_call,
        &unknown(&mut ids.keys(), &known),
    );
    let valued = unknown(&mut tools.keys(), &named);
    tell(&mut notes, "toolValues", no_tool, &valued);
    notes
}

/// Adds a note that `field` of the policy names what is not there.
fn tell(notes: &mut Vec<String>, field: &str, what: &str, names: &[String]) {
    if names.is_empty() {
        return;
    }
    let shown: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
    let more = match names.len() - shown.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let shown = shown.join(", ");
    notes.push(format!("policy.{field}: {what} {shown}{more}"));
}

/// A name of any length, short enough for a note.
fn quoted(name: &str) -> String {
    match name.char_indices().nth(text::LONGEST_NAME) {
        Some((end, _)) => format!("{:?}...", name.get(..end).unwrap_or_default()),
        None => format!("{name:?}"),
    }
}
