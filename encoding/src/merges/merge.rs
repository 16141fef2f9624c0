//! Merges texts of a few dozen bytes, one or a few at once; shorter ones are merged in a [`lot`](super::lot).

use std::hint::black_box;

use super::merging::{LIMIT, Merging};
use super::vocabulary::Vocabulary;

/// Tokens of `piece`, which is not empty; `None` if it is too long for this way.
pub(crate) fn count_short(vocabulary: &Vocabulary, piece: &[u8]) -> Option<u32> {
    let [count] = if piece.len() < 32 {
        count_texts::<1, 32>(vocabulary, &[piece])
    } else {
        count_texts::<1, 64>(vocabulary, &[piece])
    };
    (count != 0).then_some(count)
}

/// Hands the tokens of `piece` to `take`, in order; none if it is too long for this way, or empty.
pub(crate) fn each_of_short(vocabulary: &Vocabulary, piece: &[u8], take: impl FnMut(u32)) {
    match piece.len() {
        0..16 => each_of::<16>(vocabulary, piece, take),
        16..32 => each_of::<32>(vocabulary, piece, take),
        _ => each_of::<64>(vocabulary, piece, take),
    }
}

#[inline(always)]
fn each_of<const PLACES: usize>(vocabulary: &Vocabulary, piece: &[u8], take: impl FnMut(u32)) {
    let mut merges = [Merging::<PLACES>::EMPTY];
    merges[0].take_text(vocabulary, piece, false);
    merge_together(vocabulary, &mut merges);
    merges[0].tokens().for_each(take);
}

/// Tokens of several pieces; 0 of one that is empty or has `PLACES` first tokens or more.
#[inline(always)]
pub(crate) fn count_texts<const TEXTS: usize, const PLACES: usize>(
    vocabulary: &Vocabulary,
    texts: &[&[u8]],
) -> [u32; TEXTS] {
    let mut merges = [const { Merging::<PLACES>::EMPTY }; TEXTS];
    for (m, text) in merges.iter_mut().zip(texts) {
        m.take_text(vocabulary, text, false);
    }
    merge_together(vocabulary, &mut merges);
    merges.map(|m| m.count())
}

/// The most bytes that [`token_starts`] takes.
pub(crate) const MAX_BYTES: usize = 61;

/// Of texts of at most [`MAX_BYTES`] bytes: where their tokens start and where the last one ends, a bit per byte.
///
/// Several at once, so that the processor waits for the tables' memory once for all of them.
#[inline(always)]
pub(crate) fn token_starts<const TEXTS: usize>(
    vocabulary: &Vocabulary,
    texts: [&[u8]; TEXTS],
) -> [u64; TEXTS] {
    let mut merges = [const { Merging::<64>::EMPTY }; TEXTS];
    for (m, text) in merges.iter_mut().zip(texts) {
        m.take_text(vocabulary, text, true);
    }
    merge_together(vocabulary, &mut merges);
    merges.map(|m| m.starts)
}

/// Merges until nothing merges any more.
#[inline(always)]
fn merge_together<const TEXTS: usize, const PLACES: usize>(
    vocabulary: &Vocabulary,
    merges: &mut [Merging<PLACES>; TEXTS],
) {
    // Those that are not done, with their best candidates. Which of them will be cannot be predicted, so there is no branch on it.
    let mut active = [(0, 0); TEXTS];
    let mut left = 0;
    for (index, m) in merges.iter().enumerate() {
        let best = m.least();
        active[left % TEXTS] = (index, best);
        left += usize::from(best < LIMIT);
    }
    while left != 0 {
        for &(index, best) in active.iter().take(left) {
            merges[index % TEXTS].begin(vocabulary, best);
        }
        let mut read = 0;
        for &(index, _) in active.iter().take(left) {
            let [right, left] = merges[index % TEXTS].joins;
            read ^= vocabulary.touch(right) ^ vocabulary.touch(left);
        }
        black_box(read);
        let mut still = 0;
        for at in 0..left {
            let (index, _) = active[at % TEXTS];
            let best = merges[index % TEXTS].end(vocabulary);
            active[still % TEXTS] = (index, best);
            still += usize::from(best < LIMIT);
        }
        left = still;
    }
}
