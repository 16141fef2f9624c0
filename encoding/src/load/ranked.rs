//! From ranked tokens to the merges that make them.
//!
//! Byte pair encoding joins, as long as it can, the adjacent pair with the lowest rank. Inside a token it does the same as
//! in any text around the token, so the last merge of a token, and with it its two parts, is always the same. Merging a
//! token's own symbols finds it. Only shorter tokens take part in that, so tokens are treated by
//! ascending length, and a table of the pairs found so far replaces a search for substrings.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::seeded::{Map, Seed};
use super::strings::Strings;

/// No token, no rank, no id.
pub(super) const NONE: u32 = u32::MAX;

/// Tokens as a file lists them.
pub(super) struct Ranked {
    /// What each stands for.
    pub tokens: Strings,
    /// The merge that makes each may be known only by its result: then this is its rank, else [`NONE`].
    pub ranks: Vec<u32>,
    /// Or merges are listed with both parts.
    pub listed: Option<Listed>,
    /// The token of every symbol that merges start from; [`NONE`] for a symbol without one.
    pub symbols: Vec<u32>,
}

/// Merges that name both parts.
pub(super) struct Listed {
    /// By rank: the token that the merge makes.
    pub results: Vec<u32>,
    /// By rank: the bytes of its left part.
    pub lefts: Vec<u16>,
}

/// Merges in the order in which they apply.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Order {
    /// The token that each makes.
    pub tokens: Vec<u32>,
    /// Its parts, as tokens.
    pub parts: Vec<(u32, u32)>,
    /// Tokens that no merges make, and that are no symbols.
    pub unreached: Vec<u32>,
    /// Those of `tokens` that are older than one of their parts.
    pub late: Vec<u32>,
    /// By token.
    pub ranks: Vec<u32>,
}

impl Ranked {
    /// The merges. `symbols_of` appends the symbols of a token, or gives `false` when it is not made of symbols.
    pub fn order(
        &self,
        seed: Seed,
        mut symbols_of: impl FnMut(&[u8], &mut Vec<u32>) -> bool,
    ) -> Order {
        let size = self.tokens.len();
        let by_result = self.listed.as_ref().map(|listed| Chains::new(listed, size));
        let mut lengths: Vec<u32> = (0..size as u32).collect();
        lengths.sort_by_key(|&token| self.tokens.get(token as usize).len());

        let mut is_symbol = vec![false; size];
        for &token in &self.symbols {
            if let Some(flag) = is_symbol.get_mut(token as usize) {
                *flag = true;
            }
        }
        let mut pairs: Map<u64, u32> = seed.map(size);
        let mut parts_of = vec![(NONE, NONE); size];
        let mut ranks = vec![NONE; size];
        let mut unreached = Vec::new();
        let mut parts = Vec::new();
        for &token in &lengths {
            if is_symbol[token as usize] {
                continue;
            }
            let bytes = self.tokens.get(token as usize);
            parts.clear();
            let mut rank = None;
            let known = self.ranks[token as usize] != NONE || by_result.is_some();
            if known && symbols_of(bytes, &mut parts) {
                merge(&mut parts, |left, right| {
                    let token = *pairs.get(&key(left, right))?;
                    Some((ranks[token as usize], token))
                });
                if let [left, right] = parts[..] {
                    rank = match (&by_result, &self.listed) {
                        (Some(chains), Some(listed)) => {
                            chains.rank(listed, token, self.tokens.get(left as usize).len())
                        }
                        _ => Some(self.ranks[token as usize]),
                    }
                    .map(|rank| (rank, left, right));
                }
            }
            match rank {
                Some((rank, left, right)) => {
                    pairs.insert(key(left, right), token);
                    parts_of[token as usize] = (left, right);
                    ranks[token as usize] = rank;
                }
                None => unreached.push(token),
            }
        }
        unreached.sort_unstable();
        arrange(&parts_of, ranks, unreached)
    }
}

/// Listed merges by the token that they make: a list may name every way to cut a token in two.
struct Chains {
    /// By token: a merge, or [`NONE`].
    heads: Vec<u32>,
    /// By merge: the next of the same token.
    next: Vec<u32>,
}

impl Chains {
    fn new(listed: &Listed, size: usize) -> Self {
        let mut chains = Self {
            heads: vec![NONE; size],
            next: vec![NONE; listed.results.len()],
        };
        // From the last on, so that a chain starts with its lowest rank.
        for (merge, &token) in listed.results.iter().enumerate().rev() {
            if let Some(head) = chains.heads.get_mut(token as usize) {
                chains.next[merge] = std::mem::replace(head, merge as u32);
            }
        }
        chains
    }

    /// The rank of the merge that makes `token` out of a left part of `left` bytes; the last, when it is listed again.
    fn rank(&self, listed: &Listed, token: u32, left: usize) -> Option<u32> {
        let mut rank = None;
        let mut merge = self.heads[token as usize];
        while merge != NONE {
            if usize::from(listed.lefts[merge as usize]) == left {
                rank = Some(merge);
            }
            merge = self.next[merge as usize];
        }
        rank
    }
}

/// A pair as a key of a map.
pub(super) fn key(left: u32, right: u32) -> u64 {
    u64::from(left) << 32 | u64::from(right)
}

/// Joins the pair of the lowest rank, the leftmost of equals, until there is none. Quadratic in the length, which is capped.
pub(super) fn merge(parts: &mut Vec<u32>, lookup: impl Fn(u32, u32) -> Option<(u32, u32)>) {
    let at = |parts: &[u32], index: usize| match parts.get(index..index + 2) {
        Some(&[left, right]) => lookup(left, right),
        _ => None,
    };
    let mut found: Vec<Option<(u32, u32)>> = (0..parts.len()).map(|i| at(parts, i)).collect();
    loop {
        let best = found
            .iter()
            .enumerate()
            .filter_map(|(i, found)| found.map(|(rank, token)| (rank, i, token)))
            .min();
        let Some((_, i, token)) = best else { return };
        parts[i] = token;
        parts.remove(i + 1);
        found.remove(i + 1);
        found[i] = at(parts, i);
        if let Some(before) = i.checked_sub(1) {
            found[before] = at(parts, before);
        }
    }
}

/// By rank, but no token before its parts: one that is older than a part can only be made, and then at once is made, when
/// its later part is there.
fn arrange(parts_of: &[(u32, u32)], ranks: Vec<u32>, unreached: Vec<u32>) -> Order {
    let made = |token: u32| parts_of[token as usize].0 != NONE;
    // The tokens that have one token as a part, as a linked list: two entries per token.
    let mut heads = vec![NONE; parts_of.len()];
    let mut next = vec![NONE; parts_of.len() * 2];
    let mut missing = vec![0_u8; parts_of.len()];
    let mut ready = BinaryHeap::new();
    for (token, &(left, right)) in (0_u32..).zip(parts_of) {
        if left == NONE {
            continue;
        }
        for (side, part) in [(0, left), (1, right)] {
            if made(part) {
                missing[token as usize] += 1;
                let entry = token * 2 + side;
                next[entry as usize] = std::mem::replace(&mut heads[part as usize], entry);
            }
        }
        if missing[token as usize] == 0 {
            ready.push(Reverse((ranks[token as usize], token)));
        }
    }
    let mut order = Order {
        unreached,
        ..Order::default()
    };
    let mut newest = 0;
    while let Some(Reverse((rank, token))) = ready.pop() {
        if rank < newest {
            order.late.push(token);
        }
        newest = newest.max(rank);
        order.tokens.push(token);
        order.parts.push(parts_of[token as usize]);
        let mut entry = heads[token as usize];
        while entry != NONE {
            let user = entry / 2;
            missing[user as usize] -= 1;
            if missing[user as usize] == 0 {
                ready.push(Reverse((ranks[user as usize], user)));
            }
            entry = next[entry as usize];
        }
    }
    order.ranks = ranks;
    order
}
