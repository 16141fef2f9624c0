//! The pre-tokenizer of DeepSeek V3, R1 and V4: three patterns, each applied to every part that the one before left.
//!
//! ```text
//! \p{N}{1,3}
//! [一-龥぀-ゟ゠-ヿ]+
//! [!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
//! ```
//!
//! Numbers end a part, and so does every change between Chinese or kana and other text; the third pattern sees nothing
//! beyond. It leaves out what is neither a letter, mark, punctuation, symbol nor whitespace, and no prefix of a word: a
//! run of those is a piece.
//!
//! Source: `tokenizer.json` of DeepSeek V3.

use crate::code_points::code_at;

use super::classes::{END, MARK, NUMBER, OTHER, WHITE, class_at, is_letter};
use super::split::{Split, is_line_break, line_breaks_end, number_end, whitespace_end_among};
use super::unicode_sets::PUNCTUATION_AND_SYMBOLS;

/// The pattern.
pub(crate) struct DeepSeekV3;

/// What `\p{P}` and `\p{S}` do not have of [`OTHER`]: controls, unassigned and private code points.
const NEITHER: u8 = 8;

impl Split for DeepSeekV3 {
    #[inline]
    fn piece_end(text: &[u8], start: usize) -> usize {
        let (class, next) = class_at(text, start);
        if class == NUMBER {
            return number_end(text, next, 3);
        }
        if is_cjk(text, start) {
            part_piece_end(text, start, |text, at| {
                if is_cjk(text, at) {
                    class_in_part(text, at)
                } else {
                    (END, at)
                }
            })
        } else {
            part_piece_end(text, start, |text, at| {
                if is_cjk(text, at) {
                    (END, at)
                } else {
                    class_in_part(text, at)
                }
            })
        }
    }
}

/// `[一-龥぀-ゟ゠-ヿ]`: U+4E00 to U+9FA5 and U+3040 to U+30FF.
#[inline]
fn is_cjk(text: &[u8], at: usize) -> bool {
    // Characters of three bytes from U+3000 on.
    text.get(at).is_some_and(|byte| (0xE3..0xF0).contains(byte))
        && matches!(code_at(text, at), 0x4E00..=0x9FA5 | 0x3040..=0x30FF)
}

#[inline]
fn class_in_part(text: &[u8], at: usize) -> (u8, usize) {
    match class_at(text, at) {
        (OTHER, next) if !PUNCTUATION_AND_SYMBOLS.contains(code_at(text, at)) => (NEITHER, next),
        (NUMBER, _) => (END, at),
        other => other,
    }
}

/// The end of the piece of the third pattern that starts at `start`, where `class_at` sees [`END`] after the part.
#[inline]
fn part_piece_end(
    text: &[u8],
    start: usize,
    class_at: impl Fn(&[u8], usize) -> (u8, usize) + Copy,
) -> usize {
    let run_end = |mut at: usize, inside: fn(u8) -> bool| {
        loop {
            match class_at(text, at) {
                (class, next) if inside(class) => at = next,
                _ => return at,
            }
        }
    };
    let in_word = |class| is_letter(class) || class == MARK;
    let symbols_end = |at| {
        let end = run_end(at, |class| class == OTHER);
        // No line break follows within a part of Chinese and kana.
        match class_at(text, end) {
            (WHITE, _) => line_breaks_end(text, end, false),
            _ => end,
        }
    };

    let (class, next) = class_at(text, start);
    let first = text.get(start).copied().unwrap_or_default();
    let (second, after) = class_at(text, next);
    match class {
        OTHER if first.is_ascii() && text.get(next).is_some_and(u8::is_ascii_alphabetic) => {
            let rest = text.get(next..).unwrap_or_default();
            let letters = rest.iter().position(|byte| !byte.is_ascii_alphabetic());
            next + letters.unwrap_or(rest.len())
        }
        OTHER => symbols_end(next),
        WHITE if is_line_break(first) => whitespace_end_among(text, start, false, class_at),
        WHITE | NEITHER if in_word(second) => run_end(after, in_word),
        WHITE if first == b' ' && second == OTHER => symbols_end(after),
        WHITE => whitespace_end_among(text, start, false, class_at),
        NEITHER => {
            let mut end = next;
            // The last one before a word is the word's prefix.
            while let (NEITHER, next) = class_at(text, end)
                && !in_word(class_at(text, next).0)
            {
                end = next;
            }
            end
        }
        _ => run_end(next, in_word),
    }
}
