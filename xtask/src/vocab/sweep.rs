//! Orders merges in ascending sweeps, which compress to little more than half of rank order.
//!
//! Counting needs the order of merges only up to swaps that change no result. Two merges `(a, b)` and
//! `(c, d)` can want the same token, or feed each other, only if `b = c`, `d = a` or one's token is a part of
//! the other (`a = c` cannot collide: a token has one right neighbour). Every order that keeps such
//! pairs in rank order tokenizes every text alike. Out of those orders this takes the one that walks
//! upwards through (right, left) again and again, emitting each merge that nothing older holds back.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use anyhow::{Result, ensure};

use super::merges::Ranked;

/// Merges in emission order. The id of a byte is the byte; the id of merge `i` is `256 + i`.
pub struct Ordered {
    /// `(left id, right id)`, by sweep.
    pub sweeps: Vec<Vec<(u32, u32)>>,
}

/// The merges by index in rank order that have one token in one place, and how many of the oldest are out.
#[derive(Default)]
struct Places {
    merges: Vec<usize>,
    out: usize,
}

/// Sweeps over the merges of `ranked` until all are out.
pub fn order(ranked: &Ranked) -> Result<Ordered> {
    let mut as_left: Vec<Places> = (0..ranked.size).map(|_| Places::default()).collect();
    let mut as_right: Vec<Places> = (0..ranked.size).map(|_| Places::default()).collect();
    // How many merges with our left token on the right (and our right token on the left) are older.
    let mut before = Vec::with_capacity(ranked.merges.len());
    for (i, m) in ranked.merges.iter().enumerate() {
        before.push((
            as_right[m.left as usize].merges.len(),
            as_left[m.right as usize].merges.len(),
        ));
        as_left[m.left as usize].merges.push(i);
        as_right[m.right as usize].merges.push(i);
    }

    let mut ids = vec![None; ranked.size];
    for (byte, &rank) in (0_u32..).zip(&ranked.bytes) {
        ids[rank as usize] = Some(byte);
    }
    let mut emitted = vec![false; ranked.merges.len()];
    let mut next: Vec<(u32, u32, usize)> = ranked
        .merges
        .iter()
        .enumerate()
        .filter_map(|(i, m)| Some((ids[m.right as usize]?, ids[m.left as usize]?, i)))
        .collect();
    let mut sweeps = Vec::new();
    let mut id = 256_u32;
    while !next.is_empty() {
        let mut queue: BinaryHeap<_> = next.drain(..).map(Reverse).collect();
        let mut sweep = Vec::new();
        while let Some(Reverse((right, left, i))) = queue.pop() {
            let m = ranked.merges[i];
            let free = as_right[m.left as usize].out >= before[i].0
                && as_left[m.right as usize].out >= before[i].1;
            if !free {
                next.push((right, left, i));
                continue;
            }
            sweep.push((left, right));
            emitted[i] = true;
            ids[m.token as usize] = Some(id);
            id += 1;
            for places in [
                &mut as_left[m.left as usize],
                &mut as_right[m.right as usize],
            ] {
                while places.merges.get(places.out).is_some_and(|&j| emitted[j]) {
                    places.out += 1;
                }
            }
            // A merge of the new token by itself is in both lists, but must be queued once.
            let users = as_left[m.token as usize].merges.iter().chain(
                as_right[m.token as usize]
                    .merges
                    .iter()
                    .filter(|&&j| ranked.merges[j].left != m.token),
            );
            for &j in users {
                let user = ranked.merges[j];
                if let (Some(r), Some(l)) = (ids[user.right as usize], ids[user.left as usize]) {
                    if (r, l) > (right, left) {
                        queue.push(Reverse((r, l, j)));
                    } else {
                        next.push((r, l, j));
                    }
                }
            }
        }
        ensure!(
            !sweep.is_empty(),
            "{} merges wait for each other",
            next.len()
        );
        sweeps.push(sweep);
    }
    ensure!(emitted.iter().all(|&e| e), "a merge was never reached");
    Ok(Ordered { sweeps })
}
