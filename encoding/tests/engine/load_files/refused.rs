//! Files that are refused or warned about, by name and place.

use serde_json::{Value, json};
use token_headroom_encoding::Code;
use token_headroom_encoding::load::{LoadOptions, load};

use super::{byte_fallback, byte_level, loaded, refusal, with};

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
            "0.1",
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
    ] {
        let error = loaded(&file).unwrap_err();
        assert_eq!(error.code, Code::InvalidValue, "{error}");
        assert_eq!(error.path, path, "{error}");
    }
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
