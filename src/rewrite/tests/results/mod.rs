//! Results with another content.

mod frameworks;
mod providers;

use serde_json::{Value, json};

use super::{read, results, written};
use crate::conversation::Dialect;
use crate::rewrite::with_texts;

/// Every result of `raw`, made to say "gone".
fn gone(dialect: Dialect, raw: &Value) -> Option<Value> {
    let message = read(dialect, raw);
    let all: Vec<(usize, &str)> = results(&message)
        .into_iter()
        .map(|at| (at, "gone"))
        .collect();
    assert!(!all.is_empty(), "no result in {raw}");
    with_texts(&message, &all)
}

fn each(dialect: Dialect, cases: Vec<(Value, Value)>) {
    for (raw, expected) in cases {
        assert_eq!(written(gone(dialect, &raw)), Some(expected.to_string()));
    }
}

fn none(dialect: Dialect, cases: Vec<Value>) {
    for raw in cases {
        assert_eq!(written(gone(dialect, &raw)), None, "{raw}");
    }
}

#[test]
fn what_is_no_result_is_not_rewritten() {
    let message = read(
        Dialect::Anthropic,
        &json!({ "role": "user", "content": [
            { "type": "text", "text": "x" }, { "type": "tool_result", "tool_use_id": "a", "content": "y" },
        ] }),
    );
    assert_eq!(with_texts(&message, &[(2, "gone")]), None);
    assert_eq!(with_texts(&message, &[(1, "a"), (1, "b")]), None);
    assert_eq!(with_texts(&message, &[]), Some(message.raw.clone()));
    let call = json!({ "type": "tool_use", "id": "a", "name": "f", "input": {} });
    let calling = read(
        Dialect::Anthropic,
        &json!({ "role": "assistant", "content": [call] }),
    );
    assert_eq!(with_texts(&calling, &[(0, "gone")]), None);
}

#[test]
fn many_results_are_rewritten_at_once() {
    let blocks: Vec<Value> = (0..50_000)
        .map(|id| json!({ "type": "tool_result", "tool_use_id": id.to_string(), "content": "" }))
        .collect();
    let raw = json!({ "role": "user", "content": blocks });
    let changed = gone(Dialect::Anthropic, &raw).expect("all of them");
    assert_eq!(changed["content"][49_999]["content"], "gone");
}
