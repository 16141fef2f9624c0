//! Anthropic Messages: AN4, AN8 and AN9, as far as a transcript shows them.

use serde_json::Value;

use crate::verify::entries::{Kind, Place};
use crate::verify::transcript::{Fault, Transcript};

/// AN4: thoughts come back with the signature over them.
pub(super) fn an4_signed(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    for (index, _, entry) in transcript.entries() {
        let key = match entry.value.get("type").and_then(Value::as_str) {
            Some("thinking") => "signature",
            Some("redacted_thinking") => "data",
            _ => continue,
        };
        let sealed = entry.value.get(key).and_then(Value::as_str);
        if entry.kind == Kind::Thought && sealed.is_none_or(str::is_empty) {
            let text =
                format!("found thoughts without {key}, expected the block as the model made it");
            let hint = "repeat the whole block with its signature, or leave it out";
            faults.push(Fault::at("AN4", index, entry.place, text, hint));
        }
    }
}

/// AN8: a compaction block stands at the start of its message, as it came.
pub(super) fn an8_compaction(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    for (index, seen, entry) in transcript.entries() {
        if entry
            .value
            .get("type")
            .is_none_or(|kind| kind != "compaction")
        {
            continue;
        }
        let is_first = seen
            .entries
            .iter()
            .find(|entry| !is_compaction(entry.value));
        let is_behind = is_first.is_some_and(|other| other.place.index < entry.place.index);
        if is_behind {
            let text = "found a compaction block behind other blocks, expected it first".to_owned();
            let hint = "put the compaction block at the start of its message, as it came";
            faults.push(Fault::at("AN8", index, entry.place, text, hint));
        }
    }
}

fn is_compaction(block: &Value) -> bool {
    block.get("type").is_some_and(|kind| kind == "compaction")
}

/// AN9: what the provider compacts does not end on an unanswered call.
pub(super) fn an9_compacts_answered(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    let edits = transcript.rest.get("context_management");
    let edits = edits.and_then(|management| management.get("edits")?.as_array());
    let compacts = edits.into_iter().flatten().any(|edit| {
        edit.get("type")
            .and_then(Value::as_str)
            .is_some_and(|kind| kind.starts_with("compact"))
    });
    let last = transcript.messages.iter().enumerate().next_back();
    if let Some((index, _)) = last.filter(|(_, seen)| compacts && seen.has(Kind::Call)) {
        let text =
            "found an unanswered call at the end of a request that compacts, expected its result"
                .to_owned();
        let hint = "answer the call before the provider compacts";
        faults.push(Fault::at("AN9", index, Place::WHOLE, text, hint));
    }
}
