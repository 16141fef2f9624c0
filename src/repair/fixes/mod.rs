//! What to do about each fault: one kind of it a round, the ones that uncover others first.

mod entries;
mod pairs;
mod turns;

use serde_json::Value;

use crate::verify::entries::Place;
use crate::verify::pairs::Spot;
use crate::verify::state;
use crate::verify::transcript::{Fault, Transcript};

use entries::entries;
use pairs::{ids, pairs};
use turns::{starts, turns};

/// A change, as it is told.
pub(super) struct Told {
    pub invariant: &'static str,
    pub message: usize,
    pub place: String,
    pub text: &'static str,
}

/// Changes of one round.
#[derive(Default)]
pub(super) struct Fixes {
    /// By message; those at the end that have none may be missing.
    pub of: Vec<MessageFixes>,
    pub told: Vec<Told>,
}

/// Changes of one message.
#[derive(Default)]
pub(super) struct MessageFixes {
    /// Entries to take out; [`Place::WHOLE`] for the message.
    pub remove: Vec<Place>,
    /// Fields to write.
    pub set: Vec<Write>,
    /// Results to put behind its calls.
    pub answers: Vec<Answer>,
    /// Whether it is joined with the one before.
    pub join: bool,
}

/// A field to write.
pub(super) struct Write {
    /// The entry.
    pub place: Place,
    /// The keys inside the entry; none for the entry itself.
    pub keys: &'static [&'static str],
    pub value: Value,
}

/// A result for a call.
pub(super) struct Answer {
    /// The position of the call.
    pub call: usize,
    /// The result as a message.
    pub message: Value,
    /// The message that it is, where it is one as a whole.
    pub origin: Option<usize>,
}

impl Fixes {
    pub(super) fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    fn tell(&mut self, invariant: &'static str, message: usize, place: String, text: &'static str) {
        self.told.push(Told {
            invariant,
            message,
            place,
            text,
        });
    }

    fn remove(&mut self, invariant: &'static str, message: usize, at: Place, text: &'static str) {
        let Some(fixes) = self.message(message) else {
            return;
        };
        if !fixes.remove.contains(&at) {
            fixes.remove.push(at);
            self.tell(invariant, message, at.path(), text);
        }
    }

    fn message(&mut self, index: usize) -> Option<&mut MessageFixes> {
        while self.of.len() <= index {
            self.of.push(MessageFixes::default());
        }
        self.of.get_mut(index)
    }

    fn answer(&mut self, call: Spot, message: Value, origin: Option<usize>) {
        if let Some(fixes) = self.message(call.message) {
            fixes.answers.push(Answer {
                call: call.entry,
                message,
                origin,
            });
        }
    }
}

/// The changes of the next round, of the first kind from `from` on that has any, and that kind; none when nothing is left that
/// can be mended.
pub(super) fn next(transcript: &Transcript<'_>, from: usize) -> (usize, Fixes) {
    let faults = state::faults(transcript);
    let kinds: [fn(&Transcript<'_>, &[Fault]) -> Fixes; 5] = [starts, ids, pairs, entries, turns];
    let kinds = kinds.into_iter().enumerate().skip(from);
    kinds
        .take_while(|_| !faults.is_empty())
        .map(|(kind, step)| (kind, step(transcript, &faults)))
        .find(|(_, fixes)| !fixes.is_empty())
        .unwrap_or_default()
}
