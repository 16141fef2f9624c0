//! Pieces of windows that no memo knows, kept until there are enough of them to merge together.
//!
//! What a merge waits for is memory, and others can wait for theirs meanwhile.

use super::{Counter, Scratch};
use crate::longer_memo;
use crate::memo;
use crate::merges::known_tokens::KnownTokens;
use crate::merges::merge::{AT_ONCE, count_texts};
use crate::merges::pairs::count_pairs;
use crate::short_memo;

/// More than are waited for, and all that a window adds.
const LONG: usize = 32;
const LONG_ENOUGH: usize = 16;
const UNKNOWN: usize = 512;
const UNKNOWN_ENOUGH: usize = 256;

/// Long pieces that are merged at once if they have fewer bytes than this, four times the second number; others are merged alone.
const LONG_AT_ONCE: usize = 4;
const LONG_FOURS: usize = 8;
const LONG_BYTES: usize = 4 * LONG_FOURS;

/// The pieces of a text that are not counted yet.
#[derive(Default)]
pub(super) struct Pending {
    /// Of more than fifteen bytes, known or not: where they start in the text and where they end.
    pub long: Keys<(usize, usize), LONG>,
    /// Of up to seven bytes, and of up to fifteen: merged together whatever their lengths, because a text has few.
    pub short: Keys<short_memo::Key, UNKNOWN>,
    pub middle: Keys<memo::Key, UNKNOWN>,
}

/// A list of pieces.
pub(super) struct Keys<K, const CAPACITY: usize> {
    keys: [K; CAPACITY],
    pub length: usize,
}

impl<K: Copy + Default, const CAPACITY: usize> Default for Keys<K, CAPACITY> {
    fn default() -> Self {
        Self {
            keys: [K::default(); CAPACITY],
            length: 0,
        }
    }
}

impl<K: Copy, const CAPACITY: usize> Keys<K, CAPACITY> {
    #[inline(always)]
    fn get(&self, at: usize) -> K {
        self.keys[at % CAPACITY]
    }

    /// Puts `key` at `length`, and gives the length with it.
    #[inline(always)]
    pub fn push(&mut self, length: usize, key: K) -> usize {
        self.set(length, key, true)
    }

    /// Puts `key` at `length`, and gives the length with it if it `counts`.
    #[inline(always)]
    pub fn set(&mut self, length: usize, key: K, counts: bool) -> usize {
        self.keys[length % CAPACITY] = key;
        length + usize::from(counts)
    }
}

impl Counter<'_> {
    /// Forgets what an earlier call has left behind.
    pub(super) fn clear_pending(&mut self) {
        self.scratch.pending.long.length = 0;
        self.clear_unknown();
    }

    fn clear_unknown(&mut self) {
        self.scratch.pending.short.length = 0;
        self.scratch.pending.middle.length = 0;
    }

    /// Tokens of the pending pieces of a kind of which there are enough.
    #[inline(always)]
    pub(super) fn count_enough_pending(&mut self, text: &[u8]) -> u32 {
        let mut tokens = 0;
        let Pending { short, middle, .. } = &self.scratch.pending;
        if short.length.max(middle.length) >= UNKNOWN_ENOUGH {
            tokens += self.count_unknown();
        }
        if self.scratch.pending.long.length >= LONG_ENOUGH {
            tokens += self.count_pending_long(text);
        }
        tokens
    }

    /// Tokens of the pending pieces of `text`.
    pub(super) fn count_pending(&mut self, text: &[u8]) -> u32 {
        self.count_unknown() + self.count_pending_long(text)
    }

    /// Tokens of the pieces that no memo knows, which become known.
    #[inline(never)]
    fn count_unknown(&mut self) -> u32 {
        let known = self.vocabulary.known_tokens();
        let is_plain = self.vocabulary.is_plain();
        let mut tokens = 0;
        let mut at = 0;
        let waiting = self.scratch.pending.unknown();
        while at < waiting {
            let mut lot = [Unknown::Short(short_memo::Key::default()); AT_ONCE];
            let mut pieces = 0;
            while at < waiting && pieces < AT_ONCE {
                let piece = self.scratch.pending.get(at);
                at += 1;
                let count = self.settled(known, piece);
                tokens += count;
                lot[pieces] = piece;
                pieces += usize::from(count == 0);
            }
            let merges = &mut self.scratch.merges;
            if is_plain {
                for (index, piece) in lot[..pieces].iter().enumerate() {
                    let (bytes, length) = piece.bytes();
                    let may_be_one = known.is_none_or(|known| piece.may_be_one(known));
                    merges.take(self.vocabulary, index, &bytes, length, may_be_one);
                }
                merges.merge(self.vocabulary, pieces);
            }
            for (index, &piece) in lot[..pieces].iter().enumerate() {
                let count = if is_plain {
                    self.scratch.merges.count(index)
                } else {
                    let (bytes, length) = piece.bytes();
                    self.count_merging(&bytes[..length])
                };
                tokens += count;
                self.scratch.remember(piece, count);
            }
        }
        self.clear_unknown();
        tokens
    }

    /// Tokens of a piece that short tokens tell, or that has become known since; 0 if neither.
    #[inline(always)]
    fn settled(&mut self, known: Option<&KnownTokens>, piece: Unknown) -> u32 {
        if let Unknown::Short(key) = piece
            && self.vocabulary.is_plain()
            && let Some(known) = known
        {
            let bytes = key.bytes();
            let is_ascii = bytes & 0x8080_8080_8080_8080 == 0;
            let count = match key.length() {
                _ if !is_ascii => 0,
                4 if known.may_be(bytes, 4) => 0,
                4 => self.vocabulary.count_four((bytes as u32).to_le_bytes()),
                length => count_pairs(self.vocabulary, known, bytes, length),
            };
            if count != 0 {
                return count;
            }
        }
        self.scratch.remembered(piece)
    }

    #[inline(never)]
    fn count_pending_long(&mut self, text: &[u8]) -> u32 {
        let mut tokens = 0;
        let mut missing = [(&[][..], 0); LONG];
        let mut length = 0;
        for at in 0..std::mem::take(&mut self.scratch.pending.long.length) {
            let (start, end) = self.scratch.pending.long.get(at);
            let piece = text.get(start..end).unwrap_or_default();
            let hash = longer_memo::hash(piece);
            if let Some(count) = self.scratch.longer.get(hash, piece) {
                tokens += count;
            } else if piece.len() < LONG_BYTES && !self.vocabulary.has_wholes() {
                missing[length % LONG] = (piece, hash);
                length += 1;
            } else {
                let count = self.count_merging(piece);
                self.scratch.longer.put(hash, piece, count);
                tokens += count;
            }
        }
        for pieces in missing[..length].chunks(LONG_AT_ONCE) {
            tokens += self.count_missing_long(pieces);
        }
        tokens
    }

    /// Tokens of pieces with their hashes, which become known.
    #[inline(never)]
    fn count_missing_long(&mut self, pieces: &[(&[u8], u64)]) -> u32 {
        let mut texts: [&[u8]; LONG_AT_ONCE] = [&[]; LONG_AT_ONCE];
        for (text, (piece, _)) in texts.iter_mut().zip(pieces) {
            *text = piece;
        }
        let counts = count_texts::<LONG_AT_ONCE, LONG_FOURS>(self.vocabulary, &texts);
        let mut tokens = 0;
        for (&(piece, hash), count) in pieces.iter().zip(counts) {
            self.scratch.longer.put(hash, piece, count);
            tokens += count;
        }
        tokens
    }
}

/// A piece that no memo knew.
#[derive(Clone, Copy)]
enum Unknown {
    Short(short_memo::Key),
    Middle(memo::Key),
}

impl Unknown {
    /// The piece, with zeros behind it, and its length.
    #[inline(always)]
    fn bytes(self) -> ([u8; 16], usize) {
        match self {
            Self::Short(key) => (u128::from(key.bytes()).to_le_bytes(), key.length()),
            Self::Middle(key) => key.piece(),
        }
    }

    /// Whether it may be one token.
    #[inline(always)]
    fn may_be_one(self, known: &KnownTokens) -> bool {
        match self {
            Self::Short(key) => known.may_be(key.bytes(), key.length()),
            Self::Middle(_) => true,
        }
    }
}

impl Pending {
    /// How many pieces of up to fifteen bytes there are.
    fn unknown(&self) -> usize {
        self.short.length + self.middle.length
    }

    /// One of them.
    #[inline(always)]
    fn get(&self, at: usize) -> Unknown {
        match at.checked_sub(self.short.length) {
            None => Unknown::Short(self.short.get(at)),
            Some(at) => Unknown::Middle(self.middle.get(at)),
        }
    }
}

impl Scratch {
    /// The count of a piece; 0 if it is not remembered.
    #[inline(always)]
    fn remembered(&mut self, piece: Unknown) -> u32 {
        match piece {
            Unknown::Short(key) if key.length() == 4 => self.four.get(key.bytes() as u32),
            Unknown::Short(key) => self.short.get(key),
            Unknown::Middle(key) => self.memo.get(key),
        }
    }

    /// Remembers a count in the memo that is asked for such pieces.
    #[inline(always)]
    fn remember(&mut self, piece: Unknown, count: u32) {
        match piece {
            Unknown::Short(key) if key.length() == 4 => self.four.put(key.bytes() as u32, count),
            Unknown::Short(key) => self.short.put(key, count),
            Unknown::Middle(key) => self.memo.put(key, count),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Encoding;

    #[test]
    fn many_unknown_pieces_of_all_lengths_count_as_each_alone() {
        let mut state = 1_u64;
        let mut below = |end: u64| {
            state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
            (state >> 33) % end
        };
        let mut word = |length| {
            let letter = |_| char::from(b'a' + below(26) as u8);
            " ".chars()
                .chain((1..length).map(letter))
                .collect::<String>()
        };
        let words: Vec<String> = (0..60_000).map(|i| word(2 + i % 18)).collect();
        for name in ["o200k_base", "cl100k_base", "mistral-tekken", "gemma4"] {
            let [together, apart] = [(); 2].map(|()| Encoding::named(name).unwrap());
            // In such words no piece depends on the one before.
            let alone: u32 = words.iter().map(|word| apart.count(word)).sum();
            assert_eq!(together.count(&words.concat()), alone, "{name}");
        }
    }
}
