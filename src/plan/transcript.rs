//! What the summariser is shown: one JSON object a line, so that no text can end its line or pose as another message.

use std::borrow::Cow;

use crate::conversation::{Conversation, Message, Part, Role};
use crate::json::{COMPACT, object, plain, write_string};

use super::ground::Ground;
use super::text::{ceil, floor, grouped};

/// Bytes of JSON around the texts of one line.
pub(super) const LINE: u64 = 64;

/// One message, or one result of a message with several.
pub(super) struct Line<'a> {
    role: Role,
    tool: &'a str,
    text: Cow<'a, str>,
    calls: Vec<(&'a str, &'a str)>,
}

/// The lines of `messages`.
pub(super) fn lines<'a>(
    conversation: &'a Conversation,
    ground: &'a Ground<'_>,
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
                    tool: worth.tool,
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

fn text_of(parts: &[Part]) -> Cow<'_, str> {
    let mut text = Cow::Borrowed("");
    for part in parts {
        let own = match part {
            Part::Text { text, .. } => Cow::Borrowed(text.as_str()),
            Part::Image(_) => "[image]".into(),
            Part::Audio { .. } => "[audio]".into(),
            Part::File(_) => "[file]".into(),
            Part::Video { .. } => "[video]".into(),
            Part::Opaque(value) => plain(value).into(),
            Part::Reasoning(_) | Part::ToolCall(_) | Part::ToolResult { .. } => continue,
        };
        if text.is_empty() {
            text = own;
        } else {
            text.to_mut().push_str(&own);
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

    /// Appends it as JSON, with texts of at most `longest` bytes.
    fn write(&self, longest: u64, out: &mut String) {
        let string = |text: &str, out: &mut String| write_string(text, COMPACT, out);
        out.push_str("{\"role\":");
        string(self.role.name(), out);
        if !self.tool.is_empty() {
            out.push_str(",\"tool\":");
            string(self.tool, out);
        }
        if !self.text.is_empty() {
            out.push_str(",\"text\":");
            string(&clip(&self.text, longest), out);
        }
        for (at, (tool, arguments)) in self.calls.iter().enumerate() {
            out.push_str(if at == 0 { ",\"calls\":[" } else { "," });
            out.push_str("{\"tool\":");
            string(&clip(tool, longest), out);
            out.push_str(",\"arguments\":");
            string(&clip(arguments, longest), out);
            out.push('}');
        }
        out.push_str(if self.calls.is_empty() { "}\n" } else { "]}\n" });
    }
}

/// `shown` of the lines, from both ends, with texts of at most `longest` bytes.
pub(super) fn transcript(lines: &[Line<'_>], longest: u64, shown: usize) -> String {
    let first = shown / 2;
    let skipped = lines.len().saturating_sub(shown);
    let bytes = |line: &Line<'_>| LINE + line.sizes().map(|size| size.min(longest)).sum::<u64>();
    // A few bytes more of each line are marks that are escaped.
    let bytes: u64 = if skipped > 0 {
        0
    } else {
        lines.iter().map(|line| bytes(line) * 9 / 8).sum()
    };
    let mut text = String::with_capacity(usize::try_from(bytes).unwrap_or(0));
    for (position, line) in lines.iter().enumerate() {
        if skipped > 0 && position == first {
            text.push_str(&plain(&object(vec![("left_out", skipped.into())])));
            text.push('\n');
        }
        if position < first || position >= first + skipped {
            line.write(longest, &mut text);
        }
    }
    text
}

/// `text`, or its head and tail when it has more than `longest` bytes.
fn clip(text: &str, longest: u64) -> Cow<'_, str> {
    let longest = usize::try_from(longest).unwrap_or(usize::MAX);
    if text.len() <= longest {
        return text.into();
    }
    let head = text.get(..floor(text, longest / 2)).unwrap_or_default();
    let tail = text
        .get(ceil(text, text.len() - longest / 2)..)
        .unwrap_or_default();
    format!(
        "{head} [... {} bytes ...] {tail}",
        grouped((text.len() - head.len() - tail.len()) as u64)
    )
    .into()
}
