//! The steps of the test suite.

use std::fmt;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Result, ensure};

use crate::command::command;
use crate::{chromium, pack, place, tools};

/// One part of the suite. Each runs alone: `cargo xtask test NAME`.
pub struct Step {
    pub name: &'static str,
    pub run: fn() -> Result<String, Failure>,
}

/// A step that failed, with what it printed.
pub struct Failure {
    pub output: String,
    cause: String,
}

pub const STEPS: [Step; 22] = [
    Step {
        name: "format",
        run: || cargo(&["fmt", "--all", "--check"]),
    },
    Step {
        name: "lint",
        run: || {
            cargo(&[
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ])
        },
    },
    Step {
        name: "lint-wasm",
        run: lint_wasm,
    },
    Step {
        name: "crate",
        run: crate_tests,
    },
    Step {
        name: "builder",
        // The profile in which the builder runs anyway: its dependencies are compiled once.
        run: || cargo(&["test", "--profile", "xtask", "--package", "xtask"]),
    },
    Step {
        name: "pack",
        run: || Ok(pack::build().map(|_| String::new())?),
    },
    Step {
        name: "types",
        run: types,
    },
    Step {
        name: "package",
        run: || node_tests("tests/package"),
    },
    Step {
        name: "same-plans",
        run: same_plans,
    },
    Step {
        name: "comparison",
        run: || node_tests("tests/comparison"),
    },
    Step {
        name: "node",
        run: || installed("node", &["tests/runtime/node.mjs"]),
    },
    Step {
        name: "node-commonjs",
        run: || installed("node", &["tests/runtime/node.cjs"]),
    },
    Step {
        name: "deno",
        run: deno,
    },
    Step {
        name: "deno-edge",
        run: deno_edge,
    },
    Step {
        name: "bun",
        run: || installed(place::tool("bun"), &["run", "tests/runtime/bun.ts"]),
    },
    Step {
        name: "workerd",
        run: || installed("node", &["tests/runtime/workerd.mjs", "workerd"]),
    },
    Step {
        name: "workerd-edge",
        run: || installed("node", &["tests/runtime/edge-workerd.mjs"]),
    },
    Step {
        name: "edge-light",
        run: || installed("node", &["tests/runtime/workerd.mjs", "edge-light"]),
    },
    Step {
        name: "chromium",
        run: || in_chromium(&["tests/runtime/browser.mjs"]),
    },
    Step {
        name: "www",
        run: || in_chromium(&["--test", "tests/www.mjs"]),
    },
    Step {
        name: "examples",
        run: || installed("node", &["--test", "tests/examples.mjs"]),
    },
    Step {
        name: "readme",
        run: || installed("node", &["--test", "tests/readme.mjs"]),
    },
];

/// The same random cases each time, so that a failure is that of the tree and not of the draw: `cargo xtask random` draws anew.
const SEED: &str = "2026";

/// Folders whose files are one binary of tests each.
const BINARIES: [&str; 4] = [
    "tests/requests",
    "tests/projections",
    "tests/plans",
    "encoding/tests/engine",
];

fn crate_tests() -> Result<String, Failure> {
    for folder in BINARIES {
        all_named(folder, "main.rs")?;
    }
    let mut test = command("cargo", &["test", "--package", "token-headroom"]);
    test.args(["--package", "token-headroom-encoding"]);
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        test.env("PROPTEST_RNG_SEED", SEED);
    }
    output(&mut test)
}

/// Fails for a file of tests that `main.rs`, or the `mod.rs` of a folder in it, does not name: they would never run.
fn all_named(folder: &str, root: &str) -> Result<()> {
    let root = format!("{folder}/{root}");
    let content = fs::read_to_string(place::root().join(&root))?;
    let named = |name: &str| {
        let module = format!("mod {name};");
        ensure!(
            content.lines().any(|line| line == module),
            "{root} lacks `{module}`, so the tests of {folder}/{name} do not run"
        );
        Ok(())
    };
    for entry in fs::read_dir(place::root().join(folder))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            named(&name)?;
            all_named(&format!("{folder}/{name}"), "mod.rs")?;
        } else if let Some(name) = name.strip_suffix(".rs")
            && !root.ends_with(&format!("/{name}.rs"))
        {
            named(name)?;
        }
    }
    Ok(())
}

fn lint_wasm() -> Result<String, Failure> {
    tools::wasm_target()?;
    let lint = |package: &str, feature: &str| {
        let mut clippy = command("cargo", &["clippy", "--lib", "--no-default-features"]);
        clippy.args(["--package", package, "--features", feature]);
        clippy.args(["--target", "wasm32-unknown-unknown"]);
        output(clippy.args(["--", "-D", "warnings"]))
    };
    let tokenizer = lint("token-headroom-encoding", "wasm-ids")?;
    let loader = lint("token-headroom-encoding", "wasm-load")?;
    Ok(tokenizer + &loader + &lint("token-headroom", "wasm")?)
}

/// Every way of resolving modules, and surroundings without browser types, is a project of its own.
fn types() -> Result<String, Failure> {
    install()?;
    let mut printed = Vec::new();
    for project in files("tests/types", ".json")? {
        printed.push(output(&mut command(
            place::tool("tsc"),
            &["--project", &project],
        ))?);
        printed.push("1 passed, 0 failed\n".to_owned());
    }
    Ok(printed.concat())
}

/// The same requests planned by the crate and by the package.
fn same_plans() -> Result<String, Failure> {
    let folder = place::target().join("plans");
    fs::create_dir_all(&folder).map_err(anyhow::Error::from)?;
    let (cases, plans) = (folder.join("cases.jsonl"), folder.join("native.jsonl"));
    let corpus = place::root().join("../shared/corpus/trajectories.jsonl");
    install()?;
    let written = output(
        command("node", &["tests/plans/cases.mjs"])
            .arg(&cases)
            .arg(corpus),
    )?;
    let crate_tests = ["test", "--package", "token-headroom"];
    let mut native = command("cargo", &crate_tests);
    native.args(["--test", "plans", "native_plans::"]);
    output(native.env("CASES", &cases).env("PLANS", &plans))?;
    let mut same = command("node", &["--test", "tests/plans/same.mjs"]);
    Ok(written + &output(same.env("CASES", &cases).env("PLANS", &plans))?)
}

/// Without --allow-net: the package has to do without.
fn deno() -> Result<String, Failure> {
    in_deno(&["--allow-read=tests", "tests/runtime/deno.ts"])
}

/// Servers on this machine, and no other address.
fn deno_edge() -> Result<String, Failure> {
    in_deno(&[
        "--allow-read=tests",
        "--allow-net=127.0.0.1",
        "tests/runtime/edge-deno.ts",
    ])
}

fn in_deno(arguments: &[&str]) -> Result<String, Failure> {
    let run = ["run", "--quiet", "--no-prompt", "--node-modules-dir=manual"];
    installed(place::tool("deno"), &[&run[..], arguments].concat())
}

fn in_chromium(arguments: &[&str]) -> Result<String, Failure> {
    let browser = chromium::find()?;
    install()?;
    output(command("node", arguments).env("CHROMIUM", browser))
}

/// Names the files: Node's own search for patterns came after the oldest version that is supported.
fn node_tests(folder: &str) -> Result<String, Failure> {
    let named = files(folder, ".test.mjs")?;
    let named = named.iter().map(String::as_str);
    installed(
        "node",
        &std::iter::once("--test").chain(named).collect::<Vec<_>>(),
    )
}

/// The files of a folder with this end, in order.
fn files(folder: &str, end: &str) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(place::root().join(folder))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(end) {
            files.push(format!("{folder}/{name}"));
        }
    }
    files.sort();
    Ok(files)
}

fn cargo(arguments: &[&str]) -> Result<String, Failure> {
    output(&mut command("cargo", arguments))
}

/// Runs a program that imports the package as it was packed.
fn installed(program: impl AsRef<Path>, arguments: &[&str]) -> Result<String, Failure> {
    install()?;
    output(&mut command(program, arguments))
}

/// Once per run: the package does not change in between.
fn install() -> Result<()> {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    if INSTALLED.get().is_none() {
        let tarball = pack::fresh()?;
        tools::install(&tarball)?;
        let _ = INSTALLED.set(());
    }
    Ok(())
}

fn output(command: &mut Command) -> Result<String, Failure> {
    let output = command.output().map_err(anyhow::Error::from)?;
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed).into_owned();
    if output.status.success() {
        Ok(printed)
    } else {
        Err(Failure {
            output: printed,
            cause: output.status.to_string(),
        })
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self {
            output: String::new(),
            cause: format!("{error:#}"),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.output, self.cause)
    }
}
