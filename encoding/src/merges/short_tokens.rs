//! The tokens of two and of three bytes, for pieces that short; of longer ones, which may be one.
//!
//! A piece of three bytes is one token, or else two if any two neighbours merge, or else three: no order of merges matters. So
//! a bit for every such piece is all that is needed, and those of a language are near each other, in a first-level cache.

use std::hint::select_unpredictable;
use std::ops::Range;

use super::known_tokens::KnownTokens;
use super::vocabulary::{NONE, Vocabulary, id};
use crate::pack::AT_ONCE;
use crate::table::zeroed;

/// Pieces of two bytes.
const TWOS: usize = 1 << 16;
/// Pieces of three ASCII characters.
const THREES: usize = 1 << 21;

/// Which pieces of two and three bytes are one token, a bit for each, and which longer ones may be.
pub(crate) struct ShortTokens {
    /// Of two bytes, by the first and above it the second.
    two: Box<[u64; TWOS / 64]>,
    /// Of three ASCII characters, by the last one, below it the middle one and below that the first.
    three: Box<[u64; THREES / 64]>,
    /// Which pieces of up to seven bytes may be one token.
    known: KnownTokens,
}

impl ShortTokens {
    /// Those of `vocabulary`, whose merges, in the order of their ids, are `pairs`.
    pub fn new(vocabulary: &Vocabulary, pairs: &[(u32, u32)]) -> Self {
        let mut tokens = Self {
            two: zeroed(),
            three: zeroed(),
            known: KnownTokens::new(pairs, vocabulary.first_id()),
        };
        let mut has_two_bytes = vec![0_u64; pairs.len() / 64 + 1];
        for from in (0..pairs.len()).step_by(AT_ONCE) {
            let to = pairs.len().min(from + AT_ONCE);
            tokens.note(from..to, pairs, vocabulary, &mut has_two_bytes);
        }
        tokens
    }

    /// Takes in some of the merges; `has_two_bytes` has a bit for each before these.
    // A function for the inside of the loop: runtimes optimise what is called often.
    #[inline(never)]
    fn note(
        &mut self,
        range: Range<usize>,
        pairs: &[(u32, u32)],
        vocabulary: &Vocabulary,
        has_two_bytes: &mut [u64],
    ) {
        let first_id = vocabulary.first_id();
        for (index, &(left, right)) in range.clone().zip(&pairs[range]) {
            if left >= 256 && right >= 256 {
                continue;
            }
            let two_bytes = |id: u32| {
                let index = id.checked_sub(first_id)? as usize;
                let has = has_two_bytes[index / 64] >> (index % 64) & 1 != 0;
                has.then(|| pairs[index])
            };
            if left < 256 && right < 256 {
                has_two_bytes[index / 64] |= 1 << (index % 64);
                set(&mut *self.two, left | right << 8);
            } else if let Some((first, second)) = two_bytes(left) {
                self.set_three([first, second, right], vocabulary, true);
            } else if let Some((second, third)) = two_bytes(right) {
                self.set_three([left, second, third], vocabulary, false);
            }
        }
    }

    /// Notes a token whose last merge is that of the first two bytes with the third, or else of the first with the others; unless
    /// the other two merge before those of it do, so that the token never comes about.
    fn set_three(&mut self, bytes: [u32; 3], vocabulary: &Vocabulary, first_two: bool) {
        let [first, second, third] = bytes;
        if (first | second | third) >= 0x80 {
            return;
        }
        let order = |left: u32, right: u32| match vocabulary.join_bytes(left as u8, right as u8) {
            NONE => u32::MAX,
            symbol => id(symbol),
        };
        // Leftmost first among equals.
        if (order(first, second) <= order(second, third)) == first_two {
            set(&mut *self.three, first | second << 7 | third << 14);
        }
    }

    /// How many tokens the first two bytes are, or else the first three of them, all ASCII; others do not matter.
    #[inline(always)]
    pub fn count(&self, bytes: [u8; 4], three: bool) -> u32 {
        let bits = u32::from_le_bytes(bytes);
        let one = self.is_three(bits & 0x7F_7F7F);
        let first = get(&self.two, bits & 0xFFFF);
        let second = get(&self.two, bits >> 8 & 0xFFFF);
        // Which of both is asked for could not be predicted, so there is no branch on it.
        select_unpredictable(three, 3 - (first | second) - one, 2 - first)
    }

    /// Whether three ASCII characters are one token (1) or not (0); above them nothing.
    #[inline(always)]
    pub fn is_three(&self, bits: u32) -> u32 {
        let piece = bits & 0x7F | bits >> 1 & 0x7F << 7 | bits >> 2 & 0x7F << 14;
        get(&self.three, piece)
    }

    /// Whether a piece of at most seven bytes, with zeros above them, may be one token.
    #[inline(always)]
    pub fn may_be_one(&self, piece: u64, length: usize) -> bool {
        self.known.may_be(piece, length)
    }

    /// How many tokens of `vocabulary` four bytes are, all of them ASCII, that are not one.
    ///
    /// Two of them merge first. If then any of the rest merges, that leaves two tokens.
    #[inline(always)]
    pub fn count_four(&self, vocabulary: &Vocabulary, bytes: [u8; 4]) -> u32 {
        let bytes = u32::from_le_bytes(bytes);
        let order = |at: u32| {
            vocabulary
                .join_two((bytes >> (8 * at)).into())
                .wrapping_sub(1)
        };
        let (first, middle, last) = (order(0), order(1), order(2));
        let (head, tail) = (self.is_three(bytes), self.is_three(bytes >> 8));
        let merges = |order: u32| u32::from(order != NONE.wrapping_sub(1));
        // Which one is first cannot be predicted, so there is no branch on it.
        let after_middle = head | tail;
        let after_first = head | merges(last);
        let after_last = merges(first) | tail;
        let outer = select_unpredictable(first <= last, after_first, after_last);
        let middle_first = (middle < first) & (middle <= last);
        let then = select_unpredictable(middle_first, after_middle, outer);
        4 - (merges(first) | merges(middle) | merges(last)) - then
    }
}

/// The bit at `at`, which is inside: the remainder spares asking whether it is.
#[inline(always)]
fn get<const WORDS: usize>(bits: &[u64; WORDS], at: u32) -> u32 {
    (bits[(at / 64) as usize % WORDS] >> (at % 64) & 1) as u32
}

fn set(bits: &mut [u64], at: u32) {
    bits[(at / 64) as usize] |= 1 << (at % 64);
}
