//! Unicode normalisation, which some tokenizers apply to text before they cut it.
//!
//! The tables are of Unicode 9.0, the version that Hugging Face's `tokenizers` normalises with, and are written for size. What
//! does not change is found by a look at each byte, and for other scripts at one bit per character.

mod compose;
mod decompose;
mod form;
mod tables;

use std::borrow::Cow;

use form::{Nfc, Nfkc};

/// What a tokenizer does to text before it cuts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Normalizer {
    /// Nothing.
    None = 0,
    /// Unicode's form C.
    Nfc = 1,
    /// Unicode's form KC.
    Nfkc = 2,
    /// Spaces become U+2581: for files of which literals are looked for in such text. Otherwise a space does as well.
    Spaces = 3,
    /// U+2581 becomes a space: for files with literals that either may spell, or both.
    Symbols = 4,
}

impl Normalizer {
    /// Its number in vocabulary packs, which never changes.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The normaliser with number `code`.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        [
            Self::None,
            Self::Nfc,
            Self::Nfkc,
            Self::Spaces,
            Self::Symbols,
        ]
        .into_iter()
        .find(|normalizer| normalizer.code() == code)
    }

    /// `text` as the tokenizer sees it.
    #[must_use]
    pub fn apply(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::None => text.into(),
            Self::Nfc => nfc(text),
            Self::Nfkc => nfkc(text),
            Self::Spaces => text.replace(' ', "\u{2581}").into(),
            Self::Symbols if text.contains('\u{2581}') => text.replace('\u{2581}', " ").into(),
            Self::Symbols => text.into(),
        }
    }
}

/// `text` in Unicode's form C: composed.
// Not a part of what asks for it: that is compiled for the first text, which mostly needs no form.
#[inline(never)]
pub(crate) fn nfc(text: &str) -> Cow<'_, str> {
    form::normalize::<Nfc>(text)
}

/// `text` in Unicode's form KC: with compatibility characters replaced, and composed.
pub(crate) fn nfkc(text: &str) -> Cow<'_, str> {
    #[cfg(all(feature = "wasm-late", target_arch = "wasm32"))]
    return match NFKC.get() {
        Some(nfkc) => nfkc(text),
        None => text.into(),
    };
    #[cfg(not(all(feature = "wasm-late", target_arch = "wasm32")))]
    whole_nfkc(text)
}

// Not a part of what asks for it, as above.
#[inline(never)]
pub(crate) fn whole_nfkc(text: &str) -> Cow<'_, str> {
    form::normalize::<Nfkc>(text)
}

/// Its tables are nearly half of all, and only files that are loaded can ask for it.
#[cfg(all(feature = "wasm-late", target_arch = "wasm32"))]
pub(crate) static NFKC: crate::late::Late<fn(&str) -> Cow<'_, str>> = crate::late::Late::new();

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
