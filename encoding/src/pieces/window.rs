//! The pre-tokenizers on 64 bytes at once.
//!
//! A window begins where a piece begins, so nothing to its left matters. Each class of characters is a word of 64 bits, one per
//! byte, and so is the result: the bytes where pieces begin. What the window cannot know, because it depends on
//! what follows, is left out of the result. The scanners of one piece ([`Split::piece_end`]) are the reference.

use super::beyond_ascii::{BeyondAscii, Letters};
use super::lanes::Lanes;
use super::split::{Contractions, Split, contraction_end};

/// Bytes that are classified. They are followed by enough to read sixteen bytes from any of them.
pub(crate) const BYTES: usize = 64;

/// A window, with what follows; zero where the text has ended.
pub(crate) type Window = [u8; BYTES + 16];

/// What follows a place among the first [`BYTES`]; at most 16 bytes.
#[inline(always)]
pub(crate) fn bytes<const COUNT: usize>(window: &Window, from: usize) -> [u8; COUNT] {
    window[from..].first_chunk().copied().unwrap_or([0; COUNT])
}

/// Where pieces begin.
pub(crate) struct Starts {
    /// A bit per byte of the window. Bit 0 is set. All pieces that begin before the last bit are complete.
    pub bits: u64,
    /// Bytes to which the last piece extends, when it is complete as well: the text ends there.
    pub end: Option<usize>,
    /// Whether the last piece reaches a character that windows do not know.
    pub unknown: bool,
    /// The bytes that are not ASCII.
    pub high: u64,
}

/// Where pieces begin in the window at `at`, which starts a piece.
#[inline(always)]
pub(crate) fn starts<S: Split>(text: &[u8], at: usize, window: &Window) -> Starts {
    let lanes: [Lanes; 4] = {
        let (chunks, _) = window.as_chunks::<16>();
        [0, 1, 2, 3].map(|i| Lanes::new(&chunks[i]))
    };
    let which = |ask: fn(Lanes) -> u16| {
        u64::from(ask(lanes[0]))
            | u64::from(ask(lanes[1])) << 16
            | u64::from(ask(lanes[2])) << 32
            | u64::from(ask(lanes[3])) << 48
    };

    let left = text.len() - at;
    let mut length = left.min(BYTES);
    let mut letters = Letters {
        any: which(|l| l.lower().among(b'a', 26)),
        upper: if S::CASE_SPLITS {
            which(|l| l.among(b'A', 26))
        } else {
            0
        },
    };
    let mut inner = 0;
    // Where the first character is that windows do not know.
    let mut unknown = BYTES;
    let high = which(Lanes::high);
    if high != 0 {
        match S::MARKS {
            None => unknown = high.trailing_zeros() as usize,
            Some(marks) => {
                let first = which(|l| l.among(0xC0, 0x40));
                let beyond = BeyondAscii::new(window, first, letters, marks, S::CASE_SPLITS);
                (letters, inner, unknown) = (beyond.letters, beyond.inner, beyond.unknown);
                length = length.min(beyond.length);
            }
        }
        length = length.min(unknown);
    }
    let inside = u64::MAX >> (BYTES - length.max(1));
    let at_end = length == left;

    let letter = letters.any & inside;
    let digit = which(|l| l.among(b'0', 10)) & inside;
    let space = which(|l| l.equal(b' ')) & inside;
    let line_break = which(|l| l.equal(b'\n') | l.equal(b'\r')) & inside;
    let blank = space | which(|l| l.among(9, 5)) & inside & !line_break;
    let symbol = inside & !(letter | digit | line_break | blank);

    // Line breaks after symbols are part of their piece; from here on they are neither breaks nor symbols.
    let mut absorbed = line_break & symbol << 1;
    if absorbed != 0 {
        let mut absorbable = line_break;
        if S::SLASH_AFTER_SYMBOLS {
            absorbable |= which(|l| l.equal(b'/')) & inside;
        }
        absorbed |= absorbable & !absorbable.wrapping_add(absorbed);
    }
    let line_break = line_break & !absorbed;
    let symbol = symbol & !absorbed;
    let white = blank | line_break;

    let symbol_starts = symbol & !((symbol | space) << 1);
    // A symbol or blank that starts a piece takes the letters that follow along.
    let mut taking = symbol_starts;
    if S::MARKS.is_some() {
        taking |= taking << 1 & inner;
        taking |= taking << 1 & inner;
        taking |= taking << 1 & inner;
    }
    let mut word_starts = letter & !((letter | blank | taking) << 1);
    if S::CASE_SPLITS {
        word_starts |= letters.upper & inside & !inner & (letter & !letters.upper) << 1;
    }

    let after_white = !white >> 1;
    let mut last_white = white & after_white;
    if at_end {
        // A run that the end of the text follows does not leave its last character to a next piece.
        last_white &= !(1 << length.saturating_sub(1));
    }
    let mut white_starts = white & !(white << 1) | last_white & blank;
    let mut after_break = blank & line_break << 1;
    if after_break != 0 {
        after_break = after_last_break(after_break, blank, line_break);
        if at_end && S::WHOLE_AT_END {
            after_break &= !trailing(white, length);
        }
        white_starts |= after_break;
    }

    let mut bits = symbol_starts | word_starts | number_starts::<S>(digit) | white_starts;
    if S::CONTRACTIONS != Contractions::Plain {
        let apostrophe = which(|l| l.equal(b'\'')) & inside;
        if apostrophe != 0 {
            bits = with_contractions::<S>(text, at, bits, apostrophe, letter, symbol_starts);
        }
    }
    if !at_end {
        // How a run of whitespace is cut depends on all of it.
        let open = trailing(white, length);
        bits &= !(open & open << 1);
    }
    Starts {
        bits: bits & inside | 1,
        end: at_end.then_some(length),
        unknown: unknown < BYTES && unknown == length && !at_end,
        high,
    }
}

/// Of the blanks directly after a line break, those which no further line break of their run follows.
#[inline]
fn after_last_break(mut candidates: u64, blank: u64, line_break: u64) -> u64 {
    // A candidate begins a run of blanks. Adding it carries through that run, so the bits that change are the run's.
    let runs = blank & !blank.wrapping_add(candidates);
    let mut followed = runs & line_break >> 1;
    while followed != 0 {
        let last = followed & followed.wrapping_neg();
        let before = candidates & (last | (last - 1));
        candidates &= !(1 << (63 - before.leading_zeros()));
        followed &= followed - 1;
    }
    candidates
}

/// The first of every [`Split::NUMBER_LENGTH`] digits of a run.
#[inline]
fn number_starts<S: Split>(digit: u64) -> u64 {
    if S::NUMBER_LENGTH == 1 {
        return digit;
    }
    let mut starts = digit & !(digit << 1);
    let fourth = digit & digit << 1 & digit << 2 & digit << 3;
    let mut more = starts << 3 & fourth;
    while more != 0 {
        starts |= more;
        more = more << 3 & fourth;
    }
    starts
}

/// Those bits of `mask` that reach up to bit `length - 1` without a gap.
#[inline]
fn trailing(mask: u64, length: usize) -> u64 {
    let unused = (BYTES - length) as u32;
    let run = (!mask.wrapping_shl(unused)).leading_zeros();
    if unused == 64 || run == 0 {
        return 0;
    }
    u64::MAX << (64 - run) >> unused
}

/// `bits` after what contractions change: a piece of their own, or the end of the word before them.
#[inline(never)]
fn with_contractions<S: Split>(
    text: &[u8],
    at: usize,
    mut bits: u64,
    apostrophe: u64,
    letter: u64,
    symbol_starts: u64,
) -> u64 {
    let join = S::CONTRACTIONS == Contractions::Join;
    let mut candidates = if join {
        apostrophe & letter << 1
    } else {
        apostrophe & symbol_starts
    };
    // One contraction does not join another.
    let mut joined = 0;
    while candidates != 0 {
        let first = candidates.trailing_zeros() as usize;
        candidates &= candidates - 1;
        if join && first == joined {
            continue;
        }
        let Some(end) = contraction_end(text, at + first + 1) else {
            continue;
        };
        let end = end - at;
        let before_end = u64::MAX.checked_shl(end as u32).map_or(u64::MAX, |m| !m);
        if join {
            bits &= !(before_end & u64::MAX << first);
            joined = end;
        }
        // Letters after it are a new piece.
        bits |= letter & before_end.wrapping_add(1);
    }
    bits
}

#[cfg(test)]
#[path = "window_tests.rs"]
mod tests;
