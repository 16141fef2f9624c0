//! Runs agree with a merge of single tokens, in known vocabularies and in any that merges can make.

use std::collections::HashSet;

use super::super::long::LongMerge;
use super::super::long_tests::{ends, naive, numbers, opened, pack_of, vocabularies};
use super::*;

fn check(vocabulary: &Vocabulary, piece: &[u8]) {
    let expected = naive(vocabulary, piece);
    // Where a window ends it may have a part of a character, which is not what the whole is: the next one has to start before that,
    // an eighth of a window earlier.
    let least = vocabulary.characters().map_or(16, |_| 32);
    for window in [least, 64, 2048] {
        let found = ends(vocabulary, window, piece);
        assert_eq!(found, expected, "{:?}", String::from_utf8_lossy(piece));
    }
}

/// Parts that repeat themselves up to so many times.
fn runs(parts: &[&str], most: usize, below: &mut impl FnMut(usize) -> usize) -> String {
    (0..1 + below(8))
        .map(|_| parts[below(parts.len())].repeat(1 + below(most)))
        .collect()
}

#[test]
fn runs_in_known_vocabularies() {
    let kinds: [&[&str]; 6] = [
        &["-", "=", "#", "*", "_", ".", "!", "/"],
        &[" ", "\t", "\n", "\r\n"],
        &["\0", "a", "A", "7"],
        &["─", "═", "█", "▒", "▓"],
        &["中", "的", "あ", "ー", "a", "é"],
        &["ab", "=-", "-", "🙂"],
    ];
    let mut below = numbers(20);
    for vocabulary in &vocabularies() {
        // Before characters are known, and afterwards.
        for times in [0, u32::MAX] {
            let _ = vocabulary.three_bytes(times);
            for round in 0..240 {
                let most = [90, 12, 3][round / 6 % 3];
                let piece = runs(kinds[round % 6], most, &mut below);
                check(vocabulary, piece.as_bytes());
            }
        }
    }
}

/// A space is written in two ways there, of one byte and of three, which are the same token.
#[test]
fn runs_of_characters() {
    let vocabulary = opened(include_bytes!("../../packs/mistral-sp-v3.pack"));
    let parts = [
        " ", "\u{2581}", "a", "e", "é", "的", "-", "=", "\u{E000}", "🙂",
    ];
    let mut below = numbers(21);
    for round in 0..400 {
        let piece = runs(&parts, [40, 6, 2][round % 3], &mut below);
        check(&vocabulary, piece.as_bytes());
    }
}

/// Any token may follow any other in these, so runs form late and in all places, and every kind of merge is beside every other.
#[test]
fn runs_in_any_vocabulary() {
    let mut below = numbers(22);
    for round in 0..1500 {
        let letters = 1 + round % 3;
        let (mut pairs, mut tokens) = (HashSet::new(), vec![]);
        tokens.extend((0..letters).map(|letter| u32::from(b"ab\0"[letter])));
        let mut sweeps = Vec::new();
        for _ in 0..2 + below(40) {
            let left = tokens[below(tokens.len())];
            let right = match below(3) {
                0 => left,
                _ => tokens[below(tokens.len())],
            };
            if pairs.insert((left, right)) {
                tokens.push(256 + sweeps.len() as u32);
                sweeps.push(vec![(left, right)]);
            }
        }
        let vocabulary = opened(&pack_of(sweeps));
        for most in [2, 5, 40] {
            let piece = runs(&["a", "b", "\0"][..letters], most, &mut below);
            check(&vocabulary, piece.as_bytes());
        }
    }
}

#[test]
fn a_run_is_one_pair_however_long_it_is() {
    for vocabulary in &vocabularies() {
        let mut merge = LongMerge::new();
        let piece = [" ".repeat(1000), "=".repeat(1000)].concat();
        merge.encode(vocabulary, piece.as_bytes(), 0, piece.len());
        assert!(merge.work < piece.len() + 200, "{}", merge.work);
    }
}
