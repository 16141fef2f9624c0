//! Counts the pieces of up to fifteen bytes that no memo knew.
//!
//! The shortest tokens tell the counts of many, and what is left is merged together.

use std::hint::select_unpredictable;

use super::pending::Pending;
use super::{Counter, Scratch};
use crate::merges::lot::Piece;
use crate::merges::pairs::count_pairs;
use crate::merges::short_tokens::ShortTokens;

impl Counter<'_> {
    /// Tokens of the pending pieces of up to fifteen bytes. Those that are merged become known, others are told as fast again.
    #[inline(never)]
    pub(super) fn count_unknown(&mut self) -> u32 {
        let Pending {
            tiny,
            short,
            middle,
            ..
        } = &self.scratch.pending;
        if tiny.length + short.length + middle.length == 0 {
            return 0;
        }
        if !self.vocabulary.is_plain() {
            return self.count_unknown_alone();
        }
        let settled = match self.vocabulary.short_tokens() {
            Some(short_tokens) => self.settle(short_tokens),
            None => {
                self.add_tiny_and_short();
                0
            }
        };
        self.add_middle();
        settled + self.count_unlike()
    }

    /// Tokens of those of up to seven bytes that need no merging. The others become unlike pieces.
    // Not a part of its caller, nor is its alternative: a first text needs one of them, and most texts the other.
    #[inline(never)]
    fn settle(&mut self, short_tokens: &ShortTokens) -> u32 {
        self.settle_tiny(short_tokens) + self.settle_short(short_tokens)
    }

    /// Tokens of those of up to four bytes that need no merging. The others become unlike pieces, here and below.
    #[inline(always)]
    fn settle_tiny(&mut self, short_tokens: &ShortTokens) -> u32 {
        let vocabulary = self.vocabulary;
        let Scratch {
            tiny: memo,
            pending,
            ..
        } = &mut *self.scratch;
        let Pending { tiny, unlike, .. } = pending;
        let mut tokens = 0;
        // Half of them. Which could not be predicted, so there is no branch on it.
        let mut left = 0;
        for at in 0..tiny.length {
            let key = tiny.get(at);
            let count = short_tokens.count(key.bytes(), key.length() == 3);
            tokens += select_unpredictable(key.is_short(), count, 0);
            memo.put_if(key.is_short(), key, count);
            left = tiny.set(left, key, !key.is_short());
        }
        let mut kept = 0;
        for at in 0..left {
            let key = tiny.get(at);
            let bytes = u32::from_le_bytes(key.bytes());
            let may_be_one = short_tokens.may_be_one(bytes.into(), 4);
            let count = if key.is_four() & !may_be_one {
                short_tokens.count_four(vocabulary, key.bytes())
            } else {
                0
            };
            tokens += count;
            let new = count == 0 && unlike.add(Piece::new([bytes.into(), 0], key.length(), true));
            kept = tiny.set(kept, key, new);
        }
        tiny.length = kept;
        tokens
    }

    /// The same of those of up to seven bytes.
    #[inline(always)]
    fn settle_short(&mut self, short_tokens: &ShortTokens) -> u32 {
        let vocabulary = self.vocabulary;
        let Pending { short, unlike, .. } = &mut self.scratch.pending;
        let mut tokens = 0;
        let mut kept = 0;
        for at in 0..short.length {
            let key = short.get(at);
            let (bytes, length) = (key.bytes(), key.length());
            let count = count_pairs(vocabulary, short_tokens, bytes, length);
            let may_be_one = short_tokens.may_be_one(bytes, length);
            tokens += count;
            let new = count == 0 && unlike.add(Piece::new([bytes, 0], length, may_be_one));
            kept = short.set(kept, key, new);
        }
        short.length = kept;
        tokens
    }

    /// Adds those of up to seven bytes to the unlike pieces.
    #[inline(never)]
    fn add_tiny_and_short(&mut self) {
        let Pending {
            tiny,
            short,
            unlike,
            ..
        } = &mut self.scratch.pending;
        tiny.keep(|key| {
            let bytes = u32::from_le_bytes(key.bytes());
            unlike.add_rarely(Piece::new([bytes.into(), 0], key.length(), true))
        });
        short.keep(|key| unlike.add_rarely(Piece::new([key.bytes(), 0], key.length(), true)));
    }

    /// Adds those of up to fifteen bytes to the unlike pieces.
    #[inline(always)]
    fn add_middle(&mut self) {
        let Pending { middle, unlike, .. } = &mut self.scratch.pending;
        middle.keep(|key| {
            let (words, length) = key.piece();
            unlike.add(Piece::new(words, length, true))
        });
    }

    /// Tokens of the unlike pieces.
    #[inline(always)]
    fn count_unlike(&mut self) -> u32 {
        let Scratch {
            tiny: tiny_memo,
            short: short_memo,
            memo,
            lot,
            pending,
            ..
        } = &mut *self.scratch;
        let Pending {
            tiny,
            short,
            middle,
            unlike,
            ..
        } = pending;
        unlike.count(self.vocabulary, lot);
        let mut tokens = 0;
        let mut index = 0;
        // In the order in which they were added.
        let mut next = || {
            let (count, of_all) = unlike.counted(index);
            tokens += of_all;
            index += 1;
            count
        };
        for at in 0..std::mem::take(&mut tiny.length) {
            tiny_memo.put(tiny.get(at), next());
        }
        for at in 0..std::mem::take(&mut short.length) {
            short_memo.put(short.get(at), next());
        }
        for at in 0..std::mem::take(&mut middle.length) {
            memo.put(middle.get(at), next());
        }
        unlike.clear();
        tokens
    }

    /// Tokens of the pending pieces where merges do not start from bytes, or do not make all tokens.
    fn count_unknown_alone(&mut self) -> u32 {
        let mut tokens = 0;
        for at in 0..std::mem::take(&mut self.scratch.pending.tiny.length) {
            let key = self.scratch.pending.tiny.get(at);
            let mut count = self.scratch.tiny.get(key);
            if count == 0 {
                count = self.count_merging(&key.bytes()[..key.length()]);
                self.scratch.tiny.put(key, count);
            }
            tokens += count;
        }
        for at in 0..std::mem::take(&mut self.scratch.pending.short.length) {
            let key = self.scratch.pending.short.get(at);
            let mut count = self.scratch.short.get(key);
            if count == 0 {
                count = self.count_merging(&key.bytes().to_le_bytes()[..key.length()]);
                self.scratch.short.put(key, count);
            }
            tokens += count;
        }
        for at in 0..std::mem::take(&mut self.scratch.pending.middle.length) {
            let key = self.scratch.pending.middle.get(at);
            let mut count = self.scratch.memo.get(key);
            if count == 0 {
                let ([low, high], length) = key.piece();
                let bytes = u128::from(low) | u128::from(high) << 64;
                count = self.count_merging(&bytes.to_le_bytes()[..length]);
                self.scratch.memo.put(key, count);
            }
            tokens += count;
        }
        tokens
    }
}
