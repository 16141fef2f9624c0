//! Every piece of two bytes, and of three, counts as its merges by rank count it.

use std::collections::HashMap;

use tiktoken_rs::CoreBPE;

use super::merge::count_short;
use super::short_tests::short_tokens;
use super::vocabulary::Vocabulary;
use crate::Encoding;

/// Ranks by bytes, as the reference has them: nothing of the pack is in here.
fn ranks(reference: &CoreBPE) -> HashMap<Vec<u8>, u32> {
    (0..)
        .map_while(|rank| Some((reference.decode_bytes(&[rank]).ok()?, rank)))
        .collect()
}

/// Merges the neighbours whose bytes together have the lowest rank, until there are none.
fn by_rank(ranks: &HashMap<Vec<u8>, u32>, piece: &[u8; 3]) -> u32 {
    let rank = |bytes: &[u8]| ranks.get(bytes).copied().unwrap_or(u32::MAX);
    let (head, tail) = (rank(&piece[..2]), rank(&piece[1..]));
    if head.min(tail) == u32::MAX {
        return 3;
    }
    2 - u32::from(rank(piece) != u32::MAX)
}

fn check(vocabulary: &Vocabulary, ranks: &HashMap<Vec<u8>, u32>, first: u8) {
    for second in 0..=255 {
        let pair = [first, second];
        let expected = 2 - u32::from(ranks.contains_key(&pair[..]));
        assert_eq!(count_short(vocabulary, &pair), Some(expected), "{pair:?}");
        for third in 0..=255 {
            let piece = [first, second, third];
            let count = count_short(vocabulary, &piece);
            assert_eq!(count, Some(by_rank(ranks, &piece)), "{piece:?}");
        }
    }
}

fn references() -> [(Encoding, HashMap<Vec<u8>, u32>); 2] {
    [
        ("cl100k_base", tiktoken_rs::cl100k_base_singleton()),
        ("o200k_base", tiktoken_rs::o200k_base_singleton()),
    ]
    .map(|(name, reference)| (Encoding::named(name).unwrap(), ranks(reference)))
}

#[test]
fn pieces_of_two_bytes_and_some_of_three() {
    for (encoding, ranks) in &references() {
        for first in [b' ', b'e', 0xC3, 0xE4, 0xF0] {
            check(encoding.vocabulary(), ranks, first);
        }
    }
}

#[test]
fn pieces_of_two_bytes_out_of_the_bits() {
    for (encoding, ranks) in &references() {
        let short_tokens = short_tokens(encoding.vocabulary());
        for pair in (0..=u16::MAX).map(u16::to_le_bytes) {
            let expected = 2 - u32::from(ranks.contains_key(&pair[..]));
            let [first, second] = pair;
            // Whatever follows does not matter.
            let count = short_tokens.count([first, second, 0xFF, 0xFF], false);
            assert_eq!(count, expected, "{pair:?}");
        }
    }
}

/// On demand, for a minute: `cargo test -p token-headroom-encoding -- --ignored every_piece_of_three_bytes`.
#[test]
#[ignore = "takes a minute"]
fn every_piece_of_three_bytes() {
    for (encoding, ranks) in &references() {
        for first in 0..=255 {
            check(encoding.vocabulary(), ranks, first);
        }
    }
}
