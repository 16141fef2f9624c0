//! Counts equal the reference's on any text.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use token_headroom::{Encoding, Keep};

static ENCODINGS: LazyLock<[Encoding; 2]> = LazyLock::new(|| {
    ["cl100k_base", "o200k_base"].map(|name| Encoding::named(name).expect("built in"))
});

fuzz_target!(|text: &str| {
    let references = [
        tiktoken_rs::cl100k_base_singleton(),
        tiktoken_rs::o200k_base_singleton(),
    ];
    for (encoding, reference) in ENCODINGS.iter().zip(references) {
        let count = encoding.count(text);
        assert_eq!(count as usize, reference.encode_ordinary(text).len());
        assert_eq!(encoding.count_up_to(text, count), Some(count));
        for keep in [Keep::Head, Keep::Tail, Keep::Both] {
            let kept = encoding.truncate(text, count / 2, keep);
            let rest = format!("{}{}", &text[..kept.head], &text[kept.tail..]);
            assert!(kept.tokens <= count / 2);
            assert_eq!(encoding.count(&rest), kept.tokens);
        }
    }
});
