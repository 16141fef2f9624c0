//! Reasoning that is sent back.
//!
//! Before the last user message it is dropped: 28 of 30 recorded requests count nothing for it. After it, inside a loop of
//! calls, it is counted by a length that only the provider knows.

use serde_json::Value;

use crate::conversation::Reasoning;
use crate::count::CountText;
use crate::models::Model;
use crate::project::estimate::Estimate;

/// Tokens of reasoning of which only an id is sent: recorded 24 to 361.
const REFERRED: [i64; 3] = [0, 130, 1_000];

/// Reasoning inside the current loop of calls.
pub(super) fn kept(reasoning: &Reasoning, counter: &dyn CountText) -> Estimate {
    if reasoning.sealed > 0 {
        let bytes = plain_bytes(reasoning.sealed);
        // Recorded: 3.4 to 6.2 bytes a token.
        return Estimate::between(
            0_i64,
            (bytes / 5.0).ceil() as i64,
            (bytes / 3.3).ceil() as i64,
        );
    }
    let shown = i64::from(counter.count_text(&reasoning.text));
    let [least, likely, most] = REFERRED;
    Estimate::between(least, likely, most.max(4 * shown + 64))
}

/// What becomes of the reasoning of earlier turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// It is dropped.
    No,
    /// By the documentation of `reasoning.context`, or the one record of a model that keeps it without being asked.
    Yes,
}

impl Kept {
    /// By the request, else by the model: gpt-5.6 was recorded to keep it.
    pub(super) fn of(rest: &Value, model: &Model) -> Self {
        match rest.pointer("/reasoning/context").and_then(Value::as_str) {
            Some("all_turns") => Self::Yes,
            Some("current_turn") => Self::No,
            _ if ["gpt-5.6", "gpt-6"]
                .iter()
                .any(|family| model.row.starts_with(family)) =>
            {
                Self::Yes
            }
            _ => Self::No,
        }
    }

    /// Reasoning before the last user message.
    pub(super) fn earlier(self, reasoning: &Reasoning, counter: &dyn CountText) -> Estimate {
        match self {
            Self::No => Estimate::default(),
            Self::Yes => kept(reasoning, counter),
        }
    }
}

/// Reasoning in a dialect other than Responses: no OpenAI API takes it there.
pub(super) fn repeated(reasoning: &Reasoning, counter: &dyn CountText) -> Estimate {
    Estimate::between(0_i64, 0_i64, i64::from(counter.count_text(&reasoning.text)))
}

/// Bytes of the thoughts in encrypted content of `length` characters: base64, and about 650 bytes of envelope.
fn plain_bytes(length: u32) -> f64 {
    (f64::from(length) * 0.75 - 650.0).max(0.0)
}
