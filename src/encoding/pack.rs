//! The format of vocabulary packs, as `cargo xtask vocab` writes it.
//!
//! Little-endian: magic `TKHRPACK`, version `u16`, split pattern `u8`, length of the name `u8`, length of the pack `u32`,
//! merges `u32`, sweeps `u32`, length of the deltas `u32`, name; then merges per sweep (`u32` each), the
//! right ids as deltas within their sweep (LEB128), the left ids as a plane of high bytes and a plane of
//! low words; last a checksum `u64` of everything before it. Byte planes, because transport compression then
//! leaves little more than half of what it leaves of a list of tokens.

use crate::error::{Code, Error, Result};

const MAGIC: &[u8; 8] = b"TKHRPACK";
const VERSION: u16 = 1;
const HEADER: usize = 28;

/// Ids must fit the 20 bits that a table entry has for each.
const MAX_MERGES: usize = (1 << 20) - 256;

/// Which pre-tokenizer a vocabulary was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    /// [`Cl100k`](super::cl100k::Cl100k).
    Cl100k,
    /// [`O200k`](super::o200k::O200k).
    O200k,
}

/// A pack whose sections have been located, and whose checksum holds.
pub(super) struct Pack<'a> {
    /// The encoding's name.
    pub name: &'a str,
    /// Its pre-tokenizer.
    pub pattern: Pattern,
    sweeps: &'a [u8],
    deltas: &'a [u8],
    high: &'a [u8],
    low: &'a [u8],
}

impl<'a> Pack<'a> {
    /// Checks everything but the merges themselves.
    pub fn open(bytes: &'a [u8]) -> Result<Self> {
        let header = bytes.get(..HEADER).ok_or_else(|| {
            corrupt(format!(
                "{} bytes, expected a header of {HEADER}",
                bytes.len()
            ))
        })?;
        if header[..8] != *MAGIC {
            return Err(corrupt("it does not start with TKHRPACK".to_owned()));
        }
        let version = u16::from_le_bytes([header[8], header[9]]);
        if version != VERSION {
            return Err(corrupt(format!("version {version}, expected {VERSION}")));
        }
        let number = |at: usize| {
            u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
                as usize
        };
        let length = number(12);
        if length != bytes.len() {
            return Err(corrupt(format!("{} bytes, expected {length}", bytes.len())));
        }
        let (body, sum) = bytes
            .split_last_chunk::<8>()
            .ok_or_else(|| corrupt("no checksum".to_owned()))?;
        if checksum(body) != u64::from_le_bytes(*sum) {
            return Err(corrupt("the checksum does not match".to_owned()));
        }
        let pattern = match header[10] {
            0 => Pattern::Cl100k,
            1 => Pattern::O200k,
            other => return Err(corrupt(format!("split pattern {other}, expected 0 or 1"))),
        };
        let merges = number(16);
        if merges > MAX_MERGES {
            return Err(corrupt(format!(
                "{merges} merges, expected at most {MAX_MERGES}"
            )));
        }
        let mut rest = body.get(HEADER..).unwrap_or_default();
        let mut section = |name: &str, length: usize| {
            let (head, tail) = rest.split_at_checked(length).ok_or_else(|| {
                corrupt(format!("{} bytes of {name}, expected {length}", rest.len()))
            })?;
            rest = tail;
            Ok(head)
        };
        let name = section("name", usize::from(header[11]))?;
        let sweeps = section("sweeps", number(20).saturating_mul(4))?;
        let deltas = section("right ids", number(24))?;
        let high = section("left ids", merges)?;
        let low = section("left ids", merges * 2)?;
        if !rest.is_empty() {
            return Err(corrupt(format!("{} bytes after the left ids", rest.len())));
        }
        let name = std::str::from_utf8(name)
            .map_err(|e| corrupt(format!("the name is not UTF-8 ({e})")))?;
        Ok(Self {
            name,
            pattern,
            sweeps,
            deltas,
            high,
            low,
        })
    }

    /// The number of merges.
    pub fn len(&self) -> usize {
        self.high.len()
    }

    /// Hands every merge to `take` as (left id, right id), in the order that gives the result its id: `256 + index`.
    ///
    /// Both ids are below the result's.
    pub fn merges(&self, mut take: impl FnMut(u32, u32) -> Result<()>) -> Result<()> {
        let mut deltas = self.deltas.iter();
        let mut lefts = self.high.iter().zip(self.low.as_chunks::<2>().0);
        let mut id = 256_u32;
        for length in self.sweeps.as_chunks::<4>().0 {
            let mut right = 0_u32;
            for _ in 0..u32::from_le_bytes(*length) {
                let (&high, &low) = lefts
                    .next()
                    .ok_or_else(|| corrupt("its sweeps hold more than its merges".to_owned()))?;
                let left = u32::from(high) << 16 | u32::from(u16::from_le_bytes(low));
                let delta = leb128(&mut deltas)
                    .ok_or_else(|| corrupt(format!("merge {id} has no right id")))?;
                right = right.saturating_add(delta);
                if left >= id || right >= id {
                    return Err(corrupt(format!(
                        "merge {id} joins {left} and {right}, expected older ids"
                    )));
                }
                take(left, right)?;
                id += 1;
            }
        }
        if lefts.next().is_some() || deltas.next().is_some() {
            return Err(corrupt("its sweeps hold less than its merges".to_owned()));
        }
        Ok(())
    }
}

/// At most three groups of seven bits: ids have 20.
fn leb128(bytes: &mut std::slice::Iter<'_, u8>) -> Option<u32> {
    let mut value = 0;
    for shift in [0, 7, 14] {
        let byte = *bytes.next()?;
        value |= u32::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// Each step is a bijection of the state, so a change within one word always changes the sum.
fn checksum(bytes: &[u8]) -> u64 {
    let step = |sum: u64, word: u64| {
        let sum = (sum ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        sum ^ sum >> 32
    };
    let (words, rest) = bytes.as_chunks::<8>();
    let sum = words.iter().fold(bytes.len() as u64, |sum, word| {
        step(sum, u64::from_le_bytes(*word))
    });
    if rest.is_empty() {
        return sum;
    }
    let last = rest
        .iter()
        .rev()
        .fold(0, |word, &b| word << 8 | u64::from(b));
    step(sum, last)
}

/// The error for a pack that is not intact.
pub(super) fn corrupt(what: String) -> Error {
    Error::new(
        Code::CorruptPack,
        "",
        format!("the vocabulary pack is damaged: {what}"),
    )
    .with_hint("use the file of the installed release unchanged, or download it again")
}
