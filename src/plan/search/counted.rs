//! Choosing and counting in turns, until what was chosen fits and no less would.

use crate::plan::choose::{RemovalTerms, Solution};
use crate::plan::cut;
use crate::plan::document::Cause;
use crate::plan::draft::{Change, Changed, Changes};
use crate::plan::offers::{Act, LENGTHS};

use super::{Made, Search};

/// Most rounds of choosing and counting. Estimates are within a few percent, so that two or three are the rule.
const ROUNDS: usize = 10;

/// Groups up to which a choice that frees more than it must is looked at again.
pub(super) const FEW: usize = 256;

/// The fewest tokens worth keeping of a result that would otherwise be masked.
const WORTH_KEEPING: u32 = 256;

impl Search<'_> {
    /// The best choice by the estimates that reaches `goal` by the count.
    pub(super) fn fitting(
        &self,
        over: u32,
        terms: Option<RemovalTerms>,
        goal: u32,
    ) -> Option<Made> {
        let (mut need, mut asked) = (over, terms);
        for _ in 0..ROUNDS {
            let solution = self.chosen(need, asked)?;
            let changes = self.changes(&solution);
            let Some(upper) = self.reserved(&changes, terms) else {
                if !self.block(&changes) {
                    asked = Some(self.with_more(asked?, solution.removed)?);
                }
                continue;
            };
            if upper <= goal {
                return Some(self.relented((solution, changes, upper), need, terms, goal));
            }
            need = Self::beyond(need, upper - goal, &solution, terms);
        }
        None
    }

    /// The same terms where the oldest `removed` have no room for what is to stand in their place: more has to go.
    fn with_more(&self, terms: RemovalTerms, removed: usize) -> Option<RemovalTerms> {
        let gone = self.offers.removals.iter().flatten().take(removed);
        let gone = gone.fold(0, |sum: u32, gone| sum.saturating_add(gone.freed));
        let least = gone.saturating_add(1);
        (removed > 0 && least > terms.least).then_some(RemovalTerms { least, ..terms })
    }

    /// What to ask for after `solution`, which was chosen for `need` and left `short` tokens too many: as long as no more is
    /// asked for than it frees, it is chosen again.
    pub(super) fn beyond(
        need: u32,
        short: u32,
        solution: &Solution,
        terms: Option<RemovalTerms>,
    ) -> u32 {
        let terms = terms.filter(|_| solution.removed > 0);
        let held = terms.map_or(0, |terms| i64::from(terms.takes) - i64::from(terms.paid));
        let frees = u32::try_from(solution.freed - held).unwrap_or(0);
        let more = need.saturating_add(short);
        if more > frees {
            more
        } else {
            frees.saturating_add(short)
        }
    }

    /// Tokens to free, at least, for an upper bound of `goal`.
    pub(super) fn need(&self, goal: u32) -> u32 {
        let over = self.before.upper_bound.saturating_sub(goal);
        (f64::from(over) * self.rate) as u32
    }

    /// Remembers which of `changes` cannot be made; whether there was any.
    pub(super) fn block(&self, changes: &Changes) -> bool {
        let mut blocked = self.blocked.borrow_mut();
        let known = blocked.len();
        for changed in changes.results.iter() {
            if self
                .draft
                .rewritten(changed.place.message, changes)
                .is_err()
            {
                blocked.insert(Act::Mask(changed.number));
                for length in LENGTHS {
                    blocked.insert(Act::Cut(changed.number, length));
                }
            }
        }
        for &index in &changes.reasoning {
            if self.draft.rewritten(index, changes).is_err() {
                blocked.insert(Act::Reasoning(index));
            }
        }
        blocked.len() > known
    }

    /// Less, where less is enough too: the estimates may have asked for more than was needed.
    pub(super) fn relented(
        &self,
        (mut solution, mut changes, mut upper): Made,
        mut need: u32,
        terms: Option<RemovalTerms>,
        goal: u32,
    ) -> Made {
        if self.offers.groups.len() > FEW {
            return (solution, changes, upper);
        }
        let mut least = need.saturating_sub(goal.saturating_sub(upper)).min(need);
        for _ in 0..ROUNDS {
            if least >= need {
                break;
            }
            let fits = self.chosen(least, terms).and_then(|less| {
                let made = self.changes(&less);
                let upper = self.reserved(&made, terms).filter(|upper| *upper <= goal)?;
                Some((less, made, upper))
            });
            match fits {
                Some(less) => {
                    need = least;
                    (solution, changes, upper) = less;
                    least = need.saturating_sub(goal.saturating_sub(upper));
                }
                None => least += (need - least).div_ceil(2),
            }
        }
        (solution, changes, upper)
    }

    /// The result that is missed most keeps its ends, or more of them, where there is room.
    pub(super) fn kept_more(
        &self,
        changes: Changes,
        upper: u32,
        terms: Option<RemovalTerms>,
        goal: u32,
    ) -> Changes {
        let spare = goal.saturating_sub(upper);
        if !self.policy.cut || spare < WORTH_KEEPING {
            return changes;
        }
        let mut most: Option<(f64, usize, u32)> = None;
        for Changed { number, change, .. } in changes.results.iter() {
            let Some(worth) = self.ground.worths.results.get(*number) else {
                continue;
            };
            let size = self.offers.sizes.get(*number).copied().unwrap_or(0);
            let (kept, missed) = match change {
                Change::Mask {
                    cause: Cause::Old | Cause::Stale,
                    placeholder,
                } => (
                    self.draft.counter.count_text(placeholder),
                    self.scale.masked(worth, size),
                ),
                Change::Mask { .. } => continue,
                Change::Cut { text, .. } => {
                    let kept = self.draft.counter.count_text(text);
                    (kept, self.scale.cut(worth, size, kept))
                }
            };
            if size > WORTH_KEEPING && most.is_none_or(|(known, _, _)| missed > known) {
                most = Some((missed, *number, kept));
            }
        }
        let kept = most.and_then(|(_, number, kept)| {
            let worth = self.ground.worths.results.get(number)?;
            let text = cut::text_at(self.draft, worth)?;
            // The notice takes more inside JSON than alone: what is nearly whole could grow (C8).
            let size = self.offers.sizes.get(number).copied().unwrap_or(0);
            let most = (kept + spare - spare / 16).min(size - size / 8);
            let cut = cut::cut(self.draft, worth, &text, most)?;
            let mut more = changes.clone();
            cut::set(&mut more, number, worth, cut);
            // What has just been made comes first.
            let is_better = self.worth(&more, terms)? <= self.worth(&changes, terms)?;
            let fits = is_better && self.reserved(&more, terms)? <= goal;
            (fits && self.keeps_shares(&changes, &more)).then_some(more)
        });
        kept.unwrap_or(changes)
    }
}
