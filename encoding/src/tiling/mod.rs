//! Token counts of the Claude vocabularies: minimum-cost tilings, not merges.
//!
//! A text is brought in a normal form ([`normal`]), cut in runs of one class of characters ([`class`]), and written down as
//! symbols with word borders and case as markers of their own ([`stream`]). The count is the fewest pieces
//! of the vocabulary that spell the symbols ([`tile`]), found over a [`trie`]. Rules and vocabularies were measured by the
//! `ctok` project (PyPI, MIT); the counts are its counts.
//!
//! A text is worked on in segments ([`segment`]) that do not influence one another, which bounds memory, lets a limit
//! stop the work early, and lets a cut ([`cut`]) count again only its neighbourhood.

mod case;
mod class;
mod cut;
mod normal;
mod section;
mod segment;
mod stream;
mod stretch;
mod symbol;
mod table;
mod tile;
mod trie;

#[cfg(test)]
mod naive_tests;
#[cfg(test)]
mod tests;

use crate::error::Result;
use crate::{Keep, Kept};

use segment::segments;
use trie::Trie;

/// A vocabulary of pieces, each of which costs one token.
pub(crate) struct Tiling {
    trie: Trie,
    /// Curly quotes count as straight ones (generation 1).
    fold_quotes: bool,
    /// Words in capitals are written in lower case after a marker (generation 1).
    caps: bool,
}

/// What stands before a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nothing that the text could merge with.
    Running,
    /// A role header that ends in the marker of a word's start.
    AfterHeader,
}

/// What a count reuses from one segment to the next.
#[derive(Default)]
pub(crate) struct Scratch {
    symbols: Vec<u8>,
    /// Bytes looked at, each time a walk through the trie does: the tests check that it is linear in the text.
    #[cfg(test)]
    pub steps: u64,
}

impl Tiling {
    /// Loads the section of a pack, as `cargo xtask vocab` writes it.
    ///
    /// # Errors
    /// [`CorruptPack`](crate::Code::CorruptPack) when the bytes are not such a section.
    // What opens a pack is compiled when the first is opened, mostly one without this.
    #[inline(never)]
    pub fn read(section: &[u8]) -> Result<Self> {
        section::read(section)
    }

    /// Tokens of `text` in running text.
    #[cfg(test)]
    pub fn count(&self, text: &str) -> u32 {
        self.count_at(text, Place::Running)
    }

    /// Tokens of `text` at `place`. Line feeds at the end merge into the blank line that ends a turn, and mostly cost nothing.
    pub fn count_at(&self, text: &str, place: Place) -> u32 {
        self.count_within(text, place, u32::MAX, &mut Scratch::default())
            .unwrap_or(u32::MAX)
    }

    /// Tokens of `text` in running text, or `None` as soon as they exceed `limit`.
    pub fn count_up_to(&self, text: &str, limit: u32) -> Option<u32> {
        self.count_within(text, Place::Running, limit, &mut Scratch::default())
    }

    /// The longest part of `text` that takes at most `limit` tokens, as [`Encoding::truncate`](crate::Encoding::truncate) describes it.
    pub fn truncate(&self, text: &str, limit: u32, keep: Keep) -> Kept {
        cut::truncate(self, text, limit, keep)
    }

    fn count_within(
        &self,
        text: &str,
        place: Place,
        limit: u32,
        scratch: &mut Scratch,
    ) -> Option<u32> {
        if text.is_empty() && place == Place::AfterHeader {
            return (limit >= 1).then_some(1);
        }
        let mut count = 0_u32;
        for segment in segments(text) {
            let place = match segment.start {
                0 => place,
                _ => Place::Running,
            };
            let raw = text.get(segment.start..segment.end).unwrap_or_default();
            count += self.count_segment(raw, segment.follows, place, limit - count, scratch)?;
        }
        Some(count)
    }
}
