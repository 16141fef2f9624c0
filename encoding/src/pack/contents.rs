//! What a pack says, before it is packed.

use crate::normal::Normalizer;
use crate::pieces::Pattern;

/// A vocabulary of merges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// What merges start from.
    pub symbols: Symbols,
    /// Merges as (left id, right id), in ascending sweeps: within one, right ids never descend.
    ///
    /// A byte's id is the byte; the `i`-th character's is `256 + i`; merges go on counting from there. Ids are the order in which
    /// merges apply: the lowest id first, leftmost first among equals.
    pub sweeps: Vec<Vec<(u32, u32)>>,
    /// Strings that are one token when they are a whole piece, although no merges make them.
    pub wholes: Vec<Vec<u8>>,
    /// What uses these merges; at least one. The first is what the pack is called.
    pub variants: Vec<Variant>,
}

/// What merges start from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Symbols {
    /// The 256 bytes.
    Bytes,
    /// ASCII, these characters (ascending, none of them ASCII), and for all others their bytes, which then never merge.
    ///
    /// This is SentencePiece's way. Its symbol for a space, U+2581, is a space in such a pack, and counts as one in a text.
    Characters(Vec<char>),
}

impl Symbols {
    /// How many bytes and characters there are.
    pub(super) fn len(&self) -> usize {
        256 + match self {
            Self::Bytes => 0,
            Self::Characters(characters) => characters.len(),
        }
    }
}

/// One encoding out of those that share a vocabulary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// The encoding's name.
    pub name: String,
    /// How texts are split.
    pub pattern: Pattern,
    /// What happens to a text before that.
    pub normalizer: Normalizer,
    /// The space that a text gets before it, if it gets one.
    pub prefix_space: Option<PrefixSpace>,
    /// Strings that are one token wherever they stand; leftmost first, then the longest.
    pub literals: Vec<Literal>,
}

/// A space that is put before a text that is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrefixSpace {
    /// Whether every part between literals that are looked for in the text as it came gets one, and not only the text.
    pub each: bool,
    /// What gets none.
    pub unless: StartsWith,
}

impl PrefixSpace {
    /// At the start of any text, as SentencePiece puts it.
    pub const ONCE: Self = Self {
        each: false,
        unless: StartsWith::Nothing,
    };

    /// Whether it is put there when literals are out, and not with what a normaliser does.
    pub(crate) fn is_late(&self) -> bool {
        self.unless != StartsWith::Nothing
    }

    /// Whether a normaliser puts it before all that it normalises, literals too.
    pub(crate) fn is_normal(&self) -> bool {
        self.each && !self.is_late()
    }
}

/// What a text starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartsWith {
    /// There is no such text.
    Nothing,
    /// A space.
    Space,
    /// A space, or the symbol that stands for one, U+2581.
    SpaceOrSymbol,
}

impl StartsWith {
    /// Whether `text` does.
    pub(crate) fn holds(self, text: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::Space => text.starts_with(' '),
            Self::SpaceOrSymbol => text.starts_with([' ', '\u{2581}']),
        }
    }
}

/// A string that is one token wherever it stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    /// The string; not empty.
    pub text: String,
    /// Its id in the model's vocabulary.
    pub id: u32,
    /// Whether it controls the model. Such text in a message is ordinary text, unless special tokens are asked for.
    pub special: bool,
    /// Whether it takes the whitespace before it along.
    pub strip_left: bool,
    /// Whether it takes the whitespace after it along.
    pub strip_right: bool,
    /// Whether it must not touch another word.
    pub single_word: bool,
    /// Whether it is looked for in the normalised text, not in the text as it came.
    pub normalized: bool,
}
