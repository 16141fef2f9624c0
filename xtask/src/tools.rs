//! What a build needs beside cargo; set up when it is missing.

use std::fs;

use anyhow::{Context, Result, bail, ensure};

use crate::command::{command, quiet, read, run, succeeds};
use crate::place;

const WASM: &str = "wasm32-unknown-unknown";
/// The oldest Node that the package supports.
const NODE: u32 = 20;

/// The standard library for WebAssembly.
pub fn wasm_target() -> Result<()> {
    let installed = read(&mut command(
        "rustc",
        &["--print", "target-libdir", "--target", WASM],
    ));
    if installed.is_ok_and(|folder| fs::exists(folder.trim()).unwrap_or(false)) {
        return Ok(());
    }
    println!("adding the target {WASM}");
    run(&mut command("rustup", &["target", "add", WASM])).with_context(|| {
        format!(
            "the target {WASM} is missing: `rustup target add {WASM}`, or install it with your Rust"
        )
    })
}

/// Node, and the JavaScript tools at the versions of the lockfile.
pub fn javascript() -> Result<()> {
    node()?;
    let locked = fs::read(place::tests().join("package-lock.json"))?;
    let installed = place::tests().join("node_modules/.installed-lock.json");
    if fs::read(&installed).is_ok_and(|installed| installed == locked) {
        return Ok(());
    }
    println!("installing the JavaScript tools");
    // Not `npm ci`, which fails where the registry lacks a tool's build for another platform.
    run(command(
        "npm",
        &[
            "install",
            "--no-save",
            "--no-fund",
            "--no-audit",
            "--loglevel=error",
        ],
    )
    .current_dir(place::tests()))
    .context("installing the JavaScript tools needs npm and its registry")?;
    fs::write(installed, locked)?;
    Ok(())
}

/// Installs `tarball` beside the JavaScript tools, as a user would, and nothing else.
pub fn install(tarball: &std::path::Path) -> Result<()> {
    let tarball = tarball.to_string_lossy();
    // Leaves no trace in the manifest: the tarball is built, not depended on.
    let mut npm = command(
        "npm",
        &[
            "install",
            "--no-save",
            "--offline",
            "--no-fund",
            "--no-audit",
        ],
    );
    npm.args(["--loglevel=error", &tarball])
        .current_dir(place::tests());
    quiet(&mut npm)
}

fn node() -> Result<()> {
    let missing = format!("Node {NODE} or newer is needed, with npm");
    if !succeeds(&mut command("npm", &["--version"])) {
        bail!("{missing}; found no npm");
    }
    let version = read(&mut command("node", &["--version"])).with_context(|| missing.clone())?;
    let major = version.trim().trim_start_matches('v').split('.').next();
    let major: u32 = major.and_then(|major| major.parse().ok()).unwrap_or(0);
    ensure!(major >= NODE, "{missing}; found {}", version.trim());
    Ok(())
}
