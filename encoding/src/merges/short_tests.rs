//! What is known of short pieces without merging agrees with merging.

use super::merge::count_short;
use super::pairs::count_pairs;
use super::short_tokens::ShortTokens;
use super::vocabulary::Vocabulary;
use crate::pack::{Kind, Pack};

/// Some whose ids are in the order of their ranks' merges, and some with tokens that no merge of bytes arrives at.
fn vocabularies() -> [Vocabulary; 5] {
    [
        include_bytes!("../../packs/o200k_base.pack").as_slice(),
        include_bytes!("../../packs/cl100k_base.pack").as_slice(),
        include_bytes!("../../packs/deepseek-v4.pack").as_slice(),
        include_bytes!("../../packs/glm-4.5.pack").as_slice(),
        include_bytes!("../../packs/mistral-tekken.pack").as_slice(),
    ]
    .map(|bytes| match Pack::open(bytes).unwrap().kind {
        Kind::Merges(merges) => Vocabulary::new(&merges).unwrap(),
        Kind::Tiling(_) => panic!("a tiling"),
    })
}

#[test]
fn three_ascii_characters_out_of_the_bits_are_as_many_tokens_as_merges_leave() {
    for vocabulary in &vocabularies() {
        let known = short_tokens(vocabulary);
        for piece in 0..1 << 21_u32 {
            let bytes = [piece, piece >> 7, piece >> 14].map(|byte| byte as u8 & 0x7F);
            let [first, second, third] = bytes;
            // Whatever follows does not matter.
            let count = known.count([first, second, third, 0xFF], true);
            assert_eq!(Some(count), count_short(vocabulary, &bytes), "{bytes:?}");
        }
    }
}

#[test]
fn four_ascii_characters_by_rule_are_as_many_tokens_as_merges_leave() {
    for vocabulary in &vocabularies() {
        let known = short_tokens(vocabulary);
        let check = |piece: u32| {
            let bytes = piece.to_le_bytes().map(|byte| byte & 0x7F);
            match count_short(vocabulary, &bytes) {
                Some(1) => false,
                count => {
                    assert_eq!(
                        Some(known.count_four(vocabulary, bytes)),
                        count,
                        "{bytes:?}"
                    );
                    true
                }
            }
        };
        let random = (0..300_000_u32).map(|i| i.wrapping_mul(0x9E37_79B1));
        assert!(random.filter(|&piece| check(piece)).count() > 100_000);
        // Few letters, so that the same pairs overlap.
        let letters = *b"ae t0.AnE=- sr\n_";
        for four in 0..1 << 16_u32 {
            let letter = |i: u32| letters[(four >> (4 * i) & 15) as usize];
            check(u32::from_le_bytes([0, 1, 2, 3].map(letter)));
        }
    }
}

#[test]
fn pieces_of_pairs_are_as_many_tokens_as_merges_leave() {
    let letters = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/ =";
    // Few letters, so that the same pairs overlap.
    let few = b"XQz+J";
    for vocabulary in &vocabularies() {
        let known = short_tokens(vocabulary);
        let mut pairs = 0;
        let mut state = 1_u64;
        for turn in 0..300_000 {
            state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
            let letters = if turn % 2 == 0 { &letters[..] } else { few };
            let letter = |i: usize| letters[(state >> (8 * i + 7) & 0xFF) as usize % letters.len()];
            let piece: Vec<u8> = (0..5 + turn % 3).map(letter).collect();
            match count_pairs(vocabulary, known, word(&piece), piece.len()) {
                0 => {}
                count => {
                    assert_eq!(Some(count), count_short(vocabulary, &piece), "{piece:?}");
                    pairs += 1;
                }
            }
        }
        assert!(pairs > 30_000, "{pairs}");
    }
}

#[test]
fn every_short_token_may_be_one_and_most_other_pieces_may_not() {
    for vocabulary in &vocabularies() {
        let known = short_tokens(vocabulary);
        let may_be = |piece: &[u8]| known.may_be_one(word(piece), piece.len());
        let mut tokens: Vec<Vec<u8>> = (0..=255).map(|byte| vec![byte]).collect();
        for (left, right) in merges(vocabulary) {
            let token = [
                tokens[left as usize].clone(),
                tokens[right as usize].clone(),
            ]
            .concat();
            assert!(token.len() > 7 || may_be(&token), "{token:?}");
            tokens.push(token);
        }
        let mut number = 1_u64;
        let unknown = (0..100_000).filter(|_| {
            number = number.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
            may_be(&number.to_le_bytes()[1..6])
        });
        assert!(unknown.count() < 20_000);
    }
}

/// The short tokens, however often they have been asked for.
pub(super) fn short_tokens(vocabulary: &Vocabulary) -> &ShortTokens {
    loop {
        if let Some(known) = vocabulary.short_tokens() {
            return known;
        }
    }
}

/// A piece of at most eight bytes, with zeros behind it.
fn word(piece: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    bytes[..piece.len()].copy_from_slice(piece);
    u64::from_le_bytes(bytes)
}

/// All of them, of a vocabulary that starts from bytes.
fn merges(vocabulary: &Vocabulary) -> Vec<(u32, u32)> {
    assert_eq!(vocabulary.first_id(), 256);
    vocabulary.pairs()
}
