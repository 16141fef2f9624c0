//! `cargo xtask bench`: start-up and throughput of the packed package beside other tokenizers.

use anyhow::{Result, ensure};

use crate::command::{command, run as start};
use crate::{pack, place, tools};

/// Runs the comparison on texts that a provider's users really send.
pub fn run() -> Result<()> {
    let corpus = place::root().join("../shared/corpus");
    let texts = corpus.join("trajectories.jsonl");
    ensure!(
        texts.is_file(),
        "the comparison needs {}, which is absent",
        texts.display()
    );
    let tarball = pack::fresh()?;
    tools::javascript()?;
    tools::install(&tarball)?;
    start(command("node", &["tests/bench/run.mjs"]).arg(corpus))
}
