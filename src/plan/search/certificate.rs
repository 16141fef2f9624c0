//! How near to the best of all choices a plan is, by the count.

use crate::conversation::Dialect;
use crate::plan::choose::{RemovalTerms, Solution};
use crate::plan::digest;
use crate::plan::draft::{Changes, Summary};
use crate::plan::summary;

use super::counted::FEW;
use super::slot::slot_of;
use super::{Found, Search, writing};

/// Tokens by which the heading of another number of messages may be shorter.
const HEADING: u32 = 2;
/// Tokens of the frame of a note, and of what stands beside it where roles have to alternate.
const FRAME: u32 = 24;
/// Most times that a better choice is looked for.
const LOOKS: usize = 3;
/// The part of loss and rewriting by which a bound is far below.
const FAR: f64 = 0.01;
/// The part of a summary by which it may be shorter than it could be.
const SHORTER: u32 = 8;
/// Differences in worth that are none.
const NOTHING: f64 = 1e-6;

/// Tokens to free, and what removals may look like.
type Asked = (u32, Option<RemovalTerms>);

impl Search<'_> {
    /// `found` with a bound, or what is better by the count. What was found in stages is left as it is.
    pub(super) fn improved(
        &self,
        mut found: Found,
        goal: u32,
        terms: Option<RemovalTerms>,
    ) -> Found {
        let looks = match self.in_stages.get() {
            true => 0,
            false => LOOKS,
        };
        for look in 0..=looks {
            let asked = self.asked(&found, goal, terms);
            let Some(best) = self.certified(asked) else {
                break;
            };
            let is_above = best.objective() < self.value(&found) - NOTHING;
            let other = (look < looks && is_above)
                .then(|| self.better(&found, best.clone(), goal, terms, asked))
                .flatten();
            match other {
                Some(other) => found = other,
                None => {
                    let bound = self.bound(&found, &best, asked);
                    found.bound = Some(match found.slot.is_some() && slot_of(terms) == 0 {
                        true => self
                            .value_beside(&best, &found)
                            .map_or(bound, |value| bound.min(value)),
                        false => bound,
                    });
                    break;
                }
            }
        }
        found
    }

    /// The value of a choice by the count, with the summary of `found` in place of what it removes. Where changes were chosen for a
    /// note, and a summary is written after all, another choice may be better with that.
    fn value_beside(&self, choice: &Solution, found: &Found) -> Option<f64> {
        let mut changes = self.changes(choice);
        if let (Some(gap), Some(own)) = (&mut changes.summary, &found.changes.summary) {
            gap.text.clone_from(&own.text);
        }
        let slot = found.slot.as_ref().filter(|_| changes.summary.is_some());
        Some(self.objective(&changes, slot.is_some(), None)? + writing(slot))
    }

    /// The bound of `best`, no more than the value of `found`, tightened where it is far below and that is not too much to do.
    fn bound(&self, found: &Found, best: &Solution, asked: Asked) -> f64 {
        let mut bound = best.bound;
        if self.offers.groups.len() <= FEW && self.is_far(found, bound) {
            let (need, terms) = asked;
            bound = bound.max(self.tightened(need, terms) - self.with_any());
        }
        bound.min(self.value(found))
    }

    /// Whether `bound` is far below what `found` comes to.
    pub(super) fn is_far(&self, found: &Found, bound: f64) -> bool {
        let saved = self.money(&found.changes, &found.projection).1;
        let value = self.value(found);
        value - bound > FAR * (value + saved)
    }

    /// What is saved by what goes with any edit.
    fn with_any(&self) -> f64 {
        f64::from(self.stripped()) * (self.money.rewrite + self.money.saving)
    }

    /// `best` made, or the next choice that reaches `goal` by the count, if it is better than `found`. Where it is much better, its
    /// summary may be a little shorter.
    fn better(
        &self,
        found: &Found,
        mut best: Solution,
        goal: u32,
        terms: Option<RemovalTerms>,
        (mut need, same): Asked,
    ) -> Option<Found> {
        let own = self.worth(&self.bare_of(found), terms)?;
        let is_far = self.is_far(found, best.objective());
        let slot = found.slot.as_ref().map_or(0, |slot| slot.max_tokens);
        let full = slot_of(terms);
        let shorter = if is_far {
            slot.saturating_sub(full - full / SHORTER)
        } else {
            0
        };
        for _ in 0..LOOKS {
            let changes = self.changes(&best);
            let upper = self.reserved(&changes, terms)?;
            if upper <= goal.saturating_add(shorter) {
                let is_better = self.worth(&changes, terms)? < own - NOTHING;
                return is_better
                    .then(|| self.filled_as(terms, &changes, goal))
                    .flatten();
            }
            if !is_far && self.offers.groups.len() > FEW {
                break;
            }
            need = Self::beyond(need, upper - goal, &best, same);
            best = self.certified((need, same))?;
            if best.objective() >= own - NOTHING {
                break;
            }
        }
        None
    }

    /// `found` with a bound below all choices that leave at most `goal`. Where
    /// nothing has to go, nothing is removed.
    pub(super) fn bounded(&self, found: Found, goal: u32) -> Found {
        let slot = found.slot.as_ref().map_or(0, |slot| slot.max_tokens);
        let terms = self.terms_for(slot).into_iter().next().flatten();
        let terms = terms.filter(|_| goal < u32::MAX);
        let asked = self.asked(&found, goal, terms);
        let best = self.certified(asked);
        let bound = best.map(|best| self.bound(&found, &best, asked));
        Found { bound, ..found }
    }

    /// `staged` with a bound that `free`, which is a choice as well, does not come below.
    ///
    /// Estimates are off by some tokens, so that a choice can fit by the count and not by them. Without shares the best by the count
    /// is what was found, and no bound is above its own; in stages it is another, valued here with what stands in place of the
    /// removed as in `staged`.
    pub(super) fn bounded_by(&self, staged: Found, free: &Found) -> Found {
        let value = self.value_with_note_of(free, &staged);
        let bound = staged.bound.zip(value);
        Found {
            bound: bound.map(|(bound, value)| bound.min(value)),
            ..staged
        }
    }

    /// The value of `found` with the note of `other` in place of what it removes, at the price of that; the least that may stand
    /// there where `other` removes nothing.
    fn value_with_note_of(&self, found: &Found, other: &Found) -> Option<f64> {
        let Some(gap) = &found.changes.summary else {
            return Some(self.value(found));
        };
        let (text, slot) = match &other.changes.summary {
            Some(own) => (own.text.clone(), other.slot.as_ref()),
            None => (self.least_text(gap.messages.len()), found.slot.as_ref()),
        };
        let messages = gap.messages.clone();
        let changes = Changes {
            summary: Some(Summary { text, messages }),
            ..found.changes.clone()
        };
        Some(self.objective(&changes, slot.is_some(), None)? + writing(slot))
    }

    /// The changes of `found` with the least that may stand in place of what it removes, as choices are compared.
    pub(in crate::plan) fn bare_of(&self, found: &Found) -> Changes {
        let mut changes = found.changes.clone();
        if let Some(summary) = &mut changes.summary {
            summary.text = self.least_text(summary.messages.len());
        }
        changes
    }

    /// The value of `found` with the least that may stand in place of what it removes, at the price of its summary.
    pub(in crate::plan) fn bare_value(&self, found: &Found) -> Option<f64> {
        let value = self.objective(&self.bare_of(found), found.slot.is_some(), None)?;
        Some(value + writing(found.slot.as_ref()))
    }

    /// What `found` is expected to be missed for, with what it costs to have its summary written.
    pub(in crate::plan) fn lost(&self, found: &Found) -> f64 {
        self.loss(&found.changes, found.slot.is_some()) + writing(found.slot.as_ref())
    }

    /// What was minimised, as it was made and counted.
    pub(super) fn value(&self, found: &Found) -> f64 {
        let (rewrite, saved) = self.money(&found.changes, &found.projection);
        self.lost(found) + rewrite - saved
    }

    /// What to ask for, for all choices that leave no more than `goal`, as far as `found` knows: tokens to free beside what
    /// goes with any edit, and the terms of removals.
    fn asked(&self, found: &Found, goal: u32, terms: Option<RemovalTerms>) -> Asked {
        let over = self.before.upper_bound.saturating_sub(goal);
        let need = (f64::from(over) * self.rate_as(found)) as u32;
        let terms = terms.map(|terms| self.as_found(terms, found));
        (need.saturating_sub(self.stripped()), terms)
    }

    /// The best choice by the count, with a bound below all of them.
    ///
    /// What stands in place of removed groups is taken as in the plan: with the same room, as long, and at the same price.
    /// Thoughts that go with any edit are freed besides. Categories are not looked at.
    pub(super) fn certified(&self, (need, terms): Asked) -> Option<Solution> {
        let mut best = self.chosen_freely(need, terms)?;
        let with_any = self.with_any();
        best.bound -= with_any;
        best.saved += with_any;
        Some(best)
    }

    /// Tokens that go for each token by which the upper bound falls: by the estimates or as in `found`, whichever is less.
    fn rate_as(&self, found: &Found) -> f64 {
        let tokens = self.before.tokens.saturating_sub(found.projection.tokens);
        let upper = self
            .before
            .upper_bound
            .saturating_sub(found.projection.upper_bound);
        self.rate.min(f64::from(tokens) / f64::from(upper.max(1)))
    }

    /// The terms of removals as `found` has them.
    fn as_found(&self, terms: RemovalTerms, found: &Found) -> RemovalTerms {
        let counter = self.draft.counter;
        let least = |takes: u32| takes.saturating_sub(FRAME + HEADING);
        let Some(gap) = &found.changes.summary else {
            return RemovalTerms {
                takes: least(terms.takes),
                paid: counter.count_text(&digest::shortest(1)),
                ..terms
            };
        };
        let count = gap.messages.len();
        let text = if terms.cost > 0.0 {
            let slot = found.slot.as_ref().map_or(0, |slot| slot.max_tokens);
            summary::fullest(count, slot, counter)
        } else {
            digest::shortest(count)
        };
        let mut gone = found.changes.clone();
        gone.removed.extend(&gap.messages);
        gone.summary = None;
        let reserved = Changes {
            summary: Some(Summary {
                text,
                messages: gap.messages.clone(),
            }),
            ..found.changes.clone()
        };
        // As much of the upper bound, at the rate at which it is to fall.
        let upper = self.size(&reserved).zip(self.size(&gone));
        let takes = upper.map_or(0, |(with, without)| with.saturating_sub(without));
        let takes = (f64::from(takes) * self.rate_as(found)) as u32;
        let takes = match self.draft.conversation().dialect {
            Dialect::BedrockConverse => least(takes),
            _ => takes.saturating_sub(HEADING),
        };
        // What stands in place of fewer messages names a shorter number.
        let [own, shortest] = [count, 1].map(|count| counter.count_text(&digest::shortest(count)));
        let paid = self.left(&found.changes, &found.projection).1;
        RemovalTerms {
            takes,
            paid: paid.saturating_sub(own.saturating_sub(shortest)),
            cost: writing(found.slot.as_ref()),
            least: found.slot.as_ref().map_or(0, |_| terms.least),
        }
    }
}
