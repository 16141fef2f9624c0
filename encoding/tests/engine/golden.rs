//! Golden vectors of the original implementations, for every encoding that is bundled: counts and ids, line by line.

use std::path::Path;

use crate::golden_lines::{Tally, lines};
use token_headroom_encoding::{Codec, Encoding, pack};

/// Lines per encoding in the golden file: texts, and those with special tokens again.
const LINES: usize = 169;

#[test]
fn bundled_packs_give_what_the_original_implementations_give() {
    let Some(golden) = lines() else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs");
    let mut wrong = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "pack") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        // Claude offers counts only, and has a test of its own.
        let Ok(contents) = pack::read(&bytes) else {
            continue;
        };
        let own = std::fs::read(path.with_extension("ids")).unwrap();
        for variant in &contents.variants {
            let other = std::fs::read(folder.join(format!("{}.ids", variant.name)));
            let ids = other.as_ref().unwrap_or(&own);
            let encoding = Encoding::from_pack_as(&bytes, &variant.name).unwrap();
            let special = encoding.with_special_tokens();
            let codecs = [&encoding, &special].map(|e| Codec::new(e, &bytes, ids).unwrap());
            // Phi-4 counts as cl100k_base and has no lines.
            let lines = golden.iter().filter(|line| line.tokenizer == variant.name);
            let mut tally = Tally::default();
            for line in lines {
                let encoding = if line.special { &special } else { &encoding };
                let codec = &codecs[usize::from(line.special)];
                let ids = codec.encode(&line.text);
                tally.check(line, encoding.count(&line.text), &ids);
            }
            println!("{}: {tally}", variant.name);
            assert!(tally.checked() >= LINES || variant.name == "phi-4");
            wrong += tally.differences();
        }
    }
    assert_eq!(wrong, 0);
}
