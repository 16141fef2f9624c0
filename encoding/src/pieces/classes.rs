//! Character classes of Unicode 16.0, as the split patterns distinguish them.
//!
//! The table is pinned: the host's own classes are of another version, and JavaScript's `\s` is another set
//! (it has U+FEFF and lacks U+0085).

use crate::code_points::decode_multibyte;

use super::unicode_table::{BLOCKS, LEAVES};

/// Anything that no other class has: punctuation, symbols, controls, unassigned.
pub(crate) const OTHER: u8 = 0;
/// `\s`, line breaks included.
pub(crate) const WHITE: u8 = 1;
/// `\p{N}`.
pub(crate) const NUMBER: u8 = 2;
/// `\p{Lu}` and `\p{Lt}`.
pub(crate) const UPPER: u8 = 3;
/// `\p{Ll}`.
pub(crate) const LOWER: u8 = 4;
/// `\p{Lm}` and `\p{Lo}`, letters without case.
pub(crate) const CASELESS: u8 = 5;
/// `\p{M}`.
pub(crate) const MARK: u8 = 6;
/// No character: the end of the text.
pub(crate) const END: u8 = 7;

/// Whether `class` is in `\p{L}`.
#[inline]
pub(crate) fn is_letter(class: u8) -> bool {
    matches!(class, UPPER | LOWER | CASELESS)
}

/// The class of the character that starts at `at`, and where the next one starts.
///
/// `text` is UTF-8 and `at` is a boundary, or the end.
#[inline]
pub(crate) fn class_at(text: &[u8], at: usize) -> (u8, usize) {
    match text.get(at) {
        None => (END, at),
        Some(&byte) if byte < 0x80 => (ASCII[usize::from(byte)], at + 1),
        Some(&byte) => class_of_multibyte(text, at, byte),
    }
}

fn class_of_multibyte(text: &[u8], at: usize, first: u8) -> (u8, usize) {
    let (code, next) = decode_multibyte(text, at, first);
    (class_of(code), next)
}

/// The class of a code point.
#[inline]
pub(super) fn class_of(code: u32) -> u8 {
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
