//! Thinking in the history: shown again where its signature is still valid for the model.

use super::rules::{Layout, Rules};
use crate::conversation::{Conversation, Message, Part, Reasoning, Role};
use crate::count::CountText;
use crate::models::{Framing, Host};
use crate::project::estimate::Estimate;

/// Longest signature, in decoded bytes, that stands for none: the documented dummy that skips the check.
const DUMMY: i64 = 34;

/// The first message whose signed thoughts are shown. Gemini 3 forgets them when the user says something new.
pub(super) fn first_live(conversation: &Conversation, rules: &Rules) -> usize {
    if rules.framing != Framing::Gemini3 {
        return 0;
    }
    let says = |message: &Message| {
        message.role != Role::Assistant
            && message
                .parts
                .iter()
                .any(|part| !matches!(part, Part::ToolResult { .. }))
    };
    let last = conversation
        .messages
        .iter()
        .rposition(|message| says(message));
    last.unwrap_or(0)
}

/// Thoughts in a message. Readable ones are text; signed ones are known by the length of their signature only.
///
/// The rates per byte are those of 37 recorded signatures whose thoughts the earlier answer had reported.
pub(super) fn thoughts(
    reasoning: &Reasoning,
    message: &Message,
    live: bool,
    rules: &Rules,
    counter: &dyn CountText,
) -> Estimate {
    if !reasoning.text.is_empty() {
        let text = rules.text(&reasoning.text, counter.count_text(&reasoning.text));
        // Vertex counted the thoughts in two of three records.
        return match rules.host {
            Host::Vertex => Estimate { lower: 0, ..text },
            _ => text,
        };
    }
    let bytes = i64::from(reasoning.sealed) * 3 / 4;
    if bytes <= DUMMY || !live || message.role != Role::Assistant {
        return Estimate::default();
    }
    let likely = (bytes * 17 / 100).max(bytes * 285 / 1000 - 27);
    let most = bytes * 32 / 100 + 1;
    match (rules.framing, rules.host) {
        (Framing::Gemini2, _) => Estimate::between(0_i64, 0_i64, most),
        // Dropped in 38 of 40 records, at a rate of 0.16 and 0.20 in the others.
        (Framing::Gemini25, _) if rules.layout == Layout::Stubs => {
            Estimate::between(0_i64, 0_i64, bytes * 22 / 100 + 1)
        }
        // Where keys are in snake case 14 records count nothing; of four in camel case three count.
        (Framing::Gemini3 | Framing::Gemini35, Host::Vertex) => {
            let likely = if is_snake(message) { 0 } else { likely };
            Estimate::between(0_i64, likely, most)
        }
        (Framing::Gemini25, Host::Vertex) => Estimate::between(0_i64, likely, most),
        _ => Estimate::between(bytes * 145 / 1000 - 1, likely, most),
    }
}

/// Whether a content signs its parts in snake case.
fn is_snake(message: &Message) -> bool {
    let parts = message
        .raw
        .get("parts")
        .and_then(serde_json::Value::as_array);
    parts.is_some_and(|parts| {
        parts
            .iter()
            .any(|part| part.get("thought_signature").is_some())
    })
}
