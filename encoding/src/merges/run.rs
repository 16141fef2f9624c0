//! Byte pair merging of one byte repeated any number of times, without looking at each.
//!
//! All pairs but those at the ends are alike, so tokens are kept as segments of a token and how often it repeats. Merging
//! halves a segment; few segments ever exist at once, and the steps grow with the logarithm of the length.

use super::vocabulary::Vocabulary;
use crate::pieces::lanes::Lanes;

/// How many bytes from the start of `text` on equal the first.
pub(crate) fn length(text: &[u8]) -> usize {
    let Some(&first) = text.first() else {
        return 0;
    };
    let (chunks, _) = text.as_chunks::<16>();
    let full = chunks
        .iter()
        .take_while(|chunk| Lanes::new(chunk).equal(first).bit::<7>() == u16::MAX)
        .count();
    let rest = &text[full * 16..];
    full * 16 + rest.iter().take_while(|&&byte| byte == first).count()
}

/// A token and how often it follows itself.
type Segment = (u32, usize);

/// More than the segments that any run has needed (7), in all vocabularies.
const MAX_SEGMENTS: usize = 24;

/// Neighbouring segments are of different tokens, and none is empty.
struct Segments {
    all: [Segment; MAX_SEGMENTS],
    length: usize,
}

impl Segments {
    const EMPTY: Self = Self {
        all: [(0, 0); MAX_SEGMENTS],
        length: 0,
    };

    fn get(&self) -> &[Segment] {
        &self.all[..self.length]
    }

    /// `None` if there are too many.
    fn push(&mut self, (token, repeats): Segment) -> Option<()> {
        match self.all[..self.length].last_mut() {
            _ if repeats == 0 => {}
            Some((last, count)) if *last == token => *count += repeats,
            _ => {
                *self.all.get_mut(self.length)? = (token, repeats);
                self.length += 1;
            }
        }
        Some(())
    }
}

/// Tokens of `length` times `byte`; `None` if the run needs too many segments.
pub(crate) fn count(vocabulary: &Vocabulary, byte: u8, length: usize) -> Option<u32> {
    let mut segments = Segments::EMPTY;
    segments.push((u32::from(byte), length))?;
    // A merge makes pairs of higher ids only, so each id's pairs can all be merged at once.
    while let Some(merge) = lowest_merge(vocabulary, segments.get()) {
        let mut merged = Segments::EMPTY;
        let mut left = segments.get().iter().copied().peekable();
        // How many tokens of the next segment are merged already.
        let mut taken = 0;
        while let Some((token, repeats)) = left.next() {
            let repeats = repeats - std::mem::take(&mut taken);
            if repeats > 1 && vocabulary.merge(token, token) == Some(merge) {
                merged.push((merge, repeats / 2))?;
                merged.push((token, repeats % 2))?;
                continue;
            }
            match left.peek() {
                Some(&(next, _)) if repeats > 0 && vocabulary.merge(token, next) == Some(merge) => {
                    taken = 1;
                    merged.push((token, repeats - 1))?;
                    merged.push((merge, 1))?;
                }
                _ => merged.push((token, repeats))?,
            }
        }
        segments = merged;
    }
    let total: usize = segments.get().iter().map(|&(_, repeats)| repeats).sum();
    Some(u32::try_from(total).unwrap_or(u32::MAX))
}

/// The lowest id that two neighbours become.
fn lowest_merge(vocabulary: &Vocabulary, segments: &[Segment]) -> Option<u32> {
    let within = segments
        .iter()
        .filter(|(_, repeats)| *repeats > 1)
        .filter_map(|&(token, _)| vocabulary.merge(token, token));
    let between = segments
        .windows(2)
        .filter_map(|pair| vocabulary.merge(pair[0].0, pair[1].0));
    within.chain(between).min()
}

#[cfg(test)]
mod tests {
    use super::{count, length};
    use crate::Encoding;
    use std::ops::ControlFlow;

    #[test]
    fn runs_count_as_the_merge_of_every_byte_counts_them() {
        for name in ["cl100k_base", "o200k_base"] {
            let encoding = Encoding::named(name).unwrap();
            let vocabulary = encoding.vocabulary();
            let mut long = crate::merges::long::LongMerge::new();
            for byte in 0..=255 {
                for length in (1..=200).chain([255, 256, 257, 999, 4095, 10_000]) {
                    let mut expected = 0;
                    long.token_ends(vocabulary, &vec![byte; length], &mut |_| {
                        expected += 1;
                        ControlFlow::Continue(())
                    });
                    assert_eq!(
                        count(vocabulary, byte, length),
                        Some(expected),
                        "{byte} x {length}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_length_of_a_run_is_what_equals_its_first_byte() {
        for run in 0..=100 {
            for other in [0, 1, 16, 40] {
                let text = [vec![b'a'; run], vec![b'b'; other]].concat();
                let expected = if run == 0 { other } else { run };
                assert_eq!(length(&text), expected);
            }
        }
    }
}
