//! Real agent histories in every dialect, planned for parts of their own size.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::planning::dialects::{DIALECTS, written};
use crate::planning::recorded::recorded;
use crate::planning::{WHOLE, told};
use serde_json::Value;
use token_headroom::{
    CompactionPlan, Dialect, Encoding, Fills, Model, ModelOptions, PlanStatus, Policy, StepKind,
    apply, count, judge, normalize_as, plan, project, resolve, validate_as, verify,
};

/// The most that a plan of a recorded history may be above its bound, in parts of its loss and rewriting.
const GAP: f64 = 0.1;

/// What came out at one limit, in one dialect.
#[derive(Default)]
struct Row {
    plans: u32,
    planned: u32,
    released: u32,
    irreducible: u32,
    violations: usize,
    inherited: usize,
    steps: BTreeMap<&'static str, usize>,
    gaps: Vec<f64>,
    /// What is left, in parts of the mark that the plan lands at: the release mark where it reaches that, else what is available.
    used: Vec<f64>,
    planning: Duration,
    slowest: Duration,
}

fn model(name: &str, limit: Option<u32>) -> Model {
    resolve(&ModelOptions {
        max_context_tokens: limit,
        max_input_tokens: limit,
        ..ModelOptions::for_model(name)
    })
    .expect("a model of the catalogue")
}

fn judged(
    request: &Value,
    dialect: &str,
    model: &Model,
    encoding: &Encoding,
) -> (token_headroom::Counted, token_headroom::Judgement) {
    let conversation = normalize_as(Dialect::named(dialect), request).expect("a valid request");
    let counted = count(conversation.into(), encoding);
    let judgement = judge(project(&counted, model, encoding), model, None, WHOLE);
    (counted, judgement)
}

/// Plans `request` for `share` of its size and checks everything that a plan promises; what is wrong.
fn planned(request: &Value, dialect: &str, name: &str, share: f64, row: &mut Row) -> Vec<String> {
    let whole = model(name, None);
    let encoding = Encoding::named(&whole.encoding).expect("a built-in encoding");
    let (_, judgement) = judged(request, dialect, &whole, &encoding);
    let limit = (f64::from(judgement.projection.upper_bound) * share) as u32;
    let model = model(name, Some(limit.max(1)));
    let (counted, judgement) = judged(request, dialect, &model, &encoding);
    let mut wrong = Vec::new();
    if judgement.available != limit.max(1) {
        wrong.push(format!(
            "available {} for a limit of {limit}",
            judgement.available
        ));
    }
    let start = Instant::now();
    let planned = plan(&counted, &judgement, &model, &Policy::default(), &encoding);
    let took = start.elapsed();
    row.plans += 1;
    row.planning += took;
    row.slowest = row.slowest.max(took);
    let applied = match apply(request, &planned, &Fills::default(), &encoding) {
        Ok(applied) => applied,
        Err(error) => return vec![error.to_string()],
    };
    let verification = verify(
        request,
        &planned,
        &Fills::default(),
        &model,
        WHOLE,
        &encoding,
    );
    row.violations += verification.violations.len();
    row.inherited += verification.inherited.len();
    if !verification.ok {
        wrong.push(told(&verification));
    }
    let (_, fresh) = judged(&applied, dialect, &model, &encoding);
    let (after, fresh) = (planned.after, fresh.projection);
    if (after.tokens, after.lower_bound) != (fresh.tokens, fresh.lower_bound)
        || (planned.summary.is_none() && after.upper_bound != fresh.upper_bound)
    {
        wrong.push(format!(
            "after {after:?} is not the fresh projection {}",
            fresh.tokens
        ));
    }
    match planned.status {
        PlanStatus::Unneeded => wrong.push("unneeded below its own size".to_owned()),
        PlanStatus::Planned => {
            if fresh.upper_bound > planned.available {
                wrong.push("does not fit".to_owned());
            }
            let (counted, judgement) = judged(&applied, dialect, &model, &encoding);
            let again = plan(&counted, &judgement, &model, &Policy::default(), &encoding);
            if again.status != PlanStatus::Unneeded {
                wrong.push("planned twice".to_owned());
            }
        }
        PlanStatus::Irreducible => {}
    }
    tell(row, &planned);
    wrong
}

fn tell(row: &mut Row, plan: &CompactionPlan) {
    match plan.status {
        PlanStatus::Unneeded => {}
        PlanStatus::Irreducible => row.irreducible += 1,
        PlanStatus::Planned => {
            row.planned += 1;
            row.released += u32::from(plan.released);
        }
    }
    if let Some(objective) = &plan.objective {
        let size = objective.loss + objective.rewrite;
        row.gaps
            .extend(objective.gap.map(|gap| gap / size.max(1.0)));
        let mark = if plan.released {
            plan.target
        } else {
            plan.available
        };
        row.used
            .push(f64::from(plan.after.upper_bound) / f64::from(mark.max(1)));
    }
    for step in &plan.steps {
        let kind = match step.kind {
            StepKind::Mask { cause, .. } => match cause {
                token_headroom::Cause::Duplicate => "duplicate",
                token_headroom::Cause::Superseded => "superseded",
                token_headroom::Cause::Stale => "stale",
                token_headroom::Cause::NearDuplicate => "near-duplicate",
                token_headroom::Cause::Old => "old",
            },
            StepKind::Cut { .. } => "cut",
            StepKind::CutText { .. } => "cut text",
            StepKind::DropReasoning { .. } => "reasoning",
            StepKind::Remove { .. } => "remove",
            StepKind::Summarise { .. } => "summarise",
            StepKind::Drop { .. } => "drop",
        };
        *row.steps.entry(kind).or_default() += 1;
    }
}

fn print(rows: &BTreeMap<(String, u32), Row>) {
    println!(
        "dialect           limit plans planned released irreducible violations inherited  mean-time   slowest  gap  steps"
    );
    for ((dialect, share), row) in rows {
        println!(
            "{dialect:<17} {share:>4}% {:>5} {:>7} {:>8} {:>11} {:>10} {:>9} {:>10.2?} {:>9.2?} {:>4.1}% {:?}",
            row.plans,
            row.planned,
            row.released,
            row.irreducible,
            row.violations,
            row.inherited,
            row.planning / row.plans.max(1),
            row.slowest,
            100.0 * row.gaps.iter().copied().fold(0.0, f64::max),
            row.steps,
        );
    }
    for (what, of) in [
        ("gap", (|row| &row.gaps) as fn(&Row) -> &Vec<f64>),
        ("use of the mark", |row| &row.used),
    ] {
        let mut all: Vec<f64> = rows.values().flat_map(of).copied().collect();
        all.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = (share * all.len() as f64) as usize;
            100.0
                * all
                    .get(place.min(all.len().saturating_sub(1)))
                    .unwrap_or(&0.0)
        };
        println!(
            "{what} of {} plans: 1 % at most {:.1} %, 10 % {:.1} %, half {:.2} %, 90 % {:.2} %, 95 % {:.2} %, 99 % {:.2} %, all {:.2} %",
            all.len(),
            at(0.01),
            at(0.1),
            at(0.5),
            at(0.9),
            at(0.95),
            at(0.99),
            at(1.0),
        );
    }
}

fn largest(rows: &BTreeMap<(String, u32), Row>) -> f64 {
    let gaps = rows.values().flat_map(|row| &row.gaps);
    gaps.copied().fold(0.0, f64::max)
}

#[test]
fn every_recorded_history_is_planned_or_irreducible_and_verifies() {
    let Some(recorded) = recorded() else { return };
    let mut rows: BTreeMap<(String, u32), Row> = BTreeMap::new();
    let mut failures = Vec::new();
    for history in &recorded {
        for percent in (20..=90).step_by(10) {
            let row = rows
                .entry((history.dialect.to_owned(), percent))
                .or_default();
            let share = f64::from(percent) / 100.0;
            for wrong in planned(&history.request, history.dialect, history.model, share, row) {
                failures.push(format!("{} at {percent} %: {wrong}", history.id));
            }
        }
    }
    print(&rows);
    assert!(largest(&rows) <= GAP, "a plan is far above its bound");
    assert!(
        failures.is_empty(),
        "{} failures\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn every_recorded_history_is_planned_in_every_dialect() {
    let Some(recorded) = recorded() else { return };
    let mut rows: BTreeMap<(String, u32), Row> = BTreeMap::new();
    let mut failures = Vec::new();
    let mut untold = 0;
    for history in &recorded {
        for (dialect, name) in DIALECTS {
            let request = written(&history.request, history.dialect, dialect);
            // What some frameworks record without ids cannot be told in every dialect.
            if !validate_as(Dialect::named(dialect), &request).ok {
                untold += 1;
                continue;
            }
            for percent in [25, 50, 75] {
                let row = rows.entry((dialect.to_owned(), percent)).or_default();
                let share = f64::from(percent) / 100.0;
                for wrong in planned(&request, dialect, name, share, row) {
                    failures.push(format!(
                        "{} in {dialect} at {percent} %: {wrong}",
                        history.id
                    ));
                }
            }
        }
    }
    print(&rows);
    assert!(largest(&rows) <= GAP, "a plan is far above its bound");
    println!("{untold} histories would not be valid in another dialect");
    assert!(
        untold <= 45,
        "{untold} histories are not valid in another dialect"
    );
    assert!(
        failures.is_empty(),
        "{} failures\n{}",
        failures.len(),
        failures.join("\n")
    );
}
