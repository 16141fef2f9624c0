//! Whether the terms of the objective, and the figures of the categories, hang together.

use crate::plan::{CategoryUse, Objective, categories, economy};

use super::evidence::Evidence;
use super::floors;
use super::numbers::Claims;

/// Calls that a break-even is stated for are whole; the numbers are floats.
const ROUNDING: f64 = 1e-6;
/// Categories, each of whose allowances is rounded down.
const CATEGORIES: i64 = 5;

/// How the terms of the objective hang together. Losses, relative prices and the horizon are the policy's.
pub(super) fn objective(evidence: &Evidence<'_>, objective: &Objective, claims: &mut Claims) {
    let (before, after) = (
        i64::from(evidence.projection_before.tokens),
        i64::from(evidence.projection_unfilled.tokens),
    );
    claims.number(
        format_args!("objective.shed"),
        objective.shed,
        before - after,
    );
    let net = objective.rewrite - objective.saved;
    let value = objective.loss + objective.rewrite - objective.saved;
    let gap = objective.bound.map(|bound| (value - bound).max(0.0));
    let usd = economy::input_usd(evidence.model, evidence.projection_before.tokens);
    let mut same = |path: &str, found: Option<f64>, expected: Option<f64>| {
        let expectation = expected.map_or("nothing".to_owned(), |number| number.to_string());
        claims.holds(
            format_args!("objective.{path}"),
            found.map(f64::to_bits) == expected.map(f64::to_bits),
            &expectation,
        );
    };
    same("net", Some(objective.net), Some(net));
    same("gap", objective.gap, gap);
    same("netUsd", objective.net_usd, usd.map(|usd| net * usd));
    claims.holds(
        format_args!("objective.rewrite"),
        objective.rewrite == 0.0 || objective.warm && objective.rewrite > 0.0,
        "nothing to rewrite in a cold cache",
    );
    claims.holds(
        format_args!("objective.loss"),
        objective.loss >= 0.0,
        "no less than 0",
    );
    claims.holds(
        format_args!("objective.bound"),
        objective.bound.is_none_or(|bound| bound <= value),
        "no more than what was reached",
    );
    // A warm cache saves the same in every call: what was saved over the calls to break even is what was rewritten.
    let calls = objective
        .break_even
        .map(|calls| calls * objective.saved / objective.rewrite);
    let is_whole = |calls: f64| (calls - calls.round()).abs() <= ROUNDING * calls.abs().max(1.0);
    claims.holds(
        format_args!("objective.breakEven"),
        match calls {
            Some(calls) => is_whole(calls) && calls >= 0.0 && objective.rewrite > 0.0,
            None => objective.rewrite == 0.0 || objective.saved <= 0.0,
        },
        "the calls after which the rewriting is saved",
    );
}

/// Each category before and after. Allowances are between nothing and what was used, and fill the room.
pub(super) fn categories(evidence: &Evidence<'_>, claims: &mut Claims) {
    let plan = evidence.plan;
    let before = &evidence.projection_before;
    let [old, new] = [
        (&evidence.before, before),
        (&evidence.unfilled, &evidence.projection_unfilled),
    ]
    .map(|(counted, projection)| categories::Read {
        counted,
        projection,
    });
    let cut = floors::cut_task(evidence);
    let expected = categories::recounted(&old, &new, cut, evidence.model, evidence.counter);
    claims.number(
        format_args!("categories"),
        rows(&plan.categories),
        rows(&expected),
    );
    let (mut used, mut allowed) = (0_i64, 0_i64);
    for (at, (row, own)) in plan.categories.iter().zip(&expected).enumerate() {
        let path = format_args!("categories[{at}]");
        claims.text(
            format_args!("{path}.category"),
            &row.category,
            &own.category,
        );
        claims.number(format_args!("{path}.before"), row.before, own.before);
        claims.number(format_args!("{path}.after"), row.after, own.after);
        claims.holds(
            format_args!("{path}.allowance"),
            row.allowance <= own.before,
            "no more than was used",
        );
        floors::check(evidence, at, row, own, claims);
        used += i64::from(own.before);
        allowed += i64::from(row.allowance);
    }
    let doubt = i64::from(before.upper_bound) - i64::from(before.tokens);
    let room = (i64::from(plan.target) - doubt).max(0).min(used);
    claims.holds(
        format_args!("categories"),
        (room - CATEGORIES..=room).contains(&allowed),
        "allowances that fill the room",
    );
}

fn rows(categories: &[CategoryUse]) -> i64 {
    i64::try_from(categories.len()).unwrap_or(i64::MAX)
}
