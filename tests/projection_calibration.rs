//! What is learned from reported usage, and what must not be.

// A failed expectation is a failed test.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use serde_json::json;
use token_headroom::{
    Basis, Calibration, Categories, JudgeOptions, Judgement, MessageTokens, ModelOptions,
    Projection, Role, UsageVerdict, judge, prompt_tokens, resolve,
};

/// An estimate of 1,000 tokens within 900 and 1,100, for a window of 32,768.
fn judgement(basis: Basis) -> Judgement {
    let model = resolve(&ModelOptions {
        model: Some("local".to_owned()),
        encoding: Some("o200k_base".to_owned()),
        max_context_tokens: Some(32_768),
        ..ModelOptions::default()
    })
    .expect("described by options");
    let projection = Projection {
        model: "local".to_owned(),
        encoding: "o200k_base".to_owned(),
        tokens: 1_000,
        lower_bound: 900,
        upper_bound: 1_100,
        basis,
        by_category: Categories {
            system: 300,
            user: 600,
            framing: 100,
            ..Categories::default()
        },
        messages: vec![
            MessageTokens {
                index: 0,
                role: Role::System,
                tokens: 300,
            },
            MessageTokens {
                index: 1,
                role: Role::User,
                tokens: 600,
            },
        ],
        warnings: vec![],
    };
    judge(projection, &model, None, JudgeOptions::default())
}

#[test]
fn a_report_is_compared_with_the_bounds() {
    let judgement = judgement(Basis::Estimated);
    let verdict = |reported| Calibration::default().record(&judgement, reported).verdict;
    assert_eq!(verdict(1_000), UsageVerdict::Agrees);
    assert_eq!(verdict(900), UsageVerdict::Agrees);
    assert_eq!(verdict(1_100), UsageVerdict::Agrees);
    assert_eq!(verdict(1_101), UsageVerdict::Above);
    assert_eq!(verdict(899), UsageVerdict::Below);
    assert_eq!(verdict(674), UsageVerdict::Truncated);
}

#[test]
fn half_a_window_is_a_truncated_prompt() {
    let mut judgement = judgement(Basis::Estimated);
    judgement.projection.lower_bound = 18_000;
    judgement.projection.tokens = 19_000;
    judgement.projection.upper_bound = 20_000;
    // Half the window and two.
    let comparison = Calibration::default().record(&judgement, 16_386);
    assert_eq!(comparison.verdict, UsageVerdict::Truncated);
    let comparison = Calibration::default().record(&judgement, 17_000);
    assert_eq!(comparison.verdict, UsageVerdict::Below);
}

#[test]
fn three_reports_centre_and_widen_an_estimate() {
    let judgement = judgement(Basis::Estimated);
    let mut calibration = Calibration::default();
    for reported in [1_200, 1_150] {
        calibration.record(&judgement, reported);
        assert_eq!(
            calibration.apply(judgement.projection.clone()),
            judgement.projection
        );
    }
    calibration.record(&judgement, 1_180);
    let projection = calibration.apply(judgement.projection.clone());
    assert_eq!(projection.basis, Basis::Calibrated);
    assert_eq!(projection.tokens, 1_180);
    assert_eq!(
        (projection.lower_bound, projection.upper_bound),
        (900, 1_220)
    );
    let by = projection.by_category;
    assert_eq!((by.system, by.user, by.framing), (354, 708, 118));
    let messages: Vec<u32> = projection.messages.iter().map(|m| m.tokens).collect();
    assert_eq!(messages, [354, 708]);
}

#[test]
fn truncated_prompts_teach_nothing() {
    let judgement = judgement(Basis::Estimated);
    let mut calibration = Calibration::default();
    for _ in 0..5 {
        calibration.record(&judgement, 100);
    }
    assert_eq!(calibration, Calibration::default());
}

#[test]
fn exact_and_calibrated_projections_are_left_alone() {
    let mut calibration = Calibration::default();
    for _ in 0..3 {
        calibration.record(&judgement(Basis::Estimated), 1_050);
    }
    for basis in [Basis::Exact, Basis::Calibrated, Basis::Supplied] {
        let projection = judgement(basis).projection;
        assert_eq!(calibration.apply(projection.clone()), projection);
    }
    let before = calibration.clone();
    calibration.record(&judgement(Basis::Calibrated), 1_050);
    assert_eq!(calibration, before);
}

#[test]
fn old_reports_are_forgotten() {
    let judgement = judgement(Basis::Estimated);
    let mut calibration = Calibration::default();
    calibration.record(&judgement, 2_000);
    for _ in 0..32 {
        calibration.record(&judgement, 1_000);
    }
    let projection = calibration.apply(judgement.projection);
    assert_eq!((projection.tokens, projection.upper_bound), (1_000, 1_100));
}

#[test]
fn what_was_learned_survives_as_json() {
    let mut calibration = Calibration::default();
    for reported in [1_200, 1_150, 1_180] {
        calibration.record(&judgement(Basis::Estimated), reported);
    }
    let json = serde_json::to_string(&calibration).expect("plain data");
    assert_eq!(json, "{\"local\":[1.2,1.15,1.18]}");
    let restored: Calibration = serde_json::from_str(&json).expect("its own output");
    assert_eq!(restored, calibration);
    // A damaged state is no worse than none.
    let damaged: Calibration =
        serde_json::from_str("{\"local\":[-1.0,0.0,1e308]}").expect("numbers");
    let projection = judgement(Basis::Estimated).projection;
    assert_eq!(damaged.apply(projection.clone()), projection);
}

#[test]
fn prompt_tokens_are_read_from_usage() {
    let usage = json!({ "prompt_tokens": 12, "completion_tokens": 3, "prompt_tokens_details": { "cached_tokens": 8 } });
    assert_eq!(prompt_tokens(&usage), Some(12));
    assert_eq!(prompt_tokens(&json!({ "prompt_tokens": -1 })), None);
    assert_eq!(prompt_tokens(&json!(null)), None);
}
