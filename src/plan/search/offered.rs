//! What the choice is asked for: groups with the offers that may be taken, category by category where there are shares.

use crate::plan::categories::Budgets;
use crate::plan::choose::{Candidate, Choice, Problem, RemovalTerms, Solution, choose};
use crate::plan::offers::{Act, Offer};

use super::Search;

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
        let none = vec![0; self.offers.groups.len()];
        let [_, latest] = &self.behind;
        self.chosen_of(&none, Class::Any, need, terms, latest)
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
        self.chosen_of(base, class, need, terms, earliest)
    }

    fn chosen_of(
        &self,
        base: &[usize],
        class: Class,
        need: u32,
        terms: Option<RemovalTerms>,
        behind: &[u32],
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
            };
            let mut known = vec![first];
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
    /// of the one that begins last. Where thoughts go with any edit, it begins no later than these.
    pub(super) fn behind(&self, earliest: bool) -> Vec<u32> {
        let mut left: u64 = self
            .before
            .messages
            .iter()
            .map(|message| u64::from(message.tokens))
            .sum();
        let mut tails = Vec::with_capacity(self.before.messages.len());
        for message in &self.before.messages {
            tails.push(u32::try_from(left).unwrap_or(u32::MAX));
            left -= u64::from(message.tokens);
        }
        let tail = |index: usize| tails.get(index).copied().unwrap_or(0);
        let thought = self
            .bare()
            .reasoning
            .first()
            .map_or(0, |first| tail(*first));
        let groups = self.ground.groups.iter().zip(&self.offers.groups);
        groups
            .map(|(group, offers)| {
                let message = |act: &Act| match *act {
                    Act::Mask(number) | Act::Cut(number, _) => {
                        let worth = self.ground.worths.results.get(number);
                        worth.map_or(group.messages.start, |worth| worth.place.message)
                    }
                    Act::Reasoning(message) => message,
                    Act::Remove => group.messages.start,
                };
                let firsts = offers
                    .iter()
                    .filter_map(|offer| offer.acts.iter().map(message).min());
                let first = if earliest { firsts.min() } else { firsts.max() };
                tail(first.unwrap_or(group.messages.start)).max(thought)
            })
            .collect()
    }
}
