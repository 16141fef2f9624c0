//! What the choice is asked for: groups with the offers that may be taken, category by category where there are shares.

use crate::plan::categories::Budgets;
use crate::plan::choose::{Candidate, Choice, Problem, RemovalTerms, Solution, choose};
use crate::plan::offers::{Act, Offer};

use super::Search;

/// Most choices that are asked for to tighten a bound.
const BRANCHES: u32 = 32;

/// Which changes are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Any,
    Results,
    Conversation,
}

impl Class {
    fn has(self, act: Act) -> bool {
        let is_result = matches!(act, Act::Mask(_) | Act::Cut(..));
        match self {
            Self::Any => true,
            Self::Results => is_result,
            Self::Conversation => !is_result,
        }
    }
}

/// Whether an offer does what `act` does, or more to the same result.
fn includes(offer: &Offer, act: Act) -> bool {
    offer.acts.iter().any(|own| match (*own, act) {
        (Act::Remove, _) => true,
        (Act::Mask(own) | Act::Cut(own, _), Act::Cut(number, _)) => own == number,
        (own, act) => own == act,
    })
}

impl Search<'_> {
    /// The best choice by the estimates.
    pub(super) fn chosen(&self, need: u32, terms: Option<RemovalTerms>) -> Option<Solution> {
        let none = vec![0; self.offers.groups.len()];
        let over = self
            .budgets
            .as_ref()
            .map_or(0, Budgets::results_over)
            .min(need);
        if over == 0 && self.budgets.is_none() {
            return self.chosen_beyond(&none, Class::Any, need, terms);
        }
        // A category gives up what it has too much before any other is touched.
        let first = self.chosen_beyond(&none, Class::Results, over, None);
        let (base, freed) = match first.filter(|_| over > 0) {
            Some(first) => (first.options, first.freed),
            None => (none, 0),
        };
        let left = need.saturating_sub(u32::try_from(freed).unwrap_or(0));
        self.chosen_beyond(&base, Class::Conversation, left, terms)
            .or_else(|| self.chosen_beyond(&base, Class::Any, left, terms))
    }

    /// The best choice whatever the categories are, where every offer is taken to change its group as late as any of them,
    /// so that none is charged for more rewriting than it causes.
    pub(super) fn chosen_freely(&self, need: u32, terms: Option<RemovalTerms>) -> Option<Solution> {
        let [_, latest] = &self.behind;
        self.chosen_from((0, 0), need, terms, latest)
    }

    /// The same among the choices that change nothing before a message of a group, with the places that `behind` says.
    fn chosen_from(
        &self,
        from: (usize, usize),
        need: u32,
        terms: Option<RemovalTerms>,
        behind: &[u32],
    ) -> Option<Solution> {
        let none = vec![0; self.offers.groups.len()];
        self.chosen_of(&none, Class::Any, need, terms, behind, from)
    }

    /// A bound no lower than that of [`chosen_freely`](Self::chosen_freely), for the same choices.
    pub(super) fn tightened(&self, need: u32, terms: Option<RemovalTerms>) -> f64 {
        let without = self.told_apart(need, None);
        terms.map_or(without, |_| without.min(self.told_apart(need, terms)))
    }

    /// A bound for the choices without removals, or with some where there are terms for them; these begin no later than with
    /// the first that may be removed.
    ///
    /// Where the first group that changes has offers that begin at different messages, its choices are told apart by where
    /// they begin, and all others are charged from the group's earliest one. So it goes on with what is first then.
    fn told_apart(&self, need: u32, terms: Option<RemovalTerms>) -> f64 {
        let [earliest, latest] = &self.behind;
        let tails = self.tails();
        let at_least = |behind: &[u32], least: u32| -> Vec<u32> {
            behind.iter().map(|behind| least.max(*behind)).collect()
        };
        let removed = self.offers.removals.iter().position(Option::is_some);
        let removed = removed.filter(|_| terms.is_some());
        let start =
            removed.and_then(|group| tails.get(self.ground.groups.get(group)?.messages.start));
        let mut behind = at_least(latest, start.copied().unwrap_or(0));
        let (mut least, mut effort) = (f64::INFINITY, BRANCHES);
        while let Some(best) = self.chosen_from((0, 0), need, terms, &behind) {
            let group = best.options.iter().position(|option| *option > 0);
            let place = group.and_then(|group| {
                let (early, own) = (*earliest.get(group)?, behind.get_mut(group)?);
                (std::mem::replace(own, early.max(*own)) < early).then_some(group)
            });
            let (Some(group), true) = (place, best.bound < least && effort > 0) else {
                return least.min(best.bound);
            };
            let begins = |message: &usize| {
                let mut offers = self.offers.groups.get(group).into_iter().flatten();
                offers.any(|offer| self.place(group, offer) == Some(*message))
            };
            let messages = self.ground.groups.get(group);
            let messages = messages.map_or(0..0, |group| group.messages.clone());
            for start in messages.filter(begins).skip(1) {
                effort = effort.saturating_sub(1);
                let from = tails.get(start).copied().unwrap_or(0);
                let mut own = at_least(&behind, from);
                own.get_mut(group).into_iter().for_each(|own| *own = from);
                let own = self.chosen_from((group, start), need, terms, &own);
                least = own.map_or(least, |own| least.min(own.bound));
            }
        }
        least
    }

    /// The best choice that does what `base` does for each group, and more only of one class.
    fn chosen_beyond(
        &self,
        base: &[usize],
        class: Class,
        need: u32,
        terms: Option<RemovalTerms>,
    ) -> Option<Solution> {
        let [earliest, _] = &self.behind;
        self.chosen_of(base, class, need, terms, earliest, (0, 0))
    }

    fn chosen_of(
        &self,
        base: &[usize],
        class: Class,
        need: u32,
        terms: Option<RemovalTerms>,
        behind: &[u32],
        from: (usize, usize),
    ) -> Option<Solution> {
        let blocked = self.blocked.borrow();
        let mut numbers: Vec<Vec<usize>> = Vec::with_capacity(base.len());
        let mut candidates = Vec::with_capacity(base.len());
        for (group, offers) in self.offers.groups.iter().enumerate() {
            let first = base.get(group).copied().unwrap_or(0);
            let done = offers.get(first)?;
            let may = |offer: &Offer| {
                offer.freed >= done.freed
                    && offer.acts != done.acts
                    && done.acts.iter().all(|act| includes(offer, *act))
                    && offer
                        .acts
                        .iter()
                        .all(|act| class.has(*act) || done.acts.contains(act))
                    && !offer.acts.iter().any(|act| blocked.contains(act))
                    && (group > from.0
                        || self
                            .place(group, offer)
                            .is_none_or(|place| (group, place) >= from))
            };
            let mut known = Vec::with_capacity(offers.len());
            known.push(first);
            known.extend((0..offers.len()).filter(|&at| offers.get(at).is_some_and(may)));
            let options = known.iter().filter_map(|&at| offers.get(at));
            let removal = self.offers.removals.get(group).copied().flatten();
            candidates.push(Candidate {
                suffix: behind.get(group).copied().unwrap_or(0),
                options: options
                    .map(|offer| Choice {
                        freed: offer.freed - done.freed,
                        loss: (offer.loss - done.loss).max(0.0),
                    })
                    .collect(),
                removal: removal.map(|removal| Choice {
                    freed: removal.freed.saturating_sub(done.freed),
                    loss: (removal.loss - done.loss).max(0.0),
                }),
            });
            numbers.push(known);
        }
        let mut solution = choose(&Problem {
            candidates,
            need,
            removal: terms,
            money: self.money,
        })?;
        for (option, known) in solution.options.iter_mut().zip(&numbers) {
            *option = known.get(*option).copied().unwrap_or(0);
        }
        let freed = base.iter().zip(&self.offers.groups);
        let freed = freed.filter_map(|(at, offers)| Some(i64::from(offers.get(*at)?.freed)));
        solution.freed += freed.sum::<i64>();
        Some(solution)
    }

    /// For each group the tokens from the first message that an offer changes to the end: of the offer that begins first, or
    /// of the one that begins last.
    pub(super) fn behind(&self, earliest: bool) -> Vec<u32> {
        let tails = self.tails();
        let groups = self.ground.groups.iter().zip(&self.offers.groups);
        groups
            .enumerate()
            .map(|(number, (group, offers))| {
                let firsts = offers.iter().filter_map(|offer| self.place(number, offer));
                let first = if earliest { firsts.min() } else { firsts.max() };
                let first = first.unwrap_or(group.messages.start);
                tails.get(first).copied().unwrap_or(0)
            })
            .collect()
    }

    /// The first message of a group that an offer changes; `None` where it changes nothing.
    fn place(&self, group: usize, offer: &Offer) -> Option<usize> {
        let start = self.ground.groups.get(group)?.messages.start;
        let message = |act: &Act| match *act {
            Act::Mask(number) | Act::Cut(number, _) => {
                let worth = self.ground.worths.results.get(number);
                worth.map_or(start, |worth| worth.place.message)
            }
            Act::Reasoning(message) => message,
            Act::Remove => start,
        };
        offer.acts.iter().map(message).min()
    }

    /// For each message the tokens from it to the end; where thoughts go with any edit, at least those behind the first.
    fn tails(&self) -> Vec<u32> {
        let thought = self.bare().reasoning.first().copied();
        let (mut left, mut tails) = (0, Vec::with_capacity(self.before.messages.len()));
        for message in self.before.messages.iter().rev() {
            left += u64::from(message.tokens);
            tails.push(u32::try_from(left).unwrap_or(u32::MAX));
        }
        tails.reverse();
        let thought = thought.and_then(|first| tails.get(first).copied());
        let least = thought.unwrap_or(0);
        tails.iter_mut().for_each(|tail| *tail = least.max(*tail));
        tails
    }
}
