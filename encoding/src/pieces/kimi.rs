//! The pre-tokenizer of Kimi K2, which is o200k_base's with Chinese characters apart:
//!
//! ```text
//! [\p{Han}]+
//! [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?
//! [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?
//! \p{N}{1,3}
//!  ?[^\s\p{L}\p{N}]+[\r\n]*
//! \s*[\r\n]+
//! \s+(?!\S)
//! \s+
//! ```
//!
//! `\p{Han}` is the script, so it has numbers (〇), marks and symbols (⺀) as well. Those are Chinese only where a piece
//! starts with them: after a number or symbol they continue its run.
//!
//! Source: `pat_str` in `tokenization_kimi.py`, the tokenizer that Kimi K2 is published with.

use crate::code_points::code_at;

use super::classes::{CASELESS, MARK, OTHER, class_at};
use super::o200k::piece_end;
use super::split::{Contractions, Split};
use super::unicode_sets::HAN;

/// The pattern.
pub(crate) struct Kimi;

impl Split for Kimi {
    const CASE_SPLITS: bool = true;
    const CONTRACTIONS: Contractions = Contractions::Join;
    const NUMBER_LENGTH: usize = 3;
    const WINDOWED: bool = true;

    #[inline]
    fn piece_end(text: &[u8], start: usize) -> usize {
        let mut at = start;
        while text.get(at).is_some_and(|&byte| byte >= 0x80) && HAN.contains(code_at(text, at)) {
            at = class_at(text, at).1;
        }
        if at > start {
            return at;
        }
        piece_end::<Self>(text, start, class_in_words)
    }
}

/// The class of the character at `at`, where Chinese ones are no letters and no marks.
#[inline]
fn class_in_words(text: &[u8], at: usize) -> (u8, usize) {
    let (class, next) = class_at(text, at);
    if matches!(class, CASELESS | MARK) && HAN.contains(code_at(text, at)) {
        return (OTHER, next);
    }
    (class, next)
}
