//! `cargo xtask models FILE [--write]`: the catalogue beside a public list of models.

use std::fs;

use anyhow::{Context, Result};

use crate::command::{command, run as start};
use crate::tools;

/// Reports where the list in `file` differs from `src/models/data`, and with `write` takes its numbers over.
pub fn run(file: &str, write: bool) -> Result<()> {
    tools::javascript()?;
    let file = fs::canonicalize(file).with_context(|| file.to_owned())?;
    let mut node = command("node", &["xtask/models.mjs"]);
    node.arg(file);
    if write {
        node.arg("--write");
    }
    start(&mut node)
}
