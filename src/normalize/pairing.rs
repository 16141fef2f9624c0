//! Calls and results that do not match: the APIs refuse both.

use std::cell::LazyCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::places::Places;
use super::warnings::warn;
use crate::conversation::{Dialect, Message, Part, Role, Warning};

/// A call, in the order in which they were made.
struct Made<'a> {
    /// What the result repeats.
    key: &'a str,
    /// Where the call is: the message, the part, and which of the message's calls; `None` once it is answered.
    place: Option<[usize; 3]>,
    /// The next call of the same key, if it is later than this one.
    next: usize,
}

/// Calls that wait for their result.
#[derive(Default)]
struct Open<'a> {
    made: Vec<Made<'a>>,
    /// The first call of a key that may be open, and the last.
    ends: HashMap<&'a str, (usize, usize)>,
    /// No earlier call is open.
    oldest: usize,
    /// Calls without an id, which are answered in order.
    unnamed: usize,
    /// Whether a result has come since the last call.
    answered: bool,
}

impl<'a> Open<'a> {
    fn open(&mut self, key: &'a str, place: [usize; 3]) {
        let at = self.made.len();
        let ends = self.ends.entry(key).or_insert((at, at));
        if let Some(last) = self.made.get_mut(ends.1) {
            last.next = at;
        }
        ends.1 = at;
        self.made.push(Made {
            key,
            place: Some(place),
            next: at,
        });
        self.answered = false;
    }

    /// Takes the oldest call that `key` answers; a result that repeats nothing answers the oldest of all.
    fn close(&mut self, key: &str) -> bool {
        self.answered = true;
        if key.is_empty() {
            while let Some(call) = self.made.get_mut(self.oldest) {
                self.oldest += 1;
                if call.place.take().is_some() {
                    return true;
                }
            }
            return false;
        }
        let Some((first, _)) = self.ends.get_mut(key) else {
            return false;
        };
        while let Some(call) = self.made.get_mut(*first) {
            let is_open = call.place.take().is_some();
            let is_last = call.next == *first;
            *first = call.next;
            if is_open || is_last {
                return is_open;
            }
        }
        false
    }

    fn flush(&mut self, list: &str, messages: &[Arc<Message>], warnings: &mut Vec<Warning>) {
        self.unnamed = 0;
        self.ends.clear();
        self.oldest = 0;
        for Made { key, place, .. } in std::mem::take(&mut self.made) {
            let Some([index, position, ordinal]) = place else {
                continue;
            };
            let Some(message) = messages.get(index) else {
                continue;
            };
            let path = format!("{list}[{index}]");
            let place = Places::of(message).call(&path, position, ordinal);
            warn(
                warnings,
                "unanswered_call",
                place,
                format!("no tool message answers {key:?}; the API refuses such a request"),
            );
        }
    }
}

/// Warns of results without a call, and of calls without a result. `list` is the place of the messages.
pub(super) fn pairing(
    dialect: Dialect,
    list: &str,
    messages: &[Arc<Message>],
    warnings: &mut Vec<Warning>,
) {
    // Gemini and Ollama repeat the tool's name, if anything.
    let by_name = matches!(dialect, Dialect::Gemini | Dialect::Ollama);
    // Every item of Responses stands alone; elsewhere results follow the message that calls.
    let anywhere = dialect == Dialect::OpenaiResponses;
    let mut open = Open::default();
    for (index, message) in messages.iter().enumerate() {
        let answers =
            message.role == Role::Tool || (message.role != Role::Assistant && has_results(message));
        // Chat refuses to wait; elsewhere messages of the model that follow each other are one.
        let goes_on =
            dialect != Dialect::OpenaiChat && message.role == Role::Assistant && !open.answered;
        // What says nothing is not sent.
        if !answers && !anywhere && !goes_on && !message.parts.is_empty() {
            open.flush(list, messages, warnings);
        }
        if message.role == Role::Function {
            continue;
        }
        let places = LazyCell::new(|| Places::of(message));
        // Only parts of the AI SDK say so, and where they stand is slow to find.
        let is_run_by_provider =
            |position| dialect == Dialect::AiSdk && places.is_run_by_provider(position);
        let path = || format!("{list}[{index}]");
        let mut calls = 0;
        for (position, part) in message.parts.iter().enumerate() {
            match part {
                Part::ToolCall(call) => {
                    let key = if by_name { &call.name } else { &call.id };
                    if !key.is_empty() && !is_run_by_provider(position) {
                        open.open(key, [index, position, calls]);
                    }
                    open.unnamed += usize::from(key.is_empty());
                    calls += 1;
                }
                Part::ToolResult { call_id, name, .. } => {
                    let key = if by_name {
                        name.as_deref().unwrap_or_default()
                    } else {
                        call_id
                    };
                    // Local servers of Chat leave ids away; in other dialects there may be none.
                    let is_known = if key.is_empty() && dialect == Dialect::OpenaiChat {
                        let is_answer = open.unnamed > 0;
                        open.unnamed = open.unnamed.saturating_sub(1);
                        !is_answer
                    } else {
                        !key.is_empty() || by_name
                    };
                    if is_known && !open.close(key) && !is_run_by_provider(position) {
                        warn(
                            warnings,
                            "unpaired_tool_result",
                            places.result(&path(), position),
                            format!(
                                "{key:?} answers no open call of the assistant message before it; the API refuses such a request"
                            ),
                        );
                    }
                }
                _ => {}
            }
        }
    }
    open.flush(list, messages, warnings);
}

fn has_results(message: &Message) -> bool {
    message
        .parts
        .iter()
        .any(|part| matches!(part, Part::ToolResult { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_open_call_is_answered_first() {
        let mut open = Open::default();
        for key in ["a", "b", "a"] {
            open.open(key, [0; 3]);
        }
        assert!(open.close("a") && open.close("a") && !open.close("a"));
        open.open("a", [0; 3]);
        assert!(open.close("") && !open.close("b"));
        open.open("a", [0; 3]);
        assert!(open.close("a") && open.close("") && !open.close("") && !open.close("a"));
        open.open("b", [1, 0, 0]);
        let raw = serde_json::json!({ "role": "assistant", "content": "x" });
        let message = crate::normalize::normalize_message(Dialect::OpenaiChat, raw, "").unwrap();
        let messages = [Arc::new(message.clone()), Arc::new(message)];
        let mut warnings = Vec::new();
        open.flush("messages", &messages, &mut warnings);
        open.flush("messages", &messages, &mut warnings);
        let places: Vec<&str> = warnings.iter().map(|w| w.path.as_str()).collect();
        assert_eq!(places, ["messages[1]"]);
        open.open("b", [0; 3]);
        assert!(open.close("b") && !open.close("b"));
    }
}
