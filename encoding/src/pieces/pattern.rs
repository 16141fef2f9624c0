//! The split patterns by number.

use super::Split;

/// Which pre-tokenizer a vocabulary was made for.
///
/// The numbers stand in vocabulary packs, so they never change. 9 is free: it was meant for the first form of GPT-2's pattern,
/// which cuts every text as the second does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Pattern {
    /// cl100k_base, Phi-4.
    Cl100k = 0,
    /// o200k_base, gpt-oss, Llama 4, MiniMax.
    O200k = 1,
    /// GPT-2, r50k_base, p50k_base, Claude 2.
    Gpt2 = 2,
    /// Llama 3, GLM-4 and GLM-5.
    Llama3 = 3,
    /// Qwen 2, 2.5 and 3, Grok-2.
    Qwen2 = 4,
    /// Qwen 3.5 and 3.6.
    Qwen35 = 5,
    /// DeepSeek V3, R1 and V4.
    DeepSeekV3 = 6,
    /// Mistral, since Nemo.
    Tekken = 7,
    /// Kimi K2.
    Kimi = 8,
    /// Command R, Command R+, Aya.
    CommandR = 10,
    /// SentencePiece: Llama 2, Mistral v1 to v7, Gemma 2.
    Words = 11,
    /// SentencePiece: Gemma 3 and 4.
    WordsTag = 12,
    /// No cut at all.
    Whole = 13,
}

impl Pattern {
    /// Every pattern.
    pub(crate) const ALL: [Self; 13] = [
        Self::Cl100k,
        Self::O200k,
        Self::Gpt2,
        Self::Llama3,
        Self::Qwen2,
        Self::Qwen35,
        Self::DeepSeekV3,
        Self::Tekken,
        Self::Kimi,
        Self::CommandR,
        Self::Words,
        Self::WordsTag,
        Self::Whole,
    ];

    /// Its number.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The pattern with number `code`.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|pattern| pattern.code() == code)
    }

    /// The end of the piece that starts at `start`, which is before the end of `text`.
    pub(crate) fn piece_end(self, text: &[u8], start: usize) -> usize {
        with_split!(self, S => S::piece_end(text, start))
    }
}

/// The expression for the [`Split`](super::Split) that stands for a pattern.
macro_rules! with_split {
    ($pattern:expr, $split:ident => $body:expr) => {
        with_split!(@ $pattern, $split, $body,
            Cl100k O200k Gpt2 Llama3 Qwen2 Qwen35 DeepSeekV3 Tekken Kimi CommandR Words WordsTag Whole)
    };
    (@ $pattern:expr, $split:ident, $body:expr, $($name:ident)*) => {
        match $pattern {
            $($crate::pieces::Pattern::$name => {
                type $split = $crate::pieces::$name;
                $body
            })*
        }
    };
}
pub(crate) use with_split;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::Pattern;

    #[test]
    fn numbers_lead_back_to_their_patterns_and_no_others_do() {
        for pattern in Pattern::ALL {
            assert_eq!(Pattern::from_code(pattern.code()).unwrap(), pattern);
        }
        let known = (0..=u8::MAX).filter(|&code| Pattern::from_code(code).is_some());
        assert_eq!(known.count(), Pattern::ALL.len());
        // Packs that exist already have these.
        assert_eq!(Pattern::from_code(0), Some(Pattern::Cl100k));
        assert_eq!(Pattern::from_code(1), Some(Pattern::O200k));
    }
}
