//! What `fit_chunks` takes fits as a whole, in order, and is what it says.

use proptest::prelude::*;
use token_headroom_encoding::{Encoding, FitOptions};

fn check(chunks: &[String], limit: u32, options: FitOptions<'_>) {
    let encoding = Encoding::named("o200k_base").unwrap();
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
    if options.truncate {
        return;
    }
    assert_eq!(
        fitted.taken,
        whole_ones(&encoding, chunks, limit, options.separator)
    );
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

proptest! {
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
            // Where nothing cuts the text, what is at hand of it tells nearly, but not exactly, what the next chunk adds.
            if separator.is_empty() {
                assert!(fitted.tokens * 20 >= tokens * 19, "{}", fitted.tokens);
            } else {
                assert_eq!((fitted.tokens, fitted.truncated), (tokens, false));
                assert_eq!(fitted.taken.len(), chunks.len(), "{chunks:?}");
            }
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
fn many_small_chunks_fill_the_limit() {
    let encoding = Encoding::named("o200k_base").unwrap();
    for limit in [10, 1_000, 50_000] {
        let fitted = encoding.fit_chunks(
            &["1"; 100_000],
            limit,
            FitOptions {
                separator: "",
                truncate: false,
            },
        );
        assert!(fitted.tokens <= limit && fitted.tokens + 8 > limit.min(33_000));
    }
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
