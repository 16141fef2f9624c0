//! `cargo xtask vocab`: rebuilds the vocabulary packs and the table of character classes.
//!
//! Both are committed; the tests of this module fail when a rebuild is not byte-equal.

mod classes;
mod merges;
mod pack;
mod sweep;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tiktoken_rs::CoreBPE;

/// One vocabulary to pack: its name, the number of its split pattern in the format, the tokens.
struct Source {
    name: &'static str,
    pattern: u8,
    size: u32,
    load: fn() -> Result<CoreBPE>,
}

/// Sizes are the documented `explicit_n_vocab` less the special tokens (tiktoken, `openai_public.py`).
const SOURCES: [Source; 2] = [
    Source {
        name: "cl100k_base",
        pattern: 0,
        size: 100_256,
        load: tiktoken_rs::cl100k_base,
    },
    Source {
        name: "o200k_base",
        pattern: 1,
        size: 199_998,
        load: tiktoken_rs::o200k_base,
    },
];

/// Writes `packs/*.pack` and the table of character classes.
pub fn run() -> Result<()> {
    for (path, bytes) in outputs()? {
        std::fs::write(&path, &bytes).with_context(|| format!("writing {}", path.display()))?;
        println!("{} {} bytes", path.display(), bytes.len());
    }
    Ok(())
}

fn outputs() -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = vec![(
        root.join("src/encoding/unicode_table.rs"),
        classes::rust_table()?.into_bytes(),
    )];
    for source in &SOURCES {
        let bytes = build(source).with_context(|| format!("packing {}", source.name))?;
        files.push((root.join(format!("packs/{}.pack", source.name)), bytes));
    }
    Ok(files)
}

fn build(source: &Source) -> Result<Vec<u8>> {
    let bpe = (source.load)()?;
    let tokens = (0..source.size)
        .map(|rank| {
            bpe.decode_bytes(&[rank])
                .map_err(|e| anyhow::anyhow!("rank {rank}: {e}"))
        })
        .collect::<Result<Vec<_>>>()?;
    let ranked = merges::from_tokens(&tokens)?;
    let ordered = sweep::order(&ranked)?;
    let bytes = pack::write(source.name, source.pattern, &ordered)?;
    pack::prove(&bytes, &tokens, &ranked)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_rebuild_equals_the_committed_files() {
        for (path, bytes) in super::outputs().unwrap() {
            let committed = std::fs::read(&path).unwrap();
            assert!(
                committed == bytes,
                "{} differs from its rebuild: run `cargo xtask vocab`",
                path.display()
            );
        }
    }
}
