//! Counts the pieces of a window together.

use super::Counter;
use crate::longer_memo;
use crate::memo::{self, Key};
use crate::merges::merge::{Bytes, count_bytes};
use crate::merges::run;
use crate::pieces::Split;
use crate::pieces::window::{self, Window};
use crate::short_memo;

impl Counter<'_> {
    /// Tokens of pieces from `start` on, at least one, and where the last of them ends.
    #[inline]
    pub(super) fn count_window<S: Split>(
        &mut self,
        text: &[u8],
        start: usize,
        limit: u32,
    ) -> (u32, usize) {
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
        // The last start is where the next window begins, unless that is the end of the text.
        let last = 63 - starts.bits.leading_zeros() as usize;
        let (complete, ends) = match starts.end {
            Some(end) => (
                starts.bits,
                starts.bits | 1_u64.checked_shl(end as u32).unwrap_or(0),
            ),
            None => (starts.bits & !(1 << last), starts.bits),
        };
        let mut tokens = self.count_in_window(window, complete, ends);
        if let Some(end) = starts.end {
            return (tokens, start + end);
        }
        if last > 0 && !starts.high {
            return (tokens, start + last);
        }
        if !starts.high {
            return self.count_beyond_window::<S>(text, start, limit);
        }
        // The piece has characters that windows do not know.
        let end = S::piece_end(text, start + last);
        tokens = tokens.saturating_add(self.count_piece(text, start + last, end, limit));
        (tokens, end)
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
        if end - start == run
            && run > longer_memo::MAX_PIECE
            && !self.vocabulary.has_wholes()
            && let Some(count) = run::count(self.vocabulary, text[start], run)
        {
            return (count, end);
        }
        (self.count_piece(text, start, end, limit), end)
    }

    /// Tokens of the pieces that start at `starts`; each ends at the next of `ends`, the last one perhaps with the window.
    ///
    /// Pieces are told apart by length all at once, because for each of them it could not be predicted.
    #[inline(always)]
    fn count_in_window(&mut self, window: &Window, starts: u64, ends: u64) -> u32 {
        let single = starts & ends >> 1;
        let mut tokens = single.count_ones();
        let within_two = ends >> 1 | ends >> 2;
        let within_four = within_two | within_two >> 2;
        let within_seven = within_four | within_four >> 3;
        let mut short = starts & within_seven & !single;
        let mut missing = 0;
        while short != 0 {
            let from = short.trailing_zeros() as usize;
            short &= short - 1;
            let count = self
                .scratch
                .short
                .get_latest(short_key(window, ends, from).0);
            tokens += count;
            missing |= u64::from(count == 0) << from;
        }
        let mut older = std::mem::take(&mut missing);
        while older != 0 {
            let from = older.trailing_zeros() as usize;
            older &= older - 1;
            let count = self.scratch.short.get(short_key(window, ends, from).0);
            tokens += count;
            missing |= u64::from(count == 0) << from;
        }
        if missing != 0 {
            tokens += self.count_missing(window, missing, ends);
        }
        let mut long = starts & !within_seven;
        while long != 0 {
            let from = long.trailing_zeros() as usize;
            long &= long - 1;
            let to = (ends & u64::MAX << from << 1).trailing_zeros() as usize;
            tokens += self.count_longer_in_window(window, from, to);
        }
        tokens
    }

    /// Tokens of the pieces that start at `missing`, of two to seven bytes, which the memo does not have.
    #[inline(never)]
    fn count_missing(&mut self, window: &Window, mut missing: u64, ends: u64) -> u32 {
        let mut tokens = 0;
        if self.vocabulary.has_wholes() {
            while missing != 0 {
                let from = missing.trailing_zeros() as usize;
                missing &= missing - 1;
                let (key, (_, length)) = short_key(window, ends, from);
                tokens += self.count_new_short(key, &window[from..from + length]);
            }
            return tokens;
        }
        if missing & (missing - 1) == 0 {
            let from = missing.trailing_zeros() as usize;
            let (key, bytes) = short_key(window, ends, from);
            let [count] = count_bytes(self.vocabulary, [bytes]);
            self.scratch.short.put(key, count);
            return count;
        }
        while missing != 0 {
            const NONE: (short_memo::Key, Bytes) = (short_memo::Key::NONE, ([0; 8], 0));
            let mut pieces = [NONE; 4];
            for piece in &mut pieces {
                if missing == 0 {
                    break;
                }
                let from = missing.trailing_zeros() as usize;
                missing &= missing - 1;
                *piece = short_key(window, ends, from);
            }
            let counts = count_bytes(self.vocabulary, pieces.map(|(_, bytes)| bytes));
            for ((key, _), count) in pieces.into_iter().zip(counts) {
                if count != 0 {
                    tokens += count;
                    self.scratch.short.put(key, count);
                }
            }
        }
        tokens
    }

    #[inline(always)]
    fn count_longer_in_window(&mut self, window: &Window, from: usize, to: usize) -> u32 {
        if to - from > memo::MAX_PIECE {
            return self.count_longer(&window[from..to], u32::MAX);
        }
        let key = Key::in_window(window, from, to - from);
        match self.scratch.memo.get(key) {
            0 => self.count_new(key, &window[from..to]),
            count => count,
        }
    }
}

/// The key of the piece of at most seven bytes that starts at `from`, and its bytes.
#[inline(always)]
fn short_key(window: &Window, ends: u64, from: usize) -> (short_memo::Key, Bytes) {
    let to = (ends & u64::MAX << from << 1).trailing_zeros() as usize;
    let bytes = window[from..].first_chunk().copied().unwrap_or_default();
    (short_memo::Key::new(bytes, to - from), (bytes, to - from))
}
