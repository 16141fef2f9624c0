//! Remembers the ids of pieces of up to fifteen bytes.
//!
//! An entry is a piece and as many ids as most pieces have, and the whole piece is compared, so an answer is exact.
//! No piece has 0 ids, so zeroed memory is an empty table and costs nothing until touched.

use std::hint::select_unpredictable;

use crate::table::zeroed;

/// The longest piece that an entry holds.
pub(super) const MAX_PIECE: usize = 15;

/// The most ids that an entry holds.
pub(super) const MAX_IDS: usize = 4;

/// Pairs of entries (4 MB). A smaller table stays nearer to the processor, but merging anew what does not fit takes longer than that saves.
const LOG: u32 = 16;

/// The bits of a count, below the last seven bytes of a piece.
const COUNT_BITS: u32 = 8;
/// Above all counts.
const COUNTS: u64 = 1 << COUNT_BITS;

/// Ids by piece.
pub(super) struct IdMemo(Box<[Pair; 1 << LOG]>);

/// A piece; behind a shorter one 0xFF, which is in no text.
#[derive(Clone, Copy)]
pub(super) struct Key {
    /// The first eight bytes.
    low: u64,
    /// Above [`COUNT_BITS`] the last seven.
    high: u64,
}

/// A key with the number of its ids, and these.
#[derive(Clone, Copy, Default)]
struct Entry {
    low: u64,
    high: u64,
    ids: [u32; MAX_IDS],
}

/// The places an entry may have, in one cache line. Most pieces of the second are never seen again, so those of the first stay until another
/// has been found in the second.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct Pair {
    first: Entry,
    second: Entry,
}

/// By length: the bits behind a piece.
const BEHIND: [[u64; 2]; MAX_PIECE + 1] = {
    let mut bits = [[0; 2]; MAX_PIECE + 1];
    let mut length = 0;
    while length <= MAX_PIECE {
        let behind = u128::MAX << (8 * length);
        bits[length] = [behind as u64, (behind >> 64) as u64];
        length += 1;
    }
    bits
};

impl Key {
    /// The key of the piece of `length` bytes, 1 to [`MAX_PIECE`], that `bytes` start with.
    #[inline(always)]
    pub fn new(bytes: [u8; 16], length: usize) -> Self {
        let bytes = u128::from_le_bytes(bytes);
        let [low, high] = BEHIND[length % BEHIND.len()];
        Self {
            low: bytes as u64 | low,
            high: ((bytes >> 64) as u64 | high) << COUNT_BITS,
        }
    }

    #[inline(always)]
    fn place(self) -> usize {
        let low = self.low.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let high = self.high.wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
        (low.wrapping_add(high) >> (64 - LOG)) as usize
    }

    /// How many ids an entry has, or something above all counts if it is another piece's.
    #[inline(always)]
    fn count_of(self, entry: &Entry) -> u64 {
        select_unpredictable(entry.low == self.low, entry.high ^ self.high, u64::MAX)
    }
}

impl IdMemo {
    /// An empty table.
    pub fn new() -> Self {
        Self(zeroed())
    }

    /// The ids of the piece, and how many they are; 0 if it is not remembered.
    #[inline(always)]
    pub fn get(&mut self, key: Key) -> ([u32; MAX_IDS], usize) {
        let pair = &mut self.0[key.place()];
        let first = key.count_of(&pair.first);
        if first < COUNTS {
            return (pair.first.ids, first as usize);
        }
        let second = key.count_of(&pair.second);
        if second < COUNTS {
            let ids = pair.second.ids;
            *pair = Pair {
                first: pair.second,
                second: pair.first,
            };
            return (ids, second as usize);
        }
        ([0; MAX_IDS], 0)
    }

    /// Remembers the ids of a piece, unless they are too many.
    pub fn put(&mut self, key: Key, ids: &[u32]) {
        if ids.len() > MAX_IDS {
            return;
        }
        let pair = &mut self.0[key.place()];
        let place = if pair.first.high & (COUNTS - 1) == 0 {
            &mut pair.first
        } else {
            &mut pair.second
        };
        *place = Entry {
            low: key.low,
            high: key.high | ids.len() as u64,
            ids: [0; MAX_IDS],
        };
        place.ids[..ids.len()].copy_from_slice(ids);
    }
}

#[cfg(test)]
mod tests {
    use super::{IdMemo, Key, MAX_IDS, MAX_PIECE};

    #[test]
    fn an_answer_is_the_pieces_own() {
        let mut memo = IdMemo::new();
        // Of all lengths, more than there is room for, and what follows a piece does not matter.
        let pieces = (0..400_000_u128).map(|number| {
            let length = number as usize % MAX_PIECE + 1;
            let bytes =
                number.wrapping_mul(0x0123_4567_89AB_CDEF_0101_0107) & (u128::MAX / 255 * 127);
            let kept = bytes & !(u128::MAX << (8 * length));
            (kept, length, Key::new(bytes.to_le_bytes(), length))
        });
        let ids = |kept: u128, length: usize| {
            let count = kept as usize % MAX_IDS + 1;
            (0..count as u32)
                .map(|at| (kept as u32 ^ (kept >> 60) as u32 ^ length as u32).wrapping_add(at))
                .collect::<Vec<_>>()
        };
        let mut known = 0;
        for (kept, length, key) in pieces.clone() {
            let (found, count) = memo.get(key);
            if count != 0 {
                assert_eq!(found[..count], ids(kept, length));
            }
            memo.put(key, &ids(kept, length));
            let (found, count) = memo.get(key);
            assert_eq!(found[..count], ids(kept, length));
        }
        for (kept, length, key) in pieces {
            let (found, count) = memo.get(key);
            if count != 0 {
                assert_eq!(found[..count], ids(kept, length));
                known += 1;
            }
        }
        assert!((1000..400_000).contains(&known), "{known}");
    }

    #[test]
    fn a_piece_is_not_taken_for_its_beginning_nor_zeros_for_nothing() {
        let mut memo = IdMemo::new();
        let keys = (1..=MAX_PIECE).map(|length| Key::new([0; 16], length));
        for (key, id) in keys.clone().zip(1..) {
            assert_eq!(memo.get(key).1, 0);
            memo.put(key, &[id]);
        }
        for (key, id) in keys.zip(1..) {
            assert_eq!(memo.get(key), ([id, 0, 0, 0], 1));
        }
    }

    #[test]
    fn more_ids_than_there_is_room_for_are_not_remembered() {
        let mut memo = IdMemo::new();
        let key = Key::new(*b"a piece, and so ", 7);
        memo.put(key, &[1; MAX_IDS + 1]);
        assert_eq!(memo.get(key).1, 0);
    }
}
