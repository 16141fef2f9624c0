//! Turns that stand where they may not: at the start, at the end, and beside their like.

use serde_json::Value;

use super::Fixes;
use crate::conversation::Role;
use crate::verify::entries::Place;
use crate::verify::transcript::{Fault, Transcript};

/// A start that was cut off, or that is void.
pub(super) fn starts(transcript: &Transcript<'_>, faults: &[Fault]) -> Fixes {
    let mut fixes = Fixes::default();
    let asks = |role: Role| role == Role::User;
    let Some(asked) = transcript.messages.iter().position(|seen| asks(seen.role)) else {
        return fixes;
    };
    let is_cut =
        |fault: &&Fault| matches!(fault.invariant, "AN2" | "BR1" | "G1") && fault.message < asked;
    let cut = faults
        .iter()
        .find(is_cut)
        .map(|fault| (fault.invariant, asked));
    let void = faults.iter().find(|fault| fault.invariant == "LC3");
    let Some((name, end)) = cut.or(void.map(|fault| (fault.invariant, fault.message))) else {
        return fixes;
    };
    let text = match name {
        "LC3" => "removed what the removal of all messages makes void",
        _ => "removed what stood before the first thing that the user said",
    };
    for (index, seen) in transcript.messages.iter().enumerate().take(end) {
        if !matches!(seen.role, Role::System | Role::Developer) || name == "LC3" {
            fixes.remove(name, index, Place::WHOLE, text);
        }
    }
    fixes
}

/// Turns that stand where they may not.
pub(super) fn turns(transcript: &Transcript<'_>, faults: &[Fault]) -> Fixes {
    let mut fixes = Fixes::default();
    for fault in faults {
        let (name, index) = (fault.invariant, fault.message);
        match name {
            "BR1" | "G1" if index > 0 => {
                let of = |index: usize| {
                    transcript
                        .messages
                        .get(index)
                        .map(|seen| (seen.role, seen.raw))
                };
                let key = if name == "G1" { "parts" } else { "content" };
                let is_list = |found: Option<(Role, &Value)>| {
                    found.is_some_and(|(role, raw)| {
                        role == Role::Assistant && raw.get(key).is_some_and(Value::is_array)
                    })
                };
                if is_list(of(index)) && is_list(of(index - 1)) {
                    if let Some(fixes) = fixes.message(index) {
                        fixes.join = true;
                    }
                    fixes.tell(name, index, String::new(), "joined with the message before");
                }
            }
            "G3" => {
                fixes.remove(
                    name,
                    index,
                    Place::WHOLE,
                    "removed the model's turn at the end",
                );
            }
            _ => {}
        }
    }
    fixes
}
