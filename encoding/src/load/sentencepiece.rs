//! SentencePiece: its `.model` files, and what it has in common with the `tokenizer.json` made from them.
//!
//! Merges start from characters, spaces are written as U+2581, and what has no piece falls back to bytes. In a pack
//! U+2581 is a space again.

use super::components::META;
use super::protobuf::{Fields, Value};
use super::ranked::{NONE, Ranked};
use super::seeded::Seed;
use super::strings::Strings;
use super::tokenizer::{Found, Tokenizer};
use super::{LoadOptions, MAX_LITERALS, MAX_TOKENS, invalid, refused, special, unsupported};
use crate::error::{Error, Result};
use crate::normal::Normalizer;
use crate::pack::{Literal, PrefixSpace, Symbols, Variant};
use crate::pieces::Pattern;

/// Types of pieces (`sentencepiece_model.proto`).
const NORMAL: u64 = 1;
const UNKNOWN: u64 = 2;
const CONTROL: u64 = 3;
const USER_DEFINED: u64 = 4;
const BYTE: u64 = 6;

/// What a model file holds.
#[derive(Default)]
struct Model {
    pieces: Strings,
    scores: Vec<f32>,
    types: Vec<u64>,
    /// 1 is Unigram, 2 is BPE.
    kind: u64,
    byte_fallback: bool,
    whitespace_suffix: bool,
    charsmap: bool,
    dummy_prefix: bool,
    remove_extra: bool,
    escape: bool,
}

/// Whether this is a message whose first field is a piece.
pub(super) fn recognises(file: &[u8]) -> bool {
    let mut fields = Fields::new(file);
    match fields.next() {
        Ok(Some((1, Value::Bytes(piece)))) => {
            matches!(Fields::new(piece).next(), Ok(Some((1, Value::Bytes(_)))))
        }
        _ => false,
    }
}

pub(super) fn read(file: &[u8], seed: Seed, options: &LoadOptions) -> Result<Tokenizer> {
    let model = Model::parse(file)?;
    model.check()?;
    let mut tokens = Strings::default();
    let mut literals = Vec::new();
    let mut order: Vec<u32> = Vec::new();
    let mut spelled = Vec::new();
    for (id, (piece, &kind)) in (0_u32..).zip(model.pieces.iter().zip(&model.types)) {
        let text = std::str::from_utf8(piece)
            .map_err(|_| invalid(format!("pieces[{id}].piece"), "expected UTF-8"))?;
        spelled.clear();
        match kind {
            NORMAL => {
                spell(text, &mut spelled);
                order.push(id);
            }
            CONTROL | UNKNOWN => literals.push(special(text, id)),
            // Texts have U+2581 where they had spaces, so that a piece with a space matches nothing.
            USER_DEFINED if text.contains(' ') => {}
            USER_DEFINED => literals.push(Literal {
                special: false,
                normalized: true,
                ..special(&text.replace(META, " "), id)
            }),
            BYTE => {}
            other => {
                return Err(unsupported(
                    format!("pieces[{id}].type"),
                    format!("a piece of type {other}"),
                ));
            }
        }
        if literals.len() > MAX_LITERALS {
            return Err(refused(
                "pieces",
                format!("more than {MAX_LITERALS} literals"),
            ));
        }
        tokens.push(&spelled);
    }
    // The highest score is merged first.
    let score = |id: u32| model.scores.get(id as usize).copied().unwrap_or_default();
    order.sort_by(|&a, &b| score(b).total_cmp(&score(a)));
    let mut ranks = vec![NONE; tokens.len()];
    for (rank, &id) in (0_u32..).zip(&order) {
        ranks[id as usize] = rank;
    }
    let mut warnings = Vec::new();
    // Runs of spaces have one score in Llama's and Mistral's; merged in this order they come out the same.
    let is_word = |id: u32| tokens.get(id as usize).iter().any(|&byte| byte != b' ');
    let tied = |pair: &[u32]| matches!(*pair, [a, b] if score(a) == score(b) && is_word(a));
    if order.windows(2).any(tied) {
        warnings.push(
            "some pieces have the same score; the one listed first is merged first".to_owned(),
        );
    }
    let found = Found {
        ranked: Ranked {
            tokens,
            ranks,
            listed: None,
            symbols: vec![NONE; 256],
        },
        symbols: Symbols::Bytes,
        ids: (0..model.types.len() as u32).collect(),
        whole_pieces: false,
        takes_runs: true,
    };
    let found = characters(found, &model.pieces);
    let has_spaces = |literal: &Literal| literal.normalized && literal.text.contains(' ');
    let variant = Variant {
        name: options.name(),
        pattern: Pattern::Whole,
        // A text may have U+2581 where such a piece has a space.
        normalizer: match literals.iter().any(has_spaces) {
            true => Normalizer::Symbols,
            false => Normalizer::None,
        },
        prefix_space: model.dummy_prefix.then_some(PrefixSpace::ONCE),
        literals,
    };
    let mut tokenizer = found.tokenizer(seed, variant, warnings)?;
    tokenizer.variant.pattern = pattern(&tokenizer);
    Ok(tokenizer)
}

impl Model {
    fn parse(file: &[u8]) -> Result<Self> {
        let damaged = |()| damaged();
        let mut model = Self {
            kind: 1,
            dummy_prefix: true,
            remove_extra: true,
            escape: true,
            ..Self::default()
        };
        let mut fields = Fields::new(file);
        while let Some((number, value)) = fields.next().map_err(damaged)? {
            let Value::Bytes(message) = value else {
                continue;
            };
            let mut fields = Fields::new(message);
            if number == 1 {
                let (mut piece, mut score, mut kind) = (&[][..], 0.0, NORMAL);
                while let Some(field) = fields.next().map_err(damaged)? {
                    match field {
                        (1, Value::Bytes(bytes)) => piece = bytes,
                        (2, Value::Float(float)) => score = float,
                        (3, Value::Number(number)) => kind = number,
                        _ => {}
                    }
                }
                if model.types.len() == MAX_TOKENS {
                    return Err(refused("pieces", format!("more than {MAX_TOKENS} pieces")));
                }
                model.pieces.push(piece);
                model.scores.push(score);
                model.types.push(kind);
                continue;
            }
            while let Some(field) = fields.next().map_err(damaged)? {
                match (number, field) {
                    (2, (3, Value::Number(kind))) => model.kind = kind,
                    (2, (24, Value::Number(flag))) => model.whitespace_suffix = flag != 0,
                    (2, (35, Value::Number(flag))) => model.byte_fallback = flag != 0,
                    (3, (2, Value::Bytes(map))) => model.charsmap = !map.is_empty(),
                    (3, (3, Value::Number(flag))) => model.dummy_prefix = flag != 0,
                    (3, (4, Value::Number(flag))) => model.remove_extra = flag != 0,
                    (3, (5, Value::Number(flag))) => model.escape = flag != 0,
                    _ => {}
                }
            }
        }
        Ok(model)
    }

    fn check(&self) -> Result<()> {
        let wrong = [
            (
                self.kind != 2,
                "trainer_spec.model_type",
                "a model that is not BPE",
            ),
            (
                !self.byte_fallback,
                "trainer_spec.byte_fallback",
                "a model that does not fall back to bytes",
            ),
            (
                self.whitespace_suffix,
                "trainer_spec.treat_whitespace_as_suffix",
                "whitespace as a suffix",
            ),
            (
                self.charsmap,
                "normalizer_spec.precompiled_charsmap",
                "a table of normalised characters",
            ),
            (
                self.remove_extra,
                "normalizer_spec.remove_extra_whitespaces",
                "whitespace that is removed",
            ),
            (
                !self.escape,
                "normalizer_spec.escape_whitespaces",
                "spaces that are not replaced by U+2581",
            ),
        ];
        match wrong.iter().find(|(wrong, _, _)| *wrong) {
            Some((_, path, what)) => Err(unsupported(*path, *what)
                .with_hint("SentencePiece models are read when they are BPE, fall back to bytes and normalise nothing; the tokenizer.json of the same model may be read where that is not so")),
            None => Ok(()),
        }
    }
}

fn damaged() -> Error {
    invalid("", "the SentencePiece model is cut off or damaged")
}

/// A piece as a pack has it: U+2581 is a space. A piece with a space in it matches nothing.
pub(super) fn spell(piece: &str, out: &mut Vec<u8>) {
    if piece.contains(' ') {
        return;
    }
    for (index, part) in piece.split(META).enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(part.as_bytes());
    }
}

/// Makes merges start from characters. Each byte needs a token too, named as `<0x0A>` in the vocabulary, unless it is
/// a character with a piece.
pub(super) fn characters(mut found: Found, vocabulary: &Strings) -> Found {
    let mut by_character = Vec::new();
    let ranked = &mut found.ranked;
    for (token, text) in (0_u32..).zip(vocabulary.iter()) {
        if let Some(byte) = named(text) {
            ranked.symbols[usize::from(byte)] = token;
        }
    }
    for (token, text) in (0_u32..).zip(ranked.tokens.iter()) {
        let text = std::str::from_utf8(text).unwrap_or_default();
        let mut chars = text.chars();
        if let (Some(c), None) = (chars.next(), chars.next()) {
            if c.is_ascii() {
                ranked.symbols[c as usize] = token;
            } else {
                by_character.push((c, token));
            }
        }
    }
    by_character.sort_unstable();
    ranked
        .symbols
        .extend(by_character.iter().map(|&(_, token)| token));
    found.symbols = Symbols::Characters(by_character.into_iter().map(|(c, _)| c).collect());
    found
}

/// The byte that a piece names: `<0x0A>`.
fn named(piece: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(piece.get(3..5)?).ok()?;
    let byte = u8::from_str_radix(digits, 16).ok()?;
    (piece == format!("<0x{byte:02X}>").as_bytes()).then_some(byte)
}

/// The finest cut that no merge crosses.
pub(super) fn pattern(tokenizer: &Tokenizer) -> Pattern {
    let mut pattern = Pattern::Words;
    for token in expanded(tokenizer) {
        let word = token.iter().position(|&byte| byte != b' ');
        let word = word.map_or(&[][..], |start| &token[start..]);
        if word.contains(&b' ') {
            if token != b"> </" {
                return Pattern::Whole;
            }
            pattern = Pattern::WordsTag;
        }
    }
    pattern
}

/// Whether some token has a space after another.
pub(super) fn joins_spaces(tokenizer: &Tokenizer) -> bool {
    expanded(tokenizer)
        .iter()
        .any(|token| token.windows(2).any(|pair| pair == b"  "))
}

/// The bytes of every merge.
fn expanded(tokenizer: &Tokenizer) -> Vec<Vec<u8>> {
    let characters: &[char] = match &tokenizer.symbols {
        Symbols::Bytes => &[],
        Symbols::Characters(characters) => characters,
    };
    let first = 256 + characters.len();
    let mut made: Vec<Vec<u8>> = Vec::with_capacity(tokenizer.merges.len());
    for &(left, right) in &tokenizer.merges {
        let mut token = Vec::new();
        for part in [left as usize, right as usize] {
            match part {
                0..256 => token.push(part as u8),
                _ if part < first => {
                    let c = characters[part - 256];
                    token.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                _ => token.extend_from_slice(&made[part - first]),
            }
        }
        made.push(token);
    }
    made
}
