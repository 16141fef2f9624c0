//! Pre-tokenizers: where a text is cut in pieces, one by one or 64 bytes at a time.

mod beyond_ascii;
mod block;
mod cl100k;
mod cl100k_kin;
mod classes;
mod deepseek;
mod ends;
mod gpt2;
mod kimi;
#[cfg(any(feature = "load", test))]
mod known;
pub(crate) mod lanes;
mod o200k;
mod pattern;
#[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
pub(crate) mod seam;
mod sentencepiece;
pub(crate) mod split;
mod tekken;
mod unicode_sets;
mod unicode_table;
pub(crate) mod window;
mod word;

pub(crate) use cl100k::Cl100k;
pub(crate) use cl100k_kin::{Llama3, Qwen2, Qwen35};
pub(crate) use deepseek::DeepSeekV3;
pub(crate) use ends::Ends;
pub(crate) use gpt2::{CommandR, Gpt2};
pub(crate) use kimi::Kimi;
#[cfg(feature = "load")]
pub(crate) use known::{Behavior, SplitRule};
pub(crate) use o200k::O200k;
pub use pattern::Pattern;
pub(crate) use pattern::with_split;
pub(crate) use sentencepiece::{Whole, Words, WordsTag};
pub(crate) use split::Split;
pub(crate) use tekken::Tekken;
pub(crate) use word::is_word;

#[cfg(test)]
mod oracle_tests;
