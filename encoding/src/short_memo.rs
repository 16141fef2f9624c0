//! Remembers the counts of the shortest pieces, nine of ten in most texts.
//!
//! An entry is one word: up to seven bytes of piece, four bits of its length, four bits of its count. The whole piece is compared,
//! so an answer is exact. A count is never 0, so zeroed memory is an empty table and costs nothing until touched.

use std::hint::select_unpredictable;

/// The longest piece that fits an entry.
pub(crate) const MAX_PIECE: usize = 7;

/// A table starts with this many buckets (32 KB) and grows while pieces keep missing, up to 2 MB: larger than a
/// first-level cache, but a miss costs more than ten cache misses.
const FIRST_LOG: u32 = 10;
const LAST_LOG: u32 = 16;
const GROWTH_LOG: u32 = 2;

const WAYS: usize = 4;

const COUNT_SHIFT: u32 = 60;
const LENGTH_SHIFT: u32 = 56;

/// The places an entry may have, newest first. They share a cache line.
#[derive(Clone, Copy, Default)]
#[repr(align(32))]
struct Bucket([u64; WAYS]);

/// Entries of the front (128 KB), which has the latest of those that it could hold at a place.
const FRONT_LOG: u32 = 14;

/// Counts by piece.
pub(crate) struct ShortMemo {
    front: Vec<u64>,
    buckets: Vec<Bucket>,
    log: u32,
    misses: usize,
}

/// A piece and its length, without the count.
#[derive(Clone, Copy)]
pub(crate) struct Key(u64);

impl Key {
    /// The key of the piece of `length` bytes, 1 to [`MAX_PIECE`], that `bytes` start with.
    #[inline(always)]
    pub fn new(bytes: [u8; 8], length: usize) -> Self {
        let mask = (1 << (8 * length as u32 % 64)) - 1;
        Self(u64::from_le_bytes(bytes) & mask | (length as u64) << LENGTH_SHIFT)
    }
}

impl ShortMemo {
    /// An empty table.
    pub fn new() -> Self {
        Self {
            front: vec![0; 1 << FRONT_LOG],
            buckets: vec![Bucket::default(); 1 << FIRST_LOG],
            log: FIRST_LOG,
            misses: 0,
        }
    }

    /// The count of the piece if it was among the latest, else 0.
    #[inline(always)]
    pub fn get_latest(&self, key: Key) -> u32 {
        let entry = self.front[place(key.0, FRONT_LOG)];
        // A key has a length, so it never equals an empty entry.
        let same = (entry ^ key.0) << (64 - COUNT_SHIFT) == 0;
        select_unpredictable(same, (entry >> COUNT_SHIFT) as u32, 0)
    }

    /// The count of the piece; 0 if it is not remembered.
    #[inline(always)]
    pub fn get(&mut self, key: Key) -> u32 {
        let Bucket(entries) = self.buckets[place(key.0, self.log)];
        // Which of them it is cannot be predicted, so there is no branch on it.
        let found = entries.map(|entry| {
            let same = (entry ^ key.0) << (64 - COUNT_SHIFT) == 0;
            select_unpredictable(same, entry, 0)
        });
        let found = found[0] | found[1] | (found[2] | found[3]);
        // A branch on it would wait for the table's memory. What is not found will be put here soon.
        self.front[place(key.0, FRONT_LOG)] = found;
        (found >> COUNT_SHIFT) as u32
    }

    /// Remembers a count, which is at most the piece's length. The key is not in the table.
    pub fn put(&mut self, key: Key, count: u32) {
        self.misses += 1;
        if self.misses > self.buckets.len() && self.log < LAST_LOG {
            self.grow();
        }
        let entry = key.0 | u64::from(count) << COUNT_SHIFT;
        self.front[place(key.0, FRONT_LOG)] = entry;
        self.insert(entry);
    }

    /// The oldest of a full bucket is forgotten.
    fn insert(&mut self, entry: u64) {
        let key = entry << (64 - COUNT_SHIFT) >> (64 - COUNT_SHIFT);
        let Bucket(entries) = &mut self.buckets[place(key, self.log)];
        *entries = [entry, entries[0], entries[1], entries[2]];
    }

    #[cold]
    fn grow(&mut self) {
        self.misses = 0;
        self.log += GROWTH_LOG;
        let empty = vec![Bucket::default(); 1 << self.log];
        for Bucket(entries) in std::mem::replace(&mut self.buckets, empty) {
            for &entry in entries.iter().rev().filter(|&&entry| entry != 0) {
                self.insert(entry);
            }
        }
    }
}

#[inline(always)]
fn place(key: u64, log: u32) -> usize {
    (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - log)) as usize
}
