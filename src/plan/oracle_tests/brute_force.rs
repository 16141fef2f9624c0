//! Every combination of offers with every number of removals, made and counted, and the best of those that reach the mark.

use super::case::Case;
use super::choose::{self, Solution};
use super::draft::{self, Changes};
use super::*;

/// Most combinations that are counted; cases with more are left out.
const MOST: usize = 2_500;

/// What is best at a mark.
#[derive(Clone, Debug)]
pub(super) struct Best {
    /// `loss + rewrite - saved`.
    pub value: f64,
    /// `loss + rewrite`.
    pub cost: f64,
    pub removed: usize,
}

/// What brute force finds.
#[derive(Debug)]
pub(super) struct Found {
    /// What reaches the release mark with room for a whole summary, and with the least that may stand in place of the removed;
    /// with shares of categories the first of these where anything does.
    pub target: Vec<Reached>,
    /// The value of what is planned.
    pub planned: Option<f64>,
    /// The least upper bound of all that fit.
    pub least: Option<u32>,
}

/// What reaches the release mark with the same in place of the removed.
#[derive(Debug)]
pub(super) struct Reached {
    pub best: Best,
    /// What the search chooses, measured alike.
    pub planned: Option<f64>,
    /// Its value as it is planned.
    pub value: Option<f64>,
    /// The bound that it states, and the least that any choice comes to with the plan's own note or summary.
    pub bound: Option<(f64, f64)>,
}

impl Case {
    /// Looks at everything; `None` when that is too much.
    pub(super) fn brute_force(&self) -> Option<Found> {
        self.searched(|search| self.brute_force_of(search))
    }

    fn brute_force_of(&self, mut search: Search<'_>) -> Option<Found> {
        let target = self.plan.target;
        // Whether a summary of what goes can be asked for is seen where it is asked for.
        let may_summarise =
            self.policy.summarise && self.policy.summary_tokens >= summary::SMALLEST;
        let fewest = may_summarise.then_some(0);
        let fewest = std::mem::replace(&mut search.fewest_asked, fewest);
        let all = combinations(&search)?;
        let made: Vec<(usize, Changes)> = all
            .into_iter()
            .map(|(options, removed)| (removed, search.changes(&solution(options, removed))))
            .collect();
        // A note that takes more than what it stands for is not legal (C8): such changes cannot be filled.
        let usable = categories::usable(self.plan.available, &self.policy.categories);
        let sizes = made
            .iter()
            .filter_map(|(_, changes)| Some(search.filled(changes, usable, 1)?.upper_bound));
        let least = sizes.min();
        search.fewest_asked = fewest;
        let mut target_reached = Vec::new();
        for terms in search.terms() {
            let fit: Vec<&(usize, Changes)> = made
                .iter()
                .filter(|(_, changes)| {
                    search
                        .reserved(changes, terms)
                        .is_some_and(|upper| upper <= target)
                        && search.filled(changes, target, 1).is_some()
                })
                .collect();
            let values = fit.iter().filter_map(|(removed, changes)| {
                let (cost, value) = worth(&search, changes, terms)?;
                Some(Best {
                    value,
                    cost,
                    removed: *removed,
                })
            });
            let Some(best) = values.min_by(|a, b| a.value.total_cmp(&b.value)) else {
                continue;
            };
            let found = match search.budgets {
                Some(_) => search.find(target, usable).ok(),
                None => search.best_with(terms, target),
            };
            let mut reached = Reached {
                best,
                planned: None,
                value: None,
                bound: None,
            };
            if let Some(found) = found {
                // A note that says more, or a summary that has less room, is the same for all: and so is which of them it is.
                let said = self.said(&search, &found);
                let own = terms.map(|terms| choose::RemovalTerms {
                    cost: search::writing(found.slot.as_ref()),
                    ..terms
                });
                let own = found.changes.summary.as_ref().map_or(terms, |_| own);
                let least = fit.iter().filter_map(|(_, changes)| {
                    let note = changes.summary.as_ref().map_or(0.0, |_| said);
                    Some(worth(&search, changes, own)?.1 + note)
                });
                let least = least.fold(f64::INFINITY, f64::min);
                reached.bound = found.bound.map(|bound| (bound, least));
                let bare = search.bare_of(&found);
                reached.planned = worth(&search, &bare, terms).map(|(_, value)| value);
                reached.value = search.bare_value(&found);
            }
            target_reached.push(reached);
            if search.budgets.is_some() {
                break;
            }
        }
        let planned = search.best(target);
        Some(Found {
            planned: planned.and_then(|found| search.bare_value(&found)),
            target: target_reached,
            least,
        })
    }

    /// What the note of a plan costs more than the shortest one.
    fn said(&self, search: &Search<'_>, found: &search::Found) -> f64 {
        let Some(summary) = &found.changes.summary else {
            return 0.0;
        };
        let shortest = Changes {
            summary: Some(draft::Summary {
                text: search.least_text(summary.messages.len()),
                ..summary.clone()
            }),
            ..found.changes.clone()
        };
        let shortest = search.draft.project(&shortest).unwrap().tokens;
        let more = f64::from(found.projection.tokens) - f64::from(shortest);
        more * (search.economy.money().rewrite + search.economy.money().saving)
    }
}

/// Every choice that removes nothing: the least value, and what it costs; 0 where nothing pays.
pub(super) fn most_that_pays(search: &Search<'_>) -> Option<(f64, f64)> {
    let all = combinations(search)?;
    let mut best = (0.0, 0.0);
    for (options, removed) in all {
        if removed > 0 {
            continue;
        }
        let changes = search.changes(&solution(options, removed));
        if let Some((cost, value)) = worth(search, &changes, None)
            && value < best.0
        {
            best = (value, cost);
        }
    }
    Some(best)
}

pub(super) fn solution(options: Vec<usize>, removed: usize) -> Solution {
    Solution {
        options,
        removed,
        freed: 0,
        loss: 0.0,
        rewrite: 0.0,
        saved: 0.0,
        bound: 0.0,
    }
}

/// `loss + rewrite`, and `loss + rewrite - saved`, with the shortest note where something is removed and the cost of a whole
/// summary where the terms say so: what is chosen between.
pub(super) fn worth(
    search: &Search<'_>,
    changes: &Changes,
    terms: Option<choose::RemovalTerms>,
) -> Option<(f64, f64)> {
    let after = search.draft.project(changes)?;
    let (rewrite, saved) = search.money(changes, &after);
    let writing = changes
        .summary
        .as_ref()
        .and(terms)
        .map_or(0.0, |terms| terms.cost);
    let cost = search.loss(changes, writing > 0.0) + rewrite + writing;
    Some((cost, cost - saved))
}

/// Every choice of an offer for each group that stays, with every number of removals.
pub(super) fn combinations(search: &Search<'_>) -> Option<Vec<(Vec<usize>, usize)>> {
    let removable: Vec<usize> = (0..search.offers.removals.len())
        .filter(|&group| search.offers.removals[group].is_some())
        .collect();
    let most = if search.may_remove() {
        removable.len()
    } else {
        0
    };
    let mut all = Vec::new();
    for removed in 0..=most {
        let gone = &removable[..removed];
        let mut some = vec![Vec::new()];
        for (group, offers) in search.offers.groups.iter().enumerate() {
            let choices = if gone.contains(&group) {
                1
            } else {
                offers.len()
            };
            some = some
                .iter()
                .flat_map(|options| {
                    (0..choices).map(move |option| [options.as_slice(), &[option]].concat())
                })
                .collect();
            if all.len() + some.len() > MOST {
                return None;
            }
        }
        all.extend(some.into_iter().map(|options| (options, removed)));
    }
    Some(all)
}
