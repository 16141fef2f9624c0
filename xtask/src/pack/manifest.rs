//! The published manifest, and the texts that go with it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::command::{command, read};
use crate::place;

const TEXTS: [&str; 4] = ["README.md", "LICENSE-MIT", "LICENSE-APACHE", "NOTICE"];
const UNSTAMPED: &str = "\"version\": \"0.0.0\"";

/// Writes `package.json` with the crate's version, and the texts.
pub fn write(package: &Path) -> Result<()> {
    let root = place::root();
    let template = fs::read_to_string(root.join("pkg-template/package.json"))?;
    ensure!(
        template.contains(UNSTAMPED),
        "pkg-template/package.json: expected {UNSTAMPED}"
    );
    let stamped = template.replace(UNSTAMPED, &format!("\"version\": \"{}\"", version()?));
    fs::write(package.join("package.json"), stamped)?;
    for text in TEXTS {
        fs::copy(root.join(text), package.join(text)).with_context(|| text.to_owned())?;
    }
    Ok(())
}

/// The version of the crate.
pub fn version() -> Result<String> {
    let id = read(&mut command(
        "cargo",
        &["pkgid", "--package", "token-headroom"],
    ))?;
    let version = id.trim().rsplit(['#', '@']).next();
    version
        .map(str::to_owned)
        .context("cargo pkgid gave no version")
}
