//! Recognises split patterns by the regular expressions that tokenizer files write them in.
//!
//! Expressions are compared as text: those that real files hold, in each of their spellings. One that merely looks alike may cut
//! some text differently, so nothing else is recognised.
//!
//! The expressions do not fix the version of Unicode; the scanners are pinned to 16.0. That is tiktoken's, and also that of the
//! Oniguruma inside Hugging Face's `tokenizers` 0.23.3: all classes used here were compared, code point by code point, and are equal.
//! Its `Digits` alone goes by Rust's own tables, which have thirteen more numbers since Unicode 17.0 (U+11DE0 to U+11DE9, U+16FF4 to
//! U+16FF6).

use std::borrow::Cow;

use super::pattern::Pattern;

/// One step of a pre-tokenizer, in the terms of `tokenizer.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SplitRule<'a> {
    /// `Split` by a regular expression.
    Regex {
        /// The expression.
        pattern: &'a str,
        /// What becomes of the matches.
        behavior: Behavior,
        /// Whether what lies between the matches stands for them.
        invert: bool,
    },
    /// `Digits`.
    Digits {
        /// Whether each is on its own.
        individual: bool,
    },
    /// `ByteLevel`.
    ByteLevel {
        /// Whether it cuts as GPT-2 does; if not, it cuts nothing.
        use_regex: bool,
    },
}

/// What a `Split` does with its matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behavior {
    /// Each match is a piece, and so is what lies between two.
    Isolated,
    /// The matches are dropped.
    Removed,
    /// Adjacent matches are one piece.
    Contiguous,
    /// A match ends the piece before it.
    MergedWithPrevious,
    /// A match starts the piece after it.
    MergedWithNext,
}

/// Patterns of one expression, which matches every character of any text.
pub(super) const EXPRESSIONS: [(&str, Pattern); 12] = [
    (
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
        Pattern::Cl100k,
    ),
    (
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        Pattern::O200k,
    ),
    (
        r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s",
        Pattern::Gpt2,
    ),
    (
        r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
        Pattern::Gpt2,
    ),
    (
        r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
        Pattern::Gpt2,
    ),
    (
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        Pattern::Llama3,
    ),
    (
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        Pattern::Llama3,
    ),
    (
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        Pattern::Qwen2,
    ),
    (
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        Pattern::Qwen2,
    ),
    (
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        Pattern::Qwen35,
    ),
    (
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        Pattern::Tekken,
    ),
    (
        r"[\p{Han}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        Pattern::Kimi,
    ),
];

/// The three expressions of DeepSeek V3.
pub(super) const DEEPSEEK_V3: [&str; 3] = [
    r"\p{N}{1,3}",
    "[一-龥぀-ゟ゠-ヿ]+",
    r##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"##,
];

impl Pattern {
    /// The pattern that `rules`, applied in turn, amount to.
    ///
    /// A pre-tokenizer of another kind, or none, is for the caller to judge: whether it cuts depends on the normaliser before it.
    pub(crate) fn of_rules(rules: &[SplitRule]) -> Option<Self> {
        use SplitRule::{ByteLevel, Digits};
        match rules {
            [ByteLevel { use_regex: true }] => Some(Self::Gpt2),
            [Digits { individual: true }, ByteLevel { use_regex: true }] => Some(Self::CommandR),
            [ByteLevel { use_regex: false }] => Some(Self::Whole),
            [splits @ .., ByteLevel { use_regex: false }] => Self::of_splits(splits),
            splits => Self::of_splits(splits),
        }
    }

    fn of_splits(splits: &[SplitRule]) -> Option<Self> {
        if let [rule] = splits {
            let expression = rule.all_matches()?;
            let known = EXPRESSIONS.iter().find(|(known, _)| *known == expression);
            return known.map(|&(_, pattern)| pattern);
        }
        let expressions: Option<Vec<_>> = splits.iter().map(SplitRule::isolated).collect();
        (expressions? == DEEPSEEK_V3).then_some(Self::DeepSeekV3)
    }
}

impl<'a> SplitRule<'a> {
    /// The expression of a rule that keeps what it matches and also what it does not.
    fn isolated(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::Regex {
                pattern,
                behavior: Behavior::Isolated,
                invert: false,
            } => Some(escaped(pattern)),
            _ => None,
        }
    }

    /// The expression of a rule that makes a piece of each match, which for those that match everything is all there is.
    fn all_matches(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::Regex {
                pattern,
                behavior: Behavior::Removed,
                invert: true,
            } => Some(escaped(pattern)),
            _ => self.isolated(),
        }
    }
}

/// `expression` with line breaks written as escapes: some files hold them as they are.
fn escaped(expression: &str) -> Cow<'_, str> {
    if !expression.contains(['\r', '\n']) {
        return expression.into();
    }
    expression.replace('\r', r"\r").replace('\n', r"\n").into()
}

#[cfg(test)]
#[path = "known_tests.rs"]
mod tests;
