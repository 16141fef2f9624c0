//! Counts equal those of tiktoken-rs, the reference, on every text.

use std::path::Path;

use proptest::prelude::*;
use tiktoken_rs::CoreBPE;
use token_headroom_encoding::Encoding;

fn pairs() -> [(Encoding, &'static CoreBPE); 2] {
    [
        (
            Encoding::named("cl100k_base").unwrap(),
            tiktoken_rs::cl100k_base_singleton(),
        ),
        (
            Encoding::named("o200k_base").unwrap(),
            tiktoken_rs::o200k_base_singleton(),
        ),
    ]
}

fn assert_equal(text: &str) {
    for (encoding, reference) in &pairs() {
        assert_same(encoding, reference, text);
    }
}

fn assert_same(encoding: &Encoding, reference: &CoreBPE, text: &str) {
    let expected = reference.encode_ordinary(text).len() as u32;
    let found = encoding.count(text);
    assert!(
        found == expected,
        "{}: {found} tokens, the reference has {expected}: {:?}",
        encoding.name(),
        text.chars().take(200).collect::<String>()
    );
}

#[test]
fn every_token_that_is_text() {
    for (encoding, reference) in &pairs() {
        let size = if encoding.name() == "o200k_base" {
            199_998
        } else {
            100_256
        };
        for rank in 0..size {
            let bytes = reference.decode_bytes(&[rank]).unwrap();
            if let Ok(text) = std::str::from_utf8(&bytes) {
                assert_same(encoding, reference, text);
            }
        }
    }
}

#[test]
fn every_code_point_in_many_contexts() {
    let contexts: [fn(char) -> String; 12] = [
        |c| format!("a{c}b"),
        |c| format!(" {c}1"),
        |c| format!(".{c}\n"),
        |c| format!("'{c}x"),
        |c| format!("{c}{c}A"),
        |c| format!("1{c}{c}{c}2"),
        |c| format!("\n{c} z"),
        |c| format!("B{c}'s"),
        |c| format!("日{c}字"),
        |c| format!("e\u{301}{c}\u{301}"),
        |c| format!("  {c}\r\n"),
        |c| format!("/{c}/"),
    ];
    let code_points: Vec<char> = ('\0'..=char::MAX).collect();
    for context in contexts {
        for chunk in code_points.chunks(48) {
            let text: String = chunk.iter().copied().map(context).collect();
            assert_equal(&text);
        }
    }
}

#[test]
fn every_short_string_over_representatives_of_the_classes() {
    let symbols = [
        'a', 'S', '1', ' ', '\n', '\t', '.', '\'', '/', '日', '\u{301}', 'ſ',
    ];
    let all = pairs();
    let mut text = String::new();
    for length in 0..=5_u32 {
        for mut number in 0..symbols.len().pow(length) {
            text.clear();
            for _ in 0..length {
                text.push(symbols[number % symbols.len()]);
                number /= symbols.len();
            }
            for (encoding, reference) in &all {
                assert_same(encoding, reference, &text);
            }
        }
    }
}

#[test]
fn runs_of_one_character_of_every_length() {
    for c in [
        'a', 'A', 'é', '0', ' ', '\n', '\r', '\t', '-', '=', '_', '.', '/', '\'', '\0', '日',
        '\u{85}', '\u{a0}', '\u{301}', '🙂',
    ] {
        for length in (1..=260).chain([300, 511, 512, 513, 600, 2047, 2048, 2049, 5000]) {
            let run = c.to_string().repeat(length);
            assert_equal(&run);
            if length % 8 < 2 {
                assert_equal(&format!("x{run}y"));
            }
        }
    }
}

#[test]
fn every_prefix_and_suffix_of_a_mixed_text() {
    let sample = "\u{feff}// I'LL naïve日本語A\u{301}b, don'ſ 12345½Ⅻ\r\n\t  fn x() {\n\n    «Привет» \u{85}🙂👩\u{200d}👩 \
        path/to//\n/ ...'s'S'Re'x   \u{2028} <|endoftext|> DŽǅǆ \u{0}\u{7f} ไทย हिन्दी \n \n";
    for (at, _) in sample.char_indices() {
        assert_equal(&sample[..at]);
        assert_equal(&sample[at..]);
    }
}

/// Byte pair encoding by rank, written out plainly, apart from both tokenizers.
fn naive_count(ranks: &std::collections::HashMap<Vec<u8>, u32>, piece: &str) -> usize {
    let bytes = piece.as_bytes();
    let mut ends: Vec<usize> = (0..=bytes.len()).collect();
    while let Some((_, i)) = ends
        .windows(3)
        .enumerate()
        .filter_map(|(i, w)| Some((*ranks.get(&bytes[w[0]..w[2]])?, i)))
        .min()
    {
        ends.remove(i + 1);
    }
    ends.len() - 1
}

#[test]
fn one_piece_counts_as_a_naive_merge_counts_it() {
    let mut state = 7_u64;
    let mut below = move |n: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    for (encoding, reference) in &pairs() {
        let ranks = (0..100_256)
            .map(|rank| (reference.decode_bytes(&[rank]).unwrap(), rank))
            .chain(
                (100_256..199_998)
                    .filter_map(|rank| Some((reference.decode_bytes(&[rank]).ok()?, rank))),
            )
            .filter(|(bytes, _)| !bytes.starts_with(b"<|"))
            .collect();
        for alphabet in [
            "a",
            "ab",
            "etaoinshr",
            "abcdefghijklmnopqrstuvwxyz",
            "的一是不了人我在有他",
        ] {
            let letters: Vec<char> = alphabet.chars().collect();
            for length in [1, 2, 5, 15, 16, 17, 39, 40, 41, 99, 100, 250] {
                let piece: String = (0..length)
                    .map(|_| letters[below(letters.len() as u64) as usize])
                    .collect();
                assert_eq!(
                    encoding.count(&piece) as usize,
                    naive_count(&ranks, &piece),
                    "{piece}"
                );
            }
        }
    }
}

fn fragments() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        "[a-z]{1,12}",
        "[A-Z][a-z]{0,8}",
        "[A-Z]{1,6}",
        "[0-9]{1,7}",
        "[ \\t\\r\\n\u{a0}\u{85}\u{2028}\u{3000}]{1,6}",
        "[!-/:-@\\[-`{-~]{1,6}",
        "'(s|S|ll|LL|re|Ve|t|d|M|ſ|l|r)",
        "[а-яА-Я]{1,10}",
        "[一-龥]{1,20}",
        "[ぁ-んァ-ヶ]{1,10}",
        "[가-힣]{1,8}",
        "[ء-ي]{1,8}",
        "[ก-๛]{1,8}",
        "[\u{300}-\u{36f}\u{200d}\u{fe0f}]{1,3}",
        "[ǅǈǋʰˠªº½²Ⅻ٣]{1,3}",
        "\\PC{1,6}",
        any::<String>(),
        Just("<|endoftext|>".to_owned()),
        Just("\u{feff}".to_owned()),
    ];
    prop::collection::vec(fragment, 0..40).prop_map(|v| v.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mixed_scripts_count_as_the_reference_counts_them(text in fragments()) {
        assert_equal(&text);
    }

    #[test]
    fn count_up_to_is_exact_below_its_limit_and_none_above(text in fragments(), spread in 0_u32..4) {
        for (encoding, _) in &pairs() {
            let count = encoding.count(&text);
            prop_assert_eq!(encoding.count_up_to(&text, count + spread), Some(count));
            prop_assert_eq!(encoding.count_up_to(&text, u32::MAX), Some(count));
            if let Some(below) = count.checked_sub(spread + 1) {
                prop_assert_eq!(encoding.count_up_to(&text, below), None);
            }
        }
    }
}

/// Beside the repository, in the project's own workspace; absent elsewhere.
fn corpus(part: &str) -> Option<std::path::PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/corpus")
        .join(part);
    if !path.exists() {
        println!("skipped: no corpus at {}", path.display());
        return None;
    }
    Some(path)
}

#[test]
fn texts_of_the_corpus() {
    let Some(folder) = corpus("text") else { return };
    for file in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert_equal(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn golden_vectors_of_the_corpus() {
    let Some(file) = corpus("tokenizer-golden.jsonl") else {
        return;
    };
    let mut seen = 0;
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        let Ok(encoding) = Encoding::named(record["tokenizer"].as_str().unwrap_or_default()) else {
            continue;
        };
        // Special tokens read as such: what an encoding never does with content.
        if record["special"] == "parse" {
            continue;
        }
        let (Some(text), Some(count)) = (record["text"].as_str(), record["count"].as_u64()) else {
            panic!("a golden vector has no text or no count: {line}");
        };
        assert_eq!(u64::from(encoding.count(text)), count, "{text:?}");
        seen += 1;
    }
    assert!(seen > 0, "no golden vector is of a built-in encoding");
}

#[test]
fn threads_count_alike() {
    let text = "one thread or many: 一样 числа\n".repeat(200);
    for (encoding, _) in &pairs() {
        let expected = encoding.count(&text);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert_eq!(encoding.count(&text), expected));
            }
        });
    }
}

#[test]
fn pieces_of_a_hundred_kilobytes() {
    let mut state = 3_u64;
    let random: String = (0..100_000)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            char::from(b'a' + ((state >> 33) % 26) as u8)
        })
        .collect();
    for text in [
        "a".repeat(100_000),
        " ".repeat(100_000),
        "\n".repeat(100_000),
        format!("x{}.", "_".repeat(100_000)),
        random,
        "的一是不了人我在有他".repeat(3_333),
    ] {
        assert_equal(&text);
    }
}
