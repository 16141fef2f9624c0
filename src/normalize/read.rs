//! Typed access to JSON: a value of the expected type, or an error that says what was found instead.

use serde_json::{Map, Value};

use token_headroom_encoding::{Code, Error, Result};

/// Longest excerpt of an offending value in a message.
const EXCERPT: usize = 40;

/// `value` as an object; `what` completes "expected ...".
pub(super) fn object<'a>(
    value: &'a Value,
    path: &str,
    what: &str,
) -> Result<&'a Map<String, Value>> {
    value
        .as_object()
        .ok_or_else(|| wrong_type(value, path, &format!("an object ({what})")))
}

/// `value` as a string; `what` completes "expected ...".
pub(super) fn string<'a>(value: &'a Value, path: &str, what: &str) -> Result<&'a str> {
    value
        .as_str()
        .ok_or_else(|| wrong_type(value, path, &format!("a string ({what})")))
}

/// Field `key` of `fields`, where absent and `null` are the same.
pub(super) fn optional<'a>(fields: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    fields.get(key).filter(|value| !value.is_null())
}

/// A string field that may be absent or `null`.
pub(super) fn optional_string<'a>(
    fields: &'a Map<String, Value>,
    key: &str,
    path: &str,
    what: &str,
) -> Result<Option<&'a str>> {
    optional(fields, key)
        .map(|value| string(value, &join(path, key), what))
        .transpose()
}

/// A string field that must be there; `hint` says how to supply it.
pub(super) fn required_string<'a>(
    fields: &'a Map<String, Value>,
    key: &str,
    path: &str,
    what: &str,
    hint: &str,
) -> Result<&'a str> {
    let value = fields
        .get(key)
        .ok_or_else(|| missing(key, path, &format!("a string ({what})"), hint))?;
    string(value, &join(path, key), what).map_err(|error| error.with_hint(hint))
}

/// `path.key`, or `key` at the root.
pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

/// The error for an absent field.
pub(super) fn missing(key: &str, path: &str, expected: &str, hint: &str) -> Error {
    Error::new(
        Code::MissingField,
        join(path, key),
        format!("found nothing, expected {expected}"),
    )
    .with_hint(hint)
}

/// The error for a value of the wrong type.
pub(super) fn wrong_type(value: &Value, path: &str, expected: &str) -> Error {
    Error::new(
        Code::InvalidType,
        path,
        format!("found {}, expected {expected}", found(value)),
    )
}

/// The error for a value of the right type that is not allowed.
pub(super) fn wrong_value(value: &Value, path: &str, expected: &str) -> Error {
    Error::new(
        Code::InvalidValue,
        path,
        format!("found {}, expected {expected}", found(value)),
    )
}

/// A value in words, short enough for one line.
pub(super) fn found(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(truth) => format!("the boolean {truth}"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) if text.chars().count() <= EXCERPT => {
            format!("the string {text:?}")
        }
        Value::String(text) => {
            let start: String = text.chars().take(EXCERPT).collect();
            format!("a string that starts with {start:?}")
        }
        Value::Array(items) => format!("an array of {}", items.len()),
        Value::Object(fields) => match fields.keys().next() {
            Some(key) => format!("an object with the key {key:?}"),
            None => "an empty object".to_owned(),
        },
    }
}
