//! What `fit_chunks` takes fits as a whole, in order, and is what it says.

use proptest::prelude::*;
use token_headroom_encoding::{Encoding, FitOptions, Keep};

fn check(chunks: &[String], limit: u32, options: FitOptions<'_>) {
    check_in("o200k_base", chunks, limit, options);
}

fn check_in(name: &str, chunks: &[String], limit: u32, options: FitOptions<'_>) {
    let encoding = Encoding::named(name).unwrap();
    let fitted = encoding.fit_chunks(chunks, limit, options);
    assert!(fitted.tokens <= limit);
    assert_eq!(encoding.count(&fitted.text), fitted.tokens);
    assert!(fitted.taken.is_sorted_by(|a, b| a < b));
    let whole = fitted.taken.len() - usize::from(fitted.truncated);
    let mut parts: Vec<&str> = fitted.taken[..whole]
        .iter()
        .map(|&index| chunks[index].as_str())
        .collect();
    if fitted.truncated {
        assert!(options.truncate);
        let before = parts.join(options.separator).len();
        let gap = if parts.is_empty() {
            0
        } else {
            options.separator.len()
        };
        let cut = &fitted.text[before + gap..];
        assert!(!cut.is_empty() && chunks[*fitted.taken.last().unwrap()].starts_with(cut));
        parts.push(cut);
    }
    assert_eq!(parts.join(options.separator), fitted.text);
    let fitting = whole_ones(&encoding, chunks, limit, options.separator);
    if !options.truncate {
        assert_eq!(fitted.taken, fitting, "{name}");
        return;
    }
    // Those before the first that does not fit, and its start.
    let first = (0..).zip(&fitting).take_while(|(at, index)| at == *index);
    let first = first.count();
    assert_eq!(whole, first, "{name}");
    if let Some(next) = chunks.get(first) {
        let mut text = chunks[..first].join(options.separator);
        if first > 0 {
            text.push_str(options.separator);
        }
        let before = text.len();
        text.push_str(next);
        let head = encoding.truncate(&text, limit, Keep::Head).head;
        let cut = fitted.text.len().saturating_sub(before);
        assert_eq!(cut, head.saturating_sub(before), "{name}");
    }
}

/// Those that fit, each counted with all that is taken before it.
fn whole_ones<T: AsRef<str>>(
    encoding: &Encoding,
    chunks: &[T],
    limit: u32,
    separator: &str,
) -> Vec<usize> {
    let mut taken = Vec::new();
    let mut text = String::new();
    for (index, chunk) in chunks.iter().enumerate() {
        let more = match taken.is_empty() {
            true => chunk.as_ref().to_owned(),
            false => [&text, separator, chunk.as_ref()].concat(),
        };
        if encoding.count(&more) <= limit {
            taken.push(index);
            text = more;
        }
    }
    taken
}

/// Chunks with pieces that are longer than what is counted again.
fn long_pieces() -> impl Strategy<Value = String> {
    let run = (
        prop::sample::select(vec![" ", ".", "-", "=", "x", "0", "\n", "\t", "ab", "🙂"]),
        1_usize..400,
    );
    let run = run.prop_map(|(of, times)| of.repeat(times));
    let cell = ("[A-Z][a-z]{2,9}", 1_usize..300, "[0-9]{0,3}");
    prop_oneof![
        run,
        cell.clone()
            .prop_map(|(name, blanks, number)| name + &" ".repeat(blanks) + &number),
        cell.prop_map(|(name, dots, number)| name + " " + &".".repeat(dots) + &number),
        "[A-Za-z0-9_]{1,300}",
        "[字語灯台夜光、。]{1,200}",
        "[a-zé北 \\n]{0,60}",
    ]
}

proptest! {
    #[test]
    fn what_fits_is_taken_after_long_pieces(
        chunks in prop::collection::vec(long_pieces(), 1..30),
        percent in 5_u32..=100,
        separator in prop::sample::select(vec!["\n\n", "\n", " ", "", "---"]),
        name in prop::sample::select(vec![
            "o200k_base", "cl100k_base", "p50k_base", "qwen3", "deepseek-v4", "mistral-sp-v3", "gemma4", "claude-gen2",
        ]),
        truncate in any::<bool>(),
    ) {
        let whole = Encoding::named(name).unwrap().count(&chunks.join(separator));
        check_in(name, &chunks, whole * percent / 100, FitOptions { separator, truncate });
    }

    #[test]
    fn what_is_taken_fits(
        chunks in prop::collection::vec("[a-z 北é\\n]{0,40}", 0..8),
        limit in 0_u32..60,
        separator in prop_oneof![Just("\n\n"), Just(""), Just(" --- ")],
        truncate in any::<bool>(),
    ) {
        check(&chunks, limit, FitOptions { separator, truncate });
    }

    #[test]
    fn what_fits_is_taken(
        chunks in prop::collection::vec("([A-Z][a-z]{1,9}(, | |; | = |\\(|[0-9]{1,4}\\.)){1,6}[a-z]{1,8}[.;:)}]?", 1..60),
        percent in 20_u32..=100,
        separator in prop_oneof![Just("\n\n"), Just("\n"), Just(" "), Just("\n    ")],
    ) {
        let encoding = Encoding::named("cl100k_base").unwrap();
        let whole = encoding.count(&chunks.join(separator));
        let limit = whole * percent / 100;
        check(&chunks, limit, FitOptions { separator, truncate: false });
        let fitted = encoding.fit_chunks(&chunks, limit, FitOptions { separator, truncate: false });
        assert_eq!(fitted.taken, whole_ones(&encoding, &chunks, limit, separator));
        let all = encoding.fit_chunks(&chunks, whole, FitOptions { separator, truncate: true });
        assert_eq!((all.taken.len(), all.truncated, all.tokens), (chunks.len(), false, whole));
    }
}

#[test]
fn what_merges_with_a_separator_is_not_charged_twice() {
    let encoding = Encoding::named("o200k_base").unwrap();
    let digits: Vec<&str> = (0..300).map(|at| &"1234567890"[at % 10..][..1]).collect();
    let cases: [(&[&str], &str); 5] = [
        (&["First paragraph.", "Second paragraph."], "\n\n"),
        (&["    indented line;"; 300], "\n"),
        (&["if (x) {\n    return 1;\n}"; 300], "\n"),
        (&digits, ""),
        (&["x"; 300], ""),
    ];
    for (chunks, separator) in cases {
        let tokens = encoding.count(&chunks.join(separator));
        for truncate in [false, true] {
            let options = FitOptions {
                separator,
                truncate,
            };
            let fitted = encoding.fit_chunks(chunks, tokens, options);
            assert_eq!((fitted.tokens, fitted.truncated), (tokens, false));
            assert_eq!(fitted.taken.len(), chunks.len(), "{chunks:?}");
            for limit in 0..tokens {
                let fitted = encoding.fit_chunks(chunks, limit, options);
                assert!(fitted.tokens <= limit);
                // No chunk takes more than eleven.
                assert!(fitted.tokens + 12 > limit, "{limit}: {}", fitted.tokens);
            }
        }
    }
}

#[test]
fn of_many_small_chunks_that_nothing_parts_all_are_taken_that_fit() {
    let encoding = Encoding::named("o200k_base").unwrap();
    for (chunk, taken) in [("1", 15_000), ("x", 39_997), ("=", 100_000), ("🙂", 5_000)] {
        let options = FitOptions {
            separator: "",
            truncate: false,
        };
        let fitted = encoding.fit_chunks(&[chunk; 100_000], 5_000, options);
        // As many as the package takes.
        assert_eq!(fitted.taken.len(), taken, "{chunk}");
        let more = chunk.repeat(taken + 1);
        assert!(taken == 100_000 || encoding.count(&more) > 5_000);
    }
}

#[test]
fn what_is_taken_is_not_counted_again_with_every_chunk() {
    // With the square of the text these would take minutes.
    let encoding = Encoding::named("o200k_base").unwrap();
    let blob: String = (0..1_000_000_u32)
        .map(|at| char::from(b'a' + u8::try_from(at.wrapping_mul(at) / 7 % 26).unwrap()))
        .collect();
    for first in [
        &blob,
        &"word and word. ".repeat(60_000),
        &".".repeat(1_000_000),
    ] {
        let mut chunks = vec!["a chunk that is refused"; 100_000];
        chunks[0] = first;
        chunks[99_999] = "Yes";
        let limit = encoding.count(&[first, "Yes"].join("\n\n"));
        let fitted = encoding.fit_chunks(&chunks, limit, FitOptions::default());
        assert_eq!((fitted.taken, fitted.tokens), (vec![0, 99_999], limit));
    }
    let separator = &"-=".repeat(20_000);
    let options = FitOptions {
        separator,
        truncate: false,
    };
    let fitted = encoding.fit_chunks(&["lamp"; 20_000], 100, options);
    assert_eq!(fitted.taken, [0]);
}

#[test]
fn a_smaller_chunk_is_taken_after_one_that_does_not_fit() {
    let encoding = Encoding::named("cl100k_base").unwrap();
    let long = "word ".repeat(50);
    let chunks = ["one", &long, "three"];
    let skipped = encoding.fit_chunks(&chunks, 10, FitOptions::default());
    assert_eq!(skipped.taken, [0, 2]);
    let cut = encoding.fit_chunks(
        &chunks,
        10,
        FitOptions {
            truncate: true,
            ..FitOptions::default()
        },
    );
    assert_eq!((cut.taken, cut.truncated), (vec![0, 1], true));
}
