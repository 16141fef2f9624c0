//! Orders merges in ascending sweeps, which compress to little more than half of the order in which they apply.
//!
//! Counting needs the order of merges only up to swaps that change no result. Two merges `(a, b)` and
//! `(c, d)` can want the same token, or feed each other, only if `b = c`, `d = a` or one's token is a part of
//! the other (`a = c` cannot collide: a token has one right neighbour). Every order that keeps such
//! pairs in order tokenizes every text alike. Out of those orders this takes the one that walks
//! upwards through (right, left) again and again, emitting each merge that nothing older holds back.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use anyhow::{Result, ensure};

/// The merges by index that have one token in one place, and how many of the oldest are out.
#[derive(Clone, Default)]
struct Places {
    merges: Vec<usize>,
    out: usize,
}

/// Sweeps over `merges` until all are out. Their ids count on from `first`; those below are symbols. The result is numbered anew, in
/// the order in which the merges come out.
pub fn order(merges: &[(u32, u32)], first: u32) -> Result<Vec<Vec<(u32, u32)>>> {
    let size = first as usize + merges.len();
    let mut as_left = vec![Places::default(); size];
    let mut as_right = vec![Places::default(); size];
    // How many merges with our left token on the right (and our right token on the left) are older.
    let mut before = Vec::with_capacity(merges.len());
    for (i, &(left, right)) in merges.iter().enumerate() {
        before.push((
            as_right[left as usize].merges.len(),
            as_left[right as usize].merges.len(),
        ));
        as_left[left as usize].merges.push(i);
        as_right[right as usize].merges.push(i);
    }

    let mut ids: Vec<Option<u32>> = vec![None; size];
    for id in 0..first {
        ids[id as usize] = Some(id);
    }
    let mut emitted = vec![false; merges.len()];
    let mut next: Vec<(u32, u32, usize)> = merges
        .iter()
        .enumerate()
        .filter_map(|(i, &(left, right))| Some((ids[right as usize]?, ids[left as usize]?, i)))
        .collect();
    let mut sweeps = Vec::new();
    let mut id = first;
    while !next.is_empty() {
        let mut queue: BinaryHeap<_> = next.drain(..).map(Reverse).collect();
        let mut sweep = Vec::new();
        while let Some(Reverse((right, left, i))) = queue.pop() {
            let merge = merges[i];
            let free = as_right[merge.0 as usize].out >= before[i].0
                && as_left[merge.1 as usize].out >= before[i].1;
            if !free {
                next.push((right, left, i));
                continue;
            }
            sweep.push((left, right));
            emitted[i] = true;
            let token = first as usize + i;
            ids[token] = Some(id);
            id += 1;
            for places in [
                &mut as_left[merge.0 as usize],
                &mut as_right[merge.1 as usize],
            ] {
                while places.merges.get(places.out).is_some_and(|&j| emitted[j]) {
                    places.out += 1;
                }
            }
            // A merge of the new token by itself is in both lists, but must be queued once.
            let on_right = as_right[token].merges.iter();
            let other = |&&j: &&usize| merges[j].0 as usize != token;
            for &j in as_left[token].merges.iter().chain(on_right.filter(other)) {
                let (user_left, user_right) = merges[j];
                if let (Some(r), Some(l)) = (ids[user_right as usize], ids[user_left as usize]) {
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
    Ok(sweeps)
}
