//! A choice as changes to messages, consistent with each other.

use crate::models::Family;
use crate::plan::choose::Solution;
use crate::plan::document::Cause;
use crate::plan::draft::{Change, Changes, Summary};
use crate::plan::offers::Act;
use crate::plan::{cut, digest, mask};
use crate::project::Projection;

use super::Search;
use super::thoughts::thinks;

impl Search<'_> {
    /// The changes that a choice stands for.
    pub(in crate::plan) fn changes(&self, solution: &Solution) -> Changes {
        let mut changes = Changes::default();
        for (group, (offers, &option)) in
            self.offers.groups.iter().zip(&solution.options).enumerate()
        {
            for act in offers.get(option).iter().flat_map(|offer| &offer.acts) {
                self.act(&mut changes, group, *act);
            }
        }
        let removable = self.offers.removals.iter().enumerate();
        let removable = removable.filter(|(_, removal)| removal.is_some());
        let groups = removable.take(solution.removed).map(|(group, _)| group);
        self.remove(&mut changes, groups);
        self.settle(&mut changes);
        changes
    }

    pub(super) fn act(&self, changes: &mut Changes, group: usize, act: Act) {
        match act {
            Act::Mask(number) => {
                if let Some(worth) = self.ground.worths.results.get(number) {
                    let change = self.masked(number, worth.cause);
                    cut::set(changes, number, worth, change);
                }
            }
            Act::Cut(number, length) => {
                let worth = self.ground.worths.results.get(number);
                let cut = worth.and_then(|worth| {
                    let text = cut::text_at(self.draft, worth)?;
                    Some((worth, cut::cut(self.draft, worth, &text, length)?))
                });
                match cut {
                    Some((worth, change)) => cut::set(changes, number, worth, change),
                    None => self.act(changes, group, Act::Mask(number)),
                }
            }
            Act::Reasoning(message) => {
                changes.reasoning.insert(message);
            }
            Act::Remove => {
                if let Some(group) = self.ground.groups.get(group) {
                    changes.removed.extend(group.messages.clone());
                }
            }
        }
    }

    pub(super) fn masked(&self, number: usize, cause: Cause) -> Change {
        let size = self.offers.sizes.get(number).copied().unwrap_or(0);
        let worth = self.ground.worths.results.get(number);
        Change::Mask {
            cause,
            placeholder: worth
                .map_or_else(String::new, |worth| mask::placeholder(worth, cause, size)),
        }
    }

    /// Takes whole groups out, with the shortest note in their place until [`filled`](Self::filled) writes another.
    pub(super) fn remove(&self, changes: &mut Changes, groups: impl Iterator<Item = usize>) {
        let groups = groups.filter_map(|group| self.ground.groups.get(group));
        let messages: Vec<usize> = groups.flat_map(|group| group.messages.clone()).collect();
        if messages.is_empty() {
            return;
        }
        let gone = |index: &usize| messages.binary_search(index).is_ok();
        changes.results_mut().retain(|index, _| !gone(index));
        changes.reasoning.retain(|index| !gone(index));
        changes.removed.retain(|index| !gone(index));
        changes.summary = Some(Summary {
            text: digest::shortest(messages.len()),
            messages,
        });
    }

    /// Makes a set of changes consistent: a result that repeats another one says so only while that one stays, and
    /// thoughts that an edit invalidates go with it.
    pub(super) fn settle(&self, changes: &mut Changes) {
        let mut plain = Vec::new();
        for (message, results) in changes.results.iter() {
            for (part, (number, change)) in results {
                let Some(worth) = self.ground.worths.results.get(*number) else {
                    continue;
                };
                let Change::Mask { cause, .. } = change else {
                    continue;
                };
                let says_later = matches!(
                    cause,
                    Cause::Duplicate | Cause::Superseded | Cause::NearDuplicate
                );
                let stays = worth.later.is_some_and(|later| {
                    !changes.removes(later) && !changes.results.contains_key(&later)
                });
                if says_later && !stays {
                    plain.push((*message, *part, *number));
                }
            }
        }
        for (message, part, number) in plain {
            let change = (number, self.masked(number, Cause::Old));
            changes
                .results_mut()
                .entry(message)
                .or_default()
                .insert(part, change);
        }
        if self.strips && !changes.is_empty() {
            let messages = &self.draft.conversation().messages;
            for (index, message) in messages.iter().enumerate() {
                if thinks(message) && !changes.removes(index) {
                    changes.reasoning.insert(index);
                }
            }
        }
    }

    /// Takes back what would make a message larger (C8): where a result is an object, its text is written into it.
    pub(super) fn drop_larger(&self, changes: &mut Changes) -> Option<()> {
        if changes.results.is_empty() {
            return Some(());
        }
        let results = Changes {
            results: changes.results.clone(),
            ..Changes::default()
        };
        let after = self.draft.project(&results)?;
        let tokens =
            |all: &Projection, index: usize| all.messages.get(index).map_or(0, |m| m.tokens);
        let is_larger = |index: &usize| tokens(&after, *index) > tokens(self.before, *index);
        if !self.is_joint() && changes.results.keys().any(is_larger) {
            changes.results_mut().retain(|index, _| !is_larger(index));
        }
        Some(())
    }

    /// Whether parallel results share their cost, so that one message takes more when another takes less.
    fn is_joint(&self) -> bool {
        self.draft.model.framing.family() == Family::Openai
    }

    /// Takes back what frees nothing in a turn of several results, whose joint cost is more than the sum of their texts.
    pub(super) fn drop_useless(&self, changes: &mut Changes) {
        let mut useless = Vec::new();
        for group in &self.ground.groups {
            let in_group = changes.results.range(group.messages.clone());
            let places: Vec<(usize, usize)> = in_group
                .flat_map(|(message, results)| results.keys().map(move |part| (*message, *part)))
                .collect();
            if places.len() < 2 {
                continue;
            }
            let mut made = Changes::default();
            let mut size = self.draft.turn(group.messages.clone(), &made);
            for (message, part) in places {
                let Some(change) = changes.results.get(&message).and_then(|all| all.get(&part))
                else {
                    continue;
                };
                let results = made.results_mut().entry(message).or_default();
                results.insert(part, change.clone());
                let next = self.draft.turn(group.messages.clone(), &made);
                if next < size {
                    size = next;
                    continue;
                }
                useless.push((message, part));
                if let Some(results) = made.results_mut().get_mut(&message) {
                    results.remove(&part);
                }
                made.results_mut().retain(|_, results| !results.is_empty());
            }
        }
        if useless.is_empty() {
            return;
        }
        for (message, part) in useless {
            if let Some(results) = changes.results_mut().get_mut(&message) {
                results.remove(&part);
            }
        }
        changes
            .results_mut()
            .retain(|_, results| !results.is_empty());
    }
}
