//! `cargo xtask serve`: the prompt-size meter on localhost.

use anyhow::Result;

use crate::command::{command, run as start};
use crate::{pack, place};

/// Serves `www/` with the package below `/pkg/` until it is interrupted.
pub fn run() -> Result<()> {
    pack::fresh()?;
    let mut node = command("node", &["xtask/serve.mjs"]);
    start(
        node.arg(place::root().join("www"))
            .arg(place::package().join("dist")),
    )
}
