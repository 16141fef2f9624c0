//! Shares of categories: where the best plan leaves one above its allowance, it gives way before the others do.
//!
//! A plan that keeps every allowance is the best under shares if it is the best without. So the search goes as without them,
//! and only where a category with a share is left above its allowance, again in stages: results give up what they have too much,
//! then the conversation does, and what is still needed comes from the results as far as it can. While the conversation is within
//! its allowance, groups are removed for nothing but room that the results cannot make, and no more of them than that takes.

mod oldest;

use crate::plan::categories::{Budgets, Excess};
use crate::plan::choose::{RemovalTerms, Solution};
use crate::plan::digest;
use crate::plan::draft::{Changes, Summary};

use super::offered::{Class, Menu};
use super::slot::slot_of;
use super::{Found, Search};

/// Most times that more is asked for because the count leaves a category above its allowance.
const LOOKS: usize = 4;

impl Search<'_> {
    /// `found`, or what is found in stages where that leaves less above the allowances and lands as low. Its bound is below all
    /// choices, whatever they leave above the allowances: what the shares cost is in the gap.
    pub(super) fn within_shares(&self, found: Found, target: u32, available: u32) -> Found {
        let Some(budgets) = &self.budgets else {
            return found;
        };
        let excess = |found: &Found| budgets.excess(&found.projection).total();
        if excess(&found) == 0 || found.changes.cut_the_user() {
            return found;
        }
        self.in_stages.set(true);
        let other = match found.upper_bound <= target {
            true => self.best(target),
            false => self.found(target, available).ok(),
        };
        self.in_stages.set(false);
        let lands = |other: &Found| other.upper_bound <= target.max(found.upper_bound);
        let other = other.filter(|other| lands(other) && excess(other) < excess(&found));
        match other {
            Some(other) => self.bounded_by(other, &found),
            None => found,
        }
    }

    /// Whether `more` leaves no category further above its allowance than `changes`, as far as that is looked at.
    pub(super) fn keeps_shares(&self, changes: &Changes, more: &Changes) -> bool {
        let budgets = self.budgets.as_ref().filter(|_| self.in_stages.get());
        budgets.is_none_or(|budgets| {
            let excess = |changes| Some(budgets.excess(&self.draft.project(changes)?).total());
            excess(more) <= excess(changes)
        })
    }

    /// A choice that leaves as little as it can above the allowances.
    pub(super) fn chosen_in_stages(
        &self,
        budgets: &Budgets,
        need: u32,
        terms: Option<RemovalTerms>,
    ) -> Option<Solution> {
        let (mut over, mut groups) = (budgets.over(), 0);
        let mut best: Option<(u32, Solution)> = None;
        for _ in 0..LOOKS {
            let Some(solution) = self.staged(budgets, (over, groups), need, terms) else {
                break;
            };
            // Where a message does not allow its change, that is found out by who asked.
            let Some(left) = self.excess(budgets, &solution) else {
                return Some(solution);
            };
            let removed = solution.removed;
            if best.as_ref().is_none_or(|(least, _)| left.total() < *least) {
                best = Some((left.total(), solution));
            }
            if left == Excess::default() {
                break;
            }
            // Whole groups go: asking for a little more may be asking for the same.
            groups = match left.conversation {
                0 => groups,
                _ => removed + 1,
            };
            over = over.plus(left);
        }
        best.map(|(_, solution)| solution)
    }

    /// What a choice leaves above the allowances, with what is going to stand in place of the removed.
    fn excess(&self, budgets: &Budgets, solution: &Solution) -> Option<Excess> {
        let mut changes = self.changes(solution);
        if let Some(gap) = &changes.summary {
            let room = self.room(&changes, &gap.messages)?;
            let (conversation, counter) = (self.draft.conversation(), self.draft.counter);
            let text = digest::digest(conversation, self.ground, &gap.messages, room, counter);
            let messages = gap.messages.clone();
            changes.summary = Some(Summary { messages, text });
        }
        Some(budgets.excess(&self.draft.project(&changes)?))
    }

    /// The best choice that frees what categories have too much, as far as it can, with at least so many groups removed.
    fn staged(
        &self,
        budgets: &Budgets,
        (over, groups): (Excess, usize),
        need: u32,
        terms: Option<RemovalTerms>,
    ) -> Option<Solution> {
        let [earliest, _] = &self.behind;
        let none = vec![0; self.offers.groups.len()];
        let menu = Menu {
            base: &none,
            class: Class::Media,
            gone: 0,
            behind: earliest,
            from: (0, 0),
            is_summarised: slot_of(terms) > 0,
        };
        let (shown, _) = self.given(menu, over.media);
        let menu = Menu {
            base: &shown,
            class: Class::Thoughts,
            ..menu
        };
        let (base, thought) = self.given(menu, over.conversation);
        let class = match over.conversation {
            0 => Class::Results,
            _ => Class::Any,
        };
        let menu = Menu {
            base: &base,
            class,
            ..menu
        };
        let talk = over.conversation.saturating_sub(thought);
        let gone = self.fewest(budgets, &menu, need, (talk, groups), terms)?;
        let behind = self.behind_removed(earliest, gone.count);
        let menu = Menu {
            gone: gone.count,
            behind: &behind,
            ..menu
        };
        self.chosen_beside(menu, gone, over.results, need, terms)
    }

    /// The base of a menu with what frees `over` tokens, or all that its class can: its offers, and what they free.
    fn given(&self, menu: Menu<'_>, over: u32) -> (Vec<usize>, u32) {
        let most = self.most(&menu);
        let most = most
            .iter()
            .fold(0, |sum: u32, most| sum.saturating_add(*most));
        let over = over.min(most);
        let given = (over > 0).then(|| self.chosen_of(menu, over, None));
        match given.flatten() {
            Some(given) => (given.options, u32::try_from(given.freed).unwrap_or(0)),
            None => (menu.base.to_vec(), 0),
        }
    }
}
