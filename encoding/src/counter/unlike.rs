//! Pieces that have to be merged, each once.

use crate::merges::Vocabulary;
use crate::merges::lot::{Lot, Piece};

/// The most pieces: what may be pending, of all lengths.
const CAPACITY: usize = 1024;

/// Binary logarithm of the places by which an equal piece is found, mostly.
const LOG: u32 = 8;

/// Pieces, and how often each was added. In a text the same unknown word often comes more than once.
pub(super) struct Unlike {
    pieces: [Piece; CAPACITY],
    times: [u16; CAPACITY],
    counts: [u32; CAPACITY],
    length: usize,
    /// By hash: which piece was added last.
    latest: [u16; 1 << LOG],
}

impl Default for Unlike {
    fn default() -> Self {
        Self {
            pieces: [Piece::default(); CAPACITY],
            times: [0; CAPACITY],
            counts: [0; CAPACITY],
            length: 0,
            latest: [0; 1 << LOG],
        }
    }
}

impl Unlike {
    /// Adds a piece. Whether it is kept: not if it is found among the others.
    #[inline(always)]
    pub fn add(&mut self, piece: Piece) -> bool {
        let [low, high] = piece.words();
        let hash = (low ^ high.rotate_left(32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let latest = &mut self.latest[(hash >> (u64::BITS - LOG)) as usize];
        // What an earlier lot has left here is another piece, or beyond the length.
        let at = usize::from(*latest) % CAPACITY;
        if at < self.length && self.pieces[at] == piece {
            self.times[at] += 1;
            return false;
        }
        debug_assert!(self.length < CAPACITY, "too many pieces");
        *latest = self.length as u16;
        self.pieces[self.length % CAPACITY] = piece;
        self.times[self.length % CAPACITY] = 1;
        self.length += 1;
        true
    }

    /// The same where it is seldom done: a function of its own takes less room.
    #[inline(never)]
    pub fn add_rarely(&mut self, piece: Piece) -> bool {
        self.add(piece)
    }

    /// Counts their tokens.
    pub fn count(&mut self, vocabulary: &Vocabulary, lot: &mut Lot) {
        let pieces = &self.pieces[..self.length];
        lot.count(vocabulary, pieces, &mut self.counts[..self.length]);
    }

    /// Of the one that was kept as number `index`: its tokens, and those of all that were added.
    #[inline(always)]
    pub fn counted(&self, index: usize) -> (u32, u32) {
        let count = self.counts[index % CAPACITY];
        (count, count * u32::from(self.times[index % CAPACITY]))
    }

    /// Forgets them.
    pub fn clear(&mut self) {
        self.length = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::{CAPACITY, Unlike};
    use crate::merges::Vocabulary;
    use crate::merges::lot::{Lot, Piece};
    use crate::pack::{Kind, Pack};

    #[test]
    fn an_equal_piece_is_kept_once_and_counted_as_often_as_it_came() {
        let pack = Pack::open(include_bytes!("../../packs/o200k_base.pack")).unwrap();
        let Kind::Merges(merges) = pack.kind else {
            panic!("a tiling");
        };
        let vocabulary = Vocabulary::new(&merges).unwrap();
        let mut unlike = Unlike::default();
        let mut lot = Lot::new();
        // What an earlier lot leaves behind must not matter.
        for distinct in [CAPACITY, 3, 100, 1] {
            let piece = |index: usize| {
                let [tens, ones] = [index / 26 % 26, index % 26].map(|i| b'a' + i as u8);
                let bytes = [b'q', b'z', tens, ones, b'0' + (index / 676) as u8, 0, 0, 0];
                Piece::new([u64::from_le_bytes(bytes), 0], 5, true)
            };
            // Each directly after itself, so that nothing can come between.
            for index in 0..distinct {
                assert!(unlike.add(piece(index)));
                assert!(!unlike.add(piece(index)));
            }
            // The same bytes, but shorter.
            let longer = Piece::new([u64::from_le_bytes(*b"qz\0\0\0\0\0\0"), 0], 4, true);
            let shorter = Piece::new(longer.words(), 2, true);
            if distinct + 2 <= CAPACITY {
                assert!(unlike.add(longer) && unlike.add(shorter));
            }
            unlike.count(&vocabulary, &mut lot);
            for index in 0..distinct {
                let (count, of_all) = unlike.counted(index);
                assert!((1..=5).contains(&count));
                assert_eq!(of_all, 2 * count);
            }
            unlike.clear();
        }
    }
}
