//! The one builder of token-headroom.

mod bench;
mod chromium;
mod command;
mod compare;
mod conformance;
mod demo;
mod models;
mod pack;
mod place;
mod random;
mod serve;
mod test;
mod tools;
mod vocab;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "usage: cargo xtask <command>

  demo [FILE]  run the example agent, or inspect a saved request
  test         everything: formatting, lints, unit tests, the package in every runtime
  random [CASES]  the properties on cases drawn anew, 2,000 each unless told; test draws the same ones each time
  bench [WORKLOAD...]  speed, start-up and memory beside other tokenizers
  compare [PERCENT...]  plans beside other compactors over recorded histories
  conformance  projections and plans beside recorded usage and histories
  conformance tokenizers  counts of the bundled packs that are neither OpenAI's nor Claude's beside the original implementations
  conformance files [FILES [SEED]]  counts of files that are loaded beside Hugging Face's tokenizers: random files, 3,000 unless told
  pack         build the npm package into target/
  serve        the prompt-size meter on localhost
  models FILE [--write]  the catalogue beside a list of models.dev or litellm; takes its numbers over
  vocab [PACK...]    rebuild tables and OpenAI's vocabularies, or the packs that are named, or all
  vocab fetch        the vocabularies that are not bundled (Llama, Kimi, Command, MiniMax, Gemma 2), to be loaded from target/vocab";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => bail!("{USAGE}"),
    };
    match (command, rest) {
        ("demo", rest) => demo::run(rest),
        ("test", rest) => test::run(rest),
        ("random", []) => random::run(None),
        ("random", [cases]) => random::run(Some(cases)),
        ("bench", rest) => bench::run(rest),
        ("compare", limits) => compare::run(limits),
        ("conformance", []) => conformance::run(),
        ("conformance", [tokenizers]) if tokenizers == "tokenizers" => {
            conformance::tokenizers::run()
        }
        ("conformance", [files, rest @ ..]) if files == "files" && rest.len() <= 2 => {
            conformance::files::run(rest)
        }
        ("pack", []) => pack::run(),
        ("serve", []) => serve::run(),
        ("models", [file]) => models::run(file, false),
        ("models", [file, write]) if write == "--write" => models::run(file, true),
        ("vocab", names) => vocab::run(names),
        _ => bail!("{USAGE}"),
    }
}
