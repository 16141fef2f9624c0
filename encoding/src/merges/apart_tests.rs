//! Characters counted apart count as one window that holds the whole piece.

use super::*;
use crate::merges::long_tests::{numbers, vocabularies};
use crate::merges::overlap::tests::whole;

/// Checks the count; whether the characters could be counted apart.
fn check(vocabulary: &Vocabulary, piece: &str) -> bool {
    let mut long = LongMerge::new();
    // The first time may be before the characters are known.
    let mut counted = || {
        let piece = piece.as_bytes();
        count(vocabulary, &mut long, piece).or_else(|| count(vocabulary, &mut long, piece))
    };
    let Some(found) = counted() else {
        return false;
    };
    let expected = whole(vocabulary, piece.as_bytes());
    assert_eq!(found, expected, "{piece}");
    true
}

/// Vocabularies that know the characters.
fn warm() -> [Vocabulary; 2] {
    let vocabularies = vocabularies();
    for vocabulary in &vocabularies {
        assert!(vocabulary.three_bytes(u32::MAX).is_some());
    }
    vocabularies
}

#[test]
fn random_characters() {
    let ranges = [
        (0x4E00, 0x9FA5),
        (0x3040, 0x30FF),
        (0xAC00, 0xD7A3),
        (0x0E00, 0x0E7F),
        (0x2000, 0x2BFF),
        (0x0900, 0x0DFF),
        (0xFF00, 0xFFEF),
        (0x0800, 0xFFFF),
    ];
    let mut below = numbers(12);
    for vocabulary in &warm() {
        for round in 0..3000 {
            let (low, high) = ranges[round % ranges.len()];
            let piece: String = (0..1 + below(400))
                .filter_map(|_| char::from_u32(low + below((high - low + 1) as usize) as u32))
                .collect();
            check(vocabulary, &piece);
        }
    }
}

/// Most are joined with their neighbours, in some parts of the text.
#[test]
fn characters_that_are_joined() {
    let words = [
        "的",
        "中国",
        "我们",
        "一个",
        "。",
        "これは",
        "한국",
        "、",
        "「",
        "に",
        "…",
        "……",
    ];
    let mut below = numbers(13);
    let mut counted = 0;
    for vocabulary in &warm() {
        for round in 0..3000 {
            let rarely = [1, 3, 30, 300][round % 4];
            let piece: String = (0..1 + below(2000))
                .map(|_| match below(rarely) {
                    0 => words[below(words.len())].into(),
                    _ => char::from_u32(0x4E00 + below(20_902) as u32)
                        .unwrap()
                        .to_string(),
                })
                .collect();
            counted += u32::from(check(vocabulary, &piece));
        }
    }
    assert!(counted > 3000, "{counted}");
}

#[test]
fn a_million_random_characters_are_counted_apart() {
    let mut below = numbers(14);
    for vocabulary in &vocabularies() {
        let piece: String = (0..333_333)
            .filter_map(|_| char::from_u32(0x4E00 + below(20_902) as u32))
            .collect();
        assert!(check(vocabulary, &piece));
    }
}

#[test]
fn other_characters_are_not_counted() {
    for vocabulary in &warm() {
        let characters = "界".repeat(2000);
        assert!(check(vocabulary, &characters));
        for other in ["a", "é", "🙂", "aé", "🙂é"] {
            assert!(!check(
                vocabulary,
                &format!("{characters}{other}{characters}")
            ));
        }
    }
}
