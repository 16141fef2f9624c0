//! The merges of an encoding, ready to be looked up.
//!
//! An id is a byte, or a character, or above these the place of a merge in the pack. Counting needs no other ids. Among the
//! merges that a text allows, the one with the lowest id goes first, leftmost first among equals.
//!
//! A *symbol* is an id with two bits below it that say whether the token is ever the left or the right part of a merge: three of
//! four are neither, so that most lookups end before they begin. No symbol that a merge makes is 0.

use std::collections::HashSet;
use std::hint::{black_box, select_unpredictable};

use super::characters::Characters;
use super::edges::{ThreeBytes, is_continuation};
use super::known_tokens::KnownTokens;
use super::later::Later;
use super::short_tokens::{self, ShortTokens};
use crate::error::Result;
use crate::pack::{AT_ONCE, Merges, Symbols, corrupt};
use crate::table::zeroed;

/// No merge.
pub(crate) const NONE: u32 = 0;

/// The bits of a symbol that say which parts of merges it can be.
const LEFT: u32 = 1;
const RIGHT: u32 = 2;
const PART_BITS: u32 = 2;

/// Ids have 20 bits.
const ID_BITS: u32 = 20;
const SYMBOL_BITS: u32 = ID_BITS + PART_BITS;
const SYMBOL: u64 = (1 << SYMBOL_BITS) - 1;
/// In the second entry of a bucket: entries that belong here are in the next one.
const OVERFLOW: u64 = 1 << SYMBOL_BITS;
/// Below both ids of a pair: what is less has none of their bits.
const PAIR_SHIFT: u32 = SYMBOL_BITS + 1;
const PAIR: u64 = 1 << PAIR_SHIFT;

/// Buckets that an entry may be looked for in. The vocabularies known need fewer than ten; one that is made to collide is refused,
/// before it takes quadratic time.
const MAX_BUCKETS: usize = 64;

/// Merges whose places are read before they are inserted.
const TOGETHER: usize = 32;

/// Two entries of a pair and its symbol; 0 is empty.
#[derive(Clone, Copy, Default)]
#[repr(align(16))]
struct Bucket([u64; 2]);

/// Two symbols, and the bucket where to look for what they become: the empty one if that is nothing.
#[derive(Clone, Copy)]
pub(crate) struct Join {
    pair: u64,
    at: u32,
}

impl Join {
    /// Of nothing.
    pub const NONE: Self = Self { pair: 0, at: 0 };
}

/// Lookup tables of the merges.
pub(crate) struct Vocabulary {
    /// A hash table whose first bucket stays empty; it is what pairs that cannot merge look at.
    buckets: Vec<Bucket>,
    /// By bucket: a bit for each of eight kinds of pairs that belong there. Most pairs that do not merge are found out here, in an
    /// eighth of the memory or less, and memory is what a merge waits for.
    kinds: Vec<u8>,
    /// The number of buckets, a power of two, less 1.
    mask: usize,
    /// The symbol of each byte.
    first: [u32; 256],
    /// The symbol that each pair of bytes becomes, or [`NONE`]; by the first, and above it the second.
    bytes: Box<[u32; 1 << 16]>,
    /// The id of the first merge.
    first_id: u32,
    /// The shortest tokens.
    short: ShortTokens,
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
        let mut parts = vec![0_u8; first_id as usize + pairs.len()];
        for pairs in pairs.chunks(AT_ONCE) {
            mark_parts(pairs, &mut parts);
        }
        // At most half of the entries are used, so every search ends.
        let log = pairs.len().next_power_of_two().max(2).ilog2();
        let symbol = |id: u32| id << PART_BITS | u32::from(parts[id as usize]);
        let mut vocabulary = Self {
            buckets: vec![Bucket::default(); (1 << log) + 1],
            kinds: vec![0; (1 << log) + 1],
            mask: (1 << log) - 1,
            first: std::array::from_fn(|byte| symbol(byte as u32)),
            bytes: zeroed(),
            short: ShortTokens::new(),
            first_id,
            characters: match &merges.symbols {
                Symbols::Bytes => None,
                Symbols::Characters(characters) => Some(Characters::new(characters, symbol)),
            },
            wholes: merges.wholes()?.into_iter().map(Box::from).collect(),
            later: Box::new(Later::new(Vec::new())),
        };
        for (pairs, id) in pairs.chunks(AT_ONCE).zip((first_id..).step_by(AT_ONCE)) {
            vocabulary.insert_all(pairs, id, &parts)?;
        }
        vocabulary
            .short
            .note_all(&pairs, first_id, &vocabulary.bytes[..]);
        vocabulary.later = Box::new(Later::new(pairs));
        Ok(vocabulary)
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
            let Bucket([newer, _]) = self.buckets[self.bucket(pair(left, right)).0];
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
        let (at, kind) = self.bucket(pair);
        self.kinds[at] |= 1 << kind;
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
                    let [other, id] = [*other, entry].map(|entry| (entry & SYMBOL) >> PART_BITS);
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

    /// Where a pair belongs, and which of eight kinds it is.
    #[inline(always)]
    fn bucket(&self, pair: u64) -> (usize, u32) {
        let hash = pair.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        // By constants: a processor shifts by a variable with one register only.
        let at = (hash >> (64 - ID_BITS)) as usize & self.mask;
        let kind = (hash >> (61 - ID_BITS)) as u32 & 7;
        (at + 1, kind)
    }

    fn next(&self, bucket: usize) -> usize {
        if bucket + 1 < self.buckets.len() {
            bucket + 1
        } else {
            1
        }
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
        self.bytes[usize::from(left) | usize::from(right) << 8]
    }

    /// The symbol that the byte at a place of a text and the next one become; only these two of what is given matter.
    #[inline(always)]
    pub fn join_two(&self, bytes: u64) -> u32 {
        self.bytes[usize::from(bytes as u16)]
    }

    /// How many tokens four ASCII characters are that are not one token, where the vocabulary [is plain](Self::is_plain).
    #[inline(always)]
    pub fn count_four(&self, bytes: [u8; 4]) -> u32 {
        short_tokens::count_four(&self.short, &self.bytes, u32::from_le_bytes(bytes))
    }

    /// Which short pieces may be one token, unless it would take longer to find out than it saves.
    #[inline(always)]
    pub fn known_tokens(&self) -> Option<&KnownTokens> {
        self.later.known_tokens(self.first_id)
    }

    /// The shortest tokens. They tell how many tokens a short piece is where the vocabulary [is plain](Self::is_plain).
    #[inline(always)]
    pub fn short(&self) -> &ShortTokens {
        &self.short
    }

    /// What [`Vocabulary::join`] gives; the faster way when they are mostly bytes.
    #[inline(always)]
    pub fn join_first(&self, left: u32, right: u32) -> u32 {
        if id(left | right) < 256 {
            self.bytes[(id(left) | id(right) << 8) as usize]
        } else {
            self.join(left, right)
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
        let pair = pair(id(left), id(right));
        let (at, kind) = self.bucket(pair);
        // Whether it is possible cannot be predicted, nor whether it is known, so there is no branch on either.
        let possible = left & LEFT & right >> 1;
        let at = at & (possible as usize).wrapping_neg();
        let known = usize::from(self.kinds[at] >> kind & 1);
        Join {
            pair,
            at: (at & known.wrapping_neg()) as u32,
        }
    }

    /// The second step: reads memory, and nothing else, so that as many reads as possible are on their way. What is read does not matter.
    #[inline(always)]
    pub fn touch(&self, join: Join) -> u64 {
        let Bucket([newer, _]) = self.buckets[join.at as usize];
        newer
    }

    /// The last step: the symbol that the two become, or [`NONE`].
    #[inline(always)]
    pub fn joined(&self, join: Join) -> u32 {
        let (symbol, further) = self.look(join);
        if further != 0 {
            return self.find_further(join);
        }
        symbol
    }

    /// The last step of two joins.
    #[inline(always)]
    pub fn joined_both(&self, [one, other]: [Join; 2]) -> [u32; 2] {
        let (first, first_further) = self.look(one);
        let (second, second_further) = self.look(other);
        if first_further | second_further != 0 {
            return self.find_both([one, other]);
        }
        [first, second]
    }

    #[cold]
    #[inline(never)]
    fn find_both(&self, [one, other]: [Join; 2]) -> [u32; 2] {
        [self.joined(one), self.joined(other)]
    }

    /// The id that two adjacent ids become, if any.
    pub fn merge(&self, left: u32, right: u32) -> Option<u32> {
        let symbol = self.symbol(left, right);
        (symbol != NONE).then_some(id(symbol))
    }

    /// The symbol that two adjacent ids become, or [`NONE`].
    pub fn symbol(&self, left: u32, right: u32) -> u32 {
        if left | right < 256 {
            return self.bytes[(left | right << 8) as usize];
        }
        let pair = pair(left, right);
        let at = self.bucket(pair).0 as u32;
        self.joined(Join { pair, at })
    }

    /// The symbol of a pair if its bucket has it; or else a bit if it may be in the next one. Of one pair in twenty the bucket has overflowed,
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

/// Notes which tokens are ever the left part of a merge, and which the right.
#[inline(never)]
fn mark_parts(pairs: &[(u32, u32)], parts: &mut [u8]) {
    for &(left, right) in pairs {
        parts[left as usize] |= LEFT as u8;
        parts[right as usize] |= RIGHT as u8;
    }
}

/// The id of a symbol.
#[inline(always)]
pub(crate) fn id(symbol: u32) -> u32 {
    symbol >> PART_BITS
}

#[inline(always)]
fn pair(left: u32, right: u32) -> u64 {
    (u64::from(left) << ID_BITS | u64::from(right)) << PAIR_SHIFT
}
