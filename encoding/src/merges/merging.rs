//! A merge of one short piece under way: the lowest id is looked for again and again.

use super::characters::Characters;
use super::fours::Four;
use super::pair_table::Join;
use super::vocabulary::{NONE, Vocabulary, id};

/// Bits for a place, below the symbol: so the least of all candidates is the leftmost of the lowest id. Symbols have 22 bits.
pub(super) const PLACE_BITS: u32 = 6;
const PLACE: u32 = (1 << PLACE_BITS) - 1;
/// What is above is no candidate.
pub(super) const LIMIT: u32 = 1 << (22 + PLACE_BITS);

/// A merge of fewer tokens than `PLACES`, at most 64.
///
/// Tokens stay at the place they start from, so that nothing moves and the search is over a fixed number of places. Behind them
/// is one that merges with nothing, and the last place is such a one as well, which counts as before them.
#[derive(Clone, Copy)]
#[repr(align(16))]
pub(super) struct Merging<const PLACES: usize> {
    /// By place: what its token and the next one become.
    ///
    /// They are read four at once, and written one at once but long before: a processor that has to put what it reads together from
    /// several writes waits until all of them have reached its cache.
    pub candidates: [u32; PLACES],
    pub tokens: [u32; PLACES],
    /// The newest token with the next one, and the one before with it.
    pub joins: [Join; 2],
    /// Where that token is, and the one before.
    place: u32,
    before: u32,
    /// A bit per place where a token starts, and that behind them.
    pub starts: u64,
    /// The number of bits at which the next merge is the last one, whatever it joins; 0 if that is not known.
    pub last: u32,
}

impl<const PLACES: usize> Merging<PLACES> {
    /// Of nothing.
    pub const EMPTY: Self = Self {
        candidates: [u32::MAX; PLACES],
        tokens: [NONE; PLACES],
        joins: [Join::NONE; 2],
        place: 0,
        before: 0,
        starts: 1,
        last: 0,
    };

    /// Takes in the first tokens of `text`, at the places of their first bytes or else one after the other, after nothing; nothing if
    /// there are too many.
    // A function of its own for what is not short: several copies take more room than a call takes time.
    #[inline(never)]
    pub fn take_text(&mut self, vocabulary: &Vocabulary, text: &[u8], by_byte: bool) {
        let characters = vocabulary.characters();
        if characters.is_none() && text.iter().all(|&byte| byte < CLOSED_FROM) {
            self.take_bytes(vocabulary, text);
            return;
        }
        let mut before = None;
        let (mut place, mut at) = (0, 0);
        let mut starts = 0;
        while at < text.len() {
            if place == PLACES - 1 {
                *self = Self::EMPTY;
                return;
            }
            let (token, end) = first_token(vocabulary, characters, text, at);
            self.tokens[place % PLACES] = token;
            starts |= 1 << place;
            if let Some((before, symbol)) = before.replace((place, token)) {
                let joined = vocabulary.join_first(symbol, token);
                self.set(before, candidate(joined, before as u32));
            }
            place = if by_byte { end } else { place + 1 };
            at = end;
        }
        self.starts = starts | 1 << place;
    }

    /// Takes in the bytes of `text`, if there are not too many.
    #[inline(always)]
    fn take_bytes(&mut self, vocabulary: &Vocabulary, text: &[u8]) {
        if text.len() >= PLACES {
            return;
        }
        for (token, &byte) in self.tokens.iter_mut().zip(text) {
            *token = vocabulary.byte(byte);
        }
        let pairs = text.windows(2).zip(0..);
        for (own, (pair, place)) in self.candidates.iter_mut().zip(pairs) {
            *own = candidate(vocabulary.join_bytes(pair[0], pair[1]), place);
        }
        self.starts = !(!1 << text.len());
    }

    /// The least candidate; above [`LIMIT`] if there is none.
    #[inline(always)]
    pub fn least(&self) -> u32 {
        let four = |four: usize| {
            let numbers = self.candidates[4 * four..].first_chunk();
            Four::read(numbers.unwrap_or(&[u32::MAX; 4]))
        };
        let mut least = four(0);
        for at in 1..PLACES / 4 {
            least = least.min(four(at));
        }
        least.least()
    }

    #[inline(always)]
    fn set(&mut self, place: usize, candidate: u32) {
        self.candidates[place % PLACES] = candidate;
    }

    /// Merges the pair that is the `best` candidate.
    ///
    /// What is to be joined then: the new token with the next one, and the one before with it.
    #[inline(always)]
    pub fn begin(&mut self, vocabulary: &Vocabulary, best: u32) {
        let symbol = (best >> PLACE_BITS) + 1;
        let place = (best & PLACE) as usize;
        let bit = 1 << place;
        let first = self.starts & (bit - 1);
        let after = self.starts ^ first ^ bit;
        let behind = after & after.wrapping_sub(1);
        let second = after.trailing_zeros() as usize;
        let third = behind.trailing_zeros() as usize;
        self.starts ^= after ^ behind;
        // Where there is none, the last place.
        let before = first.leading_zeros() as usize ^ 63;
        self.tokens[place % PLACES] = symbol;
        self.set(place, u32::MAX);
        self.set(second, u32::MAX);
        self.set(before, u32::MAX);
        let right = vocabulary.joining(symbol, self.tokens[third % PLACES]);
        let left = vocabulary.joining(self.tokens[before % PLACES], symbol);
        self.place = place as u32;
        self.before = before as u32;
        self.joins = [right, left];
    }

    /// Takes in what the new token and its neighbours become. Gives the best candidate, unless it is the last one, which is carried out.
    #[inline(always)]
    pub fn end(&mut self, vocabulary: &Vocabulary) -> u32 {
        let [right, left] = vocabulary.joined_both(self.joins);
        let others = self.least();
        let right = candidate(right, self.place);
        let left = candidate(left, self.before);
        self.set(self.place as usize, right);
        self.set(self.before as usize, left);
        let best = others.min(right).min(left);
        if (best < LIMIT) & (self.starts.count_ones() == self.last) {
            self.starts &= !1;
            return u32::MAX;
        }
        best
    }

    /// The ids of the tokens, in order.
    pub fn tokens(&self) -> impl Iterator<Item = u32> {
        (0..PLACES - 1)
            .filter(|place| self.starts >> place > 1 && self.starts >> place & 1 != 0)
            .map(|place| id(self.tokens[place]))
    }

    /// Tokens.
    #[inline(always)]
    pub fn count(&self) -> u32 {
        self.starts.count_ones() - 1
    }
}

/// The least byte that a character of three bytes starts with, which may be closed.
pub(super) const CLOSED_FROM: u8 = 0xE0;

/// The symbol at `at`, and its end: of bytes, the closed character or else the byte.
#[inline]
pub(super) fn first_token(
    vocabulary: &Vocabulary,
    characters: Option<&Characters>,
    piece: &[u8],
    at: usize,
) -> (u32, usize) {
    if let Some(characters) = characters {
        return characters.symbol(piece, at);
    }
    let byte = piece[at];
    if byte >= CLOSED_FROM
        && (at == 0 || piece[at - 1] >= 0x80)
        && let Some(token) = vocabulary.closed(&piece[at..])
    {
        return (token, at + 3);
    }
    (vocabulary.byte(byte), at + 1)
}

/// A symbol above its place; [`NONE`] is above all others.
#[inline(always)]
fn candidate(symbol: u32, place: u32) -> u32 {
    symbol.wrapping_sub(1) << PLACE_BITS | place
}

#[cfg(test)]
mod tests {
    use super::Merging;

    #[test]
    fn the_least_is_found_at_every_place() {
        for place in 0..64 {
            let mut merging = Merging::<64>::EMPTY;
            assert_eq!(merging.least(), u32::MAX);
            for other in 0..64 {
                merging.set(other, u32::MAX - 64 + other.abs_diff(place) as u32);
            }
            assert_eq!(merging.least(), u32::MAX - 64);
            merging.set(place, u32::MAX);
            assert_eq!(merging.least(), u32::MAX - 63);
        }
    }
}
