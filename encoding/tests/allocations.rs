//! Counting takes its memory once, not for every piece or token.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use token_headroom_encoding::Encoding;

/// Memos and what else grows by doubling may grow meanwhile; a megabyte of these texts has more than 100,000 pieces.
const MOST: usize = 64;

/// Claude's encodings normalise a text segment by segment, and one that this changes is written anew.
const BYTES_OF_SEGMENTS: usize = 1_000;

/// Words that no vocabulary knows, numbers and marks of `scripts`, in lines; another text for another seed.
fn words(scripts: &[&str], bytes: usize, seed: u64) -> String {
    let mut state = seed;
    let mut below = move |n: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    let mut text = String::new();
    while text.len() < bytes {
        let letters: Vec<char> = scripts[below(scripts.len())].chars().collect();
        let most = if below(16) == 0 { 90 } else { 14 };
        let length = 1 + below(most);
        text.extend((0..length).map(|_| letters[below(letters.len())]));
        text.push_str([" ", " ", ", ", "(", "\n\n    ", " 1047", "_", "'s "][below(8)]);
    }
    text
}

/// Allocations while `text` is counted.
fn allocations(encoding: &Encoding, text: &str) -> usize {
    let mut tokens = 0;
    let taken = allocation_counter::measure(|| tokens = encoding.count(text));
    assert!(tokens > 0, "something was counted");
    taken.count_total as usize
}

#[test]
fn counting_never_allocates_per_piece() {
    let latin = ["etaoinshrdlucm", "ETAOINSHRDLUCM", "etaoinshr"];
    let mixed = [
        "etaoinshr",
        "éàüßøñç",
        "оеаинтсрвл",
        "的一是不了人我在有他",
        "がのをにはとた",
        "가나다라마",
        "हिन्दी",
        "🙂👩\u{200d}🚀",
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "pack") {
            continue;
        }
        let encoding = Encoding::from_pack(&std::fs::read(&path).unwrap()).unwrap();
        let name = encoding.name();
        let is_claude = name.starts_with("claude");
        seen += 1;
        for scripts in [&latin[..], &mixed] {
            // What a first call sets up is not meant.
            let _ = encoding.count(&words(scripts, 300_000, 1));
            for (bytes, seed) in [(10_000, 2), (1_000_000, 3)] {
                let text = words(scripts, bytes, seed);
                let taken = allocations(&encoding, &text);
                let segments = if is_claude {
                    bytes / BYTES_OF_SEGMENTS
                } else {
                    0
                };
                assert!(
                    taken <= MOST + segments,
                    "{name}: {taken} allocations for {bytes} bytes of {scripts:?}"
                );
            }
        }
    }
    assert!(seen >= 15, "{seen} packs");
}
