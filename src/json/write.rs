//! JSON written.

use serde_json::{Number, Value};

use super::{Style, decimal};

/// Appends the JSON of a float: the shortest decimal that reads back the same.
pub(super) type WriteFloat = fn(f64, &mut String);

/// Appends `value` in `style`. Recurses; values in a conversation are not nested deep.
pub(super) fn value(value: &Value, style: Style, float: WriteFloat, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(it) => number(it, float, out),
        Value::String(text) => string(text, style, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(style.comma);
                }
                self::value(item, style, float, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            out.push('{');
            for (index, (key, item)) in fields.iter().enumerate() {
                if index > 0 {
                    out.push_str(style.comma);
                }
                string(key, style, out);
                out.push_str(style.colon);
                self::value(item, style, float, out);
            }
            out.push('}');
        }
    }
}

fn number(number: &Number, float: WriteFloat, out: &mut String) {
    if let Some(number) = number.as_u64() {
        whole(number, out);
    } else if let Some(number) = number.as_i64() {
        out.push('-');
        whole(number.unsigned_abs(), out);
    } else if let Some(number) = number.as_f64() {
        float(number, out);
    }
}

/// Appends a whole number.
pub(super) fn whole(mut number: u64, out: &mut String) {
    let mut digits = [b'0'; u64::MAX.ilog10() as usize + 1];
    let mut first = digits.len();
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        first -= 1;
        if number == 0 {
            break;
        }
    }
    let digits = digits.get(first..).unwrap_or_default();
    out.push_str(str::from_utf8(digits).unwrap_or_default());
}

/// Appends `text` as a JSON string.
pub(super) fn string(text: &str, style: Style, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = special(rest.as_bytes(), style.ascii) {
        let (plain, escaped) = rest.split_at(at);
        out.push_str(plain);
        let mut characters = escaped.chars();
        match characters.next() {
            Some('"') => escape('"', out),
            Some('\\') => escape('\\', out),
            Some('\n') => escape('n', out),
            Some('\r') => escape('r', out),
            Some('\t') => escape('t', out),
            Some('\u{8}') => escape('b', out),
            Some('\u{c}') => escape('f', out),
            other => {
                for unit in other.unwrap_or_default().encode_utf16(&mut [0; 2]) {
                    out.push_str("\\u");
                    for shift in [12, 8, 4, 0] {
                        let digit = u32::from((*unit >> shift) & 15);
                        out.extend(char::from_digit(digit, 16));
                    }
                }
            }
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

/// The escape of a character that has a letter of its own for it.
fn escape(letter: char, out: &mut String) {
    out.push('\\');
    out.push(letter);
}

/// Where the first byte is that cannot stand for itself, looked for eight bytes at a time.
fn special(bytes: &[u8], ascii: bool) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    // The lowest bit is right; those above it may be set by a borrow.
    let below = |word: u64, least: u64| word.wrapping_sub(ONES * least) & !word;
    let is = |word: u64, byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let mut found = below(word, 0x20) | is(word, b'"') | is(word, b'\\');
        if ascii {
            found |= word | is(word, 0x7F);
        }
        if found & HIGH != 0 {
            return Some(8 * at + ((found & HIGH).trailing_zeros() / 8) as usize);
        }
    }
    let found = rest
        .iter()
        .position(|byte| matches!(byte, ..b' ' | b'"' | b'\\') || ascii && *byte > b'~')?;
    Some(8 * words.len() + found)
}

/// Appends a finite `number` as serde_json does: in exponent form below 1e-5 and from 1e16 on.
pub(super) fn plainly(number: f64, out: &mut String) {
    float(number, -5, "", out);
}

/// Appends a finite `number` as Python does: in exponent form below 1e-4 and from 1e16 on.
pub(super) fn as_python(number: f64, out: &mut String) {
    float(number, -4, "0", out);
}

/// `least` is the exponent of the least number in plain form; `pad` stands before exponents of one digit.
fn float(number: f64, least: i32, pad: &str, out: &mut String) {
    if number.is_sign_negative() {
        out.push('-');
    }
    let (digits, exponent) = if number == 0.0 {
        ("0".to_owned(), 0)
    } else {
        decimal::shortest(number.abs())
    };
    let is_plain = (least..16).contains(&exponent);
    let before = if is_plain { exponent + 1 } else { 1 };
    let before = usize::try_from(before).unwrap_or(0);
    let (whole, fraction) = digits.split_at(before.min(digits.len()));
    out.push_str(if before == 0 { "0" } else { whole });
    for _ in whole.len()..before {
        out.push('0');
    }
    if is_plain || !fraction.is_empty() {
        out.push('.');
    }
    if is_plain {
        for _ in exponent..-1 {
            out.push('0');
        }
        out.push_str(if fraction.is_empty() { "0" } else { fraction });
        return;
    }
    out.push_str(fraction);
    out.push('e');
    out.push_str(if exponent < 0 { "-" } else { "+" });
    let exponent = u64::from(exponent.unsigned_abs());
    if exponent < 10 {
        out.push_str(pad);
    }
    self::whole(exponent, out);
}
