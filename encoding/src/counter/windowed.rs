//! Counts the pieces of a window together.

use super::{Counter, Scratch};
use crate::merges::run;
use crate::pieces::Split;
use crate::pieces::window::{self, Window};
use crate::{longer_memo, memo, short_memo};

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
        let mut tokens = self.count_in_window(window, start, complete, ends, starts.high);
        if let Some(end) = starts.end {
            return (tokens, start + end);
        }
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
            && run > longer_memo::MAX_PIECE
            && !self.vocabulary.has_wholes()
            && let Some(count) = run::count(self.vocabulary, text[start], run)
        {
            return (count, end);
        }
        (self.count_piece(text, start, end, limit), end)
    }

    /// Tokens of the pieces that start at `starts`; each ends at the next of `ends`, the last one perhaps with the window.
    /// Those that no table tells are [pending](super::pending).
    ///
    /// Pieces are told apart by length all at once, because for each of them it could not be predicted; that one is missing in its memo
    /// neither, so there is no branch on it.
    // One function for all patterns, each of which has a copy of its caller.
    #[inline(never)]
    fn count_in_window(
        &mut self,
        window: &Window,
        start: usize,
        starts: u64,
        ends: u64,
        high: u64,
    ) -> u32 {
        let single = starts & ends >> 1;
        let mut tokens = single.count_ones();
        let within_two = ends >> 1 | ends >> 2;
        let within_four = within_two | within_two >> 2;
        let within_seven = within_four | within_four >> 3;
        let within_fifteen = within_seven | ends >> 8 | within_seven >> 8;
        // Half of the pieces: the bits that know them are nearer than any memo.
        let mut two = starts & ends >> 2 & !single;
        let mut three = starts & ends >> 3 & !within_two & !(high | high >> 1 | high >> 2);
        let mut four = starts & ends >> 4 & !(within_two | ends >> 3);
        if !self.vocabulary.is_plain() {
            (two, three) = (0, 0);
        }
        let mut short = starts & within_seven & !(single | two | three | four);
        while two != 0 {
            let from = two.trailing_zeros() as usize;
            two &= two - 1;
            tokens += self
                .vocabulary
                .short()
                .count_two(window::bytes(window, from));
        }
        while three != 0 {
            let from = three.trailing_zeros() as usize;
            three &= three - 1;
            tokens += self
                .vocabulary
                .short()
                .count_three(window::bytes(window, from));
        }
        let Scratch {
            four: fours,
            short: shorts,
            memo,
            pending,
            ..
        } = &mut *self.scratch;
        let mut unknown = pending.short.length;
        while four != 0 {
            let from = four.trailing_zeros() as usize;
            four &= four - 1;
            let piece = u32::from_le_bytes(window::bytes(window, from));
            let count = fours.get(piece);
            tokens += count;
            let key = short_memo::Key::of_four(piece);
            unknown = pending.short.set(unknown, key, count == 0);
        }
        while short != 0 {
            let from = short.trailing_zeros() as usize;
            short &= short - 1;
            let key = short_key(window, ends, from);
            let count = shorts.get(key);
            tokens += count;
            unknown = pending.short.set(unknown, key, count == 0);
        }
        pending.short.length = unknown;
        let mut unknown = pending.middle.length;
        let mut middle = starts & within_fifteen & !within_seven;
        while middle != 0 {
            let from = middle.trailing_zeros() as usize;
            middle &= middle - 1;
            let key = middle_key(window, ends, from);
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
            let piece = (start + from, start + end_after(ends, from));
            waiting.length = waiting.push(waiting.length, piece);
        }
        tokens
    }
}

/// Where the piece that starts at `from` ends: with the window if not before.
#[inline(always)]
fn end_after(ends: u64, from: usize) -> usize {
    (ends & u64::MAX << from << 1).trailing_zeros() as usize
}

/// The key of the piece of at most seven bytes that starts at `from`.
#[inline(always)]
fn short_key(window: &Window, ends: u64, from: usize) -> short_memo::Key {
    let length = end_after(ends, from).wrapping_sub(from);
    short_memo::Key::new(window::bytes(window, from), length)
}

/// The key of the piece of eight to fifteen bytes that starts at `from`.
#[inline(always)]
fn middle_key(window: &Window, ends: u64, from: usize) -> memo::Key {
    let end = end_after(ends, from);
    // Without an effect, and without a question whether the place is inside: the end is at most that of what is classified.
    let last = end.wrapping_sub(memo::MIN_PIECE) % window::BYTES;
    let bytes = |at| window::bytes(window, at);
    memo::Key::new(bytes(from), bytes(last), end.wrapping_sub(from))
}
