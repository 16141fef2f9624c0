//! What holds for every plan, whatever was drawn.

use proptest::prelude::*;

use super::brute_force::{Found, Reached, most_that_pays};
use super::case::Case;
use super::cases::cases;
use super::draws::{Drawn, drawn, long, narrow, paid, policy, shared};
use super::neutral::FORMS;
use super::words::Words;
use super::*;

/// How much worse than the best a plan may be, of what it costs.
const GAP: f64 = 0.01;
/// The same in tokens at the price of input, where the best costs next to nothing.
const LEAST_GAP: f64 = 1.0;

/// A case that needs a plan, with what brute force finds.
fn looked(drawn: &Drawn) -> Option<(Case, Found)> {
    let case = Case::of(drawn);
    if case.plan.status == PlanStatus::Unneeded {
        return None;
    }
    let found = case.brute_force()?;
    Some((case, found))
}

/// There is a plan where brute force finds a legal one.
fn assert_is_planned(case: &Case, found: &Found) -> Result<(), TestCaseError> {
    let available = case.plan.available;
    prop_assert!(
        case.plan.status == PlanStatus::Planned || found.least.is_none(),
        "{:?} of {available}",
        found.least
    );
    Ok(())
}

/// It reaches its target where brute force does.
fn assert_is_released(case: &Case, found: &Found) -> Result<(), TestCaseError> {
    let target = case.plan.target;
    prop_assert!(
        case.plan.released || found.target.is_empty(),
        "{:?} of {target}",
        found.target
    );
    Ok(())
}

proptest! {
    #![proptest_config(cases(512))]

    /// What messages keep for the next plan changes nothing in it, whatever that asks for.
    #[test]
    fn a_plan_is_the_same_after_others(drawn in drawn(), other in policy()) {
        let case = Case::of(&drawn);
        let planned = |policy: &Policy| plan(&case.counted, &case.judgement, &case.model, policy, &Words);
        planned(&other);
        prop_assert_eq!(planned(&case.policy), case.plan);
    }

    #[test]
    fn never_irreducible_where_brute_force_finds_a_legal_plan(drawn in drawn()) {
        if let Some((case, found)) = looked(&drawn) {
            assert_is_planned(&case, &found)?;
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
                draft::Change::Cut { text, .. } => Words.count_text(text) < 190,
                draft::Change::Mask { .. } => false,
            };
            found.changes.results.iter().any(is_short).then_some(found.bound.is_some())
        });
        prop_assert_ne!(is_bounded, Some(true), "{}", FORMS[form].0);
    }

    #[test]
    fn the_release_mark_is_reached_where_brute_force_reaches_it(drawn in drawn()) {
        if let Some((case, found)) = looked(&drawn) {
            assert_is_released(&case, &found)?;
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
            assert_is_planned(&case, &found)?;
            assert_is_released(&case, &found)?;
        }
    }

    #[test]
    fn with_shares_it_is_never_irreducible_where_brute_force_finds_a_legal_plan(drawn in shared()) {
        if let Some((case, found)) = looked(&drawn) {
            assert_is_planned(&case, &found)?;
            assert_is_released(&case, &found)?;
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
