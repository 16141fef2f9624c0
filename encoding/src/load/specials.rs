//! Special tokens that the caller names, beside those of the file.

use std::collections::HashMap;

use super::components::META;
use super::tokenizer::Tokenizer;
use super::{LoadOptions, invalid, special};
use crate::error::{Code, Error, Result};
use crate::pack::{Literal, Symbols};

/// Adds the special tokens of `options`. An id has one token, and a token one id.
pub(super) fn add(tokenizer: &mut Tokenizer, options: &LoadOptions) -> Result<()> {
    let literals = &tokenizer.variant.literals;
    if let Some(empty) = literals.iter().find(|literal| literal.text.is_empty()) {
        return Err(invalid(
            "",
            format!("the added token with id {} is empty", empty.id),
        ));
    }
    if options.special_tokens.is_empty() {
        return Ok(());
    }
    let own = literals
        .iter()
        .map(|Literal { text, id, .. }| (text.clone(), *id));
    let mut by_text: HashMap<String, u32> = own.collect();
    let mut by_id: HashMap<u32, String> = by_text.iter().map(|(t, id)| (*id, t.clone())).collect();
    for (text, id) in &options.special_tokens {
        let refused = |message: String| {
            let path = format!("specialTokens[{text:?}]");
            Error::new(Code::InvalidOption, path, message)
                .with_hint("give each special token the id that the model's own files give it")
        };
        if text.is_empty() {
            return Err(refused("found an empty text, expected a token".to_owned()));
        }
        if let Some(known) = by_text.get(text).filter(|known| *known != id) {
            return Err(refused(format!("found {id}, but its id is {known}")));
        }
        let taken = by_id.get(id).cloned();
        if let Some(other) = taken.or_else(|| vocabulary(tokenizer, *id))
            && other != *text
            && other != text.replace(META, " ")
        {
            return Err(refused(format!(
                "found {id}, which is the id of {other:?}, expected one that no token has"
            )));
        }
        by_text.insert(text.clone(), *id);
        by_id.insert(*id, text.clone());
    }
    let more = options.special_tokens.iter();
    let more = more.map(|(text, id)| special(text, *id));
    tokenizer.variant.literals.extend(more);
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
