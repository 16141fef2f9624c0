//! The words of a stream: strings, numbers and operators (ISO 32000-1, 7.2 and 7.3).

/// A word of a stream.
pub(super) enum Token<'a> {
    /// A literal string, its escapes resolved.
    Literal(Vec<u8>),
    /// Digits of a hexadecimal string.
    Hex(&'a [u8]),
    Number(f64),
    /// An operator, a name or a bracket.
    Word(&'a [u8]),
}

pub(super) struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        while self.bytes.get(self.at)?.is_ascii_whitespace() || self.bytes.get(self.at) == Some(&0)
        {
            self.at += 1;
        }
        let start = self.at;
        let rest = self.bytes.get(start..)?;
        match *rest.first()? {
            b'(' => Some(Token::Literal(self.literal())),
            b'<' if rest.get(1) != Some(&b'<') => {
                let length = rest
                    .iter()
                    .position(|byte| *byte == b'>')
                    .unwrap_or(rest.len());
                self.at += length + 1;
                Some(Token::Hex(rest.get(1..length).unwrap_or_default()))
            }
            b'<' => {
                self.at += 2;
                Some(Token::Word(rest.get(..2)?))
            }
            b'[' | b']' | b'>' | b'{' | b'}' | b')' => {
                self.at += 1;
                Some(Token::Word(rest.get(..1)?))
            }
            _ => {
                let is_end = |byte: &u8| byte.is_ascii_whitespace() || b"()<>[]{}/".contains(byte);
                let length = rest.iter().skip(1).position(is_end);
                let length = length.map_or(rest.len(), |length| length + 1);
                self.at += length;
                let word = rest.get(..length)?;
                let number = std::str::from_utf8(word)
                    .ok()
                    .and_then(crate::media::decimal);
                Some(number.map_or(Token::Word(word), Token::Number))
            }
        }
    }
}

impl Tokens<'_> {
    /// A string in parentheses, which may be nested.
    fn literal(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut depth = 0_usize;
        while let Some(byte) = self.bytes.get(self.at).copied() {
            self.at += 1;
            match byte {
                b'\\' => self.escape(&mut out),
                b'(' => {
                    depth += 1;
                    if depth > 1 {
                        out.push(byte);
                    }
                }
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                    out.push(byte);
                }
                _ => out.push(byte),
            }
        }
        out
    }

    fn escape(&mut self, out: &mut Vec<u8>) {
        let Some(byte) = self.bytes.get(self.at).copied() else {
            return;
        };
        self.at += 1;
        match byte {
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'\r' | b'\n' => {}
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    match self.bytes.get(self.at) {
                        Some(digit @ b'0'..=b'7') => {
                            code = code * 8 + u32::from(digit - b'0');
                            self.at += 1;
                        }
                        _ => break,
                    }
                }
                out.push(code as u8);
            }
            _ => out.push(byte),
        }
    }
}
