//! Remembers the counts of pieces of eight to fifteen bytes.
//!
//! An entry is 16 bytes: the first eight bytes of a piece, its last seven, four bits of its length and four of its count. The whole
//! piece is compared, so an answer is exact. A count is never 0, so zeroed memory is an empty table and costs nothing until touched.

use std::hint::select_unpredictable;

use crate::table::zeroed;

/// The shortest piece that an entry holds.
pub(crate) const MIN_PIECE: usize = 8;
/// The longest.
pub(crate) const MAX_PIECE: usize = 15;

/// Pairs of entries (512 KB): half of a second-level cache, or less. What does not fit is merged anew, which takes less time than all
/// pieces would lose to memory further away.
const LOG: u32 = 14;

const LENGTH_SHIFT: u32 = 4;
/// Above all counts.
const COUNTS: u64 = 1 << LENGTH_SHIFT;

/// Counts by piece.
pub(crate) struct Memo(Box<[Pair; 1 << LOG]>);

/// A piece with its length and, in the lowest bits of `high`, its count. Two words, because WebAssembly has none of 128 bits.
#[derive(Clone, Copy, Default)]
struct Entry {
    low: u64,
    high: u64,
}

/// The places an entry may have. They share a cache line. Most pieces of the second are never seen again, so those of the first
/// stay until another has been found in the second.
#[derive(Clone, Copy, Default)]
#[repr(align(32))]
struct Pair {
    first: Entry,
    second: Entry,
}

/// A piece and its length, without the count.
#[derive(Clone, Copy, Default)]
pub(crate) struct Key(Entry);

impl Key {
    /// The key of a piece of `length` bytes, [`MIN_PIECE`] to [`MAX_PIECE`], by the bytes at both its ends. They overlap, so that
    /// nothing has to be cut off.
    #[inline(always)]
    pub fn new(first: [u8; 8], last: [u8; 8], length: usize) -> Self {
        Self(Entry {
            low: u64::from_le_bytes(first),
            // The first of the last eight is among the first eight.
            high: u64::from_le_bytes(last) & !0xFF | (length as u64) << LENGTH_SHIFT,
        })
    }

    /// The piece, in two words with zeros behind it, and its length.
    #[inline(always)]
    pub fn piece(self) -> ([u64; 2], usize) {
        let length = (self.0.high >> LENGTH_SHIFT) as usize & 15;
        let rest = (self.0.high >> 8) >> (8 * (MAX_PIECE - length) as u32 % 64);
        ([self.0.low, rest], length)
    }

    #[inline(always)]
    fn place(self) -> usize {
        let low = self.0.low.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let high = self.0.high.wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
        (low.wrapping_add(high) >> (64 - LOG)) as usize
    }

    /// The count of an entry, or something above all counts if it is another piece's. A key has a length, so it never equals an empty
    /// entry.
    #[inline(always)]
    fn count_of(self, entry: Entry) -> u64 {
        let same = entry.low == self.0.low;
        select_unpredictable(same, entry.high ^ self.0.high, u64::MAX)
    }
}

impl Memo {
    /// An empty table.
    pub fn new() -> Self {
        Self(zeroed())
    }

    /// The count of the piece; 0 if it is not remembered.
    #[inline(always)]
    pub fn get(&mut self, key: Key) -> u32 {
        let pair = &mut self.0[key.place()];
        let (first, second) = (key.count_of(pair.first), key.count_of(pair.second));
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
    pub fn put(&mut self, key: Key, count: u32) {
        let pair = &mut self.0[key.place()];
        let place = if pair.first.high == 0 {
            &mut pair.first
        } else {
            &mut pair.second
        };
        *place = Entry {
            low: key.0.low,
            high: key.0.high | u64::from(count),
        };
    }
}
