//! Typed access to JSON: a value of the expected type, or an error that says what was found instead.

use serde_json::{Map, Value};

use crate::conversation::Part;
use crate::json;
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
    json::field(fields, key).filter(|value| !value.is_null())
}

/// A string field that may be absent or `null`.
pub(super) fn optional_string<'a>(
    fields: &'a Map<String, Value>,
    key: &str,
    path: &str,
    what: &str,
) -> Result<Option<&'a str>> {
    optional(fields, key)
        .map(|value| text(value, key, path, what))
        .transpose()
}

/// A switch at the top of a body that may be absent or `null`.
pub(super) fn optional_switch(fields: &Map<String, Value>, key: &str) -> Result<Option<bool>> {
    let read = |value: &Value| {
        value
            .as_bool()
            .ok_or_else(|| wrong_type(value, key, "a boolean"))
    };
    optional(fields, key).map(read).transpose()
}

/// A string field that must be there; `hint` says how to supply it.
pub(super) fn required_string<'a>(
    fields: &'a Map<String, Value>,
    key: &str,
    path: &str,
    what: &str,
    hint: &str,
) -> Result<&'a str> {
    let value = json::field(fields, key)
        .ok_or_else(|| missing(key, path, &format!("a string ({what})"), hint))?;
    text(value, key, path, what).map_err(|error| error.with_hint(hint))
}

/// The string in field `key`; the place is only put together for an error.
fn text<'a>(value: &'a Value, key: &str, path: &str, what: &str) -> Result<&'a str> {
    match value.as_str() {
        Some(text) => Ok(text),
        None => string(value, &join(path, key), what),
    }
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
        Value::Number(_) => format!("the number {}", json::plain(value)),
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

/// A field that caps the output. Integral floats are taken, since JavaScript knows no other numbers.
pub(super) fn cap(body: &Map<String, Value>, key: &str) -> Result<Option<u32>> {
    let Some(value) = optional(body, key) else {
        return Ok(None);
    };
    let number = value
        .as_f64()
        .ok_or_else(|| wrong_type(value, key, "a whole number of tokens"))?;
    if number < 0.0 || number.fract() != 0.0 {
        return Err(
            wrong_value(value, key, "a whole number of tokens, 0 or more")
                .with_hint("leave the field out to let the model's default apply"),
        );
    }
    // Saturates: a cap beyond 4 billion tokens is as good as that.
    Ok(Some(number as u32))
}

/// A JSON text as it is, any other value as JSON.
pub(super) fn json_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => json::plain(other),
    }
}

/// Reads each of `values`, the entries of a list at `path`, as a part. One loop for every dialect: a copy of it in each would
/// cost more than the call.
pub(super) fn parts(
    values: &[Value],
    path: &str,
    one: &dyn Fn(&Value, &str) -> Result<Part>,
) -> Result<Vec<Part>> {
    let mut parts = Vec::with_capacity(values.len());
    for (index, value) in values.iter().enumerate() {
        parts.push(one(value, &format!("{path}[{index}]"))?);
    }
    Ok(parts)
}
