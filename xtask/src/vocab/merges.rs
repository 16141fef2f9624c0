//! From a list of tokens to the merges that make them.

use std::collections::HashMap;

use anyhow::{Result, ensure};

/// A merge in terms of original ranks: `left` and `right`, adjacent, become `token`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merge {
    /// Rank of the left part.
    pub left: u32,
    /// Rank of the right part.
    pub right: u32,
    /// Rank of the result.
    pub token: u32,
}

/// The merges of a vocabulary in rank order, and its single bytes.
pub struct Ranked {
    /// Rank of each byte's own token.
    pub bytes: [u32; 256],
    /// Every longer token, by rank.
    pub merges: Vec<Merge>,
    /// Number of tokens.
    pub size: usize,
}

/// Splits every token in the two parts that its last merge joins.
///
/// Fails when the vocabulary is not closed under this, because then merges alone do not describe it.
pub fn from_tokens(tokens: &[Vec<u8>]) -> Result<Ranked> {
    let ranks: HashMap<&[u8], u32> = tokens
        .iter()
        .zip(0_u32..)
        .map(|(t, r)| (t.as_slice(), r))
        .collect();
    ensure!(
        ranks.len() == tokens.len(),
        "two tokens have the same bytes"
    );
    let mut bytes = [0_u32; 256];
    for byte in 0..=255_u8 {
        let rank = ranks.get([byte].as_slice()).copied();
        ensure!(rank.is_some(), "byte {byte} has no token");
        bytes[usize::from(byte)] = rank.unwrap_or_default();
    }
    let mut merges = Vec::with_capacity(tokens.len() - 256);
    for (token, rank) in tokens.iter().zip(0_u32..) {
        if token.len() == 1 {
            continue;
        }
        let parts = encode_below(token, rank, &ranks);
        ensure!(
            parts.len() == 2,
            "token {rank} is made of {} older tokens, not of two",
            parts.len()
        );
        merges.push(Merge {
            left: ranks[parts[0]],
            right: ranks[parts[1]],
            token: rank,
        });
    }
    Ok(Ranked {
        bytes,
        merges,
        size: tokens.len(),
    })
}

/// Byte pair encoding by rank, with only the tokens older than `limit`.
fn encode_below<'t>(token: &'t [u8], limit: u32, ranks: &HashMap<&[u8], u32>) -> Vec<&'t [u8]> {
    let mut ends: Vec<usize> = (0..=token.len()).collect();
    loop {
        let best = ends
            .windows(3)
            .enumerate()
            .filter_map(|(i, w)| {
                let rank = *ranks.get(&token[w[0]..w[2]])?;
                (rank < limit).then_some((rank, i))
            })
            .min();
        match best {
            Some((_, i)) => ends.remove(i + 1),
            None => return ends.windows(2).map(|w| &token[w[0]..w[1]]).collect(),
        };
    }
}
