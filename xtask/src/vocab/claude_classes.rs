//! The kinds of characters that the Claude vocabularies distinguish, as Rust source.
//!
//! The rules are those that the `ctok` project measured (PyPI, MIT); the properties are those of Unicode 16.0.

use std::collections::HashMap;
use std::fmt::Write as _;

use anyhow::{Result, bail, ensure};
use regex_syntax::hir::{Class, HirKind};
use unicode_normalization::char::canonical_combining_class;

/// Code points of the BMP; above it every character is of kind 0.
const END: usize = 0x1_0000;

/// Code points per block: 4 words of 16 kinds of 4 bits.
const BLOCK: usize = 64;

/// Kinds in the order of their numbers in `encoding/src/tiling/class.rs`.
mod kind {
    pub const ISOLATED: u8 = 0;
    pub const SYMBOL: u8 = 1;
    pub const DECIMAL: u8 = 2;
    pub const NUMERAL: u8 = 3;
    pub const SELECTOR: u8 = 4;
    pub const BLANK: u8 = 5;
    pub const PUNCT: u8 = 6;
    pub const DIGIT: u8 = 7;
    pub const ARABIC_DIGIT: u8 = 8;
    pub const LOWER: u8 = 9;
    pub const UPPER: u8 = 10;
    pub const TITLE: u8 = 11;
    pub const CASELESS: u8 = 12;
    pub const MARK: u8 = 13;
    pub const LETTER_NUMBER: u8 = 14;
    pub const SHARP: u8 = 15;
}

/// Not ASCII, yet with the pieces of ASCII punctuation.
const PUNCT: &str = "£§«°·»།–—„†•…€№→−√─│└═█（";

/// Symbols of the block of ideographic punctuation that, like it, take no marker.
const IDEOGRAPHIC_SYMBOLS: &str = "〄〒〓〠〶〷〾〿";

/// Properties as one regular expression each, over the BMP.
struct Properties(HashMap<&'static str, Vec<bool>>);

impl Properties {
    fn load() -> Result<Self> {
        let patterns = [
            r"\p{Z}",
            r"\p{L}",
            r"\p{M}",
            r"\p{Nd}",
            r"\p{No}",
            r"[\p{P}\p{S}]",
            r"\p{P}",
            r"\p{Cf}",
            r"\p{Cn}",
            r"\p{Alphabetic}",
            r"\p{Uppercase}",
            r"\p{Lowercase}",
        ];
        let mut sets = HashMap::new();
        for pattern in patterns {
            sets.insert(pattern, members(pattern)?);
        }
        Ok(Self(sets))
    }

    fn has(&self, pattern: &'static str, code: usize) -> bool {
        self.0.get(pattern).is_some_and(|set| set[code])
    }
}

fn members(pattern: &str) -> Result<Vec<bool>> {
    let hir = regex_syntax::parse(pattern)?;
    let HirKind::Class(Class::Unicode(class)) = hir.kind() else {
        bail!("{pattern} is not a class");
    };
    let mut set = vec![false; END];
    for range in class.iter() {
        let end = (range.end() as usize + 1).min(END);
        if let Some(part) = set.get_mut(range.start() as usize..end) {
            part.fill(true);
        }
    }
    Ok(set)
}

fn kind_of(code: usize, properties: &Properties) -> u8 {
    let Some(c) = u32::try_from(code).ok().and_then(char::from_u32) else {
        return kind::ISOLATED;
    };
    let has = |pattern| properties.has(pattern, code);
    let symbol_letter =
        matches!(code, 0x16EE..=0x16F0 | 0x2160..=0x2188 | 0x24B6..=0x24E9 | 0xA6E6..=0xA6EF);
    if has(r"\p{Z}") || matches!(c, '\t' | '\n') {
        kind::BLANK
    } else if symbol_letter {
        word_kind(c, code, properties)
    } else if c.is_ascii_digit() {
        kind::DIGIT
    } else if matches!(code, 0x0660..=0x0669 | 0x06F0..=0x06F9) {
        kind::ARABIC_DIGIT
    } else if (c.is_ascii() && has(r"[\p{P}\p{S}]")) || PUNCT.contains(c) {
        kind::PUNCT
    } else if matches!(code, 0xFE00..=0xFE0F) {
        kind::SELECTOR
    } else if has(r"\p{M}") {
        if has(r"\p{Alphabetic}") {
            word_kind(c, code, properties)
        } else {
            kind::SYMBOL
        }
    } else if has(r"\p{L}") && !is_isolated_letter(code) {
        word_kind(c, code, properties)
    } else {
        hard_kind(c, code, properties)
    }
}

/// Letters by category that stand on their own: Han, Hangul syllables, and what continues a run of Han.
fn is_isolated_letter(code: usize) -> bool {
    matches!(code,
        0x3005 | 0x3006 | 0x3031..=0x3035 | 0x303B | 0x303C
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF)
}

fn hard_kind(c: char, code: usize, properties: &Properties) -> u8 {
    let has = |pattern| properties.has(pattern, code);
    if has(r"\p{Nd}") {
        return kind::DECIMAL;
    }
    if has(r"\p{No}") {
        return kind::NUMERAL;
    }
    let ideographic =
        matches!(code, 0x3001..=0x303F) && (has(r"\p{P}") || IDEOGRAPHIC_SYMBOLS.contains(c));
    let symbol = has(r"[\p{P}\p{S}]") || has(r"\p{Cf}") || has(r"\p{Cn}");
    if symbol && !ideographic {
        kind::SYMBOL
    } else {
        kind::ISOLATED
    }
}

fn word_kind(c: char, code: usize, properties: &Properties) -> u8 {
    let has = |pattern| properties.has(pattern, code);
    // Vowel signs of Syriac are letters where nothing can carry them.
    let syriac = matches!(code, 0x0711 | 0x0730..=0x073F);
    if c == 'ẞ' {
        kind::SHARP
    } else if has(r"\p{M}") && canonical_combining_class(c) != 0 && !syriac {
        kind::MARK
    } else if has(r"\p{Lowercase}") {
        kind::LOWER
    } else if lower(c).is_some() {
        if has(r"\p{Uppercase}") {
            kind::UPPER
        } else {
            kind::TITLE
        }
    } else if has(r"\p{L}") || has(r"\p{M}") {
        kind::CASELESS
    } else {
        kind::LETTER_NUMBER
    }
}

/// The lower case of `c` where it is another, single character.
///
/// `İ` has none of one character, and the models take `ϴ` for a letter without case.
fn lower(c: char) -> Option<char> {
    let mut all = c.to_lowercase();
    match (all.next(), all.next()) {
        (Some(l), None) if l != c && c != 'ϴ' => Some(l),
        _ => None,
    }
}

/// A stretch of capitals at equal distances whose lower case is equally far away.
struct LowerRange {
    first: u16,
    last: u16,
    step: u16,
    delta: u16,
}

fn lower_ranges(kinds: &[u8]) -> Result<Vec<LowerRange>> {
    let mut ranges: Vec<LowerRange> = Vec::new();
    for (code, &kind) in kinds.iter().enumerate().skip(0x80) {
        if !matches!(kind, kind::UPPER | kind::TITLE) {
            continue;
        }
        let to = char::from_u32(u32::try_from(code)?).and_then(lower);
        ensure!(to.is_some(), "U+{code:04X} has no lower case");
        let code = u16::try_from(code)?;
        let delta = u16::try_from(to.map_or(0, u32::from))?.wrapping_sub(code);
        if let Some(range) = ranges.last_mut()
            && range.delta == delta
            && (range.first == range.last || code - range.last == range.step)
            && code - range.last <= 2
        {
            range.step = code - range.last;
            range.last = code;
            continue;
        }
        ranges.push(LowerRange {
            first: code,
            last: code,
            step: 1,
            delta,
        });
    }
    Ok(ranges)
}

/// Which characters run together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// Letters and their marks.
    Word,
    /// White space.
    Blank,
    /// Punctuation with pieces of its own.
    Punct,
    /// Digits.
    Digits,
    /// Everything else.
    Hard,
}

/// Tells for any character in which runs it is.
pub fn runs() -> Result<impl Fn(char) -> Run> {
    let properties = Properties::load()?;
    Ok(move |c: char| match c as usize {
        code if code >= END => Run::Hard,
        code => match kind_of(code, &properties) {
            kind::BLANK => Run::Blank,
            kind::PUNCT => Run::Punct,
            kind::DIGIT | kind::ARABIC_DIGIT => Run::Digits,
            kind if kind >= kind::LOWER => Run::Word,
            _ => Run::Hard,
        },
    })
}

/// The source of `encoding/src/tiling/table.rs`.
pub fn rust_table() -> Result<String> {
    let properties = Properties::load()?;
    let kinds: Vec<u8> = (0..END).map(|code| kind_of(code, &properties)).collect();
    let mut leaves: Vec<&[u8]> = Vec::new();
    let mut known: HashMap<&[u8], usize> = HashMap::new();
    let mut index = Vec::new();
    for block in kinds.chunks(BLOCK) {
        let leaf = *known.entry(block).or_insert_with(|| {
            leaves.push(block);
            leaves.len() - 1
        });
        index.push(u8::try_from(leaf)?);
    }
    let mut out = String::from(
        "//! Kinds of characters by Unicode 16.0, generated by `cargo xtask vocab` from regex-syntax. Do not edit.\n\n",
    );
    writeln!(
        out,
        "/// For each block of {BLOCK} code points of the BMP, its leaf.\n#[rustfmt::skip]\npub(super) static BLOCKS: [u8; {}] = [",
        index.len()
    )?;
    for row in index.chunks(24) {
        let row: Vec<String> = row.iter().map(u8::to_string).collect();
        writeln!(out, "    {},", row.join(", "))?;
    }
    writeln!(
        out,
        "];\n\n/// Kinds of 16 code points per word, 4 bits each, lowest first; 4 words per leaf.\n#[rustfmt::skip]\npub(super) static LEAVES: [u64; {}] = [",
        leaves.len() * BLOCK / 16
    )?;
    for leaf in leaves {
        let words: Vec<String> = leaf
            .chunks(16)
            .map(|w| {
                let word = w
                    .iter()
                    .rev()
                    .fold(0_u64, |word, &k| word << 4 | u64::from(k));
                format!("{word:#x}")
            })
            .collect();
        writeln!(out, "    {},", words.join(", "))?;
    }
    let ranges = lower_ranges(&kinds)?;
    writeln!(
        out,
        "];\n\n/// Lower case: first and last capital, their distance, and what to add to each (modulo 2^16).\n#[rustfmt::skip]\npub(super) static LOWER_RANGES: [(u16, u16, u16, u16); {}] = [",
        ranges.len()
    )?;
    for row in ranges.chunks(4) {
        let row: Vec<String> = row
            .iter()
            .map(|r| format!("({:#x}, {:#x}, {}, {})", r.first, r.last, r.step, r.delta))
            .collect();
        writeln!(out, "    {},", row.join(", "))?;
    }
    out.push_str("];\n");
    Ok(out)
}
