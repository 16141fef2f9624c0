//! Shares of categories on one history: twenty turns, each of which says something and reads a log.

use crate::planning::{WHOLE, Words, call, counted, judged, result, told, user};
use serde_json::{Value, json};
use token_headroom::{
    CategoryShares, CategoryUse, CompactionPlan, Fills, Model, ModelOptions, PlanStatus, Policy,
    Share, StepKind, plan, resolve, verify,
};

const LIMIT: u32 = 7_192;

fn history() -> Value {
    let mut messages = vec![
        json!({ "role": "system", "content": "You fix builds." }),
        user("Why red?"),
    ];
    for job in 1..=20 {
        let id = format!("call_{job}");
        messages.push(json!({
            "role": "assistant",
            "content": format!("thinking about job {job} and what its builder said in the end ").repeat(9),
            "tool_calls": [call(&id, "read_log", &format!("{{\"job\":{job}}}"))],
        }));
        messages.push(result(&id, &format!("job {job}: ok and line\n").repeat(40)));
    }
    json!({ "model": "claude-sonnet-4-5", "messages": messages })
}

fn claude() -> Model {
    resolve(&ModelOptions {
        max_context_tokens: Some(LIMIT),
        ..ModelOptions::for_model("claude-sonnet-4-5")
    })
    .expect("a model")
}

fn share(share: f64, floor: u32) -> Option<Share> {
    Some(Share { share, floor })
}

fn planned(tool_results: Option<Share>, conversation: Option<Share>) -> CompactionPlan {
    let (request, model) = (history(), claude());
    let counted = counted(&request, &Words);
    let policy = Policy {
        categories: CategoryShares {
            tool_results,
            conversation,
            ..CategoryShares::default()
        },
        ..Policy::default()
    };
    let judged = judged(&counted, &model, &Words);
    let plan = plan(&counted, &judged, &model, &policy, &Words);
    let verification = verify(&request, &plan, &Fills::default(), &model, WHOLE, &Words);
    assert!(verification.ok, "{}", told(&verification));
    plan
}

/// The same where there is a plan that reaches the release mark.
fn with(tool_results: Option<Share>, conversation: Option<Share>) -> CompactionPlan {
    let plan = planned(tool_results, conversation);
    assert_eq!(plan.status, PlanStatus::Planned);
    assert!(plan.released);
    plan
}

fn row<'a>(plan: &'a CompactionPlan, name: &str) -> &'a CategoryUse {
    let mut rows = plan.categories.iter();
    rows.find(|row| row.category == name).expect("a row")
}

/// `loss + rewrite - saved`.
fn value(plan: &CompactionPlan) -> f64 {
    let objective = plan.objective.expect("an objective");
    objective.loss + objective.rewrite - objective.saved
}

fn removed(plan: &CompactionPlan) -> usize {
    let counts = plan.steps.iter().map(|step| match &step.kind {
        StepKind::Summarise { messages, .. } | StepKind::Drop { messages, .. } => messages.len(),
        _ => 0,
    });
    counts.sum()
}

fn masked(plan: &CompactionPlan) -> usize {
    let masks = plan.steps.iter();
    masks
        .filter(|step| matches!(step.kind, StepKind::Mask { .. }))
        .count()
}

#[test]
fn a_plan_that_keeps_the_allowances_is_the_one_without_shares() {
    let free = with(None, None);
    assert!(masked(&free) == 16 && removed(&free) == 0);
    // Results alone are above their share, or the conversation has all that it takes.
    for (results, talk) in [(0.5, None), (0.1, share(0.4, 0)), (0.1, share(0.4, 3_700))] {
        let plan = with(share(results, 0), talk);
        assert_eq!(plan.steps, free.steps);
        assert!((value(&plan) - value(&free)).abs() < 1e-6);
        let talk = row(&plan, "conversation");
        assert_eq!(talk.after, talk.before);
        let results = row(&plan, "tool_results");
        assert!(results.after <= results.allowance && results.allowance < results.before);
    }
}

#[test]
fn a_conversation_above_its_allowance_gives_up_no_more_than_that() {
    let free = with(None, None);
    let plan = with(share(0.5, 0), share(0.4, 0));
    let (results, talk) = (row(&plan, "tool_results"), row(&plan, "conversation"));
    assert!(results.after <= results.allowance);
    assert!(talk.allowance < talk.before && talk.after <= talk.allowance);
    // Groups go whole, and a note takes their place.
    let turn = talk.before / 20;
    assert!(talk.after + 2 * turn > talk.allowance, "{talk:?}");
    // What stays of the results is masked where that pays, as without shares.
    assert_eq!(masked(&plan) + removed(&plan) / 2, 16);
    assert!(value(&plan) > value(&free), "what the shares cost");
}

#[test]
fn a_bound_is_stated_with_shares_and_what_they_cost_is_in_the_gap() {
    let bound = |plan: &CompactionPlan| {
        let objective = plan.objective.expect("an objective");
        (
            objective.bound.expect("a bound"),
            objective.gap.expect("a gap"),
        )
    };
    let free = with(None, None);
    let (least, own) = bound(&free);
    // What keeps the allowances anyway has the same bound.
    assert_eq!(bound(&with(share(0.5, 0), None)), (least, own));
    // In stages the bound is still below all choices, those that leave more above the allowances included.
    let staged = with(share(0.5, 0), share(0.4, 0));
    let (bound, gap) = bound(&staged);
    assert!(bound <= value(&free) && value(&free) < value(&staged));
    assert!((value(&staged) - bound - gap).abs() < 1e-6 && gap > own);
}

#[test]
fn floors_hold_whatever_is_needed() {
    for floor in [500, 2_500, 3_000] {
        let plan = with(share(0.5, floor), None);
        let results = row(&plan, "tool_results");
        assert!(
            results.floor == floor && results.after >= floor,
            "{results:?}"
        );
        let plan = with(share(0.5, 0), share(0.4, floor));
        let talk = row(&plan, "conversation");
        assert!(talk.floor == floor && talk.after >= floor, "{talk:?}");
        let results = row(&plan, "tool_results");
        assert!(results.after <= results.allowance);
    }
    // A floor of all there is keeps all there is.
    let plan = with(None, share(0.0, u32::MAX));
    let talk = row(&plan, "conversation");
    assert_eq!((talk.floor, talk.after), (talk.before, talk.before));
}

#[test]
fn where_floors_leave_no_room_nothing_is_planned_and_the_plan_says_why() {
    let plan = planned(share(0.5, 5_900), share(0.4, 3_700));
    assert_eq!(plan.status, PlanStatus::Irreducible);
    assert!(plan.steps.is_empty() && plan.floor.is_some_and(|floor| floor.total > LIMIT));
    assert!(plan.notes.iter().any(|note| note.contains("floors")));
    let free = planned(share(0.5, 0), share(0.4, 0));
    assert!(free.notes.is_empty());
}

#[test]
fn verify_names_a_category_below_its_floor() {
    let (request, model) = (history(), claude());
    let mut plan = with(share(0.5, 2_500), None);
    let at = plan
        .categories
        .iter()
        .position(|row| row.category == "tool_results");
    let row = &mut plan.categories[at.expect("a row")];
    row.floor = row.after + 1;
    let verification = verify(&request, &plan, &Fills::default(), &model, WHOLE, &Words);
    let paths: Vec<&str> = verification
        .violations
        .iter()
        .map(|violation| violation.path.as_str())
        .collect();
    assert_eq!(paths, ["categories[2].floor"]);
}
