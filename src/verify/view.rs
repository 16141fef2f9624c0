//! Both requests side by side, and what became of each message.

use serde_json::Value;

use crate::conversation::Dialect;

use super::Violation;
use super::entries::{Entry, Kind};
use super::evidence::Evidence;
use super::skeleton::without_thoughts;
use super::transcript::{Seen, Transcript};

/// What the validators of a change look at.
pub(super) struct View<'a> {
    pub evidence: &'a Evidence<'a>,
    pub before: Transcript<'a>,
    pub after: Transcript<'a>,
    /// The thoughts of the request planned for, in order.
    pub thoughts: Vec<Thought>,
}

/// A thought of the request planned for.
#[derive(Clone, Copy)]
pub(super) struct Thought {
    /// Its message.
    pub message: usize,
    /// Whether it is in the applied request.
    pub kept: bool,
    /// Whether the provider has signed or sealed it.
    pub signed: bool,
}

impl<'a> View<'a> {
    pub(super) fn of(evidence: &'a Evidence<'a>) -> Self {
        let mut view = Self {
            evidence,
            before: Transcript::of(&evidence.before.conversation),
            after: Transcript::of(&evidence.after.conversation),
            thoughts: Vec::new(),
        };
        view.thoughts = view.follow_thoughts();
        view
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.before.dialect
    }

    /// A violation at message `at` of the applied request.
    pub(super) fn broken(&self, name: &str, at: usize, text: impl Into<String>) -> Violation {
        Violation::new(name, format!("{}[{at}]", self.dialect().list_key()), text)
    }

    /// Where message `index` of the request planned for stands, or where it would.
    pub(super) fn place(&self, index: usize) -> usize {
        self.evidence.position(index).unwrap_or(0)
    }

    /// Messages that were replaced: their place, the old one and the new one.
    pub(super) fn replaced(&self) -> impl Iterator<Item = (usize, &Seen<'a>, &Seen<'a>)> {
        let kept = self.evidence.origins.iter().enumerate();
        kept.filter_map(|(at, origin)| {
            let index = (*origin).filter(|index| !self.evidence.untouched(*index))?;
            Some((
                at,
                self.before.messages.get(index)?,
                self.after.messages.get(at)?,
            ))
        })
    }

    /// Message `index` of the request planned for, which is `seen`, as it is `told` with its texts cut; else as it is.
    pub(super) fn as_told<'b>(&self, seen: &'b Seen<'b>, told: Option<&'b Value>) -> Seen<'b> {
        let raw = told.unwrap_or(seen.raw);
        Seen::new(self.dialect(), seen.role, raw, seen.sent)
    }

    /// Whether message `index` of the request planned for is nothing but thoughts.
    pub(super) fn is_thoughts(&self, index: usize) -> bool {
        let seen = self.before.messages.get(index);
        seen.is_some_and(|seen| {
            !seen.entries.is_empty() && seen.entries.iter().all(|entry| entry.kind == Kind::Thought)
        })
    }

    /// The first message that is not as it was, thoughts aside; a message of nothing but thoughts may go.
    pub(super) fn first_change(&self) -> Option<usize> {
        let evidence = self.evidence;
        let removed = (0..self.before.messages.len())
            .find(|&index| evidence.position(index).is_none() && !self.is_thoughts(index));
        let replaced = self.replaced().find(|(_, old, new)| {
            without_thoughts(old, self.dialect()) != without_thoughts(new, self.dialect())
        });
        let replaced = replaced.and_then(|(at, ..)| evidence.origin(at));
        let inserted = evidence.inserted().next().map(|at| {
            let next = evidence.origins.get(at..).unwrap_or_default();
            let next = next.iter().find_map(|origin| *origin);
            next.unwrap_or(self.before.messages.len())
        });
        [removed, replaced, inserted].into_iter().flatten().min()
    }

    fn follow_thoughts(&self) -> Vec<Thought> {
        let mut thoughts = Vec::new();
        for (message, seen) in self.before.messages.iter().enumerate() {
            let new = self
                .evidence
                .position(message)
                .and_then(|at| self.after.messages.get(at));
            let mut left = new
                .map(own_thoughts)
                .unwrap_or_default()
                .into_iter()
                .peekable();
            for entry in own_thoughts(seen) {
                let kept = left.next_if(|new| new.value == entry.value).is_some();
                thoughts.push(Thought {
                    message,
                    kept,
                    signed: is_signed(entry.value),
                });
            }
        }
        thoughts
    }
}

/// The thoughts among the entries of a message.
pub(super) fn own_thoughts<'a, 'b>(seen: &'b Seen<'a>) -> Vec<&'b Entry<'a>> {
    let entries = seen.entries.iter();
    entries
        .filter(|entry| entry.kind == Kind::Thought)
        .collect()
}

/// Where signatures and sealed thoughts are.
const SEALS: [&str; 8] = [
    "/signature",
    "/data",
    "/reasoningContent/reasoningText/signature",
    "/reasoningContent/redactedContent",
    "/providerOptions/anthropic/signature",
    "/providerOptions/anthropic/redactedData",
    "/providerOptions/bedrock/signature",
    "/providerOptions/bedrock/redactedData",
];

fn is_signed(thought: &Value) -> bool {
    SEALS.into_iter().any(|place| {
        let seal = thought.pointer(place).and_then(Value::as_str);
        seal.is_some_and(|seal| !seal.is_empty())
    })
}
