//! How large the package is, and how large it may be.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;

/// Most bytes after gzip. Measured sizes with room for a fifth, so that growth is a decision.
const BUDGETS: [(&str, usize); 5] = [
    ("core.wasm", 300_000),
    ("encodings/o200k_base.js", 700_000),
    ("encodings/o200k_base.pack", 520_000),
    ("encodings/cl100k_base.js", 340_000),
    ("encodings/cl100k_base.pack", 250_000),
];

/// Prints the sizes of what users load, and fails above a budget.
pub fn check(package: &Path, encodings: &[String]) -> Result<()> {
    let dist = package.join("dist");
    let mut files: Vec<String> = ["core.wasm", "glue.js", "inline.js"]
        .map(str::to_owned)
        .into();
    files.extend(scripts(&dist)?);
    for name in encodings {
        files.push(format!("encodings/{name}.js"));
        files.push(format!("encodings/{name}.pack"));
    }
    println!(
        "{:<28} {:>10} {:>10} {:>10}",
        "bytes", "raw", "gzip", "brotli"
    );
    let mut over = Vec::new();
    for file in files {
        let content = fs::read(dist.join(&file))?;
        let (gzip, brotli) = (gzip(&content)?, brotli(&content)?);
        println!("{file:<28} {:>10} {gzip:>10} {brotli:>10}", content.len());
        let budget = BUDGETS.iter().find(|(name, _)| *name == file);
        if let Some((_, budget)) = budget.filter(|(_, budget)| gzip > *budget) {
            over.push(format!(
                "{file} takes {gzip} bytes after gzip, {budget} are allowed"
            ));
        }
    }
    ensure!(over.is_empty(), "{}", over.join("; "));
    Ok(())
}

/// The default entry and the chunks.
fn scripts(dist: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dist)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name == "index.js" || name.starts_with("shared-") && name.ends_with(".js") {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn gzip(content: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?.len())
}

fn brotli(content: &[u8]) -> Result<usize> {
    let mut compressed = Vec::new();
    // Quality and window of servers that compress ahead of time.
    let mut writer = brotli::CompressorWriter::new(&mut compressed, 1 << 16, 11, 22);
    writer.write_all(content)?;
    drop(writer);
    Ok(compressed.len())
}
