//! Pieces of windows, kept until there are enough of them to look for in the memos together, and to merge together where those
//! do not know them.
//!
//! What a piece waits for is memory, and others can wait for theirs meanwhile: in a loop that does nothing else a processor has many
//! of them on their way. That a piece is missing cannot be predicted, so there is no branch on it.

use super::{Counter, Scratch};
use crate::merges::Vocabulary;
use crate::merges::merge::{Piece, count_bytes, count_texts};
use crate::{longer_memo, memo, short_memo};

/// Pieces that are merged at once.
const AT_ONCE: usize = 8;

/// As many as a window adds at most, and more than are waited for.
const SHORT: usize = 1024;
const SHORT_ENOUGH: usize = 512;
const MIDDLE: usize = 256;
const MIDDLE_ENOUGH: usize = 128;
const LONG: usize = 32;
const LONG_ENOUGH: usize = 16;

/// Long pieces that are merged at once if they have fewer bytes than this, four times the second number; others are merged alone.
const LONG_AT_ONCE: usize = 4;
const LONG_FOURS: usize = 8;
const LONG_BYTES: usize = 4 * LONG_FOURS;

/// The pieces of a text that are not counted yet.
#[derive(Default)]
pub(super) struct Pending {
    /// Of four bytes.
    pub four: Keys<u32, SHORT>,
    /// Of up to seven bytes, otherwise.
    pub short: Keys<short_memo::Key, SHORT>,
    /// Of eight to fifteen bytes.
    pub middle: Keys<memo::Key, MIDDLE>,
    /// Of more: where they start in the text and where they end.
    pub long: Keys<(usize, usize), LONG>,
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

    /// Tokens of those of the first `waiting` that `get` knows; the others move to the front, and are that many.
    #[inline(always)]
    fn missing(&mut self, waiting: usize, mut get: impl FnMut(K) -> u32) -> (u32, usize) {
        let (mut tokens, mut missing) = (0, 0);
        for at in 0..waiting {
            let key = self.get(at);
            let count = get(key);
            tokens += count;
            missing = self.set(missing, key, count == 0);
        }
        (tokens, missing)
    }

    /// Puts `key` at `length`, and gives the length with it.
    #[inline(always)]
    pub fn push(&mut self, length: usize, key: K) -> usize {
        self.set(length, key, true)
    }

    /// Puts `key` at `length`, and gives the length with it if it `counts`.
    #[inline(always)]
    fn set(&mut self, length: usize, key: K, counts: bool) -> usize {
        self.keys[length % CAPACITY] = key;
        length + usize::from(counts)
    }
}

impl Counter<'_> {
    /// Forgets what an earlier call has left behind.
    pub(super) fn clear_pending(&mut self) {
        self.scratch.pending.four.length = 0;
        self.scratch.pending.short.length = 0;
        self.scratch.pending.middle.length = 0;
        self.scratch.pending.long.length = 0;
    }

    /// Tokens of the pending pieces of a length of which there are enough.
    #[inline(always)]
    pub(super) fn count_enough_pending(&mut self, text: &[u8]) -> u32 {
        let mut tokens = 0;
        if self.scratch.pending.four.length >= SHORT_ENOUGH {
            tokens += self.count_pending_four();
        }
        if self.scratch.pending.short.length >= SHORT_ENOUGH {
            tokens += self.count_pending_short();
        }
        if self.scratch.pending.middle.length >= MIDDLE_ENOUGH {
            tokens += self.count_pending_middle();
        }
        if self.scratch.pending.long.length >= LONG_ENOUGH {
            tokens += self.count_pending_long(text);
        }
        tokens
    }

    /// Tokens of the pending pieces of `text`.
    pub(super) fn count_pending(&mut self, text: &[u8]) -> u32 {
        self.count_pending_four()
            + self.count_pending_short()
            + self.count_pending_middle()
            + self.count_pending_long(text)
    }

    #[inline(never)]
    fn count_pending_four(&mut self) -> u32 {
        let waiting = std::mem::take(&mut self.scratch.pending.four.length);
        let known = self.vocabulary.known_tokens();
        let Scratch { four, pending, .. } = &mut *self.scratch;
        let keys = &mut pending.four;
        let (mut tokens, waiting) = keys.missing(waiting, |piece| four.get(piece));
        let mut others = 0;
        for at in 0..waiting {
            let piece = keys.keys[at % SHORT];
            let is_ascii = piece & 0x8080_8080 == 0;
            match known {
                Some(known) if is_ascii && !known.may_be(four_bits(piece)) => {
                    let count = self.vocabulary.count_four(piece.to_le_bytes());
                    four.put(piece, count);
                    tokens += count;
                }
                _ => others = keys.push(others, piece),
            }
        }
        tokens
            + self.count_missing(
                others,
                |scratch, at| scratch.pending.four.get(at),
                |scratch, piece| scratch.four.get(piece),
                |piece| Piece {
                    bytes: u64::from(piece).to_le_bytes(),
                    length: 4,
                    may_be_one: true,
                },
                |scratch, piece, count| scratch.four.put(piece, count),
                merge_short,
            )
    }

    #[inline(never)]
    fn count_pending_short(&mut self) -> u32 {
        let Scratch { short, pending, .. } = &mut *self.scratch;
        let waiting = std::mem::take(&mut pending.short.length);
        let (tokens, missing) = pending.short.missing(waiting, |key| short.get(key));
        let known = self.vocabulary.known_tokens();
        tokens
            + self.count_missing(
                missing,
                |scratch, at| scratch.pending.short.get(at),
                |scratch, key| scratch.short.get(key),
                |key| Piece {
                    bytes: key.bits().to_le_bytes(),
                    length: (key.bits() >> 56) as usize,
                    may_be_one: known.is_none_or(|known| known.may_be(key.bits())),
                },
                |scratch, key, count| scratch.short.put(key, count),
                merge_short,
            )
    }

    #[inline(never)]
    fn count_pending_middle(&mut self) -> u32 {
        let Scratch { memo, pending, .. } = &mut *self.scratch;
        let waiting = std::mem::take(&mut pending.middle.length);
        let (tokens, missing) = pending.middle.missing(waiting, |key| memo.get(key));
        tokens
            + self.count_missing(
                missing,
                |scratch, at| scratch.pending.middle.get(at),
                |scratch, key| scratch.memo.get(key),
                |key| {
                    let (bytes, length) = key.piece();
                    Piece {
                        bytes,
                        length,
                        may_be_one: true,
                    }
                },
                |scratch, key, count| scratch.memo.put(key, count),
                merge_middle,
            )
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

    /// Tokens of `pieces`, which become known.
    #[inline(always)]
    fn count_missing<K: Copy + Default, const PLACES: usize>(
        &mut self,
        missing: usize,
        key: impl Fn(&Scratch, usize) -> K,
        get: impl Fn(&mut Scratch, K) -> u32,
        piece: impl Fn(K) -> Piece<PLACES>,
        put: impl Fn(&mut Scratch, K, u32),
        merge: fn(&Vocabulary, &[Piece<PLACES>]) -> [u32; AT_ONCE],
    ) -> u32 {
        let mut tokens = 0;
        let mut at = 0;
        while at < missing {
            let mut keys = [K::default(); AT_ONCE];
            let mut length = 0;
            while at < missing && length < AT_ONCE {
                let key = key(self.scratch, at);
                at += 1;
                // The same piece may have come before.
                let count = get(self.scratch, key);
                tokens += count;
                keys[length % AT_ONCE] = key;
                length += usize::from(count == 0);
            }
            let mut pieces = [const { Piece::EMPTY }; AT_ONCE];
            for (text, &key) in pieces.iter_mut().zip(&keys[..length]) {
                *text = piece(key);
            }
            let mut counts = [0; AT_ONCE];
            if !self.vocabulary.is_plain() {
                for (count, piece) in counts.iter_mut().zip(&pieces[..length]) {
                    *count = self.count_merging(&piece.bytes[..piece.length]);
                }
            } else {
                counts = merge(self.vocabulary, &pieces[..length]);
            }
            for (key, count) in keys.into_iter().zip(counts).take(length) {
                tokens += count;
                put(self.scratch, key, count);
            }
        }
        tokens
    }
}

// A function for each size: their code is long.
#[inline(never)]
fn merge_short(vocabulary: &Vocabulary, pieces: &[Piece<8>]) -> [u32; AT_ONCE] {
    count_bytes::<AT_ONCE, 8, 2, 16>(vocabulary, pieces)
}

#[inline(never)]
fn merge_middle(vocabulary: &Vocabulary, pieces: &[Piece<16>]) -> [u32; AT_ONCE] {
    count_bytes::<AT_ONCE, 16, 4, 32>(vocabulary, pieces)
}

/// A piece of four bytes, with its length above it.
fn four_bits(piece: u32) -> u64 {
    u64::from(piece) | 4 << 56
}
