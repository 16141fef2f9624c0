//! The pre-tokenizer of cl100k_base:
//!
//! ```text
//! '(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s
//! ```
//!
//! Source: tiktoken, `openai_public.py`.

use super::classes::{NUMBER, WHITE, class_at, is_letter};
use super::split::{
    Split, contraction_end, is_line_break, is_symbol, number_end, run_end, symbols_end,
    whitespace_end,
};

/// The pattern.
pub(super) struct Cl100k;

impl Split for Cl100k {
    const CASE_SPLITS: bool = false;
    const CONTRACTIONS_JOIN: bool = false;
    const SLASH_AFTER_SYMBOLS: bool = false;
    const WHOLE_AT_END: bool = true;

    #[inline]
    fn piece_end(text: &[u8], start: usize) -> usize {
        let (class, next) = class_at(text, start);
        if is_letter(class) {
            return run_end(text, next, is_letter);
        }
        if class == NUMBER {
            return number_end(text, next);
        }
        let first = text.get(start).copied().unwrap_or_default();
        if first == b'\''
            && let Some(end) = contraction_end(text, next)
        {
            return end;
        }
        let (second, after) = class_at(text, next);
        if is_letter(second) && !is_line_break(first) {
            return run_end(text, after, is_letter);
        }
        if class != WHITE {
            return symbols_end(text, next, Self::SLASH_AFTER_SYMBOLS);
        }
        if first == b' ' && is_symbol(second) {
            return symbols_end(text, after, Self::SLASH_AFTER_SYMBOLS);
        }
        whitespace_end(text, start, Self::WHOLE_AT_END)
    }
}
