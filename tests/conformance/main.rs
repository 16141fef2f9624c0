//! Projections beside the counts that providers reported for the same requests.
//!
//! `cargo xtask conformance` prints the tables. Two variables narrow them while a rule is being worked on: `ONLY`, pieces of
//! `provider api model id` that a record must all have, and `MISSES`, how many misses are listed.
//! `OUTCOMES` names a file for what other counters are given.

// A failed expectation is a failed test.
#![allow(clippy::expect_used, clippy::panic)]

mod calls;
mod neutral;
mod outcome;
mod record;
mod table;
mod targets;

use std::env;

use outcome::{Outcome, outcome};
use record::records;

#[test]
fn recorded_usage_is_projected() {
    let Some(records) = records() else { return };
    let only = env::var("ONLY").unwrap_or_default();
    let mut skipped = table::Skipped::default();
    let mut outcomes: Vec<Outcome> = Vec::new();
    for record in records.into_iter().filter(|record| record.matches(&only)) {
        match outcome(record) {
            Ok(outcome) => outcomes.push(outcome),
            Err(reason) => skipped.add(&reason),
        }
    }
    skipped.print();
    table::all(&outcomes);
    if let Some(path) = env::var_os("OUTCOMES") {
        neutral::write(&outcomes, path.as_ref());
    }
    let misses = env::var("MISSES").ok().and_then(|most| most.parse().ok());
    table::misses(&outcomes, misses.unwrap_or(50));
    if only.is_empty() {
        targets::check(&outcomes);
    }
}

#[test]
fn the_next_call_is_projected_from_the_last() {
    let Some(found) = calls::recorded_calls() else {
        return;
    };
    let mut all = calls::Calls::default();
    println!(
        "{:<90} {:>6} {:>7} {:>5} {:>5}",
        "history", "calls", "within", "low", "high"
    );
    for (name, calls) in &found {
        println!(
            "{name:<90} {:>6} {:>7} {:>5} {:>5}",
            calls.calls, calls.close, calls.too_low, calls.too_high
        );
        all.calls += calls.calls;
        all.close += calls.close;
        all.too_low += calls.too_low;
        all.too_high += calls.too_high;
    }
    let share = 100.0 * all.close as f64 / all.calls.max(1) as f64;
    println!(
        "within 3 %: {} of {} ({share:.1} %); above {}, below {}",
        all.close, all.calls, all.too_low, all.too_high
    );
    assert!(
        share >= 95.0,
        "the next prompt is within 3 % on 95 % of the calls"
    );
}
