//! An object of options: every key known, every mistake named with its place.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::json;
use crate::judge::LimitKind;
use token_headroom_encoding::{Code, Error, Result};

/// How alike a key and the one that is meant are at least, by Jaro and Winkler.
const LIKE: f64 = 0.6;

/// An object whose keys are all known.
pub(crate) struct Fields<'a> {
    path: &'a str,
    values: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    pub(crate) fn of(value: &'a Value, path: &'a str, known: &[&str], what: &str) -> Result<Self> {
        let Value::Object(values) = value else {
            let message = format!("found {}, expected {what}: an object", kind(value));
            return Err(Error::new(Code::InvalidOption, path, message)
                .with_hint(format!("known keys are {}", known.join(", "))));
        };
        let fields = Self { path, values };
        match values.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(fields.unknown(key, known)),
            None => Ok(fields),
        }
    }

    pub(crate) fn text(&self, key: &str) -> Result<Option<String>> {
        self.read(key, "a string that is not empty", as_text)
    }

    pub(crate) fn tokens(&self, key: &str) -> Result<Option<u32>> {
        self.read(
            key,
            "a whole number of tokens, at most 4294967295",
            |value| value.as_u64().and_then(|number| u32::try_from(number).ok()),
        )
    }

    pub(super) fn index(&self, key: &str) -> Result<Option<usize>> {
        self.read(key, "a whole number", as_index)
    }

    pub(super) fn share(&self, key: &str) -> Result<Option<f64>> {
        self.number(key, "a share, more than 0 and at most 1", |share| {
            share > 0.0 && share <= 1.0
        })
    }

    pub(super) fn number(
        &self,
        key: &str,
        expected: &str,
        holds: fn(f64) -> bool,
    ) -> Result<Option<f64>> {
        let Some(value) = self.values.get(key) else {
            return Ok(None);
        };
        match value.as_f64().filter(|number| holds(*number)) {
            Some(number) => Ok(Some(number)),
            None => Err(self.invalid(key, value, expected)),
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&'a Value> {
        self.values.get(key)
    }

    pub(super) fn switch(&self, key: &str) -> Result<Option<bool>> {
        self.read(key, "true or false", Value::as_bool)
    }

    pub(crate) fn limit_kind(&self, key: &str) -> Result<Option<LimitKind>> {
        self.read(
            key,
            "\"shared\", \"split\", \"separate\" or \"input_only\"",
            |value| match value.as_str()? {
                "shared" => Some(LimitKind::Shared),
                "split" => Some(LimitKind::Split),
                "separate" => Some(LimitKind::Separate),
                "input_only" => Some(LimitKind::InputOnly),
                _ => None,
            },
        )
    }

    pub(super) fn list<T>(
        &self,
        key: &str,
        expected: &str,
        read: fn(&Value) -> Option<T>,
    ) -> Result<Vec<T>> {
        let Some(value) = self.values.get(key) else {
            return Ok(Vec::new());
        };
        let Value::Array(items) = value else {
            return Err(self.invalid(key, value, &format!("an array, each {expected}")));
        };
        items
            .iter()
            .enumerate()
            .map(|(index, item)| {
                read(item).ok_or_else(|| self.invalid(&format!("{key}[{index}]"), item, expected))
            })
            .collect()
    }

    /// The numbers in an object, whatever their keys.
    pub(super) fn numbers(
        &self,
        key: &str,
        expected: &str,
        holds: fn(f64) -> bool,
    ) -> Result<BTreeMap<String, f64>> {
        let mut numbers = BTreeMap::new();
        let Some(value) = self.values.get(key) else {
            return Ok(numbers);
        };
        let Value::Object(values) = value else {
            return Err(self.invalid(key, value, &format!("an object, each value {expected}")));
        };
        let path = self.place(key);
        let own = Fields {
            path: &path,
            values,
        };
        for name in values.keys() {
            if let Some(number) = own.number(name, expected, holds)? {
                numbers.insert(name.clone(), number);
            }
        }
        Ok(numbers)
    }

    pub(crate) fn read<T>(
        &self,
        key: &str,
        expected: &str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<Option<T>> {
        match self.values.get(key) {
            None => Ok(None),
            Some(value) => match read(value) {
                Some(read) => Ok(Some(read)),
                None => Err(self.invalid(key, value, expected)),
            },
        }
    }

    pub(super) fn invalid(&self, key: &str, value: &Value, expected: &str) -> Error {
        let message = format!("found {}, expected {expected}", shown(value));
        Error::new(Code::InvalidOption, self.place(key), message)
            .with_hint("leave it out to use the default")
    }

    fn unknown(&self, key: &str, known: &[&str]) -> Error {
        let key: String = key.chars().take(64).collect();
        let near = |name: &str| {
            strsim::jaro_winkler(&key.to_ascii_lowercase(), &name.to_ascii_lowercase())
        };
        let nearest = known.iter().max_by(|a, b| near(a).total_cmp(&near(b)));
        let nearest = nearest.filter(|name| near(name) > LIKE);
        Error::new(
            Code::InvalidOption,
            self.place(&key),
            format!(
                "found the unknown key {key:?}, expected one of {}",
                known.join(", ")
            ),
        )
        .with_hint(nearest.map_or_else(String::new, |name| format!("did you mean `{name}`?")))
    }

    pub(super) fn place(&self, key: &str) -> String {
        match self.path {
            "" => key.to_owned(),
            path => format!("{path}.{key}"),
        }
    }
}

pub(super) fn as_text(value: &Value) -> Option<String> {
    value
        .as_str()
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

pub(super) fn as_index(value: &Value) -> Option<usize> {
    value
        .as_u64()
        .and_then(|number| usize::try_from(number).ok())
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Scalars as they are, the rest by kind: an error stays one line.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.chars().count() > 64 => "a long string".to_owned(),
        Value::Array(_) | Value::Object(_) => kind(value).to_owned(),
        _ => json::plain(value),
    }
}
