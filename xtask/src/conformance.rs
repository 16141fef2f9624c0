//! `cargo xtask conformance`: projections and plans beside what was recorded.

pub mod files;
pub mod tokenizers;

use anyhow::{Result, ensure};

use crate::command::{command, run as start};
use crate::{place, tools, vocab};

/// Prints the table of projections, every miss, and the plans of every recorded history.
pub fn run() -> Result<()> {
    let corpus = place::root().join("../shared/corpus");
    ensure!(
        corpus.is_dir(),
        "the comparison needs the records in {}, which is absent",
        corpus.display()
    );
    vocab::loaded::fetch_all()?;
    let outcomes = place::target().join("conformance.jsonl");
    let binaries = ["--test", "conformance", "--test", "plans"];
    let tests = [
        "recorded_usage_is_projected",
        "the_next_call_is_projected_from_the_last",
        "trajectories::",
    ];
    let mut cargo = command("cargo", &["test", "--quiet", "--package", "token-headroom"]);
    start(
        cargo
            .args(binaries)
            .args(["--", "--nocapture", "--test-threads=1"])
            .args(tests)
            .env("OUTCOMES", &outcomes),
    )?;
    tools::javascript()?;
    println!("\nother counters on the same records");
    start(command("node", &["tests/conformance/peers.mjs"]).arg(&outcomes))
}
