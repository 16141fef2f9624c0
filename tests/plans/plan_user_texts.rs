//! Long texts of the user's, which lose their middle where nothing else makes a request fit, if the policy says so.

use std::collections::BTreeSet;

use crate::drawn;
use crate::drawn::{Case, drawn};
use crate::planning::cases::cases;
use crate::planning::{
    Words, applied, assert_named, call, calls, frugal, messages, planned, refused, result,
    step_kinds, user, verified, words,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use token_headroom::{
    CategoryShares, Code, CompactionPlan, CountText, Part, PlanStatus, Policy, Role, StepKind,
    ThinkingPolicy, When,
};

fn with_texts_cut() -> Policy {
    Policy {
        cut_user_text: true,
        ..frugal()
    }
}

/// What the user pasted, in lines.
fn pasted(lines: usize) -> String {
    (0..lines)
        .map(|n| format!("line {n} of the log\n"))
        .collect()
}

#[test]
fn a_long_text_of_the_user_s_is_cut_only_if_asked_for_and_nothing_else_helps() {
    let request = json!({ "model": "gpt-4o", "messages": [
        { "role": "system", "content": "You read logs." }, user(&format!("What is wrong?\n{}", pasted(3000))),
    ]});
    let plan = planned(&request, 4000, &frugal());
    assert_eq!(plan.status, PlanStatus::Irreducible);
    let plan = planned(&request, 4000, &with_texts_cut());
    assert_eq!(step_kinds(&plan), [("cut_text", vec![1])]);
    assert!(plan.released && verified(&request, &plan, 4000).ok);
    // Close to the mark: no more is cut than has to be.
    assert!(plan.after.upper_bound >= plan.target - plan.target / 16);
    let objective = plan.objective.expect("an objective");
    assert!(objective.bound.is_none() && objective.loss > 0.0);
    let step = &plan.steps[0];
    let StepKind::CutText { notice, .. } = &step.kind else {
        unreachable!()
    };
    assert!(notice.ends_with(" bytes of this message cut here to fit]\n"));
    assert!(step.lost.starts_with("the middle of ") && step.lost.ends_with(" that the user said"));
    let smaller = applied(&request, &plan);
    let text = messages(&smaller)[1]["content"].as_str().expect("text");
    assert!(text.starts_with("What is wrong?\nline 0 of the log\n"));
    assert!(text.ends_with("line 2999 of the log\n"));
    assert!(
        text.contains(&format!(" of the log\n{notice}line ")),
        "{notice}"
    );
    assert_eq!(
        planned(&smaller, 4000, &with_texts_cut()).status,
        PlanStatus::Unneeded
    );
    // What was cut may be cut again.
    let again = planned(&smaller, 2000, &with_texts_cut());
    assert_eq!(step_kinds(&again), [("cut_text", vec![1])]);
    assert!(verified(&smaller, &again, 2000).ok);
}

#[test]
fn only_long_texts_of_the_user_s_are_cut_to_one_length_and_never_pinned_ones() {
    let request = json!({ "model": "gpt-4o", "messages": [
        user(&words(900)), { "role": "assistant", "content": words(700) },
        user(&words(2000)), { "role": "assistant", "content": words(300) }, user(&words(3000)),
    ]});
    let whole = Policy {
        summarise: false,
        drop: false,
        ..with_texts_cut()
    };
    let plan = planned(&request, 5500, &whole);
    assert_eq!(
        step_kinds(&plan),
        [("cut_text", vec![2]), ("cut_text", vec![4])]
    );
    let smaller = applied(&request, &plan);
    let sizes = [2, 4]
        .map(|at| Words.count_text(messages(&smaller)[at]["content"].as_str().expect("text")));
    assert!(sizes[0].abs_diff(sizes[1]) <= sizes[0] / 16, "{sizes:?}");
    let pinned = Policy {
        pinned: vec![4],
        ..whole
    };
    let plan = planned(&request, 6000, &pinned);
    assert_eq!(
        step_kinds(&plan),
        [("cut_text", vec![0]), ("cut_text", vec![2])]
    );
    assert!(verified(&request, &plan, 6000).ok);
    let plan = planned(&request, 3000, &pinned);
    assert_eq!(plan.status, PlanStatus::Irreducible);
}

#[test]
fn of_many_long_texts_the_64_longest_are_cut() {
    let size = |at: usize| 200 + 10 * (at * 37 % 80);
    let said = (0..80).flat_map(|at| {
        [
            user(&words(size(at))),
            json!({ "role": "assistant", "content": "Go on." }),
        ]
    });
    let request = json!({ "model": "gpt-4o", "messages": said.collect::<Vec<_>>() });
    let policy = Policy {
        summarise: false,
        drop: false,
        ..with_texts_cut()
    };
    let plan = planned(&request, 16_000, &policy);
    let longest = (0..80)
        .filter(|at| size(*at) >= 360)
        .map(|at| ("cut_text", vec![2 * at]));
    assert_eq!(step_kinds(&plan), longest.collect::<Vec<_>>());
    assert!(verified(&request, &plan, 16_000).ok);
}

#[test]
fn results_of_the_last_turn_are_cut_beside_texts_of_the_user_s() {
    let request = json!({ "model": "gpt-4o", "messages": [
        user(&words(5000)), calls(&[call("a", "read_file", "{}")]), result("a", &words(5000)),
    ]});
    let plan = planned(&request, 3000, &with_texts_cut());
    assert_eq!(step_kinds(&plan), [("cut", vec![2]), ("cut_text", vec![0])]);
    assert!(plan.released && verified(&request, &plan, 3000).ok);
    // The floor tells what is left when all of them are as short as they can be.
    let plan = planned(&request, 40, &with_texts_cut());
    assert!(plan.floor.expect("a floor").total < 300);
}

#[test]
fn results_that_had_to_stay_whole_are_cut_beside_texts_of_the_user_s() {
    // The turn stays for what was read, and nothing is masked: once only the question is kept, its other result is old.
    let request = json!({ "model": "gpt-4o", "messages": [
        user("Look."), calls(&[call("a", "read_file", "{}"), call("b", "search", "{}")]),
        result("a", &words(100)), result("b", &words(300)), user(&words(900)),
    ]});
    let policy = Policy {
        keep_tools: vec!["read_file".to_owned()],
        mask: false,
        ..with_texts_cut()
    };
    let plan = planned(&request, 400, &policy);
    assert_eq!(step_kinds(&plan), [("cut", vec![3]), ("cut_text", vec![4])]);
    assert!(verified(&request, &plan, 400).ok);
}

#[test]
fn the_text_of_a_message_beside_a_picture_is_cut_and_the_picture_stays() {
    let picture = json!({ "type": "image_url", "image_url": { "url": "https://example.com/a.png", "detail": "low" } });
    let request = json!({ "model": "gpt-4o", "messages": [{ "role": "user", "content": [
        { "type": "text", "text": words(50) }, picture, { "type": "text", "text": words(9000) },
    ] }] });
    let plan = planned(&request, 2000, &with_texts_cut());
    assert_eq!(step_kinds(&plan), [("cut_text", vec![0])]);
    assert!(verified(&request, &plan, 2000).ok);
    let smaller = applied(&request, &plan);
    let content = &messages(&smaller)[0]["content"];
    assert_eq!(content[0], request["messages"][0]["content"][0]);
    assert_eq!(content[1], picture);
}

#[test]
fn nothing_is_cut_where_the_provider_keeps_a_part_of_the_history() {
    let sealed = json!({ "model": "gpt-4o", "previous_response_id": "resp_1", "input": [user(&words(5000))] });
    let plan = planned(&sealed, 2000, &with_texts_cut());
    assert_eq!(plan.status, PlanStatus::Irreducible);
}

/// A request whose first and last messages are long, and a plan that cuts them.
fn said() -> (Value, CompactionPlan) {
    let request = json!({ "model": "gpt-4o", "messages": [
        { "role": "system", "content": words(500) },
        user(&words(3000)),
        { "role": "assistant", "content": "Fine." },
        { "role": "user", "name": "ann", "content": words(2000) },
    ]});
    let policy = Policy {
        cut_user_text: true,
        ..Policy::default()
    };
    let plan = planned(&request, 1500, &policy);
    assert_eq!(plan.steps.len(), 2, "{:?}", plan.steps);
    assert!(verified(&request, &plan, 1500).ok);
    (request, plan)
}

#[test]
fn a_text_of_the_user_s_is_cut_as_the_step_says_and_nobody_else_s() {
    let (request, plan) = said();
    let kind = plan.steps[1].kind.clone();
    let StepKind::CutText {
        message,
        part,
        head,
        tail,
        notice,
        original,
    } = kind
    else {
        unreachable!()
    };
    let cut = |message, head, notice: &str| {
        let mut altered = plan.clone();
        altered.steps[1].kind = StepKind::CutText {
            message,
            part,
            head,
            tail,
            notice: notice.to_owned(),
            original: original.clone(),
        };
        altered
    };
    assert_named(&request, &cut(message, head - 1, &notice), 1500, &["plan"]);
    assert_named(
        &request,
        &cut(message, head, &words(4000)),
        1500,
        &["C7", "C8", "plan"],
    );
    for other in [0, 2] {
        let error = refused(&request, &cut(other, head, &notice));
        assert_eq!(
            (error.code, error.path.as_str()),
            (Code::PlanMismatch, "steps[1]")
        );
        assert_named(&request, &cut(other, head, &notice), 1500, &["plan"]);
    }
    // The same message twice, and one that is gone.
    assert_eq!(
        refused(&request, &cut(1, 1, &notice)).code,
        Code::PlanMismatch
    );
    let mut turned = plan.clone();
    turned.steps.reverse();
    assert_named(&request, &turned, 1500, &["plan"]);
}

/// The request of `case` with 64 tokens in place of each longer text of the user's that may be cut.
fn with_short_texts(case: &Case) -> Value {
    fn say(value: &mut Value, texts: &BTreeSet<&str>) {
        match value {
            Value::String(text) if texts.contains(text.as_str()) => *text = "short ".repeat(64),
            Value::Array(items) => items.iter_mut().for_each(|item| say(item, texts)),
            Value::Object(fields) => fields.values_mut().for_each(|value| say(value, texts)),
            _ => {}
        }
    }
    let mut request = case.request.clone();
    let key = case.dialect.list_key();
    let list = match request.is_array() {
        true => &mut request,
        false => &mut request[key],
    };
    let list = list.as_array_mut().expect("a list");
    for (index, (raw, message)) in list.iter_mut().zip(&case.before.messages).enumerate() {
        let texts = message.parts.iter().filter_map(|part| match part {
            Part::Text { text, .. } if Words.count_text(text) > 64 => Some(text.as_str()),
            _ => None,
        });
        if message.role == Role::User && !case.policy.pinned.contains(&index) {
            say(raw, &texts.collect());
        }
    }
    request
}

proptest! {
    #![proptest_config(cases(384))]
    #[test]
    fn never_irreducible_where_short_texts_of_the_users_would_do(drawn in drawn(1..9), share in 0.02..0.6) {
        let (form, history, policy, _) = drawn;
        // The floor of a category protects results that are in the last groups no longer when only the very last is kept.
        let categories = CategoryShares::default();
        let policy = Policy { cut_user_text: true, when: When::Overflow, categories, ..policy };
        let case = Case::of(&(form, history, policy, share));
        // Nothing may be touched behind calls that wait, nor at all where the API is to compact.
        prop_assume!(case.policy.thinking == ThinkingPolicy::Strip && !case.waits());
        let shorter = with_short_texts(&case);
        let policy = Policy { cut_user_text: false, ..case.policy.clone() };
        let plan = drawn::planned(case.dialect, &shorter, &case.model, &policy);
        prop_assert!(
            plan.status == PlanStatus::Irreducible || case.plan.status != PlanStatus::Irreducible,
            "{}: {:?} {:?}", case.form, plan.after, case.plan.floor
        );
    }
}
