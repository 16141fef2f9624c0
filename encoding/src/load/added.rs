//! Added tokens of a `tokenizer.json`, and the normaliser with which they are found where Hugging Face finds them.

use super::components::Pipeline;
use super::document::AddedToken;
use super::seeded::{Map, Seed};
use super::{MAX_LITERAL, invalid, start, unsupported};
use crate::error::Result;
use crate::normal::Normalizer;
use crate::pack::Literal;

/// Turns `tokens` into literals.
pub(super) fn read(
    tokens: Vec<AddedToken>,
    pipeline: &Pipeline,
    whole_pieces: bool,
    is_new: bool,
    seed: Seed,
) -> Result<(Normalizer, Vec<Literal>)> {
    let mut normalizer = pipeline.normalizer.unwrap_or(Normalizer::None);
    // A whole piece has spaces, where a text may have U+2581 as well.
    if whole_pieces && !pipeline.byte_level {
        if normalizer != Normalizer::None {
            return Err(unsupported(
                "model.ignore_merges",
                "whole pieces with spaces after a normal form",
            ));
        }
        normalizer = Normalizer::Symbols;
    }
    let mut literals = Vec::new();
    // Of those with the same content Hugging Face has the last.
    let mut last: Map<Box<str>, usize> = seed.map(tokens.len());
    for (at, token) in tokens.iter().enumerate() {
        if !token.special {
            last.insert(token.content.as_str().into(), at);
        }
    }
    for (at, token) in tokens.into_iter().enumerate() {
        let is_replaced = !token.special && last.get(&*token.content) != Some(&at);
        // Nor does it look for an empty one.
        if is_replaced || token.content.is_empty() {
            continue;
        }
        // Here, where its place in the file is known.
        let length = token.content.len();
        if length > MAX_LITERAL {
            return Err(invalid(
                format!("added_tokens[{at}].content"),
                format!(
                    "found {:?} of {length} bytes, expected 1 to {MAX_LITERAL}",
                    start(&token.content)
                ),
            ));
        }
        if token.normalized && pipeline.spells_bytes.is_some() && token.minds_what_is_beside() {
            return Err(unsupported(
                format!("added_tokens[{at}].normalized"),
                "a token that minds the text beside it, after the normaliser ByteLevel",
            ));
        }
        if token.normalized && !pipeline.normalizes_alike(is_new) {
            return Err(unsupported(
                format!("added_tokens[{at}].normalized"),
                format!("found true for {:?}, expected false", start(&token.content)),
            ));
        }
        let strips = token.lstrip || token.rstrip;
        let tells_apart =
            strips || !pipeline.normalizes_spaces && token.content.contains([' ', '\u{2581}']);
        if token.normalized && whole_pieces && !pipeline.byte_level && tells_apart {
            return Err(unsupported(
                format!("added_tokens[{at}].normalized"),
                "a token that tells spaces from U+2581, beside whole pieces with spaces",
            ));
        }
        if token.normalized && pipeline.normalizes_spaces {
            // What takes whitespace along must not see spaces; all else finds them sooner than their symbol.
            normalizer = match strips || normalizer == Normalizer::Spaces {
                true => Normalizer::Spaces,
                false => Normalizer::Symbols,
            };
        }
        literals.push(literal(token));
    }
    Ok((normalizer, literals))
}

impl AddedToken {
    /// Whether more than its content decides what it takes.
    fn minds_what_is_beside(&self) -> bool {
        self.single_word || self.lstrip || self.rstrip
    }
}

fn literal(token: AddedToken) -> Literal {
    Literal {
        text: token.content,
        id: token.id,
        special: token.special,
        strip_left: token.lstrip,
        strip_right: token.rstrip,
        single_word: token.single_word,
        normalized: token.normalized,
    }
}
