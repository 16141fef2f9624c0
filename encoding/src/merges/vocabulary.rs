//! The merges of an encoding, ready to be looked up.
//!
//! An id is a byte, or a character, or above these the place of a merge in the pack. Counting needs no other ids. Among the
//! merges that a text allows, the one with the lowest id goes first, leftmost first among equals.
//!
//! A *symbol* is an id with two bits below it that say whether the token is ever the left or the right part of a merge: three of
//! four are neither, so that most lookups end before they begin. No symbol that a merge makes is 0.

use std::collections::HashSet;

use super::characters::Characters;
use super::edges::{ThreeBytes, is_continuation};
use super::later::Later;
use super::pair_table::{self, Join, PairTable};
use super::short_tokens::ShortTokens;
use crate::error::Result;
use crate::pack::{Merges, Symbols};

/// No merge.
pub(crate) const NONE: u32 = 0;

/// The bits of a symbol that say which parts of merges it can be.
pub(super) const LEFT: u32 = 1;
pub(super) const RIGHT: u32 = 2;
pub(super) const PART_BITS: u32 = 2;

/// Lookup tables of the merges.
pub(crate) struct Vocabulary {
    table: PairTable,
    /// The symbol of each byte.
    first: [u32; 256],
    /// The id of the first merge.
    first_id: u32,
    /// What merges start from, when not from bytes.
    characters: Option<Characters>,
    /// Pieces that are one token though no merges make them.
    wholes: HashSet<Box<[u8]>>,
    /// Elsewhere, so that nothing here ever changes: what a loop needs of it is then read once.
    later: Box<Later>,
}

impl Vocabulary {
    /// Builds the tables.
    pub fn new(merges: &Merges<'_>) -> Result<Self> {
        let first_id = merges.first_id();
        let pairs = merges.pairs()?;
        let parts = pair_table::parts(&pairs, first_id);
        let symbol = |id: u32| id << PART_BITS | u32::from(parts[id as usize]);
        Ok(Self {
            first: std::array::from_fn(|byte| symbol(byte as u32)),
            first_id,
            characters: match &merges.symbols {
                Symbols::Bytes => None,
                Symbols::Characters(characters) => Some(Characters::new(characters, symbol)),
            },
            wholes: merges.wholes()?.into_iter().map(Box::from).collect(),
            table: PairTable::new(&pairs, first_id, &parts)?,
            later: Box::new(Later::new(pairs)),
        })
    }

    /// The characters that merges start from; `None` when they start from bytes.
    #[inline(always)]
    pub fn characters(&self) -> Option<&Characters> {
        self.characters.as_ref()
    }

    /// Whether all tokens are made by merges, and from bytes.
    #[inline(always)]
    pub fn is_plain(&self) -> bool {
        self.characters.is_none() && !self.has_wholes()
    }

    /// Whether some pieces are one token though no merges make them.
    #[inline(always)]
    pub fn has_wholes(&self) -> bool {
        !self.wholes.is_empty()
    }

    /// Whether `piece` is such a one.
    #[inline]
    pub fn is_whole(&self, piece: &[u8]) -> bool {
        self.has_wholes() && self.wholes.contains(piece)
    }

    /// The symbol of a byte.
    #[inline(always)]
    pub fn byte(&self, byte: u8) -> u32 {
        self.first[usize::from(byte)]
    }

    /// The symbol that two adjacent bytes become, or [`NONE`].
    #[inline(always)]
    pub fn join_bytes(&self, left: u8, right: u8) -> u32 {
        self.table.of_bytes(u16::from_le_bytes([left, right]))
    }

    /// The symbol that the byte at a place of a text and the next one become; only these two of what is given matter.
    #[inline(always)]
    pub fn join_two(&self, bytes: u64) -> u32 {
        self.table.of_bytes(bytes as u16)
    }

    /// The shortest tokens, once short pieces were unknown often enough. They tell how many tokens a short piece is where the vocabulary
    /// [is plain](Self::is_plain).
    #[inline(always)]
    pub fn short_tokens(&self) -> Option<&ShortTokens> {
        self.later.short_tokens(self)
    }

    /// What [`Vocabulary::join`] gives; the faster way when they are mostly bytes.
    #[inline(always)]
    pub fn join_first(&self, left: u32, right: u32) -> u32 {
        if id(left | right) < 256 {
            self.table.of_bytes((id(left) | id(right) << 8) as u16)
        } else {
            self.join_rarely(left, right)
        }
    }

    /// The symbol that two adjacent symbols become, not both of them byte 0, or [`NONE`].
    #[inline(always)]
    pub fn join(&self, left: u32, right: u32) -> u32 {
        self.joined(self.joining(left, right))
    }

    /// The same where it is seldom asked for: a function of its own takes less room.
    #[inline(never)]
    pub fn join_rarely(&self, left: u32, right: u32) -> u32 {
        self.join(left, right)
    }

    /// The first of three steps of a join. A step of several joins is done before the next one, so that they wait for memory together.
    #[inline(always)]
    pub fn joining(&self, left: u32, right: u32) -> Join {
        let possible = left & LEFT & right >> 1 != 0;
        self.table.joining(id(left), id(right), possible)
    }

    /// The second step: reads memory, and nothing else, so that as many reads as possible are on their way. What is read does not matter.
    #[inline(always)]
    pub fn touch(&self, join: Join) -> u64 {
        self.table.touch(join)
    }

    /// The last step: the symbol that the two become, or [`NONE`].
    #[inline(always)]
    pub fn joined(&self, join: Join) -> u32 {
        self.table.joined(join)
    }

    /// The last step of two joins.
    #[inline(always)]
    pub fn joined_both(&self, joins: [Join; 2]) -> [u32; 2] {
        self.table.joined_both(joins)
    }

    /// The id that two adjacent ids become, if any.
    pub fn merge(&self, left: u32, right: u32) -> Option<u32> {
        let symbol = self.symbol(left, right);
        (symbol != NONE).then_some(id(symbol))
    }

    /// The symbol that two adjacent ids become, or [`NONE`].
    pub fn symbol(&self, left: u32, right: u32) -> u32 {
        if left | right < 256 {
            return self.table.of_bytes((left | right << 8) as u16);
        }
        self.table.get(left, right)
    }

    /// The symbol of the closed character that `bytes` start with.
    ///
    /// A character of three bytes is closed when, after a byte that is not ASCII or at the start, it becomes one token before
    /// any merge with its neighbours can touch it. A merge may then start from that token instead of its bytes.
    #[inline]
    pub fn closed(&self, bytes: &[u8]) -> Option<u32> {
        let character = bytes.first_chunk()?;
        let followed = bytes.get(3).is_some_and(|&byte| is_continuation(byte));
        if followed {
            return None;
        }
        self.three_bytes(1)?.closed(*character)
    }

    /// What characters of three bytes become, once it has been asked for often enough; `times` is how often this is.
    #[inline(always)]
    pub fn three_bytes(&self, times: u32) -> Option<&ThreeBytes> {
        self.later.three_bytes(self, times)
    }

    /// Bytes of the longest token that merges make, at most.
    pub fn longest(&self) -> usize {
        self.later.longest(self)
    }

    /// All merges in the order of their ids, unless the characters have been found out.
    #[cfg(test)]
    pub fn pairs(&self) -> Vec<(u32, u32)> {
        self.later.pairs().clone()
    }

    /// The id of the first merge.
    pub fn first_id(&self) -> u32 {
        self.first_id
    }
}

/// The id of a symbol.
#[inline(always)]
pub(crate) fn id(symbol: u32) -> u32 {
    symbol >> PART_BITS
}
