//! Calls and results that do not match, and calls that share an id.

use serde_json::Value;

use super::Fixes;
use crate::conversation::Dialect;
use crate::json::object;
use crate::repair::placeholder;
use crate::verify::entries::{Entry, Kind};
use crate::verify::pairs::{Mismatch, Spot, invariant, is_kept_elsewhere, mismatches};
use crate::verify::transcript::{Fault, Transcript};

/// Calls with the id of an earlier one.
pub(super) fn ids(_: &Transcript<'_>, faults: &[Fault]) -> Fixes {
    let mut fixes = Fixes::default();
    for fault in faults.iter().filter(|fault| fault.invariant == "C3") {
        let text = "removed a call with the id of an earlier one";
        fixes.remove("C3", fault.message, fault.at, text);
    }
    fixes
}

/// Calls and results that do not match.
pub(super) fn pairs(transcript: &Transcript<'_>, _: &[Fault]) -> Fixes {
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
