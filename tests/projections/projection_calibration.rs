//! What is learned from reported usage, and what must not be.

use serde_json::{Value, json};
use token_headroom::{
    Basis, Calibration, Categories, Counted, JudgeOptions, Judgement, MessageTokens, Model,
    ModelOptions, Projection, Report, Role, Signature, UsageVerdict, Warning, count, judge,
    normalize, project, resolve,
};

use crate::support::Bytes;

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
        counted: None,
        starts_from: None,
        fingerprint: "2-00".to_owned(),
        instructions: 0,
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
        uncertain: vec![],
        warnings: vec![],
    };
    judge(projection, &model, None, JudgeOptions::default())
}

fn reported(prompt: u32) -> Report {
    Report {
        prompt,
        ..Report::default()
    }
}

/// A conversation that none of the reports is about.
fn other() -> Counted {
    counted(&[json!({ "role": "user", "content": "hi" })])
}

fn counted(messages: &[Value]) -> Counted {
    let request = json!({ "messages": messages });
    count(normalize(&request).expect("allowed").into(), &Bytes)
}

#[test]
fn a_report_is_compared_with_the_bounds() {
    let judgement = judgement(Basis::Estimated);
    let verdict = |prompt| {
        let mut calibration = Calibration::default();
        calibration.record(&judgement, &reported(prompt)).verdict
    };
    assert_eq!(verdict(1_000), UsageVerdict::Agrees);
    assert_eq!(verdict(900), UsageVerdict::Agrees);
    assert_eq!(verdict(1_100), UsageVerdict::Agrees);
    assert_eq!(verdict(1_101), UsageVerdict::Above);
    assert_eq!(verdict(899), UsageVerdict::Below);
    assert_eq!(verdict(674), UsageVerdict::Truncated);
}

/// What gives a truncation of a prompt of 18,000 to 20,000 tokens away.
fn signature(report: &Report) -> Option<Signature> {
    let mut judgement = judgement(Basis::Estimated);
    let projection = &mut judgement.projection;
    (
        projection.lower_bound,
        projection.tokens,
        projection.upper_bound,
    ) = (18_000, 19_000, 20_000);
    let comparison = Calibration::default().record(&judgement, report);
    assert_eq!(
        comparison.signature.is_some(),
        comparison.verdict == UsageVerdict::Truncated
    );
    comparison.signature
}

#[test]
fn a_silently_truncated_prompt_is_recognised() {
    // Half the model's window and two; half of a window that Ollama starts with.
    assert_eq!(signature(&reported(16_386)), Some(Signature::HalfWindow));
    assert_eq!(signature(&reported(2_050)), Some(Signature::HalfWindow));
    let report = |prompt, output: u32, stop: &str| Report {
        prompt,
        output: Some(output),
        stop: Some(stop.to_owned()),
        is_cut: false,
    };
    assert_eq!(
        signature(&report(7_900, 292, "length")),
        Some(Signature::FullWindow)
    );
    assert_eq!(
        signature(&report(16_300, 0, "length")),
        Some(Signature::FullWindow)
    );
    let exceeded = report(17_000, 5, "model_context_window_exceeded");
    assert_eq!(signature(&exceeded), Some(Signature::StopReason));
    assert_eq!(signature(&reported(9_000)), Some(Signature::FarBelow));
    let flagged = Report {
        is_cut: true,
        ..reported(19_000)
    };
    assert_eq!(signature(&flagged), Some(Signature::Flagged));
}

#[test]
fn what_is_within_the_bounds_is_no_truncation() {
    assert_eq!(signature(&reported(17_000)), None);
    for stop in ["stop", "length", "model_context_window_exceeded"] {
        let report = Report {
            stop: Some(stop.to_owned()),
            ..reported(19_000)
        };
        assert_eq!(signature(&report), None, "{stop}");
    }
}

#[test]
fn three_reports_centre_and_widen_an_estimate() {
    let judgement = judgement(Basis::Estimated);
    let mut calibration = Calibration::default();
    for prompt in [1_200, 1_150] {
        calibration.record(&judgement, &reported(prompt));
        assert_eq!(
            calibration.apply(judgement.projection.clone(), &other()),
            judgement.projection
        );
    }
    calibration.record(&judgement, &reported(1_180));
    let projection = calibration.apply(judgement.projection.clone(), &other());
    assert_eq!(projection.basis, Basis::Calibrated);
    assert_eq!(projection.tokens, 1_180);
    assert_eq!(
        (projection.lower_bound, projection.upper_bound),
        (900, 1_220)
    );
    let plain = projection.counted.expect("what was counted");
    assert_eq!(
        (plain.lower_bound, plain.tokens, plain.upper_bound),
        (900, 1_000, 1_100)
    );
    let by = projection.by_category;
    assert_eq!((by.system, by.user, by.framing), (354, 708, 118));
    let messages: Vec<u32> = projection.messages.iter().map(|m| m.tokens).collect();
    assert_eq!(messages, [354, 708]);
}

#[test]
fn a_class_of_content_is_learned_apart() {
    let text = judgement(Basis::Estimated);
    let mut media = text.clone();
    media.projection.by_category.media = 500;
    let mut calibration = Calibration::default();
    for _ in 0..3 {
        calibration.record(&text, &reported(1_050));
        calibration.record(&media, &reported(2_000));
    }
    let tokens = |judgement: &Judgement| {
        calibration
            .apply(judgement.projection.clone(), &other())
            .tokens
    };
    assert_eq!((tokens(&text), tokens(&media)), (1_050, 2_000));
}

#[test]
fn truncated_prompts_and_shared_usage_teach_nothing() {
    let judgement = judgement(Basis::Estimated);
    let mut calibration = Calibration::default();
    for _ in 0..5 {
        calibration.record(&judgement, &reported(100));
    }
    let mut shared = judgement;
    shared.projection.warnings.push(Warning {
        code: "server_tool".to_owned(),
        path: "tools[0]".to_owned(),
        message: "a search runs".to_owned(),
    });
    for _ in 0..5 {
        calibration.record(&shared, &reported(1_050));
    }
    assert_eq!(calibration, Calibration::default());
}

#[test]
fn exact_and_supplied_projections_are_not_scaled() {
    let mut calibration = Calibration::default();
    for _ in 0..3 {
        calibration.record(&judgement(Basis::Estimated), &reported(1_050));
    }
    for basis in [Basis::Exact, Basis::Supplied] {
        let projection = judgement(basis).projection;
        assert_eq!(calibration.apply(projection.clone(), &other()), projection);
    }
}

#[test]
fn learning_goes_on_under_calibrated_projections() {
    let mut calibration = Calibration::default();
    let plain = judgement(Basis::Estimated);
    for _ in 0..3 {
        calibration.record(&plain, &reported(1_050));
    }
    for _ in 0..32 {
        let mut told = plain.clone();
        told.projection = calibration.apply(plain.projection.clone(), &other());
        calibration.record(&told, &reported(1_080));
    }
    let projection = calibration.apply(plain.projection, &other());
    // Against what was counted, not against what had been learned.
    assert_eq!(projection.tokens, 1_080);
}

#[test]
fn old_reports_are_forgotten() {
    let judgement = judgement(Basis::Estimated);
    let mut calibration = Calibration::default();
    calibration.record(&judgement, &reported(2_000));
    for _ in 0..32 {
        calibration.record(&judgement, &reported(1_000));
    }
    let projection = calibration.apply(judgement.projection, &other());
    assert_eq!((projection.tokens, projection.upper_bound), (1_000, 1_100));
}

#[test]
fn what_was_learned_survives_as_json() {
    let mut calibration = Calibration::default();
    for prompt in [1_200, 1_150, 1_180] {
        calibration.record(&judgement(Basis::Estimated), &reported(prompt));
    }
    let json = serde_json::to_string(&calibration).expect("plain data");
    let restored: Calibration = serde_json::from_str(&json).expect("its own output");
    assert_eq!(restored, calibration);
    // A damaged state is no worse than none.
    let damaged: Calibration = serde_json::from_str(
        "{\"ratios\":{\"local\\ntext\":[-1.0,0.0,1e308]},\"anchors\":[{\"model\":\"local\",\"fingerprint\":\"9-x\",\
         \"counted\":{\"tokens\":1,\"lowerBound\":2,\"upperBound\":0},\"reported\":4294967295}]}",
    )
    .expect("numbers");
    let projection = judgement(Basis::Estimated).projection;
    assert_eq!(damaged.apply(projection.clone(), &other()), projection);
}

/// A model with a frame of its own and an uncertain count.
fn model(name: &str) -> Model {
    resolve(&ModelOptions::for_model(name)).expect("a row")
}

/// The projection of `messages` in the light of `calibration`, judged.
fn judged(calibration: &Calibration, model: &Model, messages: &[Value]) -> Judgement {
    let counted = counted(messages);
    let projection = calibration.apply(project(&counted, model, &Bytes), &counted);
    judge(projection, model, None, JudgeOptions::default())
}

fn talk() -> Vec<Value> {
    ["one", "two", "three", "four"]
        .into_iter()
        .enumerate()
        .map(|(index, text)| {
            json!({ "role": if index % 2 == 0 { "user" } else { "assistant" }, "content": text })
        })
        .collect()
}

#[test]
fn a_continued_request_starts_from_the_last_report() {
    let (model, talk) = (model("o1-preview"), talk());
    let mut calibration = Calibration::default();
    let first = judged(&calibration, &model, &talk[..1]);
    let plain = judged(&calibration, &model, &talk[..3]);
    // Hidden text: what it is need not be known, only that it is still there.
    calibration.record(&first, &reported(first.projection.tokens + 10));
    let second = judged(&calibration, &model, &talk[..3]).projection;
    assert_eq!(second.tokens, plain.projection.tokens + 10);
    assert_eq!(second.basis, Basis::Calibrated);
    // The doubt about the hidden text is gone.
    assert_eq!(
        (second.lower_bound, second.upper_bound),
        (second.tokens, second.tokens)
    );
    let shares: u32 = second.messages.iter().map(|message| message.tokens).sum();
    let by = second.by_category;
    assert_eq!(shares + by.tools + by.format + by.framing, second.tokens);
}

#[test]
fn another_history_does_not_start_from_it() {
    let (model, mut talk) = (model("o1-preview"), talk());
    let mut calibration = Calibration::default();
    let first = judged(&calibration, &model, &talk[..2]);
    calibration.record(&first, &reported(first.projection.tokens + 10));
    talk[0]["content"] = json!("ONE");
    let edited = judged(&calibration, &model, &talk[..3]);
    assert_eq!(edited, judged(&Calibration::default(), &model, &talk[..3]));
}

#[test]
fn an_exact_projection_that_was_right_stays_exact() {
    let (model, talk) = (model("gpt-4o"), talk());
    let mut calibration = Calibration::default();
    let first = judged(&calibration, &model, &talk[..1]);
    calibration.record(&first, &reported(first.projection.tokens));
    let second = judged(&calibration, &model, &talk[..3]).projection;
    assert_eq!((second.basis, second.counted), (Basis::Exact, None));
    // And one that was wrong is put right from there on.
    calibration.record(&first, &reported(first.projection.tokens + 7));
    let third = judged(&calibration, &model, &talk[..3]).projection;
    assert_eq!(third.tokens, second.tokens + 7);
}

#[test]
fn the_longest_known_beginning_counts() {
    let (model, talk) = (model("gpt-4o"), talk());
    let mut calibration = Calibration::default();
    for (end, more) in [(3, 5), (1, 100)] {
        let judgement = judged(&Calibration::default(), &model, &talk[..end]);
        calibration.record(&judgement, &reported(judgement.projection.tokens + more));
    }
    let plain = judged(&Calibration::default(), &model, &talk);
    let projection = judged(&calibration, &model, &talk).projection;
    assert_eq!(projection.tokens, plain.projection.tokens + 5);
}
