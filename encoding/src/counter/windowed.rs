//! Counts the pieces of a window together.

use super::{Counter, Scratch};
use crate::merges::merge::count_bytes;
use crate::merges::run;
use crate::pieces::Split;
use crate::pieces::window::{self, BYTES, Window};
use crate::{longer_memo, memo, short_memo};

/// Pieces that are merged at once, of the shorter ones and of the longer ones, of which there rarely are as many in a window.
const SHORT_AT_ONCE: usize = 4;
const MIDDLE_AT_ONCE: usize = 2;

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
    ///
    /// Pieces are told apart by length all at once, because for each of them it could not be predicted.
    #[inline(always)]
    fn count_in_window(&mut self, window: &Window, starts: u64, ends: u64) -> u32 {
        let single = starts & ends >> 1;
        let mut tokens = single.count_ones();
        let within_two = ends >> 1 | ends >> 2;
        let within_four = within_two | within_two >> 2;
        let within_seven = within_four | within_four >> 3;
        // A third of the pieces: the bits that know them are nearer than any memo.
        let mut two = starts & ends >> 2 & !single;
        if !self.vocabulary.is_plain() {
            two = 0;
        }
        let mut short = starts & within_seven & !single & !two;
        while two != 0 {
            let from = two.trailing_zeros() as usize;
            two &= two - 1;
            tokens += self.vocabulary.count_two(window::bytes(window, from));
        }
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
        let within_fifteen = within_seven | ends >> 8 | within_seven >> 8;
        let mut middle = starts & within_fifteen & !within_seven;
        missing = 0;
        while middle != 0 {
            let from = middle.trailing_zeros() as usize;
            middle &= middle - 1;
            let count = self.scratch.memo.get(middle_key(window, ends, from).0);
            tokens += count;
            missing |= u64::from(count == 0) << from;
        }
        if missing != 0 {
            tokens += self.count_missing_middle(window, missing, ends);
        }
        let mut long = starts & !within_fifteen;
        while long != 0 {
            let from = long.trailing_zeros() as usize;
            long &= long - 1;
            tokens += self.count_longer(&window[from..end_after(ends, from)], u32::MAX);
        }
        tokens
    }

    /// Tokens of the pieces that start at `missing`, of two to seven bytes, which the memo does not have.
    #[inline(never)]
    fn count_missing(&mut self, window: &Window, missing: u64, ends: u64) -> u32 {
        self.count_each::<_, _, SHORT_AT_ONCE>(
            missing,
            |from| short_key(window, ends, from),
            |scratch, key, count| scratch.short.put(key, count),
        )
    }

    /// Tokens of the pieces that start at `missing`, of eight to fifteen bytes, which the memo does not have.
    #[inline(never)]
    fn count_missing_middle(&mut self, window: &Window, missing: u64, ends: u64) -> u32 {
        self.count_each::<_, _, MIDDLE_AT_ONCE>(
            missing,
            |from| middle_key(window, ends, from),
            |scratch, key, count| scratch.memo.put(key, count),
        )
    }

    /// Tokens of the pieces that start at `missing`, which become known.
    #[inline(always)]
    fn count_each<K: Copy, const PLACES: usize, const AT_ONCE: usize>(
        &mut self,
        mut missing: u64,
        piece: impl Fn(usize) -> (K, [u8; PLACES], usize),
        put: impl Fn(&mut Scratch, K, u32),
    ) -> u32 {
        let mut tokens = 0;
        while missing != 0 {
            let alone = missing & (missing - 1) == 0 || !self.vocabulary.is_plain();
            let mut next = || {
                let from = missing.trailing_zeros() as usize % BYTES;
                let is_one = missing != 0;
                missing &= missing.wrapping_sub(1);
                let (key, bytes, length) = piece(from);
                (key, bytes, if is_one { length } else { 0 })
            };
            if alone {
                let (key, bytes, length) = next();
                let [count] = if self.vocabulary.is_plain() {
                    count_bytes(self.vocabulary, [(bytes, length)])
                } else {
                    [self.count_merging(&bytes[..length])]
                };
                put(self.scratch, key, count);
                tokens += count;
                continue;
            }
            let pieces: [_; AT_ONCE] = std::array::from_fn(|_| next());
            let counts = count_bytes(
                self.vocabulary,
                pieces.map(|(_, bytes, length)| (bytes, length)),
            );
            for ((key, ..), count) in pieces.into_iter().zip(counts) {
                if count != 0 {
                    tokens += count;
                    put(self.scratch, key, count);
                }
            }
        }
        tokens
    }
}

/// Where the piece that starts at `from` ends: with the window if not before.
#[inline(always)]
fn end_after(ends: u64, from: usize) -> usize {
    (ends & u64::MAX << from << 1).trailing_zeros() as usize
}

/// The key of the piece of at most seven bytes that starts at `from`, what follows there, and its length.
#[inline(always)]
fn short_key(window: &Window, ends: u64, from: usize) -> (short_memo::Key, [u8; 8], usize) {
    let length = end_after(ends, from).wrapping_sub(from);
    let bytes = window::bytes(window, from);
    (short_memo::Key::new(bytes, length), bytes, length)
}

/// The key of the piece of at most fifteen bytes that starts at `from`, what follows there, and its length.
#[inline(always)]
fn middle_key(window: &Window, ends: u64, from: usize) -> (memo::Key, [u8; 16], usize) {
    let length = end_after(ends, from) - from;
    let bytes = window::bytes(window, from);
    (memo::Key::of(&bytes, length), bytes, length)
}
