//! Writes a vocabulary pack, and proves that what was written means the same as what went in.
//!
//! The layout, little-endian: magic `TKHRPACK`, version `u16`, split pattern `u8`, length of the name `u8`, length of the
//! pack `u32`, merges `u32`, sweeps `u32`, length of the deltas `u32`, name; then merges per sweep (`u32` each), the
//! right ids as deltas within their sweep (LEB128), the left ids as a plane of high bytes and a plane of
//! low words; last a checksum `u64` of everything before it.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};

use super::merges::Ranked;
use super::sweep::Ordered;

const MAGIC: &[u8; 8] = b"TKHRPACK";
const VERSION: u16 = 1;
const HEADER: usize = 28;

/// The bytes of a pack.
pub fn write(name: &str, pattern: u8, ordered: &Ordered) -> Result<Vec<u8>> {
    let merges: usize = ordered.sweeps.iter().map(Vec::len).sum();
    let mut lengths = Vec::new();
    let mut deltas = Vec::new();
    let mut high = Vec::with_capacity(merges);
    let mut low = Vec::with_capacity(2 * merges);
    for sweep in &ordered.sweeps {
        lengths.extend(u32::try_from(sweep.len())?.to_le_bytes());
        let mut previous = 0;
        for &(left, right) in sweep {
            leb128(&mut deltas, right - previous);
            previous = right;
            high.push(u8::try_from(left >> 16)?);
            low.extend(((left & 0xFFFF) as u16).to_le_bytes());
        }
    }
    let length = HEADER + name.len() + lengths.len() + deltas.len() + high.len() + low.len() + 8;
    let mut out = Vec::with_capacity(length);
    out.extend(MAGIC);
    out.extend(VERSION.to_le_bytes());
    out.push(pattern);
    out.push(u8::try_from(name.len())?);
    for number in [length, merges, ordered.sweeps.len(), deltas.len()] {
        out.extend(u32::try_from(number)?.to_le_bytes());
    }
    for section in [name.as_bytes(), &lengths, &deltas, &high, &low] {
        out.extend(section);
    }
    let sum = checksum(&out);
    out.extend(sum.to_le_bytes());
    Ok(out)
}

fn leb128(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push((value & 0x7F) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Each step is a bijection of the state, so a change within one word always changes the sum.
fn checksum(bytes: &[u8]) -> u64 {
    let mut sum = bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        sum = (sum ^ u64::from_le_bytes(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        sum ^= sum >> 32;
    }
    sum
}

/// Reads `pack` again and checks that its tokens are exactly `tokens`, and that any two merges which can
/// collide keep their order of rank.
pub fn prove(pack: &[u8], tokens: &[Vec<u8>], ranked: &Ranked) -> Result<()> {
    let pairs = read(pack)?;
    let mut expanded: Vec<Vec<u8>> = (0..=255_u8).map(|b| vec![b]).collect();
    for &(left, right) in &pairs {
        let mut token = expanded.get(left as usize).context("left id")?.clone();
        token.extend(expanded.get(right as usize).context("right id")?);
        expanded.push(token);
    }
    let ids: HashMap<&[u8], usize> = expanded
        .iter()
        .enumerate()
        .map(|(id, t)| (t.as_slice(), id))
        .collect();
    ensure!(
        expanded.len() == tokens.len(),
        "the number of tokens changed"
    );
    ensure!(
        tokens.iter().all(|t| ids.contains_key(t.as_slice())),
        "the set of tokens changed"
    );

    // Newest position so far, by token, of a merge that has the token on the left, or on the right.
    let mut as_left = vec![0_usize; tokens.len()];
    let mut as_right = vec![0_usize; tokens.len()];
    for m in &ranked.merges {
        let at = |rank: u32| ids[tokens[rank as usize].as_slice()];
        let id = at(m.token);
        ensure!(
            pairs[id - 256] == (u32::try_from(at(m.left))?, u32::try_from(at(m.right))?),
            "token {} is split elsewhere",
            m.token
        );
        ensure!(
            as_right[m.left as usize] < id && as_left[m.right as usize] < id,
            "merge of token {} overtakes one that it can collide with",
            m.token
        );
        as_left[m.left as usize] = as_left[m.left as usize].max(id);
        as_right[m.right as usize] = as_right[m.right as usize].max(id);
    }
    Ok(())
}

fn read(pack: &[u8]) -> Result<Vec<(u32, u32)>> {
    let number = |at: usize| -> Result<usize> {
        let bytes = pack.get(at..at + 4).context("header")?;
        Ok(u32::from_le_bytes(bytes.try_into()?) as usize)
    };
    let (merges, sweeps, deltas) = (number(16)?, number(20)?, number(24)?);
    let lengths = HEADER + usize::from(pack[11]);
    let mut at = lengths + 4 * sweeps;
    let high = at + deltas;
    let low = high + merges;
    let mut pairs = Vec::with_capacity(merges);
    for sweep in 0..sweeps {
        let mut right = 0_u32;
        for _ in 0..number(lengths + 4 * sweep)? {
            let mut shift = 0;
            loop {
                let byte = pack[at];
                at += 1;
                right += u32::from(byte & 0x7F) << shift;
                shift += 7;
                if byte < 0x80 {
                    break;
                }
            }
            let i = pairs.len();
            let word = u16::from_le_bytes([pack[low + 2 * i], pack[low + 2 * i + 1]]);
            pairs.push((u32::from(pack[high + i]) << 16 | u32::from(word), right));
        }
    }
    ensure!(at == high && pairs.len() == merges, "sections overlap");
    Ok(pairs)
}
