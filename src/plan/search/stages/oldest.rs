//! The groups that go in stages: the fewest of the oldest, and what changes beside them.

use crate::plan::categories::Budgets;
use crate::plan::choose::{RemovalTerms, Solution};
use crate::plan::digest;
use crate::plan::search::Search;
use crate::plan::search::offered::{Class, Menu};

/// The oldest groups that go.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gone {
    pub(super) count: usize,
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
    /// For each group the most that its offers on the menu free beyond the base.
    pub(super) fn most(&self, menu: &Menu<'_>) -> Vec<u32> {
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
    pub(super) fn fewest(
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
    pub(super) fn behind_removed(&self, behind: &[u32], count: usize) -> Vec<u32> {
        let removed = self.offers.removals.iter().position(Option::is_some);
        let least = removed
            .filter(|_| count > 0)
            .and_then(|first| behind.get(first).copied());
        let least = least.unwrap_or(0);
        behind.iter().map(|behind| least.max(*behind)).collect()
    }

    /// The best choice of a menu that frees what is needed beside the removed, and what results have too much.
    pub(super) fn chosen_beside(
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
