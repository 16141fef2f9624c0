//! The invariants of a request by itself: a validator for each that a transcript can show.

mod anthropic;
mod frameworks;
mod gemini;
mod openai;
mod turns;

use serde_json::Value;

use crate::conversation::{Dialect, Role};

use super::entries::{Kind, Place};
pub(crate) use frameworks::is_item;
pub(crate) use gemini::{current_turn, signature};

use super::pairs;
use super::transcript::{Fault, Seen, Transcript};

/// Finds where a request breaks an invariant by itself.
type State = fn(&Transcript<'_>, &mut Vec<Fault>);

/// Everything that a request breaks by itself, message by message.
pub(crate) fn faults(transcript: &Transcript<'_>) -> Vec<Fault> {
    let common: [State; 3] = [pairs::faults, pairs::c3_unique_ids, c5_not_empty];
    let own: &[State] = match transcript.dialect {
        Dialect::OpenaiChat => &[openai::oc5_content, openai::oc6_arguments],
        Dialect::OpenaiResponses => &[
            openai::or3_followed,
            openai::or4_summary,
            openai::or7_trigger_last,
        ],
        Dialect::Anthropic => &[
            turns::first_speaker,
            anthropic::an4_signed,
            anthropic::an8_compaction,
            anthropic::an9_compacts_answered,
        ],
        Dialect::Gemini => &[
            gemini::g1_calls_follow,
            gemini::g3_ends_with_user,
            gemini::g4_signed_calls,
            gemini::g5_signatures_stay,
        ],
        Dialect::AiSdk => &[
            frameworks::ai2_approvals,
            frameworks::ai3_reasoning_followed,
            frameworks::ai6_tagged,
        ],
        Dialect::Langchain => &[
            frameworks::lc1_blocks_agree,
            frameworks::lc3_removes_first,
            frameworks::lc5_human,
        ],
        Dialect::BedrockConverse => &[
            turns::first_speaker,
            turns::alternate,
            turns::tools_declared,
        ],
        _ => &[],
    };
    let mut faults = Vec::new();
    for state in common.into_iter().chain(own.iter().copied()) {
        state(transcript, &mut faults);
    }
    crate::order::sorted(faults, |a, b| a.message.cmp(&b.message))
}

/// What holds the content of a message.
pub(crate) fn content<'a>(seen: &Seen<'a>, dialect: Dialect) -> (&'static str, Option<&'a Value>) {
    match dialect {
        Dialect::Gemini => ("parts", seen.raw.get("parts")),
        Dialect::Langchain => (
            "content",
            super::entries::unwrapped(seen.raw).1.get("content"),
        ),
        _ => ("content", seen.raw.get("content")),
    }
}

/// Whether `dialect` refuses a text that is empty. The others take it, as recorded requests show.
fn refuses_empty_texts(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Anthropic | Dialect::BedrockConverse)
}

/// C5, and AI5: messages and texts that say nothing.
fn c5_not_empty(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    let dialect = transcript.dialect;
    let name = if dialect == Dialect::AiSdk {
        "AI5"
    } else {
        "C5"
    };
    let last = transcript.messages.len().saturating_sub(1);
    for (index, seen) in transcript.sent() {
        // An assistant's message may be nothing but calls; the last may be a start that the model continues.
        let may_be_empty = seen.role == Role::Assistant
            && (index == last
                || seen.has(Kind::Call)
                || !matches!(
                    dialect,
                    Dialect::Anthropic
                        | Dialect::BedrockConverse
                        | Dialect::AiSdk
                        | Dialect::Gemini
                ));
        // Claude writes blank texts before its calls, and takes them back.
        let is_user = seen.role != Role::Assistant;
        let mut fault = |place: Place| {
            let text = "found nothing, expected a text or another part".to_owned();
            let hint = "say something, or remove it where another message asks";
            faults.push(Fault::at(name, index, place, text, hint));
        };
        let (key, content) = content(seen, dialect);
        let place = Place {
            key,
            ..Place::WHOLE
        };
        match content {
            Some(Value::Array(parts)) => {
                if parts.is_empty() && !may_be_empty && !seen.has(Kind::Result) {
                    fault(place);
                }
                for (position, part) in parts.iter().enumerate() {
                    let is_text = part.get("type").is_none_or(|kind| kind == "text");
                    let text = part.get("text").and_then(Value::as_str);
                    let is_empty = |text: &str| text.is_empty() || is_user && is_blank(text);
                    if refuses_empty_texts(dialect) && is_text && text.is_some_and(is_empty) {
                        fault(Place {
                            index: Some(position),
                            ..place
                        });
                    }
                }
            }
            Some(Value::String(text)) => {
                let refused = match dialect {
                    Dialect::Anthropic | Dialect::AiSdk => is_blank(text),
                    _ => false,
                };
                if refused && !may_be_empty {
                    fault(place);
                }
            }
            _ => {}
        }
    }
}

/// The APIs want a user to say something that is not white space.
fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}
