//! A choice as changes to messages, consistent with each other.

use std::rc::Rc;
use std::sync::Arc;

use crate::models::Family;
use crate::plan::choose::Solution;
use crate::plan::document::Cause;
use crate::plan::draft::{Change, Changed, Changes, Results, Summary};
use crate::plan::offers::Act;
use crate::plan::steps::MOST_OF_ONE_TURN;
use crate::plan::{cut, mask};
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
                    let offered = self.offers.masked.get(number).and_then(Option::as_ref);
                    let cause = offered.map_or(worth.cause, |offered| offered.cause);
                    let change = self.masked(number, cause);
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
        let worth = self.ground.worths.results.get(number);
        let made = || {
            let size = self.offers.sizes.get(number).copied().unwrap_or(0);
            worth.map_or_else(Arc::default, |worth| {
                mask::placeholder(worth, cause, size).into()
            })
        };
        let placeholder = match self.offers.masked.get(number).and_then(Option::as_ref) {
            Some(known) if known.cause == cause => known.text.clone(),
            Some(known) if cause == Cause::Old => known.plain.get_or_init(made).clone(),
            _ => made(),
        };
        Change::Mask { cause, placeholder }
    }

    /// Takes whole groups out, with the least that may stand in their place until [`filled`](Self::filled) writes another.
    pub(super) fn remove(&self, changes: &mut Changes, groups: impl Iterator<Item = usize>) {
        let groups = groups.filter_map(|group| self.ground.groups.get(group));
        let messages: Vec<usize> = groups.flat_map(|group| group.messages.clone()).collect();
        if messages.is_empty() {
            return;
        }
        let gone = |index: &usize| messages.binary_search(index).is_ok();
        changes
            .results_mut()
            .retain(|changed| !gone(&changed.place.message));
        changes.reasoning.retain(|index| !gone(index));
        changes.removed.retain(|index| !gone(index));
        changes.summary = Some(Summary {
            text: self.least_text(messages.len()),
            messages,
        });
    }

    /// Makes a set of changes consistent: a result that repeats another one says so only while that one stays, and
    /// thoughts that an edit invalidates go with it.
    pub(super) fn settle(&self, changes: &mut Changes) {
        let is_plain = |changed: &&Changed| {
            let worth = self.ground.worths.results.get(changed.number);
            let later = worth.and_then(|worth| worth.later);
            let stays = |later: usize| !changes.removes(later) && !changes.results.is_in(later);
            changed.change.says_later() && !later.is_some_and(stays)
        };
        let plain: Vec<Changed> = changes.results.iter().filter(is_plain).cloned().collect();
        for changed in plain {
            let change = self.masked(changed.number, Cause::Old);
            changes.results_mut().set(Changed { change, ..changed });
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
        if self.is_joint() {
            return Some(());
        }
        let unsure = |changed: &&Changed| !self.is_counted(changed);
        let unsure: Results = changes.results.iter().filter(unsure).cloned().collect();
        if unsure.is_empty() {
            return Some(());
        }
        let results = Changes {
            results: Rc::new(unsure),
            ..Changes::default()
        };
        let after = self.draft.project(&results)?;
        let tokens =
            |all: &Projection, index: usize| all.messages.get(index).map_or(0, |m| m.tokens);
        let is_larger = |index: &usize| tokens(&after, *index) > tokens(self.before, *index);
        let stays = |changed: &Changed| !is_larger(&changed.place.message);
        if !changes.results.iter().all(stays) {
            changes.results_mut().retain(stays);
        }
        Some(())
    }

    /// Whether a change frees what it is known to free, which is more than nothing.
    fn is_counted(&self, changed: &Changed) -> bool {
        let worth = self.ground.worths.results.get(changed.number);
        let masked = self.offers.masked.get(changed.number);
        worth.is_some_and(|worth| self.apart.get(worth.group) == Some(&true))
            && masked.is_some_and(|masked| {
                let masked = masked.as_ref();
                masked.is_some_and(|masked| Arc::ptr_eq(&masked.text, changed.change.text()))
            })
    }

    /// Whether parallel results share their cost, so that one message takes more when another takes less.
    fn is_joint(&self) -> bool {
        self.draft.model.framing.family() == Family::Openai
    }

    /// Whether other results stand in the same turn.
    fn is_parallel(&self, changed: &Changed) -> bool {
        let results = &self.ground.worths.results;
        let group = |number: usize| results.get(number).map(|worth| worth.group);
        let number = changed.number;
        let own = group(number);
        own.is_some() && (group(number + 1) == own || number > 0 && group(number - 1) == own)
    }

    /// Whether what a change leaves takes fewer tokens than the result did.
    fn is_shorter(&self, changed: &Changed) -> bool {
        let size = self.offers.sizes.get(changed.number);
        size.is_none_or(|size| self.draft.counter.count_text(changed.change.text()) < *size)
    }

    /// Takes back what frees nothing in a turn of several results, whose joint cost is more than the sum of their texts. Where they
    /// are too many to be measured one by one, their own texts decide.
    pub(super) fn drop_useless(&self, changes: &mut Changes) {
        let mut useless = Vec::new();
        let groups = self.ground.groups.iter();
        let runs = groups.clone().map(|group| group.messages.clone());
        for (group, own) in groups.zip(changes.results.of_each(runs)) {
            let is_sure = match own {
                [] => true,
                [only] => self.is_counted(only) || !self.is_parallel(only),
                _ => false,
            };
            if is_sure {
                continue;
            }
            if own.len() > MOST_OF_ONE_TURN {
                let longer = own.iter().filter(|changed| !self.is_shorter(changed));
                useless.extend(longer.map(|changed| changed.place));
                continue;
            }
            let mut made = Changes::default();
            let mut size = self.draft.turn(group.messages.clone(), &made);
            for changed in own {
                let mut more = made.clone();
                more.results_mut().set(changed.clone());
                let next = self.draft.turn(group.messages.clone(), &more);
                if next < size {
                    (size, made) = (next, more);
                } else {
                    useless.push(changed.place);
                }
            }
        }
        if !useless.is_empty() {
            let stays = |changed: &Changed| useless.binary_search(&changed.place).is_err();
            changes.results_mut().retain(stays);
        }
    }
}
