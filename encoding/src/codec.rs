//! Ids: what a model reads instead of text.
//!
//! Counting needs none, so they are a second file, loaded by those who encode. A token is found by its bytes: pieces are
//! cut into tokens as they are for counting, and no two tokens have the same bytes.

mod decoder;
mod encoder;
mod id_memo;
mod longer_id_memo;
mod tokens;

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use self::encoder::Encoder;
use self::tokens::Tokens;
use crate::encoding::{Encoding, Tables};
use crate::error::{Code, Error, Result};
use crate::pack::{Kind, Pack, Symbols, corrupt};
use crate::reading::Part;

/// What SentencePiece writes for a space.
const SPACE_SYMBOL: char = '\u{2581}';

/// An encoding with ids: encodes and decodes.
///
/// ```
/// # fn main() -> token_headroom_encoding::Result<()> {
/// # let (pack, ids) = (include_bytes!("../packs/cl100k_base.pack"), include_bytes!("../packs/cl100k_base.ids"));
/// use token_headroom_encoding::{Codec, Encoding};
///
/// let encoding = Encoding::from_pack(pack)?;
/// let codec = Codec::new(&encoding, pack, ids)?;
/// assert_eq!(codec.encode("hello world"), [15339, 1917]);
/// assert_eq!(codec.decode(&[15339, 1917])?, "hello world");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Codec {
    encoding: Encoding,
    tokens: Arc<Tokens>,
    /// What idle calls left behind, one per thread that ever encoded at the same time.
    idle: Arc<Mutex<Vec<Encoder>>>,
    /// Whether [`SPACE_SYMBOL`] is written for a space.
    writes_spaces: bool,
}

impl Codec {
    /// Joins an encoding with its ids. `pack` is what the encoding was loaded from, `ids` the file of ids beside it.
    ///
    /// # Errors
    /// [`CorruptPack`](Code::CorruptPack) when a file is damaged or the two do not belong together,
    /// [`InvalidOption`](Code::InvalidOption) for an encoding whose ids are not public (Claude's).
    pub fn new(encoding: &Encoding, pack: &[u8], ids: &[u8]) -> Result<Self> {
        let pack = Pack::open(pack)?;
        if pack.variant(Some(encoding.name())).is_err() {
            return Err(corrupt(format!("no encoding {}", encoding.name())));
        }
        let Kind::Merges(merges) = &pack.kind else {
            return Err(Error::new(
                Code::InvalidOption,
                "",
                format!("{} has counts, but no ids", encoding.name()),
            )
            .with_hint("count with it; its vendor publishes no vocabulary"));
        };
        let writes_spaces = matches!(merges.symbols, Symbols::Characters(_));
        let literals = encoding.reading.literals().iter().map(|literal| {
            let text = match writes_spaces {
                true => Cow::Owned(literal.text.replace(SPACE_SYMBOL, " ")),
                false => Cow::Borrowed(literal.text.as_str()),
            };
            (literal.id, text)
        });
        Ok(Self {
            encoding: encoding.clone(),
            tokens: Arc::new(Tokens::new(merges, ids, literals)?),
            idle: Arc::default(),
            writes_spaces,
        })
    }

    /// The encoding that this encodes in.
    #[must_use]
    pub fn encoding(&self) -> &Encoding {
        &self.encoding
    }

    /// The ids of `text`.
    ///
    /// Text that looks like a special token is ordinary text, unless the encoding is one
    /// [`with_special_tokens`](Encoding::with_special_tokens) or [`with_allowed_special`](Encoding::with_allowed_special).
    #[must_use]
    pub fn encode(&self, text: &str) -> Vec<u32> {
        self.encode_as(&self.encoding, text)
    }

    /// The same as another handle of the encoding reads it, which looks for other special tokens.
    pub(crate) fn encode_as(&self, encoding: &Encoding, text: &str) -> Vec<u32> {
        let Tables::Merges(merging) = &*self.encoding.tables else {
            return Vec::new();
        };
        let reading = &encoding.reading;
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let encoder = idle().pop();
        let mut encoder = encoder.unwrap_or_else(Encoder::new);
        merging.with_counter(reading, |counter| {
            let _: ControlFlow<()> = reading.parts(text, |part| {
                match part {
                    Part::Literal(literal) => encoder.push(literal.id),
                    // The two symbols of a space are one, of which the tokens are written with the shorter.
                    Part::Text(text) if self.writes_spaces => {
                        let text = text.replace(SPACE_SYMBOL, " ");
                        encoder.encode(&self.tokens, counter, text.as_bytes());
                    }
                    Part::Text(text) => encoder.encode(&self.tokens, counter, text.as_bytes()),
                }
                ControlFlow::Continue(())
            });
        });
        let ids = encoder.finish();
        idle().push(encoder);
        ids
    }

    /// The text of `ids`; bytes that are not UTF-8 become U+FFFD.
    ///
    /// # Errors
    /// [`InvalidValue`](Code::InvalidValue) for an id that the encoding does not have; the path says which (`ids[3]`).
    pub fn decode(&self, ids: &[u32]) -> Result<String> {
        let bytes = self.decode_bytes(ids)?;
        Ok(match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        })
    }

    /// The bytes of `ids`. One token may hold a part of a character, so only all together are they sure to be UTF-8.
    ///
    /// # Errors
    /// [`InvalidValue`](Code::InvalidValue) for an id that the encoding does not have; the path says which (`ids[3]`).
    pub fn decode_bytes(&self, ids: &[u32]) -> Result<Vec<u8>> {
        let mut bytes = decoder::decode(&self.tokens, ids).map_err(|place| {
            let message = format!(
                "found the id {}, which {} does not have",
                ids[place],
                self.encoding.name()
            );
            Error::new(Code::InvalidValue, format!("ids[{place}]"), message)
                .with_hint("decode with the encoding that the ids were made in")
        })?;
        // The space that was put before the text is none of its own. What GPT-2's kin put there their own decoders leave as well.
        if self.encoding.reading.puts_space() && self.writes_spaces && bytes.first() == Some(&b' ')
        {
            bytes.remove(0);
        }
        Ok(bytes)
    }
}

impl std::fmt::Debug for Codec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Codec")
            .field("name", &self.encoding.name())
            .finish()
    }
}
