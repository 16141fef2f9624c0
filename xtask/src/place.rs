//! Where things are.

use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Where cargo builds.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The npm package as it is packed.
pub fn package() -> PathBuf {
    target().join("package")
}

/// The folder with the JavaScript tools and tests.
pub fn tests() -> PathBuf {
    root().join("tests")
}

/// An executable of the JavaScript tools.
pub fn tool(name: &str) -> PathBuf {
    tests().join("node_modules/.bin").join(name)
}
