//! What was rewritten, read again: as intended, and all else as before.

use serde_json::Value;

use crate::conversation::{Dialect, Message, Part};
use crate::json::object;
use crate::normalize::normalize_message;

/// `raw`, when it reads as `message` does but for the results and texts that are `expected` to say another text.
pub(super) fn says(message: &Message, raw: Value, expected: &[Option<String>]) -> Option<Value> {
    let read = again(message, raw)?;
    let mut pairs = message.parts.iter().zip(&read.parts).zip(expected);
    let is_meant = read.parts.len() == message.parts.len()
        && pairs.all(|((before, after), expected)| match expected {
            None => before == after,
            Some(text) => is_text(before, after, text) || is_answer(before, after, text),
        });
    is_meant.then_some(read.raw)
}

/// Whether `after` is the text `before` but says `text`.
fn is_text(before: &Part, after: &Part, text: &str) -> bool {
    let (
        Part::Text { breakpoint, .. },
        Part::Text {
            text: own,
            breakpoint: ends,
        },
    ) = (before, after)
    else {
        return false;
    };
    own == text && ends == breakpoint
}

/// Whether `after` is the result `before` with `text` as its only content.
fn is_answer(before: &Part, after: &Part, text: &str) -> bool {
    let (
        Part::ToolResult {
            call_id,
            name,
            is_error,
            ..
        },
        Part::ToolResult {
            call_id: id,
            name: tool,
            is_error: failed,
            parts,
        },
    ) = (before, after)
    else {
        return false;
    };
    let is_text = matches!(parts.as_slice(), [Part::Text { text: own, .. }] if own == text);
    is_text && call_id == id && name == tool && is_error == failed
}

/// `raw`, when it reads as `message` does but for fewer thoughts.
pub(super) fn thinks_less(message: &Message, raw: Value) -> Option<Value> {
    let read = again(message, raw)?;
    let others = |part: &&Part| !matches!(part, Part::Reasoning(_));
    let before = message.parts.iter().filter(others);
    let is_meant =
        read.parts.len() < message.parts.len() && before.eq(read.parts.iter().filter(others));
    is_meant.then_some(read.raw)
}

/// `raw` as a message; `None` where another speaks in it.
fn again(message: &Message, raw: Value) -> Option<Message> {
    // Cohere's first version has the newest results beside the history, not in a message.
    let is_list = raw.is_array() && message.dialect == Dialect::Cohere;
    let entry = match is_list {
        true => object(vec![("role", "TOOL".into()), ("tool_results", raw)]),
        false => raw,
    };
    let mut read = normalize_message(message.dialect, entry, "").ok()?;
    if is_list {
        read.raw = read.raw.get_mut("tool_results").map(Value::take)?;
    }
    (read.role == message.role && read.name == message.name).then_some(read)
}
