//! Entries and fields that are wrong by themselves: which of them go, and what is written in place of others.

use serde_json::Value;

use super::{Fixes, Write};
use crate::conversation::Role;
use crate::json::{compact, object};
use crate::verify::entries::Place;
use crate::verify::transcript::{Fault, Transcript};

/// Entries and fields that are wrong by themselves.
pub(super) fn entries(transcript: &Transcript<'_>, faults: &[Fault]) -> Fixes {
    let mut fixes = Fixes::default();
    let only = only_asked(transcript, faults);
    for fault in faults {
        let (name, index) = (fault.invariant, fault.message);
        if is_void(fault) && only.contains(&index) {
            continue;
        }
        let text = match name {
            "OC5" | "C5" | "AI5" => "removed what says nothing",
            "OR3" | "AI3" => "removed thoughts without what they led to",
            "AN4" => "removed thoughts without their signature",
            "AI2" => "removed an approval without its counterpart",
            "OR7" => "removed a compaction_trigger that was not the last item",
            "LC1" if fault.at.key == "content" => {
                "removed a block whose call is not among tool_calls"
            }
            "OC6" | "OR4" | "AI6" | "G5" => {
                set(transcript, fault, &mut fixes);
                continue;
            }
            _ => continue,
        };
        // A field that is empty as a whole leaves nothing of its message.
        let at = match fault.at.index {
            Some(_) => fault.at,
            None => Place::WHOLE,
        };
        fixes.remove(name, index, at, text);
    }
    fixes
}

/// Whether something says nothing.
fn is_void(fault: &Fault) -> bool {
    matches!(fault.invariant, "C5" | "AI5")
}

/// The messages of the user's that say nothing, where no other says anything: without them nobody would ask, and what to say
/// is not for a repair to know.
fn only_asked(transcript: &Transcript<'_>, faults: &[Fault]) -> Vec<usize> {
    let says_nothing = |index: usize| {
        let own = || {
            let void = faults.iter().filter(|fault| is_void(fault));
            void.filter(|fault| fault.message == index)
        };
        let seen = transcript.messages.get(index);
        own().any(|fault| fault.at.index.is_none())
            || seen.is_some_and(|seen| own().count() >= seen.entries.len().max(1))
    };
    let asks = |index: &usize| {
        let seen = transcript.messages.get(*index);
        seen.is_some_and(|seen| seen.role == Role::User && !seen.is_results())
    };
    let asked = (0..transcript.messages.len()).filter(asks);
    let (void, says): (Vec<usize>, Vec<usize>) = asked.partition(|index| says_nothing(*index));
    if says.is_empty() { void } else { Vec::new() }
}

/// What can be written as it must be.
fn set(transcript: &Transcript<'_>, fault: &Fault, fixes: &mut Fixes) {
    let seen = transcript.messages.get(fault.message);
    let entry = seen.and_then(|seen| seen.entries.iter().find(|entry| entry.place == fault.at));
    let value = entry.map_or(&Value::Null, |entry| entry.value);
    let (keys, written, text): (&'static [&'static str], Value, &'static str) =
        match fault.invariant {
            "OC6" => {
                let is_wrapped = value.get("function").is_some();
                let keys: &[&str] = if is_wrapped {
                    &["function", "arguments"]
                } else {
                    &["arguments"]
                };
                let arguments = value.get("function").unwrap_or(value).get("arguments");
                let written = arguments.map(compact).unwrap_or_default();
                (keys, written.into(), "wrote arguments as a JSON text")
            }
            "OR4" => (
                &["summary"],
                Value::Array(Vec::new()),
                "added an empty summary",
            ),
            "AI6" => {
                let output = value.get("output").cloned().unwrap_or_default();
                let tag = if output.is_string() { "text" } else { "json" };
                let tagged = object(vec![("type", tag.into()), ("value", output)]);
                (&["output"], tagged, "tagged an output")
            }
            _ => {
                let mut kept = value.clone();
                if let Some(fields) = kept.as_object_mut() {
                    fields.retain(|key, _| {
                        !matches!(key.as_str(), "thoughtSignature" | "thought_signature")
                    });
                }
                (
                    &[],
                    kept,
                    "removed a signature from a part that no model made",
                )
            }
        };
    let write = Write {
        place: if fault.invariant == "OR4" {
            Place::WHOLE
        } else {
            fault.at
        },
        keys,
        value: written,
    };
    if let Some(fixes) = fixes.message(fault.message) {
        fixes.set.push(write);
    }
    fixes.tell(fault.invariant, fault.message, fault.place.clone(), text);
}
