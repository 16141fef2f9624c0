//! Pieces of windows that no memo knows, kept until there are enough of them to merge together.
//!
//! What a merge waits for is memory, and others can wait for theirs meanwhile.

use super::{Counter, Scratch};
use crate::longer_memo;
use crate::memo;
use crate::merges::known_tokens::KnownTokens;
use crate::merges::merge::{AT_ONCE, count_texts};
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
    /// Of up to fifteen bytes: merged together whatever their lengths, because a text has few.
    pub unknown: Keys<memo::Key, UNKNOWN>,
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
        self.scratch.pending.unknown.length = 0;
    }

    /// Tokens of the pending pieces of a kind of which there are enough.
    #[inline(always)]
    pub(super) fn count_enough_pending(&mut self, text: &[u8]) -> u32 {
        let mut tokens = 0;
        if self.scratch.pending.unknown.length >= UNKNOWN_ENOUGH {
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
        let waiting = std::mem::take(&mut self.scratch.pending.unknown.length);
        while at < waiting {
            let from = at;
            let mut pieces = 0;
            while at < waiting && pieces < AT_ONCE {
                let key = self.scratch.pending.unknown.get(at);
                at += 1;
                let count = self.settled(known, key);
                tokens += count;
                let unknown = &mut self.scratch.pending.unknown;
                pieces = unknown.set(from + pieces, key, count == 0) - from;
            }
            let Scratch {
                merges, pending, ..
            } = &mut *self.scratch;
            if is_plain {
                for index in 0..pieces {
                    let key = pending.unknown.get(from + index);
                    let (bytes, length) = key.piece();
                    let may_be_one = length > short_memo::MAX_PIECE
                        || known.is_none_or(|known| known.may_be(key.short_bits()));
                    merges.take(self.vocabulary, index, &bytes, length, may_be_one);
                }
                merges.merge(self.vocabulary, pieces);
            }
            for index in 0..pieces {
                let key = self.scratch.pending.unknown.get(from + index);
                let count = if is_plain {
                    self.scratch.merges.count(index)
                } else {
                    let (bytes, length) = key.piece();
                    self.count_merging(&bytes[..length])
                };
                tokens += count;
                self.scratch.remember(key, count);
            }
        }
        tokens
    }

    /// Tokens of a piece that the shortest tokens tell, or that has become known since; 0 if neither.
    #[inline(always)]
    fn settled(&mut self, known: Option<&KnownTokens>, key: memo::Key) -> u32 {
        if key.length() == 4
            && self.vocabulary.is_plain()
            && let Some(known) = known
        {
            let piece = key.short_bits();
            if piece & 0x8080_8080 == 0 && !known.may_be(piece) {
                return self.vocabulary.count_four((piece as u32).to_le_bytes());
            }
        }
        self.scratch.remembered(key)
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

impl Scratch {
    /// The count of a piece of at most fifteen bytes; 0 if it is not remembered.
    #[inline(always)]
    fn remembered(&mut self, key: memo::Key) -> u32 {
        match key.length() {
            4 => self.four.get(key.short_bits() as u32),
            ..8 => self.short.get(short_memo::Key::of_bits(key.short_bits())),
            _ => self.memo.get(key),
        }
    }

    /// Remembers a count in the memo that the list of such pieces asks.
    #[inline(always)]
    fn remember(&mut self, key: memo::Key, count: u32) {
        match key.length() {
            4 => self.four.put(key.short_bits() as u32, count),
            ..8 => self
                .short
                .put(short_memo::Key::of_bits(key.short_bits()), count),
            _ => self.memo.put(key, count),
        }
    }
}

/// A piece of four bytes, with its length above it.
pub(super) fn four_bits(piece: u32) -> u64 {
    u64::from(piece) | 4 << 56
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
