//! What results are worth, and what is told of them.

use super::*;

#[test]
fn what_is_told_of_a_result() {
    for dialect in DIALECTS {
        let turns = vec![vec![(
            "Read",
            json!({ "file_path": "src/a.rs" }),
            "fn a() {}",
        )]];
        let worths = valued(&conversation(dialect, &turns, "Done."), &Policy::default());
        let worth = &worths.results[0];
        assert_eq!(worth.tool, "Read");
        assert_eq!(worth.subject.as_deref(), Some("src/a.rs"));
        assert!(!worth.is_evicted);
        let id = if dialect == Dialect::Gemini {
            ""
        } else {
            "call_0_0"
        };
        assert_eq!(worth.call_id, id);
    }
}

#[test]
fn what_was_taken_away_and_asked_for_again_is_valued() {
    const GONE: &str = "[result of Read removed: 900 tokens; call the tool again to see it]";
    const REPLACED: &str =
        "[result of Read removed: 900 tokens, called again later; call the tool again to see it]";
    let read = |text: &'static str| vec![("Read", json!({ "file_path": "/a" }), text)];
    for dialect in DIALECTS {
        let valued = |turns: &[Vec<Step<'_>>]| {
            valued(&conversation(dialect, turns, "Done."), &Policy::default())
        };
        for (first, regrets) in [(GONE, 1), (REPLACED, 0), ("fn a() {}", 0)] {
            let worths = valued(&[
                read(first),
                read("fn a() { b() }"),
                vec![("ls", json!({}), "a")],
            ]);
            assert_eq!(worths.regrets, regrets, "{dialect:?}: {first}");
            assert_eq!(worths.results[0].is_evicted, first.starts_with('['));
            assert_eq!(worths.results[1].need >= 0.9, regrets > 0, "{first}");
        }
        let worths = valued(&[read(GONE), read(GONE)]);
        assert_eq!(worths.regrets, 1, "{dialect:?}");
    }
}

#[test]
fn the_caller_knows_better() {
    let turns = vec![vec![
        ("a", json!({}), "x"),
        ("b", json!({}), "y"),
        ("b", json!({ "c": 1 }), "z"),
    ]];
    let mut policy = Policy::default();
    policy.tool_values.insert("b".to_owned(), 0.7);
    policy.values.insert("call_0_2".to_owned(), 0.0);
    policy.values.insert("call_0_0".to_owned(), f64::NAN);
    let worths = valued(&conversation(Dialect::OpenaiChat, &turns, "Done."), &policy);
    let plain = valued(
        &conversation(Dialect::OpenaiChat, &turns, "Done."),
        &Policy::default(),
    );
    let needs: Vec<f64> = worths.results.iter().map(|worth| worth.need).collect();
    assert_eq!(needs, [plain.results[0].need, 0.7, LEAST]);
}

#[test]
fn what_was_used_is_worth_more_than_what_was_not() {
    let turns: Vec<Vec<Step<'_>>> = (0..12)
        .map(|turn| {
            let text = format!("{}the id is ORDER_{turn}_X", text(turn + 1)).leak();
            vec![("get", json!({ "n": turn }), &*text)]
        })
        .collect();
    for dialect in DIALECTS {
        let need = |last: &str| {
            valued(&conversation(dialect, &turns, last), &Policy::default()).results[2].need
        };
        assert!(need("I took ORDER_2_X.") > need("I took ORDER_5_X."));
    }
}
