//! Texts that say nearly the same: MinHash with one permutation, found by locality-sensitive hashing.
//!
//! A text is the set of its shingles, three words in a row (Broder, "On the resemblance and containment of documents",
//! 1997). One pass keeps the least hash in each of 128 bins ("One Permutation Hashing", Li, Owen and Zhang, NIPS 2012);
//! the share of bins that agree, of those that are not empty in both, estimates the Jaccard similarity without bias,
//! with a standard error of at most sqrt(J(1-J)/128): 0.027 at 0.9, less for texts of few shingles, whose bins hold one each.
//!
//! Words are cut as documented at `Words`; texts of less than 200 bytes or eight shingles are not compared. A text is
//! read once as a whole; what is kept of it are 64 bytes, and 512 more where another text may be like it.
//!
//! Candidates agree in all four coarse bins of one of 8 bands; a coarse bin is the least of four. At a similarity of 0.9
//! a pair is a candidate with probability 1-(1-0.9^4)^8 = 0.9998, at 0.8 0.985, at 0.5 0.40. Only the estimate decides.

use super::exchange::{Answer, Exchange};
use super::hash::{ByHash, Filter, mix, start};
use super::repeats::Finding;

/// Bins of a sketch.
const BINS: usize = 128;
/// Bands that candidates are found by.
const BANDS: usize = 8;
/// Bins that make up a coarse one: 8 bands of four coarse bins each.
const COARSE: usize = BINS / (BANDS * 4);
/// Shortest text that is compared, in bytes.
const SHORTEST: usize = 200;
/// Fewest shingles of a text that is compared: fewer say little about it.
const FEWEST: usize = 8;

/// The least hash of each bin; a bin without a shingle holds the largest number.
pub(super) type Sketch = [u32; BINS];
/// One key for each band.
pub(super) type Bands = [u64; BANDS];

/// For each result that has no reason to go yet, the message of a later one that says nearly the same.
///
/// Only results that stay themselves are compared with, so that a chain of small changes does not add up.
pub(super) fn near(
    exchange: &Exchange<'_>,
    findings: &[Finding],
    similarity: f64,
) -> Vec<Option<usize>> {
    let mut near = vec![None; exchange.answers.len()];
    if similarity.is_nan() || similarity > 1.0 {
        return near;
    }
    let considered = exchange.answers.iter().enumerate().rev();
    let considered = considered.filter(|(at, answer)| {
        let facts = answer.facts;
        findings.get(*at) == Some(&None) && !facts.is_evicted && !facts.has_media
    });
    let considered: Vec<_> = considered
        .filter_map(|(at, answer)| Some((at, answer, answer.bands()?)))
        .collect();
    // Most texts are like no other: only what two of them share is looked up.
    let count = BANDS * considered.len();
    let (mut once, mut twice) = (Filter::with_room(count), Filter::with_room(count / BANDS));
    for key in considered.iter().flat_map(|(_, _, bands)| *bands) {
        if once.add(*key) {
            twice.add(*key);
        }
    }
    let mut buckets: ByHash<&Answer<'_>> = ByHash::default();
    let mut pending: Vec<(&Bands, &Answer<'_>)> = Vec::new();
    let mut group = usize::MAX;
    for (at, answer, bands) in considered {
        if answer.group != group {
            group = answer.group;
            for (bands, answer) in pending.drain(..) {
                let shared = bands.iter().filter(|key| twice.may_have(**key));
                buckets.extend(shared.map(|key| (*key, answer)));
            }
        }
        let mut last = None;
        let mut shared = bands.iter().filter(|key| twice.may_have(**key));
        let found = shared.find_map(|key| {
            let other = *buckets.get(key)?;
            if last.replace(other.place) == Some(other.place) {
                return None;
            }
            let is_near = jaccard(answer.sketch()?, other.sketch()?) >= similarity;
            is_near.then_some(other.place.message)
        });
        match (found, near.get_mut(at)) {
            (Some(message), Some(slot)) => *slot = Some(message),
            _ => pending.push((bands, answer)),
        }
    }
    near
}

/// What texts of similar sketches share, for a text that is long enough.
pub(super) fn bands_of(text: &str) -> Option<Box<Bands>> {
    Some(Box::new(bands(&sketch(text)?)))
}

/// The sketch of `text`; `None` where it is too short to compare.
pub(super) fn sketch(text: &str) -> Option<Sketch> {
    if text.len() < SHORTEST {
        return None;
    }
    let mut bins = [u32::MAX; BINS];
    let mut shingles = 0_usize;
    let (mut first, mut second) = (0_u64, 0_u64);
    for (count, third) in words(text).enumerate() {
        if count >= 2 {
            let hash = first.rotate_left(21).wrapping_add(second);
            let hash = mix(hash.rotate_left(21).wrapping_add(third));
            if let Some(bin) = bins.get_mut((hash >> 57) as usize) {
                *bin = (*bin).min(hash as u32);
            }
            shingles += 1;
        }
        (first, second) = (second, third);
    }
    (shingles >= FEWEST).then_some(bins)
}

/// Similarity as two sketches estimate it, 0 to 1.
fn jaccard(a: &Sketch, b: &Sketch) -> f64 {
    let (mut same, mut filled) = (0_u32, 0_u32);
    for (a, b) in a.iter().zip(b) {
        let is_filled = *a.min(b) != u32::MAX;
        filled += u32::from(is_filled);
        same += u32::from(is_filled && a == b);
    }
    f64::from(same) / f64::from(filled.max(1))
}

fn bands(sketch: &Sketch) -> Bands {
    let mut keys = [0; BANDS];
    for ((band, bins), key) in sketch.chunks(BINS / BANDS).enumerate().zip(&mut keys) {
        *key = bins.chunks(COARSE).fold(band as u64, |key, bins| {
            let least = bins.iter().fold(u32::MAX, |a, b| a.min(*b));
            mix(key ^ u64::from(least))
        });
    }
    keys
}

/// The hashes of a text's words: letters and digits that follow each other, with the punctuation mark that ends them.
/// What needs three bytes or more in UTF-8 is a word of its own, as in languages that write no blanks.
struct Words<'a> {
    bytes: &'a [u8],
}

fn words(text: &str) -> Words<'_> {
    Words {
        bytes: text.as_bytes(),
    }
}

/// What a byte is to a word.
#[derive(Clone, Copy)]
enum Kind {
    Letter,
    Mark,
    Blank,
    Wide,
}

/// The kind of every byte.
static KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Mark; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80..0xE0 => Kind::Letter,
            0xE0.. => Kind::Wide,
            0..=b' ' => Kind::Blank,
            _ => Kind::Mark,
        };
        byte += 1;
    }
    kinds
};

#[inline(always)]
fn kind(byte: u8) -> Kind {
    KINDS.get(usize::from(byte)).copied().unwrap_or(Kind::Mark)
}

impl Iterator for Words<'_> {
    type Item = u64;

    #[inline(always)]
    fn next(&mut self) -> Option<u64> {
        let blanks = self.bytes.iter().position(|byte| *byte > b' ')?;
        let bytes = self.bytes.get(blanks..)?;
        let mut length = bytes.len();
        for (at, byte) in bytes.iter().enumerate() {
            match kind(*byte) {
                Kind::Letter => {}
                // A character of three or four bytes starts here, or another one after it.
                Kind::Wide if at == 0 => {}
                Kind::Wide | Kind::Blank => {
                    length = at;
                    break;
                }
                Kind::Mark => {
                    length = at + 1;
                    break;
                }
            }
        }
        self.bytes = bytes.get(length..)?;
        Some(start(bytes, length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn exact(a: &str, b: &str) -> f64 {
        let shingles = |text: &str| -> HashSet<Vec<u64>> {
            let words: Vec<u64> = words(text).collect();
            words.windows(3).map(<[u64]>::to_vec).collect()
        };
        let (a, b) = (shingles(a), shingles(b));
        a.intersection(&b).count() as f64 / a.union(&b).count() as f64
    }

    /// `count` lines of which those from `changed` on are other ones.
    fn log(count: usize, changed: usize) -> String {
        (0..count)
            .map(|line| {
                let seed = if line < changed { line } else { line + 100_000 };
                format!(
                    "step {seed} took {} ms in {}\n",
                    seed * 7 % 1_003,
                    mix(seed as u64)
                )
            })
            .collect()
    }

    #[test]
    fn the_estimate_is_within_four_standard_errors() {
        for count in [12, 50, 400, 3_000] {
            for share in [5, 8, 9, 10] {
                let (a, b) = (log(count, count), log(count, count * share / 10));
                let exact = exact(&a, &b);
                let estimate = jaccard(&sketch(&a).unwrap(), &sketch(&b).unwrap());
                let error = (exact * (1.0 - exact) / BINS as f64).sqrt();
                assert!(
                    (exact - estimate).abs() <= 4.0 * error + 1e-9,
                    "{count} {share} {exact} {estimate}"
                );
            }
        }
    }

    #[test]
    fn similar_texts_share_a_band() {
        for count in [12, 50, 400, 3_000] {
            let (a, b) = (log(count, count), log(count, count - count / 12));
            let (a, b) = (sketch(&a).unwrap(), sketch(&b).unwrap());
            assert!(
                bands(&a).iter().zip(bands(&b)).any(|(a, b)| *a == b),
                "{count}"
            );
        }
    }

    #[test]
    fn words_are_found_in_any_language() {
        let count = |text: &str| words(text).count();
        for (text, expected) in [
            ("", 0),
            (" \n", 0),
            ("one two\tthree", 3),
            ("a.b(c)", 3),
            ("Größe été", 2),
            ("今日は", 3),
            ("...", 3),
        ] {
            assert_eq!(count(text), expected, "{text:?}");
        }
    }
}
