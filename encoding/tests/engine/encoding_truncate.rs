//! What `truncate` keeps fits, is counted exactly, and cannot be one character longer.

use proptest::prelude::*;
use token_headroom_encoding::{Encoding, Keep, Kept};

fn joined(text: &str, kept: &Kept) -> String {
    format!("{}{}", &text[..kept.head], &text[kept.tail..])
}

fn check(encoding: &Encoding, text: &str, limit: u32) {
    let whole = encoding.count(text);
    for keep in [Keep::Head, Keep::Tail, Keep::Both] {
        let kept = encoding.truncate(text, limit, keep);
        // Slicing panics when a cut splits a code point.
        let rest = joined(text, &kept);
        assert_eq!(
            encoding.count(&rest),
            kept.tokens,
            "{keep:?} {limit} {text:?}"
        );
        assert!(kept.tokens <= limit, "{keep:?} {limit} {text:?}");
        assert!(kept.head <= kept.tail);
        if whole <= limit {
            assert_eq!(rest, text, "{keep:?} {limit}");
            continue;
        }
        let longer = match keep {
            Keep::Head => {
                assert_eq!(kept.tail, text.len());
                let next = text[kept.head..].chars().next().map_or(0, char::len_utf8);
                text[..kept.head + next].to_owned()
            }
            Keep::Tail => {
                assert_eq!(kept.head, 0);
                let previous = text[..kept.tail]
                    .chars()
                    .next_back()
                    .map_or(0, char::len_utf8);
                text[kept.tail - previous..].to_owned()
            }
            Keep::Both => {
                let previous = text[..kept.tail]
                    .chars()
                    .next_back()
                    .map_or(0, char::len_utf8);
                format!("{}{}", &text[..kept.head], &text[kept.tail - previous..])
            }
        };
        assert!(encoding.count(&longer) > limit, "{keep:?} {limit} {text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_cut_fits_and_is_maximal(
        parts in prop::collection::vec(prop_oneof![
            "[a-zA-Z]{1,14}", "[ \\t\\r\\n]{1,6}", "[0-9]{1,9}", "[.,'/\"{}_=-]{1,8}", "[一-龥]{1,12}", "[а-я]{1,9}",
            "'(s|ll|re)", "\\PC{1,5}",
        ], 0..25),
        limit in 0_u32..40,
    ) {
        let text = parts.concat();
        for name in ["cl100k_base", "o200k_base"] {
            check(&Encoding::named(name).unwrap(), &text, limit);
        }
    }

    #[test]
    fn cuts_within_whitespace_and_contractions(text in "[ \n\t.a's/日A1]{0,24}", limit in 0_u32..12) {
        for name in ["cl100k_base", "o200k_base"] {
            check(&Encoding::named(name).unwrap(), &text, limit);
        }
    }
}

#[test]
fn long_texts_and_long_pieces() {
    let prose = "The quick brown fox jumps over the lazy dog. 1234567890\n".repeat(800);
    for name in ["cl100k_base", "o200k_base"] {
        let encoding = Encoding::named(name).unwrap();
        for text in [
            prose.as_str(),
            &"a".repeat(50_000),
            &"7".repeat(20_000),
            &"日本".repeat(9_000),
        ] {
            for limit in [0, 1, 999, 4_000] {
                check(&encoding, text, limit);
            }
        }
    }
}

#[test]
fn nothing_is_kept_of_a_text_whose_first_character_is_too_long() {
    let encoding = Encoding::named("cl100k_base").unwrap();
    let kept = encoding.truncate("🧿🧿", 1, Keep::Head);
    assert_eq!((kept.head, kept.tokens), (0, 0));
}
