//! The search for changes: what is chosen by estimates is made, counted, and chosen anew until the count fits.
//!
//! What is tried in which order is here. [`counted`] chooses until the count fits, [`offered`] asks for the choices,
//! [`nearby`] looks around them, [`making`] turns them into changes, [`slot`] sizes the summary, [`stages`] is for shares of
//! categories, [`resorts`] is for where
//! no choice is enough, and [`objective`] values what was made.

mod certificate;
mod counted;
mod making;
mod nearby;
mod objective;
mod offered;
mod paying;
mod recount;
mod resorts;
mod slot;
mod stages;
mod thoughts;

use std::cell::{Cell, RefCell};
use std::collections::HashSet;

use crate::project::Projection;

use super::categories::{self, Budgets};
use super::choose::{Money, RemovalTerms, Solution};
use super::document::SummarySlot;
use super::draft::{Changes, Draft};
use super::economy::Economy;
use super::ground::Ground;
use super::loss::Scale;
use super::offers::{Act, Offers, offers};
use super::policy::Policy;
use super::{digest, summary};

use counted::FEW;
pub(super) use objective::writing;
use slot::slot_of;
pub(super) use thoughts::{Thoughts, thinks};

/// Price of a token of output in tokens of input, about: list prices are four to six times as high.
const OUTPUT: f64 = 5.0;

/// Changes that bring a request below a mark.
pub(super) struct Found {
    /// What changes; a summary stands there as its digest.
    pub changes: Changes,
    /// The request with the changes made.
    pub projection: Projection,
    /// The upper bound with any summary that fits its slot.
    pub upper_bound: u32,
    /// The summary to ask for.
    pub slot: Option<SummarySlot>,
    /// No choice that frees enough has a lower objective, by the estimates.
    pub bound: Option<f64>,
}

/// A choice, its changes, and their upper bound.
type Made = (Solution, Changes, u32);

/// What the search knows of the request.
pub(super) struct Search<'a> {
    pub draft: &'a Draft<'a>,
    pub ground: &'a Ground<'a>,
    pub policy: &'a Policy,
    /// The request as it is.
    pub before: &'a Projection,
    pub offers: Offers,
    pub economy: Economy,
    /// Categories against their allowances, where the policy has shares.
    pub budgets: Option<Budgets>,
    /// Whether the choice goes by these allowances.
    in_stages: Cell<bool>,
    money: Money,
    scale: Scale,
    /// The release mark.
    target: u32,
    /// Whether results and thoughts may be touched, and not only whole groups removed.
    pub may_edit: bool,
    /// Whether thoughts go with any edit, because the model binds them to what precedes them.
    strips: bool,
    /// For each group the tokens behind the place where its offers begin to change it, at the earliest and at the latest.
    behind: [Vec<u32>; 2],
    /// Tokens that go for each token by which the upper bound falls: less than 1 where bounds are in proportion.
    rate: f64,
    /// For how many removed messages a summary can be asked for, at least, if one may stand in their place.
    pub fewest_asked: Option<usize>,
    /// The groups that change in one result, which frees what it is estimated to free.
    apart: Vec<bool>,
    /// Results and messages whose shape turned out not to allow a change.
    blocked: RefCell<HashSet<Act>>,
}

impl<'a> Search<'a> {
    /// `ground` is that of the draft's conversation, and `before` its projection.
    pub(super) fn new(
        draft: &'a Draft<'a>,
        ground: &'a Ground<'a>,
        policy: &'a Policy,
        before: &'a Projection,
        target: u32,
    ) -> Self {
        let thoughts = Thoughts::of(draft, policy);
        let may_edit = thoughts != Thoughts::Append;
        let economy = Economy::of(&policy.cache, draft.model, draft.counted, before.tokens);
        let scale = Scale::of(target, economy.read);
        let upper = before.upper_bound.max(1);
        let mut search = Self {
            offers: offers(draft, ground, policy, before, scale, may_edit),
            budgets: categories::are_set(&policy.categories).then(|| {
                let goal = target.saturating_sub(before.upper_bound.saturating_sub(before.tokens));
                Budgets::of(draft, ground, before, &policy.categories, goal)
            }),
            money: economy.money(),
            economy,
            scale,
            target,
            may_edit,
            strips: thoughts.strips(),
            behind: [Vec::new(), Vec::new()],
            rate: f64::from(before.tokens.min(upper)) / f64::from(upper),
            draft,
            ground,
            policy,
            before,
            fewest_asked: None,
            apart: Vec::new(),
            in_stages: Cell::new(false),
            blocked: RefCell::default(),
        };
        search.fewest_asked = search.fewest_asked();
        search.behind = search.behind();
        search.recount();
        search.recount_cuts();
        search
    }

    /// The best changes that reach `target`, else those that leave the least if they reach `available`.
    /// The error is what leaves the least, when it does not.
    pub(super) fn find(&self, target: u32, available: u32) -> Result<Found, Changes> {
        let found = self.found(target, available)?;
        Ok(self.within_shares(found, target, available))
    }

    fn found(&self, target: u32, available: u32) -> Result<Found, Changes> {
        if let Some(found) = self.best(target) {
            return Ok(found);
        }
        let mut found = self.resort(target, available)?;
        if found.changes.cut_the_user() {
            return Ok(found);
        }
        let most = found.upper_bound;
        // Nothing lands lower, but less may have to go for that: with room for the same summary, or with what it leaves.
        let slot = found.slot.as_ref().map_or(0, |slot| slot.max_tokens);
        for terms in self.terms_for(slot) {
            match self.best_as(terms, most) {
                Some(other) if self.value(&other) < self.value(&found) => found = other,
                _ => {}
            }
        }
        // A bound is one of choices that leave the last groups whole.
        if self.cuts_tail(&found.changes) {
            return Ok(found);
        }
        Ok(self.bounded(found, most))
    }

    /// The changes with the least loss and cost that reach `goal`: with a whole summary in place of the removed where that has
    /// room, or with the least that may stand there.
    pub(super) fn best(&self, goal: u32) -> Option<Found> {
        let mut all = self.terms().into_iter();
        let found = |terms| {
            let found = self.best_as(terms, goal)?;
            Some((self.bare_value(&found)?, found))
        };
        let (mut value, mut best) = all.find_map(found)?;
        let need = self.need(goal).saturating_sub(self.stripped());
        for terms in all {
            // Where there is room left after all, a short summary is written. No choice comes to less than with one for nothing; most
            // often that tells that it cannot be much better. Where notes may not be, the choice may reach the mark by the count alone.
            let short = terms.map(|terms| RemovalTerms {
                cost: terms.cost.max(OUTPUT),
                ..terms
            });
            let may_be_better = !self.policy.drop && self.offers.groups.len() <= FEW || {
                let least = self.certified((need, short));
                least.is_some_and(|least| self.is_far(&best, least.bound))
            };
            if may_be_better
                && let Some((less, other)) = found(terms)
                && less < value
            {
                (value, best) = (less, other);
            }
        }
        Some(best)
    }

    /// The same with what `terms` say in place of the removed. Where a summary is written although nothing was asked for but the
    /// least, more may be worth removing.
    fn best_as(&self, terms: Option<RemovalTerms>, goal: u32) -> Option<Found> {
        let found = self.best_with(terms, goal)?;
        let slot = found.slot.as_ref().map_or(0, |slot| slot.max_tokens);
        if slot_of(terms) > 0 || slot == 0 {
            return Some(found);
        }
        let other = self.best_with(Some(self.summarised(slot)), goal);
        Some(self.cheapest(found, other.into_iter()))
    }

    /// The changes with the least loss and cost that reach `goal` with what `terms` say in place of the removed.
    pub(in crate::plan) fn best_with(
        &self,
        terms: Option<RemovalTerms>,
        goal: u32,
    ) -> Option<Found> {
        // What goes with any edit is freed beside what is chosen.
        let over = self.need(goal).saturating_sub(self.stripped());
        let fitting = self.fitting(over, terms, goal);
        // The estimates may ask for more than there is although all there is would do.
        let fitting = fitting.or_else(|| self.strongest_fitting(terms, goal))?;
        let (_, changes, upper) = self.refined(fitting, terms, goal);
        let changes = self.kept_more(changes, upper, terms, goal);
        let found = self.filled_as(terms, &changes, goal)?;
        Some(self.improved(found, goal, terms))
    }

    /// What removals may look like: with room for a whole summary, else for the least that may stand in place of the removed; and
    /// without.
    pub(super) fn terms(&self) -> Vec<Option<RemovalTerms>> {
        self.terms_for(self.policy.summary_tokens)
    }

    /// The same where a summary has `slot` tokens.
    pub(super) fn terms_for(&self, slot: u32) -> Vec<Option<RemovalTerms>> {
        if !self.may_remove() {
            return vec![None];
        }
        let least = self.least_terms();
        match self.may_summarise() && slot > slot_of(Some(least)).max(summary::SMALLEST - 1) {
            true => vec![Some(self.summarised(slot)), Some(least)],
            false => vec![Some(least)],
        }
    }

    /// Removals with the least that may stand in their place: the shortest note, or where notes may not be, the smallest summary.
    pub(super) fn least_terms(&self) -> RemovalTerms {
        if !self.policy.drop {
            return self.summarised(summary::SMALLEST);
        }
        let note = digest::shortest(self.before.messages.len());
        let takes = self.draft.counter.count_text(&note).saturating_add(8);
        RemovalTerms {
            takes,
            paid: takes,
            cost: 0.0,
            least: 0,
        }
    }

    /// Removals with a summary of `slot` tokens in their place.
    fn summarised(&self, slot: u32) -> RemovalTerms {
        let count = self.before.messages.len();
        let takes = |slot| summary::most_content(count, slot, self.draft.counter).saturating_add(8);
        RemovalTerms {
            takes: takes(slot),
            paid: takes(slot),
            cost: f64::from(slot) * OUTPUT,
            // Less than what any frame adds.
            least: summary::most_content(1, summary::SMALLEST, self.draft.counter),
        }
    }

    /// Whether groups would be removed that are not because no note may stand in their place.
    pub(in crate::plan) fn lacks_notes(&self) -> bool {
        self.policy.summarise
            && !self.policy.drop
            && self.offers.removals.iter().any(Option::is_some)
    }

    /// Whether a summary may stand in place of removed groups, and can be asked for.
    fn may_summarise(&self) -> bool {
        self.fewest_asked.is_some()
    }

    /// Whether anything may stand in place of removed groups, and there are such groups.
    pub(in crate::plan) fn may_remove(&self) -> bool {
        (self.may_summarise() || self.policy.drop)
            && self.offers.removals.iter().any(Option::is_some)
    }
}
