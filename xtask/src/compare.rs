//! `cargo xtask compare`: the packed package beside other compactors.

use anyhow::{Result, ensure};

use crate::command::{command, run as start};
use crate::{pack, place, tools};

/// Runs the compactors over the recorded histories, at these limits in percent of each history, and prints the tables.
pub fn run(limits: &[String]) -> Result<()> {
    let is_percent = |limit: &String| limit.parse::<f64>().is_ok_and(|limit| limit > 0.0);
    ensure!(
        limits.iter().all(is_percent),
        "a limit is a number of percent: cargo xtask compare 25 50 75"
    );
    let corpus = place::root().join("../shared/corpus");
    if !corpus.join("trajectories.jsonl").is_file() {
        println!("skipped: the histories are not in {}", corpus.display());
        return Ok(());
    }
    let tarball = pack::fresh()?;
    tools::javascript()?;
    tools::install(&tarball)?;
    start(
        command("node", &["tests/comparison/run.mjs"])
            .arg(corpus)
            .args(limits),
    )
}
