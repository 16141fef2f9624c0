//! The best of what a last resort may do: what lands no higher, and results of the last groups cut as well.

use super::brute_force::{Best, combinations, solution, worth};
use super::case::Case;
use super::cut::{self, Long};
use super::*;

impl Case {
    /// With every combination, and of the last groups only the very last kept, the results that are left cut to each of `lengths`: the
    /// least upper bound of all that fit.
    pub(super) fn least_with_cuts(&self, lengths: &[u32]) -> Option<u32> {
        let last = Self {
            policy: Policy {
                keep_last: 1,
                ..self.policy.clone()
            },
            ..self.clone()
        };
        let usable = categories::usable(self.plan.available, &self.policy.categories);
        last.searched(|search| {
            let results = search.ground.results_from(0);
            let texts: Vec<Long<'_>> = results
                .filter_map(|(number, worth)| {
                    let least = search.offers.kept.of_result(number, worth);
                    Long::result(search.draft, number, worth, least)
                })
                .collect();
            let made = combinations(&search)?.into_iter();
            let made = made.map(|(options, removed)| search.changes(&solution(options, removed)));
            let cut = made.flat_map(|changes| {
                let stays = |long: &&Long<'_>| {
                    let own = changes.results.of(long.place.message).iter();
                    own.filter(|own| own.place == long.place).count() == 0
                };
                let texts: Vec<Long<'_>> = texts.iter().filter(stays).cloned().collect();
                let cut = |length: &u32| cut::capped(search.draft, &changes, &texts, *length);
                lengths.iter().map(cut).collect::<Vec<_>>()
            });
            cut.filter_map(|changes| Some(search.filled(&changes, usable, 1)?.upper_bound))
                .min()
        })
    }

    /// For a last resort without cuts in the last groups: its value, and the best of all that land no higher with room for the
    /// same summary, with what it costs.
    pub(super) fn last_resort(&self) -> Option<(f64, Best)> {
        self.searched(|search| self.last_resort_of(&search))
    }

    fn last_resort_of(&self, search: &Search<'_>) -> Option<(f64, Best)> {
        let target = self.plan.target;
        let found = search.find(target, self.plan.available).ok()?;
        if found.changes.cut_the_user() {
            return None;
        }
        let changed = found.changes.results.iter();
        let mut groups = changed.map(|changed| search.ground.worths.results[changed.number].group);
        if found.upper_bound <= target || groups.any(|group| group >= search.ground.tail) {
            return None;
        }
        let slot = found.slot.as_ref().map_or(0, |slot| slot.max_tokens);
        let terms = search.terms_for(slot).remove(0);
        let all = combinations(search)?.into_iter();
        let all = all.filter_map(|(options, removed)| {
            let changes = search.changes(&solution(options, removed));
            let upper = search.reserved(&changes, terms)?;
            let (cost, value) = worth(search, &changes, terms)?;
            (upper <= found.upper_bound).then_some(Best {
                value,
                cost,
                removed,
            })
        });
        let best = all.min_by(|a, b| a.value.total_cmp(&b.value))?;
        let mut changes = found.changes;
        if let Some(summary) = &mut changes.summary {
            summary.text = search.least_text(summary.messages.len());
        }
        Some((worth(search, &changes, terms)?.1, best))
    }
}
