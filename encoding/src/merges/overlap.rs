//! Counts the tokens of long pieces in short windows that overlap.
//!
//! The encodings of two windows that have a token in common are [joined](super) there. Where a window starts hardly ever depends
//! on what those before it encode to, so several are merged at once.

use super::apart;
use super::long::LongMerge;
use super::merge::{MAX_BYTES, token_starts};
use super::vocabulary::Vocabulary;

/// Windows that are merged at once.
const AT_ONCE: usize = 4;

/// From one window to the next. In random letters, what overlaps has a token in common but for one window in thousands.
const STRIDE: usize = 48;

/// The same where tokens are longer.
const SHORT_STRIDE: usize = 32;

/// Bytes after which a piece may repeat itself.
const PERIOD: usize = 192;

/// Bytes of the window that is encoded where short ones cannot be joined.
const BRIDGE: usize = 512;

/// A window that has been joined to those before it.
struct Joined {
    start: usize,
    /// Where its tokens start and where the last one ends, a bit per byte.
    starts: u64,
    /// A token in common with the window before: where it starts and ends. Everything before its end is counted.
    from: usize,
    to: usize,
}

/// Whether [`count`] is likely the faster way: not if most of the piece seems to repeat itself, for then [`LongMerge`] mostly does
/// the same work once.
pub(crate) fn suits(piece: &[u8]) -> bool {
    let repeats = |&quarter: &usize| {
        let there = &piece[piece.len() / 4 * quarter..];
        let comes_after = |after: usize| there[after..after + 64] == there[..64];
        there.len() >= 64 + PERIOD && (1..=PERIOD).any(comes_after)
    };
    [1, 2, 3].iter().filter(|&quarter| repeats(quarter)).count() < 2
}

/// Tokens of `piece`. `None` if a window cannot be joined, or few can; then nothing is known.
pub(crate) fn count(vocabulary: &Vocabulary, long: &mut LongMerge, piece: &[u8]) -> Option<u32> {
    if apart::suits(piece)
        && let Some(count) = apart::count(vocabulary, long, piece)
    {
        return Some(count);
    }
    let window = |start: usize| {
        let stop = piece.len().min(start + MAX_BYTES);
        piece.get(start..stop).unwrap_or_default()
    };
    let [starts] = token_starts(vocabulary, [window(0)]);
    let mut tokens = 0_u32;
    let mut bridged = 0;
    let mut stride = STRIDE;
    let mut older = Joined {
        start: 0,
        starts,
        from: 0,
        to: 0,
    };
    loop {
        let first = older.start + stride;
        let windows = std::array::from_fn(|i| window(first + i * stride));
        for starts in token_starts::<AT_ONCE>(vocabulary, windows) {
            if older.start + MAX_BYTES >= piece.len() {
                let left = older.starts >> (older.to - older.start);
                return Some(tokens + left.count_ones() - 1);
            }
            match older.join(starts, stride) {
                Some(more) => tokens += more,
                None => {
                    bridged += BRIDGE;
                    // Longer windows take longer, and windows that were not joined are for nothing.
                    if bridged > older.start / 8 + 4 * BRIDGE {
                        if stride == SHORT_STRIDE {
                            return None;
                        }
                        stride = SHORT_STRIDE;
                        bridged = 0;
                    }
                    tokens += older.bridge(vocabulary, long, piece)?;
                    break;
                }
            }
        }
    }
}

impl Joined {
    /// Goes on to the next window, whose tokens start at `starts`. Gives the tokens up to the end of the one in common, if any.
    fn join(&mut self, starts: u64, stride: usize) -> Option<u32> {
        let next = self.start + stride;
        let older = self.starts >> stride;
        // A token is in common if it starts in both, ends in both, and nothing starts in either in between.
        let either = older | starts;
        let mut both = older & starts;
        let (from, to) = loop {
            if both == 0 {
                return None;
            }
            let from = both.trailing_zeros();
            both &= both - 1;
            let after = either & u64::MAX << from << 1;
            let end = after & after.wrapping_neg();
            if end & both != 0 && next + from as usize >= self.from {
                break (next + from as usize, next + end.trailing_zeros() as usize);
            }
        };
        let counted = self.starts >> (self.to - self.start);
        let new = counted & !(u64::MAX << (to - self.to));
        *self = Self {
            start: next,
            starts,
            from,
            to,
        };
        Some(new.count_ones())
    }

    /// Goes on to the end of a longer window from the token in common on, which has to start with it as well. Gives the tokens
    /// up to the end of one of its last.
    #[cold]
    fn bridge(
        &mut self,
        vocabulary: &Vocabulary,
        long: &mut LongMerge,
        piece: &[u8],
    ) -> Option<u32> {
        let stop = piece.len().min(self.from + BRIDGE);
        let ends = long.encode(vocabulary, piece, self.from, stop);
        // The first time nothing is in common yet, nor counted.
        let known = usize::from(self.to != self.from);
        if known == 1 && ends[0] != self.to {
            return None;
        }
        let start = stop - MAX_BYTES;
        // The last one may be longer than the window that it is to be found in.
        let last = ends.len().checked_sub(2)?;
        let next = last.min(ends.partition_point(|&end| end < start));
        let (from, to) = (ends[next], ends[next + 1]);
        if to <= self.to {
            return None;
        }
        *self = Self {
            start,
            starts: ends[next..]
                .iter()
                .filter_map(|end| end.checked_sub(start))
                .fold(0, |starts, place| starts | 1 << place),
            from,
            to,
        };
        Some((next + 2 - known) as u32)
    }
}

#[cfg(test)]
#[path = "overlap_tests.rs"]
pub(super) mod tests;
