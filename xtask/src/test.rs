//! `cargo xtask test [STEP...]`: everything, in the order in which failures are cheapest.

mod step;
mod tally;

use std::time::Instant;

use anyhow::{Result, bail};

use step::{STEPS, Step};
use tally::Tally;

/// Runs the named steps, or all.
pub fn run(names: &[String]) -> Result<()> {
    if let Some(unknown) = names
        .iter()
        .find(|name| !STEPS.iter().any(|step| step.name == **name))
    {
        let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        bail!("there is no step {unknown}; there are {}", known.join(", "));
    }
    let chosen = |step: &&Step| names.is_empty() || names.iter().any(|name| name == step.name);
    let began = Instant::now();
    let mut total = Tally::default();
    let mut failed = Vec::new();
    for step in STEPS.iter().filter(chosen) {
        let tally = perform(step);
        if tally.failed > 0 {
            failed.push(step.name);
        }
        total.add(tally);
    }
    println!("\n{:.0} s", began.elapsed().as_secs_f64());
    if !failed.is_empty() {
        println!("failed: {}", failed.join(", "));
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    if total.failed > 0 {
        // The summary above is the report; an error would print over it.
        std::process::exit(1);
    }
    Ok(())
}

fn perform(step: &Step) -> Tally {
    let began = Instant::now();
    let (tally, output) = match (step.run)() {
        Ok(output) => (Tally::of(&output), output),
        Err(failure) => (
            Tally::of(&failure.output).with_failure(),
            failure.to_string(),
        ),
    };
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{:<16} {seconds:>6.1} s  {} passed, {} failed",
        step.name, tally.passed, tally.failed
    );
    for line in output.lines().filter(|line| line.starts_with("skipped")) {
        println!("    {line}");
    }
    if tally.failed > 0 {
        println!("{output}");
    }
    tally
}
