//! The tokenizer engine: exact token counts without ids.
//!
//! Text is cut in pieces by a hand-written pre-tokenizer, many at once in ASCII ([`window`]) and else one by one ([`split`]).
//! Each piece is counted on its own: out of a [`memo`], or by merging byte pairs ([`merge`], [`long`], [`run`]). The
//! merges come from a [`pack`].

mod cl100k;
mod classes;
mod counter;
mod edges;
mod lanes;
mod long;
mod longer_memo;
mod memo;
mod merge;
mod o200k;
mod pack;
mod run;
mod split;
mod truncate;
mod unicode_table;
mod vocabulary;
mod window;

use std::sync::{Arc, Mutex, PoisonError};

use crate::count::CountText;
use crate::error::{Code, Error, Result};
use counter::{Counter, Scratch};
use pack::{Pack, Pattern};
use vocabulary::Vocabulary;

/// A loaded vocabulary with its pre-tokenizer. Cheap to clone a handle of, `Send + Sync`.
#[derive(Clone)]
pub struct Encoding {
    shared: Arc<Shared>,
}

struct Shared {
    name: String,
    pattern: Pattern,
    vocabulary: Vocabulary,
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

impl Encoding {
    /// Loads a pack as `cargo xtask vocab` builds it.
    ///
    /// # Errors
    /// [`CorruptPack`](crate::Code::CorruptPack) when the bytes are not an intact pack.
    pub fn from_pack(pack: &[u8]) -> Result<Self> {
        let pack = Pack::open(pack)?;
        let shared = Shared {
            name: pack.name.to_owned(),
            pattern: pack.pattern,
            vocabulary: Vocabulary::new(&pack)?,
            idle: Mutex::new(Vec::new()),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// An encoding embedded by a cargo feature of the same name.
    ///
    /// The first call for a name builds its tables; later ones share them.
    ///
    /// # Errors
    /// [`UnknownEncoding`](crate::Code::UnknownEncoding) for a name that is not built in.
    pub fn named(name: &str) -> Result<Self> {
        static LOADED: Mutex<Vec<Encoding>> = Mutex::new(Vec::new());
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(encoding) = loaded.iter().find(|e| e.name() == name) {
            return Ok(encoding.clone());
        }
        let Some((_, pack)) = EMBEDDED.iter().find(|(n, _)| *n == name) else {
            let names: Vec<&str> = EMBEDDED.iter().map(|(n, _)| *n).collect();
            return Err(Error::new(
                Code::UnknownEncoding,
                "",
                format!("encoding {name:?} is not built in; built in are {names:?}"),
            )
            .with_hint(
                "enable the cargo feature of that name, or load its pack with Encoding::from_pack",
            ));
        };
        let encoding = Self::from_pack(pack)?;
        loaded.push(encoding.clone());
        Ok(encoding)
    }

    /// The encoding's name: `o200k_base`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// Tokens of `text`, special-token text as ordinary text.
    #[must_use]
    pub fn count(&self, text: &str) -> u32 {
        self.with_counter(|counter| counter.count(text.as_bytes()))
    }

    /// Tokens of `text`, or `None` as soon as they exceed `limit`.
    #[must_use]
    pub fn count_up_to(&self, text: &str, limit: u32) -> Option<u32> {
        self.with_counter(|counter| counter.count_up_to(text.as_bytes(), limit))
    }

    /// The longest part of `text` that takes at most `limit` tokens; never splits a code point.
    ///
    /// A text that fits is kept whole. Otherwise a head is longest in this sense: with one more character it takes more
    /// than `limit` tokens; and a tail, with one more before it. (Counts are not monotone: a still longer part
    /// may fit again, as when more letters complete a word that is one token.) [`Keep::Both`] gives the head
    /// half of the tokens, rounded up, and then takes the longest tail, in the same sense, with which the two joined
    /// still fit.
    #[must_use]
    pub fn truncate(&self, text: &str, limit: u32, keep: Keep) -> Kept {
        self.with_counter(|counter| truncate::truncate(counter, text, limit, keep))
    }

    fn with_counter<T>(&self, work: impl FnOnce(&mut Counter<'_>) -> T) -> T {
        let idle = || {
            self.shared
                .idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        let scratch = idle().pop();
        let mut scratch = scratch.unwrap_or_else(|| Box::new(Scratch::new()));
        let result = work(&mut Counter {
            vocabulary: &self.shared.vocabulary,
            pattern: self.shared.pattern,
            scratch: &mut scratch,
        });
        idle().push(scratch);
        result
    }
}

impl CountText for Encoding {
    fn count_text(&self, text: &str) -> u32 {
        self.count(text)
    }
}

impl std::fmt::Debug for Encoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Encoding")
            .field("name", &self.name())
            .finish()
    }
}

/// The packs that cargo features embed. In WebAssembly a vocabulary is a file of its own, so that nobody downloads two.
static EMBEDDED: &[(&str, &[u8])] = &[
    #[cfg(all(feature = "o200k_base", not(target_arch = "wasm32")))]
    ("o200k_base", include_bytes!("../../packs/o200k_base.pack")),
    #[cfg(all(feature = "cl100k_base", not(target_arch = "wasm32")))]
    (
        "cl100k_base",
        include_bytes!("../../packs/cl100k_base.pack"),
    ),
];
