//! What a text becomes: by merges in orders that are not the usual one, by tokens without any, and by bytes.

use serde_json::json;

use super::{byte_fallback, byte_level, encode, loaded};

#[test]
fn tokens_that_no_merge_makes_are_whole_pieces_only_where_the_file_says_so() {
    let mut file = byte_level();
    file["model"]["vocab"]["Ġxyz"] = 500.into();
    assert_eq!(encode(&loaded(&file).unwrap(), " xyz").len(), 4);
    file["model"]["ignore_merges"] = true.into();
    assert_eq!(encode(&loaded(&file).unwrap(), " xyz"), [500]);
    assert_eq!(encode(&loaded(&file).unwrap(), " xyza").len(), 5);
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

#[test]
fn characters_fall_back_to_bytes() {
    let loaded = loaded(&byte_fallback()).unwrap();
    assert_eq!(encode(&loaded, "hé"), [261]);
    assert_eq!(encode(&loaded, "h h"), [260, 260]);
    assert_eq!(encode(&loaded, "ü"), [256, 0xC3, 0xBC]);
    assert_eq!(encode(&loaded, ""), [0; 0]);
}
