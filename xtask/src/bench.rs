//! `cargo xtask bench`: the packed package beside other tokenizers.

use std::path::PathBuf;

use anyhow::Result;

use crate::command::{command, run as start};
use crate::{pack, place, tools};

/// Runs the comparison on texts that a provider's users really send; all of it when no workload is named.
pub fn run(workloads: &[String]) -> Result<()> {
    let corpus = place::root().join("../shared/corpus");
    if !corpus.join("trajectories.jsonl").is_file() {
        println!("skipped: the texts are not in {}", corpus.display());
        return Ok(());
    }
    let tarball = pack::fresh()?;
    tools::javascript()?;
    tools::install(&tarball)?;
    let peers = wasm_peers()?;
    let native = native()?;
    start(
        command("node", &["tests/bench/run.mjs"])
            .arg(corpus)
            .args(workloads)
            .env("BENCH_WASM_PEERS", peers)
            .env("BENCH_NATIVE", native),
    )
}

/// The crates that are compared, as WebAssembly; the folder of the modules.
fn wasm_peers() -> Result<PathBuf> {
    tools::wasm_target()?;
    // What this workspace passes to the compiler for a small core would slow the others down.
    cargo(&[
        "--workspace",
        "--exclude",
        "native",
        "--target",
        "wasm32-unknown-unknown",
    ])?;
    Ok(target().join("wasm32-unknown-unknown/release"))
}

/// The engine without WebAssembly.
fn native() -> Result<PathBuf> {
    cargo(&["--package", "native"])?;
    Ok(target().join("release/native"))
}

fn cargo(arguments: &[&str]) -> Result<()> {
    let mut cargo = command("cargo", &["build", "--quiet", "--release", "--locked"]);
    let flags = if arguments.contains(&"--target") {
        "-C target-feature=+simd128"
    } else {
        ""
    };
    start(
        cargo
            .args(["--manifest-path", "tests/bench/wasm-peers/Cargo.toml"])
            .args(arguments)
            .env("CARGO_TARGET_DIR", target())
            .env("RUSTFLAGS", flags),
    )
}

fn target() -> PathBuf {
    place::target().join("wasm-peers")
}
