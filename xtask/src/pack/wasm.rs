//! The crates as WebAssembly.

use std::fs;
use std::path::Path;

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

/// Without the names of functions, which are a tenth of a module, and with addresses in as few bytes as they need.
const LINK: [&str; 5] = [
    "--",
    "-C",
    "link-arg=--strip-all",
    "-C",
    "link-arg=--compress-relocations",
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
        let wasm = build(&module)?;
        let inline = format!("export default \"{}\";\n", base64(&wasm));
        fs::write(dist.join(module.wasm), wasm)?;
        fs::write(dist.join(module.inline), inline)?;
    }
    Ok(())
}

fn build(module: &Module) -> Result<Vec<u8>> {
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
    let built = place::target()
        .join("wasm32-unknown-unknown/wasm")
        .join(file);
    fs::read(&built).with_context(|| built.display().to_string())
}
