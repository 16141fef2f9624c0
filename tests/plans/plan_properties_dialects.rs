//! The invariants of a plan over random histories in every dialect.

use std::collections::{BTreeSet, HashSet};

use crate::drawn::{Case, applied, calls, drawn, is_request, projected, results};
use crate::planning::cases::cases;
use crate::planning::{WHOLE, Words, told};
use proptest::prelude::*;
use token_headroom::{
    CompactionPlan, Fills, Message, Part, PlanStatus, Role, StepKind, originals_of, undo,
    validate_as, verify,
};

proptest! {
    #![proptest_config(cases(384))]

    #[test]
    fn a_plan_is_unneeded_planned_or_irreducible_for_a_reason(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        let size = projected(case.dialect, &case.request, &case.model);
        let fits = size.upper_bound <= case.plan.available;
        match case.plan.status {
            PlanStatus::Unneeded => {
                prop_assert!(fits);
                prop_assert_eq!(&case.applied, &case.request);
                prop_assert!(case.plan.steps.is_empty());
            }
            PlanStatus::Planned => {
                prop_assert!(!case.plan.steps.is_empty());
                prop_assert!(case.applied != case.request);
            }
            PlanStatus::Irreducible => {
                let floor = case.plan.floor.expect("a floor");
                let parts = [floor.system, floor.tools, floor.first_user, floor.pinned, floor.tail, floor.framing, floor.middle, floor.reserve];
                prop_assert_eq!(parts.iter().sum::<u32>(), floor.total);
                prop_assert!(floor.total > case.plan.available);
                prop_assert!(floor.total <= size.upper_bound + floor.reserve);
                prop_assert_eq!(&case.applied, &case.request);
            }
        }
    }

    #[test]
    fn what_was_valid_is_valid_afterwards(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        let before = validate_as(Some(case.dialect), &case.request);
        prop_assume!(before.ok);
        let after = validate_as(Some(case.dialect), &case.applied);
        prop_assert!(after.ok, "{} {:?}", case.form, after.violations);
    }

    #[test]
    fn verify_finds_nothing_in_a_plan_of_our_own(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        let verification = verify(&case.request, &case.plan, &Fills::default(), &case.model, WHOLE, &Words);
        prop_assert!(verification.ok, "{}: {}", case.form, told(&verification));
    }

    #[test]
    fn c1_every_result_follows_its_call_and_only_the_last_calls_wait(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        let groups = case.after.groups();
        for (at, group) in groups.iter().enumerate() {
            let messages = &case.after.messages[group.messages.clone()];
            let (made, answered): (Vec<&str>, Vec<&str>) = (calls(messages).collect(), results(messages).collect());
            if at + 1 < groups.len() || !answered.is_empty() {
                prop_assert_eq!(&made, &answered, "{}", case.form);
            }
        }
    }

    #[test]
    fn c2_the_messages_of_a_group_go_together(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        let removed = case.removed();
        for group in case.groups() {
            let gone = group.messages.clone().filter(|index| removed.contains(index)).count();
            prop_assert!(gone == 0 || gone == group.messages.len(), "{}", case.form);
        }
    }

    #[test]
    fn c3_ids_are_unique(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        let mut seen = HashSet::new();
        for id in calls(&case.after.messages).filter(|id| !id.is_empty()) {
            prop_assert!(seen.insert(id), "{} twice", id);
        }
    }

    #[test]
    fn c4_kept_messages_keep_their_order_and_c6_what_no_step_names_is_equal(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        let (changed, thoughtless) = (case.changed(), case.thoughtless());
        let (pairs, notes) = case.pairs();
        for (index, old, new) in &pairs {
            if !changed.contains_key(index) && !thoughtless.contains(index) {
                prop_assert_eq!(&old.raw, &new.raw, "{} message {}", case.form, index);
            } else {
                prop_assert_ne!(&old.raw, &new.raw, "{} message {}", case.form, index);
            }
        }
        prop_assert_eq!(pairs.len() + notes.len(), case.after.messages.len());
        prop_assert!(notes.len() <= 2 && (notes.is_empty() == case.noted().is_none()));
        let role = |message: &&Message| matches!(message.role, Role::Assistant | Role::User);
        prop_assert!(notes.iter().all(role));
    }

    #[test]
    fn c5_nothing_is_left_empty(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        prop_assert!(!case.after.messages.is_empty());
        for (index, old, new) in case.pairs().0 {
            prop_assert!(!new.parts.is_empty() || old.parts.is_empty(), "{} message {}", case.form, index);
        }
        for step in &case.plan.steps {
            match &step.kind {
                StepKind::Mask { placeholder, .. } => prop_assert!(!placeholder.is_empty()),
                StepKind::Cut { notice, .. } | StepKind::CutText { notice, .. } => prop_assert!(!notice.is_empty()),
                StepKind::Summarise { digest, messages, .. } | StepKind::Drop { digest, messages, .. } => {
                    prop_assert!(!digest.is_empty() && !messages.is_empty());
                }
                StepKind::DropReasoning { messages, .. } | StepKind::Remove { messages, .. } => {
                    prop_assert!(!messages.is_empty());
                }
            }
        }
    }

    #[test]
    fn c6_what_must_stay_is_not_touched(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        let (removed, changed) = (case.removed(), case.changed());
        let all = &case.before.messages;
        let groups = case.groups();
        let mut kept: BTreeSet<usize> = case.policy.pinned.iter().copied().collect();
        kept.extend(all.iter().position(|m| is_request(m)));
        kept.extend(all.iter().rposition(|m| is_request(m)));
        kept.extend((0..all.len()).filter(|&index| matches!(all[index].role, Role::System | Role::Developer)));
        let first = groups.get(case.tail()).map_or(all.len(), |group| group.messages.start);
        let last = groups.last().expect("a group").messages.clone();
        let waits = calls(&all[last.clone()]).count() > results(&all[last.clone()]).count();
        for index in 0..all.len() {
            let results_of = |index: usize| changed.get(&index).map_or(0, |parts| {
                let is_result = |part: &&usize| matches!(all[index].parts[**part], Part::ToolResult { .. });
                parts.iter().filter(is_result).count()
            });
            prop_assert!(!(kept.contains(&index) || index >= first) || !removed.contains(&index), "{} message {} removed", case.form, index);
            let may_cut = case.policy.cut_tail && !(waits && last.contains(&index));
            // A request beside results in one message stays although the results may go.
            let whole = kept.contains(&index)
                && (case.policy.pinned.contains(&index) || results(&all[index..=index]).next().is_none());
            prop_assert!(!(whole || (index >= first && !may_cut)) || results_of(index) == 0, "{} message {} changed", case.form, index);
        }
        for step in &case.plan.steps {
            match &step.kind {
                StepKind::Mask { message, tool, .. } => {
                    prop_assert!(*message < first, "{}", case.form);
                    prop_assert!(!case.policy.keep_tools.contains(tool));
                    prop_assert!(case.policy.mask);
                }
                StepKind::Cut { tool, .. } => {
                    prop_assert!(!case.policy.keep_tools.contains(tool));
                    prop_assert!(case.policy.cut);
                }
                StepKind::CutText { message, .. } => {
                    prop_assert!(case.policy.cut_user_text);
                    prop_assert!(!case.policy.pinned.contains(message), "{} message {} cut", case.form, message);
                    prop_assert_eq!(all[*message].role, Role::User);
                }
                _ => {}
            }
        }
        prop_assert!(case.policy.summarise || case.policy.drop || case.noted().is_none());
        // What is said beside results stays as it was, but for what is cut.
        for (index, old, new) in case.pairs().0 {
            let said = |message: &Message| -> Vec<Part> {
                let silent = |(at, part): &(usize, &Part)| {
                    !matches!(part, Part::ToolResult { .. } | Part::Reasoning(_))
                        && !changed.get(&index).is_some_and(|parts| parts.contains(at))
                };
                message.parts.iter().enumerate().filter(silent).map(|(_, part)| part.clone()).collect()
            };
            prop_assert_eq!(said(old), said(new));
        }
    }

    #[test]
    fn c7_a_planned_request_fits_and_after_is_its_fresh_projection(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        let fresh = projected(case.dialect, &case.applied, &case.model);
        let plan = &case.plan;
        prop_assert_eq!(plan.after.tokens, fresh.tokens, "{}", case.form);
        prop_assert_eq!(plan.after.lower_bound, fresh.lower_bound);
        if plan.summary.is_none() {
            prop_assert_eq!(plan.after.upper_bound, fresh.upper_bound);
        }
        prop_assert!(plan.after.upper_bound >= fresh.upper_bound);
        if plan.status == PlanStatus::Planned {
            prop_assert!(plan.after.upper_bound <= plan.available);
            prop_assert_eq!(plan.released, plan.after.upper_bound <= plan.target);
            if let Some(reserve) = case.policy.categories.reserve {
                let kept = ((f64::from(plan.available) * reserve.share) as u32).max(reserve.floor);
                prop_assert!(plan.after.upper_bound + kept <= plan.available);
            }
        }
    }

    #[test]
    fn c8_no_step_grows_the_request_and_each_tells_the_exact_size(drawn in drawn(1..9)) {
        let case = Case::of(&drawn);
        let mut part = CompactionPlan { steps: Vec::new(), ..case.plan.clone() };
        let mut now = case.plan.before.tokens;
        for step in &case.plan.steps {
            prop_assert_eq!(step.tokens_before, now);
            part.steps.push(step.clone());
            let so_far = applied(&case.request, &part);
            now = projected(case.dialect, &so_far, &case.model).tokens;
            prop_assert_eq!(step.tokens_after, now, "{} {:?}", case.form, step.kind);
            if let StepKind::Mask { .. } | StepKind::Cut { .. } | StepKind::CutText { .. } = step.kind {
                prop_assert!(step.tokens_after <= step.tokens_before, "{} {:?}", case.form, step);
            }
        }
        prop_assert_eq!(now, case.plan.after.tokens);
        prop_assert!(case.plan.after.tokens <= case.plan.before.tokens);
    }

    #[test]
    fn undo_gives_back_the_request(drawn in drawn(1..9)) {
        let case = Case::of(&drawn);
        let stored = originals_of(&case.request, &case.plan).expect("a plan of this request");
        let undone = undo(&case.applied, &case.plan, &stored);
        prop_assert_eq!(undone, Ok(case.request), "{}", case.form);
    }

    #[test]
    fn c9_planning_the_result_again_is_unneeded(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        if case.plan.status == PlanStatus::Planned {
            let again = case.again();
            prop_assert_eq!(again.status, PlanStatus::Unneeded, "{} {:?} {:?}", case.form, again.objective, again.steps);
        }
    }

    #[test]
    fn c10_originals_are_those_of_the_request(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        for step in &case.plan.steps {
            match &step.kind {
                StepKind::DropReasoning { messages, originals } | StepKind::Remove { messages, originals }
                | StepKind::Summarise { messages, originals, .. } | StepKind::Drop { messages, originals, .. } => {
                    prop_assert_eq!(messages.len(), originals.len());
                    prop_assert!(messages.is_sorted());
                    // Equal messages have equal hashes, and only those.
                    for (a, one) in messages.iter().zip(originals) {
                        for (b, other) in messages.iter().zip(originals) {
                            let same = case.before.messages[*a].raw == case.before.messages[*b].raw;
                            prop_assert_eq!(same, one == other);
                        }
                    }
                }
                StepKind::Mask { original, .. } | StepKind::Cut { original, .. } | StepKind::CutText { original, .. } => {
                    prop_assert_eq!(original.len(), 64);
                }
            }
        }
    }
}
