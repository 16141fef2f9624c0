//! What the summariser is shown: one JSON object a line, so that no text can end its line or pose as another message.

use serde_json::{Map, Value};

use crate::conversation::{Conversation, Message, Part, Role};
use crate::json::{object, plain};

use super::ground::Ground;
use super::text::{ceil, floor, grouped};

/// Bytes of JSON around the texts of one line.
pub(super) const LINE: u64 = 64;

/// One message, or one result of a message with several.
pub(super) struct Line<'a> {
    role: Role,
    tool: &'a str,
    text: String,
    calls: Vec<(&'a str, &'a str)>,
}

/// The lines of `messages`.
pub(super) fn lines<'a>(
    conversation: &'a Conversation,
    ground: &'a Ground,
    messages: &[usize],
) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    for &index in messages {
        let Some(message) = conversation.messages.get(index) else {
            continue;
        };
        let own = own(message);
        if !own.text.is_empty() || !own.calls.is_empty() {
            lines.push(own);
        }
        let results = &ground.worths.results;
        let start = results.partition_point(|worth| worth.place.message < index);
        let found = results.iter().skip(start);
        for worth in found.take_while(|worth| worth.place.message == index) {
            if let Some(Part::ToolResult { parts, .. }) = message.parts.get(worth.place.part) {
                lines.push(Line {
                    role: Role::Tool,
                    tool: &worth.tool,
                    text: text_of(parts),
                    calls: Vec::new(),
                });
            }
        }
    }
    lines
}

fn own(message: &Message) -> Line<'_> {
    Line {
        role: message.role,
        tool: "",
        text: text_of(&message.parts),
        calls: message
            .calls()
            .map(|call| (call.name.as_str(), call.arguments.as_str()))
            .collect(),
    }
}

fn text_of(parts: &[Part]) -> String {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Text { text: own, .. } => text.push_str(own),
            Part::Image(_) => text.push_str("[image]"),
            Part::Audio { .. } => text.push_str("[audio]"),
            Part::File(_) => text.push_str("[file]"),
            Part::Video { .. } => text.push_str("[video]"),
            Part::Opaque(value) => text.push_str(&plain(value)),
            Part::Reasoning(_) | Part::ToolCall(_) | Part::ToolResult { .. } => {}
        }
    }
    text
}

impl Line<'_> {
    /// Bytes of its texts.
    pub(super) fn sizes(&self) -> impl Iterator<Item = u64> {
        let calls = self
            .calls
            .iter()
            .map(|(_, arguments)| arguments.len() as u64);
        std::iter::once(self.text.len() as u64).chain(calls)
    }

    fn json(&self, longest: u64) -> Value {
        let mut line = Map::new();
        line.insert("role".to_owned(), self.role.name().into());
        if !self.tool.is_empty() {
            line.insert("tool".to_owned(), self.tool.into());
        }
        if !self.text.is_empty() {
            line.insert("text".to_owned(), clip(&self.text, longest).into());
        }
        if !self.calls.is_empty() {
            let calls = self.calls.iter().map(|(tool, arguments)| {
                object(vec![
                    ("tool", clip(tool, longest).into()),
                    ("arguments", clip(arguments, longest).into()),
                ])
            });
            line.insert("calls".to_owned(), calls.collect());
        }
        Value::Object(line)
    }
}

/// `shown` of the lines, from both ends, with texts of at most `longest` bytes.
pub(super) fn transcript(lines: &[Line<'_>], longest: u64, shown: usize) -> String {
    let first = shown / 2;
    let skipped = lines.len().saturating_sub(shown);
    let mut text = String::new();
    for (position, line) in lines.iter().enumerate() {
        if skipped > 0 && position == first {
            text.push_str(&plain(&object(vec![("left_out", skipped.into())])));
            text.push('\n');
        }
        if position < first || position >= first + skipped {
            text.push_str(&plain(&line.json(longest)));
            text.push('\n');
        }
    }
    text
}

/// `text`, or its head and tail when it has more than `longest` bytes.
fn clip(text: &str, longest: u64) -> String {
    let longest = usize::try_from(longest).unwrap_or(usize::MAX);
    if text.len() <= longest {
        return text.to_owned();
    }
    let head = text.get(..floor(text, longest / 2)).unwrap_or_default();
    let tail = text
        .get(ceil(text, text.len() - longest / 2)..)
        .unwrap_or_default();
    format!(
        "{head} [... {} bytes ...] {tail}",
        grouped((text.len() - head.len() - tail.len()) as u64)
    )
}
