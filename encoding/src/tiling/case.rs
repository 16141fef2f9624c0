//! Whether a word is written in lower case behind a marker.
//!
//! Only a whole word is: with its first letter alone a capital, or all of it in capitals. Otherwise capitals stand as they are.

use super::class::{CASELESS, LOWER, MARK, SHARP, TITLE, UPPER};
use super::symbol::{CAPS, SHIFT};

/// Letters that a word in capitals needs for its marker.
const CAPS_LENGTH: usize = 4;

/// What a word consists of.
#[derive(Default)]
pub(super) struct Letters {
    count: usize,
    upper: usize,
    lower: bool,
    caseless: bool,
    sharp: bool,
}

impl Letters {
    #[inline]
    pub fn add(&mut self, kind: u8) {
        self.count += 1;
        self.upper += usize::from(kind == UPPER);
        self.lower |= kind == LOWER;
        self.caseless |= matches!(kind, TITLE | CASELESS | MARK);
        self.sharp |= kind == SHARP;
    }

    /// The marker with which the word is written in lower case.
    pub fn case(&self, first: u8, caps: bool) -> Option<u8> {
        if self.sharp || self.upper == 0 {
            None
        } else if caps && self.count >= CAPS_LENGTH && !self.lower && !self.caseless {
            Some(CAPS)
        } else if first == UPPER && self.upper == 1 {
            Some(SHIFT)
        } else {
            None
        }
    }
}
