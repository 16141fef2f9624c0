//! Runs of one character that merge from their left end, as Gemma's do. All ids are those of Hugging Face's tokenizers 0.23.3.

use serde_json::{Value, json};

use super::{byte_fallback, byte_level, encode, loaded, with};

fn replace() -> Value {
    json!({"type": "Replace", "pattern": {"String": " "}, "content": "▁"})
}

fn metaspace(scheme: &str, split: bool) -> Value {
    json!({"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": split})
}

/// Two to four of `character`, each older than the one that it is made of, and then the merges that there were.
fn with_runs(mut file: Value, character: &str) -> Value {
    let mut merges = Vec::new();
    for (length, id) in [(4, 264), (3, 263), (2, 262)] {
        file["model"]["vocab"][character.repeat(length)] = id.into();
        merges.push(json!([character.repeat(length - 1), character]));
    }
    merges.extend(file["model"]["merges"].as_array().unwrap().iter().cloned());
    with(file, "/model/merges", merges.into())
}

fn file(normalizer: Value, pre_tokenizer: Value) -> Value {
    let file = with(with_runs(byte_fallback(), "▁"), "/normalizer", normalizer);
    with(file, "/pre_tokenizer", pre_tokenizer)
}

fn is_warned_of(file: &Value) -> bool {
    !loaded(file).unwrap().warnings.is_empty()
}

#[test]
fn a_run_may_mix_spaces_with_their_symbol() {
    for file in [
        file(replace(), json!(null)),
        file(json!(null), metaspace("never", false)),
    ] {
        let loaded = loaded(&file).unwrap();
        assert!(loaded.warnings.is_empty());
        for (text, ids) in [
            ("h ▁ h", &[257, 263, 257][..]),
            ("h  ▁▁ ▁h", &[257, 264, 262, 257]),
            (" ▁", &[262]),
            ("▁  hé", &[263, 257, 259]),
            ("h   h", &[257, 263, 257]),
            ("h▁hé h", &[257, 261, 260]),
        ] {
            assert_eq!(encode(&loaded, text), ids, "{text:?}");
        }
    }
}

#[test]
fn a_whole_piece_may_mix_them_too() {
    let mut file = with(byte_fallback(), "/normalizer", replace());
    file["model"]["vocab"]["h▁▁e"] = 262.into();
    file["model"]["ignore_merges"] = true.into();
    for text in ["h  e", "h▁▁e", "h ▁e"] {
        assert_eq!(encode(&loaded(&file).unwrap(), text), [262], "{text:?}");
    }
    let token = json!({"id": 263, "content": "<m>", "special": false, "single_word": false,
        "lstrip": false, "rstrip": false, "normalized": true});
    file["added_tokens"] = json!([token]);
    assert_eq!(
        encode(&loaded(&file).unwrap(), "h▁ e<m>h  e"),
        [262, 263, 262]
    );
    file["added_tokens"][0]["lstrip"] = true.into();
    let error = loaded(&file).unwrap_err();
    assert_eq!(error.path, "added_tokens[0].normalized");
    file["normalizer"] = json!(null);
    file["pre_tokenizer"] = metaspace("never", false);
    file["added_tokens"][0]["lstrip"] = false.into();
    assert_eq!(encode(&loaded(&file).unwrap(), "h▁ e"), [262]);
    file["added_tokens"][0]["content"] = " e".into();
    let error = loaded(&file).unwrap_err();
    assert_eq!(error.path, "added_tokens[0].normalized");
    file["added_tokens"] = json!([]);
    file["normalizer"] = json!({"type": "Sequence", "normalizers": [{"type": "NFC"}, replace()]});
    let error = loaded(&file).unwrap_err();
    assert_eq!(error.path, "model.ignore_merges");
}

#[test]
fn what_comes_before_merges_is_not_taken_from_it() {
    let separator = |content: &str, strips: bool| {
        let token = json!({"id": 265, "content": content, "special": false, "single_word": false,
            "lstrip": strips, "rstrip": false, "normalized": true});
        let file = file(json!(null), metaspace("never", false));
        with(file, "/added_tokens", json!([token]))
    };
    for file in [
        // An added token in normalised text, with a space of a run, or with all that are before it.
        separator(" h", false),
        separator("<m>", true),
        // A space before the text, which would be of its first run.
        file(json!(null), metaspace("first", false)),
        // Forms, which are not the texts' own.
        file(
            json!({"type": "Sequence", "normalizers": [{"type": "NFKC"}, replace()]}),
            json!(null),
        ),
        // Pieces of a text, which a run does not cross.
        with_runs(byte_level(), "Ġ"),
    ] {
        assert!(is_warned_of(&file), "{file}");
    }
    assert!(!is_warned_of(&separator("<m>", false)));
    let error = loaded(&file(replace(), metaspace("never", true))).unwrap_err();
    assert_eq!(error.path, "pre_tokenizer.split");
}
