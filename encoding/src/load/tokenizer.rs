//! A tokenizer as its file describes it, in terms of a pack.

use super::components::META;
use super::ranked::{NONE, Order, Ranked};
use super::seeded::Seed;
use super::{MAX_STEPS, MAX_TOKEN, MAX_TOKENS, MAX_TOTAL, refused, runs, special, unsupported};
use crate::error::Result;
use crate::normal::Normalizer;
use crate::pack::{Contents, Literal, Symbols, Variant};

/// A tokenizer out of a file, before it is packed.
#[derive(Clone, Debug)]
pub struct Tokenizer {
    /// What merges start from.
    pub symbols: Symbols,
    /// Merges as [`Contents`] numbers them, in the order in which they apply.
    pub merges: Vec<(u32, u32)>,
    /// See [`Contents::wholes`].
    pub wholes: Vec<Vec<u8>>,
    /// External ids: of bytes, characters, merges and wholes; `u32::MAX` where there is none.
    pub ids: Vec<u32>,
    /// Name, split, normaliser and literals.
    pub variant: Variant,
    /// What the file leaves open, or gets wrong, and how it was taken.
    pub warnings: Vec<String>,
    /// Tokens older than one of their parts; their merges stand right behind that of the later part.
    pub late: usize,
    /// Those of them that may come out otherwise, in rare texts.
    pub conflicts: Vec<Vec<u8>>,
    /// Tokens that no text gives, except as a literal.
    pub unreachable: Vec<Vec<u8>>,
}

/// Merges that a reader has found, with what it takes to number them.
pub(super) struct Found {
    pub ranked: Ranked,
    pub symbols: Symbols,
    /// By token.
    pub ids: Vec<u32>,
    /// Whether a piece that is a token is that token, merges or not.
    pub whole_pieces: bool,
    /// Whether a text is one piece between literals, so that runs that merge from their left end act as literals.
    pub takes_runs: bool,
}

impl Found {
    /// Orders the merges and numbers everything.
    pub fn tokenizer(
        self,
        seed: Seed,
        mut variant: Variant,
        mut warnings: Vec<String>,
    ) -> Result<Tokenizer> {
        let tokens = &self.ranked.tokens;
        if let Some(long) = tokens.iter().find(|token| token.len() > MAX_TOKEN) {
            return Err(refused(
                "vocab",
                format!(
                    "a token has {} bytes, expected at most {MAX_TOKEN}",
                    long.len()
                ),
            ));
        }
        if tokens.len() > MAX_TOKENS || tokens.total() > MAX_TOTAL {
            return Err(refused(
                "vocab",
                format!(
                    "found {} tokens of {} bytes, expected at most {MAX_TOKENS} of {MAX_TOTAL}",
                    tokens.len(),
                    tokens.total()
                ),
            ));
        }
        let steps: u64 = tokens.iter().map(|token| (token.len() as u64).pow(2)).sum();
        if steps > MAX_STEPS {
            return Err(refused("vocab", "too many long tokens"));
        }
        // Text with such a byte would lose it, or be unknown; some bytes are in no UTF-8 text.
        let lacks = |&byte: &usize| {
            self.ranked.symbols[byte] == NONE && !matches!(byte, 0xC0 | 0xC1 | 0xF5..)
        };
        if let Some(byte) = (0..256).find(lacks) {
            return Err(unsupported(
                "vocab",
                format!("the byte 0x{byte:02X} has no token"),
            ));
        }
        let characters: &[char] = match &self.symbols {
            Symbols::Bytes => &[],
            Symbols::Characters(characters) => characters,
        };
        let mut order = self.ranked.order(seed, |token, symbols| {
            symbols_of(token, &self.symbols, &self.ranked.symbols, symbols)
        });
        let taken = match self.takes_runs {
            true => runs::take(&mut order, tokens, |symbol| acts(&variant, symbol)),
            false => Vec::new(),
        };
        for token in taken {
            let text = String::from_utf8_lossy(tokens.get(token as usize)).into_owned();
            let id = self.ids.get(token as usize).copied().unwrap_or(NONE);
            // Literals are looked for before U+2581 becomes a space, and a run may have both.
            if text.starts_with(' ') && variant.normalizer == Normalizer::None {
                variant.normalizer = Normalizer::Symbols;
            }
            variant.literals.push(Literal {
                special: false,
                normalized: true,
                ..special(&text, id)
            });
        }
        let conflicts = runs::conflicts(&order, seed);
        if !conflicts.is_empty() {
            warnings.push(format!(
                "{} tokens are older than a part of theirs in a way that no order of merges gives back: rare texts may count a little more or less",
                conflicts.len()
            ));
        }
        let first = 256 + characters.len() as u32;
        let merges = number(&order, &self.ranked.symbols, first, tokens.len());
        let id = |&token: &u32| self.ids.get(token as usize).copied().unwrap_or(NONE);
        let mut ids: Vec<u32> = self.ranked.symbols.iter().map(id).collect();
        ids.extend(order.tokens.iter().map(id));
        let mut wholes = Vec::new();
        let mut unreachable = Vec::new();
        for token in &order.unreached {
            let bytes = tokens.get(*token as usize).to_vec();
            if self.whole_pieces && !bytes.is_empty() {
                ids.push(id(token));
                wholes.push(bytes);
            } else {
                unreachable.push(bytes);
            }
        }
        Ok(Tokenizer {
            symbols: self.symbols,
            merges,
            wholes,
            ids,
            variant,
            warnings,
            late: order.late.len(),
            conflicts: conflicts
                .iter()
                .map(|&t| tokens.get(t as usize).to_vec())
                .collect(),
            unreachable,
        })
    }
}

/// Whether runs of `symbol` are found as literals where they would be merged: not behind a space that is put before them later, nor
/// where an added token takes of them what it needs before anything is merged.
fn acts(variant: &Variant, symbol: &[u8]) -> bool {
    let symbol = std::str::from_utf8(symbol).unwrap_or_default();
    let is_written = |text: &str| text.contains(symbol) || symbol == " " && text.contains(META);
    let mut late = variant.literals.iter().filter(|literal| literal.normalized);
    let forms = [Normalizer::Nfc, Normalizer::Nfkc];
    variant.prefix_space.is_none()
        && !forms.contains(&variant.normalizer)
        && !late.any(|other| other.strip_left || other.strip_right || is_written(&other.text))
}

/// Appends the symbols of a token; `false` when one of them has no token of its own.
fn symbols_of(token: &[u8], symbols: &Symbols, ids: &[u32], out: &mut Vec<u32>) -> bool {
    let mut push = |symbol: usize| match ids.get(symbol) {
        Some(&id) if id != NONE => {
            out.push(id);
            true
        }
        _ => false,
    };
    match symbols {
        Symbols::Bytes => token.iter().all(|&byte| push(usize::from(byte))),
        Symbols::Characters(characters) => std::str::from_utf8(token).is_ok_and(|token| {
            token.chars().all(|c| match u8::try_from(c) {
                Ok(byte) if byte.is_ascii() => push(usize::from(byte)),
                _ => characters
                    .binary_search(&c)
                    .is_ok_and(|index| push(256 + index)),
            })
        }),
    }
}

/// Pairs of internal ids.
fn number(order: &Order, symbols: &[u32], first: u32, tokens: usize) -> Vec<(u32, u32)> {
    let mut internal = vec![NONE; tokens];
    let merges = (first..).zip(&order.tokens);
    for (id, &token) in (0_u32..).zip(symbols).chain(merges) {
        if let Some(slot) = internal.get_mut(token as usize) {
            *slot = id;
        }
    }
    let at = |token: u32| internal.get(token as usize).copied().unwrap_or(NONE);
    let parts = order.parts.iter();
    parts.map(|&(left, right)| (at(left), at(right))).collect()
}

impl Tokenizer {
    /// What a pack is written from, with the merges just as they come: a new sweep wherever right ids descend.
    #[must_use]
    pub fn contents(self) -> Contents {
        let mut sweeps: Vec<Vec<(u32, u32)>> = Vec::new();
        let mut previous = u32::MAX;
        for &(left, right) in &self.merges {
            match sweeps.last_mut() {
                Some(sweep) if previous <= right => sweep.push((left, right)),
                _ => sweeps.push(vec![(left, right)]),
            }
            previous = right;
        }
        Contents {
            symbols: self.symbols,
            sweeps,
            wholes: self.wholes,
            variants: vec![self.variant],
        }
    }
}
