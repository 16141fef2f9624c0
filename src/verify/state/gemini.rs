//! Gemini: G1 to G5.

use serde_json::Value;

use crate::conversation::Role;
use crate::verify::entries::{Entry, Kind, Place};
use crate::verify::transcript::{Fault, Transcript};

const SIGNATURE: [&str; 2] = ["thoughtSignature", "thought_signature"];

/// The signature that a part carries.
pub(crate) fn signature(part: &Value) -> Option<&str> {
    SIGNATURE
        .into_iter()
        .find_map(|key| part.get(key)?.as_str())
}

/// G1: a turn that calls follows the user's turn, or results. Contents of calls that follow each other are one turn, as
/// recorded requests show.
pub(super) fn g1_calls_follow(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    let mut before = Some("nothing");
    for (index, seen) in transcript.sent() {
        let calls = seen.role == Role::Assistant && seen.has(Kind::Call);
        if let (true, Some(found)) = (calls, before) {
            let text = format!(
                "found a functionCall turn behind {found}, expected a user turn or results before it"
            );
            let hint = "join the model's contents, or put back the user's turn";
            faults.push(Fault::at("G1", index, Place::WHOLE, text, hint));
        }
        before = (seen.role == Role::Assistant && !calls).then_some("another turn of the model");
    }
}

/// G3: the history ends with the user's turn or results; calls at the end wait for theirs.
pub(super) fn g3_ends_with_user(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    if let Some((index, seen)) = transcript.sent().next_back()
        && seen.role == Role::Assistant
        && !seen.has(Kind::Call)
    {
        let text = "found the model's turn at the end, expected the user's or results".to_owned();
        let hint = "end with what the user says";
        faults.push(Fault::at("G3", index, Place::WHOLE, text, hint));
    }
}

/// G4: from Gemini 3 on, the first call of each step of the current turn carries its signature.
pub(super) fn g4_signed_calls(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    let model = transcript.rest.get("model").and_then(Value::as_str);
    let model = model
        .unwrap_or_default()
        .rsplit('/')
        .next()
        .unwrap_or_default();
    if !model.starts_with("gemini-3") {
        return;
    }
    let start = current_turn(transcript);
    for (index, seen) in transcript.sent().filter(|(index, _)| *index >= start) {
        let first = seen.entries.iter().find(|entry| entry.kind == Kind::Call);
        if let Some(entry) = first.filter(|entry| signature(entry.value).is_none()) {
            let text = "found a call of the current turn without thoughtSignature, expected the one that it came with".to_owned();
            let hint = "repeat the part as the model made it; for calls that no model made, the documented dummy signature";
            faults.push(Fault::at("G4", index, entry.place, text, hint));
        }
    }
}

/// Where the current turn starts: behind the last thing that the user said.
pub(crate) fn current_turn(transcript: &Transcript<'_>) -> usize {
    let said = |seen: &crate::verify::transcript::Seen<'_>| seen.role == Role::User;
    let last = transcript.messages.iter().rposition(said);
    last.map_or(0, |last| last + 1)
}

/// G5: signatures stay on the model's parts.
pub(super) fn g5_signatures_stay(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    let moved =
        |role: Role, entry: &Entry<'_>| role != Role::Assistant && signature(entry.value).is_some();
    for (index, seen, entry) in transcript.entries() {
        if moved(seen.role, entry) {
            let text = "found a thoughtSignature on a part that no model made, expected it on the model's own part".to_owned();
            let hint = "leave each signature on the part that it came with";
            faults.push(Fault::at("G5", index, entry.place, text, hint));
        }
    }
}
