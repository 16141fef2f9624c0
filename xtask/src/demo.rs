//! `cargo xtask demo [FILE]`: the package at work, installed as a user would install it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::command::{command, run as start};
use crate::{pack, place};

/// What the example agent reads, and what examples import.
const COPIED: [&str; 6] = [
    "examples",
    "pkg-template",
    "src",
    "www",
    "Cargo.toml",
    "README.md",
];

/// Runs the example agent, or inspects the request that is saved in a file.
pub fn run(arguments: &[String]) -> Result<()> {
    let project = place::target().join("demo");
    if project.exists() {
        fs::remove_dir_all(&project)?;
    }
    fs::create_dir_all(&project)?;
    for name in COPIED {
        copy(&place::root().join(name), &project.join(name))?;
    }
    fs::write(project.join("package.json"), "{ \"private\": true }\n")?;
    let mut npm = command(
        "npm",
        &["install", "--no-save", "--no-package-lock", "--offline"],
    );
    npm.args(["--silent", "--no-fund", "--no-audit"])
        .arg(pack::fresh()?);
    start(npm.current_dir(&project))?;

    let mut node = command("node", &[]);
    match arguments {
        [] => node.arg(project.join("examples/coding-agent.mjs")),
        [file, rest @ ..] => {
            let file = fs::canonicalize(file).with_context(|| file.clone())?;
            node.arg(project.join("examples/inspect-file.mjs"))
                .arg(file)
                .args(rest)
        }
    };
    let status = node.current_dir(&project).status()?;
    if !status.success() {
        bail!("the example ended with {status}");
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if from.is_dir() {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let name = entry?.file_name();
            copy(&from.join(&name), &to.join(&name))?;
        }
    } else {
        fs::copy(from, to).with_context(|| from.display().to_string())?;
    }
    Ok(())
}
