//! Remembers the counts of pieces of up to seven bytes; of shorter ones in windows the [`tiny_memo`](crate::tiny_memo) does.
//!
//! An entry is one word: up to seven bytes of piece at its upper end, and below them four bits of its length and four of its count.
//! The whole piece is compared, so an answer is exact. A count is never 0, so zeroed memory is an empty table and costs nothing until
//! touched.

use std::hint::select_unpredictable;

use crate::table::zeroed;

/// The longest piece that fits an entry.
pub(crate) const MAX_PIECE: usize = 7;

/// Pairs of entries (512 KB): half of a second-level cache, or less. What does not fit is merged anew, which takes less time
/// than all pieces would lose to memory further away.
const LOG: u32 = 15;

const LENGTH_SHIFT: u32 = 4;
/// Above all counts.
const COUNTS: u64 = 1 << LENGTH_SHIFT;

/// The places an entry may have. They share a cache line. Most pieces of the second are never seen again, so those of the first
/// stay until another has been found in the second.
#[derive(Clone, Copy, Default)]
#[repr(align(16))]
struct Pair {
    first: u64,
    second: u64,
}

/// Counts by piece.
pub(crate) struct ShortMemo(Box<[Pair; 1 << LOG]>);

/// A piece and its length, without the count.
#[derive(Clone, Copy, Default)]
pub(crate) struct Key(u64);

impl Key {
    /// The key of the piece of `length` bytes, 1 to [`MAX_PIECE`], that `bytes` start with.
    #[inline(always)]
    pub fn new(bytes: [u8; 8], length: usize) -> Self {
        // What follows the piece is shifted out.
        let piece = u64::from_le_bytes(bytes).wrapping_shl((8 * length as u32).wrapping_neg());
        Self(piece | (length as u64) << LENGTH_SHIFT)
    }

    /// The length of the piece.
    #[inline(always)]
    pub fn length(self) -> usize {
        (self.0 >> LENGTH_SHIFT) as usize & 7
    }

    /// The piece, with zeros behind it.
    #[inline(always)]
    pub fn bytes(self) -> u64 {
        self.0
            .wrapping_shr((8 * self.length() as u32).wrapping_neg())
    }

    #[inline(always)]
    fn place(self) -> usize {
        (self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - LOG)) as usize
    }
}

impl ShortMemo {
    /// An empty table.
    pub fn new() -> Self {
        Self(zeroed())
    }

    /// The count of the piece; 0 if it is not remembered.
    #[inline(always)]
    pub fn get(&mut self, key: Key) -> u32 {
        let pair = &mut self.0[key.place()];
        // Of the piece's own entry only the count is left. A key has a length, so it never equals an empty entry.
        let (first, second) = (pair.first ^ key.0, pair.second ^ key.0);
        if second < COUNTS {
            *pair = Pair {
                first: pair.second,
                second: pair.first,
            };
        }
        let count = first.min(second);
        select_unpredictable(count < COUNTS, count as u32, 0)
    }

    /// Remembers a count, which is at most the piece's length. The key is rarely in the table; then its count is the same.
    #[inline(always)]
    pub fn put(&mut self, key: Key, count: u32) {
        let pair = &mut self.0[key.place()];
        let place = if pair.first == 0 {
            &mut pair.first
        } else {
            &mut pair.second
        };
        *place = key.0 | u64::from(count);
    }
}
