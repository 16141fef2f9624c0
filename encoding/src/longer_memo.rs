//! Remembers the counts of pieces too long for the [`memo`](crate::memo): words of three-byte letters, clauses without blanks.

/// The longest piece that is remembered.
pub(crate) const MAX_PIECE: usize = 512;

/// Entries, 16 bytes each.
const SLOTS_LOG: u32 = 14;

/// Bytes of remembered pieces; when they are full, all are forgotten.
const CAPACITY: usize = 1 << 20;

/// A hash, where the piece's copy starts, its length and its count; a length of 0 is an empty entry.
#[derive(Clone, Copy, Default)]
struct Entry {
    hash: u64,
    start: u32,
    length: u16,
    count: u16,
}

/// Counts by piece. Copies are compared, so an answer is exact.
pub(crate) struct LongerMemo {
    entries: Vec<Entry>,
    copies: Vec<u8>,
}

/// The hash of a piece, taken once for both calls.
#[inline]
pub(crate) fn hash(piece: &[u8]) -> u64 {
    let step = |sum: u64, word: u64| {
        let sum = (sum ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        sum ^ sum >> 29
    };
    let (words, rest) = piece.as_chunks::<8>();
    let sum = words.iter().fold(piece.len() as u64, |sum, word| {
        step(sum, u64::from_le_bytes(*word))
    });
    let last = rest
        .iter()
        .rev()
        .fold(0, |word, &b| word << 8 | u64::from(b));
    step(sum, last)
}

impl LongerMemo {
    /// An empty table.
    pub fn new() -> Self {
        Self {
            entries: Vec::new(),
            copies: Vec::new(),
        }
    }

    /// The count of the piece, if it is remembered.
    #[inline]
    pub fn get(&self, hash: u64, piece: &[u8]) -> Option<u32> {
        let entry = self.entries.get(slot(hash))?;
        let start = entry.start as usize;
        let same = entry.hash == hash
            && self.copies.get(start..start + usize::from(entry.length)) == Some(piece);
        same.then_some(u32::from(entry.count))
    }

    /// Remembers the count of a piece of at most [`MAX_PIECE`] bytes.
    pub fn put(&mut self, hash: u64, piece: &[u8], count: u32) {
        if self.entries.is_empty() || self.copies.len() + piece.len() > CAPACITY {
            self.entries.clear();
            self.entries.resize(1 << SLOTS_LOG, Entry::default());
            self.copies.clear();
        }
        self.entries[slot(hash)] = Entry {
            hash,
            start: self.copies.len() as u32,
            length: piece.len() as u16,
            count: count as u16,
        };
        self.copies.extend_from_slice(piece);
    }
}

#[inline]
fn slot(hash: u64) -> usize {
    (hash >> (64 - SLOTS_LOG)) as usize
}

#[cfg(test)]
mod tests {
    use super::{CAPACITY, LongerMemo, MAX_PIECE, hash};

    /// More than are remembered at once, of many lengths; some begin alike.
    fn pieces() -> impl Iterator<Item = Vec<u8>> {
        (0..20_000_usize).map(|i| {
            let number = (i / 2).to_string();
            number
                .bytes()
                .cycle()
                .take(16 + i * 7 % (MAX_PIECE - 15))
                .collect()
        })
    }

    #[test]
    fn an_answer_is_the_pieces_own() {
        let count = |piece: &[u8]| piece.len() as u32 % 500 + u32::from(piece[0] % 10);
        let mut memo = LongerMemo::new();
        let (mut bytes, mut again) = (0, 0);
        for piece in pieces() {
            assert!(piece.len() <= MAX_PIECE);
            let hash = hash(&piece);
            match memo.get(hash, &piece) {
                Some(found) => assert_eq!(found, count(&piece)),
                None => memo.put(hash, &piece, count(&piece)),
            }
            assert_eq!(memo.get(hash, &piece), Some(count(&piece)));
            bytes += piece.len();
        }
        assert!(bytes > 2 * CAPACITY, "it forgets");
        assert!(memo.copies.len() <= CAPACITY);
        for piece in pieces() {
            if let Some(found) = memo.get(hash(&piece), &piece) {
                assert_eq!(found, count(&piece));
                again += 1;
            }
        }
        assert!(again > 100, "{again}");
    }

    #[test]
    fn an_equal_hash_is_not_an_equal_piece() {
        let mut memo = LongerMemo::new();
        memo.put(7, &[b'a'; 20], 3);
        assert_eq!(memo.get(7, &[b'a'; 20]), Some(3));
        assert_eq!(memo.get(7, &[b'a'; 19]), None);
        assert_eq!(memo.get(7, &[b'b'; 20]), None);
    }
}
