//! Character classes of Unicode 16.0, as the split patterns distinguish them.
//!
//! The table is pinned: the host's own classes are of another version, and JavaScript's `\s` is another set
//! (it has U+FEFF and lacks U+0085).

use super::unicode_table::{BLOCKS, LEAVES};

/// Anything that no other class has: punctuation, symbols, controls, unassigned.
pub(super) const OTHER: u8 = 0;
/// `\s`, line breaks included.
pub(super) const WHITE: u8 = 1;
/// `\p{N}`.
pub(super) const NUMBER: u8 = 2;
/// `\p{Lu}` and `\p{Lt}`.
pub(super) const UPPER: u8 = 3;
/// `\p{Ll}`.
pub(super) const LOWER: u8 = 4;
/// `\p{Lm}` and `\p{Lo}`, letters without case.
pub(super) const CASELESS: u8 = 5;
/// `\p{M}`.
pub(super) const MARK: u8 = 6;
/// No character: the end of the text.
pub(super) const END: u8 = 7;

/// Whether `class` is in `\p{L}`.
#[inline]
pub(super) fn is_letter(class: u8) -> bool {
    matches!(class, UPPER | LOWER | CASELESS)
}

/// The class of the character that starts at `at`, and where the next one starts.
///
/// `text` is UTF-8 and `at` is a boundary, or the end.
#[inline]
pub(super) fn class_at(text: &[u8], at: usize) -> (u8, usize) {
    match text.get(at) {
        None => (END, at),
        Some(&byte) if byte < 0x80 => (ASCII[usize::from(byte)], at + 1),
        Some(&byte) => class_of_multibyte(text, at, byte),
    }
}

fn class_of_multibyte(text: &[u8], at: usize, first: u8) -> (u8, usize) {
    let tail = |i: usize| u32::from(text.get(at + i).copied().unwrap_or(0x80) & 0x3F);
    let first = u32::from(first);
    if first < 0xE0 {
        (class_of((first & 0x1F) << 6 | tail(1)), at + 2)
    } else if first < 0xF0 {
        let code = (first & 0x0F) << 12 | tail(1) << 6 | tail(2);
        (class_of(code), at + 3)
    } else {
        let code = (first & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3);
        (class_of(code), at + 4)
    }
}

/// The class of a code point.
#[inline]
fn class_of(code: u32) -> u8 {
    let code = code as usize;
    match BLOCKS.get(code / 128) {
        None => OTHER,
        Some(&leaf) => {
            let word = LEAVES[usize::from(leaf) * 8 + (code % 128) / 16];
            (word >> (code % 16 * 4) & 0xF) as u8
        }
    }
}

/// The first 128 classes, one byte each.
static ASCII: [u8; 128] = {
    let mut table = [OTHER; 128];
    let mut code = 0;
    while code < 128 {
        let word = LEAVES[BLOCKS[0] as usize * 8 + code / 16];
        table[code] = (word >> (code % 16 * 4) & 0xF) as u8;
        code += 1;
    }
    table
};
