//! What is read and written by hand here is what the standard library and serde_json read and write.

use proptest::prelude::*;
use serde_json::Value;

use super::{COMPACT, decimal, parse, parsed, plain, read, write};

/// Numbers at which rounding is hardest: halves between neighbours, powers of two and of ten, the ends of the range.
fn hard() -> Vec<f64> {
    let mut all = vec![
        f64::MIN_POSITIVE,
        f64::MAX,
        f64::from_bits(1),
        9007199254740993.0,
        5e-324,
    ];
    for exponent in 0..2047_u64 {
        for fraction in [0, 1, (1 << 52) - 1, 1 << 51] {
            all.push(f64::from_bits(exponent << 52 | fraction));
        }
    }
    for power in -330..310 {
        let text = format!("1e{power}");
        let near = text.parse::<f64>().unwrap_or_default();
        all.extend([near, f64::from_bits(near.to_bits() + 1)]);
        all.push(f64::from_bits(near.to_bits().saturating_sub(1)));
    }
    all
}

fn check_number(number: f64) {
    let mut own = String::new();
    write::plainly(number, &mut own);
    assert_eq!(own, Value::from(number).to_string());
    let exact = format!("{number:.1100e}");
    for text in [own.as_str(), &format!("{number:e}"), &exact] {
        assert_eq!(decimal::parse(text).to_bits(), number.to_bits(), "{text}");
    }
}

/// The decimal in the middle between `number` and the next one, to the last digit.
fn middle(number: f64) -> String {
    let next = f64::from_bits(number.to_bits() + 1);
    let (mut low, mut high) = (format!("{number:.1100}"), format!("{next:.1100}"));
    low.push('0');
    high.push('0');
    let digits = |text: &str| -> Vec<u8> { text.bytes().filter(u8::is_ascii_digit).collect() };
    let width = low.len().max(high.len());
    let (low, high) = (
        digits(&format!("{low:0>width$}")),
        digits(&format!("{high:0>width$}")),
    );
    let mut carry = 0;
    let mut sum: Vec<u8> = low
        .iter()
        .zip(&high)
        .rev()
        .map(|(a, b)| {
            let digit = a - b'0' + (b - b'0') + carry;
            carry = digit / 10;
            digit % 10
        })
        .collect();
    sum.push(carry);
    let mut rest = 0;
    let half: String = sum
        .iter()
        .rev()
        .map(|digit| {
            let value = rest * 10 + digit;
            rest = value % 2;
            char::from(b'0' + value / 2)
        })
        .collect();
    let (whole, fraction) = half.split_at(half.len() - 1101);
    let whole = whole.trim_start_matches('0');
    format!("{}.{fraction}", if whole.is_empty() { "0" } else { whole })
}

#[test]
fn hard_numbers_are_read_and_written_exactly() {
    hard()
        .into_iter()
        .filter(|it| it.is_finite())
        .for_each(check_number);
}

#[test]
fn the_middle_between_two_numbers_goes_to_the_even_one() {
    for number in hard().into_iter().filter(|it| *it < 1e300).step_by(7) {
        let tie = middle(number);
        for text in [tie.clone(), tie.clone() + "1"] {
            let expected: f64 = text.parse().unwrap();
            assert_eq!(
                decimal::parse(&text).to_bits(),
                expected.to_bits(),
                "{text}"
            );
        }
    }
}

#[test]
fn exponents_of_any_length_are_read() {
    for text in [
        "1e400",
        "-1e400",
        "1e-400",
        "0e999999999999999999999",
        "1e999999999999999999999",
        "1e-999999999999999999999",
        "123456789012345678901234567890e-30",
        "0.000e5",
        "-0.0",
    ] {
        let expected: f64 = text.parse().unwrap();
        assert_eq!(decimal::parse(text).to_bits(), expected.to_bits(), "{text}");
    }
    let long = format!("0.{}1e1000", "0".repeat(1000));
    assert_eq!(decimal::parse(&long), 0.1);
    let long = format!("1{}e-1000", "0".repeat(1000));
    assert_eq!(decimal::parse(&long), 1.0);
}

#[test]
fn texts_inside_a_request_nest_as_deep_as_serde_json_reads_them() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for levels in [1, 126, 127, 128, 129, 200_000] {
            let text = format!("{}1{}", open.repeat(levels), close.repeat(levels));
            let expected = serde_json::from_str::<Value>(&text).ok();
            assert_eq!(parsed(&text), expected, "{levels}");
        }
    }
}

/// Texts that are JSON or nearly so.
fn nearly_json() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        "[\\[\\]{},: \n]{1,3}",
        "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{0,22})?([eE][-+]?[0-9]{0,3})?",
        "\"([a-zé\u{1}\u{7f}/\"]|\\\\[\"\\\\/bfnrtu]|\\\\u[0-9a-fA-F]{3,4}|\\\\ud83d\\\\ude00|\\\\ud83d){0,4}\"",
        "(\"k\":)",
        "(null|true|false|nul)",
    ];
    proptest::collection::vec(token, 0..8).prop_map(|tokens| tokens.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn any_number_is_read_and_written_exactly(bits: u64) {
        let number = f64::from_bits(bits);
        if number.is_finite() {
            check_number(number);
        }
    }

    #[test]
    fn any_decimal_is_read_as_the_nearest_number(text in "-?[0-9]{1,30}(\\.[0-9]{1,40})?(e[-+]?[0-9]{1,3})?") {
        let expected: f64 = text.parse().unwrap();
        prop_assert_eq!(decimal::parse(&text).to_bits(), expected.to_bits());
    }

    #[test]
    fn short_decimals_are_written_as_they_are(number in 0_u32..1_000_000, power in 0_i32..12) {
        check_number(f64::from(number) / 10_f64.powi(power));
    }

    #[test]
    fn a_text_is_json_if_it_is_for_serde_json(text in nearly_json()) {
        let checked = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        prop_assert_eq!(read::is_json(&text), checked);
        let expected = serde_json::from_str::<Value>(&text).ok();
        prop_assert_eq!(parsed(&text), expected.clone());
        prop_assert_eq!(parse(&text).ok(), expected);
    }

    #[test]
    fn a_value_is_written_as_serde_json_writes_it(text in any::<String>(), whole: i64, count: u64, number: f64) {
        let value = serde_json::json!({ &text: [&text, whole, count, number, null, {}, []], "b": [{ "c": true }] });
        prop_assert_eq!(plain(&value), value.to_string());
        prop_assert_eq!(super::to_json(&value).ok(), Some(value.to_string()));
        let mut out = String::new();
        write::string(&text, COMPACT, &mut out);
        prop_assert_eq!(read::unescaped(&out), Some(text));
    }
}

/// One of each shape that serde derives.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Shapes {
    first_field: u32,
    empty: (),
    #[serde(flatten)]
    map: std::collections::BTreeMap<String, i8>,
    all: Vec<Shape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    absent: Option<bool>,
    pair: (char, u64),
}

#[derive(serde::Serialize)]
#[serde(rename_all = "snake_case")]
enum Shape {
    UnitShape,
    NewType(i64),
}

#[test]
fn types_are_written_as_serde_json_writes_them() {
    let shapes = |all| Shapes {
        first_field: 0,
        empty: (),
        map: [("a\"b".to_owned(), -1), ("\n".to_owned(), i8::MIN)].into(),
        all,
        absent: None,
        pair: ('"', u64::MAX),
    };
    for all in [
        vec![],
        vec![
            Shape::UnitShape,
            Shape::NewType(i64::MIN),
            Shape::NewType(10),
        ],
    ] {
        let shapes = shapes(all);
        assert_eq!(
            super::to_json(&shapes).ok(),
            serde_json::to_string(&shapes).ok()
        );
    }
}
