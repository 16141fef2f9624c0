//! Pieces of windows that no memo knows, kept until there are enough of them to merge together.
//!
//! What a merge waits for is memory, and others can wait for theirs meanwhile.

use super::Counter;
use super::unlike::Unlike;
use crate::merges::merge::count_texts;
use crate::{longer_memo, memo, short_memo, tiny_memo};

/// More than are waited for, and all that a window adds.
const LONG: usize = 32;
const LONG_ENOUGH: usize = 16;
const UNKNOWN: usize = 512;
const UNKNOWN_ENOUGH: usize = 256;

/// Long pieces that are merged at once if they have fewer bytes than the second number; others are merged alone.
const LONG_AT_ONCE: usize = 4;
const LONG_BYTES: usize = 32;

/// The pieces of a text that are not counted yet.
#[derive(Default)]
pub(super) struct Pending {
    /// Of more than fifteen bytes, known or not: where they start in the text and where they end.
    pub long: Keys<(usize, usize), LONG>,
    /// Of two to four bytes, of up to seven, and of up to fifteen.
    pub tiny: Keys<tiny_memo::Key, UNKNOWN>,
    pub short: Keys<short_memo::Key, UNKNOWN>,
    pub middle: Keys<memo::Key, UNKNOWN>,
    /// Those of them that are merged: together whatever their lengths, because most texts have few of each.
    pub unlike: Unlike,
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
    pub fn get(&self, at: usize) -> K {
        self.keys[at % CAPACITY]
    }

    /// Puts `key` at `length`, and gives the length with it.
    #[inline(always)]
    pub fn push(&mut self, length: usize, key: K) -> usize {
        self.set(length, key, true)
    }

    /// Keeps those that `is_kept` says, in their order.
    #[inline(always)]
    pub fn keep(&mut self, mut is_kept: impl FnMut(K) -> bool) {
        let mut kept = 0;
        for at in 0..self.length {
            let key = self.get(at);
            kept = self.set(kept, key, is_kept(key));
        }
        self.length = kept;
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
        let pending = &mut self.scratch.pending;
        pending.long.length = 0;
        pending.tiny.length = 0;
        pending.short.length = 0;
        pending.middle.length = 0;
        pending.unlike.clear();
    }

    /// Tokens of the pending pieces of a kind of which there are enough.
    #[inline(always)]
    pub(super) fn count_enough_pending(&mut self, text: &[u8]) -> u32 {
        let Pending {
            long,
            tiny,
            short,
            middle,
            ..
        } = &self.scratch.pending;
        let unknown = tiny.length.max(short.length).max(middle.length);
        let long = long.length;
        let mut tokens = 0;
        if unknown >= UNKNOWN_ENOUGH {
            tokens += self.count_unknown();
        }
        if long >= LONG_ENOUGH {
            tokens += self.count_pending_long(text);
        }
        tokens
    }

    /// Tokens of the pending pieces of `text`.
    pub(super) fn count_pending(&mut self, text: &[u8]) -> u32 {
        let unknown = self.count_unknown();
        // Most texts are short and have none.
        match self.scratch.pending.long.length {
            0 => unknown,
            _ => unknown + self.count_pending_long(text),
        }
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
        let counts = count_texts::<LONG_AT_ONCE, LONG_BYTES>(self.vocabulary, &texts);
        let mut tokens = 0;
        for (&(piece, hash), count) in pieces.iter().zip(counts) {
            self.scratch.longer.put(hash, piece, count);
            tokens += count;
        }
        tokens
    }
}

#[cfg(test)]
mod tests {
    use crate::Encoding;

    const O200K_BASE: &[u8] = include_bytes!("../../packs/o200k_base.pack");
    const CL100K_BASE: &[u8] = include_bytes!("../../packs/cl100k_base.pack");
    const TEKKEN: &[u8] = include_bytes!("../../packs/mistral-tekken.pack");
    const DEEPSEEK: &[u8] = include_bytes!("../../packs/deepseek-v4.pack");
    const GEMMA: &[u8] = include_bytes!("../../packs/gemma4.pack");

    /// One that remembers nothing yet.
    fn fresh(pack: &[u8]) -> Encoding {
        Encoding::from_pack(pack).unwrap()
    }

    fn knows_short_tokens(encoding: &Encoding) -> bool {
        encoding.vocabulary().short_tokens().is_some()
    }

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
        // So many that the short tokens are found out on the way, and are asked for in large batches afterwards.
        let words: Vec<String> = (0..200_000).map(|i| word(2 + i % 18)).collect();
        for pack in [O200K_BASE, CL100K_BASE, TEKKEN, GEMMA] {
            let [together, apart] = [fresh(pack), fresh(pack)];
            // In such words no piece depends on the one before.
            let alone: u32 = words.iter().map(|word| apart.count(word)).sum();
            assert_eq!(together.count(&words.concat()), alone, "{}", apart.name());
            // They tell nothing where merges start from characters.
            assert!(knows_short_tokens(&together) || pack == GEMMA);
        }
    }

    #[test]
    fn short_pieces_count_the_same_before_and_after_the_short_tokens_are_found_out() {
        let symbols = ["a", "T", "7", " ", "-", "é", "д", "日", "\0"];
        let mut texts = Vec::new();
        for one in symbols {
            for two in symbols {
                for three in symbols {
                    for four in ["", "e", "ñ"] {
                        texts.push([one, two, three, four].concat());
                    }
                }
            }
        }
        for pack in [O200K_BASE, CL100K_BASE, TEKKEN, DEEPSEEK] {
            let late = fresh(pack);
            while !knows_short_tokens(&late) {}
            for chunk in texts.chunks(50) {
                let early = fresh(pack);
                for text in chunk {
                    assert_eq!(early.count(text), late.count(text), "{text:?}");
                }
                assert!(!knows_short_tokens(&early));
            }
        }
    }
}
