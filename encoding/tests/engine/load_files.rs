//! What the loader makes of files: each form that it reads gives the same tokenizer, and what it cannot do is refused by name.

use serde_json::{Value, json};
use token_headroom_encoding::load::{LoadOptions, Loaded, PRESETS, load};
use token_headroom_encoding::{Code, Codec, Encoding, Error};

const LLAMA3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// Bytes, then " h", "el", "lo", " hel", " hello".
fn merged() -> Vec<(&'static str, &'static str)> {
    vec![
        ("Ġ", "h"),
        ("e", "l"),
        ("l", "o"),
        ("Ġh", "el"),
        ("Ġhel", "lo"),
    ]
}

/// The characters that spell the 256 bytes, in the order of the bytes.
fn alphabet() -> Vec<char> {
    let mut others = 0x100;
    (0..=255_u8)
        .map(|byte| match byte {
            b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF => char::from(byte),
            _ => {
                others += 1;
                char::from_u32(others - 1).unwrap()
            }
        })
        .collect()
}

/// A small byte-level `tokenizer.json`.
fn byte_level() -> Value {
    let merges = merged();
    let mut vocab = serde_json::Map::new();
    let letters = alphabet().into_iter().map(String::from);
    let made = merges.iter().map(|(left, right)| format!("{left}{right}"));
    for (token, id) in letters.chain(made).zip(10_u32..) {
        vocab.insert(token, id.into());
    }
    json!({
        "version": "1.0",
        "added_tokens": [
            {"id": 0, "content": "<s>", "special": true, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false},
            {"id": 1, "content": "<think>", "special": false, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false},
        ],
        "normalizer": null,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": LLAMA3}, "behavior": "Isolated", "invert": false},
            {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false},
        ]},
        "model": {
            "type": "BPE", "byte_fallback": false, "vocab": vocab,
            "merges": merges.iter().map(|(l, r)| format!("{l} {r}")).collect::<Vec<_>>(),
        },
    })
}

/// A small `tokenizer.json` made from a SentencePiece model.
fn byte_fallback() -> Value {
    let pieces = ["▁", "h", "e", "é", "▁h", "▁hé"].map(String::from);
    let bytes = (0..=255).map(|byte| format!("<0x{byte:02X}>"));
    let vocab: serde_json::Map<String, Value> = bytes
        .chain(pieces)
        .zip((0_u32..).map(Value::from))
        .collect();
    json!({
        "version": "1.0",
        "added_tokens": [],
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Prepend", "prepend": "▁"},
            {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
        ]},
        "pre_tokenizer": null,
        "model": {"type": "BPE", "unk_token": "<unk>", "fuse_unk": true, "byte_fallback": true, "vocab": vocab,
            "merges": [["▁", "h"], ["▁h", "é"]]},
    })
}

fn loaded(file: &Value) -> Result<Loaded, Error> {
    load(&serde_json::to_vec(file).unwrap(), &LoadOptions::default())
}

fn encode(loaded: &Loaded, text: &str) -> Vec<u32> {
    let encoding = Encoding::from_pack(&loaded.pack).unwrap();
    let codec = Codec::new(&encoding, &loaded.pack, &loaded.ids).unwrap();
    let ids = codec.encode(text);
    assert_eq!(encoding.count(text) as usize, ids.len());
    ids
}

fn with(mut file: Value, pointer: &str, value: Value) -> Value {
    *file.pointer_mut(pointer).unwrap() = value;
    file
}

#[test]
fn a_byte_level_file_gives_its_own_ids() {
    let loaded = loaded(&byte_level()).unwrap();
    assert!(loaded.warnings.is_empty());
    assert_eq!(encode(&loaded, " hello"), [270]);
    // No merge makes "hello" without its space: "el" comes before "lo".
    assert_eq!(encode(&loaded, "hello"), [114, 267, 268]);
    assert_eq!(encode(&loaded, "<think><s>").len(), 4);
    let special = Encoding::from_pack(&loaded.pack)
        .unwrap()
        .with_special_tokens();
    assert_eq!(special.count("<think><s>"), 2);
}

#[test]
fn merges_are_read_in_both_spellings() {
    let pairs: Vec<[&str; 2]> = merged()
        .iter()
        .map(|&(left, right)| [left, right])
        .collect();
    let other = with(byte_level(), "/model/merges", json!(pairs));
    assert_eq!(
        loaded(&other).unwrap().pack,
        loaded(&byte_level()).unwrap().pack
    );
}

/// `<sep>`, looked for in the text as it came or else in the normalised text.
fn with_separator(file: Value, normalized: bool) -> Value {
    let separator = json!({"id": 900, "content": "<sep>", "special": false, "single_word": false,
        "lstrip": false, "rstrip": false, "normalized": normalized});
    with(file, "/added_tokens", json!([separator]))
}

/// As a `Metaspace` that puts its space according to `scheme`.
fn metaspace(scheme: &str) -> Value {
    let metaspace =
        json!({"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": false});
    let file = with(byte_fallback(), "/normalizer", json!(null));
    with(file, "/pre_tokenizer", metaspace)
}

#[test]
fn a_normaliser_puts_its_space_before_every_part_between_added_tokens() {
    let loaded = loaded(&with_separator(byte_fallback(), false)).unwrap();
    let [spaced, separator] = [260, 900];
    assert_eq!(encode(&loaded, "h"), [spaced]);
    assert_eq!(
        encode(&loaded, "h<sep>h<sep><sep>"),
        [spaced, separator, spaced, separator, separator]
    );
    assert_eq!(encode(&loaded, "<sep> h"), [separator, 256, spaced]);
}

#[test]
fn a_metaspace_puts_its_space_where_there_is_none() {
    let [space, letter, spaced, separator] = [256, 257, 260, 900];
    for normalized in [false, true] {
        for (scheme, later) in [("always", spaced), ("first", letter)] {
            let loaded = loaded(&with_separator(metaspace(scheme), normalized)).unwrap();
            assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
            assert_eq!(
                encode(&loaded, "h<sep>h"),
                [spaced, separator, later],
                "{scheme}"
            );
            assert_eq!(encode(&loaded, "<sep>h"), [separator, later], "{scheme}");
            for text in [" h", "▁h"] {
                assert_eq!(encode(&loaded, text), [spaced], "{scheme}");
            }
            assert_eq!(encode(&loaded, "  h"), [space, spaced], "{scheme}");
        }
    }
}

#[test]
fn a_byte_level_puts_a_space_where_there_is_none() {
    let alone = json!({"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true});
    let loaded = loaded(&with(byte_level(), "/pre_tokenizer", alone)).unwrap();
    for text in ["hello", " hello"] {
        assert_eq!(encode(&loaded, text), [270]);
    }
    assert_eq!(encode(&loaded, "\thello").len(), 5);
    assert_eq!(encode(&loaded, "hello<think>hello"), [270, 1, 270]);
    assert_eq!(encode(&loaded, ""), [0_u32; 0]);
}

#[test]
fn what_a_vocabulary_of_characters_puts_before_a_text_is_not_decoded() {
    for file in [byte_fallback(), metaspace("always"), metaspace("never")] {
        let loaded = loaded(&file).unwrap();
        let encoding = Encoding::from_pack(&loaded.pack).unwrap();
        let codec = Codec::new(&encoding, &loaded.pack, &loaded.ids).unwrap();
        for text in ["hé h", "h", "日 h", ""] {
            assert_eq!(codec.decode(&codec.encode(text)).unwrap(), text);
        }
    }
}

#[test]
fn version_2_says_the_same_in_other_words() {
    let mut file = byte_level();
    file["version"] = "2.0".into();
    file["model"]["byte_level"] = true.into();
    file["pre_tokenizer"] = file["pre_tokenizer"]["pretokenizers"][0].clone();
    assert_eq!(
        loaded(&file).unwrap().pack,
        loaded(&byte_level()).unwrap().pack
    );
    let old = with(
        byte_fallback(),
        "/normalizer",
        json!({"type": "Replace", "pattern": {"String": " "}, "content": "▁"}),
    );
    let new = with(
        old.clone(),
        "/normalizer",
        json!({"type": "MetaspaceNormalizer", "replacement": "▁", "prepend": "never", "drop_whitespace": false}),
    );
    let mut new = with(
        new,
        "/pre_tokenizer",
        json!({"type": "Split", "pattern": {"String": "▁"}, "behavior": "MergedWithNext", "invert": false}),
    );
    new["version"] = "2.0".into();
    assert_eq!(loaded(&new).unwrap().pack, loaded(&old).unwrap().pack);
}

#[test]
fn characters_fall_back_to_bytes() {
    let loaded = loaded(&byte_fallback()).unwrap();
    assert_eq!(encode(&loaded, "hé"), [261]);
    assert_eq!(encode(&loaded, "h h"), [260, 260]);
    assert_eq!(encode(&loaded, "ü"), [256, 0xC3, 0xBC]);
    assert_eq!(encode(&loaded, ""), [0; 0]);
}

#[test]
fn tokens_that_no_merge_makes_are_whole_pieces_only_where_the_file_says_so() {
    let mut file = byte_level();
    file["model"]["vocab"]["Ġxyz"] = 500.into();
    assert_eq!(encode(&loaded(&file).unwrap(), " xyz").len(), 4);
    file["model"]["ignore_merges"] = true.into();
    assert_eq!(encode(&loaded(&file).unwrap(), " xyz"), [500]);
    assert_eq!(encode(&loaded(&file).unwrap(), " xyza").len(), 5);
}

/// The bytes and "ab", ranked.
fn rank_file() -> String {
    let mut file = String::new();
    for byte in 0..=255_u8 {
        let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let digit = |value: u8| char::from(digits[usize::from(value)]);
        file += &format!("{}{}== {byte}\n", digit(byte >> 2), digit((byte & 3) << 4));
    }
    file + "YWI= 256\r\n"
}

#[test]
fn a_rank_file_needs_to_be_told_its_family() {
    let file = rank_file();
    let error = load(file.as_bytes(), &LoadOptions::default()).unwrap_err();
    assert_eq!(error.code, Code::InvalidOption);
    assert!(
        PRESETS.iter().all(|preset| error.hint.contains(preset)),
        "{error}"
    );
    let options = LoadOptions {
        preset: Some("llama3".into()),
        ..LoadOptions::default()
    };
    let other = load(file.as_bytes(), &options).unwrap();
    assert!(
        other.warnings[0].contains("257 tokens"),
        "{:?}",
        other.warnings
    );
    let options = LoadOptions {
        pattern: Some(LLAMA3.into()),
        special_tokens: vec![("<end>".into(), 300)],
        ..LoadOptions::default()
    };
    let loaded = load(file.as_bytes(), &options).unwrap();
    assert_eq!(encode(&loaded, "abc"), [256, 99]);
    let special = Encoding::from_pack(&loaded.pack)
        .unwrap()
        .with_special_tokens();
    assert_eq!(special.count("ab<end>"), 2);
    let options = LoadOptions {
        pattern: Some(r"\w+".into()),
        ..LoadOptions::default()
    };
    let error = load(file.as_bytes(), &options).unwrap_err();
    assert_eq!(
        (error.code, error.path.as_str()),
        (Code::UnsupportedTokenizer, "pattern")
    );
}

#[test]
fn what_is_not_supported_is_refused_by_name_and_place() {
    let split = "/pre_tokenizer/pretokenizers/0";
    let cases: Vec<(Value, &str, &str)> = vec![
        (
            with(byte_level(), "/model/type", json!("WordPiece")),
            "model.type",
            "WordPiece",
        ),
        (
            with(byte_level(), "/model/type", json!("Unigram")),
            "model.type",
            "Unigram",
        ),
        (
            with(byte_level(), "/version", json!("3.0")),
            "version",
            "3.0",
        ),
        (
            with(byte_level(), "/normalizer", json!({"type": "Lowercase"})),
            "normalizer",
            "Lowercase",
        ),
        (
            with(
                byte_level(),
                "/normalizer",
                json!({"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Precompiled"}]}),
            ),
            "normalizer.normalizers[1]",
            "Precompiled",
        ),
        (
            with(
                byte_level(),
                &format!("{split}/pattern/Regex"),
                json!(r"\w+"),
            ),
            "pre_tokenizer.pretokenizers[0].pattern.Regex",
            r"\w+",
        ),
        (
            with(byte_level(), split, json!({"type": "UnicodeScripts"})),
            "pre_tokenizer.pretokenizers[0]",
            "UnicodeScripts",
        ),
        (
            with(
                byte_level(),
                "/pre_tokenizer/pretokenizers/1/add_prefix_space",
                json!(true),
            ),
            "pre_tokenizer.pretokenizers[1].add_prefix_space",
            "space",
        ),
        (
            with(byte_level(), "/pre_tokenizer", json!(null)),
            "model.byte_fallback",
            "byte-level",
        ),
        (
            with(
                byte_fallback(),
                "/pre_tokenizer",
                json!({"type": "Whitespace"}),
            ),
            "pre_tokenizer",
            "Whitespace",
        ),
        (
            with(byte_fallback(), "/normalizer", json!(null)),
            "normalizer",
            "U+2581",
        ),
        (
            json!({"model": {"type": "BPE", "vocab": {}, "merges": [], "dropout": 0.1}}),
            "model.dropout",
            "random",
        ),
        (json!({"a": 1}), "", "model"),
    ];
    for (file, path, word) in cases {
        let error = loaded(&file).unwrap_err();
        assert_eq!(error.code, Code::UnsupportedTokenizer, "{error}");
        assert_eq!(error.path, path, "{error}");
        assert!(error.message.contains(word), "{error}");
    }
    for (file, word) in [
        (&b"GGUF\x03"[..], "GGUF"),
        (b"\x1F\x8B\x08", "gzip"),
        (b"version https://git-lfs.github.com/spec/v1", "Git LFS"),
        (b"[PAD]\n[UNK]\n", "list"),
        (b"", "no file"),
    ] {
        let error = load(file, &LoadOptions::default()).unwrap_err();
        assert_eq!(error.code, Code::UnsupportedTokenizer);
        assert!(error.message.contains(word), "{error}");
    }
}

#[test]
fn a_file_that_contradicts_itself_is_refused() {
    let mut twice = byte_level();
    twice["model"]["merges"][0] = "x yz".into();
    for (file, path) in [
        (twice, "model.merges[0]"),
        (
            with(byte_level(), "/model/vocab", json!(["a"])),
            "model.vocab",
        ),
        (
            with(byte_level(), "/model/merges", json!(null)),
            "model.merges",
        ),
        (with(byte_level(), "/added_tokens/0/content", json!("")), ""),
    ] {
        let error = loaded(&file).unwrap_err();
        assert_eq!(error.code, Code::InvalidValue, "{error}");
        assert_eq!(error.path, path, "{error}");
    }
}

#[test]
fn a_mistral_file_with_the_pattern_of_llama_is_warned_about() {
    let mut file = byte_level();
    let vocab = file["model"]["vocab"].as_object_mut().unwrap();
    for id in vocab.len() as u32..131_072 {
        vocab.insert(format!("<SPECIAL_{id}>"), (id + 1000).into());
    }
    let warnings = loaded(&file).unwrap().warnings;
    assert!(warnings[0].contains("Mistral"), "{warnings:?}");
}

#[test]
fn runs_that_merge_from_the_left_end_are_taken_longest_first() {
    let mut file = byte_fallback();
    for (index, token) in ["hh", "hhh", "hhhh"].iter().enumerate() {
        file["model"]["vocab"][token] = (262 + index).into();
    }
    file["normalizer"] = json!({"type": "Replace", "pattern": {"String": " "}, "content": "▁"});
    file["model"]["merges"] = json!([
        ["hhh", "h"],
        ["hh", "h"],
        ["h", "h"],
        ["▁", "h"],
        ["▁h", "é"]
    ]);
    let loaded = loaded(&file).unwrap();
    assert!(loaded.warnings.is_empty());
    // As Hugging Face's tokenizers merges it: four, four, then what is left.
    assert_eq!(encode(&loaded, "hhhhhhhhhh"), [264, 264, 262]);
    assert_eq!(encode(&loaded, "hhhhh hé"), [264, 257, 261]);
}

#[test]
fn a_merge_older_than_its_part_follows_on_it() {
    let mut file = byte_level();
    for (token, id) in [("abc", 300), ("bc", 301)] {
        file["model"]["vocab"][token] = id.into();
    }
    file["model"]["merges"] = json!([["a", "bc"], ["a", "b"], ["b", "c"]]);
    file["model"]["vocab"]["ab"] = 302.into();
    // "a b" comes before "b c", so the first merge never has its part.
    assert_eq!(encode(&loaded(&file).unwrap(), "abc"), [302, 109]);
    file["model"]["merges"] = json!([["a", "bc"], ["b", "c"], ["a", "b"]]);
    assert_eq!(encode(&loaded(&file).unwrap(), "abcab"), [300, 302]);
}

/// Code, path and message of the error that a file with these options gives.
fn refusal(file: &[u8], options: &LoadOptions) -> (Code, String, String) {
    let error = load(file, options).unwrap_err();
    assert!(!error.hint.is_empty(), "{error}");
    (error.code, error.path, error.message)
}

#[test]
fn a_special_token_has_an_id_of_its_own() {
    let json = serde_json::to_vec(&byte_level()).unwrap();
    let ranks = rank_file();
    let special = |tokens: &[(&str, u32)], pattern: Option<&str>| LoadOptions {
        pattern: pattern.map(str::to_owned),
        special_tokens: tokens
            .iter()
            .map(|(t, id)| ((*t).to_owned(), *id))
            .collect(),
        ..LoadOptions::default()
    };
    for (file, pattern, token, found) in [
        (
            json.as_slice(),
            None,
            ("<x>", 0),
            "found 0, which is the id of \"<s>\"",
        ),
        (
            &json,
            None,
            ("<x>", 270),
            "found 270, which is the id of \" hello\"",
        ),
        (&json, None, ("<s>", 7), "found 7, but its id is 0"),
        (
            ranks.as_bytes(),
            Some(LLAMA3),
            ("<x>", 256),
            "found 256, which is the id of \"ab\"",
        ),
        (
            ranks.as_bytes(),
            Some(LLAMA3),
            ("<x>", 97),
            "found 97, which is the id of \"a\"",
        ),
    ] {
        let (code, path, message) = refusal(file, &special(&[token], pattern));
        assert_eq!(
            (code, path),
            (Code::InvalidOption, format!("specialTokens[{:?}]", token.0))
        );
        assert!(message.starts_with(found), "{message}");
    }
    let twice = special(&[("<x>", 600), ("<y>", 600)], None);
    assert_eq!(refusal(&json, &twice).1, "specialTokens[\"<y>\"]");
    // What the file says already may be said again.
    for again in [("<s>", 0), (" hello", 270), ("<new>", 5_000)] {
        load(&json, &special(&[again], None)).unwrap();
    }
}

#[test]
fn what_rank_files_need_is_refused_beside_files_that_say_it_themselves() {
    for (path, options) in [
        (
            "preset",
            LoadOptions {
                preset: Some("llama3".into()),
                ..LoadOptions::default()
            },
        ),
        (
            "pattern",
            LoadOptions {
                pattern: Some(LLAMA3.into()),
                ..LoadOptions::default()
            },
        ),
    ] {
        for file in [byte_level(), byte_fallback()] {
            let refusal = refusal(&serde_json::to_vec(&file).unwrap(), &options);
            assert_eq!((refusal.0, refusal.1.as_str()), (Code::InvalidOption, path));
        }
    }
    // A preset whose special tokens lie among the ranks is that of another model.
    let mut file = rank_file();
    file += "YWJj 50256\n";
    let preset = LoadOptions {
        preset: Some("r50k_base".into()),
        ..LoadOptions::default()
    };
    let (code, path, message) = refusal(file.as_bytes(), &preset);
    assert_eq!((code, path.as_str()), (Code::InvalidOption, "preset"));
    assert!(
        message.contains("\"<|endoftext|>\" has the id 50256"),
        "{message}"
    );
}

#[test]
fn json_that_is_not_as_expected_is_named_with_its_place() {
    let text = |file: &Value| serde_json::to_string(file).unwrap();
    let none = LoadOptions::default();
    let mut id = byte_level();
    id["added_tokens"][1]["id"] = "one".into();
    let mut merge = byte_level();
    merge["model"]["merges"][2] = "lo".into();
    let mut rank = byte_level();
    rank["model"]["vocab"]["Ġh"] = json!(-1);
    for (file, place) in [
        (text(&id), "added_tokens[1].id"),
        (text(&merge), "model.merges[2]"),
        (text(&rank), "model.vocab.Ġh"),
    ] {
        let (code, path, _) = refusal(file.as_bytes(), &none);
        assert_eq!((code, path.as_str()), (Code::InvalidValue, place));
    }
    let (.., message) = refusal(
        text(&with(byte_level(), "/version", json!("3.0"))).as_bytes(),
        &none,
    );
    assert_eq!(message, "found \"3.0\", expected \"1.0\" or \"2.0\"");
    let (.., message) = refusal(
        text(&with(byte_level(), "/version", json!({"a": 1}))).as_bytes(),
        &none,
    );
    assert_eq!(message, "found an object, expected \"1.0\" or \"2.0\"");
}
