//! Counts short pieces in which nothing becomes a token of more than two bytes: more than half of those of five to seven characters that
//! no memo knows are such, for most of them are letters without a meaning, as of base64.
//!
//! The first token of more than two bytes would be one of three, or of four made of two pairs. Where neither comes about, merges only ever
//! join bytes. Two of them can hinder each other only if they share a byte, so which of any two neighbours goes first is all that has to
//! be known of their order.
//!
//! Three bytes become one among others only if they do by themselves, which is what [`ShortTokens`](super::short_tokens::ShortTokens) tells:
//! the pair that merges first does so while the third byte is free, so the other could have merged as well, and comes later by itself too.

use super::fours::Four;
use super::short_tokens::ShortTokens;
use super::vocabulary::Vocabulary;

/// The longest piece that is counted.
const MAX_PIECE: usize = 7;

const NOT_ASCII: u64 = 0x8080_8080_8080_8080;

/// How many tokens a piece of two to seven bytes is, with zeros behind it; 0 if longer ones may come about or it is not ASCII. For
/// vocabularies that [are plain](Vocabulary::is_plain).
#[inline(always)]
pub(crate) fn count_pairs(
    vocabulary: &Vocabulary,
    short_tokens: &ShortTokens,
    piece: u64,
    length: usize,
) -> u32 {
    let (merging, sooner) = order(vocabulary, piece);
    // The length could not be predicted, so all are looked at and those outside left out.
    let merging = merging & ((1 << (length - 1)) - 1);
    let mut longer = 0;
    for at in 0..MAX_PIECE - 2 {
        longer |= short_tokens.is_three((piece >> (8 * at)) as u32) << at;
    }
    longer &= (1 << length >> 2) - 1;
    longer |= u32::from(piece & NOT_ASCII != 0);
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
        longer |= u32::from(short_tokens.may_be_one(four, 4));
    }
    if longer | left != 0 {
        return 0;
    }
    length as u32 - joined.count_ones()
}

/// A bit for each byte: whether it and the next one merge, and whether they do before the next two, leftmost first among equals.
#[inline(always)]
fn order(vocabulary: &Vocabulary, piece: u64) -> (u32, u32) {
    let four = |from: usize| {
        let symbol = |at: usize| vocabulary.join_two(piece >> (8 * (from + at)));
        // One less, so that none is above all others.
        Four::new([symbol(0), symbol(1), symbol(2), symbol(3)]).add(u32::MAX)
    };
    let (low, high) = (four(0), four(4));
    let merging = !(low.high() | high.high() << 4);
    let sooner = low.at_most(low.following(high)) | high.at_most(high.following(high)) << 4;
    (merging, sooner)
}
