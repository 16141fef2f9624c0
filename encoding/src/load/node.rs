//! JSON of unknown shape, and of bounded size.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::invalid;
use crate::error::{Error, Result};

/// Values that one component may hold: the largest seen has some hundred.
const MAX_NODES: u32 = 20_000;

/// A JSON value.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Node {
    #[default]
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    /// The value of `key`; `null` when there is none.
    pub fn get(&self, key: &str) -> &Self {
        const NULL: &Node = &Node::Null;
        match self {
            Self::Map(entries) => entries
                .iter()
                .rev()
                .find_map(|(name, value)| (name == key).then_some(value))
                .unwrap_or(NULL),
            _ => NULL,
        }
    }

    /// The value in an error: as it is written, or its kind.
    pub fn shown(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(bool) => bool.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) if text.len() <= 64 => format!("{text:?}"),
            Self::Text(_) => "a long string".to_owned(),
            Self::List(_) => "a list".to_owned(),
            Self::Map(_) => "an object".to_owned(),
        }
    }

    /// The string.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean at `key` of the component at `path`; where there is none, `default`, if that may be left out.
    pub fn flag(&self, path: &str, key: &str, default: Option<bool>) -> Result<bool> {
        match (self.get(key), default) {
            (Self::Bool(bool), _) => Ok(*bool),
            (Self::Null, Some(default)) => Ok(default),
            _ => Err(self.unexpected(path, key, "true or false")),
        }
    }

    /// Says that the value at `key` of the component at `path` is not what it must be.
    pub fn unexpected(&self, path: &str, key: &str, expected: &str) -> Error {
        let found = self.get(key).shown();
        invalid(
            format!("{path}.{key}"),
            format!("found {found}, expected {expected}"),
        )
    }

    /// The number, if it is an unsigned integer.
    pub fn u32(&self) -> Option<u32> {
        match self {
            Self::Number(number) if *number >= 0.0 && *number <= f64::from(u32::MAX) => {
                (number.fract() == 0.0).then_some(*number as u32)
            }
            _ => None,
        }
    }
}

/// Reads one value.
pub(super) struct Bounded {
    left: Cell<u32>,
}

impl Bounded {
    /// A reader with all of its budget.
    pub fn new() -> Self {
        Self {
            left: Cell::new(MAX_NODES),
        }
    }
}

impl<'de> DeserializeSeed<'de> for &Bounded {
    type Value = Node;

    // The parser limits the depth.
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        let left = self.left.get();
        if left == 0 {
            return Err(D::Error::custom(format!(
                "a component has more than {MAX_NODES} values"
            )));
        }
        self.left.set(left - 1);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &Bounded {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value as f64))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = seq.next_element_seed(self)? {
            list.push(value);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            entries.push((key, map.next_value_seed(self)?));
        }
        Ok(Node::Map(entries))
    }
}
