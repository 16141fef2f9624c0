//! The pre-tokenizer of o200k_base, whose alternatives are:
//!
//! ```text
//! [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?
//! [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?
//! \p{N}{1,3}
//!  ?[^\s\p{L}\p{N}]+[\r\n/]*
//! \s*[\r\n]+
//! \s+(?!\S)
//! \s+
//! ```
//!
//! Source: tiktoken, `openai_public.py`.

use super::classes::{CASELESS, LOWER, MARK, NUMBER, UPPER, WHITE, class_at};
use super::split::{
    Contractions, Marks, Split, contraction_end, is_line_break, is_symbol, number_end,
    skip_letters, symbols_end, whitespace_end,
};

/// The pattern.
pub(crate) struct O200k;

impl Split for O200k {
    const CASE_SPLITS: bool = true;
    const CONTRACTIONS: Contractions = Contractions::Join;
    const SLASH_AFTER_SYMBOLS: bool = true;
    const NUMBER_LENGTH: usize = 3;
    const WINDOWED: bool = true;
    const MARKS: Option<Marks> = Some(Marks::Both);

    #[inline]
    fn piece_end(text: &[u8], start: usize) -> usize {
        piece_end::<Self>(text, start, class_at)
    }
}

/// The end of a piece of a pattern of this shape, where `in_words` gives the classes of the characters of words.
#[inline]
pub(super) fn piece_end<S: Split>(
    text: &[u8],
    start: usize,
    in_words: impl Fn(&[u8], usize) -> (u8, usize) + Copy,
) -> usize {
    let word_end = |at| {
        let end = word_end(text, at, in_words)?;
        if S::CONTRACTIONS == Contractions::Join {
            return Some(with_contraction(text, end));
        }
        Some(end)
    };
    let (class, next) = class_at(text, start);
    match class {
        // A mark could be the one character before a word, but the first alternative takes it as a letter before the second
        // is tried.
        UPPER | LOWER | CASELESS | MARK => return word_end(start).unwrap_or(next),
        NUMBER => return number_end(text, next, S::NUMBER_LENGTH),
        _ => {}
    }
    let first = text.get(start).copied().unwrap_or_default();
    if !is_line_break(first)
        && let Some(end) = word_end(next)
    {
        return end;
    }
    if class != WHITE {
        return symbols_end(text, next, S::SLASH_AFTER_SYMBOLS);
    }
    let (second, after) = class_at(text, next);
    if first == b' ' && is_symbol(second) {
        return symbols_end(text, after, S::SLASH_AFTER_SYMBOLS);
    }
    whitespace_end(text, start, S::WHOLE_AT_END)
}

/// The end of the word at `at`, without the one character that may precede it; `None` when no letter or mark is there.
///
/// Upper-case letters come first, then lower-case ones; letters without case and marks count as either. The first
/// alternative must end in at least one that counts as lower: when no lower-case letter follows, it gives back
/// upper-case letters up to the last caseless one. Only without one is the second alternative tried.
#[inline]
fn word_end(
    text: &[u8],
    at: usize,
    class_at: impl Fn(&[u8], usize) -> (u8, usize),
) -> Option<usize> {
    let mut end = at;
    let mut after_caseless = None;
    loop {
        let (class, next) = class_at(text, end);
        match class {
            UPPER => {}
            CASELESS | MARK => after_caseless = Some(next),
            LOWER => return Some(lower_end(text, skip_letters(text, next), class_at)),
            _ if end == at => return None,
            _ => return Some(after_caseless.unwrap_or(end)),
        }
        end = next;
    }
}

#[inline]
fn lower_end(text: &[u8], mut at: usize, class_at: impl Fn(&[u8], usize) -> (u8, usize)) -> usize {
    loop {
        let (class, next) = class_at(text, at);
        if !matches!(class, LOWER | CASELESS | MARK) {
            return at;
        }
        at = next;
    }
}

#[inline]
fn with_contraction(text: &[u8], at: usize) -> usize {
    if text.get(at) == Some(&b'\'') {
        contraction_end(text, at + 1).unwrap_or(at)
    } else {
        at
    }
}
