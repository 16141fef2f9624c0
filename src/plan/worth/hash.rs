//! Quick hashes with fixed seeds: the same everywhere, and no defence against texts made to collide, which can only make
//! two texts look more alike than they are, or one be found where another is kept.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map by hashes, which need no further hashing.
pub(super) type ByHash<T> = HashMap<u64, T, Spread>;

/// A map by texts.
pub(in crate::plan) type ByText<'a, T> = HashMap<&'a str, T, Spread>;

/// What such maps hash with.
pub(crate) type Spread = BuildHasherDefault<Hashed>;

/// Takes a number that [`mix`] has spread as its own hash.
#[derive(Default)]
pub(crate) struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = mix(self.0 ^ word(bytes));
    }

    /// What ends a text. One text is hashed, so that nothing follows it.
    fn write_u8(&mut self, _: u8) {}

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// Hashes, in a form that tells quickly of most others that they are not among them.
pub(super) struct Filter {
    bits: Vec<u64>,
    /// The number of bits less one: a power of two less one.
    mask: u64,
}

impl Filter {
    /// Bits for each hash: of others, one in sixteen or fewer are not told apart.
    const EACH: usize = 16;
    /// Fewest and most bits: the most take 2 MB.
    const FEWEST: usize = 1 << 12;
    const MOST: usize = 1 << 24;

    /// With room for `count` hashes.
    pub(super) fn with_room(count: usize) -> Self {
        let bits = count.saturating_mul(Self::EACH);
        let bits = bits.clamp(Self::FEWEST, Self::MOST).next_power_of_two();
        Self {
            bits: vec![0; bits / 64],
            mask: bits as u64 - 1,
        }
    }

    /// Adds one, and says whether it may have been there.
    #[inline(always)]
    pub(super) fn add(&mut self, hash: u64) -> bool {
        let Some(bits) = self.bits.get_mut((hash & self.mask) as usize / 64) else {
            return false;
        };
        let bit = 1 << (hash % 64);
        std::mem::replace(bits, *bits | bit) & bit != 0
    }

    #[inline(always)]
    pub(super) fn may_have(&self, hash: u64) -> bool {
        let bits = self.bits.get((hash & self.mask) as usize / 64);
        bits.is_some_and(|bits| bits & 1 << (hash % 64) != 0)
    }
}

/// Spreads the bits of `x`: the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
#[inline(always)]
pub(crate) fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// A hash of bytes, for a map by hashes.
pub(crate) fn hashed(bytes: &[u8]) -> u64 {
    mix(word(bytes))
}

/// Whether two texts are the same, eight bytes at a time: in WebAssembly the standard library goes byte by byte.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    let (words, rest) = one.as_bytes().as_chunks::<8>();
    let (others, behind) = other.as_bytes().as_chunks::<8>();
    let mut pairs = words.iter().zip(others);
    one.len() == other.len()
        && pairs.all(|(word, other)| u64::from_ne_bytes(*word) == u64::from_ne_bytes(*other))
        && rest == behind
}

/// A multiplicative hash over eight bytes at a time.
#[inline(always)]
pub(super) fn word(bytes: &[u8]) -> u64 {
    start(bytes, bytes.len())
}

/// The hash of the first `length` of `bytes`. With more bytes behind, the last ones are read at once as well.
#[inline(always)]
pub(super) fn start(bytes: &[u8], length: usize) -> u64 {
    let mut hash = 0xCBF2_9CE4_8422_2325_u64 ^ length as u64;
    let (mut rest, mut left) = (bytes, length);
    while left >= 8
        && let Some((chunk, behind)) = rest.split_first_chunk::<8>()
    {
        hash = step(hash, u64::from_le_bytes(*chunk));
        (rest, left) = (behind, left - 8);
    }
    let rest = match rest.first_chunk::<8>() {
        _ if left == 0 => 0,
        Some(chunk) => u64::from_be_bytes(*chunk) >> (64 - 8 * left),
        None => rest
            .iter()
            .take(left)
            .fold(0, |value, byte| value << 8 | u64::from(*byte)),
    };
    step(hash, rest)
}

#[inline(always)]
fn step(hash: u64, value: u64) -> u64 {
    let hash = (hash ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    hash ^ hash >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_behind_does_not_count() {
        let text = b"0123456789abcdef0123456789";
        for length in 0..=text.len() {
            assert_eq!(start(text, length), word(&text[..length]), "{length}");
        }
    }
}
