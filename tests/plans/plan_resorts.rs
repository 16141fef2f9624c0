//! What goes where nothing that the planner prefers makes a request fit, and what the plan says of it.

use crate::planning::{
    agent, frugal, messages, planned, step_kinds, tokens, told, verified, words,
};
use serde_json::{Value, json};
use token_headroom::{CompactionPlan, PlanStatus, Policy};

/// Tool turns with something said before each of the first eight.
fn talk() -> Value {
    let mut request = agent(&[30; 12]);
    for turn in 0..8 {
        let thought = json!({ "role": "assistant", "content": words(20) });
        let list = request["messages"].as_array_mut().expect("messages");
        list.insert(2 + 3 * turn, thought);
    }
    request
}

/// A policy whose summaries can be asked for whatever the limit is.
fn summarising() -> Policy {
    Policy {
        summariser_tokens: Some(100_000),
        ..frugal()
    }
}

fn loss(plan: &CompactionPlan) -> f64 {
    plan.objective.as_ref().expect("an objective").loss
}

fn has(plan: &CompactionPlan, kind: &str) -> bool {
    step_kinds(plan).iter().any(|(known, _)| *known == kind)
}

#[test]
fn without_drop_a_summary_that_has_room_is_found_or_the_hint_names_drop() {
    let request = talk();
    let strict = Policy {
        drop: false,
        ..summarising()
    };
    let (mut instead, mut irreducible) = (0, 0);
    for limit in (100..tokens(&request)).step_by(7) {
        let plan = planned(&request, limit, &strict);
        let with = planned(&request, limit, &summarising());
        assert!(!has(&plan, "drop"), "{limit}: {:?}", step_kinds(&plan));
        assert!(verified(&request, &plan, limit).ok, "{limit}");
        let named = plan
            .notes
            .iter()
            .any(|note| note.starts_with("drop is false"));
        assert_eq!(
            named,
            plan.status == PlanStatus::Irreducible,
            "{limit}: {:?}",
            plan.notes
        );
        if has(&with, "drop") {
            instead += usize::from(plan.status == PlanStatus::Planned);
            irreducible += usize::from(named);
        }
    }
    assert!(instead >= 3 && irreducible >= 3, "{instead} {irreducible}");
}

#[test]
fn what_only_a_summary_that_cannot_be_asked_for_would_free_cannot_go() {
    // The first line of what would go is the shortest, so that it fits a window that is too small for the others.
    let mut request = agent(&[60; 8]);
    let list = request["messages"].as_array_mut().expect("messages");
    list.insert(2, json!({ "role": "assistant", "content": "I look." }));
    let limit = tokens(&request) / 2;
    let (mut planned_for, mut irreducible) = (0, 0);
    for window in (180..360).step_by(2) {
        let policy = Policy {
            keep_last: 0,
            mask: false,
            cut: false,
            drop: false,
            summariser_tokens: Some(window),
            ..frugal()
        };
        let plan = planned(&request, limit, &policy);
        let verification = verified(&request, &plan, limit);
        assert!(verification.ok, "{window}: {}", told(&verification));
        match plan.floor {
            Some(floor) => {
                assert!(floor.total > plan.available, "{window}: {floor:?}");
                irreducible += 1;
            }
            None => planned_for += 1,
        }
    }
    assert!(
        planned_for > 0 && irreducible > 0,
        "{planned_for} {irreducible}"
    );
}

#[test]
fn what_a_summary_can_be_asked_for_some_it_can_be_for_more() {
    // The record of one turn takes more than that of any other, whether it is the first that may go, in between, or the last.
    let turns = |place: usize| {
        let mut request = agent(&[60; 8]);
        request["messages"][3 + 2 * place]["content"] = json!("(); ".repeat(60));
        request
    };
    let (mut planned_for, mut irreducible) = (0, 0);
    for window in (180..360).step_by(2) {
        let policy = Policy {
            keep_last: 1,
            mask: false,
            cut: false,
            drop: false,
            summariser_tokens: Some(window),
            ..frugal()
        };
        let plans = [0, 3, 6].map(|place| {
            let request = turns(place);
            let limit = tokens(&request) / 3;
            let plan = planned(&request, limit, &policy);
            assert!(verified(&request, &plan, limit).ok, "{window}");
            plan
        });
        let statuses = plans.map(|plan| plan.status);
        assert!(
            statuses.iter().all(|status| *status == statuses[0]),
            "{window}: {statuses:?}"
        );
        match statuses[0] {
            PlanStatus::Planned => planned_for += 1,
            _ => irreducible += 1,
        }
    }
    assert!(
        planned_for > 0 && irreducible > 0,
        "{planned_for} {irreducible}"
    );
}

#[test]
fn a_summariser_with_a_small_window_is_asked_for_less_or_not_at_all() {
    let request = talk();
    let strict = Policy {
        drop: false,
        summariser_tokens: Some(120),
        ..frugal()
    };
    let limit = tokens(&request) / 2;
    let plan = planned(&request, limit, &strict);
    assert!(plan.summary.is_none() && !has(&plan, "drop"));
    let wider = Policy {
        summariser_tokens: Some(400),
        ..strict
    };
    let plan = planned(&request, limit, &wider);
    let slot = plan.summary.expect("a summary");
    assert!((64..400).contains(&slot.max_tokens), "{}", slot.max_tokens);
}

#[test]
fn a_note_loses_as_much_where_a_summary_was_allowed() {
    let request = talk();
    let noted = Policy {
        summarise: false,
        ..summarising()
    };
    // No summary is this short.
    let allowed = Policy {
        summary_tokens: 40,
        ..summarising()
    };
    let mut seen = 0;
    for limit in (200..tokens(&request)).step_by(31) {
        let [noted, allowed] = [&noted, &allowed].map(|policy| planned(&request, limit, policy));
        assert_eq!(noted.steps, allowed.steps, "{limit}");
        assert_eq!(noted.objective, allowed.objective, "{limit}");
        seen += usize::from(has(&noted, "drop"));
    }
    assert!(seen >= 5, "{seen}");
}

/// A middle of results that are needed as likely as not, and one that is huge among the last groups.
fn top_heavy() -> (Value, Policy) {
    let mut sizes = vec![200; 12];
    sizes.extend([10, 10, 5_000, 10]);
    let request = agent(&sizes);
    let values = (0..12).map(|turn| (format!("call_{turn}"), 0.5));
    let policy = Policy {
        values: values.collect(),
        release: 1.0,
        ..frugal()
    };
    (request, policy)
}

#[test]
fn a_huge_result_in_the_last_groups_is_cut_further_where_the_middle_is_worth_more() {
    let (request, policy) = top_heavy();
    // Nothing but the last groups may change.
    let alone = Policy {
        mask: false,
        cut: true,
        drop: false,
        summarise: false,
        keep_last: 16,
        ..policy.clone()
    };
    let whole = tokens(&request);
    for kept in [900, 600, 300] {
        let limit = whole - 5_000 + kept;
        let plan = planned(&request, limit, &policy);
        let tail = planned(&request, limit, &alone);
        assert!(plan.released && tail.released);
        assert_eq!(step_kinds(&tail).len(), 1, "{:?}", step_kinds(&tail));
        assert!(
            loss(&plan) <= loss(&tail) * 1.01,
            "{kept}: {} of {}, {:?}",
            loss(&plan),
            loss(&tail),
            step_kinds(&plan)
        );
        assert!(verified(&request, &plan, limit).ok);
        assert_eq!(plan, planned(&request, limit, &policy));
    }
}

#[test]
fn most_of_the_middle_stays_where_the_last_groups_cannot_free_all() {
    let (request, policy) = top_heavy();
    let limit = tokens(&request) - 5_000 - 200;
    let plan = planned(&request, limit, &policy);
    let touched = step_kinds(&plan)
        .iter()
        .flat_map(|(_, messages)| messages.clone())
        .filter(|message| *message < 26)
        .count();
    assert!((1..=4).contains(&touched), "{:?}", step_kinds(&plan));
    assert!(verified(&request, &plan, limit).ok);
}

#[test]
fn a_plan_says_how_many_of_the_groups_of_keep_last_it_takes() {
    // Six long turns, of which keepLast would keep four, each with something said that no cut reaches.
    let mut request = agent(&[10; 6]);
    for turn in 0..6 {
        request["messages"][2 + 2 * turn]["content"] = json!(words(150));
    }
    let said = |plan: &CompactionPlan| -> Vec<String> {
        let notes = plan.notes.iter();
        notes
            .filter(|note| note.starts_with("keepLast"))
            .cloned()
            .collect()
    };
    let whole = tokens(&request);
    let roomy = planned(&request, whole * 9 / 10, &frugal());
    assert_eq!(roomy.status, PlanStatus::Planned);
    assert_eq!(said(&roomy), [""; 0]);
    let plan = planned(&request, 420, &frugal());
    assert_eq!(plan.status, PlanStatus::Planned);
    let tail = messages(&request).len() - 8;
    let gone: Vec<usize> = step_kinds(&plan)
        .into_iter()
        .filter(|(kind, _)| ["summarise", "drop", "remove"].contains(kind))
        .flat_map(|(_, messages)| messages)
        .filter(|message| *message >= tail)
        .collect();
    let groups = gone.len() / 2;
    assert!(groups >= 1, "{:?}", step_kinds(&plan));
    let told = format!(
        "keepLast: of the last 4 groups {groups} went and 0 lost content, since nothing else makes the request fit"
    );
    assert_eq!(said(&plan), [told]);
    // Cuts in these groups are told as well.
    let (request, policy) = top_heavy();
    let plan = planned(&request, tokens(&request) - 4_000, &policy);
    assert_eq!(
        said(&plan),
        [
            "keepLast: of the last 4 groups 0 went and 1 lost content, since nothing else makes the request fit"
        ]
    );
    assert!(verified(&request, &plan, tokens(&request) - 4_000).ok);
}
