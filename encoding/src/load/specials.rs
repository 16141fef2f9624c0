//! Special tokens that the caller names, beside those of the file.

use super::components::META;
use super::seeded::{Map, Seed};
use super::tokenizer::Tokenizer;
use super::{LoadOptions, MAX_LITERAL, invalid, special, start};
use crate::error::{Code, Error, Result};
use crate::pack::{Literal, Symbols};

/// Adds the special tokens of `options`. An id has one token, and a token one id.
pub(super) fn add(tokenizer: &mut Tokenizer, seed: Seed, options: &LoadOptions) -> Result<()> {
    let own = tokenizer.variant.literals.len();
    let more = options.special_tokens.iter();
    let more = more.map(|(text, id)| special(text, *id));
    tokenizer.variant.literals.extend(more);
    let literals = &tokenizer.variant.literals;
    // By text and by id: the place of a literal.
    let mut by_text: Map<&[u8], u32> = seed.map(literals.len());
    let mut by_id: Map<u64, u32> = seed.map(literals.len());
    for (at, literal) in literals.iter().enumerate() {
        let Literal { text, id, .. } = literal;
        let place = at as u32;
        let start = start(text);
        let refused = |message: String| {
            if at < own {
                return invalid(format!("added_tokens[{at}].content"), message);
            }
            let path = format!("specialTokens[{start:?}]");
            Error::new(Code::InvalidOption, path, message)
                .with_hint("give each special token the id that the model's own files give it")
        };
        let length = text.len();
        if !(1..=MAX_LITERAL).contains(&length) {
            return Err(refused(format!(
                "found {start:?} of {length} bytes, expected 1 to {MAX_LITERAL}"
            )));
        }
        if at >= own {
            let known = by_text
                .get(text.as_bytes())
                .map(|&known| literals[known as usize].id);
            if let Some(known) = known.filter(|known| known != id) {
                return Err(refused(format!("found {id}, but its id is {known}")));
            }
            let taken = by_id.get(&u64::from(*id));
            let taken = taken.map(|&taken| literals[taken as usize].text.clone());
            if let Some(other) = taken.or_else(|| vocabulary(tokenizer, *id))
                && other != *text
                && other != text.replace(META, " ")
            {
                return Err(refused(format!(
                    "found {id}, which is the id of {other:?}, expected one that no token has"
                )));
            }
        }
        by_text.insert(text.as_bytes(), place);
        by_id.insert(u64::from(*id), place);
    }
    Ok(())
}

/// The token of the vocabulary with this id.
fn vocabulary(tokenizer: &Tokenizer, id: u32) -> Option<String> {
    let characters: &[char] = match &tokenizer.symbols {
        Symbols::Bytes => &[],
        Symbols::Characters(characters) => characters,
    };
    let number = tokenizer.ids.iter().position(|known| *known == id)?;
    let mut bytes = Vec::new();
    let mut open = vec![number];
    while let Some(number) = open.pop() {
        if let Ok(byte) = u8::try_from(number) {
            bytes.push(byte);
        } else if let Some(character) = characters.get(number - 256) {
            bytes.extend(character.encode_utf8(&mut [0; 4]).as_bytes());
        } else if let Some((left, right)) = tokenizer.merges.get(number - 256 - characters.len()) {
            open.extend([*right as usize, *left as usize]);
        } else {
            let first = 256 + characters.len() + tokenizer.merges.len();
            bytes.extend(tokenizer.wholes.get(number - first).into_iter().flatten());
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
