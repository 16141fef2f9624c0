//! The parts of a run of hard characters, and which of them get markers at their ends.

use super::class::{DECIMAL, ISOLATED, NUMERAL, SELECTOR, SYMBOL};

/// Part of a hard run: letter-like, number-like or symbols. Variation selectors belong to what they follow.
#[derive(Clone, Copy)]
pub(super) struct Stretch {
    first: u8,
    last: u8,
    /// A number of one kind throughout.
    number: bool,
}

impl Stretch {
    pub fn new(kind: u8) -> Self {
        Self {
            first: kind,
            last: kind,
            number: matches!(kind, DECIMAL | NUMERAL),
        }
    }

    pub fn takes(self, kind: u8) -> bool {
        kind == SELECTOR || group(kind) == group(self.first)
    }

    pub fn with(self, kind: u8) -> Self {
        Self {
            last: kind,
            number: self.number && kind == self.first,
            ..self
        }
    }

    pub fn begins(self) -> bool {
        matches!(self.first, SELECTOR | SYMBOL) || self.number
    }

    pub fn ends(self) -> bool {
        matches!(self.last, SELECTOR | SYMBOL) || self.number
    }
}

fn group(kind: u8) -> u8 {
    match kind {
        SELECTOR => ISOLATED,
        NUMERAL => DECIMAL,
        other => other,
    }
}
