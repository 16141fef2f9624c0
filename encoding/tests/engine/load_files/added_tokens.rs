//! Added tokens beside normalisers and beside each other. All ids are those of Hugging Face's tokenizers 0.23.3.

use serde_json::{Value, json};
use token_headroom_encoding::Code;

use super::{byte_fallback, byte_level, encode, loaded, with};

/// An added token with flags by their first letters: lstrip, normalized, rstrip, single_word.
fn added(id: u32, content: &str, flags: &str) -> Value {
    json!({"id": id, "content": content, "special": false, "single_word": flags.contains('s'),
        "lstrip": flags.contains('l'), "normalized": flags.contains('n'), "rstrip": flags.contains('r')})
}

fn file(normalizer: Value, tokens: &[(&str, &str)]) -> Value {
    let tokens = (262..).zip(tokens);
    let tokens: Value = tokens
        .map(|(id, (content, flags))| added(id, content, flags))
        .collect();
    let file = with(byte_fallback(), "/added_tokens", tokens);
    with(file, "/normalizer", normalizer)
}

fn replace() -> Value {
    json!({"type": "Replace", "pattern": {"String": " "}, "content": "▁"})
}

/// Spaces become U+2581 when the text has been normalised.
fn later(normalizer: Value, tokens: &[(&str, &str)]) -> Value {
    let metaspace =
        json!({"type": "Metaspace", "replacement": "▁", "prepend_scheme": "never", "split": false});
    with(file(normalizer, tokens), "/pre_tokenizer", metaspace)
}

fn check(file: &Value, cases: &[(&str, &[u32])]) {
    let loaded = loaded(file).unwrap();
    for (text, ids) in cases {
        assert_eq!(encode(&loaded, text), *ids, "{text:?}");
    }
}

#[test]
fn in_normalised_text_a_space_is_no_whitespace() {
    check(
        &file(replace(), &[("<m>", "lnr")]),
        &[
            ("h   <m>   h", &[257, 256, 256, 256, 262, 256, 256, 260]),
            ("h \t<m>\n h", &[257, 256, 262, 260]),
        ],
    );
    check(
        &file(replace(), &[("<m>", "lr")]),
        &[("h   <m>   h", &[257, 262, 257])],
    );
}

#[test]
fn what_a_normaliser_does_to_texts_it_does_to_added_tokens() {
    check(
        &file(replace(), &[("h e", "n")]),
        &[("h e", &[262]), ("h▁e", &[262]), ("eh e", &[258, 262])],
    );
    let prepend = byte_fallback()["normalizer"].clone();
    check(
        &file(prepend, &[("<m>", "n")]),
        &[
            ("h<m>h", &[260, 60, 109, 62, 257]),
            ("h <m> h", &[260, 262, 260]),
            ("h▁<m>", &[260, 262]),
            ("<m>", &[262]),
        ],
    );
    let nfkc = json!({"type": "NFKC"});
    check(
        &later(nfkc.clone(), &[("ﬁ", "n")]),
        &[("hﬁ", &[257, 262]), ("hfi", &[257, 262])],
    );
    check(
        &later(nfkc, &[("ﬁ", "")]),
        &[("hﬁ", &[257, 262]), ("hfi", &[257, 102, 105])],
    );
}

#[test]
fn before_a_metaspace_a_space_is_not_yet_its_symbol() {
    check(
        &later(json!(null), &[("▁e", "n")]),
        &[("h▁e", &[257, 262]), ("h e", &[257, 256, 258])],
    );
}

#[test]
fn what_one_takes_along_may_be_the_next() {
    check(
        &file(replace(), &[("<m>", "r"), (" ", "")]),
        &[("<m>   h", &[262, 263, 263, 263, 257])],
    );
    check(
        &file(replace(), &[("<m>", "r"), ("  ", "")]),
        &[("<m>   h", &[262, 263, 260])],
    );
    // Unless that takes along what is before it as well.
    check(
        &file(replace(), &[("\n", "lr")]),
        &[("h\n\nh", &[257, 262, 257])],
    );
}

#[test]
fn of_two_with_the_same_content_the_last_is_there() {
    check(
        &file(replace(), &[("m", "n"), ("m", "s")]),
        &[("hm", &[257, 109]), ("h m h", &[257, 256, 263, 260])],
    );
    check(
        &file(replace(), &[("m", "s"), ("m", "n")]),
        &[("hm", &[257, 263])],
    );
}

#[test]
fn an_empty_one_is_not_there() {
    check(
        &file(replace(), &[("", "n"), ("m", "")]),
        &[("hm", &[257, 263]), ("", &[])],
    );
}

#[test]
fn after_a_byte_level_normaliser_only_the_content_matters() {
    let spelled = |flags: &str| {
        let file = with(
            byte_level(),
            "/added_tokens",
            json!([added(300, " é", flags)]),
        );
        let file = with(file, "/pre_tokenizer", json!(null));
        with(file, "/normalizer", json!({"type": "ByteLevel"}))
    };
    let alike = loaded(&spelled("n")).unwrap();
    // No cut between words, so that merges cross them.
    assert_eq!(encode(&alike, " hello éhel").len(), 4);
    assert_eq!(encode(&alike, " é"), [300]);
    for flags in ["nl", "nr", "ns"] {
        let error = loaded(&spelled(flags)).unwrap_err();
        assert_eq!(error.code, Code::UnsupportedTokenizer, "{error}");
        assert_eq!(error.path, "added_tokens[0].normalized");
    }
}

#[test]
fn a_single_word_touches_no_other() {
    check(
        &file(replace(), &[("cat", "s"), ("<m>", "nrs")]),
        &[
            ("concat", &[99, 111, 110, 99, 97, 116]),
            ("cats cat!", &[99, 97, 116, 115, 256, 262, 33]),
            // Marks, joiners, what connects words and decimal digits are of a word.
            ("e\u{301}cat", &[258, 204, 129, 99, 97, 116]),
            ("cat\u{200D}", &[99, 97, 116, 226, 128, 141]),
            ("_cat ½cat", &[95, 99, 97, 116, 256, 194, 189, 262]),
            ("\u{663}cat", &[217, 163, 99, 97, 116]),
            // A literal that was found before is no word.
            ("h cat<m> h", &[257, 256, 262, 263, 260]),
            ("h<m>  <m>  h", &[257, 60, 109, 62, 256, 256, 263, 256, 260]),
        ],
    );
}

#[test]
fn what_cannot_be_looked_for_exactly_is_refused_by_name() {
    let forms = json!({"type": "Sequence", "normalizers": [{"type": "NFKC"}, replace()]});
    let prepend = json!({"type": "Prepend", "prepend": "▁"});
    // Version 2.0 writes the content as the normaliser leaves it.
    let mut new = file(byte_fallback()["normalizer"].clone(), &[("▁<m>", "n")]);
    new["version"] = "2.0".into();
    for (file, path) in [
        (file(forms, &[("<m>", "n")]), "added_tokens[0].normalized"),
        (
            later(prepend, &[("<m>", "n")]),
            "added_tokens[0].normalized",
        ),
        (new, "added_tokens[0].normalized"),
    ] {
        let error = loaded(&file).unwrap_err();
        assert_eq!(error.code, Code::UnsupportedTokenizer, "{error}");
        assert_eq!(error.path, path, "{error}");
        assert!(error.message.contains("<m>\""), "{error}");
    }
}
