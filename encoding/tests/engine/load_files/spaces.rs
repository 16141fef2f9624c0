//! Spaces that a file puts before a text and its parts.

use serde_json::{Value, json};
use token_headroom_encoding::{Codec, Encoding};

use super::{byte_fallback, byte_level, encode, loaded, with};

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
