//! Components that are not as they must be are refused with their place, as Hugging Face's tokenizers refuses them, and not taken as absent.

use serde_json::{Value, json};

use super::{LLAMA3, byte_fallback, byte_level, loaded, with};

/// The path and message that the file gives with `value` at `pointer`.
fn refusal(mut file: Value, pointer: &str, value: Value) -> (String, String) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match file.pointer_mut(pointer) {
        Some(old) => *old = value,
        None => file.pointer_mut(parent).unwrap()[key] = value,
    }
    let error = loaded(&file).expect_err(pointer);
    assert!(!error.hint.is_empty(), "{error}");
    (error.path, error.message)
}

#[test]
fn a_sequence_has_a_list_of_components() {
    for (component, children) in [
        ("normalizer", "normalizers"),
        ("pre_tokenizer", "pretokenizers"),
    ] {
        for (sequence, found) in [
            (json!({"type": "Sequence", children: null}), "null"),
            (json!({"type": "Sequence", children: {}}), "an object"),
            (json!({"type": "Sequence", "normalisers": []}), "null"),
        ] {
            let (path, message) = refusal(byte_level(), &format!("/{component}"), sequence);
            assert_eq!(path, format!("{component}.{children}"));
            assert_eq!(message, format!("found {found}, expected a list"));
        }
        let nothing = json!({"type": "Sequence", children: [null]});
        let (path, _) = refusal(byte_level(), &format!("/{component}"), nothing);
        assert_eq!(path, format!("{component}.{children}[0]"));
    }
}

#[test]
fn a_flag_is_true_or_false() {
    let level = "/pre_tokenizer/pretokenizers/1";
    let digits = |value: Value| json!({"type": "Digits", "individual_digits": value});
    for (pointer, value, path, found) in [
        (
            "/model/ignore_merges".to_owned(),
            json!(1),
            "model.ignore_merges",
            "1",
        ),
        (
            "/model/byte_fallback".to_owned(),
            json!("true"),
            "model.byte_fallback",
            "\"true\"",
        ),
        (
            format!("{level}/use_regex"),
            json!("false"),
            "pre_tokenizer.pretokenizers[1].use_regex",
            "\"false\"",
        ),
        (
            format!("{level}/add_prefix_space"),
            json!("yes"),
            "pre_tokenizer.pretokenizers[1].add_prefix_space",
            "\"yes\"",
        ),
        (
            level.to_owned(),
            json!({"type": "ByteLevel"}),
            "pre_tokenizer.pretokenizers[1].add_prefix_space",
            "null",
        ),
        (
            "/pre_tokenizer/pretokenizers/0/invert".to_owned(),
            json!([]),
            "pre_tokenizer.pretokenizers[0].invert",
            "a list",
        ),
        (
            "/pre_tokenizer".to_owned(),
            digits(json!(0)),
            "pre_tokenizer.individual_digits",
            "0",
        ),
    ] {
        let (at, message) = refusal(byte_level(), &pointer, value);
        assert_eq!(at, path);
        assert_eq!(message, format!("found {found}, expected true or false"));
    }
}

#[test]
fn a_setting_that_is_not_null_is_refused_whatever_it_is() {
    for (name, values) in [
        ("dropout", [json!("0.5"), json!(true), json!(-1.0)]),
        ("end_of_word_suffix", [json!([]), json!(0), json!("</w>")]),
        (
            "continuing_subword_prefix",
            [json!({}), json!(false), json!("##")],
        ),
    ] {
        for value in values {
            let (path, message) = refusal(byte_level(), &format!("/model/{name}"), value);
            assert_eq!(path, format!("model.{name}"));
            assert!(message.ends_with("expected null"), "{message}");
        }
    }
    let (path, message) = refusal(byte_level(), "/model/type", json!(3));
    assert_eq!(
        (path.as_str(), message.as_str()),
        ("model.type", "found 3, expected \"BPE\"")
    );
    for (name, value) in [("dropout", json!(0.0)), ("end_of_word_suffix", json!(""))] {
        let mut file = byte_level();
        file["model"][name] = value;
        assert!(loaded(&file).is_ok(), "{name}");
    }
}

#[test]
fn a_metaspace_says_one_thing_about_its_space() {
    let file = with(byte_fallback(), "/normalizer", json!(null));
    let metaspace = json!({"type": "Metaspace", "replacement": "▁", "split": false});
    for (key, value, path) in [
        ("prepend_scheme", json!(1), "pre_tokenizer.prepend_scheme"),
        (
            "prepend_scheme",
            json!("last"),
            "pre_tokenizer.prepend_scheme",
        ),
        (
            "add_prefix_space",
            json!("yes"),
            "pre_tokenizer.add_prefix_space",
        ),
        ("split", json!("no"), "pre_tokenizer.split"),
    ] {
        let mut other = metaspace.clone();
        other[key] = value;
        assert_eq!(refusal(file.clone(), "/pre_tokenizer", other).0, path);
    }
    let mut both = metaspace.clone();
    both["prepend_scheme"] = "always".into();
    let (path, message) = refusal(byte_fallback(), "/pre_tokenizer", both.clone());
    assert_eq!(
        (path.as_str(), message.as_str()),
        ("pre_tokenizer", "a second space before the text")
    );
    both["add_prefix_space"] = false.into();
    let (path, _) = refusal(file, "/pre_tokenizer", both);
    assert_eq!(path, "pre_tokenizer.prepend_scheme");
}

#[test]
fn a_misspelt_component_is_not_left_out() {
    let (path, _) = refusal(byte_level(), "/normaliser", json!({"type": "NFC"}));
    assert_eq!(path, "normaliser");
    let tekken = json!({"config": {"pattern": LLAMA3, "default_vocab_size": 300, "default_num_special_tokens": 2},
        "vocab": [], "special_tokens": {}});
    let mut tokens: Vec<Value> = Vec::new();
    for rank in 0..298 {
        tokens.push(json!({"rank": rank, "token_bytes": "YQ=="}));
    }
    let (path, message) = refusal(tekken, "/vocab", tokens.into());
    assert_eq!(
        (path.as_str(), message.as_str()),
        ("special_tokens", "expected a list")
    );
}

#[test]
fn nothing_follows_a_byte_level_normaliser() {
    // It would see the spelling of bytes, not the text.
    let (path, message) = refusal(byte_level(), "/normalizer", json!({"type": "ByteLevel"}));
    assert_eq!(path, "normalizer");
    assert!(message.contains("ByteLevel"), "{message}");
    let both = json!({"type": "Sequence", "normalizers": [{"type": "ByteLevel"}, {"type": "NFC"}]});
    let file = with(byte_level(), "/pre_tokenizer", json!(null));
    let (path, message) = refusal(file, "/normalizer", both);
    assert_eq!(path, "normalizer.normalizers[1]");
    assert!(message.contains("NFC after ByteLevel"), "{message}");
}

#[test]
fn a_byte_without_a_token_is_refused() {
    // Hugging Face drops such bytes, or has an unknown token for them.
    for (mut file, token) in [(byte_level(), "Ċ"), (byte_fallback(), "<0x0A>")] {
        file["model"]["vocab"]
            .as_object_mut()
            .unwrap()
            .remove(token);
        let error = loaded(&file).unwrap_err();
        assert!(error.message.contains("0x0A"), "{error}");
        assert_eq!(error.path, "model.vocab");
    }
    // No text has this one.
    let mut file = byte_level();
    file["model"]["vocab"].as_object_mut().unwrap().remove("À");
    assert!(loaded(&file).is_ok());
}
