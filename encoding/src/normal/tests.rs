//! Both forms equal those of unicode-normalization-alignments, from which their tables are.

use std::collections::BTreeSet;
use std::iter::once;

use proptest::prelude::*;
use unicode_normalization_alignments::UnicodeNormalization;

use super::tables::{UNSTABLE_NFC, UNSTABLE_NFKC};
use super::{Normalizer, nfc, nfkc};

fn assert_equal(text: &str) {
    let reference = |normal: &mut dyn Iterator<Item = (char, isize)>| -> String {
        normal.map(|(c, _)| c).collect()
    };
    let (c, kc) = (nfc(text), nfkc(text));
    assert_eq!(c, reference(&mut text.nfc()), "{text:?} in form C");
    assert_eq!(kc, reference(&mut text.nfkc()), "{text:?} in form KC");
}

#[test]
fn every_code_point_among_others() {
    let mut text = String::new();
    for c in '\0'..=char::MAX {
        text.clear();
        for part in [
            "",
            "a",
            "\u{301}",
            "\u{323}\u{301}",
            "가",
            "\u{1100}",
            "e\u{345}",
        ] {
            text.push_str(part);
            text.push(c);
        }
        for part in [
            "\u{301}", "\u{327}", "\u{1161}", "\u{11A8}", "\u{3099}", "\u{f72}",
        ] {
            text.push(c);
            text.push_str(part);
        }
        assert_equal(&text);
    }
}

/// Characters that any form changes, moves or joins to others.
fn unstable() -> Vec<char> {
    ('\0'..=char::MAX)
        .filter(|&c| UNSTABLE_NFC.contains(c.into()) || UNSTABLE_NFKC.contains(c.into()))
        .collect()
}

#[test]
fn every_code_point_before_all_that_compose_with_one() {
    let seconds: BTreeSet<char> = ('\0'..=char::MAX)
        .filter(|&c| once(c).nfd().nth(1).is_some() && once(c).nfc().map(|(c, _)| c).eq([c]))
        .filter_map(|c| once(c).nfd().last())
        .map(|(c, _)| c)
        .collect();
    assert!(seconds.len() > 60, "{seconds:?}");
    let mut text = String::new();
    for first in '\0'..='\u{1FFFF}' {
        text.clear();
        for &second in &seconds {
            text.extend([first, second]);
        }
        assert_equal(&text);
    }
}

#[test]
fn pairs_of_what_is_unstable() {
    let unstable = unstable();
    assert!(unstable.len() > 5000, "{} characters", unstable.len());
    // Every third: all pairs are forty million.
    let some: Vec<char> = unstable.iter().copied().step_by(31).collect();
    let mut text = String::new();
    for first in unstable {
        text.clear();
        for &second in &some {
            text.extend([first, second, 'x', second, first]);
        }
        assert_equal(&text);
    }
}

#[test]
fn jamo_and_syllables() {
    let jamo: Vec<char> = ('\u{10FF}'..='\u{1200}')
        .chain([
            '가', '각', '힣', '\u{D7A4}', '\u{A960}', '\u{D7B0}', 'ㄱ', 'ﾡ',
        ])
        .collect();
    for &a in &jamo {
        for &b in &jamo {
            for c in [
                '\u{1100}', '\u{1161}', '\u{11A7}', '\u{11A8}', '\u{11C2}', '\u{301}', '가',
            ] {
                assert_equal(&String::from_iter([a, b, c]));
            }
        }
    }
}

#[test]
fn text_that_is_normal_is_not_copied() {
    let normal = "plain ASCII, naïve 日本語 한국어 हिन्दी Привет \u{5E9}\u{5B8}\u{5C1}";
    assert!(matches!(
        nfc(&normal.repeat(9)),
        std::borrow::Cow::Borrowed(_)
    ));
    let normal = "plain ASCII, naïve 日本語 한국어 Привет";
    assert!(matches!(
        nfkc(&normal.repeat(9)),
        std::borrow::Cow::Borrowed(_)
    ));
}

#[test]
fn a_long_run_of_marks_is_ordered() {
    let marks = "a\u{301}\u{323}\u{300}\u{327}".repeat(3) + &"\u{301}\u{323}".repeat(50_000);
    assert_equal(&marks);
}

#[test]
fn normalizers_by_number() {
    let all = [
        Normalizer::None,
        Normalizer::Nfc,
        Normalizer::Nfkc,
        Normalizer::Spaces,
        Normalizer::Symbols,
    ];
    for (code, normalizer) in all.into_iter().enumerate() {
        assert_eq!(usize::from(normalizer.code()), code);
        assert_eq!(Normalizer::from_code(normalizer.code()), Some(normalizer));
    }
    assert_eq!(Normalizer::from_code(5), None);
    assert_eq!(Normalizer::Symbols.apply("a b▁c"), "a b c");
    assert_eq!(Normalizer::None.apply("e\u{301}ﬁ"), "e\u{301}ﬁ");
    assert_eq!(Normalizer::Nfc.apply("e\u{301}ﬁ"), "éﬁ");
    assert_eq!(Normalizer::Nfkc.apply("e\u{301}ﬁ"), "éfi");
    assert_eq!(Normalizer::Spaces.apply("a  b\n"), "a▁▁b\n");
}

fn texts() -> impl Strategy<Value = String> {
    let one = |c: char| c.to_string();
    let fragment = prop_oneof![
        "[a-zA-Z ,.]{1,40}",
        "[a-z][\u{300}-\u{362}]{0,6}",
        "[\u{591}-\u{5c7}\u{5d0}-\u{5ea}]{1,6}",
        "[\u{900}-\u{dff}]{1,6}",
        "[\u{f40}-\u{fbc}]{1,6}",
        "[\u{1100}-\u{11ff}가-힣]{1,6}",
        "[\u{1e00}-\u{1fff}]{1,6}",
        "[\u{3040}-\u{30ff}\u{ff61}-\u{ff9f}]{1,6}",
        "[\u{f900}-\u{faff}一-龥]{1,6}",
        "[\u{11080}-\u{115ff}]{1,6}",
        "[\u{1d100}-\u{1d1ff}]{1,6}",
        prop::sample::select(unstable()).prop_map(one),
        any::<char>().prop_map(one),
    ];
    prop::collection::vec(fragment, 0..30).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_texts(text in texts()) {
        assert_equal(&text);
        let (c, kc) = (nfc(&text), nfkc(&text));
        prop_assert_eq!(nfc(&c), c.as_ref());
        prop_assert_eq!(nfkc(&kc), kc.as_ref());
        prop_assert_eq!(nfkc(&c), kc.as_ref());
    }
}
