//! `cargo xtask conformance tokenizers`: counts of bundled packs beside those of the original implementations, on larger texts.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use token_headroom_encoding::Encoding;

use crate::command::{command, quiet, read};
use crate::place;
use crate::vocab::{Part, SOURCES};

/// What the comparison was made with. The versions decide, so they are fixed.
const PACKAGES: [&str; 3] = [
    "tokenizers==0.23.3",
    "sentencepiece==0.2.3",
    "mistral-common==1.13.1",
];

/// Prints a line per encoding, and every difference.
pub fn run() -> Result<()> {
    let corpus = place::root().join("../shared/corpus");
    if !corpus.is_dir() {
        println!("skipped: {} is absent", corpus.display());
        return Ok(());
    }
    let python = match environment() {
        Ok(python) => python,
        Err(error) => {
            println!("skipped: the original implementations cannot be installed: {error:#}");
            return Ok(());
        }
    };
    let texts = texts(&corpus)?;
    let lines: Vec<String> = texts
        .iter()
        .map(serde_json::to_string)
        .collect::<Result<_, _>>()?;
    let list = place::target().join("vocab/texts.jsonl");
    fs::write(&list, lines.join("\n") + "\n")?;
    let bytes: usize = texts.iter().map(String::len).sum();
    println!("{} texts of {bytes} bytes", texts.len());
    let mut wrong = 0;
    for source in &SOURCES {
        let pack = place::root().join(format!("encoding/packs/{}.pack", source.pack));
        let pack = fs::read(&pack).with_context(|| format!("reading {}", pack.display()))?;
        for part in source.parts {
            let encoding = Encoding::from_pack_as(&pack, part.encoding)?;
            wrong += compare(&python, &list, &texts, part, &encoding)?;
        }
    }
    ensure!(wrong == 0, "{wrong} counts differ");
    Ok(())
}

fn compare(
    python: &Path,
    list: &Path,
    texts: &[String],
    part: &Part,
    encoding: &Encoding,
) -> Result<usize> {
    let file = match part.file() {
        Ok(file) => file,
        Err(error) => {
            println!("skipped {}: {error:#}", part.encoding);
            return Ok(0);
        }
    };
    let saved = place::target().join(format!("vocab/{}.file", part.encoding));
    fs::write(&saved, &file)?;
    let kind = match part.path {
        path if path.contains("tekken") => "tekken",
        path if path.contains(".model.") => "sentencepiece",
        _ => "json",
    };
    let script = place::root().join("xtask/src/conformance/reference.py");
    let arguments = [&script, Path::new(kind), &saved, list].map(|path| path.to_string_lossy());
    let arguments: Vec<&str> = arguments.iter().map(AsRef::as_ref).collect();
    let printed = read(&mut command(python, &arguments))?;
    let expected: Vec<u32> = printed.lines().map(str::parse).collect::<Result<_, _>>()?;
    ensure!(expected.len() == texts.len(), "{} counts", expected.len());
    let mut wrong = 0;
    let mut total = 0_u64;
    for (text, expected) in texts.iter().zip(expected) {
        let count = encoding.count(text);
        total += u64::from(expected);
        if count != expected {
            wrong += 1;
            if wrong <= 5 {
                let start: String = text.chars().take(60).collect();
                println!("{}: {count}, expected {expected}: {start:?}", part.encoding);
            }
        }
    }
    println!(
        "{:<16} {total:>9} tokens, {wrong} counts differ",
        part.encoding
    );
    Ok(wrong)
}

/// Files of text whole and line by line, and each distinct string of the trajectories.
fn texts(corpus: &Path) -> Result<Vec<String>> {
    let mut texts = BTreeSet::new();
    for entry in fs::read_dir(corpus.join("text"))? {
        let text = fs::read_to_string(entry?.path())?;
        texts.extend(text.lines().map(str::to_owned));
        texts.insert(text);
    }
    for line in fs::read_to_string(corpus.join("trajectories.jsonl"))?.lines() {
        strings(serde_json::from_str(line)?, &mut texts);
    }
    Ok(texts.into_iter().collect())
}

fn strings(value: Value, texts: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            texts.insert(text);
        }
        Value::Array(values) => values.into_iter().for_each(|value| strings(value, texts)),
        Value::Object(fields) => fields.into_values().for_each(|value| strings(value, texts)),
        _ => {}
    }
}

/// A Python with the original implementations, set up when it is missing.
pub(super) fn environment() -> Result<PathBuf> {
    let folder = place::target().join("vocab/python");
    let python = folder.join("bin/python");
    let complete = folder.join(".complete");
    let wanted = PACKAGES.join("\n");
    if fs::read_to_string(&complete).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    println!("installing {}", PACKAGES.join(", "));
    let path = folder.to_string_lossy().into_owned();
    quiet(&mut command("python3", &["-m", "venv", &path]))?;
    let mut pip = command(&python, &["-m", "pip", "install", "--quiet"]);
    quiet(pip.args(PACKAGES))?;
    fs::write(complete, wanted)?;
    Ok(python)
}
