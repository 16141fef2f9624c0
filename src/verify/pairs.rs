//! Calls and their results as invariants: what does not match, under the name that the dialect has for it.

use std::collections::HashSet;

use crate::conversation::Dialect;

use super::entries::{Entry, Kind};
use super::transcript::{Fault, Transcript};
pub(crate) use super::walk::{Mismatch, Spot, mismatches, open, pending};
use super::walk::{Reach, reach};

/// The same as faults, each under the most specific name that the dialect has for it.
///
/// A result without a call of its own is the same fault whether that call is answered by another or is not there: where a
/// plan takes the call with its first result, the second stays what it was.
pub(super) fn faults(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    if is_kept_elsewhere(transcript) {
        return;
    }
    let at = |spot: Spot| {
        let seen = transcript.messages.get(spot.message)?;
        Some((spot.message, seen.entries.get(spot.entry)?))
    };
    for mismatch in mismatches(transcript) {
        let (spot, what, text, hint) = match mismatch {
            Mismatch::Unanswered { call } => (
                call,
                "unanswered",
                "found no result of the call",
                "add its result directly behind it, or take the call away",
            ),
            Mismatch::Unasked { result } => (
                result,
                "stray",
                "found no call before the result of",
                "remove the result, or put back the call that it answers",
            ),
            Mismatch::Second { result } => (
                result,
                "stray",
                "found a second result of the call",
                "keep one result for each call",
            ),
            Mismatch::Apart { result, .. } => (
                result,
                "apart",
                "found the result away from its place behind the call",
                "move it directly behind the message that calls",
            ),
        };
        let Some((message, entry)) = at(spot) else {
            continue;
        };
        let name = invariant(transcript, mismatch, message, entry);
        let called = if entry.id.is_empty() {
            entry.name
        } else {
            entry.id
        };
        let text = format!(
            "{text} {called:?}, expected one result for each call, {}",
            where_(transcript.dialect)
        );
        let fault = Fault::at(name, message, entry.place, text, hint);
        faults.push(fault.about(&format!("{what} {called}")));
    }
}

/// Whether the provider keeps a part of the history, so that counterparts may be there.
pub(crate) fn is_kept_elsewhere(transcript: &Transcript<'_>) -> bool {
    let given = |key: &str| {
        transcript
            .rest
            .get(key)
            .is_some_and(|value| !value.is_null())
    };
    transcript.dialect == Dialect::OpenaiResponses
        && (given("previous_response_id")
            || given("conversation")
            || transcript.messages.iter().any(|seen| {
                seen.raw
                    .get("type")
                    .is_some_and(|kind| kind == "item_reference")
            }))
}

fn where_(dialect: Dialect) -> &'static str {
    match reach(dialect) {
        Reach::AtOnce => "directly behind it",
        Reach::NextTurn => "in the user's next turn",
        Reach::BeforeUser => "before anyone else speaks",
        Reach::Later => "behind it",
    }
}

/// What the dialect calls it.
pub(crate) fn invariant(
    transcript: &Transcript<'_>,
    mismatch: Mismatch,
    message: usize,
    entry: &Entry<'_>,
) -> &'static str {
    if matches!(mismatch, Mismatch::Second { .. }) {
        return "C1";
    }
    match transcript.dialect {
        Dialect::OpenaiChat if matches!(mismatch, Mismatch::Unasked { .. }) => "OC2",
        Dialect::OpenaiChat => "OC1",
        Dialect::OpenaiResponses => {
            let raw = transcript.messages.get(message).map(|seen| seen.raw);
            let kind = raw.and_then(|raw| raw.get("type")?.as_str());
            match kind {
                Some("function_call" | "function_call_output") => "OR1",
                _ => "OR8",
            }
        }
        Dialect::Anthropic => match entry.kind {
            Kind::ProviderCall | Kind::ProviderResult => "AN12",
            _ => "AN1",
        },
        Dialect::Gemini => "G2",
        Dialect::AiSdk => "AI1",
        Dialect::Langchain if entry.place.key == "invalid_tool_calls" => "LC4",
        Dialect::Langchain => "LC1",
        Dialect::BedrockConverse => "BR2",
        _ => "C1",
    }
}

/// C3: ids that occur twice. Claude refuses them anywhere in a request; recorded requests to others repeat the ids of calls
/// that have been answered.
pub(super) fn c3_unique_ids(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    let everywhere = transcript.dialect == Dialect::Anthropic;
    let mut seen = HashSet::new();
    for (message, _, entry) in transcript.entries() {
        match entry.kind {
            Kind::Call | Kind::ProviderCall if !entry.id.is_empty() => {
                if seen.insert(entry.id) {
                    continue;
                }
                let text = format!(
                    "found the id {:?} of an earlier call, expected another",
                    entry.id
                );
                let hint = "give every call an id of its own, and its result the same";
                let fault = Fault::at("C3", message, entry.place, text, hint);
                faults.push(fault.about(&format!("C3 {}", entry.id)));
            }
            Kind::Result | Kind::ProviderResult if !everywhere => {
                seen.remove(entry.id);
            }
            _ => {}
        }
    }
}
