//! Remembers the counts of pieces of two to four bytes, nearly half of all pieces.
//!
//! An entry is half a word: the key, multiplied by an odd number, which loses nothing; the upper bits of the product are the
//! entry's place, the lower ones are in it, above the count. So an answer is exact. A count is never 0, so zeroed memory
//! is an empty table.

use std::hint::select_unpredictable;

use crate::table::zeroed;

/// The longest piece that fits a key.
pub(crate) const MAX_PIECE: usize = 4;

/// Entries (256 KB).
const LOG: u32 = 16;

/// The highest number that a count may be.
const COUNT: u32 = 7;

/// Counts by piece.
pub(crate) struct TinyMemo(Box<[u32; 1 << LOG]>);

/// A piece; behind a shorter one 0xFF, which is in no text.
#[derive(Clone, Copy, Default)]
pub(crate) struct Key(u32);

impl Key {
    /// The key of the piece of `length` bytes, at most [`MAX_PIECE`], that `bytes` start with.
    #[inline(always)]
    pub fn new(bytes: [u8; 4], length: u32) -> Self {
        Self(u32::from_le_bytes(bytes) | (u64::MAX << (8 * length)) as u32)
    }

    /// The length of the piece.
    #[inline(always)]
    pub fn length(self) -> usize {
        MAX_PIECE - (self.0.leading_ones() / 8) as usize
    }

    /// The piece, with 0xFF behind it.
    #[inline(always)]
    pub fn bytes(self) -> [u8; 4] {
        self.0.to_le_bytes()
    }

    /// Whether it is two bytes, or three ASCII characters.
    #[inline(always)]
    pub fn is_short(self) -> bool {
        (self.0 & 0xFF80_8080 == 0xFF00_0000) | (self.0 >= 0xFFFF_0000)
    }

    /// Whether it is four ASCII characters.
    #[inline(always)]
    pub fn is_four(self) -> bool {
        self.0 & 0x8080_8080 == 0
    }

    /// Where the entry is, and what it is without its count.
    #[inline(always)]
    fn entry(self) -> (usize, u32) {
        let product = self.0.wrapping_mul(0x9E37_79B1);
        ((product >> (32 - LOG)) as usize, product << LOG)
    }
}

impl TinyMemo {
    /// An empty table.
    pub fn new() -> Self {
        Self(zeroed())
    }

    /// The count of the piece; 0 if it is not remembered.
    #[inline(always)]
    pub fn get(&self, key: Key) -> u32 {
        let (place, entry) = key.entry();
        let count = self.0[place] ^ entry;
        select_unpredictable(count <= COUNT, count, 0)
    }

    /// Remembers a count instead of that at its place.
    #[inline(always)]
    pub fn put(&mut self, key: Key, count: u32) {
        self.put_if(true, key, count);
    }

    /// Remembers a count if `new` holds, which could not be predicted.
    #[inline(always)]
    pub fn put_if(&mut self, new: bool, key: Key, count: u32) {
        let (place, entry) = key.entry();
        self.0[place] = select_unpredictable(new, entry | count, self.0[place]);
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, TinyMemo};

    #[test]
    fn an_answer_is_the_pieces_own() {
        let mut memo = TinyMemo::new();
        let pieces = |from: u32| {
            (0..200_000_u32).map(move |i| {
                let bytes = (from + i).wrapping_mul(0x0101_0107).to_le_bytes();
                let length = i % 4 + 1;
                // What follows a piece does not matter.
                let key = Key::new(bytes.map(|byte| byte & 0x7F), length);
                assert_eq!(key.length(), length as usize);
                key
            })
        };
        let count = |key: Key| key.0 % 4 + 1;
        for key in pieces(0) {
            memo.put(key, count(key));
            assert_eq!(memo.get(key), count(key));
        }
        let mut known = 0;
        for key in pieces(0) {
            match memo.get(key) {
                0 => {}
                found => {
                    assert_eq!(found, count(key));
                    known += 1;
                }
            }
        }
        assert!(known > 1000, "{known}");
        let others = pieces(1_000_000).filter(|key| key.length() == 4);
        for key in others {
            assert_eq!(memo.get(key), 0);
        }
    }

    #[test]
    fn a_piece_is_not_taken_for_its_beginning() {
        let mut memo = TinyMemo::new();
        let pieces = [*b"a\0\0\0", *b"bcde", *b"\x7F\x7F\x7F\x7F"];
        let keys = pieces
            .iter()
            .flat_map(|&bytes| (1..=4).map(move |length| Key::new(bytes, length)));
        for (index, key) in keys.clone().enumerate() {
            memo.put(key, index as u32 % 7 + 1);
        }
        for (index, key) in keys.enumerate() {
            assert_eq!(memo.get(key), index as u32 % 7 + 1);
        }
    }
}
