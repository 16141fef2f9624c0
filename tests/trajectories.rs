//! Real agent histories, planned for a quarter, a half and three quarters of their own size.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)] // A failed expectation is a failed test.

mod planning;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::{Duration, Instant};

use planning::{counted, judged, messages, model, projected, told};
use serde_json::{Value, json};
use token_headroom::{
    CompactionPlan, Encoding, Fills, PlanStatus, Policy, StepKind, apply, plan, verify,
};

const SHARES: [f64; 3] = [0.25, 0.5, 0.75];

/// What came out at one limit.
#[derive(Default)]
struct Row {
    unneeded: u32,
    planned: u32,
    released: u32,
    irreducible: u32,
    violations: usize,
    inherited: usize,
    masks: usize,
    cuts: usize,
    summaries: usize,
    /// Of the planned: tokens kept, as a sum of shares of the limit.
    kept: f64,
    planning: Duration,
    slowest: Duration,
}

#[test]
fn every_openai_trajectory_is_planned_or_irreducible_and_verifies() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/trajectories.jsonl");
    let Ok(file) = File::open(&path) else {
        println!("skipped: {} is absent", path.display());
        return;
    };
    let encoding = Encoding::named("o200k_base").expect("a built-in encoding");
    let mut rows: [Row; 3] = Default::default();
    let mut trajectories = 0;
    let mut failures = Vec::new();
    for line in BufReader::new(file).lines() {
        let trajectory: Value = serde_json::from_str(&line.expect("a line")).expect("JSON");
        if trajectory["format"] != "openai.chat" {
            continue;
        }
        trajectories += 1;
        let request = request(&trajectory);
        let counted = counted(&request, &encoding);
        let size = projected(&request, &model(1_000_000), &encoding).upper_bound;
        for (share, row) in SHARES.into_iter().zip(&mut rows) {
            let model = model((f64::from(size) * share) as u32);
            let judgement = judged(&counted, &model, &encoding);
            let start = Instant::now();
            let planned = plan(&counted, &judgement, &model, &Policy::default(), &encoding);
            let took = start.elapsed();
            row.planning += took;
            row.slowest = row.slowest.max(took);
            let mut fail = |what: &str| {
                failures.push(format!("{} at {share}: {what}", trajectory["id"]));
            };
            let applied = apply(&request, &planned, &Fills::default(), &encoding).expect("applies");
            let verification = verify(&request, &planned, &Fills::default(), &model, &encoding);
            row.violations += verification.violations.len();
            row.inherited += verification.inherited.len();
            if !verification.ok {
                fail(&told(&verification));
            }
            let fresh = projected(&applied, &model, &encoding);
            if planned.after.tokens != fresh.tokens
                || planned.after.lower_bound != fresh.lower_bound
            {
                fail("after is not the fresh projection");
            }
            match planned.status {
                PlanStatus::Unneeded => fail("unneeded below its own size"),
                PlanStatus::Planned => {
                    if planned.summary.is_none() && planned.after.upper_bound != fresh.upper_bound {
                        fail("after is not the fresh projection");
                    }
                    let again = self::counted(&applied, &encoding);
                    let judgement = judged(&again, &model, &encoding);
                    let again = plan(&again, &judgement, &model, &Policy::default(), &encoding);
                    if again.status != PlanStatus::Unneeded {
                        fail("planned twice");
                    }
                }
                PlanStatus::Irreducible => {}
            }
            tell(row, &planned);
        }
    }
    println!(
        "{trajectories} trajectories; after: mean share of the limit that a planned request takes"
    );
    println!(
        "limit planned released irreducible masks cuts summaries after violations inherited mean-time slowest"
    );
    for (share, row) in SHARES.into_iter().zip(&rows) {
        println!(
            "{:>4.0}% {:>7} {:>8} {:>11} {:>5} {:>4} {:>9} {:>4.0}% {:>10} {:>9} {:>9.2?} {:>7.2?}",
            share * 100.0,
            row.planned,
            row.released,
            row.irreducible,
            row.masks,
            row.cuts,
            row.summaries,
            100.0 * row.kept / f64::from(row.planned.max(1)),
            row.violations,
            row.inherited,
            row.planning / trajectories,
            row.slowest,
        );
    }
    assert!(trajectories > 0, "no trajectory in the openai.chat format");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The request that sends a trajectory's messages.
fn request(trajectory: &Value) -> Value {
    let mut request = json!({ "model": "gpt-4o" });
    let system = trajectory["system"].as_str();
    let system = system.map(|text| json!({ "role": "system", "content": text }));
    let rest = messages(trajectory).iter().cloned();
    request["messages"] = system.into_iter().chain(rest).collect();
    if let Some(tools) = trajectory.get("tools").filter(|tools| tools.is_array()) {
        request["tools"] = tools.clone();
    }
    request
}

fn tell(row: &mut Row, plan: &CompactionPlan) {
    match plan.status {
        PlanStatus::Unneeded => row.unneeded += 1,
        PlanStatus::Irreducible => row.irreducible += 1,
        PlanStatus::Planned => {
            row.planned += 1;
            row.released += u32::from(plan.released);
            row.kept += f64::from(plan.after.tokens) / f64::from(plan.available.max(1));
        }
    }
    for step in &plan.steps {
        match step.kind {
            StepKind::Mask { .. } => row.masks += 1,
            StepKind::Cut { .. } => row.cuts += 1,
            StepKind::Summarise { .. } => row.summaries += 1,
        }
    }
}
