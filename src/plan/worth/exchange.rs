//! Which result answers which call.

use crate::conversation::{Group, Part, Role, ToolCall};
use crate::count::Counted;

use super::Place;
use super::answers::joined;
use super::facts::{Answered, Facts, Made};
use super::files::Tools;
use super::hash::ByText;
use super::sketch::{Bands, Sketch};

use std::borrow::Cow;

/// A call, and what it says by itself.
pub(super) struct Call<'a> {
    /// The call itself.
    pub made: &'a ToolCall,
    /// What is known of it.
    pub facts: &'a Made,
}

/// A result, with the call it answers.
pub(super) struct Answer<'a> {
    /// Where it stands.
    pub place: Place,
    /// The group it belongs to.
    pub group: usize,
    /// The call, as an index into [`Exchange::calls`].
    pub call: Option<usize>,
    /// The tool's name; empty when nothing tells.
    pub tool: &'a str,
    /// The id it repeats, or that of its call.
    pub call_id: &'a str,
    /// Whether the caller gave it, and not the provider.
    pub is_callers: bool,
    /// What is known of it.
    pub facts: &'a Answered,
    parts: &'a [Part],
}

impl<'a> Answer<'a> {
    /// What it says: all its texts.
    pub(super) fn text(&self) -> Cow<'a, str> {
        joined(self.parts)
    }

    /// What similar results have in common with it.
    pub(super) fn bands(&self) -> Option<&'a Bands> {
        self.facts.bands(self.parts)
    }

    /// What it is compared by with those.
    pub(super) fn sketch(&self) -> Option<&'a Sketch> {
        self.facts.sketch(self.parts)
    }
}

/// Every call and every result of a conversation, in order.
#[derive(Default)]
pub(super) struct Exchange<'a> {
    /// The calls.
    pub calls: Vec<Call<'a>>,
    /// The results.
    pub answers: Vec<Answer<'a>>,
    /// What each message tells by itself.
    pub facts: Vec<&'a Facts>,
    /// The groups and messages in which the model thinks, in order.
    pub thoughts: Vec<(usize, usize)>,
    /// Whether every call has an id that no other open call has, every result has that of an open call, no call is left open,
    /// and nothing is of an unknown kind.
    pub is_settled: bool,
}

/// Positions in the order in which they came, by a text.
#[derive(Default)]
struct Queues<'a> {
    /// The first and the last of each queue.
    ends: ByText<'a, (usize, usize)>,
    /// Behind each position the next one of its queue; itself at the end.
    next: Vec<usize>,
}

impl<'a> Queues<'a> {
    /// Puts a position behind those of its text; says whether there was none.
    fn push(&mut self, text: &'a str, at: usize) -> bool {
        self.next.extend(self.next.len()..=at);
        let (_, last) = self.ends.entry(text).or_insert((at, at));
        if let Some(next) = self.next.get_mut(*last) {
            *next = at;
        }
        std::mem::replace(last, at) == at
    }

    /// Takes the first position of a queue, and says whether it was the last one.
    fn pop(&mut self, text: &str) -> Option<(usize, bool)> {
        let (first, last) = self.ends.get_mut(text)?;
        let at = *first;
        if at == *last {
            self.ends.remove(text);
            return Some((at, true));
        }
        *first = self.next.get(at).copied()?;
        Some((at, false))
    }
}

/// Calls that wait for a result, by what the result may repeat.
#[derive(Default)]
struct Open<'a> {
    calls: Vec<&'a ToolCall>,
    by_id: Queues<'a>,
    /// Made when the first result without an id asks.
    by_name: Option<Queues<'a>>,
    /// Those of the group at hand that stand before this one are answered.
    oldest: usize,
    answered: Vec<bool>,
}

impl<'a> Open<'a> {
    /// Says whether the call has an id that no other open call has.
    fn open(&mut self, call: &'a ToolCall) -> bool {
        let at = self.answered.len();
        self.answered.push(false);
        self.calls.push(call);
        if let Some(by_name) = &mut self.by_name {
            by_name.push(&call.name, at);
        }
        !call.id.is_empty() && self.by_id.push(&call.id, at)
    }

    /// The call that a result answers: by id, else by name, else the oldest of its group. Ids and names come back in later
    /// turns, so that an open call of the group at hand (`from` and later) comes before one that was never answered.
    fn close(&mut self, id: &str, name: &str, from: usize) -> Option<usize> {
        let (queues, text) = match (id.is_empty(), name.is_empty()) {
            (false, _) => (&mut self.by_id, id),
            (true, false) => {
                let by_name = self.by_name.get_or_insert_with(|| {
                    let mut by_name = Queues::default();
                    for (at, call) in self.calls.iter().enumerate() {
                        by_name.push(&call.name, at);
                    }
                    by_name
                });
                (by_name, name)
            }
            (true, true) => {
                self.oldest = self.oldest.max(from);
                while self.answered.get(self.oldest) == Some(&true) {
                    self.oldest += 1;
                }
                *self.answered.get_mut(self.oldest)? = true;
                return Some(self.oldest);
            }
        };
        while let Some((at, is_last)) = queues.pop(text) {
            let is_open = self.answered.get(at) == Some(&false);
            if is_open && (at >= from || is_last) {
                *self.answered.get_mut(at)? = true;
                return Some(at);
            }
        }
        None
    }
}

impl<'a> Exchange<'a> {
    /// Pairs the calls and results of `counted`.
    pub(super) fn of(counted: &'a Counted, groups: &[Group]) -> Self {
        let count = counted.messages.len();
        let mut exchange = Self {
            calls: Vec::with_capacity(count / 2),
            answers: Vec::with_capacity(count / 2),
            facts: Vec::with_capacity(count),
            is_settled: true,
            ..Self::default()
        };
        let mut open = Open::default();
        let mut tools = Tools::default();
        for (group, range) in groups.iter().enumerate() {
            let from = exchange.calls.len();
            let messages = counted.messages.get(range.messages.clone());
            for (offset, counted) in messages.unwrap_or_default().iter().enumerate() {
                let message = &counted.message;
                let is_callers = !matches!(
                    counted.shape.role,
                    Role::Assistant | Role::System | Role::Developer
                );
                let facts = Facts::of(counted, &mut tools);
                exchange.facts.push(facts);
                exchange.is_settled &= facts.is_plain;
                let mut calls = facts.calls.iter();
                let mut answers = facts.answers.iter();
                for (part, content) in message.parts.iter().enumerate() {
                    let place = Place {
                        message: range.messages.start + offset,
                        part,
                    };
                    match content {
                        Part::ToolCall(made) => {
                            exchange.is_settled &= open.open(made);
                            let facts = calls.next();
                            exchange
                                .calls
                                .extend(facts.map(|facts| Call { made, facts }));
                        }
                        Part::ToolResult {
                            call_id,
                            name,
                            parts,
                            ..
                        } => {
                            let name = name.as_deref().or(message.name.as_deref());
                            let name = name.unwrap_or_default();
                            let call = open.close(call_id, name, from);
                            exchange.is_settled &= call.is_some() && !call_id.is_empty();
                            let made = call.and_then(|at| exchange.calls.get(at));
                            let answer = answers.next().map(|facts| Answer {
                                place,
                                is_callers,
                                group,
                                call,
                                tool: made.map_or(name, |call| call.made.name.as_str()),
                                call_id: match made {
                                    Some(call) if call_id.is_empty() => &call.made.id,
                                    _ => call_id,
                                },
                                facts,
                                parts,
                            });
                            exchange.answers.extend(answer);
                        }
                        Part::Reasoning(_) => {
                            let own = (group, place.message);
                            if exchange.thoughts.last() != Some(&own) {
                                exchange.thoughts.push(own);
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
        exchange.is_settled &= open.answered.iter().all(|answered| *answered);
        exchange
    }

    /// The call that `answer` answers.
    pub(super) fn call(&self, answer: &Answer<'_>) -> Option<&Call<'a>> {
        answer.call.and_then(|at| self.calls.get(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_answer_by_id_by_name_and_by_order() {
        let call = |id: &str, name: &str| ToolCall {
            id: id.to_owned(),
            name: name.to_owned(),
            arguments: String::new(),
        };
        let calls = [
            call("a", "f"), // Never answered; the id comes back.
            call("a", "f"),
            call("b", "g"),
            call("", "f"),
            call("", "h"),
        ];
        let mut open = Open::default();
        for call in &calls {
            open.open(call);
        }
        assert_eq!(open.close("a", "", 1), Some(1));
        assert_eq!(open.close("a", "", 1), None);
        assert_eq!(open.close("", "f", 1), Some(3));
        assert_eq!(open.close("", "", 1), Some(2));
        assert_eq!(open.close("", "g", 1), None);
        assert_eq!(open.close("", "", 1), Some(4));
        assert_eq!(open.close("", "", 1), None);
        assert_eq!(open.close("never", "f", 1), None);
    }
}
