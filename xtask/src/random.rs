//! `cargo xtask random [CASES]`: the properties on cases drawn anew.
//!
//! `cargo xtask test` draws the same cases each time, so that what it says of a tree does not change with its run. What no
//! one has drawn yet is found here; a case that fails is printed, with the line that repeats it.

use anyhow::{Context, Result};

use crate::command::{command, run as run_command};

/// Properties with a number of cases of their own keep it, but draw them anew as well.
const CASES: &str = "2000";

/// Runs all tests of the crates with `cases` random cases a property.
pub fn run(cases: Option<&String>) -> Result<()> {
    let cases = cases.map_or(CASES, String::as_str);
    cases
        .parse::<u32>()
        .with_context(|| format!("found {cases}, expected a number of cases"))?;
    let mut test = command("cargo", &["test", "--no-fail-fast"]);
    test.args(["--package", "token-headroom"]);
    test.args(["--package", "token-headroom-encoding"]);
    run_command(test.env("PROPTEST_CASES", cases))
}
