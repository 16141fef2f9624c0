//! Rank files of tiktoken: per line a token in base64, a space and its rank, which is also its id.

use super::base64;
use super::preset::{self, Preset};
use super::ranked::{NONE, Ranked};
use super::seeded::{Map, Seed};
use super::strings::Strings;
use super::tokenizer::{Found, Tokenizer};
use super::{LoadOptions, MAX_TOKENS, invalid, refused};
use crate::error::{Code, Error, Result};
use crate::pack::{Symbols, Variant};

/// Whether the first line is that of a rank file.
pub(super) fn recognises(file: &[u8]) -> bool {
    let line = file.split(|&byte| byte == b'\n').next().unwrap_or_default();
    entry(line.trim_ascii(), &mut Vec::new()).is_some()
}

pub(super) fn read(file: &[u8], seed: Seed, options: &LoadOptions) -> Result<Tokenizer> {
    let preset = preset::of(options)?;
    let mut tokens = Strings::default();
    let mut ranks = Vec::new();
    let mut bytes = Vec::new();
    for (number, line) in (1_u32..).zip(file.split(|&byte| byte == b'\n')) {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        bytes.clear();
        let Some(rank) = entry(line, &mut bytes) else {
            return Err(invalid(
                format!("line {number}"),
                "expected base64, a space and a rank",
            ));
        };
        if ranks.len() == MAX_TOKENS {
            return Err(refused("", format!("more than {MAX_TOKENS} tokens")));
        }
        tokens.push(&bytes);
        ranks.push(rank);
    }
    tokenizer(tokens, ranks, preset, seed, options)
}

/// The tokenizer of tokens with their ranks.
pub(super) fn tokenizer(
    tokens: Strings,
    ranks: Vec<u32>,
    preset: Preset,
    seed: Seed,
    options: &LoadOptions,
) -> Result<Tokenizer> {
    let known = sorted(&ranks);
    let mut special = preset.special_tokens.iter();
    if let Some(clash) = special.find(|special| known.binary_search(&special.id).is_ok()) {
        let message = format!(
            "found {:?}, in which the special token {:?} has the id {}, which is a rank of the file",
            options.preset.as_deref().unwrap_or_default(),
            clash.text,
            clash.id
        );
        return Err(Error::new(Code::InvalidOption, "preset", message)
            .with_hint("the file belongs to another model: give its preset, or its pattern and specialTokens"));
    }
    let mut warnings = Vec::new();
    if let Some(expected) = preset.tokens
        && expected as usize != ranks.len()
    {
        warnings.push(format!(
            "the file has {} tokens where the preset {:?} has {expected}: it may belong to another model",
            ranks.len(),
            options.preset.as_deref().unwrap_or_default()
        ));
    }
    let variant = Variant {
        name: options.name(),
        pattern: preset.pattern,
        normalizer: preset.normalizer,
        prefix_space: None,
        literals: preset.special_tokens,
    };
    found(tokens, ranks.clone(), ranks, seed)?.tokenizer(seed, variant, warnings)
}

/// The vocabulary of tokens with ranks, as tiktoken takes it: a piece that is a token is that token.
pub(super) fn found(tokens: Strings, ranks: Vec<u32>, ids: Vec<u32>, seed: Seed) -> Result<Found> {
    let known = sorted(&ranks);
    if known.windows(2).any(|pair| pair[0] == pair[1]) || known.last() == Some(&NONE) {
        return Err(invalid("vocab", "two tokens have the same rank"));
    }
    let mut symbols = vec![NONE; 256];
    let mut texts: Map<&[u8], u32> = seed.map(tokens.len());
    for (index, token) in (0_u32..).zip(tokens.iter()) {
        if texts.insert(token, index).is_some() {
            return Err(invalid(
                "vocab",
                format!("the token of rank {} is there twice", ranks[index as usize]),
            ));
        }
        if let [byte] = token {
            symbols[usize::from(*byte)] = index;
        }
    }
    drop(texts);
    Ok(Found {
        ranked: Ranked {
            tokens,
            ranks,
            listed: None,
            symbols,
        },
        symbols: Symbols::Bytes,
        ids,
        whole_pieces: true,
        takes_runs: false,
    })
}

fn sorted(ranks: &[u32]) -> Vec<u32> {
    let mut sorted = ranks.to_vec();
    sorted.sort_unstable();
    sorted
}

/// The rank of a line, whose token is appended to `bytes`.
fn entry(line: &[u8], bytes: &mut Vec<u8>) -> Option<u32> {
    let space = line.iter().position(|&byte| byte == b' ')?;
    let (token, rank) = line.split_at(space);
    let rank = std::str::from_utf8(&rank[1..]).ok()?;
    let known = !token.is_empty() && base64::decode(token, bytes);
    known.then(|| rank.trim().parse().ok()).flatten()
}
