//! `cargo xtask conformance files [FILES [SEED]]`: random tokenizer files, counted by this engine and by Hugging Face's `tokenizers`.
//!
//! Each file has a seed of its own, so that one that differs is repeated alone. Which of the two refuses a file is told, but no failure:
//! this engine refuses what it cannot do exactly, and takes files that are wrong in what no count depends on.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::panic::catch_unwind;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, from_value};
use token_headroom_encoding::Encoding;
use token_headroom_encoding::load::{LoadOptions, load};

use super::tokenizers::environment;
use crate::command::command;
use crate::place;

/// Takes about a minute.
const FILES: u64 = 3000;
/// Differing cases that are shown.
const SHOWN: usize = 10;

/// What the other side makes of a file.
struct Case {
    seed: u64,
    file: String,
    texts: Vec<String>,
    /// `None` for a text at which it panics.
    counts: Vec<Option<u32>>,
    refusal: Option<String>,
}

/// What both make of it.
enum Outcome {
    /// With what the loader warned of.
    Agree {
        warned: bool,
    },
    Differ {
        warned: bool,
        text: String,
        count: u32,
        expected: u32,
    },
    BothRefuse,
    /// With the reason.
    OnlyThisRefuses(String),
    OnlyTokenizersRefuses(String),
    Panics,
}

/// Prints what became of the files, and the first that differ.
pub fn run(arguments: &[String]) -> Result<()> {
    let number = |index: usize, usual: u64| match arguments.get(index) {
        Some(given) => given
            .parse::<u64>()
            .with_context(|| format!("found {given}, expected a number")),
        None => Ok(usual),
    };
    let (files, first) = (number(0, FILES)?, number(1, 1)?);
    let python = match environment() {
        Ok(python) => python,
        Err(error) => {
            println!("skipped: the original implementations cannot be installed: {error:#}");
            return Ok(());
        }
    };
    let mut table = Table::default();
    // A panic is an outcome like others here.
    std::panic::set_hook(Box::new(|_| {}));
    let result = each(&python, first, files, &mut |case| table.add(&case));
    drop(std::panic::take_hook());
    result?;
    table.print();
    let wrong = table.wrong;
    ensure!(wrong == 0, "{wrong} files differ");
    Ok(())
}

/// Hands all cases to `take`. A file that ends the other side is one that it refuses.
fn each(python: &Path, first: u64, files: u64, take: &mut impl FnMut(Case)) -> Result<()> {
    let script = place::root().join("xtask/src/conformance/files.py");
    let errors = place::target().join("conformance-files.log");
    let end = first.saturating_add(files);
    let mut next = first;
    // One that cannot even start ends with each file.
    let mut fruitless = 0;
    while next < end {
        let [left, seed] = [end - next, next].map(|number| number.to_string());
        // Without leaving compiled files beside the scripts.
        let mut child = command(python, &["-B", &script.to_string_lossy(), &left, &seed])
            .stdout(Stdio::piped())
            .stderr(File::create(&errors)?)
            .spawn()?;
        let before = next;
        for line in child
            .stdout
            .take()
            .map(BufReader::new)
            .into_iter()
            .flat_map(BufRead::lines)
        {
            take(Case::read(&line?)?);
            next += 1;
        }
        if child.wait()?.success() {
            break;
        }
        fruitless = if next == before { fruitless + 1 } else { 0 };
        ensure!(
            fruitless < 5,
            "the other side cannot be run:\n{}",
            fs::read_to_string(&errors)?
        );
        println!("tokenizers ends the process at {next}, which is left out");
        next += 1;
    }
    Ok(())
}

impl Case {
    fn read(line: &str) -> Result<Self> {
        let mut line: Value = serde_json::from_str(line)?;
        let mut field = |name: &str| line.get_mut(name).map(Value::take).unwrap_or_default();
        Ok(Self {
            seed: from_value(field("seed"))?,
            file: from_value(field("file"))?,
            texts: from_value(field("texts"))?,
            counts: from_value(field("counts"))?,
            refusal: from_value(field("refusal"))?,
        })
    }

    fn outcome(&self) -> Outcome {
        let counted = catch_unwind(|| {
            let loaded = load(self.file.as_bytes(), &LoadOptions::default())?;
            let encoding = Encoding::from_pack(&loaded.pack)?;
            let counts: Vec<u32> = self.texts.iter().map(|text| encoding.count(text)).collect();
            Ok::<_, token_headroom_encoding::Error>((counts, !loaded.warnings.is_empty()))
        });
        let Ok(counted) = counted else {
            return Outcome::Panics;
        };
        let (counts, warned) = match (counted, &self.refusal) {
            (Ok(counted), None) => counted,
            (Err(_), Some(_)) => return Outcome::BothRefuse,
            (Err(error), None) => return Outcome::OnlyThisRefuses(reason(&error)),
            (Ok(_), Some(refusal)) => return Outcome::OnlyTokenizersRefuses(refusal.clone()),
        };
        let both = self.texts.iter().zip(counts.iter().zip(&self.counts));
        for (text, (&count, &expected)) in both {
            if let Some(expected) = expected.filter(|expected| *expected != count) {
                let text = text.clone();
                return Outcome::Differ {
                    warned,
                    text,
                    count,
                    expected,
                };
            }
        }
        Outcome::Agree { warned }
    }

    /// The file in one line, without its long lists.
    fn brief(&self) -> String {
        let mut file: Value = serde_json::from_str(&self.file).unwrap_or_default();
        if let Some(vocab) = file
            .pointer_mut("/model/vocab")
            .and_then(Value::as_object_mut)
        {
            vocab.retain(|token, _| token.chars().count() > 1 && !token.starts_with("<0x"));
        }
        file.to_string()
    }
}

/// An error without the numbers of its path, so that alike ones are counted together.
fn reason(error: &token_headroom_encoding::Error) -> String {
    let path: String = error.path.chars().filter(|c| !c.is_ascii_digit()).collect();
    format!("{path}: {}", error.message)
}

#[derive(Default)]
struct Table {
    outcomes: BTreeMap<&'static str, u64>,
    reasons: BTreeMap<String, u64>,
    wrong: usize,
}

impl Table {
    fn add(&mut self, case: &Case) {
        let name = match case.outcome() {
            Outcome::Agree { warned: false } => "both load it, and agree",
            Outcome::Agree { warned: true } => "both load it, with a warning here, and agree",
            Outcome::Differ {
                warned,
                text,
                count,
                expected,
            } => {
                // The warning says as much.
                let shown = format!("{text:?} counts {count}, expected {expected}");
                match warned {
                    true => "both load it, with a warning here, and differ",
                    false => {
                        self.show(case, &shown);
                        "both load it, and differ"
                    }
                }
            }
            Outcome::BothRefuse => "both refuse it",
            Outcome::OnlyThisRefuses(reason) => {
                *self
                    .reasons
                    .entry(format!("refused here: {reason}"))
                    .or_default() += 1;
                "only this refuses it"
            }
            Outcome::OnlyTokenizersRefuses(refusal) => {
                let refusal = refusal.split(" at line ").next().unwrap_or_default();
                *self
                    .reasons
                    .entry(format!("refused there: {refusal}"))
                    .or_default() += 1;
                "only tokenizers refuses it"
            }
            Outcome::Panics => {
                self.show(case, "a panic");
                "this panics"
            }
        };
        *self.outcomes.entry(name).or_default() += 1;
    }

    fn show(&mut self, case: &Case, what: &str) {
        self.wrong += 1;
        if self.wrong <= SHOWN {
            let seed = case.seed;
            println!(
                "{what}\n    cargo xtask conformance files 1 {seed}\n    {}",
                case.brief()
            );
        }
    }

    fn print(&self) {
        for (name, files) in &self.outcomes {
            println!("{files:>7}  {name}");
        }
        let mut reasons: Vec<_> = self.reasons.iter().collect();
        reasons.sort_by_key(|&(_, files)| std::cmp::Reverse(files));
        for (reason, files) in reasons {
            let start: String = reason.chars().take(120).collect();
            println!("{files:>7}    {start}");
        }
    }
}
