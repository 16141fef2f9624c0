//! The pre-tokenizer of cl100k_base:
//!
//! ```text
//! '(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s
//! ```
//!
//! Source: tiktoken, `openai_public.py`.

use super::classes::{MARK, NUMBER, OTHER, WHITE, class_at, is_letter};
use super::split::{
    Contractions, Marks, Split, contraction_end, is_line_break, line_breaks_end, number_end,
    run_end, skip_letters, whitespace_end,
};

/// The pattern.
pub(crate) struct Cl100k;

impl Split for Cl100k {
    const CONTRACTIONS: Contractions = Contractions::Apart;
    const WHOLE_AT_END: bool = true;
    const NUMBER_LENGTH: usize = 3;
    const WINDOWED: bool = true;
    const MARKS: Option<Marks> = Some(Marks::Symbols);

    #[inline]
    fn piece_end(text: &[u8], start: usize) -> usize {
        piece_end::<Self, false>(text, start)
    }
}

/// The end of a piece of a pattern of this shape; with `MARKS`, `\p{M}` counts as letters instead of symbols.
#[inline]
pub(super) fn piece_end<S: Split, const MARKS: bool>(text: &[u8], start: usize) -> usize {
    let in_word = |class| is_letter(class) || MARKS && class == MARK;
    let is_symbol = |class| class == OTHER || !MARKS && class == MARK;
    let symbols_end = |at| line_breaks_end(text, run_end(text, at, is_symbol), false);

    let (class, next) = class_at(text, start);
    if in_word(class) {
        return run_end(text, skip_letters(text, next), in_word);
    }
    if class == NUMBER {
        return number_end(text, next, S::NUMBER_LENGTH);
    }
    let first = text.get(start).copied().unwrap_or_default();
    if first == b'\''
        && let Some(end) = contraction_end(text, next)
    {
        return end;
    }
    let (second, after) = class_at(text, next);
    if in_word(second) && !is_line_break(first) {
        return run_end(text, skip_letters(text, after), in_word);
    }
    if class != WHITE {
        return symbols_end(next);
    }
    if first == b' ' && is_symbol(second) {
        return symbols_end(after);
    }
    whitespace_end(text, start, S::WHOLE_AT_END)
}
