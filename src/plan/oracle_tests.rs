//! The planner against brute force: every combination of offers with every number of removals, made and counted.
//!
//! The oracle makes changes as the search does, but chooses nothing by estimates: it counts them all and keeps those that
//! reach the mark. Offers are what they are; that they leave out nothing legal is tested elsewhere (`tests/plans/plan_oracle.rs`).

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::Value;

use super::choose::Solution;
use super::cut::Long;
use super::draft::Changes;
use super::*;
use crate::apply::Fills;
use crate::count::count;
use crate::judge::{JudgeOptions, judge};
use crate::models::{ModelOptions, resolve};
use crate::normalize::normalize_as;
use crate::project::{Pieces, project};

#[path = "../../tests/planning/cases.rs"]
mod cases;
#[path = "../../tests/planning/neutral.rs"]
mod neutral;

use cases::cases;
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
    /// What reaches the release mark with room for a whole summary, and with the least that may stand in place of the removed;
    /// with shares of categories the first of these where anything does.
    target: Vec<Reached>,
    /// The value of what is planned.
    planned: Option<f64>,
    /// The least upper bound of all that fit.
    least: Option<u32>,
}

/// What reaches the release mark with the same in place of the removed.
#[derive(Debug)]
struct Reached {
    best: Best,
    /// What the search chooses, measured alike.
    planned: Option<f64>,
    /// Its value as it is planned.
    value: Option<f64>,
    /// The bound that it states, and the least that any choice comes to with the plan's own note or summary.
    bound: Option<(f64, f64)>,
}

#[derive(Clone)]
struct Case {
    request: Value,
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
            request,
            counted,
            judgement,
            model,
            policy: policy.clone(),
            plan,
        }
    }

    /// What a plan leaves categories above their allowances.
    fn excess(&self, plan: &CompactionPlan) -> u32 {
        let rows = self.plan.categories.iter();
        let shares = &self.policy.categories;
        let bound = [
            shares.system,
            shares.task,
            shares.tool_results,
            shares.conversation,
            shares.media,
        ];
        let applied = crate::apply::apply(&self.request, plan, &Fills::default(), &Letters);
        let dialect = self.counted.conversation.dialect;
        let after = normalize_as(Some(dialect), &applied.unwrap()).unwrap();
        let after = count(Arc::new(after), &Letters);
        let by = project(&after, &self.model, &Letters).by_category;
        let task = rows.clone().nth(1).map_or(0, |task| task.after);
        let said = by.user + by.assistant + by.tool_calls - task;
        let after = [0, 0, by.tool_results, said, by.media];
        let over = rows.zip(bound).zip(after);
        let over = over.filter(|((_, share), _)| share.is_some());
        over.map(|((row, _), after)| after.saturating_sub(row.allowance))
            .sum()
    }

    /// What a look at the search for this case says.
    fn searched<T>(&self, look: impl FnOnce(Search<'_>) -> T) -> T {
        let memory = Memory::new(&Letters);
        let pieces = Pieces::of(&self.counted);
        let draft = Draft::new(&self.counted, &pieces, &self.model, &memory);
        let strips = Thoughts::of(&draft, &self.policy).strips();
        let ground = Ground::new(&self.counted, &self.policy, strips);
        let before = &self.judgement.projection;
        look(Search::new(
            &draft,
            &ground,
            &self.policy,
            before,
            self.plan.target,
        ))
    }

    /// Looks at everything; `None` when that is too much.
    fn brute_force(&self) -> Option<Found> {
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

    /// With every combination, and of the last groups only the very last kept, the results that are left cut to each of `lengths`: the
    /// least upper bound of all that fit.
    fn least_with_cuts(&self, lengths: &[u32]) -> Option<u32> {
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
    fn last_resort(&self) -> Option<(f64, Best)> {
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
fn most_that_pays(search: &Search<'_>) -> Option<(f64, f64)> {
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

fn solution(options: Vec<usize>, removed: usize) -> Solution {
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
    let cost = search.loss(changes, writing > 0.0) + rewrite + writing;
    Some((cost, cost - saved))
}

/// Every choice of an offer for each group that stays, with every number of removals.
fn combinations(search: &Search<'_>) -> Option<Vec<(Vec<usize>, usize)>> {
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

fn policy() -> impl Strategy<Value = Policy> {
    (
        prop_oneof![3 => Just(0.8), 1 => 0.3..=1.0],
        1_usize..4,
        prop::array::uniform6(prop::bool::weighted(0.85)),
        any::<bool>(),
        prop_oneof![Just(40_u32), Just(100), Just(300), Just(1024)],
        prop_oneof![Just(0_u32), Just(10)],
        any::<bool>(),
        prop_oneof![Just((None, None)), Just((Some(0.1), Some(1.25)))],
        prop_oneof![Just(None), Just(Some(100_000))],
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
                summariser_tokens,
            )| {
                Policy {
                    release,
                    keep_last,
                    mask: may[0],
                    cut: may[1],
                    cut_tail: may[2],
                    drop_reasoning: may[3],
                    drop: may[4],
                    cut_user_text: !may[5],
                    summarise,
                    summary_tokens,
                    summariser_tokens,
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

/// Shares with floors, and a reserve.
fn categories() -> impl Strategy<Value = CategoryShares> {
    let share = || {
        let some = (0.0..0.8, prop_oneof![Just(0_u32), 1_u32..300]);
        prop::option::of(some.prop_map(|(share, floor)| Share { share, floor }))
    };
    let reserve = (0.0..0.3, 0_u32..60).prop_map(|(share, floor)| Share { share, floor });
    let all = (
        share(),
        share(),
        share(),
        share(),
        prop::option::weighted(0.3, reserve),
    );
    all.prop_map(
        |(system, task, tool_results, conversation, reserve)| CategoryShares {
            system,
            task,
            tool_results,
            conversation,
            media: None,
            reserve,
        },
    )
}

/// The same cases with shares.
fn shared() -> impl Strategy<Value = Drawn> {
    (drawn(), categories()).prop_map(|((form, history, policy, share), categories)| {
        (
            form,
            history,
            Policy {
                categories,
                ..policy
            },
            share,
        )
    })
}

/// Cases that fit or nearly do, in which what pays is evicted.
fn paid() -> impl Strategy<Value = Drawn> {
    (drawn(), 0.9..3.0).prop_map(|((form, history, policy, _), share)| {
        (
            form,
            history,
            Policy {
                when: When::Pays,
                ..policy
            },
            share,
        )
    })
}

/// Cases in which a summary has to stand for what is removed, and whoever writes it reads little.
fn narrow() -> impl Strategy<Value = Drawn> {
    (drawn(), 180_u32..300).prop_map(|((form, history, policy, share), window)| {
        let policy = Policy {
            drop: false,
            summarise: true,
            summary_tokens: policy.summary_tokens.max(summary::SMALLEST),
            summariser_tokens: Some(window),
            ..policy
        };
        (form, history, policy, share)
    })
}

/// Histories too long to look at everything.
fn long() -> impl Strategy<Value = Drawn> {
    (0..FORMS.len(), history(12..40, 400, 2), policy(), 0.1..0.9)
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
    #![proptest_config(cases(512))]

    /// What messages keep for the next plan changes nothing in it, whatever that asks for.
    #[test]
    fn a_plan_is_the_same_after_others(drawn in drawn(), other in policy()) {
        let case = Case::of(&drawn);
        let planned = |policy: &Policy| plan(&case.counted, &case.judgement, &case.model, policy, &Letters);
        planned(&other);
        prop_assert_eq!(planned(&case.policy), case.plan);
    }

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
    fn never_irreducible_where_cuts_of_the_last_groups_would_do(drawn in drawn()) {
        let (form, history, policy, share) = drawn;
        let policy = Policy { cut: true, cut_tail: true, ..policy };
        let case = Case::of(&(form, history, policy, share));
        let is_irreducible = case.plan.status == PlanStatus::Irreducible;
        if is_irreducible && case.searched(|search| search.may_edit) {
            let least = case.least_with_cuts(&[cut::SHORTEST, 128, 256]);
            prop_assert!(least.is_none(), "{}: {least:?} of {}", FORMS[form].0, case.plan.available);
        }
    }

    #[test]
    fn no_bound_is_stated_where_results_are_cut_to_less_than_any_choice_cuts_them_to(drawn in drawn()) {
        let (form, history, policy, share) = drawn;
        let policy = Policy { mask: false, cut: true, cut_tail: true, keep_last: 1, ..policy };
        let case = Case::of(&(form, history, policy, share));
        let is_bounded = case.searched(|search| {
            let found = search.find(case.plan.target, case.plan.available).ok()?;
            let is_short = |changed: &draft::Changed| match &changed.change {
                // A choice leaves three quarters of 256 tokens at the least.
                draft::Change::Cut { text, .. } => Letters.count_text(text) < 190,
                draft::Change::Mask { .. } => false,
            };
            found.changes.results.iter().any(is_short).then_some(found.bound.is_some())
        });
        prop_assert_ne!(is_bounded, Some(true), "{}", FORMS[form].0);
    }

    #[test]
    fn the_release_mark_is_reached_where_brute_force_reaches_it(drawn in drawn()) {
        if let Some((case, found)) = looked(&drawn) {
            prop_assert!(case.plan.released || found.target.is_empty(), "{}: {:?} of {}", FORMS[drawn.0].0, found.target, case.plan.target);
        }
    }

    #[test]
    fn loss_and_cost_are_at_most_one_percent_above_the_best(drawn in drawn()) {
        let Some((case, found)) = looked(&drawn) else { return Ok(()) };
        for Reached { best, planned, .. } in &found.target {
            let value = planned.expect("a choice");
            let most = best.value + (GAP * best.cost).max(LEAST_GAP);
            prop_assert!(value <= most, "{}: {value}, best {best:?}, {:?}", FORMS[drawn.0].0, case.plan.steps);
        }
    }

    #[test]
    fn a_summary_or_a_note_is_planned_whichever_is_cheaper(drawn in drawn()) {
        let Some((case, found)) = looked(&drawn) else { return Ok(()) };
        for Reached { best, value, .. } in &found.target {
            let (planned, value) = (found.planned.expect("a choice"), value.expect("a choice"));
            let most = value + (GAP * best.cost).max(LEAST_GAP);
            prop_assert!(planned <= most, "{}: {planned}, another {value}, {:?}", FORMS[drawn.0].0, case.plan.steps);
        }
    }

    #[test]
    fn a_summary_is_no_longer_than_what_was_paid_for(drawn in long()) {
        let case = Case::of(&drawn);
        if case.plan.status == PlanStatus::Unneeded {
            return Ok(());
        }
        let slots = case.searched(|search| {
            let terms = search.terms_for(case.policy.summary_tokens / 2).into_iter().flatten();
            let paid = terms.filter(|terms| terms.cost > 0.0);
            let found = paid.filter_map(|terms| Some((terms.cost, search.best_with(Some(terms), case.plan.target)?)));
            found.map(|(cost, found)| (cost, search::writing(found.slot.as_ref()))).collect::<Vec<_>>()
        });
        for (paid, costs) in slots {
            prop_assert!(costs <= paid, "{}: {costs} of {paid}", FORMS[drawn.0].0);
        }
    }

    #[test]
    fn a_last_resort_takes_no_more_than_its_landing_needs(drawn in drawn()) {
        if let Some((value, best)) = Case::of(&drawn).last_resort() {
            let most = best.value + (GAP * best.cost).max(LEAST_GAP);
            prop_assert!(value <= most, "{}: {value}, best {best:?}", FORMS[drawn.0].0);
        }
    }

    #[test]
    fn without_drop_no_note_stands_for_what_was_removed(drawn in drawn()) {
        let (form, history, policy, share) = drawn;
        let policy = Policy { drop: false, ..policy };
        let plan = Case::of(&(form, history, policy, share)).plan;
        let is_note = |step: &Step| matches!(step.kind, StepKind::Drop { .. });
        prop_assert!(!plan.steps.iter().any(is_note), "{}: {:?}", FORMS[form].0, plan.steps);
    }

    #[test]
    fn with_a_summariser_that_reads_little_it_is_never_irreducible_where_brute_force_finds_a_legal_plan(drawn in narrow()) {
        if let Some((case, found)) = looked(&drawn) {
            prop_assert!(
                case.plan.status == PlanStatus::Planned || found.least.is_none(),
                "{}: {:?} of {}", FORMS[drawn.0].0, found.least, case.plan.available
            );
            prop_assert!(case.plan.released || found.target.is_empty(), "{}: {:?} of {}", FORMS[drawn.0].0, found.target, case.plan.target);
        }
    }

    #[test]
    fn with_shares_it_is_never_irreducible_where_brute_force_finds_a_legal_plan(drawn in shared()) {
        if let Some((case, found)) = looked(&drawn) {
            prop_assert!(
                case.plan.status == PlanStatus::Planned || found.least.is_none(),
                "{}: {:?} of {}", FORMS[drawn.0].0, found.least, case.plan.available
            );
            prop_assert!(case.plan.released || found.target.is_empty(), "{}: {:?} of {}", FORMS[drawn.0].0, found.target, case.plan.target);
        }
    }

    #[test]
    fn no_plan_takes_what_the_floor_of_a_category_keeps(drawn in shared()) {
        let case = Case::of(&drawn);
        let shares = &drawn.2.categories;
        let floors = [shares.system, shares.task, shares.tool_results, shares.conversation, shares.media];
        for (row, share) in case.plan.categories.iter().zip(floors) {
            let floor = share.map_or(0, |share| share.floor).min(row.before);
            // Thoughts that go with any edit are no part of what stays.
            let lost = if row.category == "conversation" { case.plan.thinking_lost } else { 0 };
            prop_assert_eq!(row.floor, floor);
            prop_assert!(row.after + lost >= floor, "{}: {:?} {:?}", FORMS[drawn.0].0, row, case.plan.steps);
        }
    }

    #[test]
    fn shares_change_nothing_where_they_are_kept_and_little_remains_above_them_elsewhere(drawn in shared()) {
        let (form, history, mut policy, share) = drawn;
        // Floors change what is on offer, and a reserve the mark.
        let categories = &mut policy.categories;
        categories.reserve = None;
        let shares = [&mut categories.system, &mut categories.task, &mut categories.tool_results, &mut categories.conversation];
        shares.into_iter().flatten().for_each(|share| share.floor = 0);
        let without = Policy { categories: CategoryShares::default(), ..policy.clone() };
        let [shared, free] = [policy, without].map(|policy| Case::of(&(form, history.clone(), policy, share)));
        prop_assert_eq!(shared.plan.status, free.plan.status);
        if shared.plan.categories.is_empty() || shared.plan.notes != free.plan.notes {
            return Ok(());
        }
        let (own, other) = (shared.excess(&shared.plan), shared.excess(&free.plan));
        prop_assert!(own <= other, "{own} above, {other} without shares");
        prop_assert!(own < other || shared.plan.steps == free.plan.steps, "{own} {:?} {:?}", shared.plan.steps, free.plan.steps);
        prop_assert!(shared.plan.released || !free.plan.released);
    }

    #[test]
    fn what_pays_is_at_most_one_percent_above_the_best(drawn in paid()) {
        let case = Case::of(&drawn);
        if case.judgement.projection.upper_bound > case.judgement.available {
            return Ok(());
        }
        if let Some((best, cost)) = case.searched(|search| most_that_pays(&search)) {
            let objective = case.plan.objective;
            let value = objective.map_or(0.0, |objective| objective.loss + objective.rewrite - objective.saved);
            let most = best + (GAP * cost).max(LEAST_GAP);
            prop_assert!(value <= most, "{}: {value}, best {best}, {:?}", FORMS[drawn.0].0, case.plan.steps);
        }
    }

    #[test]
    fn no_choice_comes_to_less_than_the_bound(drawn in drawn()) {
        no_choice_is_below_the_bound(&drawn)?;
    }

    #[test]
    fn with_shares_no_choice_comes_to_less_than_the_bound(drawn in shared()) {
        no_choice_is_below_the_bound(&drawn)?;
    }
}

fn no_choice_is_below_the_bound(drawn: &Drawn) -> Result<(), TestCaseError> {
    let Some((case, found)) = looked(drawn) else {
        return Ok(());
    };
    for (bound, least) in found.target.iter().filter_map(|reached| reached.bound) {
        prop_assert!(
            bound <= least + LEAST_GAP,
            "{}: bound {bound}, least {least}, {:?}",
            FORMS[drawn.0].0,
            case.plan.steps
        );
    }
    Ok(())
}

#[test]
fn brute_force_looks_at_every_dialect_and_finds_plans_with_and_without_removals() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut seen = std::collections::BTreeMap::new();
    for _ in 0..3_000 {
        let drawn = drawn().new_tree(&mut runner).unwrap().current();
        let Some((_, found)) = looked(&drawn) else {
            continue;
        };
        if let Some(Reached { best, .. }) = found.target.first() {
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
