//! The invariants of a plan over random histories, each under its own name and checked on the JSON itself.

use std::collections::HashSet;

use crate::planning;
use crate::planning::cases::cases;
use crate::planning::{
    WHOLE, Words, applied, histories, judged, messages, model, planned, projected, tokens, told,
    verified,
};
use proptest::prelude::*;
use serde_json::Value;
use token_headroom::{CompactionPlan, Fills, PlanStatus, Policy, StepKind, apply, plan, verify};

/// A case: a request, a policy, and a limit as a share of the request's own size.
fn case() -> impl Strategy<Value = (Value, Policy, u32)> {
    (histories::request(14), histories::policy(), 0.02..1.1).prop_map(|(request, policy, share)| {
        let limit = (f64::from(tokens(&request)) * share) as u32;
        (request, policy, limit.max(1))
    })
}

fn outcome((request, policy, limit): &(Value, Policy, u32)) -> (CompactionPlan, Value) {
    let plan = planned(request, *limit, policy);
    let applied = applied(request, &plan);
    (plan, applied)
}

fn removed(plan: &CompactionPlan) -> HashSet<usize> {
    let mut removed = HashSet::new();
    for step in &plan.steps {
        if let StepKind::Summarise { messages, .. }
        | StepKind::Drop { messages, .. }
        | StepKind::Remove { messages, .. } = &step.kind
        {
            removed.extend(messages.iter().copied());
        }
    }
    removed
}

/// The first message that a summary, or a note, stands for.
fn noted(plan: &CompactionPlan) -> Option<usize> {
    plan.steps.iter().find_map(|step| match &step.kind {
        StepKind::Summarise { messages, .. } | StepKind::Drop { messages, .. } => {
            messages.first().copied()
        }
        _ => None,
    })
}

fn changed(plan: &CompactionPlan) -> HashSet<usize> {
    let one = |kind: &StepKind| match kind {
        StepKind::Mask { message, .. }
        | StepKind::Cut { message, .. }
        | StepKind::CutText { message, .. } => Some(*message),
        _ => None,
    };
    plan.steps
        .iter()
        .filter_map(|step| one(&step.kind))
        .collect()
}

fn ids(message: &Value) -> Vec<&str> {
    let calls = message["tool_calls"].as_array();
    calls
        .into_iter()
        .flatten()
        .filter_map(|call| call["id"].as_str())
        .collect()
}

proptest! {
    #![proptest_config(cases(192))]

    #[test]
    fn a_plan_is_unneeded_planned_or_irreducible_for_a_reason(case in case()) {
        let (plan, applied) = outcome(&case);
        let (request, _, limit) = &case;
        let size = projected(request, &model(*limit), &Words);
        match plan.status {
            PlanStatus::Unneeded => {
                prop_assert!(size.upper_bound <= *limit);
                prop_assert_eq!(&applied, request);
            }
            PlanStatus::Planned => {
                prop_assert!(size.upper_bound > *limit);
                prop_assert!(!plan.steps.is_empty());
            }
            PlanStatus::Irreducible => {
                let floor = plan.floor.expect("a floor");
                let parts = [floor.system, floor.tools, floor.first_user, floor.pinned, floor.tail, floor.framing, floor.middle];
                prop_assert_eq!(parts.iter().sum::<u32>(), floor.total);
                prop_assert!(floor.total > *limit);
                prop_assert!(floor.total <= size.upper_bound);
                prop_assert_eq!(&applied, request);
            }
        }
    }

    #[test]
    fn c1_oc1_oc2_every_call_is_followed_by_its_results(case in case()) {
        let (_, applied) = outcome(&case);
        let all = messages(&applied);
        let mut open: HashSet<&str> = HashSet::new();
        for message in all {
            if message["role"] == "tool" {
                let id = message["tool_call_id"].as_str().unwrap_or_default();
                prop_assert!(open.remove(id), "{id} answers nothing");
            } else {
                prop_assert!(open.is_empty(), "{open:?} unanswered");
                open.extend(ids(message));
            }
        }
        let before = messages(&case.0);
        if !open.is_empty() {
            let pending = before.iter().rev().take_while(|m| m["role"] == "tool").count();
            prop_assert!(!ids(&before[before.len() - 1 - pending]).is_empty());
        }
    }

    #[test]
    fn c2_parallel_calls_move_together(case in case()) {
        let (plan, _) = outcome(&case);
        let removed = removed(&plan);
        let mut turn = None;
        for (index, message) in messages(&case.0).iter().enumerate() {
            if message["role"] == "tool" {
                prop_assert_eq!(turn, Some(removed.contains(&index)));
            } else {
                turn = Some(removed.contains(&index));
            }
        }
    }

    #[test]
    fn c3_ids_are_unique(case in case()) {
        let (_, applied) = outcome(&case);
        let mut seen = HashSet::new();
        for id in messages(&applied).iter().flat_map(ids) {
            prop_assert!(seen.insert(id), "{id} twice");
        }
    }

    #[test]
    fn c4_kept_messages_keep_their_order_and_c6_what_no_step_names_is_byte_equal(case in case()) {
        let (plan, applied) = outcome(&case);
        let (removed, changed) = (removed(&plan), changed(&plan));
        let mut left = messages(&applied).iter();
        let mut summary = noted(&plan);
        for (index, message) in messages(&case.0).iter().enumerate() {
            if summary == Some(index) {
                prop_assert_eq!(&left.next().expect("the summary")["role"], "assistant");
                summary = None;
            }
            if removed.contains(&index) {
                continue;
            }
            let now = left.next().expect("a kept message");
            if changed.contains(&index) {
                prop_assert_eq!(&now["tool_call_id"], &message["tool_call_id"]);
                prop_assert_ne!(now, message);
            } else {
                prop_assert_eq!(now, message);
            }
        }
        prop_assert!(left.next().is_none());
    }

    #[test]
    fn c5_the_plan_leaves_nothing_empty(case in case()) {
        let (plan, applied) = outcome(&case);
        for step in &plan.steps {
            match &step.kind {
                StepKind::Mask { placeholder, .. } => prop_assert!(!placeholder.is_empty()),
                StepKind::Cut { notice, .. } | StepKind::CutText { notice, .. } => prop_assert!(!notice.is_empty()),
                StepKind::Summarise { digest, .. } | StepKind::Drop { digest, .. } => prop_assert!(!digest.is_empty()),
                StepKind::DropReasoning { .. } | StepKind::Remove { .. } => {}
            }
        }
        prop_assert!(!messages(&applied).is_empty());
    }

    #[test]
    fn c6_what_must_stay_is_not_touched(case in case()) {
        let (request, policy, _) = &case;
        let (plan, _) = outcome(&case);
        let (removed, changed) = (removed(&plan), changed(&plan));
        let all = messages(request);
        let of = |role: &'static str| move |message: &Value| message["role"] == role;
        let mut kept: HashSet<usize> = policy.pinned.iter().copied().collect();
        kept.extend(all.iter().position(of("user")));
        kept.extend(all.iter().rposition(of("user")));
        for (index, message) in all.iter().enumerate() {
            if message["role"] == "system" || message["role"] == "developer" {
                kept.insert(index);
            }
        }
        // The last groups: their messages stay, and only the last resort cuts their results.
        let starts: Vec<usize> = (0..all.len()).filter(|&i| i == 0 || all[i]["role"] != "tool").collect();
        let keep_last = if policy.cut_tail { 1 } else { policy.keep_last.max(1) };
        let tail = starts[starts.len().saturating_sub(keep_last)];
        let pending = *starts.last().expect("a group");
        let waits = ids(&all[pending]).len() > all.len() - 1 - pending;
        for (index, message) in all.iter().enumerate() {
            let may_cut = policy.cut_tail && !(waits && index >= pending);
            if policy.cut_user_text && message["role"] == "user" && !policy.pinned.contains(&index) {
                prop_assert!(!removed.contains(&index) || !kept.contains(&index));
                continue;
            }
            if kept.contains(&index) || (index >= tail && !may_cut) {
                prop_assert!(!changed.contains(&index), "message {} changed", index);
            }
            if kept.contains(&index) || index >= tail {
                prop_assert!(!removed.contains(&index), "message {} removed", index);
            }
        }
        for step in &plan.steps {
            if let StepKind::Mask { message, .. } = step.kind {
                prop_assert!(message < tail);
            }
        }
    }

    #[test]
    fn c7_a_planned_request_fits_and_after_is_its_fresh_projection(case in case()) {
        let (plan, applied) = outcome(&case);
        let (_, _, limit) = &case;
        let fresh = projected(&applied, &model(*limit), &Words);
        prop_assert_eq!(plan.after.tokens, fresh.tokens);
        prop_assert_eq!(plan.after.lower_bound, fresh.lower_bound);
        if plan.summary.is_none() {
            prop_assert_eq!(plan.after.upper_bound, fresh.upper_bound);
        }
        prop_assert!(plan.after.upper_bound >= fresh.upper_bound);
        if plan.status == PlanStatus::Planned {
            prop_assert!(plan.after.upper_bound <= *limit);
            prop_assert_eq!(plan.released, plan.after.upper_bound <= plan.target);
        }
    }

    #[test]
    fn c8_no_replacement_is_larger_and_every_step_tells_the_exact_size(case in case()) {
        let (plan, _) = outcome(&case);
        let (request, _, limit) = &case;
        let mut part = CompactionPlan { steps: Vec::new(), ..plan.clone() };
        let mut now = plan.before.tokens;
        for step in &plan.steps {
            prop_assert_eq!(step.tokens_before, now);
            part.steps.push(step.clone());
            let so_far = applied(request, &part);
            now = projected(&so_far, &model(*limit), &Words).tokens;
            prop_assert_eq!(step.tokens_after, now, "{:?}", step.kind);
        }
        prop_assert_eq!(now, plan.after.tokens);
        prop_assert!(plan.after.tokens <= plan.before.tokens);
    }

    #[test]
    fn c9_planning_the_result_again_is_unneeded(case in case()) {
        let (plan, applied) = outcome(&case);
        let (_, policy, limit) = &case;
        if plan.status == PlanStatus::Planned {
            let again = planned(&applied, *limit, policy);
            prop_assert_eq!(again.status, PlanStatus::Unneeded);
        }
    }

    #[test]
    fn c9_what_is_masked_is_never_masked_or_cut_again(case in case()) {
        let (plan, applied) = outcome(&case);
        let (_, policy, limit) = &case;
        let tighter = planned(&applied, (limit / 2).max(1), policy);
        let is_placeholder = |index: usize| {
            let content = &messages(&applied)[index]["content"];
            let text = content.as_str().or(content[0]["text"].as_str()).unwrap_or_default();
            !text.contains('\n') && text.starts_with("[result of ") && text.ends_with("call the tool again to see it]")
                && content.as_array().is_none_or(|parts| parts.len() == 1)
        };
        for index in changed(&tighter) {
            prop_assert!(!is_placeholder(index), "{:?}", plan.status);
        }
    }

    #[test]
    fn oc4_a_cleared_result_keeps_its_fields_and_its_shape(case in case()) {
        let (plan, applied) = outcome(&case);
        let removed = removed(&plan);
        for index in changed(&plan) {
            let gone = removed.iter().filter(|&&r| r < index).count();
            let at = index - gone + usize::from(noted(&plan).is_some_and(|first| first < index));
            let (old, new) = (&messages(&case.0)[index], &messages(&applied)[at]);
            let keys = |message: &Value| message.as_object().map(|m| m.keys().cloned().collect::<Vec<_>>());
            prop_assert_eq!(keys(old), keys(new));
            prop_assert_eq!(&old["x_extra"], &new["x_extra"]);
            prop_assert_eq!(old["content"].is_array(), new["content"].is_array());
        }
    }

    #[test]
    fn verify_finds_nothing_in_a_plan_of_our_own(case in case()) {
        let (request, _, limit) = &case;
        let (plan, _) = outcome(&case);
        let verification = verified(request, &plan, *limit);
        prop_assert!(verification.ok, "{}", told(&verification));
    }

    #[test]
    fn the_same_input_gives_a_byte_equal_plan(case in case()) {
        let (request, policy, limit) = &case;
        let json = |plan: &CompactionPlan| serde_json::to_string(plan).expect("JSON");
        let plan = planned(request, *limit, policy);
        prop_assert_eq!(json(&plan), json(&planned(request, *limit, policy)));
        let back: CompactionPlan = serde_json::from_str(&json(&plan)).expect("a plan");
        prop_assert_eq!(back, plan);
    }

    #[test]
    fn the_upper_bound_holds_for_every_summary_that_is_accepted(case in case(), share in 0.01..1.2) {
        let (request, _, limit) = &case;
        let (plan, _) = outcome(&case);
        if let Some(slot) = &plan.summary {
            let model = model(*limit);
            let words = (f64::from(slot.max_tokens) * share) as usize;
            let fills = Fills { summary: Some("word\n".repeat(words.div_ceil(2)).trim_end().to_owned()) };
            match apply(request, &plan, &fills, &Words) {
                Ok(filled) => {
                    let fresh = projected(&filled, &model, &Words);
                    prop_assert!(fresh.upper_bound <= plan.after.upper_bound);
                    let verification = verify(request, &plan, &fills, &model, WHOLE, &Words);
                    prop_assert!(verification.ok, "{}", told(&verification));
                }
                Err(error) => prop_assert_eq!(error.code, token_headroom::Code::InvalidFill),
            }
        }
    }

    #[test]
    fn the_summary_request_fits_the_model(case in case()) {
        let (_, _, limit) = &case;
        let (plan, _) = outcome(&case);
        if let Some(slot) = &plan.summary {
            let model = model(*limit);
            let mut sum = 0;
            for asked in &slot.requests {
                let fresh = projected(&asked.request, &model, &Words);
                prop_assert_eq!(asked.tokens, fresh.tokens);
                let cap = asked.request["max_completion_tokens"].as_u64().expect("a cap") as u32;
                prop_assert!(fresh.upper_bound + cap <= *limit);
                prop_assert!(cap > asked.max_tokens, "an answer that was cut off is too long");
                sum += asked.max_tokens;
            }
            prop_assert!(sum + slot.requests.len() as u32 - 1 <= slot.max_tokens);
        }
    }

    #[test]
    fn nothing_panics_at_any_policy(
        request in histories::request(8),
        release in any::<f64>(),
        keep_last in any::<usize>(),
        pinned in prop::collection::vec(any::<usize>(), 0..3),
        summary_tokens in any::<u32>(),
        limit in any::<u32>(),
    ) {
        let policy = Policy { release, keep_last, pinned, summary_tokens, ..Policy::default() };
        let model = model(limit);
        let counted = planning::counted(&request, &Words);
        let judgement = judged(&counted, &model, &Words);
        let plan = plan(&counted, &judgement, &model, &policy, &Words);
        prop_assert!(verify(&request, &plan, &Fills::default(), &model, WHOLE, &Words).ok);
    }
}
