//! The crates as WebAssembly.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::base64::base64_pieces;
use super::split::split;
use crate::command::{command, join, run};
use crate::place;

/// A crate that becomes a module, and the names of what is written.
struct Module {
    package: &'static str,
    features: &'static str,
    written: Written,
    /// What follows when an export that the first module lacks is called, if anything.
    later: Option<Later>,
}

struct Written {
    wasm: &'static str,
    inline: &'static str,
}

struct Later {
    exports: &'static [&'static str],
    written: Written,
}

/// What `split` reads: the symbols, what refers to them, and each datum by itself.
const LINK: [&str; 5] = [
    "--",
    "-C",
    "link-arg=--emit-relocs",
    "-C",
    "link-arg=--no-merge-data-segments",
];

/// What binaryen does to a module. The code stays the compiler's: what `-Oz` does beside this makes modules 5 % smaller and after gzip
/// a half per cent larger. These passes make the core 1 % smaller after gzip; the names, which are a sixth, go.
/// Below 1024 is the far end of the stack, where only an overflow gets to.
const SHRINK: [&str; 18] = [
    "--low-memory-unused",
    "--duplicate-function-elimination",
    "--remove-unused-names",
    "--remove-unused-brs",
    "--rse",
    "--optimize-instructions",
    "--optimize-added-constants-propagate",
    "--dae-optimizing",
    "--optimize-instructions",
    "--remove-unused-names",
    "--remove-unused-brs",
    "--merge-blocks",
    "--rse",
    "--vacuum",
    "--reorder-locals",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

const MODULES: [Module; 3] = [
    Module {
        package: "token-headroom",
        features: "wasm",
        written: Written {
            wasm: "core.wasm",
            inline: "inline.js",
        },
        // Counting, projecting and judging is what calls are for; what changes a request is needed when one does not fit, and
        // `late_start` refers to what few requests hold.
        later: Some(Later {
            exports: &[
                "late_start",
                "plan",
                "policy",
                "edits",
                "verify",
                "undo",
                "thoughts",
                "validate",
                "repair",
                "text_truncate",
            ],
            written: Written {
                wasm: "planner.wasm",
                inline: "inline-planner.js",
            },
        }),
    },
    Module {
        package: "token-headroom-encoding",
        features: "wasm-ids",
        written: Written {
            wasm: "tokenizer.wasm",
            inline: "inline-tokenizer.js",
        },
        later: None,
    },
    Module {
        package: "token-headroom-encoding",
        features: "wasm-load",
        written: Written {
            wasm: "loader.wasm",
            inline: "inline-loader.js",
        },
        later: None,
    },
];

/// Writes each module, and the same inline, for runtimes that may compile bytes. Optimised at the link, in one piece, each keeps a single
/// core busy; the first takes as long as the others together.
pub fn write(dist: &Path) -> Result<()> {
    let (first, others) = MODULES.split_at(1);
    std::thread::scope(|scope| {
        // A folder of its own, for cargo builds one thing at a time in each.
        let folder = place::target().join("modules");
        let others = scope.spawn(move || others.iter().try_for_each(|it| it.write(&folder, dist)));
        let first = first
            .iter()
            .try_for_each(|it| it.write(&place::target(), dist));
        first.and(join(others))
    })
}

impl Module {
    fn write(&self, target: &Path, dist: &Path) -> Result<()> {
        let linked = build(self, target)?;
        let linked = fs::read(&linked).with_context(|| linked.display().to_string())?;
        let exports = self.later.as_ref().map_or(&[][..], |later| later.exports);
        let halves = split(&linked, exports)?;
        let later = self.later.as_ref().map(|later| &later.written);
        let written = [
            Some((&self.written, used as Inline)),
            later.map(|written| (written, kept as Inline)),
        ];
        for (half, (written, inline)) in halves.iter().zip(written.into_iter().flatten()) {
            let pieces = shrink(half, written.wasm, dist)?;
            fs::write(dist.join(written.inline), inline(&pieces))?;
        }
        Ok(())
    }
}

/// Writes what binaryen makes of `module`, and gives it as [`base64_pieces`].
fn shrink(module: &[u8], name: &str, dist: &Path) -> Result<String> {
    let file = dist.join(name);
    fs::write(&file, module)?;
    for folder in sources()? {
        let folder = format!("{folder}{}", std::path::MAIN_SEPARATOR);
        let is_named = module
            .windows(folder.len())
            .any(|part| part == folder.as_bytes());
        ensure!(!is_named, "{name} names {folder}");
    }
    let mut binaryen = command(place::tool("wasm-opt"), &SHRINK);
    run(binaryen.arg(&file).arg("--output").arg(&file))?;
    Ok(base64_pieces(&fs::read(&file)?))
}

/// A JavaScript module that gives an array of strings.
type Inline = fn(&str) -> String;

/// One that gives it to every process.
fn used(pieces: &str) -> String {
    format!("export default {pieces};\n")
}

/// One that gives what most processes import and never ask for: of a function that is not called an engine only looks for the end, and
/// it keeps nothing of it.
fn kept(pieces: &str) -> String {
    format!("export default function inline() {{\n  return {pieces};\n}}\n")
}

/// Where the sources of crates are, this repository (which may hold others' as well) and what cargo has downloaded: panics tell the file,
/// and so would what is shipped, with the folders of this machine.
fn sources() -> Result<Vec<String>> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let registries = home.unwrap_or_default().join("registry/src");
    let mut folders = vec![place::root()];
    if registries.is_dir() {
        let entries = fs::read_dir(&registries);
        for entry in entries.with_context(|| registries.display().to_string())? {
            folders.push(entry?.path());
        }
    }
    Ok(folders.iter().map(|it| it.display().to_string()).collect())
}

/// The setting of cargo with which the compiler leaves out `folders` at the start of paths. It joins those of `.cargo/config.toml`.
fn nameless(folders: &[String]) -> String {
    let flags: Vec<String> = folders
        .iter()
        .map(|folder| format!("{:?}", format!("--remap-path-prefix={folder}=")))
        .collect();
    format!(
        "target.wasm32-unknown-unknown.rustflags=[{}]",
        flags.join(", ")
    )
}

fn build(module: &Module, target: &Path) -> Result<PathBuf> {
    // Vocabularies are modules of their own, none is embedded.
    let mut cargo = command("cargo", &["rustc", "--quiet", "--profile", "wasm", "--lib"]);
    // Flags from the environment, which CI services like to set, would replace those of `.cargo/config.toml` and these.
    run(cargo
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .args(["--config", &nameless(&sources()?)])
        .args(["--package", module.package, "--no-default-features"])
        .args(["--features", module.features])
        .args([
            "--crate-type",
            "cdylib",
            "--target",
            "wasm32-unknown-unknown",
        ])
        .arg("--target-dir")
        .arg(target)
        .args(LINK))?;
    let file = format!("{}.wasm", module.package.replace('-', "_"));
    Ok(target.join("wasm32-unknown-unknown/wasm").join(file))
}
