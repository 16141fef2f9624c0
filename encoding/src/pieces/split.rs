//! What the pre-tokenizers share: the runs that the patterns are made of.
//!
//! A pre-tokenizer cuts text into pieces, which are then tokenized each on its own. Whether a piece
//! ends depends only on the text from its start onwards, so any piece's start is a place to start anew.

use super::classes::{END, MARK, NUMBER, OTHER, WHITE, class_at};
use super::lanes::Lanes;

/// A split pattern as code.
///
/// The constants describe what the pattern does with ASCII to [`window`](super::window), and to scanners that patterns
/// share. A pattern that is neither windowed nor shared leaves them as they are.
pub(crate) trait Split {
    /// Whether an upper-case letter after a lower-case one starts a piece.
    const CASE_SPLITS: bool = false;
    /// What becomes of `'s`, `'t`, `'re` and their like.
    const CONTRACTIONS: Contractions = Contractions::Plain;
    /// Whether slashes among the line breaks after symbols belong to them.
    const SLASH_AFTER_SYMBOLS: bool = false;
    /// Whether whitespace at the end of the text is one piece whatever it holds.
    const WHOLE_AT_END: bool = false;
    /// The most digits in a piece: 1 or 3.
    const NUMBER_LENGTH: usize = 1;
    /// Whether [`window`](super::window) knows the pattern.
    const WINDOWED: bool = false;
    /// What `\p{M}` is to a windowed pattern that tells no other characters beyond ASCII apart than by their classes.
    const MARKS: Option<Marks> = None;

    /// The end of the piece that starts at `start`, which is before the end of `text`.
    fn piece_end(text: &[u8], start: usize) -> usize;
}

/// How a pattern treats contractions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contractions {
    /// As any other text.
    Plain,
    /// A piece of their own.
    Apart,
    /// Part of the word before them.
    Join,
}

/// What a pattern takes marks for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marks {
    /// Symbols.
    Symbols,
    /// Letters.
    Letters,
    /// Letters without case in a word; elsewhere it depends.
    Both,
}

/// The end of the run of characters that `inside` accepts.
#[inline]
pub(crate) fn run_end(text: &[u8], mut at: usize, inside: impl Fn(u8) -> bool) -> usize {
    loop {
        let (class, next) = class_at(text, at);
        if !inside(class) {
            return at;
        }
        at = next;
    }
}

/// Where the lower-case ASCII letters at `at` end, or up to fifteen before that: of long words most is skipped.
#[inline(never)]
pub(crate) fn skip_letters(text: &[u8], mut at: usize) -> usize {
    while let Some(letters) = text[at..].first_chunk()
        && Lanes::new(letters).among(b'a', 26).bit::<7>() == u16::MAX
    {
        at += 16;
    }
    at
}

/// `\p{N}{1,length}` after a first number that ends at `at`.
#[inline]
pub(crate) fn number_end(text: &[u8], mut at: usize, length: usize) -> usize {
    for _ in 1..length {
        let (class, next) = class_at(text, at);
        if class != NUMBER {
            break;
        }
        at = next;
    }
    at
}

/// `[^\s\p{L}\p{N}]`.
#[inline]
pub(crate) fn is_symbol(class: u8) -> bool {
    matches!(class, OTHER | MARK)
}

/// `[^\s\p{L}\p{N}]+[\r\n]*` (with `slash`: `[\r\n/]*`) after a first symbol that ends at `at`.
#[inline]
pub(crate) fn symbols_end(text: &[u8], at: usize, slash: bool) -> usize {
    line_breaks_end(text, run_end(text, at, is_symbol), slash)
}

/// `[\r\n]*` (with `slash`: `[\r\n/]*`).
#[inline]
pub(super) fn line_breaks_end(text: &[u8], mut at: usize, slash: bool) -> usize {
    while let Some(&byte) = text.get(at) {
        if !(is_line_break(byte) || slash && byte == b'/') {
            break;
        }
        at += 1;
    }
    at
}

/// `[\r\n]`.
#[inline]
pub(crate) fn is_line_break(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// The piece of a run of whitespace that starts at `start` and which neither a letter nor a symbol takes the first of:
/// up to its last line break, or else all but its last character, which goes to what follows.
///
/// With `whole_at_end`, a run that touches the end of the text is one piece whatever it holds.
pub(crate) fn whitespace_end(text: &[u8], start: usize, whole_at_end: bool) -> usize {
    whitespace_end_among(text, start, whole_at_end, class_at)
}

/// [`whitespace_end`] where `class_at` may see [`END`] before the text's.
#[inline]
pub(super) fn whitespace_end_among(
    text: &[u8],
    start: usize,
    whole_at_end: bool,
    class_at: impl Fn(&[u8], usize) -> (u8, usize),
) -> usize {
    let mut at = start;
    let mut last = start;
    let mut after_break = None;
    loop {
        let (class, next) = class_at(text, at);
        if class != WHITE {
            let touches_end = class == END;
            return match after_break {
                _ if touches_end && whole_at_end => at,
                Some(end) => end,
                None if touches_end || last == start => at,
                None => last,
            };
        }
        if text.get(at).copied().is_some_and(is_line_break) {
            after_break = Some(next);
        }
        last = at;
        at = next;
    }
}

/// The end of `s`, `t`, `re`, `ve`, `m`, `ll` or `d` in either case at `at`, the place after an apostrophe.
///
/// The long s (U+017F) is the one other character that folds to one of these letters.
pub(crate) fn contraction_end(text: &[u8], at: usize) -> Option<usize> {
    let lower = |i: usize| text.get(i).map(|b| b | 0x20);
    match (lower(at)?, lower(at + 1)) {
        (b's' | b't' | b'm' | b'd', _) => Some(at + 1),
        (b'r' | b'v', Some(b'e')) | (b'l', Some(b'l')) => Some(at + 2),
        _ if text[at..].starts_with("\u{17F}".as_bytes()) => Some(at + 2),
        _ => None,
    }
}
