//! Code points: read from UTF-8, and sets of them.

/// The code point that starts at `at`, before the end of `text`.
#[inline]
pub(crate) fn code_at(text: &[u8], at: usize) -> u32 {
    match text.get(at) {
        Some(&byte) if byte >= 0x80 => decode_multibyte(text, at, byte).0,
        byte => u32::from(byte.copied().unwrap_or_default()),
    }
}

/// The code point that starts at `at` with `first`, which is not ASCII, and where the next one starts.
#[inline]
pub(crate) fn decode_multibyte(text: &[u8], at: usize, first: u8) -> (u32, usize) {
    let tail = |i: usize| u32::from(text.get(at + i).copied().unwrap_or(0x80) & 0x3F);
    let first = u32::from(first);
    if first < 0xE0 {
        ((first & 0x1F) << 6 | tail(1), at + 2)
    } else if first < 0xF0 {
        ((first & 0x0F) << 12 | tail(1) << 6 | tail(2), at + 3)
    } else {
        (
            (first & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3),
            at + 4,
        )
    }
}

/// A set of code points as a table of bits.
pub(crate) struct CodePointSet<const BLOCKS: usize, const LEAVES: usize> {
    /// For each block of 128 code points, its leaf.
    pub blocks: [u8; BLOCKS],
    /// A bit per code point, lowest first.
    pub leaves: [u128; LEAVES],
}

impl<const BLOCKS: usize, const LEAVES: usize> CodePointSet<BLOCKS, LEAVES> {
    /// Whether `code` is a member.
    #[inline]
    pub fn contains(&self, code: u32) -> bool {
        let leaf = self.blocks.get(code as usize / 128);
        leaf.is_some_and(|&leaf| self.leaves[usize::from(leaf)] >> (code % 128) & 1 == 1)
    }
}
