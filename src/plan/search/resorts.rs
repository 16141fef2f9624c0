//! Where no choice reaches the release mark: all that may go, then results of the last groups.

use crate::plan::cut;
use crate::plan::document::Cause;
use crate::plan::draft::{Change, Changes};

use super::{Found, Search};

/// The fewest tokens that a result in the last groups is left with while the middle is not summarised yet.
const MILD_TAIL_CUT: u32 = 1_024;

impl Search<'_> {
    /// What leaves the least of all that the policy allows, results of the last groups included; the error is the same
    /// where it does not fit.
    pub(super) fn resort(&self, target: u32, available: u32) -> Result<Found, Changes> {
        // No landing at the release mark. The nearest one makes the next overflow as late as possible.
        let strongest = self.strongest();
        let mut least = self.least(&strongest);
        for _ in 0..2 {
            if let Some(found) = self.filled(&least, available, 2) {
                return Ok(found);
            }
            self.terse(&mut least);
        }
        if self.policy.cut && self.policy.cut_tail && self.may_edit {
            let tail: Vec<_> = self.ground.tail_results().collect();
            let mild = [&strongest, &least]
                .into_iter()
                .zip([MILD_TAIL_CUT, cut::SHORTEST])
                .flat_map(|(base, shortest)| {
                    [(base, shortest, target), (base, shortest, available)]
                });
            for (base, shortest, goal) in mild {
                let cut = cut::cut_to(self.draft, base, &tail, goal, shortest);
                let cut = cut.map(|mut changes| {
                    self.settle(&mut changes);
                    changes
                });
                if let Some(found) = cut.and_then(|changes| self.filled(&changes, goal, 1)) {
                    return Ok(found);
                }
            }
            let shortest = cut::cut_to(self.draft, &least, &tail, 0, cut::SHORTEST);
            least = shortest.unwrap_or(least);
        }
        Err(least)
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

    /// The changes that leave the least: the strongest, with a note in place of every group that may be removed.
    fn least(&self, strongest: &Changes) -> Changes {
        if !self.may_remove() {
            return strongest.clone();
        }
        let mut removed = strongest.clone();
        let groups = self.offers.removals.iter().enumerate();
        let groups = groups.filter(|(_, removal)| removal.is_some());
        self.remove(&mut removed, groups.map(|(group, _)| group));
        self.settle(&mut removed);
        // A note that takes more than what it stands for is refused (C8).
        let gap = removed.summary.as_ref();
        let has_room = gap.is_some_and(|gap| self.room(&removed, &gap.messages).is_some());
        match (self.size(&removed), self.size(strongest)) {
            (Some(with), Some(without)) if with < without && has_room => removed,
            _ => strongest.clone(),
        }
    }
}
