//! JSON texts written the way the provider writes them into the prompt.
//!
//! Recorded counts show that the provider parses the JSON in a request and serialises it again: key order
//! stays, blanks go. The separators and the treatment of non-ASCII are those of Python's `json` module,
//! with its compact or with its default settings.

mod decimal;
mod read;
#[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
mod serialize;
mod write;

#[cfg(test)]
mod conformance_tests;

use serde_json::{Map, Value};

#[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
pub(crate) use read::parse;
pub(crate) use read::parsed;
#[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
pub(crate) use serialize::to_json;

/// How JSON is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Style {
    /// Between items.
    pub(crate) comma: &'static str,
    /// Between a key and its value.
    pub(crate) colon: &'static str,
    /// Whether everything outside ASCII is escaped.
    pub(crate) ascii: bool,
}

/// No blanks, non-ASCII as it is.
pub(crate) const COMPACT: Style = Style {
    comma: ",",
    colon: ":",
    ascii: false,
};

/// A blank after commas and colons, as Python writes by default, without escapes.
pub(crate) const SPACED: Style = Style {
    comma: ", ",
    colon: ": ",
    ascii: false,
};

/// Appends the JSON text `text` in `style`; `false`, and nothing appended, when it is not JSON.
///
/// Works on the text, not on a parsed value: numbers of any size keep their digits, and nesting needs no
/// stack. Keys that occur twice are kept, where a parser would drop the first.
pub(crate) fn rewrite(text: &str, style: Style, out: &mut String) -> bool {
    if !read::is_json(text) {
        return false;
    }
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => {
                let length = string_length(rest);
                match read::unescaped(rest.get(..length).unwrap_or_default()) {
                    Some(string) => write_string(&string, style, out),
                    // A lone surrogate: its escape is all there is to write.
                    None => out.push_str(rest.get(..length).unwrap_or_default()),
                }
                length
            }
            ',' => {
                out.push_str(style.comma);
                1
            }
            ':' => {
                out.push_str(style.colon);
                1
            }
            '-' | '0'..='9' => {
                let length = rest
                    .find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E'))
                    .unwrap_or(rest.len());
                write_number(rest.get(..length).unwrap_or_default(), out);
                length
            }
            ' ' | '\t' | '\n' | '\r' => 1,
            other => {
                out.push(other);
                other.len_utf8()
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    true
}

/// Appends `text` as a JSON string.
pub(crate) fn write_string(text: &str, style: Style, out: &mut String) {
    write::string(text, style, out);
}

/// Appends `value` in `style`, as the provider writes it.
pub(crate) fn write_value(value: &Value, style: Style, out: &mut String) {
    write::value(value, style, write::as_python, out);
}

/// `value` without blanks, as the provider writes it.
pub(crate) fn compact(value: &Value) -> String {
    let mut out = String::new();
    write_value(value, COMPACT, &mut out);
    out
}

/// `value` without blanks, as serde_json writes it. Unlike its `Display` this needs no tables of powers.
pub(crate) fn plain(value: &Value) -> String {
    let mut out = String::new();
    write_plain(value, &mut out);
    out
}

/// Appends what [`plain`] gives.
pub(crate) fn write_plain(value: &Value, out: &mut String) {
    write::value(value, COMPACT, write::plainly, out);
}

/// A field by its key. Looking at each of a few is quicker than hashing the key.
pub(crate) fn field<'a>(fields: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    const FEW: usize = 12;
    if fields.len() > FEW {
        return fields.get(key);
    }
    let mut fields = fields.iter();
    fields.find(|(own, _)| *own == key).map(|(_, value)| value)
}

/// An object. The macro `json!` builds the same with serde's serializer of values, which is 8 KB of WebAssembly.
pub(crate) fn object(fields: Vec<(&str, Value)>) -> Value {
    let mut object = Map::with_capacity(fields.len());
    for (key, value) in fields {
        object.insert(key.to_owned(), value);
    }
    Value::Object(object)
}

/// Length in bytes of the string literal that `text` starts with.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Appends a JSON number: integers digit by digit, others as Python writes them.
fn write_number(text: &str, out: &mut String) {
    if !text.contains(['.', 'e', 'E']) {
        out.push_str(if text == "-0" { "0" } else { text });
        return;
    }
    let number = decimal::parse(text);
    if number.is_infinite() {
        out.push_str(if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        });
        return;
    }
    write::as_python(number, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACED_ASCII: Style = Style {
        comma: ", ",
        colon: ": ",
        ascii: true,
    };

    fn rewritten(text: &str, style: Style) -> Option<String> {
        let mut out = String::new();
        rewrite(text, style, &mut out).then_some(out)
    }

    #[test]
    fn blanks_go_and_order_stays() {
        let text = "{ \"b\" : [ 1 , 2.50,\n null ], \"a\": \"x \\/ \\u00e9 , : \" }";
        assert_eq!(
            rewritten(text, COMPACT).as_deref(),
            Some("{\"b\":[1,2.5,null],\"a\":\"x / é , : \"}")
        );
        assert_eq!(
            rewritten(text, SPACED_ASCII).as_deref(),
            Some("{\"b\": [1, 2.5, null], \"a\": \"x / \\u00e9 , : \"}")
        );
    }

    #[test]
    fn numbers_are_written_as_python_writes_them() {
        let cases = [
            ("1.0", "1.0"),
            ("1e5", "100000.0"),
            ("1E16", "1e+16"),
            (
                "123456789012345678901234567890",
                "123456789012345678901234567890",
            ),
            ("1e-5", "1e-05"),
            ("0.0001", "0.0001"),
            ("-0", "0"),
            ("-0.0", "-0.0"),
            ("1.5e300", "1.5e+300"),
            ("1e999", "Infinity"),
        ];
        for (text, expected) in cases {
            assert_eq!(rewritten(text, COMPACT).as_deref(), Some(expected));
        }
    }

    #[test]
    fn what_is_not_json_is_left_to_the_caller() {
        for text in ["", "{", "Paris", "{'a': 1}", "[1,]", "1 2", "\"a\nb\""] {
            assert_eq!(rewritten(text, COMPACT), None, "{text:?}");
        }
    }

    #[test]
    fn nesting_needs_no_stack() {
        let text = "[".repeat(100_000) + &"]".repeat(100_000);
        assert_eq!(
            rewritten(&text, COMPACT).map(|out| out.len()),
            Some(200_000)
        );
    }

    #[test]
    fn a_lone_surrogate_keeps_its_escape() {
        assert_eq!(
            rewritten("[\"\\ud800 x\"]", COMPACT).as_deref(),
            Some("[\"\\ud800 x\"]")
        );
        assert_eq!(
            rewritten("\"😀\u{7f}\"", SPACED_ASCII).as_deref(),
            Some("\"\\ud83d\\ude00\\u007f\"")
        );
    }
}
