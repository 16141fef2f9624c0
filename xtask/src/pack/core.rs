//! The crate as WebAssembly, and the glue that wasm-bindgen writes for it.

use std::fs;
use std::path::Path;

use anyhow::Result;
use wasm_bindgen_cli_support::Bindgen;

use super::encodings::base64;
use crate::command::{command, run};
use crate::place;

/// Writes `core.wasm`, `glue.js` and the core inline, for runtimes that may compile bytes.
pub fn write(dist: &Path) -> Result<()> {
    build()?;
    let built = place::target().join("wasm32-unknown-unknown/release/token_headroom.wasm");
    let mut output = Bindgen::new()
        .input_path(built)
        .web(true)?
        // Entries bring the module themselves: no `import.meta.url` for bundlers to trip over.
        .omit_default_module_path(true)
        // Lets the package start afresh after a trap that is not a panic.
        .reset_state_function(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .typescript(false)
        .generate_output()?;
    let wasm = output.wasm_mut().emit_wasm();
    let text = base64(&wasm);
    fs::write(dist.join("core.wasm"), wasm)?;
    fs::write(dist.join("glue.js"), output.js())?;
    fs::write(
        dist.join("inline.js"),
        format!("export default \"{text}\";\n"),
    )?;
    Ok(())
}

fn build() -> Result<()> {
    let target = ["--target", "wasm32-unknown-unknown"];
    let mut cargo = command("cargo", &["build", "--quiet", "--release", "--lib"]);
    // Vocabularies are modules of their own, none is embedded.
    run(cargo
        .args(["--package", "token-headroom", "--no-default-features"])
        .args(target))
}
