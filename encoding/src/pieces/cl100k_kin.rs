//! The pre-tokenizers that were made from the older form of cl100k_base's, which differs in whitespace at the end of the text.
//!
//! Llama 3, GLM-4 and GLM-5:
//!
//! ```text
//! (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
//! ```
//!
//! Qwen 2, 2.5 and 3 take digits one by one:
//!
//! ```text
//! (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
//! ```
//!
//! Qwen 3.5 and 3.6 take marks for letters as well:
//!
//! ```text
//! (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
//! ```
//!
//! Source: `tokenizer.json` of Llama 3.1, GLM-4.5, Qwen 2.5 and Qwen 3.5.

use super::cl100k::piece_end;
use super::split::{Contractions, Marks, Split};

/// The pattern of Llama 3.
pub(crate) struct Llama3;

impl Split for Llama3 {
    const CONTRACTIONS: Contractions = Contractions::Apart;
    const NUMBER_LENGTH: usize = 3;
    const WINDOWED: bool = true;
    const MARKS: Option<Marks> = Some(Marks::Symbols);

    #[inline]
    fn piece_end(text: &[u8], start: usize) -> usize {
        piece_end::<Self, false>(text, start)
    }
}

/// The pattern of Qwen 2.
pub(crate) struct Qwen2;

impl Split for Qwen2 {
    const CONTRACTIONS: Contractions = Contractions::Apart;
    const NUMBER_LENGTH: usize = 1;
    const WINDOWED: bool = true;
    const MARKS: Option<Marks> = Some(Marks::Symbols);

    #[inline]
    fn piece_end(text: &[u8], start: usize) -> usize {
        piece_end::<Self, false>(text, start)
    }
}

/// The pattern of Qwen 3.5.
pub(crate) struct Qwen35;

impl Split for Qwen35 {
    const CONTRACTIONS: Contractions = Contractions::Apart;
    const NUMBER_LENGTH: usize = 1;
    const WINDOWED: bool = true;
    const MARKS: Option<Marks> = Some(Marks::Letters);

    #[inline]
    fn piece_end(text: &[u8], start: usize) -> usize {
        piece_end::<Self, true>(text, start)
    }
}
