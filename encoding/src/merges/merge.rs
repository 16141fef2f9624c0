//! Byte pair merging of one short piece, by looking for the lowest id again and again.

use super::least::least;
use super::vocabulary::{NONE, Vocabulary};

/// The most tokens to start from for which the quadratic search is the faster one.
const MAX_TOKENS: usize = 61;

/// Bits for a place, below the symbol: so the least of all candidates is the leftmost of the lowest id. Symbols have 22 bits.
const PLACE_BITS: u32 = 6;
const PLACE: u32 = (1 << PLACE_BITS) - 1;
/// What is above is no candidate.
const LIMIT: i32 = 1 << (22 + PLACE_BITS);

/// Tokens of `piece`, which is not empty; `None` if it is too long for this way.
pub(crate) fn count_short(vocabulary: &Vocabulary, piece: &[u8]) -> Option<u32> {
    let mut tokens = [NONE; 64];
    let mut length = 0;
    let mut at = 0;
    while at < piece.len() {
        if length == MAX_TOKENS {
            return None;
        }
        let (token, end) = first_token(vocabulary, piece, at);
        length += 1;
        tokens[length] = token;
        at = end;
    }
    Some(match length {
        0..=7 => count_from::<8, 64>(vocabulary, tokens, length),
        8..=15 => count_from::<16, 64>(vocabulary, tokens, length),
        16..=31 => count_from::<32, 64>(vocabulary, tokens, length),
        _ => count_from::<64, 64>(vocabulary, tokens, length),
    })
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
    let mut merging = texts.map(|text| Merging::<64, 64>::of_text(vocabulary, text));
    while merging.iter().fold(i32::MAX, |least, m| least.min(m.best)) < LIMIT {
        for m in &mut merging {
            m.step(vocabulary);
        }
    }
    merging.map(|m| m.starts >> 1)
}

/// Tokens of pieces of fewer than `PLACES` bytes, which merges start from; 0 of none. Each comes with what follows it and its
/// length.
///
/// Several at once, so that the processor waits for the tables' memory once for all of them.
#[inline(always)]
pub(crate) fn count_bytes<const PIECES: usize, const PLACES: usize>(
    vocabulary: &Vocabulary,
    pieces: [([u8; PLACES], usize); PIECES],
) -> [u32; PIECES] {
    let mut merging = pieces.map(|(bytes, length)| {
        let mut tokens = [NONE; 32];
        let mut merges = [i32::MAX; PLACES];
        // The length could not be predicted, so there is no branch on it.
        for at in 0..PLACES - 1 {
            let inside = u32::from(at < length).wrapping_neg();
            tokens[at + 1] = vocabulary.byte(bytes[at]) & inside;
            let inside = u32::from(at + 1 < length).wrapping_neg();
            let symbol = vocabulary.join_bytes(bytes[at], bytes[at + 1]) & inside;
            merges[at + 1] = candidate(symbol, at + 1);
        }
        Merging::new(tokens, merges, length)
    });
    while merging.iter().fold(i32::MAX, |least, m| least.min(m.best)) < LIMIT {
        for m in &mut merging {
            m.step(vocabulary);
        }
    }
    merging.map(|m| m.count())
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

#[inline]
fn count_from<const PLACES: usize, const TOKENS: usize>(
    vocabulary: &Vocabulary,
    tokens: [u32; TOKENS],
    length: usize,
) -> u32 {
    let mut merges = [i32::MAX; PLACES];
    for (place, merge) in merges.iter_mut().enumerate().take(length).skip(1) {
        *merge = candidate(
            vocabulary.join_first(tokens[place], tokens[place + 1]),
            place,
        );
    }
    let mut merging = Merging::new(tokens, merges, length);
    while merging.best < LIMIT {
        merging.step(vocabulary);
    }
    merging.count()
}

/// A merge under way.
///
/// Tokens stay at the place they start from, so that nothing moves and the search is over a fixed number of places. They
/// are at the places from 1 on. Before and after them are places which hold what merges with nothing.
struct Merging<const PLACES: usize, const TOKENS: usize> {
    tokens: [u32; TOKENS],
    /// By place: what its token and the next one become.
    merges: [i32; PLACES],
    /// The least of them.
    best: i32,
    /// A bit per place where a token starts, and those before and after.
    starts: u64,
}

impl Merging<64, 64> {
    /// Of at most [`MAX_BYTES`] bytes. A token has the place of its first byte.
    fn of_text(vocabulary: &Vocabulary, text: &[u8]) -> Self {
        let mut merging = Self {
            tokens: [NONE; 64],
            merges: [i32::MAX; 64],
            best: i32::MAX,
            starts: 1 | 2 << text.len(),
        };
        let mut before = 0;
        let mut at = 0;
        while at < text.len() {
            let place = at + 1;
            let (token, end) = first_token(vocabulary, text, at);
            merging.tokens[place % 64] = token;
            merging.starts |= 1 << place;
            let symbol = vocabulary.join_first(merging.tokens[before % 64], token);
            merging.merges[before % 64] = candidate(symbol, before);
            before = place;
            at = end;
        }
        // Nothing is before the first token, though what stands there looks like a byte.
        merging.merges[0] = i32::MAX;
        merging.best = least(&merging.merges);
        merging
    }
}

impl<const PLACES: usize, const TOKENS: usize> Merging<PLACES, TOKENS> {
    #[inline(always)]
    fn new(tokens: [u32; TOKENS], merges: [i32; PLACES], length: usize) -> Self {
        Self {
            tokens,
            merges,
            best: least(&merges),
            starts: u64::MAX >> (62 - length),
        }
    }

    /// Merges the best pair. Without one nothing changes, as its place is one that no token has.
    #[inline(always)]
    fn step(&mut self, vocabulary: &Vocabulary) {
        let symbol = (self.best.cast_unsigned() >> PLACE_BITS) + 1;
        let place = (self.best.cast_unsigned() & PLACE) as usize;
        let after = self.starts & u64::MAX << place << 1;
        let second = after.trailing_zeros() as usize;
        let behind = after & after.wrapping_sub(1);
        self.starts &= !(after ^ behind);
        let third = behind.trailing_zeros() as usize;
        let before = 63 - (self.starts & !(u64::MAX << place) | 1).leading_zeros() as usize;
        self.tokens[place % TOKENS] = symbol;
        let right = vocabulary.join(symbol, self.tokens[third % TOKENS]);
        let left = vocabulary.join(self.tokens[before % TOKENS], symbol);
        let (merge, merge_before) = (candidate(right, place), candidate(left, before));
        self.merges[second % PLACES] = i32::MAX;
        self.merges[place % PLACES] = merge;
        self.merges[before % PLACES] = merge_before;
        self.best = least(&self.merges);
    }

    fn count(&self) -> u32 {
        self.starts.count_ones() - 2
    }
}

/// A symbol above its place; for [`NONE`] all bits, so that it is above all others and at no place.
#[inline(always)]
fn candidate(symbol: u32, place: usize) -> i32 {
    let below = symbol.wrapping_sub(1).cast_signed();
    let none = below >> (i32::BITS - 1);
    (below << PLACE_BITS | place as i32 | none) & i32::MAX
}
