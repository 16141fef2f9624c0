//! Windows find the pieces that the scanner of one piece finds.

use proptest::prelude::*;

use super::{BYTES, Window, starts};
use crate::pieces::{Cl100k, Kimi, Llama3, O200k, Qwen2, Qwen35, Split, Tekken};

/// Characters of every kind that the patterns tell apart, with letters that make contractions.
const SYMBOLS: &[u8] = b"aSsl1 \n\t.'/e";

/// Walks `text` in windows and asserts that every piece a window calls complete ends where the scanner ends it.
fn assert_windows_agree<S: Split>(text: &[u8]) {
    let mut at = 0;
    while at < text.len() {
        let mut window: Window = [0; _];
        let copied = window.len().min(text.len() - at);
        window[..copied].copy_from_slice(&text[at..at + copied]);
        let found = starts::<S>(text, at, &window);
        assert!(found.bits & 1 == 1, "the first piece starts the window");
        let mut ends: Vec<usize> = (1..BYTES).filter(|i| found.bits >> i & 1 == 1).collect();
        ends.extend(found.end);
        let mut start = at;
        for end in ends.into_iter().map(|end| at + end) {
            assert!(
                S::piece_end(text, start) == end,
                "a window at {at} ends the piece from {start} at {end}, the scanner at {}: {:?}",
                S::piece_end(text, start),
                String::from_utf8_lossy(text)
            );
            start = end;
        }
        let first = S::piece_end(text, at);
        let plain = text[at..(at + BYTES).min(text.len())].is_ascii();
        assert!(
            start > at || !plain || first - at > BYTES - 3,
            "a window at {at} misses the piece that ends at {first}"
        );
        at = if start > at { start } else { first };
    }
}

fn assert_agree(text: &[u8]) {
    assert_windows_agree::<Cl100k>(text);
    assert_windows_agree::<O200k>(text);
    assert_windows_agree::<Llama3>(text);
    assert_windows_agree::<Qwen2>(text);
    assert_windows_agree::<Qwen35>(text);
    assert_windows_agree::<Tekken>(text);
    assert_windows_agree::<Kimi>(text);
}

/// Calls `check` with every string of `length` symbols.
fn for_every_string(length: u32, mut check: impl FnMut(&[u8])) {
    let mut text = vec![0; length as usize];
    for mut number in 0..SYMBOLS.len().pow(length) {
        for byte in &mut text {
            *byte = SYMBOLS[number % SYMBOLS.len()];
            number /= SYMBOLS.len();
        }
        check(&text);
    }
}

#[test]
fn every_short_string() {
    for length in 1..=5 {
        for_every_string(length, assert_agree);
    }
}

#[test]
fn every_shorter_string_before_what_windows_do_not_know() {
    let neighbours = ["é", "日", "🙂", "\u{a0}", "\u{85}x", "\u{301}", "ſ", "٣"];
    for length in 0..=4 {
        for_every_string(length, |string| {
            for neighbour in neighbours {
                let text = [string, neighbour.as_bytes(), string].concat();
                assert_agree(&text);
            }
        });
    }
}

#[test]
fn every_shorter_string_at_every_place_of_a_window() {
    let before = b"ab C, 12 \n\nx.y ".repeat(5);
    let after = b"we're 12345 IDs.\n\n  ok\n\t\tfooBar('s')//\n".repeat(2);
    for length in 1..=3 {
        for_every_string(length, |string| {
            for offset in 0..=70 {
                let mut text = [&before[before.len() - offset..], string].concat();
                assert_agree(&text);
                text.extend_from_slice(&after);
                assert_agree(&text);
            }
        });
    }
}

#[test]
fn runs_that_cross_the_end_of_a_window() {
    for symbol in SYMBOLS {
        for length in 1..=140 {
            for offset in [0, 1, 2, 60, 61, 62, 63] {
                for follower in [&b""[..], b"a", b" ", b"\n", b".", b"1", "é".as_bytes()] {
                    let run = vec![*symbol; length];
                    assert_agree(&[&vec![b'x'; offset][..], &run, follower].concat());
                }
            }
        }
    }
}

/// A character of every class and length that the patterns tell apart, beside those in ASCII.
const KINDS: [&str; 20] = [
    "a", "S", "s", "1", " ", "\n", "'", ".", "/", "é", "É", "ǅ", "日", "ʰ", "\u{301}", "\u{20DD}",
    "→", "🙂", "\u{a0}", "²",
];

/// Calls `check` with every string of `length` of the kinds.
fn for_every_mixture(length: u32, mut check: impl FnMut(&str)) {
    for mut number in 0..KINDS.len().pow(length) {
        let mut text = String::new();
        for _ in 0..length {
            text.push_str(KINDS[number % KINDS.len()]);
            number /= KINDS.len();
        }
        check(&text);
    }
}

#[test]
fn every_short_mixture() {
    for length in 1..=4 {
        for_every_mixture(length, |text| assert_agree(text.as_bytes()));
    }
}

#[test]
fn every_shorter_mixture_at_every_place_of_a_window() {
    let after = "é’s→日本 Éa\n";
    for length in 1..=2 {
        for_every_mixture(length, |string| {
            for offset in 0..=66 {
                let text = format!(
                    "{}{string}{after}",
                    &"ab C, 12 \n\nx.y ".repeat(5)[..offset]
                );
                assert_agree(text.as_bytes());
                let text = format!("{}{string}{after}", "日é→".repeat(offset / 8));
                assert_agree(text.as_bytes());
            }
        });
    }
}

#[test]
fn one_character_beyond_ascii_over_and_over() {
    for character in ["→", "日", "²", "é", "\u{2003}", "⃝", "🙂", "Ⅷ"] {
        for between in ["", " ", "a", "\n", "  12", "→", "←", "é"] {
            for offset in 0..=66 {
                let repeated = [character, between].concat().repeat(30);
                assert_agree([&"x ".repeat(33)[..offset], &repeated].concat().as_bytes());
            }
        }
    }
}

/// On demand, for some seconds: `cargo test -p token-headroom-encoding -- --ignored every_longer_mixture`.
#[test]
#[ignore = "takes ten seconds"]
fn every_longer_mixture() {
    for_every_mixture(5, |text| assert_agree(text.as_bytes()));
}

#[test]
fn every_code_point_among_ascii() {
    for code in 0..=0x0010_FFFF {
        let Some(c) = char::from_u32(code) else {
            continue;
        };
        let text = format!("a{c}b {c}1.{c}\n'{c}  {c} \n{c}A's");
        assert_agree(text.as_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn long_texts_of_all_scripts(text in "([a-z]{1,9}|[A-Z]{1,3}|[0-9]{1,5}|[ \\t\\r\\n]{1,4}|[!-/:-@]{1,4}|'(s|re|LL|t|x|ſ)|[à-ÿ]{1,4}|[À-ß]{1,2}|[а-яА-Я]{1,9}|\\p{Han}{1,5}|[ก-๛]{1,9}|[ऀ-ॿ]{1,6}|[가-힣]{1,3}|[→—“”─│]{1,3}|\\p{So}{1,3}|\u{301}|\u{200d}|\u{a0}|²|ǅ){1,40}") {
        assert_agree(text.as_bytes());
    }

    #[test]
    fn long_mixed_texts(text in "([a-z]{1,9}|[A-Z]{1,3}|[0-9]{1,5}|[ \\t\\r\\n]{1,4}|[!-/:-@]{1,4}|'(s|re|LL|t|x)|é|日本|\u{301}){1,60}") {
        assert_agree(text.as_bytes());
    }
}
