//! The merges by what they join: a hash table of the two ids.

use std::hint::{black_box, select_unpredictable};

use super::vocabulary::{LEFT, NONE, PART_BITS, RIGHT, id};
use crate::error::Result;
use crate::pack::{AT_ONCE, corrupt};
use crate::table::zeroed;

/// Ids have 20 bits.
const ID_BITS: u32 = 20;
const SYMBOL_BITS: u32 = ID_BITS + PART_BITS;
const SYMBOL: u64 = (1 << SYMBOL_BITS) - 1;
/// In the second entry of a bucket: entries that belong here are in the next one.
const OVERFLOW: u64 = 1 << SYMBOL_BITS;
/// Below both ids of a pair: what is less has none of their bits.
const PAIR_SHIFT: u32 = SYMBOL_BITS + 1;
const PAIR: u64 = 1 << PAIR_SHIFT;

/// Buckets that an entry may be looked for in. Known vocabularies need fewer than twenty; one that is made to collide is refused,
/// before it takes quadratic time.
const MAX_BUCKETS: usize = 64;

/// Merges whose places are read before they are inserted.
const TOGETHER: usize = 32;

/// Two entries of a pair and its symbol; 0 is empty. An entry that named only the symbol, and left the pair to be looked up by it, would halve
/// the table; but then half as many reads again miss the second-level cache.
#[derive(Clone, Copy, Default)]
#[repr(align(16))]
struct Bucket([u64; 2]);

/// A pair, and the bucket where to look for what it becomes: the empty one if that is nothing.
#[derive(Clone, Copy)]
pub(crate) struct Join {
    pair: u64,
    at: u32,
}

impl Join {
    /// Of nothing.
    pub const NONE: Self = Self { pair: 0, at: 0 };
}

/// See the module.
pub(super) struct PairTable {
    /// The first stays empty; it is what pairs that cannot merge look at.
    buckets: Vec<Bucket>,
    /// How many of the buckets pairs belong to.
    places: u64,
    /// The symbol that each pair of bytes becomes, or [`NONE`]; by the first, and above it the second.
    bytes: Box<[u32; 1 << 16]>,
}

impl PairTable {
    /// Of `pairs`, whose ids count on from `first_id`; `parts` says of each id which part of others it can be.
    pub fn new(pairs: &[(u32, u32)], first_id: u32, parts: &[u8]) -> Result<Self> {
        // A bucket for each, so at most half of the entries are used and every search ends.
        let places = pairs.len() + 1;
        let mut table = Self {
            buckets: vec![Bucket::default(); places + 1],
            places: places as u64,
            bytes: zeroed(),
        };
        for (pairs, id) in pairs.chunks(AT_ONCE).zip((first_id..).step_by(AT_ONCE)) {
            table.insert_all(pairs, id, parts)?;
        }
        Ok(table)
    }

    /// Inserts merges whose ids count on from `id`.
    #[inline(never)]
    fn insert_all(&mut self, pairs: &[(u32, u32)], id: u32, parts: &[u8]) -> Result<()> {
        let ids = (id..).step_by(TOGETHER);
        for (pairs, id) in pairs.chunks(TOGETHER).zip(ids) {
            self.touch_all(pairs);
            for (id, &(left, right)) in (id..).zip(pairs) {
                let symbol = id << PART_BITS | u32::from(parts[id as usize]);
                self.insert(left, right, symbol)?;
            }
        }
        Ok(())
    }

    /// Reads where merges belong. The table is larger than caches: these reads wait for memory together, and the insertions, each of which
    /// decides by what it finds, no more.
    #[inline(always)]
    fn touch_all(&self, pairs: &[(u32, u32)]) {
        let mut read = 0;
        for &(left, right) in pairs {
            let Bucket([newer, _]) = self.buckets[self.place(pair(left, right))];
            read |= newer;
        }
        black_box(read);
    }

    #[inline(always)]
    fn insert(&mut self, left: u32, right: u32, symbol: u32) -> Result<()> {
        if left < 256 && right < 256 {
            self.bytes[(left | right << 8) as usize] = symbol;
        }
        let pair = pair(left, right);
        let entry = pair | u64::from(symbol);
        let at = self.place(pair);
        let Bucket(entries) = &mut self.buckets[at];
        let [newer, older] = *entries;
        // Nearly always. Which of the two is free cannot be predicted, so there is no branch on it.
        if older == 0 && newer ^ entry >= PAIR {
            entries[usize::from(newer != 0)] = entry;
            return Ok(());
        }
        self.insert_from(at, entry)
    }

    #[inline(never)]
    fn insert_from(&mut self, mut at: usize, entry: u64) -> Result<()> {
        for _ in 0..MAX_BUCKETS {
            let Bucket(entries) = &mut self.buckets[at];
            for other in &mut *entries {
                if *other == 0 {
                    *other = entry;
                    return Ok(());
                }
                if *other ^ entry < PAIR {
                    let [other, id] = [*other, entry].map(|entry| id((entry & SYMBOL) as u32));
                    return Err(corrupt(format!("merges {other} and {id} are equal")));
                }
            }
            entries[1] |= OVERFLOW;
            at = self.next(at);
        }
        Err(corrupt(format!(
            "more than {MAX_BUCKETS} buckets of merges are full beside each other"
        )))
    }

    /// Where a pair belongs.
    #[inline(always)]
    fn place(&self, pair: u64) -> usize {
        let hash = pair.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        // The higher half as a fraction of the places: their number need not be a power of two.
        1 + (((hash >> 32) * self.places) >> 32) as usize
    }

    fn next(&self, bucket: usize) -> usize {
        if bucket + 1 < self.buckets.len() {
            bucket + 1
        } else {
            1
        }
    }

    /// What to look for of two ids; nothing where they are not `possible`, which cannot be predicted, so there is no branch on it.
    #[inline(always)]
    pub fn joining(&self, left: u32, right: u32, possible: bool) -> Join {
        let pair = pair(left, right);
        let at = self.place(pair) & usize::from(possible).wrapping_neg();
        Join {
            pair,
            at: at as u32,
        }
    }

    /// Reads memory, and nothing else. What is read does not matter.
    #[inline(always)]
    pub fn touch(&self, join: Join) -> u64 {
        let Bucket([newer, _]) = self.buckets[join.at as usize];
        newer
    }

    /// The symbol of the two ids, or [`NONE`].
    #[inline(always)]
    pub fn joined(&self, join: Join) -> u32 {
        let (symbol, further) = self.look(join);
        if further != 0 {
            return self.find_further(join);
        }
        symbol
    }

    /// The same of two.
    #[inline(always)]
    pub fn joined_both(&self, [one, other]: [Join; 2]) -> [u32; 2] {
        let (first, first_further) = self.look(one);
        let (second, second_further) = self.look(other);
        if first_further | second_further != 0 {
            return self.find_both([one, other]);
        }
        [first, second]
    }

    /// The symbol of a pair if its bucket has it; or else a bit if it may be in the next one. Of one pair in eight the bucket has overflowed,
    /// which cannot be predicted; but hardly ever is it not there.
    ///
    /// The pair is not byte 0 twice: that would look like an empty entry.
    #[inline(always)]
    fn look(&self, Join { pair, at }: Join) -> (u32, u64) {
        let Bucket([newer, older]) = self.buckets[at as usize];
        // Of an entry of the pair only the symbol is left; an empty one has none.
        let found = (newer ^ pair).min(older ^ pair);
        let is_here = found < PAIR;
        (
            select_unpredictable(is_here, (found & SYMBOL) as u32, NONE),
            select_unpredictable(is_here, 0, older & OVERFLOW),
        )
    }

    #[cold]
    #[inline(never)]
    fn find_both(&self, [one, other]: [Join; 2]) -> [u32; 2] {
        [self.joined(one), self.joined(other)]
    }

    #[cold]
    #[inline(never)]
    fn find_further(&self, Join { pair, at }: Join) -> u32 {
        let mut at = at as usize;
        // No entry is further away, however many full buckets follow each other.
        for _ in 1..MAX_BUCKETS {
            at = self.next(at);
            let Bucket([newer, older]) = self.buckets[at];
            let found = (newer ^ pair).min(older ^ pair);
            if found < PAIR {
                return (found & SYMBOL) as u32;
            }
            if older & OVERFLOW == 0 {
                break;
            }
        }
        NONE
    }

    /// The symbol of two bytes, the second above the first, or [`NONE`].
    #[inline(always)]
    pub fn of_bytes(&self, two: u16) -> u32 {
        self.bytes[usize::from(two)]
    }

    /// The symbol of two ids, not both of them byte 0, whichever parts of merges they are; or [`NONE`].
    pub fn get(&self, left: u32, right: u32) -> u32 {
        let pair = pair(left, right);
        let at = self.place(pair) as u32;
        self.joined(Join { pair, at })
    }
}

#[inline(always)]
fn pair(left: u32, right: u32) -> u64 {
    (u64::from(left) << ID_BITS | u64::from(right)) << PAIR_SHIFT
}

/// Of every id which part of merges it can be; merges count on from `first_id`.
pub(super) fn parts(pairs: &[(u32, u32)], first_id: u32) -> Vec<u8> {
    let mut parts = vec![0; first_id as usize + pairs.len()];
    for pairs in pairs.chunks(AT_ONCE) {
        mark_parts(pairs, &mut parts);
    }
    parts
}

/// Notes which tokens are ever the left part of a merge, and which the right.
#[inline(never)]
fn mark_parts(pairs: &[(u32, u32)], parts: &mut [u8]) {
    for &(left, right) in pairs {
        parts[left as usize] |= LEFT as u8;
        parts[right as usize] |= RIGHT as u8;
    }
}

#[cfg(test)]
#[path = "pair_table_tests.rs"]
mod tests;
