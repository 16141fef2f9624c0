//! What the codes of a font stand for (ISO 32000-1, 9.10.3).

use super::ranges::Ranges;
use super::tokens::{Token, Tokens};

/// UTF-16 units that a code may stand for: the longest ligatures have three.
const UNITS: usize = 8;

/// What codes stand for, by the maps that a document carries.
#[derive(Default)]
pub(super) struct Map {
    texts: Ranges<Box<[u16]>>,
    /// Digits of a code.
    pub(super) digits: usize,
}

impl Map {
    /// Adds the entries of one map: `<code> <text>`, and `<first> <last> <text>` or `<first> <last> [<text> ...]`.
    pub(super) fn add(&mut self, stream: &[u8]) {
        let mut kind: &[u8] = b"";
        let mut held: Vec<&[u8]> = Vec::new();
        let mut listed: Option<(&[u8], u32)> = None;
        for token in Tokens::of(stream) {
            match token {
                Token::Word(word) if word.starts_with(b"begin") || word.starts_with(b"end") => {
                    kind = word;
                    held.clear();
                }
                Token::Word(b"[") => listed = held.first().map(|first| (*first, number(first))),
                Token::Word(b"]") => {
                    listed = None;
                    held.clear();
                }
                Token::Hex(digits) => {
                    if let Some((first, code)) = &mut listed {
                        self.enter(first.len(), *code, *code, digits);
                        *code = code.wrapping_add(1);
                        continue;
                    }
                    held.push(digits);
                    match (kind, held.as_slice()) {
                        (b"beginbfchar", [code, text]) => {
                            self.enter(code.len(), number(code), number(code), text);
                            held.clear();
                        }
                        (b"beginbfrange", [first, last, text]) => {
                            self.enter(first.len(), number(first), number(last), text);
                            held.clear();
                        }
                        (b"beginbfchar" | b"beginbfrange", _) => {}
                        _ => held.clear(),
                    }
                }
                _ => {}
            }
        }
        self.texts.sort();
    }

    /// Writes the text of a code; `false` where no map has it.
    pub(super) fn write(&self, code: u32, out: &mut String) -> bool {
        let Some((offset, units)) = self.texts.get(code) else {
            return false;
        };
        let last = units.len().saturating_sub(1);
        let units = units.iter().enumerate().map(|(place, unit)| {
            let offset = if place == last { offset as u16 } else { 0 };
            unit.wrapping_add(offset)
        });
        out.extend(
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)),
        );
        true
    }

    fn enter(&mut self, digits: usize, first: u32, last: u32, text: &[u8]) {
        let units = text.chunks(4).take(UNITS);
        let units = units.map(|unit| number(unit) as u16).collect();
        self.digits = self.digits.max(digits);
        self.texts.add(first, last, units);
    }
}

pub(super) fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |number, digit| {
        let digit = char::from(*digit).to_digit(16).unwrap_or(0);
        (number << 4) | digit
    })
}
