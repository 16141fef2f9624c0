//! A request as the validators of its state see it.

use serde_json::Value;

use crate::conversation::{Conversation, Dialect, Message, Role};

use super::entries::{Entry, Kind, Place, entries};

/// A request's messages, each with its entries.
pub(crate) struct Transcript<'a> {
    pub dialect: Dialect,
    /// The body without its messages.
    pub rest: &'a Value,
    pub messages: Vec<Seen<'a>>,
}

/// One message.
pub(crate) struct Seen<'a> {
    pub role: Role,
    pub raw: &'a Value,
    pub entries: Vec<Entry<'a>>,
    /// Whether a model is sent it: notes to the history and some events are not.
    pub sent: bool,
}

/// A place where a request breaks an invariant, whatever a plan does.
#[derive(Debug)]
pub(crate) struct Fault {
    pub invariant: &'static str,
    /// The message.
    pub message: usize,
    /// The entry or field of the message that is wrong.
    pub at: Place,
    /// The place in the message, as it follows the message's path; may lead further than `at`.
    pub place: String,
    /// What is wrong, so that the same fault of the same message can be recognised in another request.
    pub subject: String,
    /// What was found, and what was expected.
    pub text: String,
    /// What helps.
    pub hint: &'static str,
}

impl<'a> Seen<'a> {
    pub(crate) fn new(dialect: Dialect, role: Role, raw: &'a Value, sent: bool) -> Self {
        Self {
            role,
            raw,
            entries: entries(dialect, role, raw),
            sent,
        }
    }

    pub(crate) fn of(message: &'a Message) -> Self {
        Self::new(
            message.dialect,
            message.role,
            &message.raw,
            Self::is_sent(message),
        )
    }

    /// Notes to the history say nothing.
    pub(crate) fn is_sent(message: &Message) -> bool {
        !message.parts.is_empty()
            || !matches!(message.dialect, Dialect::Langchain | Dialect::Autogen)
    }

    pub(crate) fn has(&self, kind: Kind) -> bool {
        self.entries.iter().any(|entry| entry.kind == kind)
    }

    /// Whether it holds results and nothing else.
    pub(crate) fn is_results(&self) -> bool {
        !self.entries.is_empty() && self.entries.iter().all(|entry| entry.kind == Kind::Result)
    }

    /// Whether it says something that is no result. Text stands outside every list.
    pub(crate) fn says(&self) -> bool {
        !self.is_results()
    }
}

impl<'a> Transcript<'a> {
    pub(crate) fn of(conversation: &'a Conversation) -> Self {
        let messages = conversation.messages.iter();
        Self {
            dialect: conversation.dialect,
            rest: &conversation.rest,
            messages: messages.map(|message| Seen::of(message)).collect(),
        }
    }

    /// Every entry of every message, with the message's index.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (usize, &Seen<'a>, &Entry<'a>)> {
        let messages = self.messages.iter().enumerate();
        messages
            .flat_map(|(index, seen)| seen.entries.iter().map(move |entry| (index, seen, entry)))
    }

    /// Messages that a model is sent, with their indices.
    pub(crate) fn sent(&self) -> impl DoubleEndedIterator<Item = (usize, &Seen<'a>)> {
        let messages = self.messages.iter().enumerate();
        messages.filter(|(_, seen)| seen.sent)
    }
}

impl Fault {
    pub(crate) fn at(
        invariant: &'static str,
        message: usize,
        place: Place,
        text: String,
        hint: &'static str,
    ) -> Self {
        let path = place.path();
        Self {
            invariant,
            message,
            at: place,
            subject: format!("{invariant} {path}"),
            place: path,
            text,
            hint,
        }
    }

    /// The same, recognised by `subject`.
    pub(crate) fn about(self, subject: &str) -> Self {
        Self {
            subject: subject.to_owned(),
            ..self
        }
    }

    /// Its path, in a list called `list`.
    pub(crate) fn path(&self, list: &str) -> String {
        format!("{list}[{}]{}", self.message, self.place)
    }
}
