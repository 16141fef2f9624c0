//! What offers free by the count: one request with every group at its strongest offer says it for all of them.

use std::rc::Rc;

use std::sync::Arc;

use crate::conversation::{Group, Message};
use crate::plan::cut;
use crate::plan::draft::{Change, Changed, Changes, Results, is_all_thoughts};
use crate::plan::offers::{Act, NOTICE, Offer};
use crate::plan::steps::MOST_OF_ONE_TURN;
use crate::project::{Projection, is_framed_apart};

use super::Search;
use super::nearby::FEWEST;

impl Search<'_> {
    /// Replaces what offers are estimated to free by what they free in the request.
    ///
    /// What a message takes depends on its own turn alone, so that all groups can be counted at once. Between nothing and a
    /// group's strongest offer the others are taken in proportion, but results of one turn are weighed one by one. Removals
    /// are what the messages take. Cuts, which have to be made first, are counted where groups are few; elsewhere they are
    /// taken at their nominal lengths.
    pub(super) fn recount(&mut self) {
        let most: Vec<Option<usize>> = self
            .offers
            .groups
            .iter()
            .map(|offers| strongest(offers))
            .collect();
        let mut changes = Changes::default();
        for (group, (offers, most)) in self.offers.groups.iter().zip(&most).enumerate() {
            let offer = most.and_then(|most| offers.get(most));
            for act in offer.iter().flat_map(|offer| &offer.acts) {
                self.act(&mut changes, group, *act);
            }
        }
        if changes.is_empty() {
            return;
        }
        self.settle(&mut changes);
        let bare = self.bare();
        let apart = self.framed_apart(&changes);
        let is_apart = |number: usize| {
            let worth = self.ground.worths.results.get(number);
            worth.is_some_and(|worth| apart.get(worth.group) == Some(&true))
        };
        debug_assert!(self.are_counted(&bare, &changes, &apart));
        changes
            .results_mut()
            .retain(|changed| !is_apart(changed.number));
        self.apart = apart;
        if changes == bare {
            return;
        }
        // Where some message does not allow its change, the estimates have to do.
        let (Some(before), Some(after)) = (self.draft.project(&bare), self.draft.project(&changes))
        else {
            return;
        };
        let upper = before.upper_bound.saturating_sub(after.upper_bound);
        let tokens = before.tokens.saturating_sub(after.tokens);
        if upper > 0 {
            self.rate = (f64::from(tokens) / f64::from(upper)).min(1.0);
        }
        let (before, after) = (self.left(&bare, &before).0, self.left(&changes, &after).0);
        let groups = self.ground.groups.iter().zip(&self.offers.groups);
        let counted: Vec<Vec<u32>> = groups
            .zip(most)
            .enumerate()
            .map(|(number, ((group, offers), most))| {
                if self.apart.get(number) == Some(&true) {
                    return offers.iter().map(|offer| offer.freed).collect();
                }
                let sum = |all: &[u32]| {
                    let own = all.get(group.messages.clone()).unwrap_or_default().iter();
                    own.fold(0, |sum: u32, tokens| sum.saturating_add(*tokens))
                };
                let counted = sum(&before).saturating_sub(sum(&after));
                let estimated = most.and_then(|most| offers.get(most));
                let Some(estimated) = estimated.map(|offer| offer.freed) else {
                    return offers.iter().map(|offer| offer.freed).collect();
                };
                let weights = self.weights(group, &changes);
                let freed = |offer: &Offer| match offer.acts.as_slice() {
                    [Act::Remove] => offer.freed,
                    acts if weights.len() > 1 => {
                        let weighed: Option<Vec<u32>> = acts
                            .iter()
                            .map(|act| self.weighed(*act, &weights))
                            .collect();
                        let sum = weighed.map(|all| all.into_iter().fold(0, u32::saturating_add));
                        sum.unwrap_or(offer.freed)
                    }
                    _ => scaled(offer.freed, counted, estimated),
                };
                offers.iter().map(freed).collect()
            })
            .collect();
        for (offers, counted) in self.offers.groups.iter_mut().zip(counted) {
            for (offer, freed) in offers.iter_mut().zip(counted) {
                offer.freed = freed;
            }
        }
    }

    /// The groups whose offers free what they are estimated to free: one result is all that changes, its tokens were counted,
    /// and so were those of the placeholder, and what stands around them is the same. Bounds have to be exact besides.
    fn framed_apart(&self, changes: &Changes) -> Vec<bool> {
        let is_exact = self.before.upper_bound == self.before.tokens;
        let draft = self.draft;
        let is_apart = |(group, own): (&Group, &[Changed])| {
            let [
                Changed {
                    place,
                    number,
                    change,
                },
            ] = own
            else {
                return false;
            };
            let masked = self.offers.masked.get(*number).and_then(Option::as_ref);
            let is_single = group.messages.len() == 2
                && draft
                    .counted
                    .messages
                    .get(group.messages.start)
                    .is_some_and(|first| first.calls.len() == 1);
            is_single
                && masked.is_some_and(|masked| Arc::ptr_eq(&masked.text, change.text()))
                && draft
                    .message(place.message)
                    .is_some_and(|message| is_framed_apart(message, draft.model))
        };
        let groups = self.ground.groups.iter();
        let own = groups.clone().map(|group| group.messages.clone());
        let groups = groups.zip(changes.results.of_each(own));
        groups.map(|group| is_exact && is_apart(group)).collect()
    }

    /// Whether the groups that are `apart` free in the request what they are estimated to free.
    fn are_counted(&self, bare: &Changes, changes: &Changes, apart: &[bool]) -> bool {
        let (Some(before), Some(after)) = (self.draft.project(bare), self.draft.project(changes))
        else {
            return true;
        };
        let (before, after) = (self.left(bare, &before).0, self.left(changes, &after).0);
        let groups = self.ground.groups.iter().zip(apart);
        groups.filter(|(_, apart)| **apart).all(|(group, _)| {
            let sum = |all: &[u32]| -> u32 {
                all.get(group.messages.clone())
                    .unwrap_or_default()
                    .iter()
                    .sum()
            };
            let own = changes.results.within(group.messages.clone());
            let estimated = own.iter().map(|changed| self.estimated(changed.number));
            Some(sum(&before).saturating_sub(sum(&after))) == estimated.sum()
        })
    }

    /// Makes every cut where groups are few, and takes what it keeps instead of the length that it was to have.
    pub(super) fn recount_cuts(&mut self) {
        if self.ground.groups.len() > FEWEST {
            return;
        }
        let kept = |number: usize, length: u32| {
            let worth = self.ground.worths.results.get(number)?;
            let text = cut::text_at(self.draft, worth)?;
            let Change::Cut { text, .. } = cut::cut(self.draft, worth, &text, length)? else {
                return None;
            };
            let size = self.offers.sizes.get(number).copied()?;
            let kept = self.draft.counter.count_text(&text);
            let [planned, made] =
                [length - NOTICE, kept].map(|kept| self.scale.cut(worth, size, kept));
            Some((length.saturating_sub(kept), made - planned))
        };
        let more = |act: &Act| match *act {
            Act::Cut(number, length) => kept(number, length).unwrap_or_default(),
            _ => (0, 0.0),
        };
        let all: Vec<Vec<(u32, f64)>> = self
            .offers
            .groups
            .iter()
            .map(|offers| {
                let sum = |offer: &Offer| {
                    let each = offer.acts.iter().map(more);
                    each.fold((0, 0.0), |sum, own| (sum.0 + own.0, sum.1 + own.1))
                };
                offers.iter().map(sum).collect()
            })
            .collect();
        for (offers, more) in self.offers.groups.iter_mut().zip(all) {
            for (offer, (freed, loss)) in offers.iter_mut().zip(more) {
                offer.freed = offer.freed.saturating_add(freed);
                offer.loss += loss;
            }
        }
    }

    /// What the mask of each result of a turn frees while the others are masked, beside what it is estimated to free.
    fn weights(&self, group: &Group, changes: &Changes) -> Vec<(usize, u32, u32)> {
        let own = changes.results.within(group.messages.clone());
        if own.len() < 2 || own.len() > MOST_OF_ONE_TURN {
            return Vec::new();
        }
        let with = |results: Results| Changes {
            results: Rc::new(results),
            ..Changes::default()
        };
        let turn = |results| self.draft.turn(group.messages.clone(), &with(results));
        let masked = turn(own.iter().cloned().collect());
        let weight = |Changed { place, number, .. }: &Changed| {
            let others = own.iter().filter(|other| other.place != *place);
            let freed = turn(others.cloned().collect()) - masked;
            Some((
                *number,
                u32::try_from(freed).unwrap_or(0),
                self.estimated(*number)?,
            ))
        };
        own.iter().filter_map(weight).collect()
    }

    /// What the mask of a result is estimated to free.
    fn estimated(&self, number: usize) -> Option<u32> {
        let size = self.offers.sizes.get(number).copied()?;
        let masked = self.offers.masked.get(number)?.as_ref()?;
        Some(size.saturating_sub(masked.tokens))
    }

    /// What an act on a result of a turn frees.
    fn weighed(&self, act: Act, weights: &[(usize, u32, u32)]) -> Option<u32> {
        let of = |number: usize| weights.iter().find(|weight| weight.0 == number);
        match act {
            Act::Mask(number) => of(number).map(|(_, counted, _)| *counted),
            Act::Cut(number, length) => {
                let (_, counted, estimated) = of(number)?;
                let size = self.offers.sizes.get(number).copied()?;
                Some(scaled(size.saturating_sub(length), *counted, *estimated))
            }
            Act::Reasoning(_) | Act::Remove => None,
        }
    }

    /// What each message takes once `changes` are made, and what stands in place of those that a summary replaces.
    pub(super) fn left(&self, changes: &Changes, after: &Projection) -> (Vec<u32>, u32) {
        let messages = &self.draft.conversation().messages;
        let summary = changes.summary.as_ref();
        let place = summary.and_then(|summary| summary.messages.first());
        let goes = |(index, message): (usize, &Arc<Message>)| {
            changes.removes(index) || changes.reasoning.contains(&index) && is_all_thoughts(message)
        };
        let kept = messages
            .iter()
            .enumerate()
            .filter(|message| !goes(*message));
        let more = after.messages.len().saturating_sub(kept.count());
        let mut after = after.messages.iter().map(|message| message.tokens);
        let mut left = Vec::with_capacity(messages.len());
        let mut said: u32 = 0;
        for (index, message) in messages.iter().enumerate() {
            if place == Some(&index) {
                said = after.by_ref().take(more).fold(0, u32::saturating_add);
            }
            let own = if goes((index, message)) {
                None
            } else {
                after.next()
            };
            left.push(own.unwrap_or(0));
        }
        (left, said)
    }
}

/// `freed` of `estimated` tokens, of which `counted` were found.
fn scaled(freed: u32, counted: u32, estimated: u32) -> u32 {
    let freed = u64::from(freed) * u64::from(counted) / u64::from(estimated.max(1));
    u32::try_from(freed).unwrap_or(u32::MAX)
}

/// The strongest of the offers that can be counted together with those of other groups: nothing goes as a whole, and nothing
/// has to be cut.
fn strongest(offers: &[Offer]) -> Option<usize> {
    let whole = |act: &Act| matches!(act, Act::Remove | Act::Cut(..));
    let all = offers.iter().enumerate();
    let all = all.filter(|(_, offer)| !offer.acts.is_empty() && !offer.acts.iter().any(whole));
    Some(all.max_by_key(|(_, offer)| offer.freed)?.0)
}
