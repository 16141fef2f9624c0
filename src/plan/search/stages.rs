//! Shares of categories: where the best plan leaves one above its allowance, it gives way before the others do.
//!
//! A plan that keeps every allowance is the best under shares if it is the best without. So the search goes as without them,
//! and only where a category with a share is left above its allowance, again in stages: results give up what they have too much,
//! then the conversation does, and what is still needed comes from the results as far as it can. While the conversation is within
//! its allowance, groups are removed for nothing but room that the results cannot make, and no more of them than that takes.

use crate::plan::categories::{Budgets, Excess};
use crate::plan::choose::{RemovalTerms, Solution};
use crate::plan::digest;
use crate::plan::draft::{Changes, Summary};

use super::offered::{Class, Menu};
use super::slot::slot_of;
use super::{Found, Search};

/// Most times that more is asked for because the count leaves a category above its allowance.
const LOOKS: usize = 4;

/// The oldest groups that go.
#[derive(Clone, Copy, Debug, Default)]
struct Gone {
    count: usize,
    /// Their tokens.
    freed: u32,
    /// Of these, results'.
    results: u32,
    /// What was said in them.
    said: u32,
    /// What results that stay can free besides.
    left: u32,
}

impl Search<'_> {
    /// `found`, or what is found in stages where that leaves less above the allowances and lands as low. With shares no bound is
    /// stated: what they lead to can leave the terms that it is for.
    pub(super) fn within_shares(&self, found: Found, target: u32, available: u32) -> Found {
        let Some(budgets) = &self.budgets else {
            return found;
        };
        let excess = |found: &Found| budgets.excess(&found.projection).total();
        let found = Found {
            bound: None,
            ..found
        };
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
        other.map_or(found, |other| Found {
            bound: None,
            ..other
        })
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

    /// For each group the most that its offers on the menu free beyond the base.
    fn most(&self, menu: &Menu<'_>) -> Vec<u32> {
        let groups = self.offers.groups.iter().zip(menu.base).enumerate();
        let most = groups.map(|(group, (offers, base))| {
            let done = offers.get(*base).map_or(0, |done| done.freed);
            let on = offers.iter().filter(|offer| self.is_on(menu, group, offer));
            on.map(|offer| offer.freed - done).max().unwrap_or(0)
        });
        most.collect()
    }

    /// The fewest of the oldest groups to remove, at least `groups` if there are as many: so that the conversation gives up `talk`
    /// tokens, if it can at all, and what is left of the need can be freed by the menu.
    fn fewest(
        &self,
        budgets: &Budgets,
        menu: &Menu<'_>,
        need: u32,
        (talk, groups): (u32, usize),
        terms: Option<RemovalTerms>,
    ) -> Option<Gone> {
        let most = self.most(menu);
        let done = |group: usize| {
            let base = menu.base.get(group).copied().unwrap_or(0);
            let offers = self.offers.groups.get(group);
            offers
                .and_then(|offers| offers.get(base))
                .map_or(0, |done| done.freed)
        };
        let left = (0..most.len())
            .zip(&most)
            .map(|(group, most)| done(group).saturating_add(*most));
        let mut gone = Gone {
            left: left.fold(0, u32::saturating_add),
            ..Gone::default()
        };
        let mut all = vec![gone];
        if terms.is_some() {
            for (group, removal) in self.offers.removals.iter().enumerate() {
                let Some(removal) = removal else { continue };
                let own = most
                    .get(group)
                    .map_or(0, |most| done(group).saturating_add(*most));
                let spent = budgets.spent(group);
                gone = Gone {
                    count: gone.count + 1,
                    freed: gone.freed.saturating_add(removal.freed),
                    results: gone.results.saturating_add(spent.results),
                    said: gone.said.saturating_add(spent.said),
                    left: gone.left.saturating_sub(own),
                };
                all.push(gone);
            }
        }
        let (talk, groups) = (talk.min(gone.said), groups.min(gone.count));
        // A note takes less than what it stands for.
        let note = self.draft.counter.count_text(&digest::shortest(1));
        let least = terms.map_or(0, |terms| terms.least);
        let reaches = |gone: &Gone| {
            let frees = u64::from(gone.freed) + u64::from(gone.left);
            let has_room = gone.count == 0 || gone.freed > note.max(least);
            let needed = u64::from(need) + u64::from(taken(gone, terms));
            has_room && gone.count >= groups && gone.said >= talk && frees >= needed
        };
        all.into_iter().find(reaches)
    }

    /// For each group the tokens that are written again when it is the first that changes beside the removed.
    fn behind_removed(&self, behind: &[u32], count: usize) -> Vec<u32> {
        let removed = self.offers.removals.iter().position(Option::is_some);
        let least = removed
            .filter(|_| count > 0)
            .and_then(|first| behind.get(first).copied());
        let least = least.unwrap_or(0);
        behind.iter().map(|behind| least.max(*behind)).collect()
    }

    /// The best choice of a menu that frees what is needed beside the removed, and what results have too much.
    fn chosen_beside(
        &self,
        menu: Menu<'_>,
        gone: Gone,
        results: u32,
        need: u32,
        terms: Option<RemovalTerms>,
    ) -> Option<Solution> {
        let removals = self.offers.removals.iter().enumerate();
        let removals = removals.filter_map(|(group, removal)| Some((group, (*removal)?)));
        let mut removed = vec![false; self.offers.groups.len()];
        let mut loss = 0.0;
        for (group, removal) in removals.take(gone.count) {
            loss += removal.loss(menu.is_summarised);
            removed.get_mut(group).into_iter().for_each(|is| *is = true);
        }
        let staying = |group: usize| removed.get(group) == Some(&false);
        let done: u32 = (0..removed.len())
            .filter(|group| staying(*group))
            .filter_map(|group| {
                let offers = self.offers.groups.get(group)?;
                Some(offers.get(*menu.base.get(group)?)?.freed)
            })
            .fold(0, u32::saturating_add);
        let own = need
            .saturating_add(taken(&gone, terms))
            .saturating_sub(gone.freed);
        let most = gone.left.saturating_sub(done);
        let own = own.max(results.saturating_sub(gone.results));
        let own = own.saturating_sub(done).min(most);
        let charge = match menu.behind.last() {
            Some(least) if gone.count > 0 => f64::from(*least) * self.money.rewrite,
            _ => 0.0,
        };
        // Everything behind the first of the removed is written again anyway: what else changes is charged from there.
        let forced = own == 0 && charge > 0.0 && most > 0;
        // The note is there: more may go under it where that is better, if it is the conversation's turn at all.
        let more = (gone.count > 0 && menu.class == Class::Any).then_some(RemovalTerms {
            takes: 0,
            paid: 0,
            cost: 0.0,
            least: 0,
        });
        let mut solution = self.chosen_of(menu, own.max(u32::from(forced)), more)?;
        if forced && solution.objective() >= charge {
            solution = self.chosen_of(menu, 0, more)?;
        }
        let paid = terms
            .filter(|_| gone.count > 0)
            .map_or(0, |terms| terms.paid);
        solution.removed += gone.count;
        solution.freed += i64::from(gone.freed) + i64::from(done) - i64::from(paid);
        solution.loss += loss;
        Some(solution)
    }
}

/// Tokens that what stands in place of the removed has room for.
fn taken(gone: &Gone, terms: Option<RemovalTerms>) -> u32 {
    let terms = terms.filter(|_| gone.count > 0);
    terms.map_or(0, |terms| terms.takes)
}
