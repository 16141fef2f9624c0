//! What a page's operators show, and where lines end (ISO 32000-1, 9.4).

use super::map::{Map, number};
use super::tokens::{Token, Tokens};

/// Follows a page's operators: what is shown, and where a line ends.
pub(super) struct Writer<'m, 'o> {
    map: &'m Map,
    out: &'o mut String,
    /// Height of the page's coordinates, and of those saved before.
    page: f64,
    saved: Vec<f64>,
    /// Height of the line within them.
    line: f64,
    /// Where text was shown last.
    shown: Option<f64>,
}

/// Bytes of text that are read, of all pages: more than any model takes.
const TEXT: usize = 8 << 20;

impl<'m, 'o> Writer<'m, 'o> {
    pub(super) fn new(map: &'m Map, out: &'o mut String) -> Self {
        Self {
            map,
            out,
            page: 0.0,
            saved: Vec::new(),
            line: 0.0,
            shown: None,
        }
    }

    pub(super) fn write(&mut self, stream: &[u8]) {
        let mut numbers: Vec<f64> = Vec::new();
        let mut strings: Vec<String> = Vec::new();
        let mut leading = 0.0;
        let tokens = Tokens::of(stream);
        for token in tokens {
            if self.out.len() > TEXT {
                return;
            }
            let word = match token {
                Token::Number(number) => {
                    // A wide step back between the strings of one operator is a blank.
                    if number < -200.0 && !strings.is_empty() {
                        strings.push(" ".to_owned());
                    }
                    numbers.push(number);
                    continue;
                }
                Token::Literal(bytes) => {
                    strings.push(self.literal(&bytes));
                    continue;
                }
                Token::Hex(digits) => {
                    strings.push(self.codes(digits));
                    continue;
                }
                Token::Word(b"[" | b"]") => continue,
                Token::Word(word) => word,
            };
            let last = |place: usize| {
                let at = numbers.len().checked_sub(place);
                at.and_then(|at| numbers.get(at)).copied().unwrap_or(0.0)
            };
            match word {
                b"q" if self.saved.len() < 256 => self.saved.push(self.page),
                b"Q" => self.page = self.saved.pop().unwrap_or(0.0),
                b"cm" => self.page += last(1),
                b"BT" => self.line = 0.0,
                b"Tm" => self.line = last(1),
                b"TL" => leading = last(1),
                b"Td" | b"TD" => {
                    self.line += last(1);
                    if word == b"TD" {
                        leading = -last(1);
                    }
                }
                b"T*" => self.line -= leading,
                b"Tj" | b"TJ" => self.show(&strings),
                b"'" | b"\"" => {
                    self.line -= leading;
                    self.show(&strings);
                }
                _ => {}
            }
            numbers.clear();
            strings.clear();
        }
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    fn show(&mut self, strings: &[String]) {
        let height = self.page + self.line;
        if self.shown.is_some_and(|shown| (shown - height).abs() > 1.0) && !self.out.ends_with('\n')
        {
            self.out.push('\n');
        }
        self.shown = Some(height);
        self.out.extend(strings.iter().map(String::as_str));
    }

    /// A literal string. Bytes of the fonts' own codes are looked up; the two ligatures that one-byte encodings have
    /// are spelt out.
    fn literal(&self, bytes: &[u8]) -> String {
        let is_coded = self.map.digits == 2 && bytes.iter().any(|byte| *byte < b' ');
        let mut text = String::with_capacity(bytes.len());
        for byte in bytes {
            match (is_coded, self.map.text(u32::from(*byte))) {
                (true, Some(known)) => text.push_str(known),
                _ if *byte == 0xde => text.push_str("fi"),
                _ if *byte == 0xdf => text.push_str("fl"),
                _ => text.push(char::from(*byte)),
            }
        }
        text
    }

    fn codes(&self, digits: &[u8]) -> String {
        let width = match self.map.digits {
            0 => 2,
            width => width,
        };
        digits
            .chunks(width)
            .map(|code| match self.map.text(number(code)) {
                Some(text) => text.to_owned(),
                // Unknown; a character all the same.
                None => "x".to_owned(),
            })
            .collect()
    }
}
