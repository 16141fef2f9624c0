//! No file harms: whatever the loader is given, it loads or refuses, and what it loads counts.

use proptest::prelude::*;
use token_headroom_encoding::Encoding;
use token_headroom_encoding::load::{LoadOptions, load};

/// A file of each kind, small but whole.
fn seeds() -> Vec<Vec<u8>> {
    let spelled: Vec<String> = (0..=255_u8)
        .scan(0x100, |others, byte| {
            let itself = matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
            let code = if itself { u32::from(byte) } else { *others };
            *others += u32::from(!itself);
            char::from_u32(code).map(String::from)
        })
        .collect();
    let mut vocab: serde_json::Map<String, serde_json::Value> = spelled
        .iter()
        .cloned()
        .zip((0..).map(|id: u32| id.into()))
        .collect();
    for (token, id) in [("ab", 256), ("abc", 257), ("bc", 258)] {
        vocab.insert(token.to_owned(), id.into());
    }
    let byte_level = serde_json::json!({
        "version": "1.0",
        "added_tokens": [{"id": 300, "content": "<x>", "special": false, "lstrip": true}],
        "normalizer": {"type": "NFC"},
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true},
        "model": {"type": "BPE", "ignore_merges": true, "vocab": vocab, "merges": ["a bc", "a b", "b c"]},
    });
    let bytes = (0..256).map(|byte| format!("<0x{byte:02X}>"));
    let vocab: serde_json::Map<String, serde_json::Value> = bytes
        .chain(["▁", "h", "é", "hh", "▁h"].map(String::from))
        .zip((0..).map(|id: u32| id.into()))
        .collect();
    let byte_fallback = serde_json::json!({
        "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
        "model": {"type": "BPE", "byte_fallback": true, "vocab": vocab, "merges": [["h", "h"], ["▁", "h"]]},
    });
    let mut model = Vec::new();
    for (index, piece) in ["<unk>", "▁", "h", "▁h"]
        .into_iter()
        .map(String::from)
        .chain((0..256).map(|byte| format!("<0x{byte:02X}>")))
        .enumerate()
    {
        let kind = match index {
            0 => 2,
            1..4 => 1,
            _ => 6,
        };
        let length = u8::try_from(piece.len()).unwrap();
        model.extend([10, length + 9, 10, length]);
        model.extend(piece.as_bytes());
        model.push(21);
        model.extend((-(index as f32)).to_le_bytes());
        model.extend([24, kind]);
    }
    model.extend([18, 5, 24, 2, 152, 2, 1, 26, 4, 24, 1, 32, 0]);
    vec![
        serde_json::to_vec(&byte_level).unwrap(),
        serde_json::to_vec(&byte_fallback).unwrap(),
        model,
        b"YQ== 0\nYg== 1\nYWI= 2\n".to_vec(),
        br#"{"config":{"pattern":"x","default_vocab_size":3,"default_num_special_tokens":1},"vocab":[{"rank":0,"token_bytes":"YQ=="}]}"#.to_vec(),
    ]
}

fn try_load(file: &[u8]) -> bool {
    // For rank files alone.
    let preset = LoadOptions {
        preset: Some("r50k_base".to_owned()),
        ..LoadOptions::default()
    };
    let loaded = load(file, &LoadOptions::default()).or_else(|_| load(file, &preset));
    let Ok(loaded) = loaded else {
        return false;
    };
    // A pack that the loader writes can always be read.
    let encoding = Encoding::from_pack(&loaded.pack).unwrap();
    for text in ["abcabc <x> hhhé\u{2581}h", "\n \u{0}"] {
        assert!(encoding.count(text) as usize <= text.len() + 1);
    }
    true
}

#[test]
fn seeds_load_or_are_refused_as_meant() {
    let loaded: Vec<bool> = seeds().iter().map(|seed| try_load(seed)).collect();
    assert_eq!(loaded, [true, true, true, false, false]);
}

#[test]
fn every_truncation_is_refused_or_read() {
    for seed in seeds() {
        for end in 0..seed.len() {
            try_load(&seed[..end]);
        }
    }
}

#[test]
fn depth_and_number_of_values_are_limited() {
    let deep = format!(
        r#"{{"normalizer":{}{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let many = format!(r#"{{"pre_tokenizer":[{}0]}}"#, "0,".repeat(1_000_000));
    let nested = format!(
        r#"{{"pre_tokenizer":{}null{},"model":{{"type":"BPE"}}}}"#,
        r#"{"type":"Sequence","pretokenizers":["#.repeat(60),
        "]}".repeat(60)
    );
    for file in [deep, many, nested] {
        assert!(!try_load(file.as_bytes()));
    }
}

#[test]
fn long_tokens_and_endless_lists_are_refused() {
    let long = "a".repeat(3_000);
    let file = serde_json::json!({
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
        "model": {"type": "BPE", "vocab": {"a": 0, &long: 1}, "merges": []},
    });
    let error = load(&serde_json::to_vec(&file).unwrap(), &LoadOptions::default()).unwrap_err();
    assert!(error.message.contains("3000 bytes"), "{error}");
    let mut vocab = String::new();
    for id in 0..1_100_000 {
        vocab += &format!("\"{id}\":{id},");
    }
    let file = format!(r#"{{"model":{{"vocab":{{{vocab}"x":0}}}}}}"#);
    let error = load(file.as_bytes(), &LoadOptions::default()).unwrap_err();
    assert!(error.message.contains("tokens"), "{error}");
}

/// A file of single bytes with these added tokens.
fn with_added(added: &[String]) -> Vec<u8> {
    let mut file: serde_json::Value = serde_json::from_slice(&seeds()[0]).unwrap();
    file["added_tokens"] = added
        .iter()
        .zip(1000_u32..)
        .map(|(text, id)| serde_json::json!({"id": id, "content": text, "special": false}))
        .collect();
    serde_json::to_vec(&file).unwrap()
}

#[test]
fn long_added_tokens_are_refused_by_name() {
    let file = with_added(&["<x>".to_owned(), "a".repeat(65_000) + "b"]);
    let error = load(&file, &LoadOptions::default()).unwrap_err();
    assert_eq!(error.path, "added_tokens[1].content");
    assert!(
        error.message.contains("\"aaaa") && error.message.contains("65001 bytes"),
        "{error}"
    );
    for length in [0, 65_001] {
        let long = LoadOptions {
            special_tokens: vec![("<x>".to_owned(), 900), ("b".repeat(length), 901)],
            ..LoadOptions::default()
        };
        let error = load(&with_added(&[]), &long).unwrap_err();
        assert!(error.path.starts_with("specialTokens["), "{error}");
        assert!(error.message.contains("expected 1 to 256"), "{error}");
    }
    assert!(try_load(&with_added(&["a".repeat(255) + "b"])));
}

#[test]
fn an_id_that_stands_for_none_is_refused() {
    for id in [u32::MAX, u32::MAX - 1, 1 << 24] {
        let mut file: serde_json::Value = serde_json::from_slice(&seeds()[0]).unwrap();
        file["model"]["vocab"]["e"] = id.into();
        let error = load(&serde_json::to_vec(&file).unwrap(), &LoadOptions::default()).unwrap_err();
        assert!(error.message.contains(&id.to_string()), "{error}");
    }
}

#[test]
fn added_tokens_that_begin_alike_are_found_without_comparing_all_of_them() {
    // The first share forty bytes, of the others every byte may be the last that is shared.
    let alike: Vec<String> = (0..50_000)
        .map(|at| format!("{}{at}!", "ab".repeat(20)))
        .collect();
    let nested: Vec<String> = (1..256).map(|length| "a".repeat(length) + "b").collect();
    for added in [alike, nested] {
        let loaded = load(&with_added(&added), &LoadOptions::default()).unwrap();
        let encoding = Encoding::from_pack(&loaded.pack).unwrap();
        let text = "ab".repeat(100_000) + &added[77] + "a";
        assert!(encoding.count(&text) > 0);
        let [first, last] = [&added[0], &added[added.len() - 1]];
        assert_eq!(encoding.count(&format!("{first}{last}{first}")), 3);
    }
}

#[test]
fn a_file_with_runs_of_many_symbols_loads() {
    // As many symbols with a token of three that is older than that of two.
    let symbols: Vec<char> = (0x4E00..0x4E00 + 8_000)
        .filter_map(char::from_u32)
        .collect();
    let mut vocab: serde_json::Map<String, serde_json::Value> = (0..256)
        .map(|byte| (format!("<0x{byte:02X}>"), byte.into()))
        .collect();
    let mut merges = Vec::new();
    for tokens in [1, 3, 2] {
        for &symbol in &symbols {
            let token = symbol.to_string().repeat(tokens);
            vocab.insert(token, vocab.len().into());
            if tokens > 1 {
                merges.push([symbol.to_string().repeat(tokens - 1), symbol.to_string()]);
            }
        }
    }
    let file = serde_json::json!({
        "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
        "model": {"type": "BPE", "byte_fallback": true, "vocab": vocab, "merges": merges},
    });
    let loaded = load(&serde_json::to_vec(&file).unwrap(), &LoadOptions::default()).unwrap();
    let encoding = Encoding::from_pack(&loaded.pack).unwrap();
    for &symbol in &symbols[..3] {
        assert_eq!(encoding.count(&symbol.to_string().repeat(7)), 3);
    }
}

#[test]
fn a_run_that_is_looked_for_like_an_added_token_is_limited_like_one() {
    let mut file: serde_json::Value = serde_json::from_slice(&seeds()[1]).unwrap();
    // Each is older than the one that it is made of.
    let lengths: Vec<usize> = (2..300).rev().collect();
    for length in &lengths {
        file["model"]["vocab"]["h".repeat(*length)] = (1000 + length).into();
    }
    file["model"]["merges"] = lengths
        .iter()
        .map(|length| serde_json::json!(["h".repeat(length - 1), "h"]))
        .collect();
    let error = load(&serde_json::to_vec(&file).unwrap(), &LoadOptions::default()).unwrap_err();
    assert!(error.message.contains("257 bytes"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_file_never_panics(
        seed in 0_usize..5,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut file = seeds().swap_remove(seed);
        for (at, value) in edits {
            let at = at.index(file.len());
            file[at] = value;
        }
        try_load(&file);
    }

    #[test]
    fn noise_never_panics(file in prop::collection::vec(any::<u8>(), 0..300)) {
        try_load(&file);
    }

    #[test]
    fn any_merges_give_a_tokenizer(
        merges in prop::collection::vec(("[abc]{1,4}", "[abc]{1,4}"), 0..40),
        text in "[abc]{0,40}",
    ) {
        let mut file: serde_json::Value = serde_json::from_slice(&seeds()[0]).unwrap();
        for (index, (left, right)) in merges.iter().enumerate() {
            for (token, id) in [(left.clone(), 400), (right.clone(), 500), (format!("{left}{right}"), 600)] {
                let vocab = file["model"]["vocab"].as_object_mut().unwrap();
                vocab.entry(token).or_insert((id + 1000 * index).into());
            }
        }
        file["model"]["ignore_merges"] = false.into();
        file["model"]["merges"] = merges.iter().map(|(left, right)| serde_json::json!([left, right])).collect();
        let loaded = load(&serde_json::to_vec(&file).unwrap(), &LoadOptions::default()).unwrap();
        let count = Encoding::from_pack(&loaded.pack).unwrap().count(&text);
        let tokens = naive(&merges, &text);
        if loaded.warnings.is_empty() {
            prop_assert_eq!(count as usize, tokens.len(), "{:?}", tokens);
        }
    }
}

/// Merges by rank as Hugging Face's tokenizers does: of all adjacent pairs the one listed first, leftmost first. A pair that is
/// listed twice has the rank of the last time.
fn naive(merges: &[(String, String)], text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = text.chars().map(String::from).collect();
    loop {
        let rank = |pair: &[String]| {
            merges
                .iter()
                .rposition(|(left, right)| *left == pair[0] && *right == pair[1])
        };
        let pairs = tokens.windows(2).enumerate();
        let best = pairs.filter_map(|(at, pair)| Some((rank(pair)?, at))).min();
        let Some((_, at)) = best else { return tokens };
        let right = tokens.remove(at + 1);
        tokens[at].push_str(&right);
    }
}
