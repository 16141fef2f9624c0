//! What the rules distinguish about a character.

use super::table::{BLOCKS, LEAVES, LOWER_RANGES};

/// Letter-like and on its own: ideographs, Hangul syllables, everything above the BMP.
pub(super) const ISOLATED: u8 = 0;
/// Symbols, punctuation, format characters, unassigned code points and marks that are not alphabetic.
pub(super) const SYMBOL: u8 = 1;
/// Decimal digits, other than those of [`DIGIT`] and [`ARABIC_DIGIT`].
pub(super) const DECIMAL: u8 = 2;
/// Other numbers: fractions, superscripts, circled digits.
pub(super) const NUMERAL: u8 = 3;
/// Variation selectors.
pub(super) const SELECTOR: u8 = 4;
/// White space that normalisation leaves.
pub(super) const BLANK: u8 = 5;
/// ASCII punctuation and symbols, and a few that share their pieces.
pub(super) const PUNCT: u8 = 6;
/// ASCII digits.
pub(super) const DIGIT: u8 = 7;
/// Arabic-Indic digits of both series.
pub(super) const ARABIC_DIGIT: u8 = 8;
/// Letters in lower case.
pub(super) const LOWER: u8 = 9;
/// Capitals that have a lower case.
pub(super) const UPPER: u8 = 10;
/// Digraphs of which only the first part is a capital.
pub(super) const TITLE: u8 = 11;
/// Letters without case, and alphabetic marks that are spacing or stand for a letter.
pub(super) const CASELESS: u8 = 12;
/// Alphabetic marks that need a base: without one they open a word.
pub(super) const MARK: u8 = 13;
/// Numbers that behave as letters and do not keep a word from being in capitals.
#[allow(
    dead_code,
    reason = "named because the table has it: nothing asks for it apart"
)]
pub(super) const LETTER_NUMBER: u8 = 14;
/// Capital sharp s: a word that has it keeps its case.
pub(super) const SHARP: u8 = 15;

/// Whether `kind` is part of words.
#[inline]
pub(super) fn is_word(kind: u8) -> bool {
    kind >= LOWER
}

/// Whether `kind` is one of those that run together whatever they are: the first five.
#[inline]
pub(super) fn is_hard(kind: u8) -> bool {
    kind <= SELECTOR
}

/// Whether `kind` is a digit with pieces for groups of them.
#[inline]
pub(super) fn is_digit(kind: u8) -> bool {
    matches!(kind, DIGIT | ARABIC_DIGIT)
}

/// The kind of the character that starts at `at`, and where the next one starts. At the end, [`BLANK`] and the end.
#[inline]
pub(super) fn kind_at(text: &str, at: usize) -> (u8, usize) {
    match text.as_bytes().get(at) {
        None => (BLANK, at),
        Some(&byte) if byte < 0x80 => (ASCII[usize::from(byte)], at + 1),
        Some(_) => match text.get(at..).and_then(|rest| rest.chars().next()) {
            Some(c) => (kind_of(c), at + c.len_utf8()),
            None => (BLANK, text.len()),
        },
    }
}

/// The kind of `c`.
#[inline]
pub(super) fn kind_of(c: char) -> u8 {
    let code = c as usize;
    match BLOCKS.get(code / 64) {
        None => ISOLATED,
        Some(&leaf) => {
            let word = LEAVES
                .get(usize::from(leaf) * 4 + code % 64 / 16)
                .copied()
                .unwrap_or(0);
            (word >> (code % 16 * 4) & 0xF) as u8
        }
    }
}

/// The lower case of `c`, which is always one character.
pub(super) fn lower(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let Ok(code) = u16::try_from(u32::from(c)) else {
        return c;
    };
    let after = LOWER_RANGES.partition_point(|range| range.0 <= code);
    match after.checked_sub(1).and_then(|i| LOWER_RANGES.get(i)) {
        Some(&(first, last, step, delta)) if code <= last && (code - first) % step == 0 => {
            char::from_u32(u32::from(code.wrapping_add(delta))).unwrap_or(c)
        }
        _ => c,
    }
}

/// The first 128 kinds, one byte each.
static ASCII: [u8; 128] = {
    let mut table = [ISOLATED; 128];
    let mut code = 0;
    while code < 128 {
        let word = LEAVES[BLOCKS[code / 64] as usize * 4 + code % 64 / 16];
        table[code] = (word >> (code % 16 * 4) & 0xF) as u8;
        code += 1;
    }
    table
};
