//! The characters of a window that are not ASCII.

use super::classes::{CASELESS, LOWER, MARK, NUMBER, UPPER, WHITE, class_of};
use super::split::Marks;
use super::window::{BYTES, Window};
use crate::code_points::decode_multibyte;

/// Letters of a window, a bit per byte.
#[derive(Clone, Copy)]
pub(super) struct Letters {
    /// All of them.
    pub any: u64,
    /// Those in upper case; empty where the pattern does not ask.
    pub upper: u64,
}

/// What is known of a window with characters that are not ASCII.
pub(super) struct BeyondAscii {
    /// All letters, those in ASCII included.
    pub letters: Letters,
    /// Of every character, all bytes but the first. Characters that are no letters and not unknown are symbols.
    pub inner: u64,
    /// The place of the first character that depends on more than its neighbours; [`BYTES`] if there is none.
    pub unknown: usize,
    /// The bytes before the one character that the window's end cuts; [`BYTES`] if there is none.
    pub length: usize,
}

impl BeyondAscii {
    /// Takes the letters in ASCII, and `first`, the places of all bytes from 0xC0 on. With `cased`, upper case after lower case starts
    /// a piece.
    // One function for all patterns, each of which has a copy of its caller.
    #[inline(never)]
    pub fn new(window: &Window, first: u64, ascii: Letters, marks: Marks, cased: bool) -> Self {
        let mut of_class = [0_u64; 16];
        let mut inner = 0;
        let mut length = BYTES;
        let mut left = first;
        while left != 0 {
            let at = left.trailing_zeros() as usize;
            left &= left - 1;
            let (code, end) = decode_multibyte(window, at, window[at]);
            if end > BYTES {
                length = at;
            }
            let bytes = ((1 << (end - at)) - 1) << at;
            of_class[usize::from(class_of(code)) % 16] |= bytes;
            inner |= bytes & bytes << 1;
        }
        let of = |class: u8| of_class[usize::from(class) % 16];
        let upper = ascii.upper | of(UPPER);
        let mut any = ascii.any | of(UPPER) | of(LOWER) | of(CASELESS);
        // Numbers and whitespace have rules for which it matters how many bytes they are.
        let mut unknown = of(NUMBER) | of(WHITE);
        let mut caseless = of(CASELESS);
        match marks {
            Marks::Symbols => {}
            Marks::Letters => any |= of(MARK),
            Marks::Both => {
                // Adding the first mark after a letter carries through those that follow it: the bits that change are theirs.
                let after_letter = of(MARK) & any << 1;
                let in_word = of(MARK) & !of(MARK).wrapping_add(after_letter);
                any |= in_word;
                caseless |= in_word;
                unknown |= of(MARK) & !in_word;
            }
        }
        if cased {
            // Whether upper case after a letter without case is the same word depends on all that follows and precedes.
            unknown |= upper & !inner & caseless << 1;
        }
        Self {
            letters: Letters { any, upper },
            inner,
            unknown: (unknown.trailing_zeros() as usize).min(BYTES),
            length,
        }
    }
}
