//! Choices near the one that the estimates chose, made and counted.

use std::cell::Cell;

use super::slot::slot_of;
use super::{Made, Search};
use crate::plan::choose::{RemovalTerms, Solution};
use crate::plan::draft::Changes;
use crate::plan::offers::Offer;

/// Groups up to which nearby choices are counted.
pub(super) const FEWEST: usize = 12;
/// Most choices that are made and counted.
const EFFORT: usize = 1_500;
/// Differences in worth that are none.
const NOTHING: f64 = 1e-9;

/// Where a descent ends.
struct End {
    solution: Solution,
    changes: Changes,
    upper: u32,
    worth: f64,
}

impl Search<'_> {
    /// All that may be done to groups while they stay, with the oldest `removed` of the removable ones gone.
    fn everything(&self, removed: usize, terms: Option<RemovalTerms>) -> Solution {
        let blocked = self.blocked.borrow();
        let may = |offer: &Offer| !offer.acts.iter().any(|act| blocked.contains(act));
        let most = |offers: &Vec<Offer>| {
            let offers = offers.iter().enumerate().filter(|(_, offer)| may(offer));
            let most = offers.max_by_key(|(_, offer)| offer.freed);
            most.map_or(0, |(at, _)| at)
        };
        let options: Vec<usize> = self.offers.groups.iter().map(most).collect();
        let (mut left, mut freed) = (removed, 0);
        let takes = terms.filter(|_| removed > 0).map_or(0, |terms| terms.takes);
        for ((offers, option), removal) in self
            .offers
            .groups
            .iter()
            .zip(&options)
            .zip(&self.offers.removals)
        {
            freed += i64::from(match removal {
                Some(removal) if left > 0 => {
                    left -= 1;
                    removal.freed
                }
                _ => offers.get(*option).map_or(0, |offer| offer.freed),
            });
        }
        Solution {
            options,
            removed,
            freed: freed - i64::from(takes),
            loss: 0.0,
            rewrite: 0.0,
            saved: 0.0,
            bound: 0.0,
        }
    }

    fn most_removals(&self, terms: Option<RemovalTerms>) -> usize {
        let removable = self.offers.removals.iter().flatten().count();
        terms.map_or(0, |_| removable)
    }

    /// Whether nearby choices are counted.
    fn is_small(&self) -> bool {
        self.offers.groups.len() <= FEWEST && !self.in_stages.get()
    }

    /// All that may be done with the fewest removals that reach `goal`, and the same with less of it where less will do.
    pub(super) fn strongest_fitting(&self, terms: Option<RemovalTerms>, goal: u32) -> Option<Made> {
        let made = |removed| {
            let solution = self.everything(removed, terms);
            let changes = self.changes(&solution);
            let upper = self.reserved(&changes, terms)?;
            (upper <= goal).then_some((solution, changes, upper))
        };
        let (mut few, mut many) = (0, self.most_removals(terms));
        let strongest = made(0).or_else(|| {
            let mut fewest = made(many)?;
            while many - few > 1 {
                let half = few + (many - few) / 2;
                match made(half) {
                    Some(fits) => (fewest, many) = (fits, half),
                    None => few = half,
                }
            }
            Some(fewest)
        })?;
        // The estimates are as wrong for less as they are for this, about.
        let (freed, spare) = (strongest.0.freed, goal - strongest.2);
        let need = u32::try_from(freed).unwrap_or(0).saturating_sub(spare);
        let less = self.fitting(need, terms, goal);
        let worth = |made: &Made| self.worth(&made.1, terms).unwrap_or(f64::INFINITY);
        Some(match less {
            Some(less) if worth(&less) < worth(&strongest) => less,
            _ => strongest,
        })
    }

    /// Better choices nearby, by exact counts. Estimates are off by some tokens a group: much, where groups are few.
    pub(super) fn refined(
        &self,
        (solution, changes, upper): Made,
        terms: Option<RemovalTerms>,
        goal: u32,
    ) -> Made {
        if !self.is_small() {
            return (solution, changes, upper);
        }
        let effort = Cell::new(EFFORT);
        let all = (0..=self.most_removals(terms)).map(|removed| self.everything(removed, terms));
        let starts = std::iter::once(solution.clone()).chain(all);
        let ends = starts.filter_map(|start| self.descended(start, terms, goal, &effort, false));
        let best = ends.reduce(|best, end| {
            if end.worth < best.worth - NOTHING {
                end
            } else {
                best
            }
        });
        let best = best.and_then(|best| self.descended(best.solution, terms, goal, &effort, true));
        match best {
            Some(best) => (best.solution, best.changes, best.upper),
            None => (solution, changes, upper),
        }
    }

    /// Where a choice that reaches `goal` leads when one group at a time changes as long as that helps, or two.
    fn descended(
        &self,
        start: Solution,
        terms: Option<RemovalTerms>,
        goal: u32,
        effort: &Cell<usize>,
        in_pairs: bool,
    ) -> Option<End> {
        let made = |solution: Solution, known: f64| {
            effort.set(effort.get().checked_sub(1)?);
            let changes = self.changes(&solution);
            let worth = self.worth(&changes, terms)?;
            if worth >= known - NOTHING {
                return None;
            }
            let upper = self.reserved(&changes, terms)?;
            (upper <= goal).then_some(End {
                solution,
                changes,
                upper,
                worth,
            })
        };
        let mut best = made(start, f64::INFINITY)?;
        for _ in 0..FEWEST {
            let mut near = self.neighbours(&best.solution);
            if in_pairs {
                near = near.iter().flat_map(|near| self.neighbours(near)).collect();
            }
            let mut better = None;
            for near in near {
                let known = better.as_ref().map_or(best.worth, |end: &End| end.worth);
                better = made(near, known).or(better);
            }
            match better {
                Some(end) => best = end,
                None => break,
            }
        }
        Some(best)
    }

    /// The choices that differ in one group.
    fn neighbours(&self, solution: &Solution) -> Vec<Solution> {
        let mut near = Vec::new();
        for (group, offers) in self.offers.groups.iter().enumerate() {
            for at in 0..offers.len() {
                let mut other = solution.clone();
                let Some(option) = other.options.get_mut(group) else {
                    continue;
                };
                if std::mem::replace(option, at) != at {
                    near.push(other);
                }
            }
        }
        near
    }

    /// What `changes` are worth as a choice: their objective, with the cost of a whole summary where the terms say so.
    pub(super) fn worth(&self, changes: &Changes, terms: Option<RemovalTerms>) -> Option<f64> {
        let writing = changes.summary.as_ref().and(terms);
        let value = self.objective(changes, slot_of(terms) > 0, None)?;
        Some(value + writing.map_or(0.0, |terms| terms.cost))
    }
}
