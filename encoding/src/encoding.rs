//! A loaded vocabulary, and what can be asked of it.

use std::ops::ControlFlow;
#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
use std::str::Utf8Error;
use std::sync::{Arc, Mutex, PoisonError};

use crate::counter::{Counter, Scratch};
use crate::cut;
use crate::ends;
use crate::error::{Code, Error, Result};
use crate::merges::Vocabulary;
use crate::pack::{Kind, Pack};
use crate::reading::{Part, Reading};
use crate::tiling::{Place, Tiling};
use crate::truncate::truncate;

/// A loaded vocabulary with its pre-tokenizer. Cheap to clone a handle of, `Send + Sync`.
#[derive(Clone)]
pub struct Encoding {
    pub(crate) reading: Arc<Reading>,
    pub(crate) tables: Arc<Tables>,
}

/// What all encodings of a pack share.
#[allow(
    clippy::large_enum_variant,
    reason = "there is one per loaded pack, behind a pointer"
)]
pub(crate) enum Tables {
    /// Merges of byte pairs.
    Merges(Merging),
    /// Claude's: the cheapest tiling with pieces.
    Tiling(Tiling),
}

/// A vocabulary of merges, with memory for those who count with it.
pub(crate) struct Merging {
    pub(crate) vocabulary: Vocabulary,
    /// What idle calls left behind: a memo each, one per thread that ever counted at the same time.
    #[allow(
        clippy::vec_box,
        reason = "a call takes one out and puts it back, which copies it when not boxed"
    )]
    idle: Mutex<Vec<Box<Scratch>>>,
}

/// Which end of a text survives a cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The start.
    Head,
    /// The end.
    Tail,
    /// Start and end; the middle goes.
    Both,
}

/// What [`Encoding::truncate`] keeps, as byte ranges of the text; `tokens` is the count of the kept text(s) joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The kept start: `..head`.
    pub head: usize,
    /// The kept end: `tail..`. Equal to the text's length when no end is kept.
    pub tail: usize,
    /// Tokens of head and tail joined with nothing between; at most the limit.
    pub tokens: u32,
}

impl Kept {
    /// All of `text`: its end where the end is what survives, else its start.
    pub(crate) fn whole(text: &str, tokens: u32, keep: Keep) -> Self {
        let end = match keep {
            Keep::Tail => 0,
            Keep::Head | Keep::Both => text.len(),
        };
        Self {
            head: end,
            tail: end,
            tokens,
        }
    }
}

/// Special tokens that an error names; some encodings have a thousand.
const MOST_NAMED: usize = 12;

impl Encoding {
    /// Loads a pack as `cargo xtask vocab` builds it; of several encodings in it, the first.
    ///
    /// # Errors
    /// [`CorruptPack`](crate::Code::CorruptPack) when the bytes are not an intact pack.
    pub fn from_pack(pack: &[u8]) -> Result<Self> {
        Self::open(pack, None)
    }

    /// Loads the encoding `name` out of a pack that may hold several.
    ///
    /// # Errors
    /// [`CorruptPack`](crate::Code::CorruptPack) when the bytes are not an intact pack,
    /// [`UnknownEncoding`](crate::Code::UnknownEncoding) when it does not hold that encoding.
    pub fn from_pack_as(pack: &[u8], name: &str) -> Result<Self> {
        Self::open(pack, Some(name))
    }

    fn open(pack: &[u8], name: Option<&str>) -> Result<Self> {
        let pack = Pack::open(pack)?;
        let reading = Reading::new(pack.variant(name)?);
        let tables = match &pack.kind {
            Kind::Merges(merges) => Tables::Merges(Merging {
                vocabulary: Vocabulary::new(merges)?,
                idle: Mutex::new(Vec::new()),
            }),
            Kind::Tiling(section) => Tables::Tiling(Tiling::read(section)?),
        };
        Ok(Self {
            reading: Arc::new(reading),
            tables: Arc::new(tables),
        })
    }

    /// Another encoding of the same pack; both share its tables.
    pub(crate) fn sibling(&self, pack: &[u8], name: &str) -> Result<Self> {
        let variant = Pack::open(pack)?.variant(Some(name))?;
        Ok(Self {
            reading: Arc::new(Reading::new(variant)),
            tables: Arc::clone(&self.tables),
        })
    }

    /// The same encoding, but text that looks like a special token (`<|endoftext|>`) is that token.
    ///
    /// For prompts that the caller has rendered. In messages such text is ordinary, which is the default.
    #[must_use]
    pub fn with_special_tokens(&self) -> Self {
        Self {
            reading: Arc::new(self.reading.with_special(|_| true)),
            tables: Arc::clone(&self.tables),
        }
    }

    /// The same for the named special tokens alone; text that looks like another stays ordinary text.
    ///
    /// # Errors
    /// [`InvalidOption`](Code::InvalidOption) for a name that is no special token of the encoding, with those that are.
    pub fn with_allowed_special(&self, allowed: &[&str]) -> Result<Self> {
        let literals = self.reading.literals();
        let unknown = |name: &&str| !literals.iter().any(|literal| literal.text == *name);
        if let Some(index) = allowed.iter().position(unknown) {
            let name: String = allowed[index].chars().take(64).collect();
            let known = literals.iter().filter(|literal| literal.special);
            let mut known: Vec<String> =
                known.map(|literal| format!("{:?}", literal.text)).collect();
            let more = known.len().saturating_sub(MOST_NAMED);
            known.truncate(MOST_NAMED);
            let hint = match (known.is_empty(), more) {
                (true, _) => "it has no special tokens".to_owned(),
                (_, 0) => format!("its special tokens are {}", known.join(", ")),
                _ => format!(
                    "its special tokens are {} and {more} more",
                    known.join(", ")
                ),
            };
            let message = format!(
                "found {name:?}, which is no special token of {}",
                self.name()
            );
            let path = format!("allowedSpecial[{index}]");
            return Err(Error::new(Code::InvalidOption, path, message).with_hint(hint));
        }
        Ok(Self {
            reading: Arc::new(self.reading.with_special(|text| allowed.contains(&text))),
            tables: Arc::clone(&self.tables),
        })
    }

    /// Whether its special tokens are known, if it has any: those of Claude's encodings are not.
    #[must_use]
    pub fn knows_special_tokens(&self) -> bool {
        matches!(&*self.tables, Tables::Merges(_))
    }

    /// The encoding's name: `o200k_base`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.reading.name
    }

    /// Tokens of `text`, special-token text as ordinary text.
    #[must_use]
    pub fn count(&self, text: &str) -> u32 {
        // Saturates where the type ends, far beyond any model's window.
        self.count_up_to(text, u32::MAX - 1).unwrap_or(u32::MAX)
    }

    /// Tokens of `text`, or `None` as soon as they exceed `limit`.
    #[must_use]
    pub fn count_up_to(&self, text: &str, limit: u32) -> Option<u32> {
        match &*self.tables {
            Tables::Merges(merging) => merging.with_counter(&self.reading, |counter| {
                if self.reading.is_plain() {
                    return counter.count_up_to(text.as_bytes(), limit);
                }
                self.count_parts(counter, text, limit)
            }),
            Tables::Tiling(tiling) => tiling.count_up_to(text, limit),
        }
    }

    /// The same of bytes that are known to be UTF-8. Of others it is the count of no text in particular, or it panics, or they are refused.
    #[cfg(all(feature = "wasm", target_arch = "wasm32"))]
    pub(crate) fn count_utf8(
        &self,
        bytes: &[u8],
        limit: u32,
    ) -> std::result::Result<Option<u32>, Utf8Error> {
        match &*self.tables {
            Tables::Merges(merging) if self.reading.is_plain() => Ok(
                merging.with_counter(&self.reading, |counter| counter.count_up_to(bytes, limit))
            ),
            _ => Ok(self.count_up_to(std::str::from_utf8(bytes)?, limit)),
        }
    }

    /// Tokens of `text` straight after a role header.
    ///
    /// Claude's headers end in the mark of a word's beginning, which the first word needs no more, and which costs a token
    /// when the text starts with something that has none. For all other encodings the place makes no difference.
    #[must_use]
    pub fn count_after_header(&self, text: &str) -> u32 {
        match &*self.tables {
            Tables::Merges(_) => self.count(text),
            Tables::Tiling(tiling) => tiling.count_at(text, Place::AfterHeader),
        }
    }

    /// The longest part of `text` that takes at most `limit` tokens; never splits a code point.
    ///
    /// A text that fits is kept whole, as its tail where that is asked for and else as its head. Otherwise a head is longest in this sense:
    /// with one more character it takes more than `limit` tokens; and a tail, with one more before it. (Counts are not monotone: a still
    /// longer part may fit again, as when more letters complete a word that is one token.) [`Keep::Both`] gives the head
    /// half of the tokens, rounded up, and then takes the longest tail, in the same sense, with which the two joined
    /// still fit.
    #[must_use]
    pub fn truncate(&self, text: &str, limit: u32, keep: Keep) -> Kept {
        if text.len() < ends::LONG {
            return self.cut(text, limit, keep);
        }
        match self.count_up_to(text, limit) {
            Some(tokens) => Kept::whole(text, tokens, keep),
            None => ends::cut(text, limit, keep, |ends| self.cut(ends, limit, keep))
                .unwrap_or_else(|| self.cut(text, limit, keep)),
        }
    }

    /// [`truncate`](Self::truncate) of a text of any length, all of which is looked at.
    fn cut(&self, text: &str, limit: u32, keep: Keep) -> Kept {
        match &*self.tables {
            Tables::Tiling(tiling) => tiling.truncate(text, limit, keep),
            Tables::Merges(merging) if self.reading.is_plain() || self.reading.leaves(text) => {
                merging.with_counter(&self.reading, |counter| {
                    truncate(counter, text, limit, keep)
                })
            }
            Tables::Merges(_) => cut::truncate(text, limit, keep, |text, limit| {
                self.count_up_to(text, limit)
            }),
        }
    }

    /// The merges, which the tests of their parts need.
    #[cfg(test)]
    #[allow(clippy::panic, reason = "a test fails by panicking")]
    pub(crate) fn vocabulary(&self) -> &Vocabulary {
        match &*self.tables {
            Tables::Merges(merging) => &merging.vocabulary,
            Tables::Tiling(_) => panic!("{self:?} has no merges"),
        }
    }

    fn count_parts(&self, counter: &mut Counter<'_>, text: &str, limit: u32) -> Option<u32> {
        let mut total = 0_u32;
        let flow = self.reading.parts(text, |part| {
            let count = match part {
                Part::Literal(_) => Some(1),
                Part::Text(text) => counter.count_up_to(text.as_bytes(), limit - total),
            };
            match count.map(|count| total.saturating_add(count)) {
                Some(sum) if sum <= limit => {
                    total = sum;
                    ControlFlow::Continue(())
                }
                _ => ControlFlow::Break(()),
            }
        });
        flow.is_continue().then_some(total)
    }
}

impl Merging {
    /// Hands `work` what it counts with.
    pub(crate) fn with_counter<T>(
        &self,
        reading: &Reading,
        work: impl FnOnce(&mut Counter<'_>) -> T,
    ) -> T {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let scratch = idle().pop();
        let mut scratch = scratch.unwrap_or_else(|| Box::new(Scratch::new()));
        let result = work(&mut Counter {
            vocabulary: &self.vocabulary,
            pattern: reading.pattern,
            scratch: &mut scratch,
        });
        idle().push(scratch);
        result
    }
}

impl std::fmt::Debug for Encoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Encoding")
            .field("name", &self.name())
            .finish()
    }
}
