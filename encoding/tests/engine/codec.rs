//! Ids equal those of tiktoken-rs, and decoding gives the text back.

use proptest::prelude::*;
use std::sync::LazyLock;
use tiktoken_rs::CoreBPE;
use token_headroom_encoding::{Code, Codec, Encoding};

static CODECS: LazyLock<[(Codec, &'static CoreBPE); 2]> = LazyLock::new(|| {
    let codec = |pack: &[u8], ids: &[u8]| {
        Codec::new(&Encoding::from_pack(pack).unwrap(), pack, ids).unwrap()
    };
    [
        (
            codec(
                include_bytes!("../../packs/cl100k_base.pack"),
                include_bytes!("../../packs/cl100k_base.ids"),
            ),
            tiktoken_rs::cl100k_base_singleton(),
        ),
        (
            codec(
                include_bytes!("../../packs/o200k_base.pack"),
                include_bytes!("../../packs/o200k_base.ids"),
            ),
            tiktoken_rs::o200k_base_singleton(),
        ),
    ]
});

fn check(text: &str) {
    for (codec, reference) in CODECS.iter() {
        let ids = codec.encode(text);
        assert_eq!(ids, reference.encode_ordinary(text), "{text:?}");
        assert_eq!(codec.decode(&ids).unwrap(), text);
        assert_eq!(codec.encoding().count(text) as usize, ids.len(), "{text:?}");
    }
}

#[test]
fn ids_equal_the_reference() {
    for text in [
        "",
        " ",
        "hello world",
        "don't  stop\n\n\n  now",
        "def f(x):\n    return x ** 2  # ½ ² Ⅻ",
        "<|endoftext|> is ordinary here",
        "\u{feff}北京大学 नमस्ते สวัสดี 🙂👩‍👩‍👧",
        &"a".repeat(5000),
        &"北京大学".repeat(500),
    ] {
        check(text);
    }
}

#[test]
fn ids_are_the_same_from_memory() {
    let long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
    let texts = [
        long,
        &"zq".repeat(400),
        "достопримечательность",
        "ab12\u{0}\u{0}",
        "\u{0}",
        "x",
    ];
    for text in texts.iter().chain(&texts) {
        check(text);
        check(&format!("a {text}, {text}"));
    }
}

#[test]
fn ids_of_one_text_leave_nothing_behind_for_the_next() {
    let (codec, reference) = &CODECS[1];
    // More ids than memory is kept for.
    let long = "word, ".repeat(100_000);
    for text in [&long, "", "one", &long, "two"] {
        assert_eq!(codec.encode(text), reference.encode_ordinary(text));
    }
}

#[test]
fn handles_and_threads_encode_at_the_same_time() {
    let (codec, reference) = &CODECS[1];
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let codec = codec.clone();
            scope.spawn(move || {
                for number in 0..500 {
                    let text =
                        format!("thread {thread} encodes text {number}, unlikethose{number}");
                    assert_eq!(codec.encode(&text), reference.encode_ordinary(&text));
                }
            });
        }
    });
}

#[test]
fn every_token_decodes_to_its_bytes() {
    for (codec, reference) in CODECS.iter() {
        for id in 0..100_256 {
            let bytes = codec.decode_bytes(&[id]).unwrap();
            assert_eq!(bytes, reference.decode_bytes(&[id]).unwrap());
        }
    }
}

#[test]
fn a_part_of_a_character_decodes_to_a_replacement() {
    let (codec, _) = &CODECS[0];
    let ids = codec.encode("🫠");
    assert!(ids.len() > 1);
    assert!(codec.decode(&ids[..1]).unwrap().contains('\u{fffd}'));
    assert_eq!(codec.decode(&ids).unwrap(), "🫠");
}

#[test]
fn an_unknown_id_is_named_with_its_place() {
    let (codec, _) = &CODECS[0];
    let error = codec.decode(&[15339, 4_000_000]).unwrap_err();
    assert_eq!(
        (error.code, error.path.as_str()),
        (Code::InvalidValue, "ids[1]")
    );
    assert!(error.message.contains("4000000"), "{error}");
}

#[test]
fn files_that_do_not_belong_together_are_refused() {
    let pack = include_bytes!("../../packs/cl100k_base.pack");
    let encoding = Encoding::from_pack(pack).unwrap();
    let other = include_bytes!("../../packs/o200k_base.ids");
    let error = Codec::new(&encoding, pack, other).unwrap_err();
    assert_eq!(error.code, Code::CorruptPack);
    let o200k = Encoding::from_pack(include_bytes!("../../packs/o200k_base.pack")).unwrap();
    let ids = include_bytes!("../../packs/cl100k_base.ids");
    let error = Codec::new(&o200k, pack, ids).unwrap_err();
    assert_eq!(error.code, Code::CorruptPack);
    assert!(error.message.contains("o200k_base"), "{error}");
    for length in [0, 7, 19, 1000] {
        let cut = &include_bytes!("../../packs/cl100k_base.ids")[..length];
        let error = Codec::new(&encoding, pack, cut).unwrap_err();
        assert_eq!(error.code, Code::CorruptPack);
    }
}

proptest! {
    #[test]
    fn any_text_survives(text in "\\PC{0,80}|[ \\n\\ta-zA-Z'0-9é北!/-]{0,120}") {
        check(&text);
    }
}

#[test]
fn special_tokens_that_are_allowed_are_found_as_tiktoken_finds_them() {
    const FILES: [(&[u8], &[u8]); 2] = [
        (
            include_bytes!("../../packs/cl100k_base.pack"),
            include_bytes!("../../packs/cl100k_base.ids"),
        ),
        (
            include_bytes!("../../packs/o200k_base.pack"),
            include_bytes!("../../packs/o200k_base.ids"),
        ),
    ];
    let texts = [
        "a<|endoftext|> b<|endofprompt|><|endoftext|>",
        "<|endoftext|><|endoftext|>",
        "<|endoftext|",
        " <|fim_prefix|>\n\n<|endofprompt|>",
        "",
    ];
    for ((pack, ids), (_, reference)) in FILES.iter().zip(CODECS.iter()) {
        let encoding = Encoding::from_pack(pack).unwrap();
        let all: Vec<&str> = reference.special_tokens().into_iter().collect();
        for allowed in [all, vec!["<|endoftext|>"], vec![]] {
            let own = encoding.with_allowed_special(&allowed).unwrap();
            let codec = Codec::new(&own, pack, ids).unwrap();
            for text in texts {
                let set = allowed.iter().copied().collect();
                let expected = reference.encode(text, &set).unwrap().0;
                assert_eq!(codec.encode(text), expected, "{text:?} {allowed:?}");
                assert_eq!(own.count(text) as usize, expected.len());
                assert_eq!(codec.decode(&expected).unwrap(), text);
            }
        }
        let error = encoding.with_allowed_special(&["<|endoftext|>", "<|x|>"]);
        let error = error.unwrap_err();
        assert_eq!(
            (error.code, error.path.as_str()),
            (Code::InvalidOption, "allowedSpecial[1]")
        );
        assert!(error.hint.contains("<|endofprompt|>"), "{error}");
    }
}
