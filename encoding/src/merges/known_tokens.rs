//! Which short pieces may be one token.

/// The longest pieces that are known.
const MAX_BYTES: usize = 7;

/// Above the bytes of a piece.
const LENGTH_SHIFT: u32 = 56;
const BYTES: u64 = (1 << LENGTH_SHIFT) - 1;

/// Binary logarithm of the bits of the table (128 KB), of which one of ten is set for o200k_base.
const LOG: u32 = 20;

/// A bit for every token of at most seven bytes, at a place that other pieces share.
///
/// Where it is not set a piece is two tokens at least, and merging can end before it tries to make them one.
pub(crate) struct KnownTokens(Vec<u64>);

impl KnownTokens {
    /// Those that the merges `pairs` make, whose ids count on from `first_id`.
    pub fn new(pairs: &[(u32, u32)], first_id: u32) -> Self {
        let mut known = Self(vec![0; 1 << (LOG - 6)]);
        // The bytes of every token, or nothing for a longer one; above them their number.
        let mut tokens: Vec<u64> = (0..256).map(|byte| byte | 1 << LENGTH_SHIFT).collect();
        tokens.resize(first_id as usize, 0);
        for &(left, right) in pairs {
            let (left, right) = (tokens[left as usize], tokens[right as usize]);
            let length = (left >> LENGTH_SHIFT) + (right >> LENGTH_SHIFT);
            let long = left == 0 || right == 0 || length > MAX_BYTES as u64;
            let after = (left >> LENGTH_SHIFT) * 8 % 64;
            let bytes = left & BYTES | (right & BYTES) << after;
            let token = if long {
                0
            } else {
                bytes & BYTES | length << LENGTH_SHIFT
            };
            tokens.push(token);
            known.set(token);
        }
        known
    }

    fn set(&mut self, token: u64) {
        let at = place(token);
        self.0[at / 64] |= 1 << (at % 64);
    }

    /// Whether a piece of at most seven bytes, with zeros above them, may be one token.
    #[inline(always)]
    pub fn may_be(&self, piece: u64, length: usize) -> bool {
        let at = place(piece | (length as u64) << LENGTH_SHIFT);
        self.0[at / 64] >> (at % 64) & 1 != 0
    }
}

#[inline(always)]
fn place(piece: u64) -> usize {
    (piece.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - LOG)) as usize
}
