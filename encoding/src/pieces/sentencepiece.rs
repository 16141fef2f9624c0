//! The cuts that SentencePiece vocabularies allow, although they prescribe none.
//!
//! In Llama 2's, Mistral's and Gemma's no piece holds a space after anything but spaces, so no merge crosses the start of a word,
//! and words can be merged each on their own. Gemma 3 and 4 have one exception, `>▁</`, inside of which there is no cut.
//!
//! A space may also be written as SentencePiece writes it, `▁` (U+2581). There is no cut before one written so, which is rare, and
//! none after it.

use super::split::Split;

/// Cuts before each space that follows something else.
pub(crate) struct Words;

impl Split for Words {
    #[inline]
    fn piece_end(text: &[u8], start: usize) -> usize {
        let mut at = start;
        loop {
            let rest = text.get(at..).unwrap_or_default();
            let spaces = rest.iter().take_while(|&&byte| byte == b' ').count();
            let word = rest.iter().skip(spaces).position(|&byte| byte == b' ');
            let Some(length) = word else {
                return text.len();
            };
            at += spaces + length;
            if !text[start..at].ends_with("\u{2581}".as_bytes()) {
                return at;
            }
        }
    }
}

/// As [`Words`], but not inside of `> </`.
pub(crate) struct WordsTag;

impl Split for WordsTag {
    #[inline]
    fn piece_end(text: &[u8], start: usize) -> usize {
        let mut end = Words::piece_end(text, start);
        while text[start..end].ends_with(b">") && text[end..].starts_with(b" </") {
            end = Words::piece_end(text, end);
        }
        end
    }
}

/// Cuts nothing.
pub(crate) struct Whole;

impl Split for Whole {
    #[inline]
    fn piece_end(text: &[u8], _: usize) -> usize {
        text.len()
    }
}
