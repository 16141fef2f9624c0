//! What the choice is asked for: groups with the offers that may be taken.

use crate::plan::choose::{Candidate, Choice, Problem, RemovalTerms, Solution, choose};
use crate::plan::offers::{Act, Offer};

use super::Search;
use super::slot::slot_of;

/// Most choices that are asked for to tighten a bound.
const BRANCHES: u32 = 32;

/// Which changes are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Any,
    /// Results that hold media.
    Media,
    Results,
    Thoughts,
}

/// The offers that a choice is made of.
#[derive(Clone, Copy)]
pub(super) struct Menu<'a> {
    /// For each group the offer that is taken already.
    pub base: &'a [usize],
    /// Of what kind all else is.
    pub class: Class,
    /// How many of the groups that can be removed are gone already.
    pub gone: usize,
    /// For each group the tokens that are written again when it is the first that changes.
    pub behind: &'a [u32],
    /// The group and the message before which nothing changes.
    pub from: (usize, usize),
    /// Whether a summary stands in place of the removed, or a note.
    pub is_summarised: bool,
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
        if let Some(budgets) = self.budgets.as_ref().filter(|_| self.in_stages.get()) {
            return self.chosen_in_stages(budgets, need, terms);
        }
        let [earliest, _] = &self.behind;
        self.chosen_from((0, 0), need, terms, earliest)
    }

    fn is_of(&self, class: Class, act: Act) -> bool {
        match class {
            Class::Any => true,
            Class::Media => match act {
                Act::Mask(number) | Act::Cut(number, _) => {
                    let worth = self.ground.worths.results.get(number);
                    worth.is_some_and(|worth| !worth.is_text)
                }
                _ => false,
            },
            Class::Results => matches!(act, Act::Mask(_) | Act::Cut(..)),
            Class::Thoughts => matches!(act, Act::Reasoning(_)),
        }
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
        let menu = Menu {
            base: &vec![0; self.offers.groups.len()],
            class: Class::Any,
            gone: 0,
            behind,
            from,
            is_summarised: slot_of(terms) > 0,
        };
        self.chosen_of(menu, need, terms)
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

    /// Whether an offer is on the menu: it does what the base does for its group, and more of the class alone; what
    /// nobody reads any more may go with the results.
    pub(super) fn is_on(&self, menu: &Menu<'_>, group: usize, offer: &Offer) -> bool {
        let base = menu.base.get(group).copied().unwrap_or(0);
        let offers = self.offers.groups.get(group);
        let Some(done) = offers.and_then(|offers| offers.get(base)) else {
            return false;
        };
        let blocked = self.blocked.borrow();
        let is_after = || {
            let place = self.place(group, offer);
            place.is_none_or(|place| (group, place) >= menu.from)
        };
        let mut acts = offer.acts.iter();
        offer.freed >= done.freed
            && offer.acts != done.acts
            && done.acts.iter().all(|act| includes(offer, *act))
            && (acts.all(|act| self.is_of(menu.class, *act) || done.acts.contains(act))
                || menu.class == Class::Results && offer.loss == 0.0)
            && !offer.acts.iter().any(|act| blocked.contains(act))
            && (group > menu.from.0 || is_after())
    }

    /// The best choice of a menu. What is done already counts as freed, but not as lost.
    pub(super) fn chosen_of(
        &self,
        menu: Menu<'_>,
        need: u32,
        terms: Option<RemovalTerms>,
    ) -> Option<Solution> {
        // Most often all offers may be taken.
        let are_free = menu.class == Class::Any
            && self.blocked.borrow().is_empty()
            && menu.from == (0, 0)
            && menu.gone == 0;
        let base = menu.base;
        let mut gone = menu.gone;
        // The numbers of a group's options among its offers, where they differ.
        let mut numbers: Vec<Vec<usize>> = Vec::with_capacity(base.len());
        let mut candidates = Vec::with_capacity(base.len());
        for (group, offers) in self.offers.groups.iter().enumerate() {
            let first = base.get(group).copied().unwrap_or(0);
            let done = offers.get(first)?;
            let may = |offer: &Offer| self.is_on(&menu, group, offer);
            let choice = |offer: &Offer| Choice {
                freed: offer.freed - done.freed,
                loss: (offer.loss - done.loss).max(0.0),
            };
            let mut removal = self.offers.removals.get(group).copied().flatten();
            let mut known = Vec::new();
            let options = if gone > 0 && removal.is_some() {
                gone -= 1;
                removal = None;
                known.push(0);
                vec![choice(done)]
            } else if first == 0 && (are_free || offers.iter().skip(1).all(may)) {
                offers.iter().map(choice).collect()
            } else {
                known.push(first);
                known.extend((0..offers.len()).filter(|&at| offers.get(at).is_some_and(may)));
                let known = known.iter().filter_map(|&at| offers.get(at));
                known.map(choice).collect()
            };
            candidates.push(Candidate {
                suffix: menu.behind.get(group).copied().unwrap_or(0),
                options,
                removal: removal.map(|removal| Choice {
                    freed: removal.freed.saturating_sub(done.freed),
                    loss: (removal.loss(menu.is_summarised) - done.loss).max(0.0),
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
            *option = known.get(*option).copied().unwrap_or(*option);
        }
        Some(solution)
    }

    /// For each group the tokens from the first message that an offer changes to the end: of the offer that begins first, and
    /// of the one that begins last.
    pub(super) fn behind(&self) -> [Vec<u32>; 2] {
        let tails = self.tails();
        let mut behind = [0, 1].map(|_| Vec::with_capacity(self.ground.groups.len()));
        let groups = self.ground.groups.iter().zip(&self.offers.groups);
        for (number, (group, offers)) in groups.enumerate() {
            let firsts = offers.iter().filter_map(|offer| self.place(number, offer));
            let ends = firsts.fold(None, |ends, first| {
                let (least, most) = ends.unwrap_or((first, first));
                Some((first.min(least), first.max(most)))
            });
            let (least, most) = ends.unwrap_or((group.messages.start, group.messages.start));
            for (behind, first) in behind.iter_mut().zip([least, most]) {
                behind.push(tails.get(first).copied().unwrap_or(0));
            }
        }
        behind
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
