//! What holds of thoughts and of what binds them: AN3, AN5, AN7, AN8, AN13, G4 and AI3.

use serde_json::Value;

use crate::conversation::{Dialect, Role};
use crate::models::{binds_thoughts, thoughts_lead};
use crate::verify::Violation;
use crate::verify::entries::Kind;
use crate::verify::state::{current_turn, is_item, signature};
use crate::verify::transcript::{Seen, Transcript};
use crate::verify::view::{View, own_thoughts};

/// The latest message of the assistant, when results of its calls, or nothing, come behind it.
fn open_loop(transcript: &Transcript<'_>) -> Option<usize> {
    let latest = transcript
        .messages
        .iter()
        .rposition(|seen| seen.role == Role::Assistant)?;
    let behind = transcript.messages.get(latest + 1..).unwrap_or_default();
    let calls = transcript.messages.get(latest)?.has(Kind::Call);
    (calls && behind.iter().all(|seen| seen.has(Kind::Result))).then_some(latest)
}

/// AN3 and AN13: in an open tool loop, the latest thoughts are untouched and still lead their turn.
pub(super) fn an3_latest(view: &View<'_>, violations: &mut Vec<Violation>) {
    if view.dialect() != Dialect::Anthropic {
        return;
    }
    let Some(latest) = open_loop(&view.before) else {
        return;
    };
    let Some(seen) = view
        .before
        .messages
        .get(latest)
        .filter(|seen| seen.has(Kind::Thought))
    else {
        return;
    };
    let stripped =
        binds_thoughts(view.evidence.model) && !view.thoughts.iter().any(|thought| thought.kept);
    if !view.evidence.untouched(latest) && !stripped {
        let text = format!(
            "found the thoughts of the latest turn, message {latest}, changed or removed, expected them as they were"
        );
        violations.push(view.broken("AN3", view.place(latest), text));
    }
    let place = view.place(latest);
    let leads = seen
        .entries
        .first()
        .is_some_and(|entry| entry.kind == Kind::Thought);
    let is_joined = |at: usize| {
        view.evidence.origin(at).is_none()
            && view
                .after
                .messages
                .get(at)
                .is_some_and(|seen| seen.role == Role::Assistant)
    };
    if leads && !stripped && place.checked_sub(1).is_some_and(is_joined) {
        let text = "found a message of the plan's own that the API joins with the thinking turn behind it, expected thoughts to lead it";
        violations.push(view.broken("AN13", place, text));
    }
}

/// AN13: where thoughts have to lead the tool loop that runs, they lead all that is left of it. A turn without thoughts has the
/// same message before it as before; with another one, or a note, before it nothing leads it.
pub(super) fn an13_led(view: &View<'_>, violations: &mut Vec<Violation>) {
    let is_led = |seen: &Seen<'_>| {
        let first = seen.entries.first();
        first.is_some_and(|first| first.kind == Kind::Thought)
    };
    let messages = &view.before.messages;
    let said = messages
        .iter()
        .rposition(|seen| seen.role == Role::User && !seen.has(Kind::Result));
    let start = said.map_or(0, |said| said + 1);
    if !messages.get(start).is_some_and(is_led)
        || !thoughts_lead(view.evidence.input(), view.evidence.model)
    {
        return;
    }
    for (at, seen) in view.after.messages.iter().enumerate() {
        let Some(index) = view.evidence.origin(at).filter(|index| *index >= start) else {
            continue;
        };
        let goes_on = index > start
            && at
                .checked_sub(1)
                .is_some_and(|before| view.evidence.origin(before) == Some(index - 1));
        if seen.role == Role::Assistant && !is_led(seen) && !goes_on {
            let text = "found a turn of the running tool loop without the thoughts that led it, expected them before it";
            violations.push(view.broken("AN13", at, text));
        }
    }
}

/// AN5: on models that bind thoughts, no signed thought stays behind the first change, or behind one that was taken out of
/// the middle; unless the request tells the API to drop such thoughts.
pub(super) fn an5_bound(view: &View<'_>, violations: &mut Vec<Violation>) {
    let rest = view.after.rest;
    let drops = rest.pointer("/thinking/block_binding/prefix_mismatch_behavior");
    if !binds_thoughts(view.evidence.model) || drops.is_some_and(|drops| drops == "drop_block") {
        return;
    }
    let change = view.first_change();
    let (mut kept_before, mut taken_out) = (false, false);
    let mut told = None;
    for thought in view.thoughts.iter().filter(|thought| thought.signed) {
        let is_void = taken_out || change.is_some_and(|change| thought.message > change);
        if thought.kept && is_void && told != Some(thought.message) {
            told = Some(thought.message);
            let text = match change {
                Some(change) if thought.message > change => {
                    format!("found signed thoughts behind a change at message {change}, expected them gone or the prefix unchanged")
                }
                _ => "found signed thoughts behind others that were taken out of the middle, expected the first to go first".to_owned(),
            };
            violations.push(view.broken("AN5", view.place(thought.message), text));
        }
        taken_out |= kept_before && !thought.kept;
        kept_before |= thought.kept;
    }
}

/// The compaction block of a message. Without a content it says that nothing was compacted.
fn compaction<'a>(seen: &Seen<'a>) -> Option<&'a Value> {
    let mut blocks = seen.entries.iter().map(|entry| entry.value);
    blocks.find(|block| {
        block.get("type").is_some_and(|kind| kind == "compaction")
            && block
                .get("content")
                .is_some_and(|content| !content.is_null())
    })
}

/// AN7 and AN8: a compaction by the API stays as it came, and the user's turn follows it.
pub(super) fn an7_an8_compaction(view: &View<'_>, violations: &mut Vec<Violation>) {
    if view.dialect() != Dialect::Anthropic {
        return;
    }
    // What stands before the newest one is not read any more.
    let newest = view
        .before
        .messages
        .iter()
        .rposition(|seen| compaction(seen).is_some());
    let Some(index) = newest else { return };
    let old = view.before.messages.get(index).and_then(compaction);
    let place = view.evidence.position(index);
    let new = place
        .and_then(|at| view.after.messages.get(at))
        .and_then(compaction);
    let Some(place) = place.filter(|_| old == new) else {
        let text = format!(
            "found the compaction block of message {index} changed or removed, expected it as it came"
        );
        violations.push(view.broken("AN8", view.place(index), text));
        return;
    };
    let next = view.after.messages.get(place + 1);
    let was = view.before.messages.get(index + 1);
    let speaker = |seen: &Seen<'_>| match seen.role {
        Role::Tool => Role::User,
        role => role,
    };
    if let Some(next) = next
        && view.evidence.position(index + 1) != Some(place + 1)
        && was.map(speaker) != Some(speaker(next))
        && speaker(next) != Role::User
    {
        let text = "found no turn of the user behind the compaction block, expected one as before";
        violations.push(view.broken("AN7", place + 1, text));
    }
}

/// G4: what the model signed in the current turn stays, unless a note of the plan's own has begun another turn behind it.
pub(super) fn g4_current_turn(view: &View<'_>, violations: &mut Vec<Violation>) {
    if view.dialect() != Dialect::Gemini {
        return;
    }
    let start = current_turn(&view.before);
    let now = current_turn(&view.after);
    for (index, seen) in view.before.messages.iter().enumerate().skip(start) {
        let is_signed = seen
            .entries
            .iter()
            .any(|entry| signature(entry.value).is_some());
        let is_current = view.evidence.position(index).is_some_and(|at| at >= now);
        let is_changed = is_current && !view.evidence.untouched(index);
        if seen.role == Role::Assistant && is_signed && is_changed {
            let text = format!(
                "found message {index}, which the model signed in the current turn, changed, expected it as it was"
            );
            violations.push(view.broken("G4", view.place(index), text));
        }
    }
}

/// AI3: of items that OpenAI knows by an id, a part keeps the reasoning that led to it.
pub(super) fn ai3_with_their_parts(view: &View<'_>, violations: &mut Vec<Violation>) {
    if view.dialect() != Dialect::AiSdk {
        return;
    }
    for (at, old, new) in view.replaced() {
        let mut left = own_thoughts(new).into_iter().peekable();
        let mut lost = false;
        for entry in &old.entries {
            if entry.kind != Kind::Thought {
                if lost && is_item(entry.value) {
                    let text =
                        "found an item without the reasoning that led to it, expected both or none";
                    violations.push(view.broken("AI3", at, text));
                }
                lost = false;
            } else if left.next_if(|new| new.value == entry.value).is_none() {
                lost |= is_item(entry.value);
            }
        }
    }
}
