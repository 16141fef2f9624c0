//! Remembers the ids of pieces too long for the [`id_memo`](super::id_memo).

use crate::longer_memo::hash;

/// The longest piece that is remembered, so that the table takes 3 MB at most.
const MAX_PIECE: usize = 128;

/// Entries: a piece takes the place of the one before it.
const LOG: u32 = 12;

/// Ids by piece. Copies are compared, so an answer is exact.
#[derive(Default)]
pub(super) struct LongerIdMemo(Vec<Entry>);

/// A piece and its ids.
#[derive(Clone, Default)]
struct Entry {
    piece: Box<[u8]>,
    ids: Box<[u32]>,
}

impl LongerIdMemo {
    /// The ids of the piece; none if it is not remembered.
    pub fn get(&self, piece: &[u8]) -> &[u32] {
        match self.0.get(place(piece)) {
            Some(entry) if *entry.piece == *piece => &entry.ids,
            _ => &[],
        }
    }

    /// Remembers the ids of a piece, unless it is too long.
    pub fn put(&mut self, piece: &[u8], ids: &[u32]) {
        if piece.len() > MAX_PIECE {
            return;
        }
        if self.0.is_empty() {
            self.0.resize(1 << LOG, Entry::default());
        }
        self.0[place(piece)] = Entry {
            piece: piece.into(),
            ids: ids.into(),
        };
    }
}

fn place(piece: &[u8]) -> usize {
    (hash(piece) >> (u64::BITS - LOG)) as usize
}

#[cfg(test)]
mod tests {
    use super::{LongerIdMemo, MAX_PIECE};

    #[test]
    fn an_answer_is_the_pieces_own() {
        let mut memo = LongerIdMemo::default();
        // More than there are places for.
        let pieces = (0..20_000_u32).map(|i| {
            let piece: Vec<u8> = format!("{i},")
                .bytes()
                .cycle()
                .take(16 + i as usize % 100)
                .collect();
            (piece, vec![i; i as usize % 9 + 1])
        });
        let mut known = 0;
        for (piece, ids) in pieces.clone() {
            memo.put(&piece, &ids);
            assert_eq!(memo.get(&piece), ids);
        }
        for (piece, ids) in pieces {
            let found = memo.get(&piece);
            assert!(found.is_empty() || found == ids);
            known += usize::from(found == ids);
        }
        assert!((1_000..5_000).contains(&known), "{known}");
    }

    #[test]
    fn a_piece_that_is_too_long_is_not_remembered() {
        let mut memo = LongerIdMemo::default();
        for length in [MAX_PIECE, MAX_PIECE + 1] {
            let piece = vec![b'x'; length];
            memo.put(&piece, &[7]);
            assert_eq!(memo.get(&piece).len(), usize::from(length == MAX_PIECE));
        }
    }
}
