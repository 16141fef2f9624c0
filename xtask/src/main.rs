//! The one builder of token-headroom.

mod bench;
mod chromium;
mod command;
mod conformance;
mod demo;
mod pack;
mod place;
mod serve;
mod test;
mod tools;
mod vocab;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "usage: cargo xtask <command>

  demo [FILE]  run the example agent, or inspect a saved request
  test         everything: formatting, lints, unit tests, the package in every runtime
  bench        start-up and throughput beside other tokenizers
  conformance  projections and plans beside recorded usage and histories
  pack         build the npm package into target/
  serve        the prompt-size meter on localhost
  vocab        rebuild the vocabulary packs";

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
        ("bench", []) => bench::run(),
        ("conformance", []) => conformance::run(),
        ("pack", []) => pack::run(),
        ("serve", []) => serve::run(),
        ("vocab", []) => vocab::run(),
        _ => bail!("{USAGE}"),
    }
}
