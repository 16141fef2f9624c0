//! What must hold of a package before it leaves.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use crate::command::{command, quiet};
use crate::place;

/// What content security policies forbid, and what bundlers trip over.
const FORBIDDEN: [&str; 4] = ["eval(", "new Function", "Function(\"", "import.meta"];

/// No file evaluates strings or asks where it is.
pub fn sources(dist: &Path) -> Result<()> {
    for entry in fs::read_dir(dist)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "js" || extension == "cjs")
        {
            let text = fs::read_to_string(&path)?;
            if let Some(found) = FORBIDDEN
                .iter()
                .find(|forbidden| text.contains(**forbidden))
            {
                bail!("{} contains {found}", path.display());
            }
        }
    }
    Ok(())
}

/// The manifest is consistent and its types resolve, in every way that consumers resolve them.
pub fn package(package: &Path, tarball: &Path) -> Result<()> {
    let publint = ["run", "--strict"];
    quiet(command(place::tool("publint"), &publint).arg(package))?;
    // A list ends the command line: what follows would be taken for a part of it.
    quiet(command(place::tool("attw"), &[]).arg(tarball).args([
        "--profile",
        "node16",
        "--format",
        "ascii",
        "--no-emoji",
        "--no-color",
        "--exclude-entrypoints",
        "./core.wasm",
        "./planner.wasm",
        "./tokenizer.wasm",
        "./encodings/*.pack",
    ]))
}
