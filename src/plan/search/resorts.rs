//! Where no choice reaches the release mark: all that may go, then results of the last groups, then texts of the user's.

use std::collections::HashMap;

use crate::order::sorted;
use crate::plan::cut::{self, Long};
use crate::plan::document::Cause;
use crate::plan::draft::{Change, Changes};
use crate::plan::summary;

use super::{Found, Search};

/// The fewest tokens that a result in the last groups is left with while the middle is not summarised yet.
const MILD_TAIL_CUT: u32 = 1_024;
/// To how many tokens the results of the last groups are cut while it is chosen what else goes.
const TAIL_LENGTH: u32 = 256;
/// The part of the room that is left for a summary where texts of the user's give way for it, at most.
const SUMMARY: u32 = 16;
/// Most texts of the user's that are cut: what exceeds a window by itself is in few, and each is a step that is counted with the whole.
const MOST_TEXTS: usize = 64;

impl<'a> Search<'a> {
    /// What leaves the least of all that the policy allows, results of the last groups and texts of the user's included; the
    /// error is the same where it does not fit.
    pub(super) fn resort(&self, target: u32, available: u32) -> Result<Found, Changes> {
        // No landing at the release mark. The nearest one makes the next overflow as late as possible.
        let strongest = self.strongest();
        let mut least = self.least(&strongest);
        for _ in 0..2 {
            let filled = |base| self.filled(base, available, 2);
            if let Some(found) = filled(&least).or_else(|| filled(&strongest)) {
                return Ok(found);
            }
            self.terse(&mut least);
        }
        // Of the last groups only the very last is kept in the end, if the policy allows that. Then older results that had to
        // stay whole may lose their middle like those of the last groups before.
        let is_last = !self.policy.cut_tail || self.policy.keep_last <= 1;
        let mut texts = Vec::new();
        if self.policy.cut && self.policy.cut_tail && self.may_edit {
            let first = if is_last { 0 } else { self.ground.tail };
            let is_masked = |number: usize, message: usize| {
                let own = strongest.results.of(message).iter();
                own.filter(|own| own.number == number)
                    .any(|own| matches!(own.change, Change::Mask { .. }))
            };
            let whole = self.ground.results_from(first);
            let whole = whole.filter(|(number, worth)| !is_masked(*number, worth.place.message));
            texts.extend(whole.filter_map(|(number, worth)| {
                let least = self.offers.kept.of_result(number, worth);
                Long::result(self.draft, number, worth, least)
            }));
            let mild = [&strongest, &least]
                .into_iter()
                .zip([MILD_TAIL_CUT, cut::SHORTEST])
                .flat_map(|(base, shortest)| {
                    [(base, shortest, target), (base, shortest, available)]
                });
            for (base, shortest, goal) in mild {
                if let Some(found) = self.cut(base, &texts, shortest, goal, 0) {
                    // How low it lands is settled. The last groups may still give more, so that less has to go elsewhere.
                    let untouched = Changes::default();
                    let bases = [&untouched, &strongest, &least].into_iter();
                    let bases =
                        bases.filter_map(|base| self.cut(base, &texts, cut::SHORTEST, goal, 0));
                    let between = self.beside_tail(&texts, goal);
                    return Ok(self.cheapest(found, bases.chain(between)));
                }
            }
        }
        if self.policy.cut_user_text && self.may_edit && is_last {
            texts.extend(self.said());
            let room = self.policy.summary_tokens.min(target / SUMMARY);
            for (goal, room) in [(target, room), (target, 0), (available, 0)] {
                let mut found = [&strongest, &least]
                    .into_iter()
                    .filter_map(|base| self.cut(base, &texts, cut::SHORTEST, goal, room));
                if let Some(first) = found.next() {
                    return Ok(self.cheapest(first, found));
                }
            }
        }
        let shortest = cut::capped(self.draft, &least, &texts, cut::SHORTEST);
        // What is said in an object can take more than it did.
        match (self.size(&shortest), self.size(&least)) {
            (Some(cut), Some(whole)) if available < cut && cut < whole => Err(shortest),
            _ => Err(least),
        }
    }

    /// The choice of what is missing when `texts` are cut to [`TAIL_LENGTH`] each, with these cut to the room that it leaves.
    fn beside_tail(&self, texts: &[Long<'_>], goal: u32) -> Option<Found> {
        let tail = cut::capped(self.draft, &Changes::default(), texts, TAIL_LENGTH);
        let freed = self.before.upper_bound.checked_sub(self.size(&tail)?)?;
        let chosen = self.best(goal.saturating_add(freed))?;
        let slot = chosen.slot.as_ref();
        let room = slot.zip(chosen.changes.summary.as_ref());
        let room = room.map_or(0, |(slot, gap)| {
            summary::most_content(gap.messages.len(), slot.max_tokens, self.draft.counter)
        });
        self.cut(&self.bare_of(&chosen), texts, cut::SHORTEST, goal, room)
    }

    /// Whether results of the last groups change, or where only the very last is kept, others are cut, to whatever length.
    pub(super) fn cuts_tail(&self, changes: &Changes) -> bool {
        let cuts_all = self.policy.cut_tail && self.policy.keep_last <= 1;
        changes.results.iter().any(|changed| {
            let worth = self.ground.worths.results.get(changed.number);
            worth.is_some_and(|worth| worth.group >= self.ground.tail)
                || cuts_all && matches!(changed.change, Change::Cut { .. })
        })
    }

    /// That of the least value; of equals the first.
    pub(super) fn cheapest(&self, first: Found, others: impl Iterator<Item = Found>) -> Found {
        let cheaper = |best, other| match self.value(&other) < self.value(&best) {
            true => other,
            false => best,
        };
        others.fold(first, cheaper)
    }

    /// `base` with the longest of `texts` cut until it reaches `goal`, with `room` for a summary if it has one.
    fn cut(
        &self,
        base: &Changes,
        texts: &[Long<'_>],
        shortest: u32,
        goal: u32,
        room: u32,
    ) -> Option<Found> {
        let has_summary = self.policy.summarise && base.summary.is_some();
        let lower = goal.saturating_sub(if has_summary { room } else { 0 });
        let mut changes = cut::cut_to(self.draft, base, texts, lower, shortest)?;
        self.settle(&mut changes);
        self.filled(&changes, goal, 1)
    }

    /// The longest texts of the user's that may be cut, and can be, in order. Only as many are tried as it takes to find them.
    fn said(&self) -> Vec<Long<'a>> {
        let places = self.ground.said(self.draft.conversation()).into_iter();
        let texts: Vec<_> = places
            .filter_map(|place| {
                let groups = &self.ground.groups;
                let group = groups.partition_point(|group| group.messages.end <= place.message);
                Long::said(self.draft, place, self.offers.kept.of_text(place, group))
            })
            .collect();
        let longest = sorted(texts.iter().collect(), |a: &&Long<'_>, b| {
            b.text.len().cmp(&a.text.len())
        });
        let mut known = HashMap::new();
        let can_be_cut = |long: &&Long<'_>| {
            let message = long.place.message;
            *known.entry(message).or_insert_with(|| {
                let before = |end: usize| texts.partition_point(|own| own.place.message < end);
                let own = texts.get(before(message)..before(message + 1));
                let own = own.unwrap_or_default();
                let cut = cut::capped(self.draft, &Changes::default(), own, cut::SHORTEST);
                self.draft.rewritten(message, &cut).is_ok()
            })
        };
        let longest = longest.into_iter().filter(can_be_cut);
        let longest = longest.take(MOST_TEXTS).cloned().collect();
        sorted(longest, |a: &Long<'_>, b| a.place.cmp(&b.place))
    }

    /// Everything masked, and thoughts dropped, that may be.
    fn strongest(&self) -> Changes {
        let blocked = self.blocked.borrow();
        let mut options = Vec::with_capacity(self.offers.groups.len());
        for offers in &self.offers.groups {
            let mut most = 0;
            for (at, offer) in offers.iter().enumerate() {
                let freed = offers.get(most).map_or(0, |most| most.freed);
                if offer.freed > freed && !offer.acts.iter().any(|act| blocked.contains(act)) {
                    most = at;
                }
            }
            options.push(most);
        }
        drop(blocked);
        let mut changes = Changes::default();
        for (group, (offers, option)) in self.offers.groups.iter().zip(options).enumerate() {
            for act in offers.get(option).iter().flat_map(|offer| &offer.acts) {
                self.act(&mut changes, group, *act);
            }
        }
        self.settle(&mut changes);
        self.drop_useless(&mut changes);
        if self.size(&changes).is_none() && self.block(&changes) {
            return self.strongest();
        }
        changes
    }

    /// Placeholders without their reasons: where every token counts.
    fn terse(&self, changes: &mut Changes) {
        for changed in changes.results_mut().iter_mut() {
            if matches!(changed.change, Change::Mask { .. }) {
                changed.change = self.masked(changed.number, Cause::Old);
            }
        }
    }

    /// The changes that leave the least: the strongest, with the least that may stand there in place of every group that may be
    /// removed.
    fn least(&self, strongest: &Changes) -> Changes {
        if !self.may_remove() {
            return strongest.clone();
        }
        let mut removed = strongest.clone();
        let groups = self.offers.removals.iter().enumerate();
        let groups = groups.filter(|(_, removal)| removal.is_some());
        self.remove(&mut removed, groups.map(|(group, _)| group));
        self.settle(&mut removed);
        // A note that takes more than what it stands for is refused (C8), and a summary has to be asked for.
        let gap = removed.summary.as_ref();
        let has_room = gap.is_some_and(|gap| {
            self.room(&removed, &gap.messages).is_some()
                && (self.policy.drop || self.slot(&gap.messages, summary::SMALLEST).is_some())
        });
        let with = self.reserved(&removed, Some(self.least_terms()));
        match (with, self.size(strongest)) {
            (Some(with), Some(without)) if with < without && has_room => removed,
            _ => strongest.clone(),
        }
    }
}
