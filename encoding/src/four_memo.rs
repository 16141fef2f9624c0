//! Remembers the counts of pieces of four bytes.
//!
//! An entry is half a word: the piece, multiplied by an odd number, which loses nothing; the upper bits of the product are the
//! entry's place, the lower ones are in it, above the count. So an answer is exact. A count is never 0, so zeroed memory
//! is an empty table.

use crate::table::zeroed;

/// Entries (128 KB).
const LOG: u32 = 15;

const COUNT: u32 = 7;

/// Counts by piece.
pub(crate) struct FourMemo(Box<[u32; 1 << LOG]>);

impl FourMemo {
    /// An empty table.
    pub fn new() -> Self {
        Self(zeroed())
    }

    /// The count of the piece; 0 if it is not remembered.
    #[inline(always)]
    pub fn get(&self, piece: u32) -> u32 {
        let product = piece.wrapping_mul(0x9E37_79B1);
        let other = self.0[(product >> (32 - LOG)) as usize] ^ product << LOG;
        if other <= COUNT { other } else { 0 }
    }

    /// Remembers a count instead of that at its place.
    #[inline(always)]
    pub fn put(&mut self, piece: u32, count: u32) {
        let product = piece.wrapping_mul(0x9E37_79B1);
        self.0[(product >> (32 - LOG)) as usize] = product << LOG | count;
    }
}

#[cfg(test)]
mod tests {
    use super::FourMemo;

    #[test]
    fn an_answer_is_the_pieces_own() {
        let mut memo = FourMemo::new();
        let pieces =
            |from: u32| (0..200_000_u32).map(move |i| (from + i).wrapping_mul(0x0101_0107));
        let count = |piece: u32| piece % 4 + 1;
        for piece in pieces(0) {
            memo.put(piece, count(piece));
            assert_eq!(memo.get(piece), count(piece));
        }
        let mut known = 0;
        for piece in pieces(0) {
            match memo.get(piece) {
                0 => {}
                found => {
                    assert_eq!(found, count(piece));
                    known += 1;
                }
            }
        }
        assert!(known > 1000, "{known}");
        for piece in pieces(1_000_000) {
            assert_eq!(memo.get(piece), 0);
        }
    }
}
