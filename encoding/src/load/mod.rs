//! Loads a user's own tokenizer file: tiktoken rank files, `tokenizer.json`, `tekken.json`, SentencePiece models.
//!
//! A file is recognised by its content and becomes a [`pack`], just as bundled vocabularies are. Whatever this engine
//! cannot do exactly is refused by name, with its place in the file.
//!
//! Files are not trusted: a file of at most 128 MB, fewer than 2^20 - 512 tokens of at most 2,048 bytes and 8 MB together, at
//! most 4 million merges, 100,000 added tokens of at most 256 bytes, 20,000 values in a component. Memory stays below twice the
//! file's size plus 64 MB, and the time is linear in the file and the squares of its tokens' lengths, which in sum are limited to 2^28.

mod added;
mod base64;
mod byte_level;
mod components;
mod document;
mod json_place;
mod node;
mod preset;
mod protobuf;
mod rank_file;
mod ranked;
mod runs;
mod seeded;
mod sentencepiece;
mod specials;
mod strings;
mod tekken;
mod tokenizer;
mod tokenizer_json;

pub use preset::PRESETS;
pub use tokenizer::Tokenizer;

use crate::error::{Code, Error, Result};
use crate::pack;
use seeded::Seed;

/// Bytes of a file. The largest known has 33 million.
const MAX_FILE: usize = 128 << 20;
/// Tokens: what an id in a pack can tell apart, less bytes and some characters.
const MAX_TOKENS: usize = (1 << 20) - 512;
/// Bytes of one token. The longest known has 1,024, in Claude 2.
const MAX_TOKEN: usize = 2048;
/// The squares of the lengths of all tokens, summed: finding the merges of a token takes as many steps.
const MAX_STEPS: u64 = 1 << 28;
/// Bytes of all tokens.
const MAX_TOTAL: usize = 8 << 20;
/// Merges: some files list every way to cut a token in two.
const MAX_MERGES: usize = 4_000_000;
/// Added tokens, special or not.
const MAX_LITERALS: usize = 100_000;
/// Bytes of an added token of a file: each place of a text may be compared with as many. Those that are known have fewer than a hundred.
const MAX_LITERAL: usize = 256;
/// Symbols that runs are looked for of, which takes a look at all tokens each. Of known files Llama 3's may have most, about thirty.
const MAX_RUNS: usize = 64;

/// What a file does not say itself.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// The encoding's name; without one the preset's, or `custom`.
    pub name: Option<String>,
    /// For rank files, which hold nothing but tokens: the family that tells their split and special tokens, out of [`PRESETS`].
    pub preset: Option<String>,
    /// For rank files of no known family: the regular expression that splits texts.
    pub pattern: Option<String>,
    /// Special tokens and their ids, in addition to those of the file or preset.
    pub special_tokens: Vec<(String, u32)>,
}

impl LoadOptions {
    fn name(&self) -> String {
        let name = self.name.as_ref().or(self.preset.as_ref());
        name.map_or_else(|| "custom".to_owned(), String::clone)
    }
}

/// A tokenizer in this crate's own form.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// For [`Encoding::from_pack`](crate::Encoding::from_pack).
    pub pack: Vec<u8>,
    /// For [`Codec::new`](crate::Codec::new).
    pub ids: Vec<u8>,
    /// What the file leaves open, or gets wrong, and how it was taken.
    pub warnings: Vec<String>,
}

/// Turns a tokenizer's file into a pack.
///
/// # Errors
/// [`UnsupportedTokenizer`](Code::UnsupportedTokenizer) for a file or component that this engine cannot do exactly, with its place as
/// the path; [`InvalidValue`](Code::InvalidValue) for a file that is damaged;
/// [`InvalidOption`](Code::InvalidOption) when an option is missing or does not fit the file.
pub fn load(file: &[u8], options: &LoadOptions) -> Result<Loaded> {
    let mut tokenizer = read(file, options)?;
    let warnings = std::mem::take(&mut tokenizer.warnings);
    let ids = pack::write_ids(&tokenizer.ids)?;
    Ok(Loaded {
        pack: pack::write(&tokenizer.contents())?,
        ids,
        warnings,
    })
}

/// Reads a tokenizer's file without packing it, for builders of packs.
///
/// # Errors
/// As [`load`].
pub fn read(file: &[u8], options: &LoadOptions) -> Result<Tokenizer> {
    if file.len() > MAX_FILE {
        return Err(refused(
            "",
            format!("{} bytes, expected at most {MAX_FILE}", file.len()),
        ));
    }
    let file = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
    let seed = Seed::of(file);
    let mut tokenizer = match Kind::of(file)? {
        Kind::Json => {
            says_itself(options, "a JSON file")?;
            let document = serde_json::from_slice(file).map_err(|error| {
                let place = json_place::place(file, error.line(), error.column());
                invalid(place, format!("the file is not as expected: {error}"))
            })?;
            json(document, seed, options)?
        }
        Kind::RankFile => rank_file::read(file, seed, options)?,
        Kind::SentencePiece => {
            says_itself(options, "a SentencePiece model")?;
            sentencepiece::read(file, seed, options)?
        }
    };
    specials::add(&mut tokenizer, seed, options)?;
    Ok(tokenizer)
}

/// Refuses what is for files that do not say how texts are split.
fn says_itself(options: &LoadOptions, kind: &str) -> Result<()> {
    let given = [("preset", &options.preset), ("pattern", &options.pattern)];
    match given.into_iter().find(|(_, given)| given.is_some()) {
        Some((path, _)) => {
            let message = format!("found one for {kind}, expected none");
            Err(Error::new(Code::InvalidOption, path, message).with_hint(
                "leave it out: only rank files (*.tiktoken) do not say how they split texts",
            ))
        }
        None => Ok(()),
    }
}

/// What [`read`] makes of a rank file with these tokens and ranks.
///
/// # Errors
/// As [`load`].
pub fn from_ranks<'a>(
    ranked: impl IntoIterator<Item = (u32, &'a [u8])>,
    options: &LoadOptions,
) -> Result<Tokenizer> {
    let mut tokens = strings::Strings::default();
    let mut ranks = Vec::new();
    for (rank, token) in ranked.into_iter().take(MAX_TOKENS + 1) {
        tokens.push(token);
        ranks.push(rank);
    }
    let preset = preset::of(options)?;
    rank_file::tokenizer(tokens, ranks, preset, Seed::of(&[]), options)
}

fn json(document: document::Document, seed: Seed, options: &LoadOptions) -> Result<Tokenizer> {
    if document.model.is_some() {
        tokenizer_json::read(document, seed, options)
    } else if document.ranks.is_some() && document.config != node::Node::Null {
        tekken::read(document, seed, options)
    } else {
        Err(unsupported(
            "",
            "the object has neither a `model`, as tokenizer.json has, nor `config` and a list `vocab`, as tekken.json has",
        )
        .with_hint("load tokenizer.json itself; vocab.json, merges.txt and tokenizer_config.json do not describe a tokenizer on their own"))
    }
}

enum Kind {
    Json,
    RankFile,
    SentencePiece,
}

impl Kind {
    fn of(file: &[u8]) -> Result<Self> {
        let text = file.trim_ascii_start();
        if text.starts_with(b"{") {
            return Ok(Self::Json);
        }
        if sentencepiece::recognises(file) {
            return Ok(Self::SentencePiece);
        }
        if rank_file::recognises(text) {
            return Ok(Self::RankFile);
        }
        let known: [(&[u8], &str); 6] = [
            (b"GGUF", "a GGUF model"),
            (b"PK\x03\x04", "a zip archive"),
            (b"\x1F\x8B", "gzip data"),
            (b"\x28\xB5\x2F\xFD", "zstd data"),
            (
                b"version https://git-lfs",
                "a Git LFS pointer, not the file itself",
            ),
            (b"[", "a JSON list"),
        ];
        let what = known.iter().find(|(magic, _)| text.starts_with(magic));
        let what = what.map_or("no file that is known", |(_, what)| what);
        Err(unsupported("", format!("found {what}")).with_hint(
            "load a tokenizer.json, tekken.json, SentencePiece .model or tiktoken rank file, uncompressed",
        ))
    }
}

/// The start of a text, for an error.
fn start(text: &str) -> String {
    text.chars().take(64).collect()
}

/// A special token as those who name only its text and id mean it.
fn special(text: &str, id: u32) -> pack::Literal {
    pack::Literal {
        text: text.to_owned(),
        id,
        special: true,
        strip_left: false,
        strip_right: false,
        single_word: false,
        normalized: false,
    }
}

/// A component that this engine does not have.
fn unsupported(path: impl Into<String>, message: impl Into<String>) -> Error {
    Error::new(Code::UnsupportedTokenizer, path, message).with_hint(
        "compare it with the model's original file; if it is the same, this tokenizer is not supported yet",
    )
}

/// A file beyond a cap.
fn refused(path: impl Into<String>, message: impl Into<String>) -> Error {
    unsupported(path, message).with_hint("no known tokenizer is this large")
}

/// A file that does not say what it should.
fn invalid(path: impl Into<String>, message: impl Into<String>) -> Error {
    Error::new(Code::InvalidValue, path, message)
        .with_hint("download the file again, or compare it with the model's original")
}
