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
    let all = chunks.join(options.separator);
    let alone: u32 = chunks.iter().map(|chunk| encoding.count(chunk)).sum();
    let between = encoding.count(options.separator) * (chunks.len() as u32).saturating_sub(1);
    if alone + between <= limit && encoding.count(&all) <= limit {
        assert_eq!(fitted.text, all, "all fit, so all are taken");
    }
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
