//! Golden vectors against tokenizers that are loaded from the files that models come with.
//!
//! The files are looked for in `target/vocab`. `cargo xtask vocab fetch` brings some; the others are put there by hand. Each that is absent
//! is skipped with a line.

use std::path::Path;

use crate::golden_lines::{Tally, lines};
use token_headroom_encoding::load::{LoadOptions, load};
use token_headroom_encoding::{Codec, Encoding};

/// Tokenizer, file and preset.
const FILES: [(&str, &str, Option<&str>); 30] = [
    ("llama3", "llama3.model", Some("llama3")),
    ("llama3", "lenml-llama3_1.json", None),
    ("llama4", "llama4.model", Some("llama4")),
    ("kimi-k2", "kimi.tiktoken", Some("kimi-k2")),
    ("command-r-plus", "lenml-command_r_plus.json", None),
    ("claude-2", "lenml-claude.json", None),
    ("minimax-m3", "otc-minimax-m3.json", None),
    ("qwen2.5", "otc-qwen-2.5.json", None),
    ("qwen2.5", "lenml-qwen2_5.json", None),
    ("qwen3", "otc-qwen-3.json", None),
    ("qwen3.5", "otc-qwen-3.5.json", None),
    ("deepseek-v3", "lenml-deepseek_v3.json", None),
    ("deepseek-v3", "otc-deepseek-v3.json", None),
    ("deepseek-r1", "otc-deepseek-r1.json", None),
    ("deepseek-v4", "otc-deepseek-v4.json", None),
    ("glm-4", "otc-glm-4.json", None),
    ("glm-4.5", "otc-glm-4.5v.json", None),
    ("glm-4.7", "otc-glm-4.7-flash.json", None),
    ("mistral-tekken", "tekken_240911.json", None),
    ("mistral-tekken", "tekken_240718.json", None),
    ("mistral-sp-v1", "tokenizer.model.v1", None),
    (
        "mistral-sp-v3",
        "mistral_instruct_tokenizer_240323.model.v3",
        None,
    ),
    ("gemma2", "lenml-gemma2.json", None),
    ("gemma3", "lenml-gemma3.json", None),
    ("llama2", "llama2.model", None),
    ("grok-1", "grok-1.model", None),
    ("modernbert", "modernbert.json", None),
    ("bert-base-cased", "bert-base-cased.json", None),
    ("t5-small", "t5-small.json", None),
    ("qwen2.5", "qwen.tiktoken", Some("qwen2.5")),
];

/// WordPiece and Unigram.
const REFUSED: [&str; 2] = ["bert-base-cased", "t5-small"];

#[test]
fn files_give_what_the_original_implementations_give() {
    let Some(golden) = lines() else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/vocab");
    let mut wrong = 0;
    for (name, file, preset) in FILES {
        let Ok(bytes) = std::fs::read(folder.join(file)) else {
            println!("skipped {name}: {file} has not been fetched");
            continue;
        };
        let options = LoadOptions {
            preset: preset.map(str::to_owned),
            ..LoadOptions::default()
        };
        let started = std::time::Instant::now();
        let loaded = match load(&bytes, &options) {
            Ok(loaded) => loaded,
            Err(error) => {
                println!("{name} {file}: {error}");
                assert!(REFUSED.contains(&name));
                continue;
            }
        };
        let took = started.elapsed();
        for warning in &loaded.warnings {
            println!("{name} {file}: warning: {warning}");
        }
        let encoding = Encoding::from_pack(&loaded.pack).unwrap();
        let codec = Codec::new(&encoding, &loaded.pack, &loaded.ids).unwrap();
        let special = encoding.with_special_tokens();
        let special = Codec::new(&special, &loaded.pack, &loaded.ids).unwrap();
        let mut tally = Tally::default();
        for line in golden.iter().filter(|line| line.tokenizer == name) {
            let codec = if line.special { &special } else { &codec };
            let count = if line.special {
                encoding.with_special_tokens().count(&line.text)
            } else {
                encoding.count(&line.text)
            };
            tally.check(line, count, &codec.encode(&line.text));
        }
        println!(
            "{name} {file}: {tally}, pack {} bytes, loaded in {took:?}",
            loaded.pack.len()
        );
        wrong += tally.differences();
    }
    assert_eq!(wrong, 0);
}
