//! What holds at every kind of policy, over random histories in every dialect: what pays, thoughts that are bound, summaries of any
//! size, numbers that are none.

use std::collections::BTreeMap;

use crate::drawn::{Case, drawn, model, planned, projected};
use crate::neutral::{FORMS, Turn, words, written};
use crate::planning::cases::cases;
use crate::planning::{WHOLE, Words, told};
use proptest::prelude::*;
use token_headroom::{
    CategoryShares, CompactionPlan, Dialect, Fills, Message, Part, PlanStatus, Policy, Share,
    StepKind, ThinkingPolicy, When, apply, validate_as, verify,
};

proptest! {
    #![proptest_config(cases(384))]

    #[test]
    fn what_pays_is_planned_and_only_that(drawn in drawn(1..12), share in 1.0..3.0) {
        let (form, history, policy, _) = drawn;
        let policy = Policy { when: When::Pays, categories: CategoryShares::default(), ..policy };
        let case = Case::of(&(form, history, policy, share));
        prop_assert_ne!(case.plan.status, PlanStatus::Irreducible);
        if case.plan.status == PlanStatus::Planned {
            let objective = case.plan.objective.expect("an objective");
            prop_assert!(objective.loss + objective.rewrite < objective.saved, "{} {:?}", case.form, objective);
            prop_assert_eq!(case.again().status, PlanStatus::Unneeded, "{} {:?} {:?}", case.form, case.plan.steps, case.again().steps);
        }
    }

    #[test]
    fn thoughts_of_models_that_bind_them_are_never_left_behind_an_edit(drawn in drawn(1..12)) {
        let (_, history, policy, share) = drawn;
        let form = FORMS.iter().position(|(form, _, _)| *form == "anthropic_binding").expect("the form");
        let case = Case::of(&(form, history, policy, share));
        let thinks = |message: &Message| message.parts.iter().any(|part| matches!(part, Part::Reasoning(_)));
        let edits = case.changed().keys().next().copied();
        match case.policy.thinking {
            ThinkingPolicy::Server if case.plan.status != PlanStatus::Unneeded && case.policy.when == When::Overflow => {
                prop_assert_eq!(case.plan.status, PlanStatus::Irreducible);
                prop_assert!(!case.plan.notes.is_empty());
            }
            ThinkingPolicy::AppendOnly => prop_assert_eq!(edits, None),
            ThinkingPolicy::Strip => {
                let first = case.gone().first().copied().into_iter().chain(edits).min();
                if let Some(first) = first {
                    let behind = case.pairs().0.into_iter().filter(|(index, _, _)| *index > first);
                    for (index, _, new) in behind {
                        prop_assert!(!thinks(new), "message {}", index);
                    }
                }
            }
            _ => {}
        }
        let verification = verify(&case.request, &case.plan, &Fills::default(), &case.model, WHOLE, &Words);
        prop_assert!(verification.ok, "{:?}: {}", case.policy.thinking, told(&verification));
    }

    #[test]
    fn the_same_input_gives_a_byte_equal_plan(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        let json = |plan: &CompactionPlan| serde_json::to_string(plan).expect("JSON");
        let twice = planned(case.dialect, &case.request, &case.model, &case.policy);
        prop_assert_eq!(json(&case.plan), json(&twice));
        let back: CompactionPlan = serde_json::from_str(&json(&case.plan)).expect("a plan");
        prop_assert_eq!(back, case.plan);
    }

    #[test]
    fn the_upper_bound_holds_for_every_summary_that_is_accepted(drawn in drawn(4..12), share in 0.01..1.2) {
        let case = Case::of(&drawn);
        if let Some(slot) = &case.plan.summary {
            let words = (f64::from(slot.max_tokens) * share) as usize;
            let fills = Fills { summary: Some("word\n".repeat(words.div_ceil(2)).trim_end().to_owned()) };
            match apply(&case.request, &case.plan, &fills, &Words) {
                Ok(filled) => {
                    let fresh = projected(case.dialect, &filled, &case.model);
                    prop_assert!(fresh.upper_bound <= case.plan.after.upper_bound, "{}", case.form);
                    let verification = verify(&case.request, &case.plan, &fills, &case.model, WHOLE, &Words);
                    prop_assert!(verification.ok, "{}: {}", case.form, told(&verification));
                }
                Err(error) => prop_assert_eq!(error.code, token_headroom::Code::InvalidFill),
            }
        }
    }

    #[test]
    fn nothing_panics_at_any_policy(
        drawn in drawn(1..8),
        release in any::<f64>(),
        keep_last in any::<usize>(),
        pinned in prop::collection::vec(any::<usize>(), 0..3),
        summary_tokens in any::<u32>(),
        numbers in prop::array::uniform4(any::<f64>()),
        limit in any::<u32>(),
    ) {
        let (form, history, policy, _) = drawn;
        let (form, dialect, name) = FORMS[form];
        let dialect = Dialect::named(dialect).expect("a dialect");
        let request = written(&history, form);
        let [share, read, write, idle] = numbers;
        let mut policy = Policy { release, keep_last, pinned, summary_tokens, ..policy };
        policy.categories.tool_results = Some(Share { share, floor: limit });
        policy.cache.read = Some(read);
        policy.cache.write = Some(write);
        policy.cache.idle_seconds = Some(idle);
        let model = model(name, limit.max(1));
        let plan = planned(dialect, &request, &model, &policy);
        let verification = verify(&request, &plan, &Fills::default(), &model, WHOLE, &Words);
        prop_assert!(verification.ok, "{form}: {}", told(&verification));
    }
}

#[test]
fn the_histories_are_valid_and_their_plans_of_every_kind() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut kinds: BTreeMap<&str, [usize; 10]> = BTreeMap::new();
    for round in 0..180 {
        let (_, mut history, policy, _) = drawn(6..12)
            .new_tree(&mut runner)
            .expect("a case")
            .current();
        let policy = Policy {
            when: When::Overflow,
            thinking: ThinkingPolicy::Strip,
            ..policy
        };
        if round % 5 == 0 {
            history.turns[0] = Turn::User(words(3, 1_200));
        }
        for at in 0..FORMS.len() {
            let case = Case::of(&(
                at,
                history.clone(),
                policy.clone(),
                f64::from(round % 10 + 1) / 11.0,
            ));
            let seen = kinds.entry(case.form).or_default();
            let valid = validate_as(Some(case.dialect), &case.request);
            seen[0] += usize::from(!valid.ok);
            if !valid.ok && seen[0] == 1 {
                println!("{} {:?}", case.form, valid.violations[0]);
            }
            seen[1] += usize::from(case.plan.status == PlanStatus::Planned);
            seen[2] += usize::from(case.plan.status == PlanStatus::Irreducible);
            for step in &case.plan.steps {
                seen[match step.kind {
                    StepKind::Mask { .. } => 3,
                    StepKind::Cut { .. } => 4,
                    StepKind::DropReasoning { .. } => 5,
                    StepKind::Remove { .. } => 6,
                    StepKind::Summarise { .. } => 7,
                    StepKind::Drop { .. } => 8,
                    StepKind::CutText { .. } => 9,
                }] += 1;
            }
        }
    }
    println!(
        "form: invalid, planned, irreducible, masks, cuts, thoughts, removals, summaries, drops, texts"
    );
    for (form, seen) in &kinds {
        println!("{form}: {seen:?}");
        assert!(
            [1, 2, 3, 4, 7, 8, 9].iter().all(|&at| seen[at] > 0),
            "{form}: {seen:?}"
        );
    }
}
