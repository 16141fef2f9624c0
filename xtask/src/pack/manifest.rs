//! The published manifest, and the texts that go with it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

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
    for text in texts()? {
        let copy = package.join(&text);
        if let Some(folder) = copy.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(root.join(&text), copy)?;
    }
    Ok(())
}

/// The texts that users get, and those that a text among them links to, so that no link leads out of the package.
pub fn texts() -> Result<BTreeSet<PathBuf>> {
    let mut texts = BTreeSet::new();
    let mut open: Vec<PathBuf> = TEXTS.map(PathBuf::from).into();
    while let Some(text) = open.pop() {
        let content = fs::read_to_string(place::root().join(&text))
            .with_context(|| text.display().to_string())?;
        if text.extension().is_some_and(|extension| extension == "md") {
            let folder = text.parent().unwrap_or(Path::new(""));
            let linked = links(&content).map(|link| without_dots(&folder.join(link)));
            open.extend(linked.filter(|linked| *linked != text && !texts.contains(linked)));
        }
        texts.insert(text);
    }
    Ok(texts)
}

/// Where Markdown links to, other than to the web and within itself.
fn links(content: &str) -> impl Iterator<Item = &str> {
    let targets = content.split("](").skip(1);
    let targets = targets.filter_map(|rest| rest.split([')', '#', ' ']).next());
    targets.filter(|target| !target.is_empty() && !target.contains("://"))
}

fn without_dots(path: &Path) -> PathBuf {
    path.components()
        .fold(PathBuf::new(), |mut path, part| match part {
            Component::ParentDir => {
                path.pop();
                path
            }
            part => path.join(part),
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_those_to_files() {
        let content = "[a](A.md), [b](../b/B.md#part) [c](https://c.example/) [d](#d)";
        let found: Vec<&str> = links(content).collect();
        assert_eq!(found, ["A.md", "../b/B.md"]);
        assert_eq!(
            without_dots(Path::new("tests/a/../b/B.md")),
            Path::new("tests/b/B.md")
        );
    }
}
