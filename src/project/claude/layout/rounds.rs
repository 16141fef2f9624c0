//! Calls and their answers, each of which are rendered together.

use super::{After, Speaker, Writer};
use crate::conversation::ToolCall;
use crate::models::Framing;
use crate::project::claude::answers::{Answer, answers};
use crate::project::claude::calls;
use crate::project::claude::rules::Layout;
use crate::project::estimate::Estimate;
use crate::project::shares::shares;

impl<'a> Writer<'_, 'a> {
    pub(super) fn call(&mut self, index: usize, call: &'a ToolCall, has_text: bool) {
        if !call.id.is_empty() {
            self.names.insert(&call.id, &call.name);
        }
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
        let tokens = self.before_calls + calls::calls(&own, self.request);
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
        let round = std::mem::take(&mut self.answers);
        answers(&round, self.request, &mut self.costs);
        self.run.after = After::Other;
        self.in_loop = self.rules.layout == Layout::Looped;
    }
}
