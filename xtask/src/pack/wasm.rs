//! The crates as WebAssembly.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::encodings::base64;
use crate::command::{command, run};
use crate::place;

/// A crate that becomes a module, and the names of what is written.
struct Module {
    package: &'static str,
    features: &'static str,
    wasm: &'static str,
    inline: &'static str,
}

/// With addresses in as few bytes as they need.
const LINK: [&str; 3] = ["--", "-C", "link-arg=--compress-relocations"];

/// What binaryen does to a module: nothing to its code, which is the compiler's. Functions stand in the order of their names, so that instances
/// of one generic function are neighbours, which gzip finds within its window: it saves 2 to 3 %. Then the names go, which are a sixth.
/// `-Oz` makes modules 5 % smaller and after gzip a half per cent larger.
const SORT: [&str; 6] = [
    "--reorder-locals",
    "--vacuum",
    "--reorder-functions-by-name",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

const MODULES: [Module; 3] = [
    Module {
        package: "token-headroom",
        features: "wasm",
        wasm: "core.wasm",
        inline: "inline.js",
    },
    Module {
        package: "token-headroom-encoding",
        features: "wasm-ids",
        wasm: "tokenizer.wasm",
        inline: "inline-tokenizer.js",
    },
    Module {
        package: "token-headroom-encoding",
        features: "wasm-load",
        wasm: "loader.wasm",
        inline: "inline-loader.js",
    },
];

/// Writes each module, and the same inline, for runtimes that may compile bytes.
pub fn write(dist: &Path) -> Result<()> {
    for module in MODULES {
        let file = dist.join(module.wasm);
        sort(&build(&module)?, &file)?;
        let wasm = fs::read(&file).with_context(|| file.display().to_string())?;
        let inline = format!("export default \"{}\";\n", base64(&wasm));
        fs::write(dist.join(module.inline), inline)?;
    }
    Ok(())
}

fn sort(built: &Path, sorted: &Path) -> Result<()> {
    let mut binaryen = command(place::tool("wasm-opt"), &[]);
    run(binaryen.arg(built).args(SORT).arg("--output").arg(sorted))
}

fn build(module: &Module) -> Result<PathBuf> {
    // Vocabularies are modules of their own, none is embedded.
    let mut cargo = command("cargo", &["rustc", "--quiet", "--profile", "wasm", "--lib"]);
    run(cargo
        .args(["--package", module.package, "--no-default-features"])
        .args(["--features", module.features])
        .args([
            "--crate-type",
            "cdylib",
            "--target",
            "wasm32-unknown-unknown",
        ])
        .args(LINK))?;
    let file = format!("{}.wasm", module.package.replace('-', "_"));
    Ok(place::target()
        .join("wasm32-unknown-unknown/wasm")
        .join(file))
}
