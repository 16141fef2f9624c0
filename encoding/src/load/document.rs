//! A JSON file of a tokenizer, read in one pass: `tokenizer.json`, or `tekken.json`.
//!
//! Vocabulary and merges go into flat arrays as they are met; only the small components become trees. That takes less
//! memory than the file itself, where a tree of all values takes eight times as much.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::node::{Bounded, Node};
use super::strings::Strings;
use super::{MAX_LITERALS, MAX_MERGES, MAX_TOKENS, start};

/// What such files hold. Which of it is there tells which kind of file it is.
#[derive(Default)]
pub(super) struct Document {
    pub version: Node,
    pub added_tokens: Vec<AddedToken>,
    pub normalizer: Node,
    pub pre_tokenizer: Node,
    pub model: Option<Model>,
    /// A key that no `tokenizer.json` has: a misspelt one, maybe.
    pub unknown: Option<String>,
    /// Of `tekken.json`.
    pub config: Node,
    pub special_tokens: Node,
    pub ranks: Option<Ranks>,
}

/// An entry of `added_tokens`.
#[derive(Deserialize)]
pub(super) struct AddedToken {
    pub id: u32,
    pub content: String,
    #[serde(default)]
    pub single_word: bool,
    #[serde(default)]
    pub lstrip: bool,
    #[serde(default)]
    pub rstrip: bool,
    #[serde(default)]
    pub normalized: bool,
    #[serde(default)]
    pub special: bool,
}

/// The `model` of a `tokenizer.json`.
#[derive(Default)]
pub(super) struct Model {
    /// Everything but vocabulary and merges.
    pub settings: Node,
    /// Tokens and ids; `None` when they are not an object.
    pub vocab: Option<Vocab>,
    pub merges: Option<Merges>,
}

/// Tokens as they are spelled in the file.
#[derive(Default)]
pub(super) struct Vocab {
    pub tokens: Strings,
    pub ids: Vec<u32>,
}

/// Merges by rank: both parts joined, and the length of the left one.
#[derive(Default)]
pub(super) struct Merges {
    pub joined: Strings,
    pub lefts: Vec<u16>,
}

/// The `vocab` of a `tekken.json`: base64 by rank.
#[derive(Default)]
pub(super) struct Ranks {
    pub tokens: Strings,
    pub ranks: Vec<u32>,
}

/// Reads a value of a type that only visits, without a struct for each.
struct Read<T>(PhantomData<T>);

impl<T> Read<T> {
    fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Read::<Self>::new())
    }
}

impl<'de> Visitor<'de> for Read<Document> {
    type Value = Document;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Document, A::Error> {
        let mut document = Document::default();
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            match &*key {
                "version" => document.version = map.next_value_seed(&Bounded::new())?,
                "normalizer" => document.normalizer = map.next_value_seed(&Bounded::new())?,
                "pre_tokenizer" => document.pre_tokenizer = map.next_value_seed(&Bounded::new())?,
                "config" => document.config = map.next_value_seed(&Bounded::new())?,
                "special_tokens" => {
                    document.special_tokens = map.next_value_seed(&Bounded::new())?;
                }
                "added_tokens" => document.added_tokens = map.next_value_seed(AddedTokens)?,
                "model" => document.model = map.next_value_seed(Read::<Model>::new())?,
                "vocab" => document.ranks = map.next_value_seed(Read::<Ranks>::new())?,
                other => {
                    const OF_NO_EFFECT: [&str; 4] =
                        ["truncation", "padding", "post_processor", "decoder"];
                    if !OF_NO_EFFECT.contains(&other) {
                        document.unknown = Some(start(other));
                    }
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(document)
    }
}

struct AddedTokens;

impl<'de> DeserializeSeed<'de> for AddedTokens {
    type Value = Vec<AddedToken>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AddedTokens {
    type Value = Vec<AddedToken>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of added tokens")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut tokens = Vec::new();
        while let Some(token) = seq.next_element()? {
            if tokens.len() == MAX_LITERALS {
                return Err(A::Error::custom(format!(
                    "more than {MAX_LITERALS} added tokens"
                )));
            }
            tokens.push(token);
        }
        Ok(tokens)
    }
}

/// `None` when there is a value of another type, which then is skipped.
impl<'de, T> DeserializeSeed<'de> for Read<T>
where
    Self: Visitor<'de, Value = Option<T>>,
{
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Read<Model> {
    type Value = Option<Model>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a model")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut model = Model::default();
        let mut settings = Vec::new();
        let bounded = Bounded::new();
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            match &*key {
                "vocab" => model.vocab = map.next_value_seed(Read::<Vocab>::new())?,
                "merges" => model.merges = map.next_value_seed(Read::<Merges>::new())?,
                _ => {
                    let value = map.next_value_seed(&bounded)?;
                    settings.push((key.into_owned(), value));
                }
            }
        }
        model.settings = Node::Map(settings);
        Ok(Some(model))
    }
}

impl<'de> Visitor<'de> for Read<Vocab> {
    type Value = Option<Vocab>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of tokens and ids")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut vocab = Vocab::default();
        while let Some((token, id)) = map.next_entry::<Cow<'_, str>, u32>()? {
            if vocab.ids.len() == MAX_TOKENS {
                return Err(A::Error::custom(format!("more than {MAX_TOKENS} tokens")));
            }
            // What stands for no id elsewhere.
            if id == u32::MAX {
                return Err(A::Error::custom(format!(
                    "the id {id} of {token:?}, expected one of 24 bits"
                )));
            }
            vocab.tokens.push(token.as_bytes());
            vocab.ids.push(id);
        }
        Ok(Some(vocab))
    }

    // Of a Unigram model, which is refused by its type.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

impl<'de> Visitor<'de> for Read<Merges> {
    type Value = Option<Merges>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of merges")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut merges = Merges::default();
        while let Some(Pair(left, right)) = seq.next_element()? {
            if merges.lefts.len() == MAX_MERGES {
                return Err(A::Error::custom(format!("more than {MAX_MERGES} merges")));
            }
            let length = u16::try_from(left.len())
                .map_err(|_| A::Error::custom("a merge of more than 65535 bytes"))?;
            merges.lefts.push(length);
            merges
                .joined
                .push(&[left.as_bytes(), right.as_bytes()].concat());
        }
        Ok(Some(merges))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// A merge: `"a b"` or `["a", "b"]`.
struct Pair<'a>(Cow<'a, str>, Cow<'a, str>);

impl<'de> Deserialize<'de> for Pair<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Read::<Pair<'de>>::new())
    }
}

impl<'de> Visitor<'de> for Read<Pair<'de>> {
    type Value = Pair<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a merge, as \"a b\" or [\"a\", \"b\"]")
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, value: &'de str) -> Result<Self::Value, E> {
        let (left, right) = two(value)?;
        Ok(Pair(left.into(), right.into()))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Self::Value, E> {
        let (left, right) = two(value)?;
        Ok(Pair(left.to_owned().into(), right.to_owned().into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let left = seq.next_element::<String>()?;
        let right = seq.next_element::<String>()?;
        match (left, right, seq.next_element::<IgnoredAny>()?) {
            (Some(left), Some(right), None) => Ok(Pair(left.into(), right.into())),
            _ => Err(A::Error::custom("a merge has not two parts")),
        }
    }
}

fn two<E: serde::de::Error>(merge: &str) -> Result<(&str, &str), E> {
    merge
        .split_once(' ')
        .filter(|(_, right)| !right.contains(' '))
        .ok_or_else(|| E::custom("a merge has not two parts"))
}

impl<'de> Visitor<'de> for Read<Ranks> {
    type Value = Option<Ranks>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of ranked tokens")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        #[derive(Deserialize)]
        struct Entry<'a> {
            rank: u32,
            #[serde(borrow)]
            token_bytes: Cow<'a, str>,
        }
        let mut ranks = Ranks::default();
        while let Some(Entry { rank, token_bytes }) = seq.next_element()? {
            if ranks.ranks.len() == MAX_TOKENS {
                return Err(A::Error::custom(format!("more than {MAX_TOKENS} tokens")));
            }
            ranks.ranks.push(rank);
            ranks.tokens.push(token_bytes.as_bytes());
        }
        Ok(Some(ranks))
    }

    // The vocabulary of some other file; it has no model then, which is what the error says.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}
