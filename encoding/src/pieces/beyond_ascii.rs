//! The characters of a window that are not ASCII.

use super::classes::{CASELESS, LOWER, MARK, NUMBER, OTHER, UPPER, WHITE, class_of};
use super::split::Marks;
use super::window::{BYTES, Window, block, bytes};
use crate::code_points::decode_multibyte;

/// What is known of the characters of a window that are not ASCII, a bit per byte. Those that are no letters and not unknown are
/// symbols.
pub(super) struct BeyondAscii {
    /// The letters.
    pub letters: u64,
    /// The letters after which upper case starts a piece.
    pub lower: u64,
    /// Of every character, all bytes but the first.
    pub inner: u64,
    /// The bytes before the first character that the window's end cuts or that depends on more than its neighbours, but at least
    /// one; [`BYTES`] if there is none.
    pub length: usize,
    /// Whether it is one that depends on more than its neighbours.
    pub unknown: bool,
}

impl BeyondAscii {
    /// No such characters.
    pub const NONE: Self = Self {
        letters: 0,
        lower: 0,
        inner: 0,
        length: BYTES,
        unknown: false,
    };

    /// Nothing is known of the characters with bytes at `high`, which are some.
    #[inline(always)]
    pub fn unknown(high: u64) -> Self {
        Self {
            length: (high.trailing_zeros() as usize).max(1),
            unknown: true,
            ..Self::NONE
        }
    }

    /// Takes the places of all bytes that are not ASCII, which are some. With `cased`, upper case after lower case starts a piece.
    // One function for all patterns, each of which has a copy of its caller.
    #[inline(never)]
    pub fn new(window: &Window, high: u64, marks: Marks, cased: bool) -> Self {
        Self::one_symbol(window, high).unwrap_or_else(|| Self::each(window, high, marks, cased))
    }

    /// When all are the same symbol of three bytes: that is so in most windows that have any, such as an arrow in every line.
    #[inline(always)]
    fn one_symbol(window: &Window, high: u64) -> Option<Self> {
        let [first, second, third] = bytes(window, high.trailing_zeros() as usize);
        let code =
            u32::from(first & 0x0F) << 12 | u32::from(second & 0x3F) << 6 | u32::from(third & 0x3F);
        if first & 0xF0 != 0xE0 || class_of(code) != OTHER {
            return None;
        }
        let block = block(window);
        // The window's end may cut the last one.
        let places = block.equal(first)
            & (block.equal(second) >> 1 | 1 << 63)
            & (block.equal(third) >> 2 | 3 << 62);
        // The product has all three bytes of each.
        if places.wrapping_mul(7) != high {
            return None;
        }
        let cut = places & 3 << 62;
        Some(Self {
            inner: high & !places,
            length: cut.trailing_zeros() as usize,
            ..Self::NONE
        })
    }

    // Apart, so that what it keeps in memory is not made room for when it is not needed.
    #[inline(never)]
    fn each(window: &Window, high: u64, marks: Marks, cased: bool) -> Self {
        let block = block(window);
        let inner = block.among(0x80, 0x40);
        let first = high & !inner;
        let mut length = BYTES;
        let mut of_class = [0_u64; 8];
        let mut left = first;
        while left != 0 {
            let at = left.trailing_zeros() as usize;
            left &= left - 1;
            let (code, end) = decode_multibyte(window, at, window[at]);
            if end > BYTES {
                length = at;
            }
            let bytes = ((1 << (end - at)) - 1) << at;
            of_class[usize::from(class_of(code)) % 8] |= bytes;
        }
        let of = |class: u8| of_class[usize::from(class)];
        let mut caseless = of(CASELESS);
        let mut letters = of(UPPER) | of(LOWER) | caseless;
        let ascii = block.letters();
        // Numbers and whitespace have rules for which it matters how many bytes they are.
        let mut unknown = of(NUMBER) | of(WHITE);
        match marks {
            Marks::Symbols => {}
            Marks::Letters => letters |= of(MARK),
            Marks::Both => {
                // Adding the first mark after a letter carries through those that follow it: the bits that change are theirs.
                let after_letter = of(MARK) & (ascii | letters) << 1;
                let in_word = of(MARK) & !of(MARK).wrapping_add(after_letter);
                letters |= in_word;
                caseless |= in_word;
                unknown |= of(MARK) & !in_word;
            }
        }
        if cased {
            // Whether upper case after a letter without case is the same word depends on all that follows and precedes.
            let upper = of(UPPER) | ascii & !block.bit::<5>();
            unknown |= upper & !inner & caseless << 1;
        }
        let known = unknown.trailing_zeros() as usize;
        Self {
            letters,
            lower: letters & !of(UPPER),
            inner,
            length: length.min(known).max(1),
            unknown: known < BYTES && known <= length,
        }
    }
}
