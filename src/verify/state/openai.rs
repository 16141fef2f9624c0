//! OpenAI: OC5 and OC6 of Chat Completions; OR3, OR4 and OR7 of Responses.

use serde_json::Value;

use crate::conversation::Role;
use crate::verify::entries::{Kind, Place};
use crate::verify::transcript::{Fault, Transcript};

/// OC5: what an assistant's message has when it has no content.
const INSTEAD: [&str; 9] = [
    "content",
    "tool_calls",
    "function_call",
    "refusal",
    "audio",
    "reasoning",
    "reasoning_content",
    "reasoning_details",
    "prefix",
];

pub(super) fn oc5_content(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    for (index, seen) in transcript.messages.iter().enumerate() {
        let given = |key: &&str| seen.raw.get(*key).is_some_and(|value| !value.is_null());
        if seen.role == Role::Assistant && !INSTEAD.iter().any(given) {
            let place = Place {
                key: "content",
                ..Place::WHOLE
            };
            let text = "found no content, expected one in a message without calls".to_owned();
            let hint = "use \"\" for an empty answer, or drop the message";
            faults.push(Fault::at("OC5", index, place, text, hint));
        }
    }
}

pub(super) fn oc6_arguments(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    for (index, _, entry) in transcript.entries() {
        let callee = entry.value.get("function").unwrap_or(entry.value);
        let arguments = callee.get("arguments");
        if entry.kind == Kind::Call && arguments.is_some_and(|arguments| !arguments.is_string()) {
            let inside = if entry.place.key == "tool_calls" {
                ".function"
            } else {
                ""
            };
            let text = "found arguments that are no string, expected a JSON text".to_owned();
            let hint = "pass them as the model wrote them: JSON.stringify(arguments)";
            let fault = Fault::at("OC6", index, entry.place, text, hint);
            let place = format!("{}{inside}.arguments", fault.place);
            faults.push(Fault { place, ..fault });
        }
    }
}

/// OR3: thoughts that the provider knows by an id are followed at once by the item that they led to. Recorded requests show
/// that those without an id may stand alone.
pub(super) fn or3_followed(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    for (index, seen) in transcript.messages.iter().enumerate() {
        let is_named = seen.raw.get("id").is_some_and(Value::is_string);
        if !seen.has(Kind::Thought) || !is_named {
            continue;
        }
        let next = transcript.messages.get(index + 1);
        if !next.is_some_and(|next| next.role == Role::Assistant) {
            let found = match next {
                Some(next) => format!("an item of the {} behind it", next.role.name()),
                None => "nothing behind it".to_owned(),
            };
            let text = format!(
                "found a reasoning item with {found}, expected the message or call that it led to"
            );
            let hint =
                "put the item back directly behind its reasoning, or remove the reasoning item";
            faults.push(Fault::at("OR3", index, Place::WHOLE, text, hint));
        }
    }
}

/// OR4: a reasoning item comes back with its summary, even an empty one.
pub(super) fn or4_summary(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    for (index, seen) in transcript.messages.iter().enumerate() {
        let given = |key: &str| seen.raw.get(key).is_some_and(Value::is_array);
        if seen.has(Kind::Thought) && !given("summary") && !given("content") {
            let place = Place {
                key: "summary",
                ..Place::WHOLE
            };
            let text = "found no summary, expected a list, which may be empty".to_owned();
            let hint =
                "send the reasoning item back as it came, with \"summary\": [] if there was none";
            faults.push(Fault::at("OR4", index, place, text, hint));
        }
    }
}

/// OR7: a request to compact is the last item.
pub(super) fn or7_trigger_last(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    let last = transcript.messages.len().saturating_sub(1);
    for (index, seen) in transcript.messages.iter().enumerate() {
        let is_trigger = seen
            .raw
            .get("type")
            .is_some_and(|kind| kind == "compaction_trigger");
        if is_trigger && index != last {
            let text =
                "found an item behind compaction_trigger, expected it to be the last".to_owned();
            let hint = "move compaction_trigger to the end of input, or remove it";
            faults.push(Fault::at("OR7", index, Place::WHOLE, text, hint));
        }
    }
}
