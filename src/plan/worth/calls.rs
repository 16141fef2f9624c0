//! When two calls are the same.

use std::borrow::Cow;

use serde_json::Value;

use crate::conversation::ToolCall;
use crate::json;
use crate::order;

use super::hash::{mix, word};

/// Equal for equal calls: of the tool and the [`canonical`] form of the arguments, which are JSON unless `None`.
pub(super) fn key(made: &ToolCall, arguments: Option<&Value>) -> u64 {
    let hash = match arguments {
        Some(value) => hash_of(value),
        None => mix(word(made.arguments.trim().as_bytes())),
    };
    mix(hash ^ word(made.name.as_bytes()))
}

/// Whether calls of one [`key`] are of the same tool with the same arguments.
pub(super) fn are_same(one: &ToolCall, other: &ToolCall) -> bool {
    let is_written_alike = || written(one) == written(other);
    one.name == other.name && (one.arguments == other.arguments || is_written_alike())
}

fn written(made: &ToolCall) -> Cow<'_, str> {
    match json::parsed(&made.arguments) {
        Some(value) => {
            let mut out = String::with_capacity(made.arguments.len());
            canonical(&value, &mut out);
            out.into()
        }
        None => made.arguments.trim().into(),
    }
}

/// Equal for values of the same [`canonical`] form: the order of keys and the way of writing numbers do not count.
fn hash_of(value: &Value) -> u64 {
    match value {
        Value::Null => 1,
        Value::Bool(truth) => 2 + u64::from(*truth),
        // Whole numbers differ in no float from those that are written as such.
        Value::Number(number) => mix((number.as_f64().unwrap_or_default() + 0.0).to_bits() ^ 4),
        Value::String(text) => mix(word(text.as_bytes())),
        Value::Array(items) => items.iter().fold(5, |hash, item| mix(hash ^ hash_of(item))),
        Value::Object(fields) => fields.iter().fold(6, |hash, (key, item)| {
            let field = mix(word(key.as_bytes())) ^ hash_of(item).rotate_left(32);
            hash.wrapping_add(mix(field))
        }),
    }
}

/// Keys sorted, no blanks, and whole numbers written as such: `1`, `1.0` and `1e0` are one.
fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            out.push('{');
            for (key, value) in order::fields(fields) {
                json::write_string(key, json::COMPACT, out);
                out.push(':');
                canonical(value, out);
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                canonical(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::Number(number) => match number.as_f64() {
            // Up to 2^53 every whole number is a float.
            Some(float)
                if number.is_f64()
                    && float.fract() == 0.0
                    && float.abs() <= 9_007_199_254_740_992.0 =>
            {
                json::write_value(&Value::from(float as i64), json::COMPACT, out);
            }
            _ => json::write_value(value, json::COMPACT, out),
        },
        _ => json::write_value(value, json::COMPACT, out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn are_one(a: &str, b: &str) -> bool {
        let [a, b] = [a, b].map(|arguments| ToolCall {
            id: String::new(),
            name: "f".to_owned(),
            arguments: arguments.to_owned(),
        });
        let key = |made: &ToolCall| key(made, json::parsed(&made.arguments).as_ref());
        key(&a) == key(&b) && are_same(&a, &b)
    }

    #[test]
    fn equal_arguments_make_one_call_however_they_are_written() {
        let same = [
            (
                r#"{"a":1,"b":[1.50,null]}"#,
                r#" { "b" : [1.5, null], "a" : 1.0 } "#,
            ),
            (r#"{"a":{"y":1,"x":2}}"#, r#"{"a":{"x":2e0,"y":1}}"#),
            (r#"{"a":-0.0}"#, r#"{"a":0}"#),
            (r#"{"a":"\u0041/"}"#, r#"{"a":"A\/"}"#),
            ("*** Begin Patch\n", "  *** Begin Patch"),
        ];
        for (a, b) in same {
            assert!(are_one(a, b), "{a} {b}");
        }
        let different = [
            (r#"{"a":1}"#, r#"{"a":"1"}"#),
            (r#"[1,2]"#, r#"[2,1]"#),
            (r#"{"a":[1],"b":2}"#, r#"{"a":[1,2]}"#),
            (r#"{"a":9007199254740993}"#, r#"{"a":9007199254740992}"#),
        ];
        for (a, b) in different {
            assert!(!are_one(a, b), "{a} {b}");
        }
    }
}
