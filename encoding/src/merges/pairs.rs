//! Counts short pieces in which nothing becomes a token of more than two bytes: more than half of those of five to seven characters that
//! no memo knows are such, for most of them are letters without a meaning, as of base64.
//!
//! The first token of more than two bytes would be one of three, or of four made of two pairs. Where neither comes about, merges only ever
//! join bytes. Two of them can hinder each other only if they share a byte, so which of any two neighbours goes first is all that has to
//! be known of their order.
//!
//! Three bytes become one among others only if they do by themselves, which is what [`ShortTokens`](super::short_tokens::ShortTokens) tells:
//! the pair that merges first does so while the third byte is free, so the other could have merged as well, and comes later by itself too.

use super::known_tokens::KnownTokens;
use super::vocabulary::{NONE, Vocabulary};

/// The longest piece that is counted.
const MAX_PIECE: usize = 7;

/// How many tokens a piece of two to seven ASCII characters is, with zeros behind it; 0 if longer ones may come about. For vocabularies
/// that [are plain](Vocabulary::is_plain).
#[inline(always)]
pub(crate) fn count_pairs(
    vocabulary: &Vocabulary,
    known: &KnownTokens,
    piece: u64,
    length: usize,
) -> u32 {
    let bytes = piece.to_le_bytes();
    // By place: whether the byte there and the next one merge, and whether they do before the next two.
    let (mut merging, mut sooner) = (0_u32, 0_u32);
    let mut longer = 0;
    let mut before = u32::MAX;
    // The length could not be predicted, so all are looked at and those outside left out.
    for at in 0..MAX_PIECE - 1 {
        let order = vocabulary
            .join_bytes(bytes[at], bytes[at + 1])
            .wrapping_sub(1);
        merging |= u32::from(order != NONE.wrapping_sub(1)) << at;
        if at > 0 {
            // Leftmost first among equals.
            sooner |= u32::from(before <= order) << (at - 1);
            let three = (piece >> (8 * (at - 1))) as u32 & 0x7F_7F7F;
            longer |= vocabulary.short().is_three(three) << (at - 1);
        }
        before = order;
    }
    merging &= (1 << (length - 1)) - 1;
    longer &= (1 << (length - 2)) - 1;
    let mut joined = 0;
    let mut left = merging;
    // In three rounds at the latest: each takes what goes before its neighbours, and these with it.
    for _ in 0..3 {
        let first = left & (sooner | !(left >> 1)) & !((left & sooner) << 1);
        joined |= first;
        left &= !(first | first << 1 | first >> 1);
    }
    let mut fours = joined & joined >> 2;
    while fours != 0 {
        let at = fours.trailing_zeros();
        fours &= fours - 1;
        let four = piece >> (8 * at) & 0xFFFF_FFFF;
        longer |= u32::from(known.may_be(four, 4));
    }
    if longer | left != 0 {
        return 0;
    }
    length as u32 - joined.count_ones()
}
