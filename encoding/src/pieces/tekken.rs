//! The pre-tokenizer of Mistral's Tekken, which is o200k_base's without contractions and with digits one by one:
//!
//! ```text
//! [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+
//! [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*
//! \p{N}
//!  ?[^\s\p{L}\p{N}]+[\r\n/]*
//! \s*[\r\n]+
//! \s+(?!\S)
//! \s+
//! ```
//!
//! Source: `config.pattern` of `tekken_240911.json` in mistral-common.

use super::classes::class_at;
use super::o200k::piece_end;
use super::split::{Marks, Split};

/// The pattern.
pub(crate) struct Tekken;

impl Split for Tekken {
    const CASE_SPLITS: bool = true;
    const SLASH_AFTER_SYMBOLS: bool = true;
    const NUMBER_LENGTH: usize = 1;
    const WINDOWED: bool = true;
    const MARKS: Option<Marks> = Some(Marks::Both);

    #[inline]
    fn piece_end(text: &[u8], start: usize) -> usize {
        piece_end::<Self>(text, start, class_at)
    }
}
