//! JSON read: into values, or only checked.
//!
//! By hand, since a reader of typed values costs several times as much WebAssembly as one of [`Value`].

use serde_json::{Map, Number, Value};

use super::decimal;

/// What is wrong with a text, and the byte at which that shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// What was expected there.
    pub(crate) expected: &'static str,
    /// From the start of the text.
    pub(crate) at: usize,
}

type Read<T> = Result<T, Malformed>;

/// Deepest nesting of a text that stands inside a request, as serde_json has it.
const DEEPEST: usize = 127;

/// The value that `text` is. Recurses; the package has refused what nests too deeply for a stack.
#[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
pub(crate) fn parse(text: &str) -> Read<Value> {
    whole(text, usize::MAX)
}

/// The value that a text inside a request is; `None` where it is not JSON or nests too deeply for a stack.
pub(crate) fn parsed(text: &str) -> Option<Value> {
    whole(text, DEEPEST).ok()
}

fn whole(text: &str, levels: usize) -> Read<Value> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(levels)?;
    reader.end()?;
    Ok(value)
}

/// Whether `text` is JSON, nested as deep as it may be.
pub(super) fn is_json(text: &str) -> bool {
    let mut reader = Reader { text, at: 0 };
    reader.check().and_then(|()| reader.end()).is_ok()
}

/// The string of a literal, quotes included; `None` for a lone surrogate.
pub(super) fn unescaped(literal: &str) -> Option<String> {
    let mut reader = Reader {
        text: literal,
        at: 0,
    };
    reader.string().ok()
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    /// `levels` more may be opened.
    fn value(&mut self, levels: usize) -> Read<Value> {
        Ok(match self.next() {
            Some(b'{' | b'[') if levels == 0 => return self.malformed("fewer levels"),
            Some(b'{') => {
                self.at += 1;
                let mut fields = Map::new();
                if !self.takes(b'}') {
                    loop {
                        let key = self.key()?;
                        let value = self.value(levels - 1)?;
                        fields.insert(key, value);
                        if !self.goes_on(b'}')? {
                            break;
                        }
                    }
                }
                Value::Object(fields)
            }
            Some(b'[') => {
                self.at += 1;
                let mut items = Vec::new();
                if !self.takes(b']') {
                    loop {
                        items.push(self.value(levels - 1)?);
                        if !self.goes_on(b']')? {
                            break;
                        }
                    }
                }
                Value::Array(items)
            }
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            _ => self.word()?,
        })
    }

    fn key(&mut self) -> Read<String> {
        if self.next() != Some(b'"') {
            return self.malformed("a key");
        }
        let key = self.string()?;
        self.colon()?;
        Ok(key)
    }

    fn number(&mut self) -> Read<Number> {
        let start = self.at;
        let is_whole = self.digits()?;
        let text = self.text.get(start..self.at).unwrap_or_default();
        // Minus zero is no integer.
        if is_whole && text != "-0" {
            if let Ok(number) = text.parse::<u64>() {
                return Ok(number.into());
            }
            if let Ok(number) = text.parse::<i64>() {
                return Ok(number.into());
            }
        }
        match Number::from_f64(decimal::parse(text)) {
            Some(number) => Ok(number),
            None => self.malformed("a number in the range of double precision"),
        }
    }
}

impl Reader<'_> {
    fn malformed<T>(&self, expected: &'static str) -> Read<T> {
        let at = self.at;
        Err(Malformed { expected, at })
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no blank.
    fn next(&mut self) -> Option<u8> {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        self.peek()
    }

    /// Goes past `byte` and the blanks before it, if they are next.
    fn takes(&mut self, byte: u8) -> bool {
        let found = self.next() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn end(&mut self) -> Read<()> {
        match self.next() {
            None => Ok(()),
            Some(_) => self.malformed("the end"),
        }
    }

    /// As [`Self::value`], without a value and without a stack.
    fn check(&mut self) -> Read<()> {
        let mut open = Vec::new();
        loop {
            match self.next() {
                Some(first @ (b'{' | b'[')) => {
                    self.at += 1;
                    // The closing bracket of either is two after the opening one.
                    let close = first + 2;
                    if !self.takes(close) {
                        open.push(close);
                        if close == b'}' {
                            self.skip_key()?;
                        }
                        continue;
                    }
                }
                Some(b'"') => self.skip_string()?,
                Some(b'-' | b'0'..=b'9') => {
                    self.digits()?;
                }
                _ => {
                    self.word()?;
                }
            }
            loop {
                let Some(&close) = open.last() else {
                    return Ok(());
                };
                if self.goes_on(close)? {
                    if close == b'}' {
                        self.skip_key()?;
                    }
                    break;
                }
                open.pop();
            }
        }
    }

    /// Past the comma before another item, or past the end of the list.
    fn goes_on(&mut self, close: u8) -> Read<bool> {
        if self.takes(b',') {
            Ok(true)
        } else if self.takes(close) {
            Ok(false)
        } else {
            self.malformed("a comma or the end of a list")
        }
    }

    fn skip_key(&mut self) -> Read<()> {
        if self.next() != Some(b'"') {
            return self.malformed("a key");
        }
        self.skip_string()?;
        self.colon()
    }

    fn colon(&mut self) -> Read<()> {
        if self.takes(b':') {
            Ok(())
        } else {
            self.malformed("a colon")
        }
    }

    fn word(&mut self) -> Read<Value> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        for (word, value) in [
            ("null", Value::Null),
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
        ] {
            if rest.starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        self.malformed("a value")
    }

    /// Past a number; whether it has neither fraction nor exponent.
    fn digits(&mut self) -> Read<bool> {
        let mut is_whole = true;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.some_digits()?;
        }
        if self.peek() == Some(b'.') {
            is_whole = false;
            self.at += 1;
            self.some_digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            is_whole = false;
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.some_digits()?;
        }
        Ok(is_whole)
    }

    fn some_digits(&mut self) -> Read<()> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            return self.malformed("a digit");
        }
        Ok(())
    }

    fn string(&mut self) -> Read<String> {
        self.at += 1;
        let mut string = String::new();
        loop {
            let start = self.at;
            self.plain();
            string.push_str(self.text.get(start..self.at).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(string);
                }
                Some(b'\\') => {
                    let first = self.escape()?;
                    let code = match first {
                        0xd800..=0xdbff if self.peek() == Some(b'\\') => match self.escape()? {
                            second @ 0xdc00..=0xdfff => {
                                0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
                            }
                            _ => first,
                        },
                        _ => first,
                    };
                    match char::from_u32(code) {
                        Some(character) => string.push(character),
                        None => return self.malformed("the other half of a surrogate pair"),
                    }
                }
                _ => return self.malformed("the rest of a string"),
            }
        }
    }

    fn skip_string(&mut self) -> Read<()> {
        self.at += 1;
        loop {
            self.plain();
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    self.escape()?;
                }
                _ => return self.malformed("the rest of a string"),
            }
        }
    }

    /// Past everything that stands for itself in a string.
    fn plain(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\\' | ..b' '));
        self.at += length.unwrap_or(rest.len());
    }

    /// Past one escape; its code unit.
    fn escape(&mut self) -> Read<u32> {
        self.at += 1;
        let code = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => byte.into(),
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => 10,
            Some(b'r') => 13,
            Some(b't') => 9,
            Some(b'u') => {
                let mut code = 0;
                for _ in 0..4 {
                    self.at += 1;
                    let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
                    match digit {
                        Some(digit) => code = code << 4 | digit,
                        None => return self.malformed("a hexadecimal digit"),
                    }
                }
                code
            }
            _ => return self.malformed("an escape"),
        };
        self.at += 1;
        Ok(code)
    }
}
