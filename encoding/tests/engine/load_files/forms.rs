//! Each form of `tokenizer.json` that is read gives the same tokenizer.

use serde_json::json;
use token_headroom_encoding::Encoding;

use super::{byte_fallback, byte_level, encode, loaded, merged, with};

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
