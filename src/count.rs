//! Tokens of each message's own text, the expensive stage, kept apart from framing so that it can be remembered.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use token_headroom_encoding::Encoding;

use crate::conversation::{Conversation, Dialect, Group, Message, Part, Role, groups};
use crate::fingerprint;
use crate::json;
use crate::plan::rewriting::Kept;
use crate::plan::worth::Facts;

/// Counts text. [`Encoding`](crate::Encoding) is the real one; tests use simple stand-ins.
pub trait CountText {
    /// Tokens of `text` on its own, special-token text as ordinary text.
    fn count_text(&self, text: &str) -> u32;

    /// Tokens of `text` straight after a role header, where that makes a difference
    /// ([`Encoding::count_after_header`]).
    fn count_after_header(&self, text: &str) -> u32 {
        self.count_text(text)
    }

    /// Whether it remembers what it has counted, so that asking again is quick.
    fn remembers(&self) -> bool {
        false
    }
}

impl CountText for Encoding {
    fn count_text(&self, text: &str) -> u32 {
        self.count(text)
    }

    fn count_after_header(&self, text: &str) -> u32 {
        Encoding::count_after_header(self, text)
    }
}

/// A conversation whose messages have been counted.
#[derive(Clone, Debug)]
pub struct Counted {
    /// What was counted.
    pub conversation: Arc<Conversation>,
    /// One entry per message of the conversation.
    pub messages: Vec<Arc<CountedMessage>>,
}

impl Counted {
    /// The atomic groups, as [`Conversation::groups`] gives them.
    pub(crate) fn groups(&self) -> Vec<Group> {
        match self.conversation.dialect {
            Dialect::OpenaiResponses => self.conversation.groups(),
            _ => groups(self.messages.iter().map(|counted| counted.shape)),
        }
    }
}

/// A message with the tokens of its own texts. Depends on the message and the encoding alone.
#[derive(Clone, Debug)]
pub struct CountedMessage {
    /// The message.
    pub message: Arc<Message>,
    /// Names the message as the caller wrote it.
    pub digest: u64,
    /// The text parts (of a tool message: of its result), concatenated as the provider does.
    pub content: u32,
    /// The participant's name; 0 without one.
    pub name: u32,
    /// The parts of unknown kinds, as JSON; 0 without one.
    pub opaque: u32,
    /// The calls, in order.
    pub calls: Vec<CallTokens>,
    /// Its place in a round of calls and results.
    pub(crate) shape: Shape,
    /// Tokens of the calls as a family of models renders them, by its layout, or of the only answer of a message without calls;
    /// counted when first asked for.
    pub(crate) rendered: [OnceLock<i64>; 2],
    /// Its SHA-256, once a plan has asked for it.
    pub(crate) sha: OnceLock<[u8; 32]>,
    /// What it tells of tool results, once a plan has asked for it.
    pub(crate) facts: OnceLock<Arc<Facts>>,
    /// What it became when a plan took its results away.
    pub(crate) rewritten: Kept,
}

/// What of a message tells where rounds of calls and results end. A part of the counted message, so that a walk over a long
/// history need not look any further.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Who speaks.
    pub role: Role,
    /// Whether a result is the last that it says.
    pub ends_in_result: bool,
    /// Whether it answers a call.
    pub is_result: bool,
    /// Whether it makes calls.
    pub calls: bool,
    /// Whether the user says something in it, which ends a round of calls.
    pub is_request: bool,
}

impl Shape {
    pub(crate) fn of(message: &Message) -> Self {
        let is_said = |part: &Part| !matches!(part, Part::ToolResult { .. });
        Self {
            role: message.role,
            ends_in_result: matches!(message.parts.last(), Some(Part::ToolResult { .. })),
            is_result: message.is_result(),
            calls: message.calls().next().is_some(),
            is_request: message.role == Role::User && message.parts.iter().any(is_said),
        }
    }
}

/// Tokens of one tool call's texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallTokens {
    /// The function's name.
    pub name: u32,
    /// `functions.` and the name, as the provider addresses it.
    pub recipient: u32,
    /// The arguments, re-serialised without blanks.
    pub arguments: u32,
}

/// Counts every message of `conversation`.
#[must_use]
pub fn count(conversation: Arc<Conversation>, counter: &dyn CountText) -> Counted {
    let messages = conversation
        .messages
        .iter()
        .map(|m| Arc::new(count_message(m.clone(), counter)))
        .collect();
    Counted {
        conversation,
        messages,
    }
}

/// Counts one message; what a session remembers.
#[must_use]
pub fn count_message(message: Arc<Message>, counter: &dyn CountText) -> CountedMessage {
    let content = segments(&message)
        .iter()
        .map(|segment| counter.count_text(segment))
        .fold(0, u32::saturating_add);
    let opaque = own_parts(&message)
        .iter()
        .filter_map(|part| match part {
            Part::Opaque(value) => Some(counter.count_text(&json::compact(value))),
            _ => None,
        })
        .fold(0, u32::saturating_add);
    let name = message
        .name
        .as_deref()
        .map_or(0, |name| counter.count_text(name));
    let calls = message
        .calls()
        .map(|call| CallTokens {
            name: counter.count_text(&call.name),
            recipient: counter.count_text(&format!("functions.{}", call.name)),
            arguments: counter.count_text(&compact_arguments(&call.arguments)),
        })
        .collect();
    CountedMessage {
        digest: fingerprint::digest(&message.raw),
        shape: Shape::of(&message),
        message,
        content,
        name,
        opaque,
        calls,
        rendered: Default::default(),
        sha: OnceLock::new(),
        facts: OnceLock::new(),
        rewritten: Kept::default(),
    }
}

/// The parts that are said: of a tool message, those of its result.
pub(crate) fn own_parts(message: &Message) -> &[Part] {
    match message.parts.as_slice() {
        [Part::ToolResult { parts, .. }] => parts,
        parts => parts,
    }
}

/// The message's text as the provider tokenises it: parts are joined without a separator, except where a
/// cache segment ends. Never empty; the last segment is where a later text would be appended.
pub(crate) fn segments(message: &Message) -> Vec<Cow<'_, str>> {
    segments_of(own_parts(message))
}

/// The same of a list of parts.
pub(crate) fn segments_of(parts: &[Part]) -> Vec<Cow<'_, str>> {
    let mut segments = vec![Cow::Borrowed("")];
    for part in parts {
        if let (Part::Text { text, breakpoint }, Some(last)) = (part, segments.last_mut()) {
            if last.is_empty() {
                *last = Cow::Borrowed(text);
            } else {
                last.to_mut().push_str(text);
            }
            if *breakpoint {
                segments.push(Cow::Borrowed(""));
            }
        }
    }
    segments
}

/// Arguments of a call without blanks; a text that is not JSON as it is.
pub(crate) fn compact_arguments(arguments: &str) -> Cow<'_, str> {
    let mut out = String::with_capacity(arguments.len());
    if json::rewrite(arguments, json::COMPACT, &mut out) {
        Cow::Owned(out)
    } else {
        Cow::Borrowed(arguments)
    }
}
