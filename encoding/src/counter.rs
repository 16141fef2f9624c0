//! Counts texts: cuts them in pieces and adds up what each takes.

mod pending;
mod unknown;
mod unlike;
mod windowed;

use std::ops::ControlFlow;

use self::pending::Pending;
use crate::longer_memo::{self, LongerMemo};
use crate::memo::{self, Key, Memo};
use crate::merges::Vocabulary;
use crate::merges::long::{LongMerge, Told};
use crate::merges::lot::Lot;
use crate::merges::merge::count_short;
use crate::merges::overlap;
use crate::merges::run;
use crate::pieces::{Pattern, Split, window, with_split};
use crate::short_memo::{self, ShortMemo};
use crate::tiny_memo::TinyMemo;

/// Memory that one call at a time uses.
pub(crate) struct Scratch {
    tiny: TinyMemo,
    short: ShortMemo,
    memo: Memo,
    longer: LongerMemo,
    long: LongMerge,
    lot: Lot,
    pending: Pending,
}

impl Scratch {
    /// Empty.
    pub fn new() -> Self {
        Self {
            tiny: TinyMemo::new(),
            short: ShortMemo::new(),
            memo: Memo::new(),
            longer: LongerMemo::new(),
            long: LongMerge::new(),
            lot: Lot::new(),
            pending: Pending::default(),
        }
    }
}

/// An encoding and scratch memory, for the length of one call.
pub(crate) struct Counter<'a> {
    /// The merges.
    pub vocabulary: &'a Vocabulary,
    /// The pre-tokenizer.
    pub pattern: Pattern,
    /// The memory.
    pub scratch: &'a mut Scratch,
}

impl Counter<'_> {
    /// Tokens of `text`.
    pub fn count(&mut self, text: &[u8]) -> u32 {
        // Saturates where the type ends, far beyond any model's window.
        self.count_up_to(text, u32::MAX - 1).unwrap_or(u32::MAX)
    }

    /// Tokens of `text`, or `None` as soon as they exceed `limit`.
    pub fn count_up_to(&mut self, text: &[u8], limit: u32) -> Option<u32> {
        with_split!(self.pattern, S => self.count_pieces::<S>(text, limit))
    }

    // A function for each pattern: runtimes optimise one at a time, and only those in use.
    #[inline(never)]
    fn count_pieces<S: Split>(&mut self, text: &[u8], limit: u32) -> Option<u32> {
        let mut total = 0_u32;
        let mut start = 0;
        self.clear_pending();
        while start < text.len() {
            let room = limit - total;
            let (tokens, end) = if window::suits::<S>(text, start) {
                self.count_window::<S>(text, start, room)
            } else {
                let end = S::piece_end(text, start);
                (self.count_piece(text, start, end, room), end)
            };
            total = total
                .saturating_add(tokens)
                .saturating_add(self.count_enough_pending(text));
            if total > limit {
                return None;
            }
            start = end;
        }
        total = total.saturating_add(self.count_pending(text));
        (total <= limit).then_some(total)
    }

    #[inline(never)]
    fn count_new_short(&mut self, key: short_memo::Key, piece: &[u8]) -> u32 {
        let count = self.count_merging(piece);
        self.scratch.short.put(key, count);
        count
    }

    #[inline(never)]
    fn count_new(&mut self, key: Key, piece: &[u8]) -> u32 {
        let count = self.count_merging(piece);
        self.scratch.memo.put(key, count);
        count
    }

    /// The end of the piece that starts at `start`, which is before the end of `text`.
    pub fn piece_end(&self, text: &[u8], start: usize) -> usize {
        self.pattern.piece_end(text, start)
    }

    /// Tokens of the piece `text[start..end]`; anything above `limit` when there are more than that.
    pub fn count_piece(&mut self, text: &[u8], start: usize, end: usize, limit: u32) -> u32 {
        let length = end - start;
        if length > memo::MAX_PIECE {
            return self.count_longer(&text[start..end], limit);
        }
        if length <= short_memo::MAX_PIECE {
            let mut copy;
            let bytes = match text[start..].first_chunk() {
                Some(bytes) => bytes,
                None => {
                    copy = [0; 8];
                    copy[..length].copy_from_slice(&text[start..end]);
                    &copy
                }
            };
            let key = short_memo::Key::new(*bytes, length);
            return match self.scratch.short.get(key) {
                0 => self.count_new_short(key, &text[start..end]),
                count => count,
            };
        }
        let eight_at = |at: usize| text[at..].first_chunk().copied().unwrap_or_default();
        let key = Key::new(eight_at(start), eight_at(end - memo::MIN_PIECE), length);
        match self.scratch.memo.get(key) {
            0 => self.count_new(key, &text[start..end]),
            count => count,
        }
    }

    #[inline(never)]
    fn count_longer(&mut self, piece: &[u8], limit: u32) -> u32 {
        if piece.len() > longer_memo::MAX_PIECE {
            return self.count_tokens(piece, limit);
        }
        let hash = longer_memo::hash(piece);
        if let Some(count) = self.scratch.longer.get(hash, piece) {
            return count;
        }
        let count = self.count_merging(piece);
        self.scratch.longer.put(hash, piece, count);
        count
    }

    /// Tokens of a piece that no memo knows.
    #[inline]
    fn count_merging(&mut self, piece: &[u8]) -> u32 {
        if self.vocabulary.is_whole(piece) {
            return 1;
        }
        match count_short(self.vocabulary, piece) {
            Some(count) => count,
            None => self.count_tokens(piece, u32::MAX),
        }
    }

    fn count_tokens(&mut self, piece: &[u8], limit: u32) -> u32 {
        if self.vocabulary.is_whole(piece) {
            return 1;
        }
        if run::length(piece) == piece.len()
            && let Some(count) = run::count(self.vocabulary, piece[0], piece.len())
        {
            return count;
        }
        // Before the end of a piece nothing is certain, but for how many tokens it takes at least.
        let limit = limit as usize;
        if piece.len() > limit && piece.len() > limit.saturating_mul(self.vocabulary.longest()) {
            return u32::MAX;
        }
        if overlap::suits(piece)
            && let Some(count) = overlap::count(self.vocabulary, &mut self.scratch.long, piece)
        {
            return count;
        }
        let count = self.scratch.long.count(self.vocabulary, piece);
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// Hands the end of every token of `piece` to `take`, in order, until it breaks; see [`LongMerge::token_ends`].
    pub fn token_ends(&mut self, piece: &[u8], take: &mut dyn FnMut(Told) -> ControlFlow<()>) {
        if self.vocabulary.is_whole(piece) {
            // It is the last token, so it does not matter whether more are wanted.
            let _ = take(Told::End(piece.len()));
            return;
        }
        self.scratch.long.token_ends(self.vocabulary, piece, take);
    }
}
