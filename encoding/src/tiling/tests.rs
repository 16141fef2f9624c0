//! Counts against the reference's, and what must hold for any text.

use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::{Place, Scratch, Tiling};
use crate::pack::{Kind, Pack};
use crate::{Keep, Kept};

/// Each generation's section and what it reads as.
pub(super) static GENERATIONS: LazyLock<[(Vec<u8>, Tiling); 2]> = LazyLock::new(|| {
    ["claude-gen1", "claude-gen2"].map(|name| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("packs/{name}.pack"));
        let pack = std::fs::read(path).unwrap();
        let Kind::Tiling(section) = Pack::open(&pack).unwrap().kind else {
            unreachable!("merges");
        };
        let section = section.to_vec();
        let tiling = Tiling::read(&section).unwrap();
        (section, tiling)
    })
});

/// Texts of what the rules treat differently.
pub(super) fn atoms(count: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        4 => prop::sample::select(&["the", "The", "THE", "Hello", "NASA", "WiFi", "a", "I", "tokenizers", "ing", "AAAA", "Zürich", "ÉCOLE", "ß", "ẞ", "İ", "ΣΑΣΑ", "ϴ", "Ǆ", "ǅ", "Ⅳ", "ↀ", "Ⓐ", "Привет", "МИР", "नमस्ते", "สวัสดี", "שָׁלוֹם", "كتاب", "あ", "カ"][..]),
        3 => prop::sample::select(&[" ", "  ", "   ", "\n", "\n\n", "\t", "\r\n", "\u{A0}", "\u{3000}", "\u{2028}", "\0"][..]),
        3 => prop::sample::select(&["'", "'s", "'t", "'ll", "'RE", "s", "\"", "\u{2019}", "\u{201C}", ".", ",", "=", "====", "((", "});", "—", "…", "€", "→", "─"][..]),
        2 => prop::sample::select(&["0", "7", "42", "123", "2024", "٣", "٤", "१", "२", "½", "²", "①", "𝟎"][..]),
        2 => prop::sample::select(&["北", "京", "大学", "한", "々", "。", "、", "？", "（", "）", "〒", "☃", "×", "⚖\u{FE0F}", "\u{FE0F}", "🙂", "👨\u{200D}", "🏽", "\u{200B}", "\u{FDD0}", "\u{378}", "\u{FFFD}"][..]),
        1 => prop::sample::select(&["\u{301}", "e\u{301}", "\u{345}", "\u{94D}", "\u{BCD}", "\u{730}", "\u{711}", "\u{5B8}", "\u{E4D}", "\u{E32}", "\u{1}", "\u{85}", "\u{E000}", "ᄀ", "ᅡ", "ᆨ"][..]),
        1 => any::<char>().prop_map(|c| &*c.to_string().leak()),
    ];
    prop::collection::vec(atom, count).prop_map(|atoms| atoms.concat())
}

/// After a header and in running text with the first generation, then the same with the second.
const VALUES: [(&str, [u32; 4]); 32] = [
    ("Hello", [1, 1, 3, 3]),
    ("Hello, Claude!", [4, 4, 8, 8]),
    ("hello, world", [3, 3, 4, 4]),
    ("NASA likes tokenizers", [4, 4, 10, 10]),
    ("What is 2+2?", [7, 7, 7, 7]),
    ("it's", [2, 2, 2, 2]),
    ("don't 'quote'", [6, 6, 7, 7]),
    ("GaN WiFi QQ HTTP", [7, 7, 14, 14]),
    ("ABCDEF", [4, 4, 6, 6]),
    ("  two", [2, 2, 2, 2]),
    (" leading", [1, 2, 2, 3]),
    ("trailing   ", [2, 2, 4, 4]),
    ("\n\nx", [3, 2, 3, 2]),
    ("x\n\n\n\ny", [3, 3, 3, 3]),
    ("12345678", [4, 3, 4, 3]),
    ("a\tb", [3, 3, 3, 3]),
    ("a\r\nb", [3, 3, 3, 3]),
    ("\0x", [2, 2, 2, 2]),
    ("é", [1, 1, 1, 1]),
    ("naïve café", [4, 4, 4, 4]),
    ("“quoted”", [3, 3, 5, 5]),
    ("a — b", [3, 3, 3, 3]),
    ("北京大学", [5, 4, 5, 4]),
    ("Привет мир", [5, 5, 5, 5]),
    ("नमस्ते", [6, 6, 6, 6]),
    ("สวัสดี", [6, 6, 6, 6]),
    ("🙂", [4, 3, 4, 3]),
    ("{\"a\": [1, 2, {\"b\": null}]}", [15, 15, 18, 18]),
    ("def f(x):\n    return x + 1\n", [12, 12, 12, 12]),
    ("https://example.com/a?b=1&c=2", [15, 15, 15, 15]),
    ("=== ---- ====", [5, 6, 6, 7]),
    ("AAAAAAAAAAAAAAAAAAAA", [9, 9, 20, 20]),
];

fn counts(text: &str) -> [u32; 4] {
    let [(_, first), (_, second)] = &*GENERATIONS;
    [
        first.count_at(text, Place::AfterHeader),
        first.count(text),
        second.count_at(text, Place::AfterHeader),
        second.count(text),
    ]
}

#[test]
fn known_values() {
    for (text, expected) in VALUES {
        assert_eq!(counts(text), expected, "{text:?}");
    }
}

/// Lines of text and counts by the reference; written by `tests/fixtures/claude.py`.
#[test]
fn golden_file() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/claude.jsonl");
    let lines = std::fs::read_to_string(path).unwrap();
    for line in lines.lines() {
        let (text, expected): (String, [u32; 4]) = serde_json::from_str(line).unwrap();
        assert_eq!(counts(&text), expected, "{text:?}");
    }
    assert!(lines.lines().count() > 500);
}

#[test]
fn damaged_sections_are_errors() {
    for (section, _) in &*GENERATIONS {
        for length in [0, 1, 5, 6, 100, section.len() / 2, section.len() - 1] {
            assert!(Tiling::read(&section[..length]).is_err(), "{length} bytes");
        }
        let mut longer = section.clone();
        longer.push(b'a');
        assert!(Tiling::read(&longer).is_err());
        let mut other = section.clone();
        other[0] = 9;
        assert!(Tiling::read(&other).is_err());
        // A length of the texts that is off by one moves all that follow.
        let texts = u32::from_le_bytes(section[2..6].try_into().unwrap()) as usize;
        let mut shifted = section.clone();
        shifted[6 + 2 * texts + texts / 2] += 1;
        assert!(Tiling::read(&shifted).is_err());
    }
}

#[test]
fn work_is_linear() {
    let steps = |tiling: &Tiling, text: &str| {
        let mut scratch = Scratch::default();
        tiling.count_within(text, Place::Running, u32::MAX, &mut scratch);
        scratch.steps
    };
    let units = [
        "a",
        "A",
        "é",
        "北",
        "🙂",
        " ",
        "\n",
        "=",
        "0",
        "' ",
        "'s ",
        "a b",
        "Ab",
        "aé",
        "e\u{301}",
        "     \t",
        "\u{301}",
        "\u{FE0F}",
        "½²",
        "================#",
        "the quick Brown fox 12 ",
    ];
    for (_, tiling) in &*GENERATIONS {
        for unit in units {
            let text = unit.repeat(1000);
            let once = steps(tiling, &text);
            let ten_times = steps(tiling, &text.repeat(10));
            assert!(
                ten_times <= 11 * once + 1000,
                "{unit:?}: {once}, {ten_times}"
            );
            // No symbol is looked at more often than the longest piece is long.
            assert!(
                ten_times <= 10 * text.len() as u64 * 64,
                "{unit:?}: {ten_times}"
            );
        }
    }
}

fn check_limits(tiling: &Tiling, text: &str) {
    let count = tiling.count(text);
    for limit in [
        0,
        1,
        count / 2,
        count.saturating_sub(1),
        count,
        count + 1,
        u32::MAX,
    ] {
        let expected = (count <= limit).then_some(count);
        assert_eq!(
            tiling.count_up_to(text, limit),
            expected,
            "{limit} {text:?}"
        );
    }
}

fn check_truncate(tiling: &Tiling, text: &str, limit: u32) {
    let joined = |head: usize, tail: usize| format!("{}{}", &text[..head], &text[tail..]);
    let whole = tiling.count(text);
    for keep in [Keep::Head, Keep::Tail, Keep::Both] {
        let kept = tiling.truncate(text, limit, keep);
        let Kept { head, tail, tokens } = kept;
        assert!(head <= tail);
        // Slicing panics when a cut splits a code point.
        let rest = joined(head, tail);
        assert_eq!(tiling.count(&rest), tokens, "{keep:?} {limit} {text:?}");
        assert!(tokens <= limit, "{keep:?} {limit} {text:?}");
        if whole <= limit {
            assert_eq!(rest, text, "{keep:?} {limit}");
            continue;
        }
        let longer = match keep {
            Keep::Head => {
                assert_eq!(tail, text.len());
                let next = text[head..].chars().next().unwrap().len_utf8();
                joined(head + next, tail)
            }
            Keep::Tail | Keep::Both => {
                let before = text[head..tail].chars().next_back().unwrap().len_utf8();
                joined(head, tail - before)
            }
        };
        assert!(tiling.count(&longer) > limit, "{keep:?} {limit} {text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn limits_agree_with_counts(text in atoms(0..60)) {
        for (_, tiling) in &*GENERATIONS {
            check_limits(tiling, &text);
        }
    }

    #[test]
    fn cuts_fit_and_are_longest(text in atoms(0..60), limit in 0..80_u32) {
        for (_, tiling) in &*GENERATIONS {
            check_truncate(tiling, &text, limit);
        }
    }

    #[test]
    fn damaged_sections_do_not_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        text in atoms(0..40),
    ) {
        // The smaller one.
        let mut section = GENERATIONS[1].0.clone();
        for (at, byte) in changes {
            *at.get_mut(&mut section) = byte;
        }
        if let Ok(tiling) = Tiling::read(&section) {
            tiling.count(&text);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn cuts_of_several_segments(text in atoms(900..1800), share in 0.0..1.1_f64) {
        for (_, tiling) in &*GENERATIONS {
            let limit = f64::from(tiling.count(&text)) * share;
            check_truncate(tiling, &text, limit as u32);
            check_limits(tiling, &text);
        }
    }
}
