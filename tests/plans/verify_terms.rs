//! What a plan says is available counts for nothing: the applied request is judged as the budget judges it.

use crate::planning::{
    Words, agent, applied, counted, frugal, model, planned, projected, told, verified, words,
};
use serde_json::{Value, json};
use token_headroom::{
    CategoryShares, CompactionPlan, Fills, JudgeOptions, PlanStatus, Policy, Share, Verdict,
    Verification, judge, plan, project, verify,
};

const LIMIT: u32 = 900;

fn history() -> Value {
    agent(&[300, 40, 200, 60, 10, 10, 10, 10])
}

fn kept_free(headroom: Option<u32>) -> JudgeOptions {
    JudgeOptions {
        headroom,
        ..JudgeOptions::default()
    }
}

fn verified_by(request: &Value, plan: &CompactionPlan, options: JudgeOptions) -> Verification {
    let fills = Fills::default();
    verify(request, plan, &fills, &model(LIMIT), options, &Words)
}

/// The places of C7, if nothing else is found.
fn overflows(verification: &Verification) -> Vec<&str> {
    assert_eq!(verification.ok, verification.violations.is_empty());
    let all = verification.violations.iter();
    all.map(|found| {
        assert_eq!(found.invariant, "C7", "{}", told(verification));
        found.path.as_str()
    })
    .collect()
}

#[test]
fn a_plan_is_valid_where_its_result_fits_and_what_it_calls_available_is() {
    let request = history();
    let policy = Policy {
        release: 1.0,
        ..frugal()
    };
    let plan = planned(&request, LIMIT, &policy);
    assert_eq!((plan.status, plan.available), (PlanStatus::Planned, LIMIT));
    let mut verdicts = Vec::new();
    for headroom in (0..=LIMIT).step_by(30) {
        let options = kept_free(Some(headroom));
        let found = verified_by(&request, &plan, options);
        let left = projected(&applied(&request, &plan), &model(LIMIT), &Words);
        let judged = judge(left, &model(LIMIT), None, options);
        let mut expected = Vec::new();
        if judged.verdict == Verdict::Overflows {
            expected.push("messages");
        }
        if headroom > 0 {
            expected.push("plan.available");
        }
        assert_eq!(overflows(&found), expected, "{headroom}");
        verdicts.push(judged.verdict);
    }
    assert!(verdicts.contains(&Verdict::Overflows) && verdicts.contains(&Verdict::Tight));
}

#[test]
fn a_plan_for_less_is_valid_where_there_is_more() {
    let request = history();
    for limit in [LIMIT / 2, LIMIT - 1] {
        let plan = planned(&request, limit, &frugal());
        assert_eq!(plan.status, PlanStatus::Planned);
        let found = verified_by(&request, &plan, kept_free(Some(0)));
        assert!(found.ok, "{}", told(&found));
    }
}

#[test]
fn the_requests_own_cap_on_output_is_kept_free() {
    let mut request = history();
    request["max_tokens"] = json!(300);
    let plan_by = |options: JudgeOptions| {
        let model = model(LIMIT);
        let counted = counted(&request, &Words);
        let projection = project(&counted, &model, &Words);
        let cap = counted.conversation.output_cap;
        let judgement = judge(projection, &model, cap, options);
        plan(&counted, &judgement, &model, &frugal(), &Words)
    };
    let own = plan_by(kept_free(None));
    assert_eq!(own.available, LIMIT - 300);
    let found = verified_by(&request, &own, kept_free(None));
    assert!(found.ok, "{}", told(&found));
    let greedy = plan_by(kept_free(Some(0)));
    assert_eq!(greedy.available, LIMIT);
    let found = verified_by(&request, &greedy, kept_free(None));
    assert!(overflows(&found).contains(&"plan.available"));
}

#[test]
fn only_the_reserve_is_the_policys() {
    let request = history();
    let reserve = Share {
        share: 0.2,
        floor: 0,
    };
    let policy = Policy {
        categories: CategoryShares {
            reserve: Some(reserve),
            ..CategoryShares::default()
        },
        ..frugal()
    };
    let plan = planned(&request, LIMIT, &policy);
    assert_eq!((plan.status, plan.available), (PlanStatus::Planned, LIMIT));
    assert!(verified(&request, &plan, LIMIT).ok);
}

#[test]
fn what_says_that_it_does_not_fit_may_not_but_calls_no_more_available_than_there_is() {
    let mut request = history();
    request["messages"][1]["content"] = json!(words(2_000));
    let plan = planned(&request, LIMIT, &frugal());
    assert_eq!(plan.status, PlanStatus::Irreducible);
    let found = verified_by(&request, &plan, kept_free(Some(0)));
    assert!(found.ok, "{}", told(&found));
    let found = verified_by(&request, &plan, kept_free(Some(100)));
    assert_eq!(overflows(&found), ["plan.available"]);
}
