//! Counts the pieces of a window together.

use super::{Counter, Scratch};
use crate::merges::run;
use crate::pieces::Split;
use crate::pieces::window::{self, Window};
use crate::{memo, short_memo, tiny_memo};

/// Bytes of a run of one character above which its tokens are worked out; those of others may be remembered.
const LONG_RUN: usize = 128;

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
        if let Some(end) = starts.end {
            let lasts = starts.bits >> 1 | 1 << (end - 1);
            let tokens = self.count_in_window(window, start, starts.bits, lasts);
            return (tokens, start + end);
        }
        // The last start is where the next window begins.
        let last = 63 - starts.bits.leading_zeros() as usize;
        let complete = starts.bits & !(1 << last);
        let mut tokens = self.count_in_window(window, start, complete, starts.bits >> 1);
        if last > 0 && !starts.unknown {
            return (tokens, start + last);
        }
        if !starts.unknown {
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
            && run > LONG_RUN
            && !self.vocabulary.has_wholes()
            && let Some(count) = run::count(self.vocabulary, text[start], run)
        {
            return (count, end);
        }
        (self.count_piece(text, start, end, limit), end)
    }

    /// Tokens of the pieces that start at `starts`; the last byte of each is the next of `lasts`.
    /// Those that no memo tells are [pending](super::pending).
    ///
    /// Pieces are told apart by length all at once, because for each of them it could not be predicted; that one is missing in its memo
    /// neither, so there is no branch on it.
    // One function for all patterns, each of which has a copy of its caller.
    #[inline(never)]
    fn count_in_window(&mut self, window: &Window, start: usize, starts: u64, lasts: u64) -> u32 {
        let single = starts & lasts;
        let mut tokens = single.count_ones();
        let within_two = lasts | lasts >> 1;
        let within_four = within_two | within_two >> 2;
        let within_seven = within_four | within_four >> 3;
        let within_fifteen = within_seven | lasts >> 7 | within_seven >> 8;
        let Scratch {
            tiny: tiny_memo,
            short: short_memo,
            memo,
            pending,
            ..
        } = &mut *self.scratch;
        let mut tiny = starts & within_four & !single;
        let mut unknown = pending.tiny.length;
        while tiny != 0 {
            let from = tiny.trailing_zeros() as usize;
            tiny &= tiny - 1;
            let key = tiny_key(window, lasts, from);
            let count = tiny_memo.get(key);
            tokens += count;
            unknown = pending.tiny.set(unknown, key, count == 0);
        }
        pending.tiny.length = unknown;
        let mut short = starts & within_seven & !within_four;
        let mut unknown = pending.short.length;
        while short != 0 {
            let from = short.trailing_zeros() as usize;
            short &= short - 1;
            let key = short_key(window, lasts, from);
            let count = short_memo.get(key);
            tokens += count;
            unknown = pending.short.set(unknown, key, count == 0);
        }
        pending.short.length = unknown;
        let mut unknown = pending.middle.length;
        let mut middle = starts & within_fifteen & !within_seven;
        while middle != 0 {
            let from = middle.trailing_zeros() as usize;
            middle &= middle - 1;
            let key = middle_key(window, lasts, from);
            let count = memo.get(key);
            tokens += count;
            unknown = pending.middle.set(unknown, key, count == 0);
        }
        pending.middle.length = unknown;
        let mut long = starts & !within_fifteen;
        while long != 0 {
            let from = long.trailing_zeros() as usize;
            long &= long - 1;
            let waiting = &mut self.scratch.pending.long;
            let piece = (start + from, start + from + length(lasts, from));
            waiting.length = waiting.push(waiting.length, piece);
        }
        tokens
    }
}

/// The length of the piece that starts at `from`.
#[inline(always)]
fn length(lasts: u64, from: usize) -> usize {
    (lasts >> from).trailing_zeros() as usize + 1
}

/// The key of the piece of two to four bytes that starts at `from`.
#[inline(always)]
fn tiny_key(window: &Window, lasts: u64, from: usize) -> tiny_memo::Key {
    tiny_memo::Key::new(window::bytes(window, from), length(lasts, from) as u32)
}

/// The key of the piece of at most seven bytes that starts at `from`.
#[inline(always)]
fn short_key(window: &Window, lasts: u64, from: usize) -> short_memo::Key {
    short_memo::Key::new(window::bytes(window, from), length(lasts, from))
}

/// The key of the piece of eight to fifteen bytes that starts at `from`.
#[inline(always)]
fn middle_key(window: &Window, lasts: u64, from: usize) -> memo::Key {
    let length = length(lasts, from);
    // Without an effect, and without a question whether the place is inside: the end is at most that of what is classified.
    let last = (from + length).wrapping_sub(memo::MIN_PIECE) % window::BYTES;
    let bytes = |at| window::bytes(window, at);
    memo::Key::new(bytes(from), bytes(last), length)
}
