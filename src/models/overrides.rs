//! What a caller knows better than the catalogue.

use serde_json::Value;

use super::names::folded;
use super::{Host, Price};
use crate::judge::LimitKind;
use crate::options::Fields;
use token_headroom_encoding::{Code, Error, Result};

/// A model of the caller's own, or a correction of one in the catalogue. What is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Override {
    /// Take everything that is absent here from this model of the catalogue; of a model that is in the catalogue itself,
    /// encoding and framing only.
    pub like: Option<String>,
    /// Count with this encoding.
    pub encoding: Option<String>,
    /// Who serves it.
    pub host: Option<String>,
    /// Which comparison applies.
    pub limit_kind: Option<LimitKind>,
    /// The context window.
    pub max_context_tokens: Option<u32>,
    /// The largest prompt.
    pub max_input_tokens: Option<u32>,
    /// The largest answer.
    pub max_output_tokens: Option<u32>,
    /// List prices; `Some(None)`: not known, whatever the catalogue says.
    pub price: Option<Option<Price>>,
    /// The day on which it is no longer served, as `2026-12-11`.
    pub retires: Option<String>,
    /// Where the figures come from.
    pub source: Option<String>,
    /// When they were looked up.
    pub date: Option<String>,
}

const KEYS: [&str; 11] = [
    "like",
    "encoding",
    "host",
    "limitKind",
    "maxContextTokens",
    "maxInputTokens",
    "maxOutputTokens",
    "price",
    "retires",
    "source",
    "date",
];

impl Override {
    fn read(value: &Value, path: &str) -> Result<Self> {
        let fields = Fields::of(value, path, &KEYS, "a model")?;
        let price = match value.get("price") {
            None => None,
            Some(Value::Null) => Some(None),
            Some(_) => Some(fields.read(
                "price",
                "US dollars per million tokens: [input, output], or input, output, cacheRead, cacheWrite and tiers",
                Price::read,
            )?),
        };
        Ok(Self {
            like: fields.text("like")?,
            encoding: fields.text("encoding")?,
            host: fields.text("host")?,
            limit_kind: fields.limit_kind("limitKind")?,
            max_context_tokens: fields.tokens("maxContextTokens")?,
            max_input_tokens: fields.tokens("maxInputTokens")?,
            max_output_tokens: fields.tokens("maxOutputTokens")?,
            price,
            retires: fields.text("retires")?,
            source: fields.text("source")?,
            date: fields.text("date")?,
        })
    }

    /// `self`, and of `other` what `self` leaves open.
    fn or(self, other: Self) -> Self {
        Self {
            like: self.like.or(other.like),
            encoding: self.encoding.or(other.encoding),
            host: self.host.or(other.host),
            limit_kind: self.limit_kind.or(other.limit_kind),
            max_context_tokens: self.max_context_tokens.or(other.max_context_tokens),
            max_input_tokens: self.max_input_tokens.or(other.max_input_tokens),
            max_output_tokens: self.max_output_tokens.or(other.max_output_tokens),
            price: self.price.or(other.price),
            retires: self.retires.or(other.retires),
            source: self.source.or(other.source),
            date: self.date.or(other.date),
        }
    }
}

/// [`Override`]s by the name of a model, or by `name@host` for what only that host does differently.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq)]
struct Entry {
    key: String,
    /// Folded as names of the catalogue are.
    name: String,
    host: Option<Host>,
    row: Override,
}

impl Overrides {
    /// Reads an object of partial rows; `path` is the option's own.
    ///
    /// # Errors
    /// [`InvalidOption`](Code::InvalidOption) that names the row and its field.
    pub fn read(value: &Value, path: &str) -> Result<Self> {
        let Value::Object(rows) = value else {
            return Err(Error::new(
                Code::InvalidOption,
                path,
                "found no object, expected one with a row for each name of a model",
            )
            .with_hint("for example { \"my-deployment\": { \"like\": \"gpt-4o\", \"maxContextTokens\": 128000 } }"));
        };
        rows.iter()
            .map(|(key, row)| {
                let row = Override::read(row, &place(path, key))?;
                Ok((key.clone(), row))
            })
            .collect()
    }

    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What applies to a model, and the keys of the entries that say so. `names` are its spellings, the most specific first.
    pub(crate) fn of(&self, names: &[String], host: Option<Host>) -> (Override, Vec<String>) {
        let mut found = (Override::default(), Vec::new());
        let mut add = |entry: &Entry| {
            if !found.1.contains(&entry.key) {
                found.0 = std::mem::take(&mut found.0).or(entry.row.clone());
                found.1.push(entry.key.clone());
            }
        };
        for name in names {
            let name = folded(name);
            let (own, all): (Vec<&Entry>, Vec<&Entry>) = self
                .entries
                .iter()
                .filter(|entry| entry.name == name)
                .partition(|entry| entry.host.is_some());
            // Nobody else being named, the maker serves it.
            let served = host.unwrap_or(Host::Maker);
            own.into_iter()
                .filter(|entry| entry.host == Some(served))
                .chain(all)
                .for_each(&mut add);
        }
        found
    }

    /// Names that only the caller knows, for suggestions.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.key.as_str())
    }
}

impl<K: Into<String>> FromIterator<(K, Override)> for Overrides {
    fn from_iter<I: IntoIterator<Item = (K, Override)>>(rows: I) -> Self {
        let entries = rows.into_iter().map(|(key, row)| {
            let key: String = key.into();
            let (name, host) = match key.rsplit_once('@') {
                Some((name, host)) if Host::named(host).is_some() => (name, Host::named(host)),
                _ => (key.as_str(), None),
            };
            Entry {
                name: folded(name.trim()),
                host,
                row,
                key,
            }
        });
        Self {
            entries: entries.collect(),
        }
    }
}

/// `models["my-deployment"]`.
pub(crate) fn place(path: &str, key: &str) -> String {
    let shown: String = key.chars().take(64).collect();
    format!("{path}[{shown:?}]")
}
