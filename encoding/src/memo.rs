//! Remembers the counts of short pieces, which are most of every text and repeat.
//!
//! An entry is 16 bytes: up to 15 bytes of piece, four bits of its length, four bits of its count. The whole piece is compared,
//! so an answer is exact. A count is never 0, so zeroed memory is an empty table and costs nothing until touched.

/// The longest piece that fits an entry.
pub(crate) const MAX_PIECE: usize = 15;

/// A table starts with this many pairs of entries (256 KB) and doubles once while pieces keep missing. What does not fit is
/// merged anew, which takes less time than all pieces would lose to memory further away.
const FIRST_LOG: u32 = 13;
const LAST_LOG: u32 = 14;

/// The count, above the length and the bytes 8 to 14.
const COUNT_SHIFT: u32 = 60;
const LENGTH_SHIFT: u32 = 56;

/// Counts by piece.
pub(crate) struct Memo {
    pairs: Vec<Pair>,
    log: u32,
    misses: usize,
}

/// Bytes 0 to 7 of a piece, and the rest with its length and count. Two words, because WebAssembly has none of 128 bits.
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
    /// The key of `text[start..end]`, of 1 to [`MAX_PIECE`] bytes.
    #[inline]
    pub fn new(text: &[u8], start: usize, end: usize) -> Self {
        let length = end - start;
        match text[start..].first_chunk::<16>() {
            Some(bytes) => Self::of(bytes, length),
            None => {
                let mut bytes = [0; 16];
                bytes[..length].copy_from_slice(&text[start..end]);
                Self::of(&bytes, length)
            }
        }
    }

    /// The key of the piece of `length` bytes, 1 to [`MAX_PIECE`], that `bytes` start with.
    #[inline(always)]
    pub fn of(bytes: &[u8; 16], length: usize) -> Self {
        let (halves, _) = bytes.as_chunks::<8>();
        let (low_mask, high_mask) = MASKS[length & 15];
        Self(Entry {
            low: u64::from_le_bytes(halves[0]) & low_mask,
            high: u64::from_le_bytes(halves[1]) & high_mask | (length as u64) << LENGTH_SHIFT,
        })
    }

    /// The key of a piece of up to seven bytes, which has its length above it.
    #[inline(always)]
    pub fn of_short(bits: u64) -> Self {
        let high = bits & u64::MAX << LENGTH_SHIFT;
        Self(Entry {
            low: bits ^ high,
            high,
        })
    }

    /// A piece of up to seven bytes, with its length above it.
    #[inline(always)]
    pub fn short_bits(self) -> u64 {
        self.0.low | self.0.high
    }

    /// The length of the piece.
    #[inline(always)]
    pub fn length(self) -> usize {
        (self.0.high >> LENGTH_SHIFT) as usize & 15
    }

    /// The piece, with something behind it, and its length.
    #[inline(always)]
    pub fn piece(self) -> ([u8; 16], usize) {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.0.low.to_le_bytes());
        bytes[8..].copy_from_slice(&self.0.high.to_le_bytes());
        (bytes, (self.0.high >> LENGTH_SHIFT) as usize & 15)
    }
}

/// By length: the bits of a piece in the two words that hold it.
static MASKS: [(u64, u64); 16] = {
    let mut masks = [(0, 0); 16];
    let mut length = 0;
    while length < 16 {
        let bits = (1_u128 << (8 * length)) - 1;
        masks[length] = (bits as u64, (bits >> 64) as u64);
        length += 1;
    }
    masks
};

impl Memo {
    /// An empty table.
    pub fn new() -> Self {
        Self {
            pairs: vec![Pair::default(); 1 << FIRST_LOG],
            log: FIRST_LOG,
            misses: 0,
        }
    }

    /// The count of the piece; 0 if it is not remembered.
    #[inline(always)]
    pub fn get(&mut self, key: Key) -> u32 {
        let slot = self.slot(key);
        let pair = &mut self.pairs[slot];
        let (first, second) = (pair.first.count_if(key), pair.second.count_if(key));
        if second != 0 {
            *pair = Pair {
                first: pair.second,
                second: pair.first,
            };
        }
        (first | second) as u32
    }

    /// Remembers a count, which is at most the piece's length. The key is not in the table.
    pub fn put(&mut self, key: Key, count: u32) {
        self.misses += 1;
        if self.misses > self.pairs.len() && self.log < LAST_LOG {
            self.grow();
        }
        self.insert(Entry {
            low: key.0.low,
            high: key.0.high | u64::from(count) << COUNT_SHIFT,
        });
    }

    fn insert(&mut self, entry: Entry) {
        let slot = self.slot(Key(entry));
        let pair = &mut self.pairs[slot];
        let place = if pair.first.high == 0 {
            &mut pair.first
        } else {
            &mut pair.second
        };
        *place = entry;
    }

    fn grow(&mut self) {
        self.misses = 0;
        self.log += 1;
        let empty = vec![Pair::default(); 1 << self.log];
        for pair in std::mem::replace(&mut self.pairs, empty) {
            for entry in [pair.first, pair.second] {
                if entry.high != 0 {
                    self.insert(entry);
                }
            }
        }
    }

    #[inline(always)]
    fn slot(&self, key: Key) -> usize {
        let high = key.0.high << (64 - COUNT_SHIFT);
        let low = key.0.low.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (low ^ low >> 32).wrapping_add(high.wrapping_mul(0xC2B2_AE3D_27D4_EB4F));
        (mixed.wrapping_mul(0xD6E8_FEB8_6659_FD93) >> (64 - self.log)) as usize
    }
}

impl Entry {
    /// The count, or 0 when this is another piece's. A key has a length, so it never equals an empty entry.
    #[inline(always)]
    fn count_if(self, key: Key) -> u64 {
        let rest = (self.high ^ key.0.high) << (64 - COUNT_SHIFT);
        let same = self.low ^ key.0.low | rest == 0;
        (self.high >> COUNT_SHIFT) & u64::from(same).wrapping_neg()
    }
}
