//! What changes are worth as they were made and counted.

use crate::plan::cut;
use crate::plan::document::SummarySlot;
use crate::plan::draft::{Change, Changed, Changes};
use crate::plan::offers::Act;
use crate::project::Projection;

use super::{OUTPUT, Search};

/// What it costs to have a summary written.
pub(in crate::plan) fn writing(slot: Option<&SummarySlot>) -> f64 {
    slot.map_or(0.0, |slot| f64::from(slot.max_tokens) * OUTPUT)
}

impl Search<'_> {
    /// What `changes` are worth, with a summary in place of the removed or a note: loss, and money over the horizon. Without a
    /// projection they are made first.
    pub(in crate::plan) fn objective(
        &self,
        changes: &Changes,
        is_summarised: bool,
        after: Option<&Projection>,
    ) -> Option<f64> {
        let made;
        let after = match after {
            Some(after) => after,
            None => {
                made = self.draft.project(changes)?;
                &made
            }
        };
        let (rewrite, saved) = self.money(changes, after);
        Some(self.loss(changes, is_summarised) + rewrite - saved)
    }

    /// What is written again, and what is saved over the horizon.
    pub(in crate::plan) fn money(&self, changes: &Changes, after: &Projection) -> (f64, f64) {
        let Some(first) = changes.first() else {
            return (0.0, 0.0);
        };
        let freed = f64::from(self.before.tokens) - f64::from(after.tokens);
        let kept: u64 = self
            .before
            .messages
            .iter()
            .take(first)
            .map(|message| u64::from(message.tokens))
            .sum();
        let all: u64 = self
            .before
            .messages
            .iter()
            .map(|message| u64::from(message.tokens))
            .sum();
        let behind = (all - kept) as f64 - freed;
        (
            self.money.rewrite * behind.max(0.0),
            self.money.saving * freed,
        )
    }

    /// What `changes` are expected to be missed for, with a summary in place of the removed or a note.
    pub(in crate::plan) fn loss(&self, changes: &Changes, is_summarised: bool) -> f64 {
        let mut sum = 0.0;
        let sizes = &self.offers.sizes;
        for changed @ Changed { number, change, .. } in changes.results.iter() {
            let size = sizes.get(*number).copied().unwrap_or(0);
            let Some(worth) = self.ground.worths.results.get(*number) else {
                sum += self.cut_said(changed);
                continue;
            };
            sum += match change {
                Change::Mask { .. } => self.scale.masked(worth, size),
                Change::Cut { text, .. } => {
                    self.scale
                        .cut(worth, size, self.draft.counter.count_text(text))
                }
            };
        }
        let tokens = |index: &usize| self.before.messages.get(*index).map_or(0, |m| m.tokens);
        // Most changes drop no thoughts and remove no group without a trace.
        let thoughtful = (!changes.reasoning.is_empty()).then_some(&self.offers.groups);
        for offer in thoughtful.into_iter().flatten().flatten() {
            match offer.acts.as_slice() {
                [Act::Reasoning(message)] if changes.reasoning.contains(message) => {
                    sum += offer.loss;
                }
                _ => {}
            }
        }
        let removed = (!changes.removed.is_empty()).then_some(&self.ground.groups);
        for (index, group) in removed.into_iter().flatten().enumerate() {
            if !changes.removed.contains(&group.messages.start) {
                continue;
            }
            let gone = self.offers.groups.get(index).into_iter().flatten();
            sum += gone
                .filter(|offer| *offer.acts == [Act::Remove])
                .map(|offer| offer.loss)
                .sum::<f64>();
        }
        if let Some(summary) = &changes.summary {
            for (index, group) in self.ground.groups.iter().enumerate() {
                if summary.replaces(group.messages.start) {
                    let removal = self.offers.removals.get(index).copied().flatten();
                    sum += removal.map_or_else(
                        || f64::from(tokens(&group.messages.start)),
                        |removal| removal.loss(is_summarised),
                    );
                }
            }
        }
        sum
    }

    /// What the middle of a text of the user's is expected to be missed for.
    fn cut_said(&self, Changed { place, change, .. }: &Changed) -> f64 {
        let message = self.draft.message(place.message);
        let text = message.and_then(|message| cut::said_text(message, place.part));
        let [tokens, kept] = [text.unwrap_or_default(), change.text()]
            .map(|text| self.draft.counter.count_text(text));
        let groups = &self.ground.groups;
        let behind = groups.partition_point(|group| group.messages.start <= place.message);
        self.scale.cut_said(tokens, kept, groups.len() - behind)
    }
}
