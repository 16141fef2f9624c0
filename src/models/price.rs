//! What tokens cost.

use serde::Serialize;
use serde_json::Value;

use crate::order;

/// List prices in US dollars per million tokens.
///
/// A request's price is that of the highest tier whose mark its prompt exceeds, for all of its tokens: vendors bill the
/// whole request at the higher rate, not the part above the mark.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Price {
    /// Prompt tokens.
    pub input: f64,
    /// Answer tokens.
    pub output: f64,
    /// Prompt tokens read from the provider's cache; `None`: not known, `input` bounds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_read: Option<f64>,
    /// Prompt tokens written to the provider's cache; `None`: not known, or the same as `input`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_write: Option<f64>,
    /// Prices of longer prompts, the lowest mark first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<Tier>,
}

/// Prices of requests whose prompt is longer than a mark.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tier {
    /// Prompt tokens that must be exceeded.
    pub above: u32,
    /// Prompt tokens.
    pub input: f64,
    /// Answer tokens.
    pub output: f64,
    /// Prompt tokens read from the provider's cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_read: Option<f64>,
    /// Prompt tokens written to the provider's cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_write: Option<f64>,
}

impl Price {
    /// Reads `[input, output]`, or an object with the names of the fields in camel case; `None` for anything else.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        if let Value::Array(pair) = value {
            let [input, output] = pair.as_slice() else {
                return None;
            };
            return Some(Self {
                input: amount(input)?,
                output: amount(output)?,
                ..Self::default()
            });
        }
        let keys = ["input", "output", "cacheRead", "cacheWrite", "tiers"];
        requires(value, &keys)?;
        let tiers: Vec<Tier> = match value.get("tiers") {
            None => Vec::new(),
            Some(tiers) => tiers.as_array()?.iter().map(tier).collect::<Option<_>>()?,
        };
        Some(Self {
            input: amount(&value["input"])?,
            output: amount(&value["output"])?,
            cache_read: optional(value, "cacheRead")?,
            cache_write: optional(value, "cacheWrite")?,
            tiers: order::sorted(tiers, |a, b| a.above.cmp(&b.above)),
        })
    }
}

fn tier(value: &Value) -> Option<Tier> {
    let keys = ["above", "input", "output", "cacheRead", "cacheWrite"];
    requires(value, &keys)?;
    Some(Tier {
        above: u32::try_from(value["above"].as_u64()?).ok()?,
        input: amount(&value["input"])?,
        output: amount(&value["output"])?,
        cache_read: optional(value, "cacheRead")?,
        cache_write: optional(value, "cacheWrite")?,
    })
}

/// A mistyped key would make a price that is too low or too high without a sign of it.
fn requires(value: &Value, known: &[&str]) -> Option<()> {
    let object = value.as_object()?;
    let known = |key: &String| known.contains(&key.as_str());
    object.keys().all(known).then_some(())
}

fn optional(value: &Value, key: &str) -> Option<Option<f64>> {
    match value.get(key) {
        None => Some(None),
        Some(given) => amount(given).map(Some),
    }
}

fn amount(value: &Value) -> Option<f64> {
    value.as_f64().filter(|amount| *amount >= 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_forms_are_read_and_tiers_are_in_order() {
        let pair = Price::read(&json!([2.5, 10])).unwrap();
        assert_eq!((pair.input, pair.output), (2.5, 10.0));
        assert_eq!((pair.cache_read, pair.tiers.len()), (None, 0));
        let whole = json!({
            "input": 4, "output": 20, "cacheRead": 0.4, "cacheWrite": 5,
            "tiers": [
                { "above": 500_000, "input": 9, "output": 40 },
                { "above": 272_000, "input": 8, "output": 30, "cacheRead": 0.8 },
            ],
        });
        let price = Price::read(&whole).unwrap();
        assert_eq!(
            (price.cache_read, price.cache_write),
            (Some(0.4), Some(5.0))
        );
        assert_eq!(
            (price.tiers[0].above, price.tiers[0].cache_read),
            (272_000, Some(0.8))
        );
        assert_eq!(price.tiers[1].above, 500_000);
    }

    #[test]
    fn what_is_no_price_is_not_read() {
        for value in [
            json!(null),
            json!(5),
            json!([1]),
            json!([1, 2, 3]),
            json!([1, "2"]),
            json!([-1, 2]),
            json!({ "input": 1 }),
            json!({ "input": 1, "output": 2, "cacheread": 0.1 }),
            json!({ "input": 1, "output": 2, "cacheRead": null }),
            json!({ "input": 1, "output": 2, "tiers": {} }),
            json!({ "input": 1, "output": 2, "tiers": [{ "input": 1, "output": 2 }] }),
        ] {
            assert_eq!(Price::read(&value), None, "{value}");
        }
    }

    #[test]
    fn a_price_is_written_as_it_is_read() {
        let value = json!({
            "input": 4.0, "output": 20.0, "cacheRead": 0.4,
            "tiers": [{ "above": 272_000, "input": 8.0, "output": 30.0 }],
        });
        let price = Price::read(&value).unwrap();
        assert_eq!(serde_json::to_value(&price).unwrap(), value);
    }
}
