//! Byte pair merging of one byte repeated any number of times, without looking at each.
//!
//! All pairs but those at the ends are alike, so tokens are kept as segments of a token and how often it repeats. Merging
//! halves a segment; few segments ever exist at once, and the steps grow with the logarithm of the length.

use super::lanes::Lanes;
use super::vocabulary::{NONE, Vocabulary};

/// How many bytes from the start of `text` on equal the first.
pub(super) fn length(text: &[u8]) -> usize {
    let Some(&first) = text.first() else {
        return 0;
    };
    let (chunks, _) = text.as_chunks::<16>();
    let full = chunks
        .iter()
        .take_while(|chunk| Lanes::new(chunk).equal(first) == u16::MAX)
        .count();
    let rest = &text[full * 16..];
    full * 16 + rest.iter().take_while(|&&byte| byte == first).count()
}

/// A token and how often it follows itself.
type Segment = (u32, usize);

/// Tokens of `length` times `byte`.
pub(super) fn count(vocabulary: &Vocabulary, byte: u8, length: usize) -> u32 {
    let mut segments: Vec<Segment> = vec![(u32::from(byte), length)];
    // A merge makes pairs of higher ids only, so each id's pairs can all be merged at once.
    while let Some(merge) = lowest_merge(vocabulary, &segments) {
        let mut merged = Vec::with_capacity(segments.len() + 2);
        let mut at = 0;
        while let Some(&(token, repeats)) = segments.get(at) {
            at += 1;
            if repeats > 1 && vocabulary.merge(token, token) == merge {
                push(&mut merged, (merge, repeats / 2));
                push(&mut merged, (token, repeats % 2));
                continue;
            }
            match segments.get_mut(at) {
                Some((next, left)) if vocabulary.merge(token, *next) == merge => {
                    *left -= 1;
                    push(&mut merged, (token, repeats - 1));
                    push(&mut merged, (merge, 1));
                }
                _ => push(&mut merged, (token, repeats)),
            }
        }
        segments = merged;
    }
    let total: usize = segments.iter().map(|&(_, repeats)| repeats).sum();
    u32::try_from(total).unwrap_or(u32::MAX)
}

/// The lowest id that two neighbours become.
fn lowest_merge(vocabulary: &Vocabulary, segments: &[Segment]) -> Option<u32> {
    let within = segments
        .iter()
        .filter(|(_, repeats)| *repeats > 1)
        .map(|&(token, _)| vocabulary.merge(token, token));
    let between = segments
        .windows(2)
        .map(|pair| vocabulary.merge(pair[0].0, pair[1].0));
    within.chain(between).filter(|&id| id != NONE).min()
}

/// Neighbouring segments are of different tokens, and none is empty.
fn push(segments: &mut Vec<Segment>, (token, repeats): Segment) {
    match segments.last_mut() {
        _ if repeats == 0 => {}
        Some((last, count)) if *last == token => *count += repeats,
        _ => segments.push((token, repeats)),
    }
}

#[cfg(test)]
mod tests {
    use super::{count, length};
    use crate::encoding::Encoding;
    use std::ops::ControlFlow;

    #[test]
    fn runs_count_as_the_merge_of_every_byte_counts_them() {
        for name in ["cl100k_base", "o200k_base"] {
            let encoding = Encoding::named(name).unwrap();
            let vocabulary = &encoding.shared.vocabulary;
            let mut long = crate::encoding::long::LongMerge::new();
            for byte in 0..=255 {
                for length in (1..=200).chain([255, 256, 257, 999, 4095, 10_000]) {
                    let mut expected = 0;
                    long.token_ends(vocabulary, &vec![byte; length], |_| {
                        expected += 1;
                        ControlFlow::Continue(())
                    });
                    assert_eq!(
                        count(vocabulary, byte, length),
                        expected,
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
