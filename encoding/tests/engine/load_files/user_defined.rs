//! User-defined pieces of SentencePiece models. All counts are those of sentencepiece 0.2.3.

use token_headroom_encoding::Encoding;
use token_headroom_encoding::load::{LoadOptions, load};

/// A model with these pieces of type 4, and with merges of characters.
fn model(user_defined: &[&str]) -> Vec<u8> {
    let bytes = (0..256).map(|byte| (format!("<0x{byte:02X}>"), 6));
    let pieces = ["▁h", "▁hé", "▁", "h", "e", "é", "a", "b"];
    let mut pieces: Vec<(String, u8)> = [("<unk>".to_owned(), 2)]
        .into_iter()
        .chain(user_defined.iter().map(|piece| (piece.to_string(), 4)))
        .chain(pieces.map(|piece| (piece.to_owned(), 1)))
        .collect();
    pieces.extend(bytes);
    let mut model = Vec::new();
    for (index, (piece, kind)) in pieces.iter().enumerate() {
        let length = u8::try_from(piece.len()).unwrap();
        model.extend([10, length + 9, 10, length]);
        model.extend(piece.as_bytes());
        model.push(21);
        model.extend((-(index as f32)).to_le_bytes());
        model.extend([24, *kind]);
    }
    // BPE with bytes to fall back to, nothing put before a text, and whitespace kept.
    model.extend([18, 5, 24, 2, 152, 2, 1, 26, 4, 24, 0, 32, 0]);
    model
}

#[test]
fn a_piece_with_the_symbol_of_a_space_is_found_in_both_spellings() {
    let loaded = load(&model(&["▁▁", "▁a▁b"]), &LoadOptions::default()).unwrap();
    let encoding = Encoding::from_pack(&loaded.pack).unwrap();
    for (text, count) in [
        ("  h", 2),
        ("▁▁h", 2),
        (" ▁h", 2),
        ("▁ ▁h", 2),
        ("h a b", 2),
        ("h▁a▁b", 2),
        ("h▁a b h", 3),
        ("▁hé", 1),
    ] {
        assert_eq!(encoding.count(text), count, "{text:?}");
    }
}
