//! Merges short pieces, several at once, by looking for the lowest id of each again and again.
//!
//! So the processor waits for the tables' memory once for all of them. Where one is done the next one takes its place.

use super::fours::Four;
use super::merging::{LIMIT, Merging, PLACE_BITS};
use super::vocabulary::{NONE, Vocabulary};

/// Pieces that are merged at once.
const AT_ONCE: usize = 16;

/// The longest piece.
const MAX_PIECE: usize = 15;
/// The longest of those that half of the places are enough for.
const HALF: usize = 7;

/// Places of a piece, one more than bytes.
const PLACES: usize = MAX_PIECE + 1;

/// That a merge is none of the pieces.
const NO_PIECE: u32 = u32::MAX;

/// A piece of up to fifteen bytes.
#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) struct Piece {
    low: u64,
    high: u64,
    length: u8,
    may_be_one: bool,
}

impl Piece {
    /// The piece of `length` bytes that `words` start with. If it may not be one token, merging ends earlier.
    #[inline(always)]
    pub fn new([low, high]: [u64; 2], length: usize, may_be_one: bool) -> Self {
        Self {
            low,
            high,
            length: length as u8,
            may_be_one,
        }
    }

    /// The bytes, and what is behind them.
    #[inline(always)]
    pub fn words(&self) -> [u64; 2] {
        [self.low, self.high]
    }

    /// Eight bytes from `at` on, or zeros.
    #[inline(always)]
    fn from(&self, at: usize) -> u64 {
        ((u128::from(self.low) | u128::from(self.high) << 64) >> (8 * at)) as u64
    }
}

/// Memory for merges of short pieces, where merges start from bytes.
pub(crate) struct Lot {
    merges: [Merging<PLACES>; AT_ONCE],
    /// Which of the pieces each is.
    pieces: [u32; AT_ONCE],
}

impl Lot {
    /// None.
    pub const fn new() -> Self {
        Self {
            merges: [Merging::EMPTY; AT_ONCE],
            pieces: [NO_PIECE; AT_ONCE],
        }
    }

    /// Counts the tokens of each of `pieces`, of which there are as many `counts`.
    #[inline(never)]
    pub fn count(&mut self, vocabulary: &Vocabulary, pieces: &[Piece], counts: &mut [u32]) {
        let mut waiting = pieces.iter().zip(0_u32..);
        let mut active: [u32; AT_ONCE] = std::array::from_fn(|index| index as u32);
        let mut left = pieces.len().min(AT_ONCE);
        self.pieces = [NO_PIECE; AT_ONCE];
        while left > 0 {
            let mut still = 0;
            for at in 0..left {
                let index = active[at % AT_ONCE];
                let m = &mut self.merges[index as usize % AT_ONCE];
                let own = &mut self.pieces[index as usize % AT_ONCE];
                let mut best = match *own {
                    NO_PIECE => u32::MAX,
                    _ => m.end(vocabulary),
                };
                while best >= LIMIT {
                    if let Some(count) = counts.get_mut(*own as usize) {
                        *count = m.count();
                    }
                    let Some((piece, index)) = waiting.next() else {
                        break;
                    };
                    take(m, vocabulary, piece);
                    *own = index;
                    best = m.least();
                }
                if best < LIMIT {
                    m.begin(vocabulary, best);
                    active[still % AT_ONCE] = index;
                    still += 1;
                }
            }
            left = still;
            // These reads wait for memory together, and what comes of them no more.
            let mut read = 0;
            for &index in active.iter().take(left) {
                let [right, left] = self.merges[index as usize % AT_ONCE].joins;
                read ^= vocabulary.touch(right) ^ vocabulary.touch(left);
            }
            std::hint::black_box(read);
        }
    }
}

/// Takes in a piece.
#[inline(always)]
fn take(m: &mut Merging<PLACES>, vocabulary: &Vocabulary, piece: &Piece) {
    let length = usize::from(piece.length);
    if length <= HALF {
        take_places::<2>(m, vocabulary, piece);
    } else {
        take_places::<4>(m, vocabulary, piece);
    }
    m.tokens[length % PLACES] = NONE;
    m.starts = !(!1 << length);
    m.last = if piece.may_be_one { 0 } else { 4 };
}

#[inline(always)]
fn take_places<const FOURS: usize>(
    m: &mut Merging<PLACES>,
    vocabulary: &Vocabulary,
    piece: &Piece,
) {
    let candidates = byte_candidates::<FOURS>(vocabulary, piece);
    let (fours, _) = m.candidates.as_chunks_mut();
    for (four, candidates) in fours.iter_mut().zip(candidates) {
        candidates.write(four);
    }
    for four in &mut fours[FOURS..] {
        *four = [u32::MAX; 4];
    }
    for at in 0..4 * FOURS - 1 {
        m.tokens[at] = vocabulary.byte(piece.from(at) as u8);
    }
}

/// By place: what the bytes there and the next ones become.
#[inline(always)]
fn byte_candidates<const FOURS: usize>(vocabulary: &Vocabulary, piece: &Piece) -> [Four; FOURS] {
    let pairs = u32::from(piece.length).saturating_sub(1);
    std::array::from_fn(|four| {
        let from = 4 * four;
        let bytes = piece.from(from);
        // The length could not be predicted, so all places are filled.
        let symbol = |at: usize| vocabulary.join_two(bytes >> (8 * at));
        let places = Four::new([0, 1, 2, 3].map(|place| (from + place) as u32));
        Four::new([symbol(0), symbol(1), symbol(2), symbol(3)])
            .add(u32::MAX)
            .shift_left(PLACE_BITS)
            .or(places)
            .or(places.at_least(pairs))
    })
}
