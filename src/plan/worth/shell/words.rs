//! Words: what they say without their quotes, and whether the shell would expand them.

use super::{Lexer, Word};

impl Lexer<'_> {
    /// The word at hand, up to a blank or an operator.
    pub(super) fn word(&mut self) -> Option<Word> {
        let mut word = Word {
            text: String::new(),
            is_literal: true,
        };
        while let Some(next) = self.rest.chars().next() {
            match next {
                ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '<' | '>' => break,
                '(' | ')' | '`' => return None,
                '\'' => {
                    let end = self.rest.get(1..)?.find('\'')?;
                    word.text.push_str(self.rest.get(1..end + 1)?);
                    self.skip(end + 2);
                }
                '"' => self.quoted(&mut word)?,
                '\\' => {
                    self.skip(1);
                    let escaped = self.rest.chars().next()?;
                    if escaped != '\n' {
                        word.text.push(escaped);
                    }
                    self.skip(escaped.len_utf8());
                }
                _ => {
                    // A tilde at the start, a variable, a pattern, or braces.
                    let expands = match next {
                        '$' if self.rest.starts_with("$(") => return None,
                        '~' => word.text.is_empty(),
                        '$' | '*' | '?' | '[' | '{' => true,
                        _ => false,
                    };
                    word.is_literal &= !expands;
                    word.text.push(next);
                    self.skip(next.len_utf8());
                }
            }
        }
        Some(word)
    }

    fn quoted(&mut self, word: &mut Word) -> Option<()> {
        self.skip(1);
        loop {
            let next = self.rest.chars().next()?;
            self.skip(next.len_utf8());
            match next {
                '"' => return Some(()),
                '`' => return None,
                '$' if self.rest.starts_with('(') => return None,
                '$' if self
                    .rest
                    .starts_with(|c: char| c.is_alphanumeric() || c == '{' || c == '_') =>
                {
                    word.is_literal = false;
                    word.text.push(next);
                }
                '\\' => {
                    let escaped = self.rest.chars().next()?;
                    match escaped {
                        '"' | '\\' | '$' | '`' => word.text.push(escaped),
                        '\n' => {}
                        _ => word.text.extend(['\\', escaped]),
                    }
                    self.skip(escaped.len_utf8());
                }
                _ => word.text.push(next),
            }
        }
    }
}
