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

/// An agent that outgrows its model, the four ways to go on, and one that is killed and goes on.
const SHOWN: [&str; 3] = ["coding-agent", "strategies", "resume-after-kill"];

/// Runs the examples, or inspects the request that is saved in a file.
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

    let [file, rest @ ..] = arguments else {
        return SHOWN
            .iter()
            .try_for_each(|example| show(&project, example, &[]));
    };
    let file = fs::canonicalize(file).with_context(|| file.clone())?;
    let file = file.to_string_lossy().into_owned();
    show(&project, "inspect-file", &[&[file], rest].concat())
}

fn show(project: &Path, example: &str, arguments: &[String]) -> Result<()> {
    let mut node = command("node", &[]);
    node.arg(project.join(format!("examples/{example}.mjs")));
    let status = node.args(arguments).current_dir(project).status()?;
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
