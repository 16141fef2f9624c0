//! A pack is read whole or refused, and never harms.

use std::sync::LazyLock;

use proptest::prelude::*;
use token_headroom_encoding::pack::{Contents, Literal, Symbols, Variant, read, write};
use token_headroom_encoding::{Code, Encoding, Keep, Normalizer, Pattern};

static PACK: LazyLock<Vec<u8>> = LazyLock::new(|| {
    std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/packs/cl100k_base.pack"
    ))
    .unwrap()
});

fn refused(bytes: &[u8]) -> token_headroom_encoding::Error {
    let error = Encoding::from_pack(bytes).expect_err("damaged, yet loaded");
    assert_eq!(error.code, Code::CorruptPack);
    assert!(!error.hint.is_empty());
    error
}

#[test]
fn the_file_loads_and_says_its_name() {
    let encoding = Encoding::from_pack(&PACK).unwrap();
    assert_eq!(encoding.name(), "cl100k_base");
    assert_eq!(encoding.count("hello world"), 2);
    assert_eq!(encoding.count(""), 0);
    assert!(format!("{encoding:?}").contains("cl100k_base"));
}

#[test]
fn an_unknown_name_lists_the_known_ones() {
    let error = Encoding::named("o100k").unwrap_err();
    assert_eq!(error.code, Code::UnknownEncoding);
    assert!(error.message.contains("o200k_base"), "{error}");
}

#[test]
fn every_truncation_is_refused() {
    for end in 0..PACK.len() {
        refused(&PACK[..end]);
    }
}

#[test]
fn more_bytes_are_refused() {
    let mut bytes = PACK.clone();
    bytes.push(0);
    assert!(refused(&bytes).message.contains("bytes"));
}

#[test]
fn the_error_names_what_is_wrong() {
    let damaged = |at: usize, value: u8| {
        let mut bytes = PACK.clone();
        bytes[at] ^= value;
        refused(&bytes).message
    };
    assert!(damaged(0, 1).contains("TKHRPACK"));
    assert!(damaged(8, 2).contains("version"));
    assert!(damaged(5_000, 1).contains("checksum"));
}

/// The checksum of the format, for packs that are damaged before they are sealed.
fn seal(bytes: &mut [u8]) {
    let body = bytes.len() - 8;
    let mut sum = body as u64;
    for chunk in bytes[..body].chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        sum = (sum ^ u64::from_le_bytes(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        sum ^= sum >> 32;
    }
    bytes[body..].copy_from_slice(&sum.to_le_bytes());
}

#[test]
fn a_name_that_is_not_text_is_refused_though_sealed() {
    let mut bytes = PACK.clone();
    let name = b"cl100k_base";
    let at = bytes.windows(name.len()).rposition(|at| at == name);
    bytes[at.unwrap()] = 0xFF;
    seal(&mut bytes);
    assert!(refused(&bytes).message.contains("UTF-8"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_flipped_bit_is_refused(at in any::<prop::sample::Index>(), bit in 0..8) {
        let mut bytes = PACK.clone();
        let at = at.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        refused(&bytes);
    }

    #[test]
    fn a_damaged_pack_that_is_sealed_never_panics(
        edits in prop::collection::vec((prop_oneof![0_usize..64, 0_usize..2_000, 0_usize..340_000], any::<u8>()), 1..6),
        text in "\\PC{0,60}",
    ) {
        let mut bytes = PACK.clone();
        for (at, value) in edits {
            bytes[at] = value;
        }
        seal(&mut bytes);
        match Encoding::from_pack(&bytes) {
            Ok(encoding) => prop_assert!(encoding.count(&text) as usize <= text.len()),
            Err(error) => prop_assert_eq!(error.code, Code::CorruptPack),
        }
    }

    #[test]
    fn noise_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        refused(&bytes);
    }
}

fn literal(text: &str, id: u32, special: bool) -> Literal {
    Literal {
        text: text.to_owned(),
        id,
        special,
        strip_left: false,
        strip_right: false,
        single_word: false,
        normalized: false,
    }
}

/// `ab` and `abab`; `<think>` is always one token, `<end>` only when special tokens are wanted.
fn small() -> Contents {
    let variant = |name: &str, literals: Vec<Literal>| Variant {
        name: name.to_owned(),
        pattern: Pattern::O200k,
        normalizer: Normalizer::None,
        prefix_space: None,
        literals,
    };
    Contents {
        symbols: Symbols::Bytes,
        sweeps: vec![vec![(97, 98), (256, 256)]],
        wholes: vec![b"xyz".to_vec()],
        variants: vec![
            variant("plain", Vec::new()),
            variant(
                "thinking",
                vec![literal("<think>", 300, false), literal("<end>", 301, true)],
            ),
        ],
    }
}

#[test]
fn what_is_written_is_read() {
    let contents = small();
    assert_eq!(read(&write(&contents).unwrap()).unwrap(), contents);
    let characters = Contents {
        symbols: Symbols::Characters(vec!['\u{80}', 'é', '北', '🙂']),
        sweeps: vec![
            vec![(97, 98)],
            vec![(97, 97), (97, 98), (97, 257), (300, 400)],
        ],
        ..small()
    };
    assert!(
        write(&characters).is_err(),
        "400 is not older than its merge"
    );
    let characters = Contents {
        sweeps: vec![vec![(97, 98)], vec![(97, 97), (97, 98), (97, 257)]],
        ..characters
    };
    assert_eq!(read(&write(&characters).unwrap()).unwrap(), characters);
}

/// Of up to 2^18 ids each takes two bits above sixteen, of more four.
#[test]
fn every_id_of_a_large_vocabulary_is_read() {
    for last in [1_u32 << 16, (1 << 18) - 1, 1 << 18, 300_000] {
        let contents = Contents {
            sweeps: vec![(256..=last).map(|id| (id - 1, 97)).collect()],
            ..small()
        };
        assert_eq!(read(&write(&contents).unwrap()).unwrap(), contents);
    }
}

#[test]
fn what_a_pack_cannot_say_is_refused() {
    let descending = Contents {
        sweeps: vec![vec![(97, 98), (97, 97)]],
        ..small()
    };
    let unordered = Contents {
        symbols: Symbols::Characters(vec!['é', 'à']),
        ..small()
    };
    let nameless = Contents {
        variants: Vec::new(),
        ..small()
    };
    for contents in [descending, unordered, nameless] {
        assert_eq!(write(&contents).unwrap_err().code, Code::InvalidValue);
    }
}

#[test]
fn a_variant_is_chosen_by_name_and_literals_count_as_one() {
    let pack = write(&small()).unwrap();
    let plain = Encoding::from_pack(&pack).unwrap();
    assert_eq!(plain.name(), "plain");
    let thinking = Encoding::from_pack_as(&pack, "thinking").unwrap();
    let text = "abab<think>abab<end>";
    assert_eq!(plain.count(text), 1 + 7 + 1 + 5);
    assert_eq!(thinking.count(text), 1 + 1 + 1 + 5);
    assert_eq!(thinking.with_special_tokens().count(text), 4);
    assert_eq!(thinking.count_up_to(text, 7), None);
    assert_eq!(thinking.count_up_to(text, 8), Some(8));
    for limit in 0..8 {
        let kept = thinking.truncate(text, limit, Keep::Head);
        assert!(kept.tokens <= limit);
        assert_eq!(thinking.count(&text[..kept.head]), kept.tokens);
        assert!(thinking.count(&text[..=kept.head]) > limit);
    }
    let error = Encoding::from_pack_as(&pack, "other").unwrap_err();
    assert_eq!(error.code, Code::UnknownEncoding);
    assert!(error.message.contains("thinking"), "{error}");
}
