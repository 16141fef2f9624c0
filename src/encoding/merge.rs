//! Byte pair merging of one short piece, by looking for the lowest id again and again.

use super::vocabulary::{NONE, Vocabulary};

/// The most tokens to start from for which the quadratic search is the faster one.
const MAX_TOKENS: usize = 40;

/// Bits for a place, below the id: so the least of all candidates is the leftmost of the lowest id. Ids have 20 bits.
const PLACE_BITS: u32 = 6;

/// Tokens of `piece`, which is not empty; `None` if it is too long for this way.
pub(super) fn count_short(vocabulary: &Vocabulary, piece: &[u8]) -> Option<u32> {
    let mut tokens = [0; MAX_TOKENS];
    let mut length = 0;
    let mut at = 0;
    while at < piece.len() {
        let (token, end) = first_token(vocabulary, piece, at);
        *tokens.get_mut(length)? = token;
        length += 1;
        at = end;
    }
    let tokens = &tokens[..length];
    Some(match length {
        0..=8 => count_within::<8>(vocabulary, tokens),
        9..=16 => count_within::<16>(vocabulary, tokens),
        17..=32 => count_within::<32>(vocabulary, tokens),
        _ => count_within::<MAX_TOKENS>(vocabulary, tokens),
    })
}

/// The closed character or else the byte at `at`, and its end.
#[inline]
fn first_token(vocabulary: &Vocabulary, piece: &[u8], at: usize) -> (u32, usize) {
    let byte = piece[at];
    if byte >= 0xE0
        && (at == 0 || piece[at - 1] >= 0x80)
        && let Some(token) = vocabulary.closed(&piece[at..])
    {
        return (token, at + 3);
    }
    (u32::from(byte), at + 1)
}

/// Tokens stay at the place they start from, so that nothing moves and the search is over a fixed number of places.
#[inline]
fn count_within<const PLACES: usize>(vocabulary: &Vocabulary, first: &[u32]) -> u32 {
    let mut tokens = [0_u32; PLACES];
    tokens[..first.len()].copy_from_slice(first);
    // By place: what its token and the next one become, and the place.
    let mut merges = [NONE; PLACES];
    // A bit per place where a token starts.
    let mut starts = u64::MAX >> (64 - first.len());
    for (place, (merge, pair)) in merges.iter_mut().zip(first.windows(2)).enumerate() {
        *merge = candidate(vocabulary.merge_first(pair[0], pair[1]), place);
    }
    let mut best = merges.iter().fold(NONE, |least, &merge| least.min(merge));
    while best != NONE {
        let id = best >> PLACE_BITS;
        let place = (best & ((1 << PLACE_BITS) - 1)) as usize;
        let after = starts & u64::MAX << place << 1;
        let second = after.trailing_zeros() as usize;
        starts &= !(after & after.wrapping_neg());
        tokens[place % PLACES] = id;
        let third = (after & after.wrapping_sub(1)).trailing_zeros() as usize;
        let merge = match tokens.get(third) {
            Some(&right) => candidate(vocabulary.merge(id, right), place),
            None => NONE,
        };
        let before =
            63_usize.wrapping_sub((starts & !(u64::MAX << place)).leading_zeros() as usize);
        let merge_before = match tokens.get(before) {
            Some(&left) => candidate(vocabulary.merge(left, id), before),
            None => NONE,
        };
        // All places are written, because reading some together right after writing one of them stalls.
        best = NONE;
        for (at, slot) in (0..PLACES as u32).zip(&mut merges) {
            let kept = if at == second as u32 { NONE } else { *slot };
            let kept = if at == place as u32 { merge } else { kept };
            *slot = if at == before as u32 {
                merge_before
            } else {
                kept
            };
            best = best.min(*slot);
        }
    }
    starts.count_ones()
}

#[inline]
fn candidate(id: u32, place: usize) -> u32 {
    if id == NONE {
        NONE
    } else {
        id << PLACE_BITS | place as u32
    }
}
