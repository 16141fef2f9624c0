//! The exports of WebAssembly builds; [`boundary`] says how arguments and results cross.
//!
//! There are three modules: the tokenizer has texts and ids, the loader turns files into packs, and the core has texts and
//! adds projections and plans.

pub mod boundary;
#[cfg(feature = "wasm-load")]
mod files;
#[cfg(feature = "wasm-ids")]
mod ids;
#[cfg(feature = "wasm-ids")]
mod special;
#[cfg(feature = "wasm")]
mod texts;

#[cfg(feature = "wasm")]
pub use texts::{Work, encoding, work};
