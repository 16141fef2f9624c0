//! Windows that overlap count as one window that holds the whole piece.

use std::ops::ControlFlow;

use super::*;
use crate::Encoding;
use crate::merges::long_tests::{decided_by_its_end, numbers, vocabularies};

/// Without any window to join.
pub(in crate::merges) fn whole(vocabulary: &Vocabulary, piece: &[u8]) -> u32 {
    let mut count = 0;
    LongMerge::with_window(usize::MAX / 2).token_ends(vocabulary, piece, &mut |_| {
        count += 1;
        ControlFlow::Continue(())
    });
    count
}

/// Checks the count; whether the windows could be joined.
fn check(vocabulary: &Vocabulary, piece: &[u8]) -> bool {
    let mut long = LongMerge::new();
    let expected = whole(vocabulary, piece);
    let Some(found) = count(vocabulary, &mut long, piece) else {
        return false;
    };
    assert_eq!(found, expected, "{:?}", String::from_utf8_lossy(piece));
    true
}

#[test]
fn pieces_that_their_ends_decide_are_counted_or_left() {
    for odd in [false, true] {
        let (vocabulary, piece) = decided_by_its_end(odd);
        for length in 100..=piece.len() {
            check(&vocabulary, &piece[..length]);
        }
    }
}

#[test]
fn random_pieces_of_every_length() {
    let alphabets: [&[u8]; 7] = [
        b"etaoinshrdlucmfwypvbgkjqxz",
        b"ab",
        b" \n\t-=_*",
        b"0123456789abcdef",
        &[0xE4, 0xB8, 0xAD, 0xE6, 0x96, 0x87, 0x80],
        &[0, 0x20, 0x7F, 0x80, 0xC3, 0xF0, 0x9F, 0x98, 0xFF],
        b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
    ];
    let mut below = numbers(8);
    for vocabulary in &vocabularies() {
        for round in 0..4000 {
            let alphabet = alphabets[round % alphabets.len()];
            let length = 1 + below([70, 200, 400, 2000][round / 7 % 4]);
            let piece: Vec<u8> = (0..length)
                .map(|_| alphabet[below(alphabet.len())])
                .collect();
            check(vocabulary, &piece);
        }
    }
}

#[test]
fn windows_of_random_letters_are_nearly_always_joined() {
    let mut below = numbers(9);
    for vocabulary in &vocabularies() {
        for _ in 0..5 {
            let piece: Vec<u8> = (0..100_000).map(|_| b'a' + below(26) as u8).collect();
            assert!(check(vocabulary, &piece));
        }
    }
}

#[test]
fn runs_and_texts_with_long_tokens() {
    let mut below = numbers(10);
    let parts = [
        " ".repeat(80),
        "=".repeat(64),
        "-".repeat(200),
        "\n".repeat(30),
        "a".repeat(90),
        "antidisestablishmentarianism".into(),
        "的一是不了人我在有他".into(),
        "👩🏽‍💻🙂é".into(),
    ];
    for vocabulary in &vocabularies() {
        for _ in 0..1500 {
            let piece: String = (0..1 + below(12))
                .map(|_| parts[below(parts.len())].as_str())
                .collect();
            check(vocabulary, piece.as_bytes());
        }
    }
}

#[test]
fn pieces_of_characters() {
    let pack = include_bytes!("../../packs/mistral-sp-v3.pack");
    let encoding = Encoding::from_pack(pack).unwrap();
    let symbols: Vec<char> = "aeno t\u{2581}é北京的🙂🙃\u{E000}य".chars().collect();
    let mut below = numbers(11);
    for _ in 0..3000 {
        let piece: String = (0..1 + below(300))
            .map(|_| symbols[below(symbols.len())])
            .collect();
        check(encoding.vocabulary(), piece.as_bytes());
    }
}

/// Windows have less in common, so they are joined by longer ones, and overlap more after some of these.
#[test]
fn words_without_blanks_are_counted() {
    let words = [
        "internationalization",
        "responsibilities",
        "understanding",
        "configuration",
        "a",
        "between",
        "zqx",
        "中华人民共和国",
    ];
    let mut below = numbers(15);
    let mut counted = 0;
    for vocabulary in &vocabularies() {
        for round in 0..40 {
            let some = 2 + below(words.len() - 1);
            let piece: String = (0..[300, 3000][round % 2])
                .map(|_| words[below(some)])
                .collect();
            counted += u32::from(check(vocabulary, piece.as_bytes()));
        }
    }
    assert!(counted > 40, "{counted}");
}

/// Some of their tokens are longer than a window.
#[test]
fn what_ends_in_a_long_token_is_counted() {
    let mut below = numbers(17);
    for vocabulary in &vocabularies() {
        for _ in 0..20 {
            let letters: String = (0..800 + below(300))
                .map(|_| char::from(b'a' + below(26) as u8))
                .collect();
            for blanks in 1..100 {
                let piece = letters.clone() + &" ".repeat(blanks);
                assert!(check(vocabulary, piece.as_bytes()), "{piece}");
            }
        }
    }
}

/// One odd place does not decide.
#[test]
fn a_place_that_repeats_itself_or_does_not_is_not_taken_for_all() {
    let mut below = numbers(18);
    let mut piece: Vec<u8> = (0..8000).map(|_| b'a' + below(26) as u8).collect();
    let letters = piece[..600].to_vec();
    piece[3900..4500].fill(b'-');
    assert!(suits(&piece));
    piece.fill(b'-');
    piece[3900..4500].copy_from_slice(&letters);
    assert!(!suits(&piece));
}

#[test]
fn what_repeats_itself_is_left_to_the_longer_windows() {
    let mut below = numbers(16);
    for unit in ["a", "ab", "=-", "👨‍👩‍👧‍👦", "the quick brown fox jumps over"] {
        assert!(!suits(unit.repeat(2000 / unit.len()).as_bytes()), "{unit}");
    }
    for length in 1..2000 {
        let piece: Vec<u8> = (0..length).map(|_| b'a' + below(26) as u8).collect();
        assert!(suits(&piece));
    }
}
