//! Counts the tokens of long pieces in short windows that overlap.
//!
//! Two neighbouring tokens of a correct encoding are what their own text encodes to, and an encoding is correct if all its
//! neighbours are so; therefore the encodings of two windows that have a token in common, at the same place, may be joined
//! there. Where a window starts does not depend on what those before it encode to, so several are merged at once.

use super::apart;
use super::long::LongMerge;
use super::merge::{MAX_BYTES, token_starts};
use super::vocabulary::Vocabulary;

/// Windows that are merged at once.
const AT_ONCE: usize = 4;

/// From one window to the next. In random letters, what overlaps has a token in common but for one window in thousands.
const STRIDE: usize = 48;

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

/// Whether [`count`] is likely the faster way. Random letters have many pairs that might merge, and short tokens: so the queue of
/// [`LongMerge`] is long, and windows are joined. Blanks and lines may be one token; in other scripts few pairs can merge, and
/// characters of three bytes may be counted [apart].
pub(crate) fn suits(piece: &[u8]) -> bool {
    let middle = piece.get(piece.len() / 2);
    middle.is_some_and(u8::is_ascii_alphanumeric) || apart::suits(piece)
}

/// Tokens of `piece`, or some number above `limit`. `None` if a window cannot be joined; then nothing is known.
pub(crate) fn count(
    vocabulary: &Vocabulary,
    long: &mut LongMerge,
    piece: &[u8],
    limit: u32,
) -> Option<u32> {
    if apart::suits(piece) {
        return apart::count(vocabulary, long, piece, limit);
    }
    let window = |start: usize| {
        let stop = piece.len().min(start + MAX_BYTES);
        piece.get(start..stop).unwrap_or_default()
    };
    let [starts] = token_starts(vocabulary, [window(0)]);
    let mut tokens = 0_u32;
    let mut older = Joined {
        start: 0,
        starts,
        from: 0,
        to: 0,
    };
    while tokens <= limit {
        let first = older.start + STRIDE;
        let windows = std::array::from_fn(|i| window(first + i * STRIDE));
        for starts in token_starts::<AT_ONCE>(vocabulary, windows) {
            if older.start + MAX_BYTES >= piece.len() {
                let left = older.starts >> (older.to - older.start);
                return Some(tokens + left.count_ones() - 1);
            }
            match older.join(starts) {
                Some(more) => tokens += more,
                None => {
                    tokens += older.bridge(vocabulary, long, piece)?;
                    break;
                }
            }
        }
    }
    Some(tokens)
}

impl Joined {
    /// Goes on to the next window, whose tokens start at `starts`. Gives the tokens up to the end of the one in common, if any.
    fn join(&mut self, starts: u64) -> Option<u32> {
        let next = self.start + STRIDE;
        let older = self.starts >> STRIDE;
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

    /// Goes on to the end of a longer window from the same place, which has to have the token in common as well. Gives the
    /// tokens up to the end of one of its last.
    #[cold]
    fn bridge(
        &mut self,
        vocabulary: &Vocabulary,
        long: &mut LongMerge,
        piece: &[u8],
    ) -> Option<u32> {
        let stop = piece.len().min(self.start + BRIDGE);
        let ends = long.encode(vocabulary, piece, self.start, stop);
        let index = |place: usize| match place.checked_sub(self.start)? {
            0 => Some(0),
            _ => ends.binary_search(&place).ok().map(|index| index + 1),
        };
        // By number of tokens before them; the first place counted is where nothing is in common yet.
        let (before, known) = (index(self.from)?, index(self.to)?);
        if known > before + 1 {
            return None;
        }
        let start = stop - MAX_BYTES;
        let next = ends.partition_point(|&end| end < start);
        let (&from, &to) = (ends.get(next)?, ends.get(next + 1)?);
        if to <= self.to {
            return None;
        }
        *self = Self {
            start,
            starts: ends[next..]
                .iter()
                .fold(0, |starts, end| starts | 1 << (end - start)),
            from,
            to,
        };
        Some((next + 2 - known) as u32)
    }
}

#[cfg(test)]
#[path = "overlap_tests.rs"]
pub(super) mod tests;
