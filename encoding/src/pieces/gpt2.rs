//! The pre-tokenizer of GPT-2, r50k_base and p50k_base, also Claude 2's:
//!
//! ```text
//! '(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s
//! ```
//!
//! The release's own form, which `ByteLevel` of Hugging Face applies as well, cuts alike:
//!
//! ```text
//! 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
//! ```
//!
//! Command R, Command R+ and Aya cut out each number first, and then apply it to what is between them.
//!
//! Source: tiktoken, `openai_public.py`; `encoder.py` of the GPT-2 release; `tokenizer.json` of Command R+.

use super::classes::{END, NUMBER, WHITE, class_at, is_letter};
use super::split::{Split, is_symbol};

/// The pattern.
pub(crate) struct Gpt2;

impl Split for Gpt2 {
    #[inline]
    fn piece_end(text: &[u8], start: usize) -> usize {
        piece_end(text, start, class_at)
    }
}

/// The pattern of Command R.
pub(crate) struct CommandR;

impl Split for CommandR {
    #[inline]
    fn piece_end(text: &[u8], start: usize) -> usize {
        let (class, next) = class_at(text, start);
        if class == NUMBER {
            return next;
        }
        piece_end(text, start, class_before_number)
    }
}

/// The class of the character at `at`, where numbers end the text.
#[inline]
fn class_before_number(text: &[u8], at: usize) -> (u8, usize) {
    match class_at(text, at) {
        (NUMBER, _) => (END, at),
        other => other,
    }
}

#[inline]
fn piece_end(
    text: &[u8],
    start: usize,
    class_at: impl Fn(&[u8], usize) -> (u8, usize) + Copy,
) -> usize {
    let (class, next) = class_at(text, start);
    let first = text.get(start).copied().unwrap_or_default();
    if first == b'\''
        && let Some(end) = lower_contraction_end(text, next)
    {
        return end;
    }
    let (kind, at) = match class_at(text, next) {
        (second, after) if first == b' ' && !matches!(second, WHITE | END) => (second, after),
        _ => (class, next),
    };
    let run_end = |inside: fn(u8) -> bool| {
        let mut at = at;
        loop {
            match class_at(text, at) {
                (class, next) if inside(class) => at = next,
                _ => return at,
            }
        }
    };
    match kind {
        WHITE => {}
        NUMBER => return run_end(|class| class == NUMBER),
        kind if is_letter(kind) => return run_end(is_letter),
        _ => return run_end(is_symbol),
    }
    let mut last = start;
    let mut at = next;
    loop {
        match class_at(text, at) {
            (WHITE, next) => (last, at) = (at, next),
            // What follows takes the last one of several.
            (class, _) if class == END || last == start => return at,
            _ => return last,
        }
    }
}

/// The end of `s`, `t`, `re`, `ve`, `m`, `ll` or `d` at `at`, the place after an apostrophe.
#[inline]
fn lower_contraction_end(text: &[u8], at: usize) -> Option<usize> {
    match (text.get(at)?, text.get(at + 1)) {
        (b's' | b't' | b'm' | b'd', _) => Some(at + 1),
        (b'r' | b'v', Some(b'e')) | (b'l', Some(b'l')) => Some(at + 2),
        _ => None,
    }
}
