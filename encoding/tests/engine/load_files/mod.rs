//! What the loader makes of files: each form that it reads gives the same tokenizer, and what it cannot do is refused by name.

mod added_tokens;
mod forms;
mod malformed;
mod merging;
mod options;
mod refused;
mod runs;
mod spaces;
mod user_defined;

use serde_json::{Value, json};
use token_headroom_encoding::load::{LoadOptions, Loaded, load};
use token_headroom_encoding::{Code, Codec, Encoding, Error};

const LLAMA3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// Bytes, then " h", "el", "lo", " hel", " hello".
fn merged() -> Vec<(&'static str, &'static str)> {
    vec![
        ("Ġ", "h"),
        ("e", "l"),
        ("l", "o"),
        ("Ġh", "el"),
        ("Ġhel", "lo"),
    ]
}

/// The characters that spell the 256 bytes, in the order of the bytes.
fn alphabet() -> Vec<char> {
    let mut others = 0x100;
    (0..=255_u8)
        .map(|byte| match byte {
            b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF => char::from(byte),
            _ => {
                others += 1;
                char::from_u32(others - 1).unwrap()
            }
        })
        .collect()
}

/// A small byte-level `tokenizer.json`.
fn byte_level() -> Value {
    let merges = merged();
    let mut vocab = serde_json::Map::new();
    let letters = alphabet().into_iter().map(String::from);
    let made = merges.iter().map(|(left, right)| format!("{left}{right}"));
    for (token, id) in letters.chain(made).zip(10_u32..) {
        vocab.insert(token, id.into());
    }
    json!({
        "version": "1.0",
        "added_tokens": [
            {"id": 0, "content": "<s>", "special": true, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false},
            {"id": 1, "content": "<think>", "special": false, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false},
        ],
        "normalizer": null,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": LLAMA3}, "behavior": "Isolated", "invert": false},
            {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false},
        ]},
        "model": {
            "type": "BPE", "byte_fallback": false, "vocab": vocab,
            "merges": merges.iter().map(|(l, r)| format!("{l} {r}")).collect::<Vec<_>>(),
        },
    })
}

/// A small `tokenizer.json` made from a SentencePiece model.
fn byte_fallback() -> Value {
    let pieces = ["▁", "h", "e", "é", "▁h", "▁hé"].map(String::from);
    let bytes = (0..=255).map(|byte| format!("<0x{byte:02X}>"));
    let vocab: serde_json::Map<String, Value> = bytes
        .chain(pieces)
        .zip((0_u32..).map(Value::from))
        .collect();
    json!({
        "version": "1.0",
        "added_tokens": [],
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Prepend", "prepend": "▁"},
            {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
        ]},
        "pre_tokenizer": null,
        "model": {"type": "BPE", "unk_token": "<unk>", "fuse_unk": true, "byte_fallback": true, "vocab": vocab,
            "merges": [["▁", "h"], ["▁h", "é"]]},
    })
}

fn loaded(file: &Value) -> Result<Loaded, Error> {
    load(&serde_json::to_vec(file).unwrap(), &LoadOptions::default())
}

fn encode(loaded: &Loaded, text: &str) -> Vec<u32> {
    let encoding = Encoding::from_pack(&loaded.pack).unwrap();
    let codec = Codec::new(&encoding, &loaded.pack, &loaded.ids).unwrap();
    let ids = codec.encode(text);
    assert_eq!(encoding.count(text) as usize, ids.len());
    ids
}

fn with(mut file: Value, pointer: &str, value: Value) -> Value {
    *file.pointer_mut(pointer).unwrap() = value;
    file
}

/// Code, path and message of the error that a file with these options gives.
fn refusal(file: &[u8], options: &LoadOptions) -> (Code, String, String) {
    let error = load(file, options).unwrap_err();
    assert!(!error.hint.is_empty(), "{error}");
    (error.code, error.path, error.message)
}
