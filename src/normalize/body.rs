//! A body apart: the list that grows with every turn, and all else.

use serde_json::{Map, Value};

use super::{detect, read};
use crate::conversation::Dialect;
use crate::json;
use crate::media::{self, Base64};
use token_headroom_encoding::{Code, Error, Result};

/// The fields that may hold the list, in the order in which they are looked for.
const LISTS: [&str; 4] = ["messages", "contents", "input", "prompt"];

/// A request body with its list taken out.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// The body without the list; an empty object for a list alone.
    pub rest: Value,
    /// The field that held the list; `None` for a list alone, or for a body whose messages are elsewhere.
    pub key: Option<&'static str>,
    /// The list's entries. A text where a list may be is one entry: Responses takes a string as its `input`.
    pub list: Vec<Value>,
}

impl Body {
    /// Takes `request` apart.
    ///
    /// # Errors
    /// For what is neither an object nor an array, for a body without a list, and for an empty list.
    pub fn of(request: &Value) -> Result<Self> {
        if let Value::Array(list) = request {
            let body = Self {
                rest: Value::Object(Map::new()),
                key: None,
                list: list.clone(),
            };
            return if body.list.is_empty() {
                Err(no_messages("messages"))
            } else {
                Ok(body)
            };
        }
        let fields = read::object(request, "", "a request body with `messages`")?;
        if let Some(inner) = fields.get("input").and_then(counted_by_bedrock) {
            return Self::of(&inner);
        }
        let key = LISTS
            .into_iter()
            .find(|key| read::optional(fields, key).is_some());
        let list = key.and_then(|key| list(key, fields.get(key)?));
        let elsewhere = || Self {
            rest: request.clone(),
            key: None,
            list: Vec::new(),
        };
        let (Some(key), Some(list)) = (key, list) else {
            if detect::has_messages_elsewhere(fields) {
                return Ok(elsewhere());
            }
            return Err(absent(fields));
        };
        if list.is_empty() {
            if key == "input" && detect::has_server_history(fields) {
                return Ok(elsewhere());
            }
            return Err(no_messages(key));
        }
        let rest = fields.iter().filter(|(other, _)| *other != key);
        Ok(Self {
            rest: rest
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
            key: Some(key),
            list,
        })
    }

    /// The dialect of the body, whose list holds `entries`.
    pub fn dialect<'a>(&self, entries: impl Iterator<Item = &'a Value>) -> Dialect {
        detect::dialect(&self.rest, self.key, entries)
    }

    /// The path of an entry.
    #[must_use]
    pub fn place(&self, index: usize) -> String {
        format!("{}[{index}]", self.key.unwrap_or("messages"))
    }
}

/// The name of a field that may hold the list, as a binding gives it.
pub(crate) fn list_key(name: &str) -> Option<&'static str> {
    LISTS.into_iter().find(|key| *key == name)
}

/// The field of a body that holds its list of messages; `None` where they are elsewhere, or wrapped.
pub(crate) fn list_in(fields: &Map<String, Value>) -> Option<&'static str> {
    if fields.get("input").and_then(counted_by_bedrock).is_some() {
        return None;
    }
    let mut keys = LISTS.into_iter();
    let key = keys.find(|key| read::optional(fields, key).is_some())?;
    is_list(key, fields.get(key)?).then_some(key)
}

/// The request inside one of Bedrock's `CountTokens`: of Converse, or of another API in base64.
fn counted_by_bedrock(input: &Value) -> Option<Value> {
    if let Some(inner @ Value::Object(_)) = input.get("converse") {
        return Some(inner.clone());
    }
    let body = Base64::new(input.get("invokeModel")?.get("body")?.as_str()?);
    let inner = json::parsed(&media::text_in(&body)?)?;
    matches!(inner, Value::Object(_)).then_some(inner)
}

/// The entries of a field that may hold the list; a text, and Gemini's single content, is one entry.
fn list(key: &str, value: &Value) -> Option<Vec<Value>> {
    is_list(key, value).then(|| match value {
        Value::Array(entries) => entries.clone(),
        one => vec![one.clone()],
    })
}

fn is_list(key: &str, value: &Value) -> bool {
    match value {
        Value::Array(_) => true,
        Value::String(_) => key != "messages",
        Value::Object(_) => key == "contents",
        _ => false,
    }
}

fn absent(fields: &Map<String, Value>) -> Error {
    let given = LISTS
        .into_iter()
        .find_map(|key| Some((key, fields.get(key)?)));
    match given {
        Some(("messages", value)) => return no_list(value),
        Some(("contents", value)) => {
            return read::wrong_type(value, "contents", "an array of contents, or one");
        }
        Some((key, value)) => {
            return read::wrong_type(value, key, "a string or an array");
        }
        None => {}
    }
    read::missing(
        "messages",
        "",
        "an array of messages (or `contents`, `input`, `prompt`)",
        "pass the whole request body, as the SDK would send it",
    )
}

fn no_list(found: &Value) -> Error {
    read::wrong_type(found, "messages", "an array of messages").with_hint(
        "wrap a single message in an array: [{ \"role\": \"user\", \"content\": \"...\" }]",
    )
}

/// The error for a request that says nothing.
pub(super) fn no_messages(key: &str) -> Error {
    Error::new(
        Code::InvalidValue,
        key,
        "found an empty array, expected at least one message",
    )
    .with_hint("add a user message")
}
