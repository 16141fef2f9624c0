//! The room that a summary gets, and what stands there until it is written.

use std::sync::Arc;

use crate::count::count_message;
use crate::plan::choose::RemovalTerms;
use crate::plan::draft::{Changes, Summary};
use crate::plan::{digest, summary};

use super::{Found, OUTPUT, Search};

/// Tokens of the summary that the terms pay for.
pub(super) fn slot_of(terms: Option<RemovalTerms>) -> u32 {
    terms.map_or(0, |terms| (terms.cost / OUTPUT) as u32)
}

impl Search<'_> {
    /// `changes` as a result, if they reach `goal`: a summary gets a part of the room that is left, up to what the policy
    /// allows, and a digest takes its place until it is written.
    pub(in crate::plan) fn filled(&self, changes: &Changes, goal: u32, part: u32) -> Option<Found> {
        let mut changes = changes.clone();
        self.drop_larger(&mut changes)?;
        self.drop_useless(&mut changes);
        let changes = &changes;
        let bare = self.draft.project(changes)?;
        let spare = goal.checked_sub(bare.upper_bound)? / part;
        let Some(gap) = &changes.summary else {
            return Some(Found {
                changes: changes.clone(),
                upper_bound: bare.upper_bound,
                projection: bare,
                slot: None,
                bound: None,
            });
        };
        let counter = self.draft.counter;
        let count = gap.messages.len();
        let room = self.room(changes, &gap.messages)?;
        let wanted = self
            .policy
            .summary_tokens
            .min(spare)
            .min(room.saturating_sub(summary::most_content(count, 0, counter)));
        let mut slot = if self.policy.summarise { wanted } else { 0 };
        let with = |text: String| Changes {
            summary: Some(Summary {
                messages: gap.messages.clone(),
                text,
            }),
            ..changes.clone()
        };
        let mut fullest = 0;
        while slot >= summary::SMALLEST {
            fullest = self.size(&with(summary::fullest(count, slot, counter)))?;
            if fullest <= goal {
                break;
            }
            slot = slot.saturating_sub((fullest - goal).max(slot / 16).max(1));
        }
        let slot = (slot >= summary::SMALLEST)
            .then(|| summary::slot(self.draft, self.ground, self.policy, &gap.messages, slot))
            .flatten();
        let least = counter.count_text(&digest::shortest(count));
        let mut budget = match &slot {
            Some(slot) => summary::most_content(count, slot.max_tokens, counter),
            None => least.saturating_add(spare),
        };
        budget = budget.min(room).max(least);
        loop {
            let text = digest::digest(
                self.draft.conversation(),
                self.ground,
                &gap.messages,
                budget,
                counter,
            );
            let filled = with(text);
            let projection = self.draft.project(&filled)?;
            let upper_bound = match &slot {
                Some(_) => projection.upper_bound.max(fullest),
                None => projection.upper_bound,
            };
            if upper_bound <= goal {
                return Some(Found {
                    changes: filled,
                    projection,
                    upper_bound,
                    slot,
                    bound: None,
                });
            }
            if budget <= least {
                return None;
            }
            budget = least;
        }
    }

    /// Most tokens of content with which a note takes no more than `messages` did; `None` when even the shortest does.
    pub(super) fn room(&self, changes: &Changes, messages: &[usize]) -> Option<u32> {
        let removed: i64 = messages
            .iter()
            .filter_map(|&index| self.before.messages.get(index))
            .map(|message| i64::from(message.tokens))
            .sum();
        let text = digest::shortest(messages.len());
        let kept = |index: usize| !changes.removes(index);
        let place = *messages.first()?;
        let entries = summary::entries(self.draft.conversation(), &kept, place, &text);
        let counted = entries
            .into_iter()
            .map(|raw| {
                let message = self.draft.read(raw)?;
                Some(Arc::new(count_message(message, self.draft.counter)))
            })
            .collect::<Option<Vec<_>>>()?;
        let shortest = self.draft.alone(counted);
        let content = i64::from(self.draft.counter.count_text(&text));
        u32::try_from(removed - (shortest - content).max(0))
            .ok()
            .filter(|room| i64::from(*room) >= content)
    }

    /// The upper bound of `changes` as they are; `None` when some message does not allow its change.
    pub(super) fn size(&self, changes: &Changes) -> Option<u32> {
        Some(self.draft.project(changes)?.upper_bound)
    }

    /// The upper bound of `changes`, with room for the summary that the terms pay for.
    pub(in crate::plan) fn reserved(
        &self,
        changes: &Changes,
        terms: Option<RemovalTerms>,
    ) -> Option<u32> {
        let slot = slot_of(terms);
        let Some(gap) = changes.summary.as_ref().filter(|_| slot > 0) else {
            return self.size(changes);
        };
        let count = gap.messages.len();
        let room = self.room(changes, &gap.messages)?;
        let slot =
            slot.min(room.saturating_sub(summary::most_content(count, 0, self.draft.counter)));
        self.size(&Changes {
            summary: Some(Summary {
                messages: gap.messages.clone(),
                text: summary::fullest(count, slot, self.draft.counter),
            }),
            ..changes.clone()
        })
    }
}
