//! How large the package is, and how large it may be.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::command::join;

/// Most bytes of a module after gzip. The planner's is what was measured and a little more, so that growth is a decision; the others are
/// promised.
const MODULES: [(&str, usize); 4] = [
    ("core.wasm", 300_000),
    ("planner.wasm", 257_000),
    ("tokenizer.wasm", 150_000),
    ("loader.wasm", 150_000),
];

/// Most bytes after gzip of an encoding's pack as an asset and as a JavaScript module. The first two are promised; the others are what was
/// measured and a little more, so that growth is a decision.
const PACKS: [(&str, usize, usize); 15] = [
    ("o200k_base", 520_000, 700_000),
    ("cl100k_base", 250_000, 340_000),
    ("claude-gen1", 75_000, 88_000),
    ("claude-gen2", 24_000, 29_000),
    ("deepseek-v4", 345_000, 383_000),
    ("gemma4", 685_000, 755_000),
    ("glm-4.5", 405_000, 444_000),
    ("glm-4.7", 409_000, 450_000),
    ("mistral-sp-v1", 72_000, 80_000),
    ("mistral-sp-v3", 75_000, 85_000),
    ("mistral-tekken", 339_000, 369_000),
    ("p50k_base", 121_000, 133_000),
    ("qwen3", 384_000, 424_000),
    ("qwen3.5", 686_000, 744_000),
    ("r50k_base", 120_000, 133_000),
];

/// Prints the sizes of what users load, of which `encodings` are vocabularies, and fails above a budget.
pub fn check(package: &Path, encodings: &[String]) -> Result<()> {
    let dist = package.join("dist");
    let mut files: Vec<String> = ["tokenizer.wasm", "loader.wasm", "core.wasm", "planner.wasm"]
        .map(str::to_owned)
        .into();
    files.extend(scripts(&dist)?);
    files.extend_from_slice(encodings);
    println!(
        "{:<28} {:>10} {:>10} {:>10}",
        "bytes", "raw", "gzip", "brotli"
    );
    let mut over = Vec::new();
    for (file, sizes) in files.iter().zip(all(&dist, &files)) {
        let [raw, gzip, brotli] = sizes?;
        println!("{file:<28} {raw:>10} {gzip:>10} {brotli:>10}");
        if let Some(budget) = budget(file)?.filter(|budget| gzip > *budget) {
            over.push(format!(
                "{file} takes {gzip} bytes after gzip, {budget} are allowed"
            ));
        }
    }
    ensure!(over.is_empty(), "{}", over.join("; "));
    Ok(())
}

/// Raw, after gzip and after brotli, of each file: on two cores, for brotli at its best takes seconds a megabyte.
fn all(dist: &Path, files: &[String]) -> Vec<Result<[usize; 3]>> {
    let next = AtomicUsize::new(0);
    let measure = || {
        let mut measured = Vec::new();
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            measured.push((file, sizes(&dist.join(file))));
        }
        measured
    };
    let mut measured: HashMap<_, _> = thread::scope(|scope| {
        let other = scope.spawn(measure);
        let own = measure();
        own.into_iter().chain(join(other)).collect()
    });
    files
        .iter()
        .filter_map(|file| measured.remove(file))
        .collect()
}

fn sizes(file: &Path) -> Result<[usize; 3]> {
    let content = fs::read(file)?;
    Ok([content.len(), gzip(&content)?, brotli(&content)?])
}

/// Most bytes that `file` may take; every pack must have a budget.
fn budget(file: &str) -> Result<Option<usize>> {
    let Some(encoding) = file.strip_prefix("encodings/") else {
        let module = MODULES.iter().find(|(name, _)| *name == file);
        return Ok(module.map(|(_, budget)| *budget));
    };
    // Names have dots of their own.
    let Some((name, end)) = [".ids.js", ".pack", ".js"]
        .iter()
        .find_map(|end| Some((encoding.strip_suffix(end)?, *end)))
    else {
        return Ok(None);
    };
    let (_, pack, module) = PACKS
        .iter()
        .find(|(pack, ..)| *pack == name)
        .with_context(|| format!("xtask/src/pack/sizes.rs has no budget for {name}"))?;
    Ok(match end {
        ".pack" => Some(*pack),
        ".js" => Some(*module),
        // Ids are as large as they are.
        _ => None,
    })
}

/// The default entries and the chunks.
fn scripts(dist: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dist)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if matches!(name.as_str(), "index.js" | "tokenizer.js")
            || name.starts_with("shared-") && name.ends_with(".js")
        {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Bytes after gzip at its best.
pub fn gzip(content: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?.len())
}

/// Bytes after brotli at its best.
pub fn brotli(content: &[u8]) -> Result<usize> {
    let mut compressed = Vec::new();
    // Quality and window of servers that compress ahead of time.
    let mut writer = brotli::CompressorWriter::new(&mut compressed, 1 << 16, 11, 22);
    writer.write_all(content)?;
    drop(writer);
    Ok(compressed.len())
}
