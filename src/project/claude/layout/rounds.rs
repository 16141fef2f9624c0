//! Calls and their answers, each of which are rendered together.

use super::{After, Speaker, Writer};
use crate::conversation::ToolCall;
use crate::count::CountedMessage;
use crate::models::Framing;
use crate::project::claude::answers::{Answer, answers};
use crate::project::claude::calls;
use crate::project::claude::rules::Layout;
use crate::project::estimate::Estimate;
use crate::project::shares::shares;

impl<'a> Writer<'_, 'a> {
    pub(super) fn call(&mut self, index: usize, call: &'a ToolCall, has_text: bool) {
        self.made.push(call);
        self.flush();
        if self.calls.is_empty() {
            // At the start of a turn the mark that the header ends in stands alone.
            let alone = self.is_empty && self.rules.has_marked_headers();
            self.before_calls = i64::from(alone) + calls::separator(has_text, self.rules.framing);
        }
        self.calls.push((index, call));
        self.is_empty = false;
        self.run.after = After::Other;
    }

    /// Counts the calls, and shares them out over their messages.
    pub(super) fn settle_calls(&mut self) {
        let Some((last, _)) = self.calls.last() else {
            return;
        };
        let last = *last;
        let made = std::mem::take(&mut self.calls);
        let own: Vec<&ToolCall> = made.iter().map(|(_, call)| *call).collect();
        let tokens = self.before_calls + self.rendered(&made, &own);
        let whole = u32::try_from(tokens.max(0)).unwrap_or(u32::MAX);
        let shares = if made.iter().all(|(index, _)| *index == last) {
            vec![(last, whole)]
        } else {
            let bytes = |call: &ToolCall| call.name.len() + call.arguments.len() + 1;
            let weights: Vec<u32> = own
                .iter()
                .map(|call| u32::try_from(bytes(call)).unwrap_or(u32::MAX))
                .collect();
            let indices = made.iter().map(|(index, _)| *index);
            indices.zip(shares(whole, &weights)).collect()
        };
        for (index, share) in shares {
            let Some(cost) = self.costs.get_mut(index) else {
                continue;
            };
            cost.calls += Estimate::exact(share);
            if self.rules.framing == Framing::Claude47 {
                // No record of calls.
                cost.calls = cost.calls.widened(10, 10);
            }
        }
    }

    /// Tokens of calls. All those of one message have been counted when they were first asked for.
    fn rendered(&self, made: &[(usize, &'a ToolCall)], own: &[&ToolCall]) -> i64 {
        let count = || calls::calls(own, self.request);
        let index = made.first().map_or(0, |(index, _)| *index);
        let message = self.messages.get(index);
        let is_whole = |message: &&&CountedMessage| {
            made.iter().all(|(other, _)| *other == index) && message.calls.len() == made.len()
        };
        match message.filter(is_whole) {
            Some(message) => {
                let [looped, alternating] = &message.rendered;
                let known = match self.rules.layout {
                    Layout::Looped => looped,
                    Layout::Alternating => alternating,
                };
                *known.get_or_init(count)
            }
            None => count(),
        }
    }

    /// The tool of the last call with this id; empty when there is none.
    fn name(&mut self, call_id: &str) -> &'a str {
        for call in self.made.drain(..).filter(|call| !call.id.is_empty()) {
            self.names.insert(&call.id, &call.name);
        }
        let name = self.names.get(call_id).copied();
        self.has_asked_in_vain |= name.is_none();
        name.unwrap_or_default()
    }

    pub(super) fn answer(&mut self, answer: Answer<'a>) {
        self.settle_calls();
        if self.rules.layout == Layout::Alternating && self.answers.is_empty() {
            self.take_turn(answer.index, Speaker::User);
        }
        self.flush();
        self.answers.push(answer);
        self.is_empty = false;
        self.follows_answers = true;
    }

    pub(super) fn settle_answers(&mut self) {
        if self.answers.is_empty() {
            return;
        }
        let mut round = std::mem::take(&mut self.answers);
        // A single answer does not repeat the name.
        if round.len() > 1 {
            for answer in round.iter_mut().filter(|answer| answer.name.is_none()) {
                answer.name = Some(self.name(answer.call_id));
            }
        }
        answers(&round, self.request, &mut self.costs);
        self.stand_behind_answers();
    }

    /// The round is over. Where the assistant's turn goes on, it is still open.
    pub(super) fn stand_behind_answers(&mut self) {
        self.run.after = After::Other;
        self.in_loop = self.rules.layout == Layout::Looped;
    }
}
