//! What to do about each fault: one kind of it a round, the ones that uncover others first.

use serde_json::Value;

use crate::conversation::{Dialect, Role};
use crate::json::{compact, object};
use crate::verify::entries::{Entry, Kind, Place};
use crate::verify::pairs::{Mismatch, Spot, invariant, is_kept_elsewhere, mismatches};
use crate::verify::state;
use crate::verify::transcript::{Fault, Transcript};

use super::placeholder;

/// A change, as it is told.
pub(super) struct Told {
    pub invariant: &'static str,
    pub message: usize,
    pub place: String,
    pub text: &'static str,
}

/// Changes of one round.
#[derive(Default)]
pub(super) struct Fixes {
    /// By message; those at the end that have none may be missing.
    pub of: Vec<MessageFixes>,
    pub told: Vec<Told>,
}

/// Changes of one message.
#[derive(Default)]
pub(super) struct MessageFixes {
    /// Entries to take out; [`Place::WHOLE`] for the message.
    pub remove: Vec<Place>,
    /// Fields to write.
    pub set: Vec<Write>,
    /// Results to put behind its calls.
    pub answers: Vec<Answer>,
    /// Whether it is joined with the one before.
    pub join: bool,
}

/// A field to write.
pub(super) struct Write {
    /// The entry.
    pub place: Place,
    /// The keys inside the entry; none for the entry itself.
    pub keys: &'static [&'static str],
    pub value: Value,
}

/// A result for a call.
pub(super) struct Answer {
    /// The position of the call.
    pub call: usize,
    /// The result as a message.
    pub message: Value,
    /// The message that it is, where it is one as a whole.
    pub origin: Option<usize>,
}

impl Fixes {
    pub(super) fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    fn tell(&mut self, invariant: &'static str, message: usize, place: String, text: &'static str) {
        self.told.push(Told {
            invariant,
            message,
            place,
            text,
        });
    }

    fn remove(&mut self, invariant: &'static str, message: usize, at: Place, text: &'static str) {
        let Some(fixes) = self.message(message) else {
            return;
        };
        if !fixes.remove.contains(&at) {
            fixes.remove.push(at);
            self.tell(invariant, message, at.path(), text);
        }
    }

    fn message(&mut self, index: usize) -> Option<&mut MessageFixes> {
        while self.of.len() <= index {
            self.of.push(MessageFixes::default());
        }
        self.of.get_mut(index)
    }

    fn answer(&mut self, call: Spot, message: Value, origin: Option<usize>) {
        if let Some(fixes) = self.message(call.message) {
            fixes.answers.push(Answer {
                call: call.entry,
                message,
                origin,
            });
        }
    }
}

/// The changes of the next round, of the first kind from `from` on that has any, and that kind; none when nothing is left that
/// can be mended.
pub(super) fn next(transcript: &Transcript<'_>, from: usize) -> (usize, Fixes) {
    let faults = state::faults(transcript);
    let kinds: [fn(&Transcript<'_>, &[Fault]) -> Fixes; 5] = [starts, ids, pairs, entries, turns];
    let kinds = kinds.into_iter().enumerate().skip(from);
    kinds
        .take_while(|_| !faults.is_empty())
        .map(|(kind, step)| (kind, step(transcript, &faults)))
        .find(|(_, fixes)| !fixes.is_empty())
        .unwrap_or_default()
}

/// A start that was cut off, or that is void.
fn starts(transcript: &Transcript<'_>, faults: &[Fault]) -> Fixes {
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

/// Calls with the id of an earlier one.
fn ids(_: &Transcript<'_>, faults: &[Fault]) -> Fixes {
    let mut fixes = Fixes::default();
    for fault in faults.iter().filter(|fault| fault.invariant == "C3") {
        let text = "removed a call with the id of an earlier one";
        fixes.remove("C3", fault.message, fault.at, text);
    }
    fixes
}

/// Calls and results that do not match.
fn pairs(transcript: &Transcript<'_>, _: &[Fault]) -> Fixes {
    let mut fixes = Fixes::default();
    if is_kept_elsewhere(transcript) {
        return fixes;
    }
    let entry = |spot: Spot| {
        transcript
            .messages
            .get(spot.message)?
            .entries
            .get(spot.entry)
    };
    for mismatch in mismatches(transcript) {
        let spot = match mismatch {
            Mismatch::Unanswered { call } => call,
            Mismatch::Unasked { result }
            | Mismatch::Second { result }
            | Mismatch::Apart { result, .. } => result,
        };
        let Some(found) = entry(spot) else { continue };
        let name = invariant(transcript, mismatch, spot.message, found);
        match mismatch {
            Mismatch::Unasked { .. } => {
                fixes.remove(
                    name,
                    spot.message,
                    found.place,
                    "removed a result without a call",
                );
            }
            Mismatch::Second { .. } => {
                fixes.remove(
                    name,
                    spot.message,
                    found.place,
                    "removed a second result of a call",
                );
            }
            Mismatch::Apart { call, .. } => {
                fixes.remove(
                    name,
                    spot.message,
                    found.place,
                    "moved a result behind its call",
                );
                let (message, origin) = moved(transcript, spot, found);
                fixes.answer(call, message, origin);
            }
            Mismatch::Unanswered { call } => {
                let raw = transcript
                    .messages
                    .get(call.message)
                    .map_or(&Value::Null, |seen| seen.raw);
                let written = match found.kind {
                    Kind::ProviderCall => None,
                    _ => placeholder::result(transcript.dialect, raw, found),
                };
                let Some(message) = written else {
                    fixes.remove(
                        name,
                        call.message,
                        found.place,
                        "removed a call that nothing answered",
                    );
                    continue;
                };
                fixes.answer(call, message, None);
                let text = "answered a call in words that say that no result was recorded";
                fixes.tell(name, call.message, found.place.path(), text);
            }
        }
    }
    fixes
}

/// A result as a message of its own.
fn moved(transcript: &Transcript<'_>, spot: Spot, entry: &Entry<'_>) -> (Value, Option<usize>) {
    let raw = transcript
        .messages
        .get(spot.message)
        .map_or(&Value::Null, |seen| seen.raw);
    let alone = Value::Array(vec![entry.value.clone()]);
    let by = |role: &str, key: &str| object(vec![("role", role.into()), (key, alone.clone())]);
    let message = match transcript.dialect {
        _ if entry.place.index.is_none() => return (raw.clone(), Some(spot.message)),
        Dialect::AiSdk => by("tool", "content"),
        Dialect::Gemini => by("user", "parts"),
        Dialect::Anthropic | Dialect::BedrockConverse => by("user", "content"),
        _ => {
            let mut message = raw.clone();
            if let Some(fields) = message.as_object_mut() {
                fields.insert(entry.place.key.to_owned(), alone);
            }
            message
        }
    };
    (message, None)
}

/// Entries and fields that are wrong by themselves.
fn entries(transcript: &Transcript<'_>, faults: &[Fault]) -> Fixes {
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

/// Turns that stand where they may not.
fn turns(transcript: &Transcript<'_>, faults: &[Fault]) -> Fixes {
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
