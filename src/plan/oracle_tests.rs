//! The planner against brute force: every combination of offers with every number of removals, made and counted.
//!
//! The oracle makes changes as the search does, but chooses nothing by estimates: it counts them all and keeps those that
//! reach the mark. Offers are what they are; that they leave out nothing legal is tested elsewhere (`tests/plan_oracle.rs`).

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::Value;

use super::choose::Solution;
use super::draft::Changes;
use super::*;
use crate::count::count;
use crate::judge::{JudgeOptions, judge};
use crate::models::{ModelOptions, resolve};
use crate::normalize::normalize_as;
use crate::project::project;

#[path = "../../tests/planning/neutral.rs"]
mod neutral;

use neutral::{FORMS, History, history, written};

/// Most combinations that are counted; cases with more are left out.
const MOST: usize = 2_500;
/// How much worse than the best a plan may be, of what it costs.
const GAP: f64 = 0.01;
/// The same in tokens at the price of input, where the best costs next to nothing.
const LEAST_GAP: f64 = 1.0;

/// Counts a run of letters or digits as a token for every five of its characters, and every other character but a blank as
/// one.
struct Letters;

impl CountText for Letters {
    fn count_text(&self, text: &str) -> u32 {
        let (mut tokens, mut run) = (0, 0);
        for character in text.chars() {
            if character.is_alphanumeric() {
                tokens += u32::from(run % 5 == 0);
                run += 1;
            } else {
                tokens += u32::from(character != ' ');
                run = 0;
            }
        }
        tokens
    }
}

type Drawn = (usize, History, Policy, f64);

/// What is best at a mark.
#[derive(Clone, Debug)]
struct Best {
    /// `loss + rewrite - saved`.
    value: f64,
    /// `loss + rewrite`.
    cost: f64,
    removed: usize,
}

/// What brute force finds.
#[derive(Debug)]
struct Found {
    /// The best that reaches the release mark, with room for a whole summary where any has it.
    target: Option<Best>,
    /// What the search chooses, measured alike, and its bound.
    planned: Option<(f64, f64)>,
    /// The least upper bound of all that fit.
    least: Option<u32>,
}

struct Case {
    counted: Counted,
    judgement: Judgement,
    model: Model,
    policy: Policy,
    plan: CompactionPlan,
}

impl Case {
    fn of((form, history, policy, share): &Drawn) -> Self {
        let (form, dialect, name) = FORMS[*form];
        let request: Value = written(history, form);
        let conversation = normalize_as(Dialect::named(dialect), &request).unwrap();
        let counted = count(Arc::new(conversation), &Letters);
        let model = |limit: u32| {
            resolve(&ModelOptions {
                model: Some(name.to_owned()),
                max_context_tokens: Some(limit),
                ..ModelOptions::default()
            })
            .unwrap()
        };
        let size = project(&counted, &model(1_000_000), &Letters).upper_bound;
        let model = model(((f64::from(size) * share) as u32).max(1));
        let options = JudgeOptions {
            headroom: Some(0),
            tight_at: 0.9,
        };
        let projection = project(&counted, &model, &Letters);
        let judgement = judge(projection, &model, None, options);
        let plan = plan(&counted, &judgement, &model, policy, &Letters);
        Self {
            counted,
            judgement,
            model,
            policy: policy.clone(),
            plan,
        }
    }

    /// Looks at everything; `None` when that is too much.
    fn brute_force(&self) -> Option<Found> {
        let before = &self.judgement.projection;
        let memory = Memory::new(&Letters);
        let draft = Draft::new(&self.counted, &self.model, &memory);
        let thoughts = Thoughts::of(&draft, &self.policy);
        let strips = matches!(thoughts, Thoughts::Strip | Thoughts::Append);
        let ground = Ground::new(&self.counted.conversation, &self.policy, strips);
        let target = self.plan.target;
        let economy = Economy::of(
            &self.policy.cache,
            &self.model,
            &self.counted.conversation,
            before.tokens,
        );
        let scale = Scale::of(target, economy.read, self.policy.summarise);
        let may_edit = !(crate::models::binds_thoughts(&self.model)
            && self.policy.thinking == ThinkingPolicy::AppendOnly);
        let offers = offers::offers(&draft, &ground, &self.policy, before, scale, may_edit);
        let search = Search::new(
            &draft,
            &ground,
            &self.policy,
            before,
            offers,
            (economy.money(), scale),
            None,
        );
        let all = combinations(&search)?;
        let made: Vec<(usize, Changes)> = all
            .into_iter()
            .map(|(options, removed)| {
                let solution = Solution {
                    options,
                    removed,
                    freed: 0,
                    loss: 0.0,
                    rewrite: 0.0,
                    saved: 0.0,
                    bound: 0.0,
                };
                (removed, search.changes(&solution))
            })
            .collect();
        // A note that takes more than what it stands for is not legal (C8): such changes cannot be filled.
        let sizes = made.iter().filter_map(|(_, changes)| {
            Some(search.filled(changes, self.plan.available, 1)?.upper_bound)
        });
        let least = sizes.min();
        let mut best: Option<Best> = None;
        let mut planned = None;
        for terms in search.terms() {
            for (removed, changes) in &made {
                let fits = |upper: &u32| *upper <= target;
                let Some(_) = search.reserved(changes, terms).filter(fits) else {
                    continue;
                };
                let Some((cost, value)) = worth(&search, changes, terms) else {
                    continue;
                };
                if best.as_ref().is_none_or(|best| value < best.value) {
                    best = Some(Best {
                        value,
                        cost,
                        removed: *removed,
                    });
                }
            }
            if best.is_some() {
                planned = search.best(target).and_then(|found| {
                    let mut changes = found.changes;
                    if let Some(summary) = &mut changes.summary {
                        summary.text = digest::shortest(summary.messages.len());
                    }
                    Some((
                        worth(&search, &changes, terms)?.1,
                        found.bound.unwrap_or(f64::NEG_INFINITY),
                    ))
                });
                break;
            }
        }
        Some(Found {
            target: best,
            planned,
            least,
        })
    }
}

/// `loss + rewrite`, and `loss + rewrite - saved`, with the shortest note where something is removed and the cost of a whole
/// summary where the terms say so: what is chosen between.
fn worth(
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
    let cost = search.loss(changes) + rewrite + writing;
    Some((cost, cost - saved))
}

/// Every choice of an offer for each group that stays, with every number of removals.
fn combinations(search: &Search<'_>) -> Option<Vec<(Vec<usize>, usize)>> {
    let removable: Vec<usize> = (0..search.offers.removals.len())
        .filter(|&group| search.offers.removals[group].is_some())
        .collect();
    let most = if search.policy.summarise || search.policy.drop {
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

fn policy() -> impl Strategy<Value = Policy> {
    (
        prop_oneof![3 => Just(0.8), 1 => 0.3..=1.0],
        1_usize..4,
        prop::array::uniform5(prop::bool::weighted(0.85)),
        any::<bool>(),
        prop_oneof![Just(40_u32), Just(100), Just(300), Just(1024)],
        prop_oneof![Just(0_u32), Just(10)],
        any::<bool>(),
        prop_oneof![Just((None, None)), Just((Some(0.1), Some(1.25)))],
    )
        .prop_map(
            |(
                release,
                keep_last,
                may,
                summarise,
                summary_tokens,
                horizon,
                broken,
                (read, write),
            )| {
                Policy {
                    release,
                    keep_last,
                    mask: may[0],
                    cut: may[1],
                    cut_tail: may[2],
                    drop_reasoning: may[3],
                    drop: may[4],
                    summarise,
                    summary_tokens,
                    cache: CachePolicy {
                        horizon,
                        broken,
                        read,
                        write,
                        ..CachePolicy::default()
                    },
                    ..Policy::default()
                }
            },
        )
}

fn drawn() -> impl Strategy<Value = Drawn> {
    (0..FORMS.len(), history(2..7, 400, 2), policy(), 0.15..1.0)
}

/// A case that needs a plan, with what brute force finds.
fn looked(drawn: &Drawn) -> Option<(Case, Found)> {
    let case = Case::of(drawn);
    if case.plan.status == PlanStatus::Unneeded {
        return None;
    }
    let found = case.brute_force()?;
    Some((case, found))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn never_irreducible_where_brute_force_finds_a_legal_plan(drawn in drawn()) {
        if let Some((case, found)) = looked(&drawn) {
            prop_assert!(
                case.plan.status == PlanStatus::Planned || found.least.is_none(),
                "{}: {:?} of {}", FORMS[drawn.0].0, found.least, case.plan.available
            );
        }
    }

    #[test]
    fn the_release_mark_is_reached_where_brute_force_reaches_it(drawn in drawn()) {
        if let Some((case, Found { target: Some(best), .. })) = looked(&drawn) {
            prop_assert!(case.plan.released, "{}: {:?} of {}", FORMS[drawn.0].0, best, case.plan.target);
        }
    }

    #[test]
    fn loss_and_cost_are_at_most_one_percent_above_the_best(drawn in drawn()) {
        if let Some((case, Found { target: Some(best), planned, .. })) = looked(&drawn) {
            let (value, bound) = planned.expect("a choice");
            let most = best.value + (GAP * best.cost).max(LEAST_GAP);
            prop_assert!(value <= most, "{}: {value}, best {best:?}, {:?}", FORMS[drawn.0].0, case.plan.steps);
            // The bound that a plan reports is never above its own value.
            prop_assert!(bound.min(value) <= most, "{}: bound {bound}, best {best:?}", FORMS[drawn.0].0);
        }
    }
}

#[test]
fn brute_force_looks_at_every_dialect_and_finds_plans_with_and_without_removals() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut seen = std::collections::BTreeMap::new();
    for _ in 0..1_500 {
        let drawn = drawn().new_tree(&mut runner).unwrap().current();
        if let Some((
            _,
            Found {
                target: Some(best), ..
            },
        )) = looked(&drawn)
        {
            let [plain, removals] = seen.entry(FORMS[drawn.0].0).or_insert([0, 0]);
            *plain += usize::from(best.removed == 0);
            *removals += usize::from(best.removed > 0);
        }
    }
    assert_eq!(seen.len(), FORMS.len(), "{seen:?}");
    assert!(
        seen.values()
            .all(|[plain, removals]| *plain > 0 && *removals > 0),
        "{seen:?}"
    );
}
