//! The merges of an encoding, ready to be looked up.
//!
//! An id is a byte, or 256 plus the place of a merge in the pack. Counting needs no other ids. Among the
//! merges that a text allows, the one with the lowest id goes first, leftmost first among equals.

use super::edges::{Edges, code_point, is_continuation};
use super::pack::{Pack, corrupt};
use crate::error::Result;

/// No merge.
pub(super) const NONE: u32 = u32::MAX;

/// Lookup tables of the merges.
pub(super) struct Vocabulary {
    /// Open addressing over pairs; an entry is `left << 40 | right << 20 | id`, and 0 is empty.
    slots: Vec<u64>,
    /// `64 - log2(slots)`.
    shift: u32,
    /// The id of each pair of bytes, or [`NONE`].
    bytes: Vec<u32>,
    /// Whether a token is ever the left part (bit 0), the right part (bit 1): three of four are neither.
    parts: Vec<u8>,
    /// By merge: see [`Vocabulary::level`].
    levels: Vec<u16>,
    /// The highest level.
    height: u16,
    /// By code point below 2^16: the token of a closed character, or 0. See [`Vocabulary::closed`].
    closed: Vec<u32>,
}

impl Vocabulary {
    /// Builds the tables.
    pub fn new(pack: &Pack<'_>) -> Result<Self> {
        let size = 256 + pack.len();
        let log = (pack.len() * 2).next_power_of_two().max(2).ilog2();
        let mut vocabulary = Self {
            slots: vec![0; 1 << log],
            shift: 64 - log,
            bytes: vec![NONE; 1 << 16],
            parts: vec![0; size],
            levels: Vec::with_capacity(pack.len()),
            height: 0,
            closed: vec![0; 1 << 16],
        };
        let mut edges = Edges::new(size);
        // The highest level so far of a merge that has the token on the left, or on the right.
        let mut as_left = vec![0_u16; size];
        let mut as_right = vec![0_u16; size];
        let mut id = 256_u32;
        pack.merges(|left, right| {
            let (l, r) = (left as usize, right as usize);
            vocabulary.insert(left, right, id)?;
            if let Some(code) = edges.closed_character(left, right, &vocabulary) {
                vocabulary.closed[code] = id;
            }
            edges.merge(left, right);
            let level = as_right[l]
                .max(as_left[r])
                .max(vocabulary.level(left))
                .max(vocabulary.level(right))
                .checked_add(1)
                .ok_or_else(|| corrupt("more than 65535 levels of merges".to_owned()))?;
            vocabulary.levels.push(level);
            vocabulary.height = vocabulary.height.max(level);
            as_left[l] = as_left[l].max(level);
            as_right[r] = as_right[r].max(level);
            id += 1;
            Ok(())
        })?;
        Ok(vocabulary)
    }

    fn insert(&mut self, left: u32, right: u32, id: u32) -> Result<()> {
        let key = key(left, right);
        let mut slot = self.slot(key);
        while self.slots[slot] != 0 {
            if self.slots[slot] >> 20 == key {
                return Err(corrupt(format!(
                    "merges {} and {id} are equal",
                    self.slots[slot] & 0xF_FFFF
                )));
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        self.slots[slot] = key << 20 | u64::from(id);
        self.parts[left as usize] |= 1;
        self.parts[right as usize] |= 2;
        if left < 256 && right < 256 {
            self.bytes[(left << 8 | right) as usize] = id;
        }
        Ok(())
    }

    #[inline]
    fn slot(&self, key: u64) -> usize {
        (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift) as usize
    }

    /// The token that two adjacent bytes become, or [`NONE`].
    #[inline]
    pub fn merge_bytes(&self, left: u8, right: u8) -> u32 {
        self.bytes[usize::from(left) << 8 | usize::from(right)]
    }

    /// The token that two adjacent tokens become, or [`NONE`]; the faster way when they are mostly bytes.
    #[inline]
    pub fn merge_first(&self, left: u32, right: u32) -> u32 {
        if left < 256 && right < 256 {
            self.bytes[(left << 8 | right) as usize]
        } else {
            self.merge(left, right)
        }
    }

    /// The token of the closed character that `bytes` start with.
    ///
    /// A character of three bytes is closed when, after a byte that is not ASCII or at the start, it becomes one token before
    /// any merge with its neighbours can touch it. A merge may then start from that token instead of its bytes.
    #[inline]
    pub fn closed(&self, bytes: &[u8]) -> Option<u32> {
        let character = bytes.first_chunk()?;
        let followed = bytes.get(3).is_some_and(|&byte| is_continuation(byte));
        let token = self.closed[code_point(*character)?];
        (token != 0 && !followed).then_some(token)
    }

    /// The token that two adjacent tokens become, or [`NONE`].
    #[inline]
    pub fn merge(&self, left: u32, right: u32) -> u32 {
        if self.parts[left as usize] & 1 == 0 || self.parts[right as usize] & 2 == 0 {
            return NONE;
        }
        let key = key(left, right);
        let mut slot = self.slot(key);
        loop {
            let entry = self.slots[slot];
            if entry >> 20 == key && entry != 0 {
                return (entry & 0xF_FFFF) as u32;
            }
            if entry == 0 {
                return NONE;
            }
            // The table is at most half full, so this ends.
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    /// The level of the merge that makes `id`; 0 for a byte.
    ///
    /// Two merges of one level cannot collide: neither feeds the other, and they never want the same token. So
    /// merging level by level, in any order within a level, gives what merging by id gives.
    #[inline]
    pub fn level(&self, id: u32) -> u16 {
        match (id as usize).checked_sub(256) {
            Some(merge) => self.levels[merge],
            None => 0,
        }
    }

    /// The highest level.
    pub fn height(&self) -> u16 {
        self.height
    }
}

#[inline]
fn key(left: u32, right: u32) -> u64 {
    u64::from(left) << 20 | u64::from(right)
}
