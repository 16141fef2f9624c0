//! The pre-tokenizers on 64 bytes at once.
//!
//! A window begins where a piece begins, so nothing to its left matters. Each class of characters is a word of 64 bits, one per
//! byte, and so is the result: the bytes where pieces begin. What the window cannot know, because it depends on
//! what follows, is left out of the result. The scanners of one piece ([`Split::piece_end`]) are the reference.

use super::beyond_ascii::BeyondAscii;
use super::block::Block;
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

/// The bytes of a window that are classified.
#[inline(always)]
pub(super) fn block(window: &Window) -> Block {
    let (blocks, _) = window.as_chunks();
    Block::new(&blocks[0])
}

/// Whether a window at `start`, which is before the end of `text`, is likely to hold more than one piece.
#[inline(always)]
pub(crate) fn suits<S: Split>(text: &[u8], start: usize) -> bool {
    let is_ascii_ahead =
        || text[start] < 0x80 && text.get(start + 1).is_none_or(|&byte| byte < 0x80);
    S::WINDOWED && (S::MARKS.is_some() || is_ascii_ahead())
}

/// Where pieces begin.
pub(crate) struct Starts {
    /// A bit per byte of the window. Bit 0 is set. All pieces that begin before the last bit are complete.
    pub bits: u64,
    /// Bytes to which the last piece extends, when it is complete as well: the text ends there.
    pub end: Option<usize>,
    /// Whether the last piece reaches a character that windows do not know.
    pub unknown: bool,
}

/// Where pieces begin in the window at `at`, which starts a piece.
#[inline(always)]
pub(crate) fn starts<S: Split>(text: &[u8], at: usize, window: &Window) -> Starts {
    let block = block(window);
    let any_high = block.any();
    let ascii = block.letters();
    let lower = ascii & block.bit::<5>();
    let digit = block.among(b'0', 10);
    let space = block.equal(b' ');
    let spacing = block.map(Lanes::spacing);
    let mut line_break = spacing.bit::<7>();
    let mut white = space | spacing.bit::<6>();
    let apostrophes = S::CONTRACTIONS != Contractions::Plain && block.map(|l| l.equal(b'\'')).any();

    let left = text.len() - at;
    let mut length = left.min(BYTES);
    let high;
    let mut beyond = BeyondAscii::NONE;
    if any_high {
        high = block.bit::<7>();
        beyond = match S::MARKS {
            None => BeyondAscii::unknown(high),
            Some(marks) => BeyondAscii::new(window, high, marks, S::CASE_SPLITS),
        };
        length = length.min(beyond.length);
    }
    let at_end = length == left;
    // The classes go on behind `length`. No whitespace of ASCII begins there, so that changes no start before: at the text's end there
    // are zeros, and else a character beyond ASCII or another window.
    let mut inside = u64::MAX >> (BYTES - length);
    let letter = ascii | beyond.letters;
    let blank = white & !line_break;
    let mut symbol = !(letter | digit | white);

    // Line breaks after symbols are part of their piece; from here on they are neither breaks nor symbols.
    let after_symbol = line_break & symbol << 1;
    let mut absorbed = line_break & !line_break.wrapping_add(after_symbol);
    if S::SLASH_AFTER_SYMBOLS && symbol & absorbed << 1 != 0 {
        let absorbable = line_break | slashes(window);
        absorbed = after_symbol | absorbable & !absorbable.wrapping_add(after_symbol);
        symbol &= !absorbed;
    }
    line_break &= !absorbed;
    white &= !absorbed;

    let symbol_starts = symbol & !((symbol | space) << 1);
    // A symbol or blank that starts a piece takes the letters that follow along. The sum carries through all bytes of a symbol.
    let after_symbol = beyond.inner.wrapping_add(symbol_starts << 1);
    let mut word_starts = letter & !((letter | blank) << 1 | after_symbol);
    if S::CASE_SPLITS {
        let lower = lower | beyond.lower;
        word_starts |= letter & !lower & lower << 1;
    }

    let mut after_break = blank & line_break << 1;
    if blank & line_break >> 1 != 0 {
        after_break = after_last_break(after_break, blank, line_break);
    }
    // A run of whitespace leaves its last character to a next piece, unless the end of the text follows.
    let mut last_blank = blank & !white >> 1;
    if at_end {
        last_blank &= !(1 << (length - 1));
        if S::WHOLE_AT_END {
            after_break &= !trailing(white, length);
        }
    } else {
        // How a run is cut depends on all of it: of one that reaches the end only the first place is certain.
        let after_run = (inside & !white).leading_zeros();
        inside &= u64::MAX >> after_run.saturating_sub(1);
    }
    let white_starts = white & !(white << 1) | last_blank | after_break;

    let mut bits = symbol_starts | word_starts | number_starts::<S>(digit) | white_starts;
    if S::CONTRACTIONS != Contractions::Plain && apostrophes {
        bits = with_contractions::<S>(text, at, window, bits, letter, symbol_starts);
    }
    Starts {
        bits: bits & inside | 1,
        end: at_end.then_some(length),
        unknown: beyond.unknown,
    }
}

/// Which bytes are slashes.
// Not in the middle of what does without them nearly always.
#[inline(never)]
fn slashes(window: &Window) -> u64 {
    block(window).equal(b'/')
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
    let second = digit & digit << 1;
    let fourth = second & second << 2;
    let mut starts = digit ^ second;
    if fourth != 0 {
        let mut more = starts << 3 & fourth;
        loop {
            starts |= more;
            more = more << 3 & fourth;
            if more == 0 {
                break;
            }
        }
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
    window: &Window,
    mut bits: u64,
    letter: u64,
    symbol_starts: u64,
) -> u64 {
    let apostrophe = block(window).equal(b'\'');
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
