//! Prices, markers and break-even.

use super::super::choose::{Candidate, Choice, Problem, choose};
use super::*;
use crate::conversation::Conversation;
use crate::count::count;
use crate::models::{ModelOptions, resolve};
use crate::normalize::normalize;
use serde_json::json;
use token_headroom_encoding::Encoding;

fn conversation(content: Value) -> Counted {
    let conversation = normalize(&json!({
        "model": "any", "max_tokens": 9, "messages": [{ "role": "user", "content": content }],
    }));
    counted(conversation.unwrap())
}

fn counted(conversation: Conversation) -> Counted {
    count(
        Arc::new(conversation),
        &Encoding::named("o200k_base").unwrap(),
    )
}

fn priced(name: &str, price: Value) -> Model {
    Model {
        price: Price::read(&price),
        ..resolve(&ModelOptions::for_model(name)).unwrap()
    }
}

fn economy(read: f64, write: f64, warm: bool) -> Economy {
    Economy {
        read,
        write,
        horizon: 10,
        warm,
        input_usd: Some(2e-6),
    }
}

/// The objective of an edit that frees `freed` tokens and leaves `behind` behind it.
fn edit(economy: &Economy, behind: u32, freed: u32) -> Objective {
    let options = [0, freed].map(|freed| Choice { freed, loss: 0.0 });
    let solution = choose(&Problem {
        candidates: vec![Candidate {
            suffix: behind + freed,
            options: options.to_vec(),
            removal: None,
        }],
        need: freed,
        removal: None,
        money: economy.money(),
    });
    economy.objective(&solution.unwrap(), 100_000, 100_000 - freed)
}

#[test]
fn calls_to_break_even_are_the_rewrite_over_the_saving_of_a_call() {
    let cases = [
        (0.1, 1.25, 60_000, 30_000, 23.0),
        (0.1, 1.25, 20_000, 60_000, 23.0 / 6.0),
        (0.1, 1.0, 60_000, 30_000, 18.0),
        (0.25, 1.0, 60_000, 30_000, 6.0),
    ];
    for (read, write, behind, freed, calls) in cases {
        let objective = edit(&economy(read, write, true), behind, freed);
        let found = objective.break_even.unwrap();
        assert!((found - calls).abs() < 1e-9, "{found} {calls}");
        assert_eq!(objective.shed, i64::from(freed));
        assert!(objective.gap.unwrap() < 1e-6);
        // Over exactly so many calls, it costs nothing.
        let net = objective.rewrite - calls * f64::from(freed) * read;
        assert!(net.abs() < 1e-6, "{net}");
    }
}

#[test]
fn a_cold_cache_is_written_once_whatever_is_edited() {
    let objective = edit(&economy(0.1, 1.25, false), 60_000, 30_000);
    assert_eq!((objective.rewrite, objective.break_even), (0.0, None));
    // Not written in the first call, not read in the other nine.
    assert!((objective.saved - 30_000.0 * (1.25 + 0.9)).abs() < 1e-6);
    assert!((objective.net_usd.unwrap() + 64_500.0 * 2e-6).abs() < 1e-9);
    assert!(!objective.warm);
    let none = Economy {
        horizon: 0,
        ..economy(0.1, 1.25, false)
    };
    assert_eq!(none.money().saving, 0.0);
}

#[test]
fn prices_are_those_of_the_prompts_tier() {
    let policy = CachePolicy::default();
    let price = json!({
        "input": 2, "output": 10, "cacheRead": 0.2, "cacheWrite": 2.5,
        "tiers": [
            { "above": 1000, "input": 4, "output": 15, "cacheRead": 1, "cacheWrite": 4 },
            { "above": 2000, "input": 8, "output": 30 },
        ],
    });
    let model = priced("gpt-4o", price);
    let of = |tokens| {
        let economy = Economy::of(&policy, &model, &conversation(json!("hi")), tokens);
        (
            economy.read,
            economy.write,
            economy.input_usd.unwrap() * 1e6,
        )
    };
    assert_eq!(of(1000), (0.1, 1.25, 2.0));
    assert_eq!(of(1001), (0.25, 1.0, 4.0));
    assert_eq!(of(9000), (1.0, 1.0, 8.0));
    let model = priced("gpt-4o", json!([2, 10]));
    let economy = Economy::of(&policy, &model, &conversation(json!("hi")), 10);
    assert_eq!((economy.read, economy.write), (1.0, 1.0));
    assert_eq!(economy.money().rewrite, 0.0);
    let unpriced = Model {
        price: None,
        ..model
    };
    let economy = Economy::of(&policy, &unpriced, &conversation(json!("hi")), 10);
    assert_eq!((economy.read, economy.input_usd), (1.0, None));
    let known = CachePolicy {
        read: Some(0.5),
        write: Some(f64::NAN),
        ..policy
    };
    let economy = Economy::of(&known, &unpriced, &conversation(json!("hi")), 10);
    assert_eq!((economy.read, economy.write), (0.5, 1.0));
}

#[test]
fn claude_caches_what_is_marked() {
    let price = json!({ "input": 3, "output": 15, "cacheRead": 0.3, "cacheWrite": 3.75 });
    let model = priced("claude-sonnet-4-5", price);
    let read = |counted: &Counted| Economy::of(&CachePolicy::default(), &model, counted, 10).read;
    let block = |marker: Value| {
        let mut block = json!({ "type": "text", "text": "hi" });
        block["cache_control"] = marker;
        conversation(json!([block]))
    };
    assert_eq!(read(&conversation(json!("hi"))), 1.0);
    assert_eq!(read(&block(json!(null))), 1.0);
    assert_eq!(read(&block(json!({ "type": "ephemeral" }))), 0.3 / 3.0);
    let marked = |field: &str, value: Value| {
        let mut request = json!({
            "model": "any", "max_tokens": 9, "system": "be brief",
            "messages": [{ "role": "user", "content": [{ "type": "text", "text": "hi" }] }],
        });
        request[field] = value;
        counted(normalize(&request).unwrap())
    };
    let marker = json!({ "type": "ephemeral" });
    let system = json!([{ "type": "text", "text": "be brief", "cache_control": marker }]);
    let tool = |marker: &Value, schema: Value| json!([{ "name": "f", "input_schema": schema, "cache_control": marker }]);
    let parameter =
        json!({ "type": "object", "properties": { "cache_control": { "type": "string" } } });
    for (field, value, read_at) in [
        ("cache_control", marker.clone(), 0.3 / 3.0),
        ("system", system, 0.3 / 3.0),
        (
            "tools",
            tool(&marker, json!({ "type": "object" })),
            0.3 / 3.0,
        ),
        ("tools", tool(&Value::Null, parameter), 1.0),
    ] {
        assert_eq!(read(&marked(field, value)), read_at, "{field}");
    }
    let converse = json!({
        "modelId": "any",
        "messages": [{ "role": "user", "content": [{ "text": "hi" }, { "cachePoint": { "type": "default" } }] }],
    });
    assert_eq!(read(&counted(normalize(&converse).unwrap())), 0.3 / 3.0);
}

#[test]
fn a_cache_is_warm_until_its_time_has_passed_or_something_broke_it() {
    let warm = |idle_seconds, broken| {
        let policy = CachePolicy {
            idle_seconds,
            broken,
            ..CachePolicy::default()
        };
        let model = priced("gpt-4o", json!([2, 10]));
        Economy::of(&policy, &model, &conversation(json!("hi")), 10).warm
    };
    assert!(warm(None, false) && warm(Some(299.0), false) && warm(Some(f64::NAN), false));
    assert!(!warm(None, true) && !warm(Some(300.0), false) && !warm(Some(f64::INFINITY), false));
}
