//! How near to the best of all choices a plan is, by the count.

use crate::conversation::Dialect;
use crate::plan::choose::{RemovalTerms, Solution};
use crate::plan::digest;
use crate::plan::draft::{Changes, Summary};
use crate::plan::summary;

use super::{Found, Search, writing};

/// Tokens by which the heading of another number of messages may be shorter.
const HEADING: u32 = 2;
/// Tokens of the frame of a note, and of what stands beside it where roles have to alternate.
const FRAME: u32 = 24;
/// Most times that a better choice is looked for.
const LOOKS: usize = 3;
/// Differences in worth that are none.
const NOTHING: f64 = 1e-6;

impl Search<'_> {
    /// `found` with a bound, or what is better by the count. With shares of categories none is stated: what they lead to can leave
    /// the terms that the bound is for.
    pub(super) fn improved(
        &self,
        mut found: Found,
        goal: u32,
        terms: Option<RemovalTerms>,
    ) -> Found {
        if self.budgets.is_some() {
            return found;
        }
        for _ in 0..LOOKS {
            let Some(best) = self.certified(&found, goal, terms) else {
                return found;
            };
            let value = self.value(&found);
            found.bound = Some(best.bound.min(value));
            if best.objective() >= value - NOTHING {
                return found;
            }
            let changes = self.changes(&best);
            let fits = self
                .reserved(&changes, terms)
                .is_some_and(|upper| upper <= goal);
            let worths =
                [changes.clone(), self.bare_of(&found)].map(|made| self.worth(&made, terms));
            let is_better = matches!(worths, [Some(other), Some(own)] if other < own - NOTHING);
            match self.filled(&changes, goal, 1).filter(|_| fits && is_better) {
                Some(other) => found = other,
                None => return found,
            }
        }
        found
    }

    /// `found` with a bound below all choices that leave at most `goal`. Where
    /// nothing has to go, nothing is removed.
    pub(super) fn bounded(&self, found: Found, goal: u32) -> Found {
        if self.budgets.is_some() {
            return found;
        }
        let terms = self.terms().pop().flatten().filter(|_| goal < u32::MAX);
        let best = self.certified(&found, goal, terms);
        let bound = best.map(|best| best.bound.min(self.value(&found)));
        Found { bound, ..found }
    }

    /// The changes of `found` with the shortest note, as choices are compared.
    fn bare_of(&self, found: &Found) -> Changes {
        let mut changes = found.changes.clone();
        if let Some(summary) = &mut changes.summary {
            summary.text = digest::shortest(summary.messages.len());
        }
        changes
    }

    /// What was minimised, as it was made and counted.
    fn value(&self, found: &Found) -> f64 {
        let (rewrite, saved) = self.money(&found.changes, &found.projection);
        self.loss(&found.changes) + writing(found.slot.as_ref()) + rewrite - saved
    }

    /// The best choice by the count that leaves no more than `goal`, with a bound below all of them.
    ///
    /// What stands in place of removed groups is taken as in `found`: with the same room, as long, and at the same price.
    /// Thoughts that go with any edit are freed besides. Categories are not looked at.
    pub(super) fn certified(
        &self,
        found: &Found,
        goal: u32,
        terms: Option<RemovalTerms>,
    ) -> Option<Solution> {
        let stripped = self.stripped();
        let need = self
            .need(goal)
            .min(self.need_as(found, goal))
            .saturating_sub(stripped);
        let terms = terms.map(|terms| self.as_found(terms, found));
        let mut best = self.chosen_freely(need, terms)?;
        let with_any = f64::from(stripped) * (self.money.rewrite + self.money.saving);
        best.bound -= with_any;
        best.saved += with_any;
        Some(best)
    }

    /// Tokens to free for an upper bound of `goal` where the bound falls as it does in `found`.
    fn need_as(&self, found: &Found, goal: u32) -> u32 {
        let tokens = self.before.tokens.saturating_sub(found.projection.tokens);
        let upper = self
            .before
            .upper_bound
            .saturating_sub(found.projection.upper_bound);
        let over = self.before.upper_bound.saturating_sub(goal);
        (f64::from(over) * f64::from(tokens) / f64::from(upper.max(1))) as u32
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
        let reserved = Changes {
            summary: Some(Summary {
                text,
                messages: gap.messages.clone(),
            }),
            ..found.changes.clone()
        };
        let takes = self
            .draft
            .project(&reserved)
            .map_or(0, |after| self.left(&reserved, &after).1);
        let takes = match self.draft.conversation().dialect {
            Dialect::BedrockConverse => least(takes),
            _ => takes.saturating_sub(HEADING),
        };
        RemovalTerms {
            takes,
            paid: self.left(&found.changes, &found.projection).1,
            cost: writing(found.slot.as_ref()),
        }
    }
}
