//! What the codes of fonts stand for (ISO 32000-1, 9.10.3).

use std::collections::HashMap;

use super::tokens::{Token, Tokens};

/// Codes that are remembered, at most.
const CODES: usize = 1 << 16;
/// UTF-16 units that a code may stand for: the longest ligatures have three.
const UNITS: usize = 8;

/// What codes stand for, by all the fonts that say it.
#[derive(Default)]
pub(super) struct Map {
    texts: HashMap<u32, String>,
    /// Digits of a code.
    pub(super) digits: usize,
}

impl Map {
    /// Adds the entries of one map: `<code> <text>`, and `<first> <last> <text>`.
    pub(super) fn add(&mut self, stream: &[u8]) {
        let mut kind: &[u8] = b"";
        let mut held: Vec<&[u8]> = Vec::new();
        let tokens = Tokens::of(stream);
        for token in tokens {
            match token {
                Token::Word(word) if word.starts_with(b"begin") || word.starts_with(b"end") => {
                    kind = word;
                    held.clear();
                }
                Token::Hex(digits) if kind == b"beginbfchar" => {
                    held.push(digits);
                    if let [code, text] = held.as_slice() {
                        self.enter(code, 0, text);
                        held.clear();
                    }
                }
                Token::Hex(digits) if kind == b"beginbfrange" => {
                    held.push(digits);
                    if let [first, last, text] = held.as_slice() {
                        let length = number(last).saturating_sub(number(first)).min(255);
                        for offset in 0..=length {
                            self.enter(first, offset, text);
                        }
                        held.clear();
                    }
                }
                _ => {}
            }
        }
    }

    /// The text of a code.
    pub(super) fn text(&self, code: u32) -> Option<&str> {
        self.texts.get(&code).map(String::as_str)
    }

    fn enter(&mut self, code: &[u8], offset: u32, text: &[u8]) {
        let mut units: Vec<u16> = text
            .chunks(4)
            .take(UNITS)
            .map(|unit| number(unit) as u16)
            .collect();
        if let Some(last) = units.last_mut() {
            *last = last.wrapping_add(offset as u16);
        }
        if self.texts.len() >= CODES {
            return;
        }
        self.digits = self.digits.max(code.len());
        self.texts
            .entry(number(code).wrapping_add(offset))
            .or_insert_with(|| String::from_utf16_lossy(&units));
    }
}

pub(super) fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |number, digit| {
        let digit = char::from(*digit).to_digit(16).unwrap_or(0);
        (number << 4) | digit
    })
}
