//! A policy as a caller writes it.

use serde_json::Value;

use super::fields::{Fields, as_index, as_text};
use crate::plan::{CachePolicy, CategoryShares, Policy, Share, ThinkingPolicy, When};
use token_headroom_encoding::Result;

const KEYS: [&str; 20] = [
    "when",
    "release",
    "keepLast",
    "pinned",
    "keepTools",
    "mask",
    "cut",
    "cutTail",
    "cutUserText",
    "dropReasoning",
    "summarise",
    "summaryTokens",
    "summariserTokens",
    "drop",
    "similarity",
    "values",
    "toolValues",
    "cache",
    "categories",
    "thinking",
];

const CACHE_KEYS: [&str; 6] = [
    "horizon",
    "idleSeconds",
    "ttlSeconds",
    "broken",
    "read",
    "write",
];

const CATEGORY_KEYS: [&str; 6] = [
    "system",
    "task",
    "toolResults",
    "conversation",
    "media",
    "reserve",
];

/// Reads a policy; what is absent has its default.
///
/// # Errors
/// [`InvalidOption`](crate::Code::InvalidOption) that names the option.
pub fn policy(policy: Option<Value>) -> Result<Policy> {
    let default = Policy::default();
    let Some(policy) = policy else {
        return Ok(default);
    };
    let fields = Fields::of(&policy, "policy", &KEYS, "a policy")?;
    let likelihood = "how likely it is needed again, a number from 0 to 1";
    let likely = |key: &str| fields.numbers(key, likelihood, is_part);
    Ok(Policy {
        when: fields
            .read("when", "\"overflow\" or \"pays\"", as_when)?
            .unwrap_or(default.when),
        release: fields.share("release")?.unwrap_or(default.release),
        keep_last: fields.index("keepLast")?.unwrap_or(default.keep_last),
        pinned: fields.list("pinned", "the index of a message", as_index)?,
        keep_tools: fields.list("keepTools", "the name of a tool", as_text)?,
        mask: fields.switch("mask")?.unwrap_or(default.mask),
        cut: fields.switch("cut")?.unwrap_or(default.cut),
        cut_tail: fields.switch("cutTail")?.unwrap_or(default.cut_tail),
        cut_user_text: fields
            .switch("cutUserText")?
            .unwrap_or(default.cut_user_text),
        drop_reasoning: fields
            .switch("dropReasoning")?
            .unwrap_or(default.drop_reasoning),
        summarise: fields.switch("summarise")?.unwrap_or(default.summarise),
        summary_tokens: fields
            .tokens("summaryTokens")?
            .unwrap_or(default.summary_tokens),
        summariser_tokens: fields.tokens("summariserTokens")?,
        drop: fields.switch("drop")?.unwrap_or(default.drop),
        similarity: fields
            .number("similarity", "a number above 0", |number| number > 0.0)?
            .unwrap_or(default.similarity),
        values: likely("values")?,
        tool_values: likely("toolValues")?,
        cache: match fields.get("cache") {
            Some(cache) => self::cache(cache)?,
            None => default.cache,
        },
        categories: match fields.get("categories") {
            Some(categories) => self::categories(categories)?,
            None => default.categories,
        },
        thinking: fields
            .read(
                "thinking",
                "\"strip\", \"drop_block\", \"append_only\" or \"server\"",
                as_thinking,
            )?
            .unwrap_or(default.thinking),
    })
}

fn cache(value: &Value) -> Result<CachePolicy> {
    let default = CachePolicy::default();
    let fields = Fields::of(
        value,
        "policy.cache",
        &CACHE_KEYS,
        "what is known of the cache",
    )?;
    let seconds = |key: &str| fields.number(key, "a number of seconds, 0 or more", is_amount);
    let price =
        |key: &str| fields.number(key, "a price relative to plain input, 0 or more", is_amount);
    let calls =
        |number: f64| number >= 1.0 && number <= f64::from(u32::MAX) && number.fract() == 0.0;
    Ok(CachePolicy {
        horizon: fields
            .number("horizon", "a whole number of calls, at least 1", calls)?
            .map_or(default.horizon, |calls| calls as u32),
        idle_seconds: seconds("idleSeconds")?,
        ttl_seconds: seconds("ttlSeconds")?.unwrap_or(default.ttl_seconds),
        broken: fields.switch("broken")?.unwrap_or(default.broken),
        read: price("read")?,
        write: price("write")?,
    })
}

fn categories(value: &Value) -> Result<CategoryShares> {
    let path = "policy.categories";
    let fields = Fields::of(value, path, &CATEGORY_KEYS, "a share for each category")?;
    let share = |key: &str| {
        fields
            .get(key)
            .map(|value| self::share(&fields, key, value))
            .transpose()
    };
    Ok(CategoryShares {
        system: share("system")?,
        task: share("task")?,
        tool_results: share("toolResults")?,
        conversation: share("conversation")?,
        media: share("media")?,
        reserve: share("reserve")?,
    })
}

/// A number alone is a share without a floor.
fn share(fields: &Fields<'_>, key: &str, value: &Value) -> Result<Share> {
    let expected = "a share, a number from 0 to 1, or { share, floor }";
    if !value.is_object() {
        let share = fields.number(key, expected, is_part)?;
        return Ok(Share {
            share: share.unwrap_or_default(),
            floor: 0,
        });
    }
    let path = fields.place(key);
    let own = Fields::of(value, &path, &["share", "floor"], "a share and a floor")?;
    let share = own.number("share", expected, is_part)?;
    Ok(Share {
        share: share.ok_or_else(|| own.invalid("share", &Value::Null, expected))?,
        floor: own.tokens("floor")?.unwrap_or_default(),
    })
}

fn as_when(value: &Value) -> Option<When> {
    match value.as_str()? {
        "overflow" => Some(When::Overflow),
        "pays" => Some(When::Pays),
        _ => None,
    }
}

fn as_thinking(value: &Value) -> Option<ThinkingPolicy> {
    match value.as_str()? {
        "strip" => Some(ThinkingPolicy::Strip),
        "drop_block" => Some(ThinkingPolicy::DropBlock),
        "append_only" => Some(ThinkingPolicy::AppendOnly),
        "server" => Some(ThinkingPolicy::Server),
        _ => None,
    }
}

fn is_part(number: f64) -> bool {
    (0.0..=1.0).contains(&number)
}

fn is_amount(number: f64) -> bool {
    number >= 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_absent_policy_is_the_default() {
        assert_eq!(policy(None).unwrap(), Policy::default());
        assert_eq!(policy(Some(json!({}))).unwrap(), Policy::default());
        let empty = policy(Some(json!({ "cache": {}, "categories": {}, "values": {} })));
        assert_eq!(empty.unwrap(), Policy::default());
    }

    #[test]
    fn every_part_of_a_policy_is_read() {
        let read = policy(Some(json!({
            "when": "pays", "release": 1, "keepLast": 0, "pinned": [3, 1], "keepTools": ["read"], "mask": false,
            "cut": false, "cutTail": false, "cutUserText": true, "dropReasoning": false, "summarise": false, "summaryTokens": 9,
            "summariserTokens": 8, "drop": false, "similarity": 1.5, "values": { "call_1": 0, "call_2": 1 },
            "toolValues": { "read": 0.25 }, "thinking": "append_only",
            "cache": { "horizon": 3, "idleSeconds": 0, "ttlSeconds": 3600, "broken": true, "read": 0.1, "write": 1.25 },
            "categories": {
                "system": 0.1, "task": { "share": 0, "floor": 7 }, "toolResults": 0.4, "conversation": 0.2,
                "media": { "share": 0.1 }, "reserve": 1,
            },
        })));
        let plain = |share: f64| Some(Share { share, floor: 0 });
        assert_eq!(
            read.unwrap(),
            Policy {
                when: When::Pays,
                release: 1.0,
                keep_last: 0,
                pinned: vec![3, 1],
                keep_tools: vec!["read".into()],
                mask: false,
                cut: false,
                cut_tail: false,
                cut_user_text: true,
                drop_reasoning: false,
                summarise: false,
                summary_tokens: 9,
                summariser_tokens: Some(8),
                drop: false,
                similarity: 1.5,
                values: [("call_1".into(), 0.0), ("call_2".into(), 1.0)].into(),
                tool_values: [("read".into(), 0.25)].into(),
                cache: CachePolicy {
                    horizon: 3,
                    idle_seconds: Some(0.0),
                    ttl_seconds: 3600.0,
                    broken: true,
                    read: Some(0.1),
                    write: Some(1.25),
                },
                categories: CategoryShares {
                    system: plain(0.1),
                    task: Some(Share {
                        share: 0.0,
                        floor: 7
                    }),
                    tool_results: plain(0.4),
                    conversation: plain(0.2),
                    media: plain(0.1),
                    reserve: plain(1.0),
                },
                thinking: ThinkingPolicy::AppendOnly,
            }
        );
    }

    #[test]
    fn every_choice_has_a_name() {
        let read = |value: Value| policy(Some(value)).unwrap();
        assert_eq!(read(json!({ "when": "overflow" })).when, When::Overflow);
        for (name, choice) in [
            ("strip", ThinkingPolicy::Strip),
            ("drop_block", ThinkingPolicy::DropBlock),
            ("server", ThinkingPolicy::Server),
        ] {
            assert_eq!(read(json!({ "thinking": name })).thinking, choice);
        }
    }

    #[test]
    fn an_unknown_key_is_refused_at_any_depth_with_the_nearest_known_one() {
        for (value, path, hint) in [
            (json!({ "keeplast": 1 }), "policy.keeplast", "keepLast"),
            (
                json!({ "cache": { "ttl": 1 } }),
                "policy.cache.ttl",
                "ttlSeconds",
            ),
            (
                json!({ "categories": { "tools": 1 } }),
                "policy.categories.tools",
                "toolResults",
            ),
            (
                json!({ "categories": { "task": { "share": 1, "flor": 1 } } }),
                "policy.categories.task.flor",
                "floor",
            ),
        ] {
            let error = policy(Some(value)).unwrap_err();
            assert_eq!(error.path, path);
            assert_eq!(error.hint, format!("did you mean `{hint}`?"));
        }
    }

    #[test]
    fn what_is_out_of_range_is_refused_with_its_place() {
        for (value, path) in [
            (json!([]), "policy"),
            (json!({ "when": "often" }), "policy.when"),
            (json!({ "release": 0 }), "policy.release"),
            (json!({ "pinned": [0, "1"] }), "policy.pinned[1]"),
            (json!({ "pinned": 1 }), "policy.pinned"),
            (json!({ "similarity": 0 }), "policy.similarity"),
            (json!({ "summariserTokens": -1 }), "policy.summariserTokens"),
            (json!({ "values": [] }), "policy.values"),
            (json!({ "values": { "c": 1.5 } }), "policy.values.c"),
            (
                json!({ "toolValues": { "t": "high" } }),
                "policy.toolValues.t",
            ),
            (json!({ "cache": true }), "policy.cache"),
            (json!({ "cache": { "horizon": 0 } }), "policy.cache.horizon"),
            (
                json!({ "cache": { "idleSeconds": -1 } }),
                "policy.cache.idleSeconds",
            ),
            (
                json!({ "cache": { "write": "dear" } }),
                "policy.cache.write",
            ),
            (
                json!({ "categories": { "media": 2 } }),
                "policy.categories.media",
            ),
            (
                json!({ "categories": { "media": { "floor": 9 } } }),
                "policy.categories.media.share",
            ),
            (
                json!({ "categories": { "media": { "share": 0.5, "floor": -1 } } }),
                "policy.categories.media.floor",
            ),
            (json!({ "thinking": "keep" }), "policy.thinking"),
        ] {
            let error = policy(Some(value)).unwrap_err();
            assert_eq!(error.path, path);
            assert_eq!(error.code, crate::Code::InvalidOption);
        }
    }
}
