//! What a rank file needs to be told, what other files say themselves, and special tokens beside either.

use token_headroom_encoding::load::{LoadOptions, PRESETS, load};
use token_headroom_encoding::{Code, Encoding};

use super::{LLAMA3, byte_fallback, byte_level, encode, refusal};

/// The bytes and "ab", ranked.
fn rank_file() -> String {
    let mut file = String::new();
    for byte in 0..=255_u8 {
        let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let digit = |value: u8| char::from(digits[usize::from(value)]);
        file += &format!("{}{}== {byte}\n", digit(byte >> 2), digit((byte & 3) << 4));
    }
    file + "YWI= 256\r\n"
}

#[test]
fn a_rank_file_needs_to_be_told_its_family() {
    let file = rank_file();
    let error = load(file.as_bytes(), &LoadOptions::default()).unwrap_err();
    assert_eq!(error.code, Code::InvalidOption);
    assert!(
        PRESETS.iter().all(|preset| error.hint.contains(preset)),
        "{error}"
    );
    let options = LoadOptions {
        preset: Some("llama3".into()),
        ..LoadOptions::default()
    };
    let other = load(file.as_bytes(), &options).unwrap();
    assert!(
        other.warnings[0].contains("257 tokens"),
        "{:?}",
        other.warnings
    );
    let options = LoadOptions {
        pattern: Some(LLAMA3.into()),
        special_tokens: vec![("<end>".into(), 300)],
        ..LoadOptions::default()
    };
    let loaded = load(file.as_bytes(), &options).unwrap();
    assert_eq!(encode(&loaded, "abc"), [256, 99]);
    let special = Encoding::from_pack(&loaded.pack)
        .unwrap()
        .with_special_tokens();
    assert_eq!(special.count("ab<end>"), 2);
    let options = LoadOptions {
        pattern: Some(r"\w+".into()),
        ..LoadOptions::default()
    };
    let error = load(file.as_bytes(), &options).unwrap_err();
    assert_eq!(
        (error.code, error.path.as_str()),
        (Code::UnsupportedTokenizer, "pattern")
    );
}

#[test]
fn what_rank_files_need_is_refused_beside_files_that_say_it_themselves() {
    for (path, options) in [
        (
            "preset",
            LoadOptions {
                preset: Some("llama3".into()),
                ..LoadOptions::default()
            },
        ),
        (
            "pattern",
            LoadOptions {
                pattern: Some(LLAMA3.into()),
                ..LoadOptions::default()
            },
        ),
    ] {
        for file in [byte_level(), byte_fallback()] {
            let refusal = refusal(&serde_json::to_vec(&file).unwrap(), &options);
            assert_eq!((refusal.0, refusal.1.as_str()), (Code::InvalidOption, path));
        }
    }
    // A preset whose special tokens lie among the ranks is that of another model.
    let mut file = rank_file();
    file += "YWJj 50256\n";
    let preset = LoadOptions {
        preset: Some("r50k_base".into()),
        ..LoadOptions::default()
    };
    let (code, path, message) = refusal(file.as_bytes(), &preset);
    assert_eq!((code, path.as_str()), (Code::InvalidOption, "preset"));
    assert!(
        message.contains("\"<|endoftext|>\" has the id 50256"),
        "{message}"
    );
}

#[test]
fn a_special_token_has_an_id_of_its_own() {
    let json = serde_json::to_vec(&byte_level()).unwrap();
    let ranks = rank_file();
    let special = |tokens: &[(&str, u32)], pattern: Option<&str>| LoadOptions {
        pattern: pattern.map(str::to_owned),
        special_tokens: tokens
            .iter()
            .map(|(t, id)| ((*t).to_owned(), *id))
            .collect(),
        ..LoadOptions::default()
    };
    for (file, pattern, token, found) in [
        (
            json.as_slice(),
            None,
            ("<x>", 0),
            "found 0, which is the id of \"<s>\"",
        ),
        (
            &json,
            None,
            ("<x>", 270),
            "found 270, which is the id of \" hello\"",
        ),
        (&json, None, ("<s>", 7), "found 7, but its id is 0"),
        (
            ranks.as_bytes(),
            Some(LLAMA3),
            ("<x>", 256),
            "found 256, which is the id of \"ab\"",
        ),
        (
            ranks.as_bytes(),
            Some(LLAMA3),
            ("<x>", 97),
            "found 97, which is the id of \"a\"",
        ),
    ] {
        let (code, path, message) = refusal(file, &special(&[token], pattern));
        assert_eq!(
            (code, path),
            (Code::InvalidOption, format!("specialTokens[{:?}]", token.0))
        );
        assert!(message.starts_with(found), "{message}");
    }
    let twice = special(&[("<x>", 600), ("<y>", 600)], None);
    assert_eq!(refusal(&json, &twice).1, "specialTokens[\"<y>\"]");
    // What the file says already may be said again.
    for again in [("<s>", 0), (" hello", 270), ("<new>", 5_000)] {
        load(&json, &special(&[again], None)).unwrap();
    }
}
