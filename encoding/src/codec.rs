//! Ids: what a model reads instead of text.
//!
//! Counting needs none, so they are a second file, loaded by those who encode. A token is found by its bytes: pieces are
//! cut into tokens as they are for counting, and no two tokens have the same bytes.

use std::ops::ControlFlow;

use crate::counter::Counter;
use crate::encoding::{Encoding, Tables};
use crate::error::{Code, Error, Result};
use crate::merges::long::Told;
use crate::pack::{Kind, Merges, NO_ID, Pack, Symbols, corrupt, read_ids};
use crate::reading::Part;

/// Tokens longer than this are refused: expanding the merges of a hostile pack must not fill the memory.
const MAX_TOKEN: usize = 1 << 16;
/// Slots that a token may be looked for in; tokens that are made to collide are refused, before they take quadratic time.
const MAX_SLOTS: usize = 1 << 10;
/// What SentencePiece writes for a space.
const SPACE_SYMBOL: char = '\u{2581}';
/// The most bytes that all tokens may have together.
const MAX_TOKENS: usize = 1 << 26;

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
    /// The bytes of all tokens, one after the other, and where each ends.
    bytes: Vec<u8>,
    ends: Vec<u32>,
    /// By token: its id.
    ids: Vec<u32>,
    /// Open addressing over the bytes of tokens: a token's number and one, or 0.
    tokens: Vec<u32>,
    /// Whether [`SPACE_SYMBOL`] is written for a space.
    writes_spaces: bool,
    /// By id, ascending: tokens.
    by_id: Vec<(u32, Token)>,
}

/// What an id stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Token {
    /// A byte, character, merge or whole, by its number.
    Plain(u32),
    /// A literal, by its place.
    Literal(u32),
}

impl Codec {
    /// Joins an encoding with its ids. `pack` is what the encoding was loaded from, `ids` the file of ids beside it.
    ///
    /// # Errors
    /// [`CorruptPack`](Code::CorruptPack) when a file is damaged or the two do not belong together,
    /// [`InvalidOption`](Code::InvalidOption) for an encoding whose ids are not public (Claude's).
    pub fn new(encoding: &Encoding, pack: &[u8], ids: &[u8]) -> Result<Self> {
        let pack = Pack::open(pack)?;
        let Kind::Merges(merges) = &pack.kind else {
            return Err(Error::new(
                Code::InvalidOption,
                "",
                format!("{} has counts, but no ids", encoding.name()),
            )
            .with_hint("count with it; its vendor publishes no vocabulary"));
        };
        let ids = read_ids(ids)?;
        let (bytes, ends) = expand(merges)?;
        if ids.len() != ends.len() {
            return Err(corrupt(format!(
                "{} ids for {} tokens",
                ids.len(),
                ends.len()
            )));
        }
        let mut codec = Self {
            encoding: encoding.clone(),
            tokens: vec![0; (ends.len() * 2).next_power_of_two()],
            bytes,
            ends,
            ids,
            writes_spaces: matches!(merges.symbols, Symbols::Characters(_)),
            by_id: Vec::new(),
        };
        codec.index()?;
        Ok(codec)
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
        let mut ids = Vec::new();
        let Tables::Merges(merging) = &*self.encoding.tables else {
            return ids;
        };
        let reading = &encoding.reading;
        merging.with_counter(reading, |counter| {
            let _: ControlFlow<()> = reading.parts(text, |part| {
                match part {
                    Part::Literal(literal) => ids.push(literal.id),
                    Part::Text(text) if counter.vocabulary.characters().is_some() => {
                        // The two symbols of a space are one, of which the tokens are written with the shorter.
                        let text = text.replace(SPACE_SYMBOL, " ");
                        self.encode_part(counter, text.as_bytes(), &mut ids);
                    }
                    Part::Text(text) => self.encode_part(counter, text.as_bytes(), &mut ids),
                }
                ControlFlow::Continue(())
            });
        });
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
        let mut bytes = Vec::new();
        for (place, &id) in ids.iter().enumerate() {
            match self.token_of(id) {
                Some(Token::Plain(token)) => bytes.extend(self.token(token)),
                Some(Token::Literal(at)) => {
                    let literal = self.encoding.reading.literals().get(at as usize);
                    let text = literal.map_or("", |literal| &literal.text);
                    if self.writes_spaces {
                        bytes.extend(text.replace(SPACE_SYMBOL, " ").as_bytes());
                    } else {
                        bytes.extend(text.as_bytes());
                    }
                }
                None => {
                    return Err(Error::new(
                        Code::InvalidValue,
                        format!("ids[{place}]"),
                        format!(
                            "found the id {id}, which {} does not have",
                            self.encoding.name()
                        ),
                    )
                    .with_hint("decode with the encoding that the ids were made in"));
                }
            }
        }
        // The space that was put before the text is none of its own. What GPT-2's kin put there their own decoders leave as well.
        if self.encoding.reading.puts_space() && self.writes_spaces && bytes.first() == Some(&b' ')
        {
            bytes.remove(0);
        }
        Ok(bytes)
    }

    fn token_of(&self, id: u32) -> Option<Token> {
        let at = self.by_id.binary_search_by_key(&id, |&(id, _)| id).ok()?;
        self.by_id.get(at).map(|&(_, token)| token)
    }

    fn encode_part(&self, counter: &mut Counter<'_>, text: &[u8], ids: &mut Vec<u32>) {
        let mut start = 0;
        while start < text.len() {
            let end = counter.piece_end(text, start);
            let piece = &text[start..end];
            start = end;
            if let Some(id) = self.whole(counter, piece) {
                ids.push(id);
                continue;
            }
            let before = ids.len();
            let mut from = 0;
            counter.token_ends(piece, &mut |told| {
                match told {
                    Told::End(to) => {
                        ids.push(self.find(&piece[from..to]).unwrap_or(NO_ID));
                        from = to;
                    }
                    Told::Anew => {
                        ids.truncate(before);
                        from = 0;
                    }
                }
                ControlFlow::Continue(())
            });
        }
    }

    /// The id of a piece that is one token.
    fn whole(&self, counter: &mut Counter<'_>, piece: &[u8]) -> Option<u32> {
        let id = self.find(piece)?;
        (counter.count_piece(piece, 0, piece.len(), 1) == 1).then_some(id)
    }

    fn token(&self, token: u32) -> &[u8] {
        let token = token as usize;
        let start = match token.checked_sub(1) {
            Some(before) => self.ends[before] as usize,
            None => 0,
        };
        &self.bytes[start..self.ends[token] as usize]
    }

    fn find(&self, bytes: &[u8]) -> Option<u32> {
        let mut slot = self.slot(bytes);
        loop {
            let token = self.tokens[slot].checked_sub(1)?;
            if self.token(token) == bytes {
                return Some(self.ids[token as usize]);
            }
            slot = (slot + 1) & (self.tokens.len() - 1);
        }
    }

    fn slot(&self, bytes: &[u8]) -> usize {
        crate::longer_memo::hash(bytes) as usize & (self.tokens.len() - 1)
    }

    fn index(&mut self) -> Result<()> {
        for token in 0..self.ends.len() as u32 {
            let id = self.ids[token as usize];
            if id != NO_ID {
                self.by_id.push((id, Token::Plain(token)));
            }
            let first = self.slot(self.token(token));
            let mask = self.tokens.len() - 1;
            let free = (first..first + MAX_SLOTS).find(|slot| self.tokens[slot & mask] == 0);
            let slot = free.ok_or_else(|| corrupt("its tokens collide".to_owned()))? & mask;
            self.tokens[slot] = token + 1;
        }
        for (literal, at) in self.encoding.reading.literals().iter().zip(0..) {
            self.by_id.push((literal.id, Token::Literal(at)));
        }
        // A literal may repeat a token of the vocabulary: the token comes first.
        self.by_id.sort_unstable();
        self.by_id.dedup_by_key(|&mut (id, _)| id);
        Ok(())
    }
}

impl std::fmt::Debug for Codec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Codec")
            .field("name", &self.encoding.name())
            .finish()
    }
}

/// The bytes of every token, and where each ends.
fn expand(merges: &Merges<'_>) -> Result<(Vec<u8>, Vec<u32>)> {
    let mut bytes: Vec<u8> = (0..=255).collect();
    let mut ends: Vec<u32> = (1..=256).collect();
    let mut buffer = [0; 4];
    for character in merges.characters() {
        bytes.extend(character.encode_utf8(&mut buffer).as_bytes());
        ends.push(bytes.len() as u32);
    }
    for (left, right) in merges.pairs()? {
        let place = |token: u32| {
            let end = ends.get(token as usize).copied().unwrap_or_default();
            let start = token
                .checked_sub(1)
                .and_then(|before| ends.get(before as usize));
            start.copied().unwrap_or_default() as usize..end as usize
        };
        let (left, right) = (place(left), place(right));
        if left.len() + right.len() > MAX_TOKEN || bytes.len() > MAX_TOKENS {
            return Err(corrupt(format!("a token of more than {MAX_TOKEN} bytes")));
        }
        bytes.extend_from_within(left);
        bytes.extend_from_within(right);
        ends.push(bytes.len() as u32);
    }
    for whole in merges.wholes()? {
        bytes.extend(whole);
        ends.push(bytes.len() as u32);
    }
    Ok((bytes, ends))
}
