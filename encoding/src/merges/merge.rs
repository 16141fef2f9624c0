//! Byte pair merging of one short piece, by looking for the lowest id again and again.

use std::hint::select_unpredictable;

use super::candidates::Candidates;
use super::vocabulary::{Bucket, Join, NONE, Vocabulary};

/// The most tokens to start from for which the quadratic search is the faster one.
const MAX_TOKENS: usize = 61;

/// Bits for a place, below the symbol: so the least of all candidates is the leftmost of the lowest id. Symbols have 22 bits.
const PLACE_BITS: u32 = 6;
const PLACE: u32 = (1 << PLACE_BITS) - 1;
/// What is above is no candidate.
const LIMIT: u32 = 1 << (22 + PLACE_BITS);

/// Tokens of `piece`, which is not empty; `None` if it is too long for this way.
pub(crate) fn count_short(vocabulary: &Vocabulary, piece: &[u8]) -> Option<u32> {
    let [count] = if piece.len() < 32 {
        count_texts::<1, 8>(vocabulary, &[piece])
    } else {
        count_texts::<1, 16>(vocabulary, &[piece])
    };
    (count != 0).then_some(count)
}

/// Tokens of several pieces; 0 of one that is empty or has four times `FOURS` first tokens or more.
#[inline(always)]
pub(crate) fn count_texts<const TEXTS: usize, const FOURS: usize>(
    vocabulary: &Vocabulary,
    texts: &[&[u8]],
) -> [u32; TEXTS] {
    let mut merging = [const { Merging::<FOURS, 64>::EMPTY }; TEXTS];
    for (m, text) in merging.iter_mut().zip(texts) {
        m.take(vocabulary, text);
    }
    merge_together(vocabulary, &mut merging, TEXTS);
    let mut counts = [0; TEXTS];
    for (count, m) in counts.iter_mut().zip(&merging) {
        *count = m.count();
    }
    counts
}

/// The most bytes that [`token_starts`] takes.
pub(crate) const MAX_BYTES: usize = 61;

/// Of texts of at most [`MAX_BYTES`] bytes: where their tokens start and where the last one ends, a bit per byte.
///
/// Several at once, for the reason that [`count_bytes`] gives.
#[inline(always)]
pub(crate) fn token_starts<const TEXTS: usize>(
    vocabulary: &Vocabulary,
    texts: [&[u8]; TEXTS],
) -> [u64; TEXTS] {
    let mut merging = texts.map(|text| Merging::<16, 64>::of_text(vocabulary, text));
    merge_together(vocabulary, &mut merging, TEXTS);
    merging.map(|m| m.starts >> 1)
}

/// Pieces that are merged at once, so that the processor waits for the tables' memory once for all of them.
pub(crate) const AT_ONCE: usize = 16;

/// Memory for merges of short pieces where merges start from bytes.
pub(crate) struct ShortMerges([Merging<4, 16>; AT_ONCE]);

impl ShortMerges {
    /// None.
    pub const fn new() -> Self {
        Self([const { Merging::EMPTY }; AT_ONCE])
    }

    /// Takes in a piece of at most 15 bytes, and something after it. If it may not be one token, merging ends earlier.
    #[inline(always)]
    pub fn take(
        &mut self,
        vocabulary: &Vocabulary,
        index: usize,
        bytes: &[u8; 16],
        length: usize,
        may_be_one: bool,
    ) {
        let m = &mut self.0[index % AT_ONCE];
        let mut merges = [[u32::MAX; 4]; 4];
        // The length could not be predicted, so there is no branch on it.
        for at in 0..7 {
            m.take_byte(vocabulary, bytes, at, length, &mut merges);
        }
        m.tokens[8] = NONE;
        if length > 7 {
            for at in 7..15 {
                m.take_byte(vocabulary, bytes, at, length, &mut merges);
            }
        }
        m.merges = Candidates::new(merges);
        m.starts = u64::MAX >> (62 - length);
        m.last = if may_be_one { 0 } else { 3 };
        m.fewer = 0;
        m.choose();
    }

    /// Merges the first `pieces`.
    #[inline(always)]
    pub fn merge(&mut self, vocabulary: &Vocabulary, pieces: usize) {
        merge_together(vocabulary, &mut self.0, pieces);
    }

    /// Tokens of a piece.
    #[inline(always)]
    pub fn count(&self, index: usize) -> u32 {
        self.0[index % AT_ONCE].count()
    }
}

/// Merges the first `texts` until nothing merges any more.
#[inline(always)]
fn merge_together<const TEXTS: usize, const FOURS: usize, const TOKENS: usize>(
    vocabulary: &Vocabulary,
    merging: &mut [Merging<FOURS, TOKENS>; TEXTS],
    texts: usize,
) {
    // Those that are not done. Which of them will be cannot be predicted, so there is no branch on it.
    let mut active = [0_u32; TEXTS];
    let mut left = 0;
    for (index, m) in merging.iter().enumerate().take(texts) {
        active[left % TEXTS] = index as u32;
        left += usize::from(m.best < LIMIT);
    }
    while left != 0 {
        for &index in active.iter().take(left) {
            merging[index as usize % TEXTS].begin(vocabulary);
        }
        for &index in active.iter().take(left) {
            let [right, left] = &mut merging[index as usize % TEXTS].joins;
            vocabulary.rule_out(right);
            vocabulary.rule_out(left);
        }
        for &index in active.iter().take(left) {
            let m = &mut merging[index as usize % TEXTS];
            let [right, left] = &m.joins;
            m.buckets = [vocabulary.read(right), vocabulary.read(left)];
        }
        let mut still = 0;
        for at in 0..left {
            let index = active[at % TEXTS];
            let m = &mut merging[index as usize % TEXTS];
            let [right, left] = m.joins;
            let [at_right, at_left] = m.buckets;
            m.end([
                vocabulary.joined(right, at_right),
                vocabulary.joined(left, at_left),
            ]);
            active[still % TEXTS] = index;
            still += usize::from(m.best < LIMIT);
        }
        left = still;
    }
}

/// The symbol at `at`, and its end: of bytes, the closed character or else the byte.
#[inline]
fn first_token(vocabulary: &Vocabulary, piece: &[u8], at: usize) -> (u32, usize) {
    if let Some(characters) = vocabulary.characters() {
        return characters.symbol(piece, at);
    }
    let byte = piece[at];
    if byte >= 0xE0
        && (at == 0 || piece[at - 1] >= 0x80)
        && let Some(token) = vocabulary.closed(&piece[at..])
    {
        return (token, at + 3);
    }
    (vocabulary.byte(byte), at + 1)
}

/// A merge under way.
///
/// Tokens stay at the place they start from, so that nothing moves and the search is over a fixed number of places. They
/// are at the places from 1 on. Before and after them are places which hold what merges with nothing.
struct Merging<const FOURS: usize, const TOKENS: usize> {
    tokens: [u32; TOKENS],
    /// By place: what its token and the next one become.
    merges: Candidates<FOURS>,
    /// The least of them.
    best: u32,
    /// A bit per place where a token starts, and those before and after.
    starts: u64,
    /// The number of tokens at which the next merge is the last one, whatever it joins; 0 if that is not known.
    last: u32,
    /// Merges that were not carried out.
    fewer: u32,
    /// Where a token has come about, and where the one before it is.
    place: u32,
    before: u32,
    /// It with the next one, and the one before with it.
    joins: [Join; 2],
    /// Where to look for what they become.
    buckets: [Bucket; 2],
}

impl Merging<16, 64> {
    /// Of at most [`MAX_BYTES`] bytes. A token has the place of its first byte.
    fn of_text(vocabulary: &Vocabulary, text: &[u8]) -> Self {
        let mut merging = Self {
            tokens: [NONE; 64],
            merges: Candidates::NONE,
            best: u32::MAX,
            starts: 1 | 2 << text.len(),
            ..Self::EMPTY
        };
        let mut before = 0;
        let mut at = 0;
        while at < text.len() {
            let place = at + 1;
            let (token, end) = first_token(vocabulary, text, at);
            merging.tokens[place % 64] = token;
            merging.starts |= 1 << place;
            let symbol = vocabulary.join_first(merging.tokens[before % 64], token);
            merging.merges.set(before, candidate(symbol, before));
            before = place;
            at = end;
        }
        // Nothing is before the first token, though what stands there looks like a byte.
        merging.merges.set(0, u32::MAX);
        merging.best = merging.merges.least();
        merging
    }
}

impl<const FOURS: usize, const TOKENS: usize> Merging<FOURS, TOKENS> {
    /// Of nothing.
    const EMPTY: Self = Self {
        tokens: [NONE; TOKENS],
        merges: Candidates::NONE,
        best: u32::MAX,
        starts: u64::MAX >> 62,
        last: 0,
        fewer: 0,
        place: 0,
        before: 0,
        joins: [Join::NONE; 2],
        buckets: [Bucket::EMPTY; 2],
    };

    /// Takes in the byte at `at`, and what it and the next one become, if they are inside of `length`.
    #[inline(always)]
    fn take_byte(
        &mut self,
        vocabulary: &Vocabulary,
        bytes: &[u8; 16],
        at: usize,
        length: usize,
        merges: &mut [[u32; 4]; FOURS],
    ) {
        let inside = u32::from(at < length).wrapping_neg();
        self.tokens[at + 1] = vocabulary.byte(bytes[at]) & inside;
        let inside = u32::from(at + 1 < length).wrapping_neg();
        let symbol = vocabulary.join_bytes(bytes[at], bytes[at + 1]) & inside;
        merges[(at + 1) / 4 % FOURS][(at + 1) % 4] = candidate(symbol, at + 1);
    }

    /// Takes in `text`, if its first tokens leave a place free at either end.
    #[inline(always)]
    fn take(&mut self, vocabulary: &Vocabulary, text: &[u8]) {
        let most = (4 * FOURS).min(MAX_TOKENS + 1) - 1;
        let (mut length, mut at) = (0, 0);
        let mut before = NONE;
        while at < text.len() {
            if length == most {
                *self = Self::EMPTY;
                return;
            }
            let (token, end) = first_token(vocabulary, text, at);
            if length > 0 {
                let symbol = vocabulary.join_first(before, token);
                self.merges.set(length, candidate(symbol, length));
            }
            length += 1;
            self.tokens[length % TOKENS] = token;
            before = token;
            at = end;
        }
        self.starts = u64::MAX >> (62 - length);
        self.choose();
    }

    /// Merges the best pair, which there is.
    ///
    /// What is to be joined then: the new token with the next one, and the one before with it.
    #[inline(always)]
    fn begin(&mut self, vocabulary: &Vocabulary) {
        let symbol = (self.best >> PLACE_BITS) + 1;
        let place = (self.best & PLACE) as usize;
        let after = self.starts & u64::MAX << place << 1;
        let second = after.trailing_zeros() as usize;
        let behind = after & after.wrapping_sub(1);
        self.starts &= !(after ^ behind);
        let third = behind.trailing_zeros() as usize;
        let before = 63 - (self.starts & !(u64::MAX << place) | 1).leading_zeros() as usize;
        self.tokens[place % TOKENS] = symbol;
        self.merges.set(second, u32::MAX);
        let right = vocabulary.joining(symbol, self.tokens[third % TOKENS]);
        let left = vocabulary.joining(self.tokens[before % TOKENS], symbol);
        self.place = place as u32;
        self.before = before as u32;
        self.joins = [right, left];
    }

    /// Takes in what the new token and its neighbours become.
    #[inline(always)]
    fn end(&mut self, [right, left]: [u32; 2]) {
        let (place, before) = (self.place as usize, self.before as usize);
        self.merges.set(place, candidate(right, place));
        self.merges.set(before, candidate(left, before));
        self.choose();
    }

    /// Finds the best merge, and leaves it at that if it is the last one.
    #[inline(always)]
    fn choose(&mut self) {
        let best = self.merges.least();
        let is_last = self.starts.count_ones() == self.last + 2;
        self.fewer |= u32::from(is_last & (best < LIMIT));
        self.best = select_unpredictable(is_last, u32::MAX, best);
    }

    fn count(&self) -> u32 {
        self.starts.count_ones() - 2 - self.fewer
    }
}

/// A symbol above its place; [`NONE`] is above all others.
#[inline(always)]
fn candidate(symbol: u32, place: usize) -> u32 {
    symbol.wrapping_sub(1) << PLACE_BITS | place as u32
}
