//! `cargo xtask pack`: the npm package, from the crate, the vocabularies and the TypeScript sources.

mod base64;
mod encodings;
mod gates;
mod manifest;
mod models;
pub mod sizes;
mod sources;
mod split;
mod wasm;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::command::{command, read};
use crate::{place, tools};

/// Builds, checks and measures the package.
pub fn run() -> Result<()> {
    let tarball = build()?;
    println!("\n{}", tarball.display());
    Ok(())
}

/// The tarball of the present sources; built when it is older than they are.
pub fn fresh() -> Result<PathBuf> {
    let tarball = tarball()?;
    match modified(&tarball) {
        Some(built) if newest(&inputs()?)? < Some(built) => Ok(tarball),
        _ => build(),
    }
}

/// Builds the package into `target/package`, packs it into `target/` and gives the tarball.
pub fn build() -> Result<PathBuf> {
    tools::wasm_target()?;
    tools::javascript()?;
    let package = place::package();
    let dist = package.join("dist");
    if package.exists() {
        fs::remove_dir_all(&package)?;
    }
    fs::create_dir_all(&dist)?;
    wasm::write(&dist)?;
    let encodings = encodings::write(&dist)?;
    models::write(&dist)?;
    sources::write(&dist)?;
    manifest::write(&package)?;
    gates::sources(&dist)?;
    let tarball = pack(&package)?;
    gates::package(&package, &tarball)?;
    sizes::check(&package, &encodings)?;
    Ok(tarball)
}

fn pack(package: &Path) -> Result<PathBuf> {
    let target = place::target();
    let mut npm = command("npm", &["pack", "--silent", "--pack-destination"]);
    read(npm.arg(&target).current_dir(package))?;
    tarball()
}

fn tarball() -> Result<PathBuf> {
    let version = manifest::version()?;
    Ok(place::target().join(format!("token-headroom-{version}.tgz")))
}

/// Everything the package is made from.
fn inputs() -> Result<Vec<PathBuf>> {
    let inputs = [
        "src",
        "encoding",
        "pkg-template",
        "xtask",
        "Cargo.toml",
        "Cargo.lock",
        "tests/package-lock.json",
    ];
    let texts = manifest::texts()?;
    let all = inputs.map(PathBuf::from).into_iter().chain(texts);
    Ok(all.map(|input| place::root().join(input)).collect())
}

fn newest(paths: &[PathBuf]) -> Result<Option<SystemTime>> {
    let mut newest = None;
    let mut open = paths.to_vec();
    while let Some(path) = open.pop() {
        newest = newest.max(modified(&path));
        if path.is_dir() {
            let entries = fs::read_dir(&path).with_context(|| path.display().to_string())?;
            for entry in entries {
                open.push(entry?.path());
            }
        }
    }
    Ok(newest)
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|found| found.modified()).ok()
}
