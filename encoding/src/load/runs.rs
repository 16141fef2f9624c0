//! Runs of one character that merge from their left end.
//!
//! Gemma ranks `c` repeated 31 times before 30 times, and so on down to twice. So as soon as the first two characters of
//! a run have merged, all others join them one by one: a run becomes the longest token that there is, again and again. No order in
//! which each merge is applied everywhere before the next does that. But when these merges come before all others that `c` takes
//! part in, the tokens act as literals do: leftmost first, then the longest.

use super::MAX_RUNS;
use super::ranked::{NONE, Order, key};
use super::seeded::{Map, Seed};
use super::strings::Strings;

/// Takes the tokens out of `order` that act as literals, if the symbol they repeat is one that `may_act` is true of.
pub(super) fn take(
    order: &mut Order,
    tokens: &Strings,
    may_act: impl Fn(&[u8]) -> bool,
) -> Vec<u32> {
    let mut place = vec![NONE; tokens.len()];
    for (index, &token) in (0_u32..).zip(&order.tokens) {
        place[token as usize] = index;
    }
    let parts = |token: u32| order.parts.get(place[token as usize] as usize).copied();
    let mut taken = Vec::new();
    let mut is_taken = vec![false; tokens.len()];
    let mut seen = Vec::new();
    for &late in &order.late {
        // Down to the first symbol.
        let mut first = late;
        while let Some((left, _)) = parts(first) {
            first = left;
        }
        let pattern = tokens.get(first as usize);
        if seen.contains(&first) || !repeats(tokens.get(late as usize), pattern) {
            continue;
        }
        if seen.len() == MAX_RUNS {
            break;
        }
        seen.push(first);
        let is_run = |token: u32| repeats(tokens.get(token as usize), pattern);
        let runs: Vec<u32> = order
            .tokens
            .iter()
            .copied()
            .filter(|&t| is_run(t))
            .collect();
        if may_act(pattern) && is_literal(order, &runs, first, tokens) {
            for &run in &runs {
                is_taken[run as usize] = true;
            }
            taken.extend(runs);
        }
    }
    if !taken.is_empty() {
        let kept = |token: &u32| !is_taken[*token as usize];
        let all = order.tokens.iter().zip(&order.parts);
        let (tokens, parts) = all.filter(|(token, _)| kept(token)).unzip();
        (order.tokens, order.parts) = (tokens, parts);
        order.late.retain(kept);
    }
    taken
}

/// Whether merging `runs` of `symbol` means to take the longest from the left.
fn is_literal(order: &Order, runs: &[u32], symbol: u32, tokens: &Strings) -> bool {
    let rank = |token: u32| order.ranks[token as usize];
    let unit = tokens.get(symbol as usize).len();
    let mut by_length = runs.to_vec();
    by_length.sort_by_key(|&token| tokens.get(token as usize).len());
    let without_gaps = (2..)
        .zip(&by_length)
        .all(|(times, &token)| tokens.get(token as usize).len() == unit * times);
    let longest_first = by_length
        .windows(2)
        .all(|pair| rank(pair[0]) > rank(pair[1]));
    let Some(&shortest) = by_length.first() else {
        return false;
    };
    let mut others = order.tokens.iter().zip(&order.parts);
    without_gaps
        && longest_first
        && others.all(|(&token, &(left, right))| {
            let uses = |part: u32| left == part || right == part;
            runs.contains(&token)
                || !runs.iter().any(|&run| uses(run))
                    && (!uses(symbol) || rank(token) > rank(shortest))
        })
}

/// Whether `text` is `pattern` at least twice.
fn repeats(text: &[u8], pattern: &[u8]) -> bool {
    !pattern.is_empty()
        && text.len() > pattern.len()
        && text.len().is_multiple_of(pattern.len())
        && text.chunks(pattern.len()).all(|chunk| chunk == pattern)
}

/// The tokens that may come out otherwise than by ranks: a merge that must follow at once on the one that makes its part may
/// find, when all of those are done first, that another of them has taken its other part.
pub(super) fn conflicts(order: &Order, seed: Seed) -> Vec<u32> {
    if order.late.is_empty() {
        return Vec::new();
    }
    let mut place = vec![NONE; order.ranks.len()];
    for (index, &token) in (0_u32..).zip(&order.tokens) {
        place[token as usize] = index;
    }
    let parts = |token: u32| order.parts.get(place[token as usize] as usize).copied();
    // Symbols are there from the start.
    let age = |token: u32| place[token as usize].wrapping_add(1);
    let later = |(left, right): (u32, u32)| match age(left) > age(right) {
        true => (left, right, true),
        false => (right, left, false),
    };
    let mut is_late = vec![false; order.ranks.len()];
    for &token in &order.late {
        is_late[token as usize] = true;
    }
    // By (later part, other part): on which side the other one stands.
    let mut sides: Map<u64, u32> = seed.map(order.late.len());
    let mut with_left = vec![false; order.ranks.len()];
    let mut conflicts = Vec::new();
    for &token in &order.late {
        let Some(own) = parts(token) else { continue };
        let (mut part, other, on_right) = later(own);
        let beside = sides.insert(key(part, other), u32::from(on_right));
        let mut taken = beside.is_some_and(|side| side != u32::from(on_right));
        if !on_right && part != other {
            with_left[part as usize] = true;
        }
        // Down the chain of late tokens, to one that is not.
        while let Some(below) = parts(part) {
            taken |= match on_right {
                true => below.0 == other,
                false => below.1 == other && is_late[part as usize],
            };
            if !is_late[part as usize] {
                break;
            }
            part = later(below).0;
        }
        if taken {
            conflicts.push(token);
        }
    }
    // Two alike, of which the first would have gone with what is on its left before the second was there.
    let doubled = |&&token: &&u32| {
        let own = parts(token);
        own.is_some_and(|(left, right)| left == right && with_left[left as usize])
    };
    conflicts.extend(order.late.iter().filter(doubled));
    conflicts
}
