//! Counts texts: cuts them in pieces and adds up what each takes.

use std::ops::ControlFlow;

use super::cl100k::Cl100k;
use super::long::LongMerge;
use super::longer_memo::{self, LongerMemo};
use super::memo::{self, Key, Memo};
use super::merge::count_short;
use super::o200k::O200k;
use super::pack::Pattern;
use super::run;
use super::split::Split;
use super::vocabulary::Vocabulary;
use super::window::{self, Window};

/// Memory that one call at a time uses.
pub(super) struct Scratch {
    memo: Memo,
    longer: LongerMemo,
    long: LongMerge,
}

impl Scratch {
    /// Empty.
    pub fn new() -> Self {
        Self {
            memo: Memo::new(),
            longer: LongerMemo::new(),
            long: LongMerge::new(),
        }
    }
}

/// An encoding and scratch memory, for the length of one call.
pub(super) struct Counter<'a> {
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
        match self.pattern {
            Pattern::Cl100k => self.count_pieces::<Cl100k>(text, limit),
            Pattern::O200k => self.count_pieces::<O200k>(text, limit),
        }
    }

    #[inline]
    fn count_pieces<S: Split>(&mut self, text: &[u8], limit: u32) -> Option<u32> {
        let mut total = 0_u32;
        let mut start = 0;
        while start < text.len() {
            let room = limit - total;
            let (tokens, end) = if is_ascii_ahead(text, start) {
                self.count_window::<S>(text, start, room)
            } else {
                let end = S::piece_end(text, start);
                (self.count_piece(text, start, end, room), end)
            };
            total = total.saturating_add(tokens);
            if total > limit {
                return None;
            }
            start = end;
        }
        Some(total)
    }

    /// Tokens of pieces from `start` on, at least one, and where the last of them ends.
    #[inline]
    fn count_window<S: Split>(&mut self, text: &[u8], start: usize, limit: u32) -> (u32, usize) {
        let mut copy;
        let window: &Window = match text[start..].first_chunk() {
            Some(window) => window,
            None => {
                let rest = &text[start..];
                copy = [0; _];
                copy[..rest.len()].copy_from_slice(rest);
                &copy
            }
        };
        let starts = window::starts::<S>(text, start, window);
        let mut tokens = 0_u32;
        let mut from = 0;
        let mut bits = starts.bits & (starts.bits - 1);
        while bits != 0 {
            let to = bits.trailing_zeros() as usize;
            bits &= bits - 1;
            tokens += self.count_in_window(window, from, to);
            from = to;
        }
        if let Some(end) = starts.end {
            tokens += self.count_in_window(window, from, end);
            return (tokens, start + end);
        }
        if from > 0 && !starts.high {
            return (tokens, start + from);
        }
        if !starts.high {
            return self.count_beyond_window::<S>(text, start, limit);
        }
        // The piece has characters that windows do not know.
        let end = S::piece_end(text, start + from);
        let last = self.count_piece(text, start + from, end, limit);
        (tokens.saturating_add(last), end)
    }

    /// Tokens of the piece at `start`, which fills a window, and its end.
    #[inline(never)]
    fn count_beyond_window<S: Split>(
        &mut self,
        text: &[u8],
        start: usize,
        limit: u32,
    ) -> (u32, usize) {
        let run = run::length(&text[start..]);
        // In the run of one character all places but the last are alike: a piece from any of them ends where this one ends.
        let end = S::piece_end(text, start + run.saturating_sub(2));
        if end - start == run && run > longer_memo::MAX_PIECE {
            return (run::count(self.vocabulary, text[start], run), end);
        }
        (self.count_piece(text, start, end, limit), end)
    }

    #[inline(always)]
    fn count_in_window(&mut self, window: &Window, from: usize, to: usize) -> u32 {
        if to - from > memo::MAX_PIECE {
            return self.count_longer(&window[from..to], u32::MAX);
        }
        let key = Key::in_window(window, from, to - from);
        match self.scratch.memo.get(key) {
            0 => self.count_new(key, &window[from..to]),
            count => count,
        }
    }

    #[inline(never)]
    fn count_new(&mut self, key: Key, piece: &[u8]) -> u32 {
        let count = match count_short(self.vocabulary, piece) {
            Some(count) => count,
            None => self.count_tokens(piece, u32::MAX),
        };
        self.scratch.memo.put(key, count);
        count
    }

    /// The end of the piece that starts at `start`, which is before the end of `text`.
    pub fn piece_end(&self, text: &[u8], start: usize) -> usize {
        match self.pattern {
            Pattern::Cl100k => Cl100k::piece_end(text, start),
            Pattern::O200k => O200k::piece_end(text, start),
        }
    }

    /// Tokens of the piece `text[start..end]`; anything above `limit` when there are more than that.
    pub fn count_piece(&mut self, text: &[u8], start: usize, end: usize, limit: u32) -> u32 {
        let length = end - start;
        if length > memo::MAX_PIECE {
            return self.count_longer(&text[start..end], limit);
        }
        let key = Key::new(text, start, end);
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
        let count = match count_short(self.vocabulary, piece) {
            Some(count) => count,
            None => self.count_tokens(piece, u32::MAX),
        };
        self.scratch.longer.put(hash, piece, count);
        count
    }

    fn count_tokens(&mut self, piece: &[u8], limit: u32) -> u32 {
        let mut count = 0_u32;
        self.token_ends(piece, |_| {
            count += 1;
            if count > limit {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        count
    }

    /// Hands the end of every token of `piece` to `take`, in order, until it breaks.
    pub fn token_ends(&mut self, piece: &[u8], take: impl FnMut(usize) -> ControlFlow<()>) {
        self.scratch.long.token_ends(self.vocabulary, piece, take);
    }
}

/// Whether a window at `start` is likely to hold more than one piece.
#[inline]
fn is_ascii_ahead(text: &[u8], start: usize) -> bool {
    text[start] < 0x80 && text.get(start + 1).is_none_or(|&byte| byte < 0x80)
}
