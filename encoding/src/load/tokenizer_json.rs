//! `tokenizer.json` of Hugging Face, versions 1.0 and 2.0, with a model of byte pairs.
//!
//! Ranks come from the merges, never from the vocabulary: a vocabulary may list tokens that no merge makes.

use super::components::{Pipeline, Prefix};
use super::document::{Document, Merges, Model, Vocab};
use super::node::Node;
use super::ranked::{Listed, NONE, Ranked};
use super::seeded::{Map, Seed};
use super::sentencepiece;
use super::strings::Strings;
use super::tokenizer::{Found, Tokenizer};
use super::{LoadOptions, invalid, unsupported};
use super::{added, byte_level};
use crate::error::{Error, Result};
use crate::pack::{PrefixSpace, StartsWith, Symbols, Variant};
use crate::pieces::Pattern;

const OTHER_MODELS: &str = "Unigram (T5, XLM-R) and WordPiece (BERT) models are not supported, nor marked tokens and random merges";

pub(super) fn read(document: Document, seed: Seed, options: &LoadOptions) -> Result<Tokenizer> {
    let model = document.model.unwrap_or_default();
    let is_new = match &document.version {
        Node::Null => false,
        version => match version.text() {
            Some("1.0") => false,
            Some("2.0") => true,
            _ => {
                let message = format!("found {}, expected \"1.0\" or \"2.0\"", version.shown());
                return Err(unsupported("version", message).with_hint(
                    "save the tokenizer with a version of Hugging Face's tokenizers that writes 1.0 or 2.0",
                ));
            }
        },
    };
    // As Hugging Face's tokenizers does. Version 2.0 is not final.
    if let Some(key) = document.unknown.filter(|_| !is_new) {
        return Err(unsupported(key, "no tokenizer.json has such a field"));
    }
    check(&model)?;
    let is_set = |name: &str| model.settings.flag("model", name, Some(false));
    let pipeline = Pipeline::read(
        &document.normalizer,
        &document.pre_tokenizer,
        is_set("byte_level")?,
    )?;
    let byte_fallback = is_set("byte_fallback")?;
    let Some(vocab) = &model.vocab else {
        return Err(invalid(
            "model.vocab",
            "expected an object of tokens and ids",
        ));
    };
    let Some(merges) = &model.merges else {
        return Err(invalid("model.merges", "expected a list of merges"));
    };
    let whole_pieces = is_set("ignore_merges")?;
    let mut warnings = Vec::new();
    let (found, pattern) = if pipeline.byte_level {
        if pipeline.meta || !matches!(pipeline.prefix, None | Some(Prefix::ByteLevel)) {
            return Err(unsupported(
                "normalizer",
                "a byte-level model with a Metaspace",
            ));
        }
        let pattern = pipeline.pattern()?;
        let mut spelled = Vec::new();
        let found = found(vocab, merges, seed, &mut |token, out| {
            spelled.clear();
            if byte_level::decode(token, &mut spelled) {
                out.extend_from_slice(&spelled);
            }
        })?;
        let found = bytes(found, whole_pieces);
        if pattern == Pattern::Llama3 && vocab.ids.len() == 131_072 {
            warnings.push(
                "the split pattern is Llama 3's, but a vocabulary of 131,072 tokens is Mistral's, some of whose files carry this pattern by mistake: prefer tekken.json".to_owned(),
            );
        }
        (found, pattern)
    } else if byte_fallback {
        if let Some(path) = pipeline.first_rule() {
            return Err(unsupported(
                path,
                "a cut other than at spaces, without ByteLevel",
            ));
        }
        if !pipeline.meta {
            return Err(unsupported(
                "normalizer",
                "a model with byte_fallback whose spaces are not replaced by U+2581",
            ));
        }
        let found = found(vocab, merges, seed, &mut sentencepiece::spell)?;
        let found = sentencepiece::characters(found, &vocab.tokens);
        let found = Found {
            whole_pieces,
            takes_runs: !whole_pieces && pipeline.cuts_at_meta.is_none(),
            ..found
        };
        (found, Pattern::Whole)
    } else {
        return Err(unsupported(
            "model.byte_fallback",
            "a model of byte pairs that is neither byte-level nor falls back to bytes",
        )
        .with_hint(
            "unknown characters become one unknown token there, which this engine does not do",
        ));
    };
    let (normalizer, literals) =
        added::read(document.added_tokens, &pipeline, whole_pieces, is_new, seed)?;
    let variant = Variant {
        name: options.name(),
        pattern,
        normalizer,
        prefix_space: pipeline.prefix.map(prefix_space),
        literals,
    };
    let mut tokenizer = found
        .tokenizer(seed, variant, warnings)
        .map_err(|error| Error {
            path: format!("model.{}", error.path),
            ..error
        })?;
    if !pipeline.byte_level && !whole_pieces {
        tokenizer.variant.pattern = sentencepiece::pattern(&tokenizer);
    }
    if let Some(path) = &pipeline.cuts_at_meta
        && (tokenizer.variant.pattern != Pattern::Words || sentencepiece::joins_spaces(&tokenizer))
    {
        return Err(unsupported(
            path,
            "a cut at every U+2581, with tokens that span one",
        ));
    }
    Ok(tokenizer)
}

/// Refuses the models and settings that this engine does not have.
fn check(model: &Model) -> Result<()> {
    let refuse = |name: &str, expected: &str| {
        let error = model.settings.unexpected("model", name, expected);
        Err(unsupported(error.path, error.message).with_hint(OTHER_MODELS))
    };
    match model.settings.get("type") {
        Node::Text(kind) if kind == "BPE" => {}
        // Old files leave it out.
        Node::Null if model.merges.is_some() => {}
        _ => return refuse("type", "\"BPE\""),
    }
    // Tokens that are marked so, and merges that are left out at random.
    for (name, harmless) in [
        ("continuing_subword_prefix", Node::Text(String::new())),
        ("end_of_word_suffix", Node::Text(String::new())),
        ("dropout", Node::Number(0.0)),
    ] {
        if ![&Node::Null, &harmless].contains(&model.settings.get(name)) {
            return refuse(name, "null");
        }
    }
    Ok(())
}

/// Vocabulary and merges, with tokens as `spell` writes them: nothing for a token that no text can spell.
fn found(
    vocab: &Vocab,
    merges: &Merges,
    seed: Seed,
    spell: &mut impl FnMut(&str, &mut Vec<u8>),
) -> Result<Found> {
    let mut index: Map<&[u8], u32> = seed.map(vocab.ids.len());
    for (token, text) in (0_u32..).zip(vocab.tokens.iter()) {
        if index.insert(text, token).is_some() {
            return Err(invalid(
                "model.vocab",
                format!(
                    "the token {:?} is there twice",
                    String::from_utf8_lossy(text)
                ),
            ));
        }
    }
    let mut spelled = Vec::new();
    let mut spell = |text: &[u8]| {
        spelled.clear();
        if let Ok(text) = std::str::from_utf8(text) {
            spell(text, &mut spelled);
        }
        std::mem::take(&mut spelled)
    };
    let mut listed = Listed {
        results: Vec::with_capacity(merges.lefts.len()),
        lefts: Vec::with_capacity(merges.lefts.len()),
    };
    for (rank, (joined, &left)) in merges.joined.iter().zip(&merges.lefts).enumerate() {
        let Some(&result) = index.get(joined) else {
            return Err(invalid(
                format!("model.merges[{rank}]"),
                format!(
                    "{:?} is not in the vocabulary",
                    String::from_utf8_lossy(joined)
                ),
            ));
        };
        listed.results.push(result);
        let left = spell(joined.get(..usize::from(left)).unwrap_or_default());
        // Longer ones are refused with their token.
        listed
            .lefts
            .push(u16::try_from(left.len()).unwrap_or(u16::MAX));
    }
    let mut tokens = Strings::default();
    for text in vocab.tokens.iter() {
        tokens.push(&spell(text));
    }
    Ok(Found {
        ranked: Ranked {
            ranks: vec![NONE; tokens.len()],
            tokens,
            listed: Some(listed),
            symbols: vec![NONE; 256],
        },
        symbols: Symbols::Bytes,
        ids: vocab.ids.clone(),
        whole_pieces: false,
        takes_runs: false,
    })
}

/// Merges start from bytes.
fn bytes(mut found: Found, whole_pieces: bool) -> Found {
    found.whole_pieces = whole_pieces;
    let Ranked {
        tokens, symbols, ..
    } = &mut found.ranked;
    for (token, bytes) in (0_u32..).zip(tokens.iter()) {
        if let [byte] = bytes {
            symbols[usize::from(*byte)] = token;
        }
    }
    found
}

fn prefix_space(prefix: Prefix) -> PrefixSpace {
    match prefix {
        Prefix::Normalizer => PrefixSpace {
            each: true,
            unless: StartsWith::Nothing,
        },
        Prefix::Metaspace { each } => PrefixSpace {
            each,
            unless: StartsWith::SpaceOrSymbol,
        },
        Prefix::ByteLevel => PrefixSpace {
            each: true,
            unless: StartsWith::Space,
        },
    }
}
