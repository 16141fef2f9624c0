//! The lines of the golden file, and how a tokenizer fares on them.

#![allow(
    clippy::unwrap_used,
    dead_code,
    reason = "shared by tests, each of which uses a part; a test fails by panicking"
)]

use std::fmt;
use std::path::Path;

use serde_json::Value;

/// What a tokenizer should give for a text.
pub struct Line {
    pub tokenizer: String,
    pub text: String,
    pub count: u32,
    pub ids: Vec<u32>,
    /// Whether text that looks like a special token is one.
    pub special: bool,
}

/// All lines; `None`, and a word about it, when they are absent.
pub fn lines() -> Option<Vec<Line>> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/tokenizer-golden.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is absent", path.display());
        return None;
    };
    Some(text.lines().map(line).collect())
}

fn line(json: &str) -> Line {
    let value: Value = serde_json::from_str(json).unwrap();
    let text = |key: &str| value[key].as_str().unwrap().to_owned();
    let number = |value: &Value| u32::try_from(value.as_u64().unwrap()).unwrap();
    Line {
        tokenizer: text("tokenizer"),
        text: text("text"),
        count: number(&value["count"]),
        ids: value["ids"]
            .as_array()
            .unwrap()
            .iter()
            .map(number)
            .collect(),
        special: value["special"] == "parse",
    }
}

/// How many lines were right.
#[derive(Default)]
pub struct Tally {
    checked: usize,
    counts: usize,
    ids: usize,
}

impl Tally {
    /// Compares, and prints what differs.
    pub fn check(&mut self, line: &Line, count: u32, ids: &[u32]) {
        self.checked += 1;
        if count != line.count {
            self.counts += 1;
            println!(
                "{}: {:?} counts {count}, expected {}",
                line.tokenizer, line.text, line.count
            );
        }
        if ids != line.ids {
            self.ids += 1;
            println!(
                "{}: {:?} is {ids:?}, expected {:?}",
                line.tokenizer, line.text, line.ids
            );
        }
    }

    /// Lines whose count or ids differ.
    pub fn differences(&self) -> usize {
        self.counts + self.ids
    }

    /// Lines compared.
    pub fn checked(&self) -> usize {
        self.checked
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} lines, {} counts and {} ids differ",
            self.checked, self.counts, self.ids
        )
    }
}
