//! The room that a summary gets, and what stands there until it is written.

use std::sync::Arc;

use crate::count::count_message;
use crate::plan::choose::RemovalTerms;
use crate::plan::document::SummarySlot;
use crate::plan::draft::{Changes, Summary};
use crate::plan::{digest, summary};

use super::{Found, OUTPUT, Search};

/// Tokens of the summary that the terms pay for.
pub(super) fn slot_of(terms: Option<RemovalTerms>) -> u32 {
    terms.map_or(0, |terms| (terms.cost / OUTPUT) as u32)
}

impl Search<'_> {
    /// For how many of the oldest messages that may go a summary can be asked for, at least, if one may be written: the request for
    /// the smallest has to fit the summariser's window. What fits for some fits for more.
    pub(super) fn fewest_asked(&self) -> Option<usize> {
        if !self.policy.summarise || self.policy.summary_tokens < summary::SMALLEST {
            return None;
        }
        let (mut messages, mut ends) = (Vec::new(), Vec::new());
        let groups = self.ground.groups.iter().zip(&self.offers.removals);
        for (group, _) in groups.filter(|(_, removal)| removal.is_some()) {
            messages.extend(group.messages.clone());
            ends.push(messages.len());
        }
        let cannot = |end: &usize| {
            let messages = messages.get(..*end).unwrap_or_default();
            self.slot(messages, summary::SMALLEST).is_none()
        };
        match ends.first() {
            Some(first) if !cannot(first) => Some(*first),
            _ => ends.get(ends.partition_point(cannot)).copied(),
        }
    }

    /// The largest slot of at most `most` tokens whose requests fit the summariser's window, by halves.
    pub(super) fn slot(&self, messages: &[usize], most: u32) -> Option<SummarySlot> {
        let halves = std::iter::successors(Some(most), |slot| {
            (*slot > summary::SMALLEST).then_some((slot / 2).max(summary::SMALLEST))
        });
        let mut slots = halves.filter(|slot| *slot >= summary::SMALLEST);
        slots.find_map(|slot| summary::slot(self.draft, self.ground, self.policy, messages, slot))
    }

    /// The least that may stand in place of `count` messages: a note, or where notes may not be, the smallest summary.
    pub(in crate::plan) fn least_text(&self, count: usize) -> String {
        match self.policy.drop {
            true => digest::shortest(count),
            false => summary::fullest(count, summary::SMALLEST, self.draft.counter),
        }
    }

    /// `changes` as a result, if they reach `goal`: a summary gets a part of the room that is left, up to what the policy
    /// allows, and a digest takes its place until it is written. Where it has no room a note stands there, if the policy allows
    /// one.
    pub(in crate::plan) fn filled(&self, changes: &Changes, goal: u32, part: u32) -> Option<Found> {
        self.filled_up_to(self.policy.summary_tokens, changes, goal, part)
    }

    /// The same for what was chosen with `terms`: a summary gets no more than they pay for, unless they pay for none.
    pub(super) fn filled_as(
        &self,
        terms: Option<RemovalTerms>,
        changes: &Changes,
        goal: u32,
    ) -> Option<Found> {
        let most = match slot_of(terms) {
            0 => self.policy.summary_tokens,
            slot => slot,
        };
        self.filled_up_to(most, changes, goal, 1)
    }

    /// The same with a summary of at most `most` tokens.
    fn filled_up_to(&self, most: u32, changes: &Changes, goal: u32, part: u32) -> Option<Found> {
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
        let least = if self.policy.drop {
            0
        } else {
            summary::SMALLEST
        };
        let wanted = most
            .min(spare.saturating_add(least))
            .min(room.saturating_sub(summary::most_content(count, 0, counter)));
        let mut slot = if self.may_summarise() { wanted } else { 0 };
        let with = |text: String| Changes {
            summary: Some(Summary {
                messages: gap.messages.clone(),
                text,
            }),
            ..changes.clone()
        };
        let fullest = |slot: u32| self.size(&with(summary::fullest(count, slot, counter)));
        while slot >= summary::SMALLEST {
            let over = fullest(slot)?.saturating_sub(goal);
            if over == 0 {
                break;
            }
            slot = slot
                .saturating_sub(over.max(slot / 16).max(1))
                .max(least.min(slot - 1));
        }
        let slot = self.slot(&gap.messages, slot);
        if slot.is_none() && !self.policy.drop {
            return None;
        }
        let fullest = match &slot {
            Some(slot) => fullest(slot.max_tokens)?,
            None => 0,
        };
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

    /// The upper bound of `changes`, with room for the summary that the terms pay for; `None` where what is removed has no room
    /// for any, or none can be asked for.
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
        if slot < summary::SMALLEST || self.fewest_asked.is_none_or(|fewest| count < fewest) {
            return None;
        }
        self.size(&Changes {
            summary: Some(Summary {
                messages: gap.messages.clone(),
                text: summary::fullest(count, slot, self.draft.counter),
            }),
            ..changes.clone()
        })
    }
}
