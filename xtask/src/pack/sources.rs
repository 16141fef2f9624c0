//! The TypeScript sources as ES modules, CommonJS and declarations.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::command::{command, run};
use crate::place;

/// Type-checks the sources and writes the entries of the package.
pub fn write(dist: &Path) -> Result<()> {
    let template = place::root().join("pkg-template");
    let types = place::target().join("package-types");
    if types.exists() {
        fs::remove_dir_all(&types)?;
    }
    let mut tsc = command(
        place::tool("tsc"),
        &["--declaration", "--emitDeclarationOnly"],
    );
    run(tsc
        .arg("--project")
        .arg(&template)
        .arg("--outDir")
        .arg(&types))?;
    run(command("node", &["xtask/bundle.mjs"]).args([&template, &types, dist]))
}
