//! Numbers in packs.

use super::read::{AT_ONCE, corrupt};
use crate::error::Result;

/// Appends `value` in groups of seven bits, the lowest first.
pub(super) fn put_leb128(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push((value & 0x7F) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// At most three groups of seven bits: ids and code points have no more.
#[inline]
pub(super) fn leb128(bytes: &mut std::slice::Iter<'_, u8>) -> Option<u32> {
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
pub(super) fn checksum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let sum = words.chunks(AT_ONCE).fold(bytes.len() as u64, sum_up);
    if rest.is_empty() {
        return sum;
    }
    let last = rest
        .iter()
        .rev()
        .fold(0, |word, &b| word << 8 | u64::from(b));
    step(sum, last)
}

// A function for the inside of the loop: runtimes optimise what loops, and what calls this is long and runs once.
#[inline(never)]
fn sum_up(sum: u64, words: &[[u8; 8]]) -> u64 {
    words
        .iter()
        .fold(sum, |sum, word| step(sum, u64::from_le_bytes(*word)))
}

#[inline(always)]
fn step(sum: u64, word: u64) -> u64 {
    let sum = (sum ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    sum ^ sum >> 32
}

/// The bytes before the checksum at the end, which holds.
pub(super) fn checked(bytes: &[u8]) -> Result<&[u8]> {
    let (body, sum) = bytes
        .split_last_chunk::<8>()
        .ok_or_else(|| corrupt("no checksum".to_owned()))?;
    if checksum(body) == u64::from_le_bytes(*sum) {
        Ok(body)
    } else {
        Err(corrupt("the checksum does not match".to_owned()))
    }
}

/// Takes sections off the front.
pub(super) struct Sections<'a>(pub &'a [u8]);

impl<'a> Sections<'a> {
    /// The next `length` bytes.
    pub fn take(&mut self, name: &str, length: usize) -> Result<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(length).ok_or_else(|| {
            corrupt(format!(
                "{} bytes of {name}, expected {length}",
                self.0.len()
            ))
        })?;
        self.0 = tail;
        Ok(head)
    }

    /// The next byte.
    pub fn byte(&mut self, name: &str) -> Result<u8> {
        Ok(self.take(name, 1)?[0])
    }

    /// The next two bytes as a number.
    pub fn u16(&mut self, name: &str) -> Result<u16> {
        let bytes = self.take(name, 2)?;
        Ok(u16::from_le_bytes([bytes[0], bytes[1]]))
    }

    /// The next four bytes as a number.
    pub fn u32(&mut self, name: &str) -> Result<u32> {
        let bytes = self.take(name, 4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    /// The next `length` bytes as text.
    pub fn text(&mut self, name: &str, length: usize) -> Result<&'a str> {
        std::str::from_utf8(self.take(name, length)?)
            .map_err(|e| corrupt(format!("{name} is not UTF-8 ({e})")))
    }
}
