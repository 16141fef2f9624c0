//! Verdicts under the four kinds of limits.

use token_headroom::{
    Basis, Categories, JudgeOptions, Judgement, LimitKind, Model, ModelOptions, Projection,
    Verdict, judge, resolve,
};

/// A projection between `tokens` and `upper`.
fn projection(tokens: u32, upper: u32) -> Projection {
    Projection {
        model: "m".to_owned(),
        encoding: "o200k_base".to_owned(),
        tokens,
        lower_bound: tokens,
        upper_bound: upper,
        basis: Basis::Estimated,
        counted: None,
        starts_from: None,
        fingerprint: String::new(),
        instructions: 0,
        by_category: Categories::default(),
        messages: vec![],
        uncertain: Vec::new(),
        warnings: vec![],
    }
}

/// A model with a window of 100,000 of which a prompt may take 80,000.
fn model(kind: LimitKind) -> Model {
    resolve(&ModelOptions {
        encoding: Some("o200k_base".to_owned()),
        max_context_tokens: Some(100_000),
        max_input_tokens: Some(80_000),
        max_output_tokens: Some(40_000),
        limit_kind: Some(kind),
        ..ModelOptions::default()
    })
    .expect("described by options")
}

fn judged(kind: LimitKind, upper: u32, cap: Option<u32>, headroom: Option<u32>) -> Judgement {
    let options = JudgeOptions {
        headroom,
        ..JudgeOptions::default()
    };
    judge(projection(upper, upper), &model(kind), cap, options)
}

#[test]
fn available_room_depends_on_the_kind_of_limit() {
    use LimitKind::{InputOnly, Separate, Shared, Split};
    // Kind, the request's cap, the caller's headroom, what is left for the prompt.
    let cases = [
        (Shared, None, Some(5_000), 80_000),
        (Shared, Some(30_000), None, 70_000),
        (Shared, Some(30_000), Some(50_000), 50_000),
        (Split, Some(10_000), None, 80_000),
        (Split, Some(30_000), None, 70_000),
        (Separate, Some(30_000), None, 80_000),
        (Separate, None, Some(90_000), 80_000),
        (InputOnly, Some(30_000), None, 80_000),
        (InputOnly, None, Some(30_000), 70_000),
        (Shared, None, Some(200_000), 0),
    ];
    for (kind, cap, headroom, available) in cases {
        let judgement = judged(kind, 1, cap, headroom);
        assert_eq!(
            judgement.available, available,
            "{kind:?} {cap:?} {headroom:?}"
        );
    }
}

#[test]
fn the_default_headroom_is_the_models() {
    let judgement = judged(LimitKind::Shared, 1, None, None);
    assert_eq!(judgement.headroom, 4_096);
    assert_eq!(judgement.available, 80_000);
}

#[test]
fn the_upper_bound_decides() {
    let room = |upper: u32| judged(LimitKind::Separate, upper, None, None);
    assert_eq!(room(72_000).verdict, Verdict::Fits);
    assert_eq!(room(72_001).verdict, Verdict::Tight);
    assert_eq!(room(80_000).verdict, Verdict::Tight);
    assert_eq!(room(80_000).over_by, 0);
    assert_eq!(room(80_001).verdict, Verdict::Overflows);
    assert_eq!(room(80_001).over_by, 1);

    let doubtful = judge(
        projection(10, 80_001),
        &model(LimitKind::Separate),
        None,
        JudgeOptions::default(),
    );
    assert_eq!(doubtful.verdict, Verdict::Overflows);
}

#[test]
fn a_headroom_that_fills_the_window_leaves_nothing() {
    let judgement = judged(LimitKind::Shared, 7, None, Some(u32::MAX));
    assert_eq!(judgement.available, 0);
    assert_eq!(judgement.over_by, 7);
    assert_eq!(judgement.verdict, Verdict::Overflows);
}

#[test]
fn the_mark_of_tightness_is_an_option() {
    let at = |tight_at: f64| {
        let options = JudgeOptions {
            tight_at,
            ..JudgeOptions::default()
        };
        judge(
            projection(40_001, 40_001),
            &model(LimitKind::Separate),
            None,
            options,
        )
        .verdict
    };
    assert_eq!(at(0.5), Verdict::Tight);
    assert_eq!(at(1.0), Verdict::Fits);
    assert_eq!(at(f64::NAN), Verdict::Fits);
}

#[test]
fn a_judgement_is_flat_json() {
    let json = serde_json::to_value(judged(LimitKind::Split, 7, None, None)).expect("plain data");
    assert_eq!(json["tokens"], 7);
    assert_eq!(json["verdict"], "fits");
    assert_eq!(json["limit"]["kind"], "split");
    assert_eq!(json["limit"]["maxInput"], 80_000);
    assert_eq!(json["overBy"], 0);
}

#[test]
fn a_headroom_that_leaves_nothing_is_refused() {
    let check = |kind: LimitKind, headroom: Option<u32>| {
        let options = JudgeOptions {
            headroom,
            ..JudgeOptions::default()
        };
        options.check(&model(kind).limit)
    };
    let window = model(LimitKind::Shared).limit.window;
    for kind in [LimitKind::Shared, LimitKind::Split, LimitKind::InputOnly] {
        for headroom in [window, window + 1, u32::MAX] {
            let error = check(kind, Some(headroom)).expect_err("nothing is left");
            assert_eq!(error.path, "headroom");
            assert!(
                error.message.contains(&format!("found {headroom}")),
                "{error}"
            );
        }
        assert!(check(kind, Some(window - 1)).is_ok());
        assert!(check(kind, None).is_ok());
    }
    // An answer has a limit of its own there.
    assert!(check(LimitKind::Separate, Some(window)).is_ok());
}
