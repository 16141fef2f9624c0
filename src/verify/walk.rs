//! One walk over a request finds calls and results that have no counterpart, or have it where the API does not look.

use std::collections::HashMap;

use crate::conversation::{Dialect, Role};

use super::entries::{Entry, Kind};
use super::transcript::{Seen, Transcript};

/// An entry: its message, and its position in the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    pub message: usize,
    pub entry: usize,
}

/// A call or a result that is not as it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mismatch {
    /// A call without a result, although the conversation has gone on.
    Unanswered { call: Spot },
    /// A result without a call.
    Unasked { result: Spot },
    /// A second result of a call.
    Second { result: Spot },
    /// A result that is not where the API looks for it.
    Apart { result: Spot, call: Spot },
}

/// Where an API looks for the results of a call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Directly behind the message that calls.
    AtOnce,
    /// In the user's next turn.
    NextTurn,
    /// Before anyone but the model speaks.
    BeforeUser,
    /// Anywhere behind the call.
    Later,
}

pub(super) fn reach(dialect: Dialect) -> Reach {
    match dialect {
        Dialect::OpenaiChat | Dialect::Langchain => Reach::AtOnce,
        Dialect::Anthropic | Dialect::BedrockConverse | Dialect::Gemini => Reach::NextTurn,
        Dialect::AiSdk => Reach::BeforeUser,
        _ => Reach::Later,
    }
}

struct Made<'a> {
    spot: Spot,
    id: &'a str,
    /// The turn in which it was made.
    turn: usize,
    is_providers: bool,
    answered: bool,
}

/// Positions, the first of which have been taken.
#[derive(Default)]
struct Queue {
    all: Vec<usize>,
    taken: usize,
}

impl Queue {
    fn back(&self) -> Option<&usize> {
        self.all.get(self.taken..)?.last()
    }

    fn pop_front(&mut self) -> Option<usize> {
        let first = self.all.get(self.taken).copied();
        self.taken += usize::from(first.is_some());
        first
    }
}

#[derive(Default)]
struct Walk<'a> {
    calls: Vec<Made<'a>>,
    by_id: HashMap<&'a str, Queue>,
    by_name: HashMap<&'a str, Queue>,
    in_order: Queue,
    /// Rises when results of the calls so far are no longer looked for.
    turn: usize,
    /// Whether somebody has said something else since the last call.
    spoken: bool,
    /// Whether a result has come since the model last spoke.
    answered: bool,
}

impl<'a> Walk<'a> {
    fn call(&mut self, spot: Spot, entry: &Entry<'a>) {
        let at = self.calls.len();
        self.calls.push(Made {
            spot,
            id: entry.id,
            turn: self.turn,
            is_providers: entry.kind == Kind::ProviderCall,
            answered: false,
        });
        if !entry.id.is_empty() {
            self.by_id.entry(entry.id).or_default().all.push(at);
        }
        if !entry.name.is_empty() {
            self.by_name.entry(entry.name).or_default().all.push(at);
        }
        self.in_order.all.push(at);
    }

    /// The call that a result answers: of this turn if there is one. `Err` tells whether such a call has been answered.
    fn answer(&mut self, entry: &Entry<'a>) -> Result<usize, bool> {
        let (calls, turn) = (&self.calls, self.turn);
        let found = if entry.id.is_empty() {
            let named = self.by_name.get_mut(entry.name);
            let known = named.is_some();
            let found = match named {
                Some(queue) => take(queue, calls, turn, false),
                None => take(&mut self.in_order, calls, turn, false),
            };
            found.ok_or(known)
        } else if let Some(queue) = self.by_id.get_mut(entry.id) {
            take(queue, calls, turn, false).ok_or(true)
        } else {
            // Where calls have no ids, results repeat the tool's name.
            let named = self.by_name.get_mut(entry.name);
            named
                .and_then(|queue| take(queue, calls, turn, true))
                .ok_or(false)
        };
        if let Some(call) = found.ok().and_then(|at| self.calls.get_mut(at)) {
            call.answered = true;
        }
        found
    }
}

/// The first open call of `queue`, of this turn rather than of an earlier one.
fn take(queue: &mut Queue, calls: &[Made<'_>], turn: usize, unnamed: bool) -> Option<usize> {
    let open = |at: &usize| {
        let call = calls.get(*at);
        call.filter(|call| !call.answered && (!unnamed || call.id.is_empty()))
    };
    while queue.back().is_some_and(|at| open(at).is_none()) {
        queue.all.pop();
    }
    let here = open(queue.back()?)?.turn == turn;
    while let Some(at) = queue.pop_front() {
        if open(&at).is_some_and(|call| !here || call.turn == turn) {
            return Some(at);
        }
    }
    None
}

/// Everything that does not match.
pub(crate) fn mismatches(transcript: &Transcript<'_>) -> Vec<Mismatch> {
    walk(transcript).found
}

/// The first message with a call that waits for its result, and for each result of a call the messages of both.
pub(crate) fn open(transcript: &Transcript<'_>) -> (Option<usize>, Vec<[usize; 2]>) {
    let walked = walk(transcript);
    let waiting = walked.waiting.iter();
    let first = waiting.map(|spot| spot.message).min();
    (first, walked.pairs)
}

/// Messages with calls that wait for their results, and the results that have come for them.
pub(crate) fn pending(transcript: &Transcript<'_>) -> Vec<usize> {
    let waiting = walk(transcript).waiting;
    let behind = |first: usize| first..transcript.messages.len();
    waiting
        .iter()
        .map(|spot| spot.message)
        .min()
        .map(behind)
        .into_iter()
        .flatten()
        .collect()
}

/// What a walk finds.
struct Walked {
    /// What does not match.
    found: Vec<Mismatch>,
    /// The calls that wait for their results at the end.
    waiting: Vec<Spot>,
    /// The messages of each result and its call.
    pairs: Vec<[usize; 2]>,
}

fn walk(transcript: &Transcript<'_>) -> Walked {
    let reach = reach(transcript.dialect);
    let mut walk = Walk::default();
    let (mut found, mut waiting, mut pairs) = (Vec::new(), Vec::new(), Vec::new());
    // Results that nothing has called yet, by what they answer.
    let mut early: HashMap<&str, Queue> = HashMap::new();
    for (message, seen) in transcript.sent() {
        begin(&mut walk, reach, seen);
        for (position, entry) in seen.entries.iter().enumerate() {
            let spot = Spot {
                message,
                entry: position,
            };
            match entry.kind {
                Kind::Call | Kind::ProviderCall => walk.call(spot, entry),
                Kind::Result | Kind::ProviderResult => {
                    let is_late = transcript.dialect == Dialect::Anthropic
                        && entry.kind == Kind::Result
                        && walk.spoken;
                    match walk.answer(entry) {
                        Ok(at) => {
                            let call = walk.calls.get(at);
                            pairs.extend(call.map(|call| [message, call.spot.message]));
                            let apart = call.filter(|call| {
                                !call.is_providers
                                    && (is_late || reach != Reach::Later && call.turn != walk.turn)
                            });
                            found.extend(apart.map(|call| Mismatch::Apart {
                                result: spot,
                                call: call.spot,
                            }));
                        }
                        Err(true) => found.push(Mismatch::Second { result: spot }),
                        Err(false) => {
                            if !entry.id.is_empty() && entry.kind == Kind::Result {
                                early.entry(entry.id).or_default().all.push(found.len());
                            }
                            found.push(Mismatch::Unasked { result: spot });
                        }
                    }
                    walk.answered |= seen.role != Role::Assistant;
                }
                Kind::Thought => {}
                Kind::Other => walk.spoken |= seen.role != Role::Assistant,
            }
        }
        // A text stands outside every list.
        walk.spoken |= seen.role != Role::Assistant && seen.entries.is_empty();
    }
    for call in walk.calls.iter().filter(|call| !call.answered) {
        let first = early.get_mut(call.id).and_then(Queue::pop_front);
        if let Some(early) = first.and_then(|at| found.get_mut(at)) {
            if let Mismatch::Unasked { result } = *early {
                pairs.push([result.message, call.spot.message]);
                *early = Mismatch::Apart {
                    result,
                    call: call.spot,
                };
            }
            continue;
        }
        let is_pending = call.turn == walk.turn && (!walk.spoken || reach == Reach::Later);
        if is_pending && !call.is_providers {
            waiting.push(call.spot);
        }
        if !is_pending && (!call.is_providers || transcript.dialect == Dialect::Anthropic) {
            found.push(Mismatch::Unanswered { call: call.spot });
        }
    }
    Walked {
        found,
        waiting,
        pairs,
    }
}

/// Whether results are still looked for once this message is there.
fn begin(walk: &mut Walk<'_>, reach: Reach, seen: &Seen<'_>) {
    let is_model = seen.role == Role::Assistant;
    let ends = match reach {
        Reach::AtOnce => !seen.is_results(),
        Reach::NextTurn => is_model && (walk.answered || walk.spoken),
        Reach::BeforeUser => matches!(seen.role, Role::User | Role::System | Role::Developer),
        Reach::Later => (is_model && walk.answered) || !(is_model || seen.is_results()),
    };
    walk.turn += usize::from(ends);
    if is_model {
        walk.answered = false;
        walk.spoken = false;
    }
}
