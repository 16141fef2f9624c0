//! Options, policies and fills as a caller writes them: JSON in, typed values out, every mistake named.
//!
//! A mistyped option that is silently ignored counts for the wrong model or drops what was pinned; so unknown
//! keys are refused here, with the nearest known one.

use serde_json::{Map, Value};

use crate::apply::Fills;
use crate::conversation::Dialect;
use crate::json;
use crate::judge::{JudgeOptions, LimitKind};
use crate::models::{ModelOptions, Overrides, UnknownModel};
use crate::plan::{CompactionPlan, Policy, stored};
use token_headroom_encoding::{Code, Error, Result};

/// Share of what is available above which a request that fits is tight, unless told otherwise.
const TIGHT_AT: f64 = 0.9;

const MODEL_KEYS: [&str; 13] = [
    "model",
    "headroom",
    "encoding",
    "like",
    "host",
    "dialect",
    "limitKind",
    "maxContextTokens",
    "maxInputTokens",
    "maxOutputTokens",
    "unknownModel",
    "models",
    "tightAt",
];

const POLICY_KEYS: [&str; 9] = [
    "release",
    "keepLast",
    "pinned",
    "keepTools",
    "mask",
    "cut",
    "cutTail",
    "summarise",
    "summaryTokens",
];

/// Reads what a caller says about a model and about judging.
///
/// # Errors
/// [`InvalidOption`](Code::InvalidOption) that names the option.
pub fn budget_options(options: &Value) -> Result<(ModelOptions, JudgeOptions)> {
    let fields = Fields::of(options, "", &MODEL_KEYS, "options")?;
    let model = ModelOptions {
        model: fields.text("model")?,
        encoding: fields.text("encoding")?,
        like: fields.text("like")?,
        host: fields.text("host")?,
        limit_kind: fields.limit_kind("limitKind")?,
        max_context_tokens: fields.tokens("maxContextTokens")?,
        max_input_tokens: fields.tokens("maxInputTokens")?,
        max_output_tokens: fields.tokens("maxOutputTokens")?,
        unknown_model: fields
            .read(
                "unknownModel",
                "\"error\" or \"estimate\"",
                as_unknown_model,
            )?
            .unwrap_or_default(),
        models: match options.get("models") {
            Some(models) => Overrides::read(models, "models")?,
            None => Overrides::default(),
        },
    };
    let judge = JudgeOptions {
        headroom: fields.tokens("headroom")?,
        tight_at: fields.share("tightAt")?.unwrap_or(TIGHT_AT),
    };
    dialect(options)?;
    Ok((model, judge))
}

/// Reads the dialect that a caller says requests are written in; without one they are recognised.
///
/// # Errors
/// [`InvalidOption`](Code::InvalidOption) for a name that is none.
pub fn dialect(options: &Value) -> Result<Option<Dialect>> {
    let fields = Fields::of(options, "", &MODEL_KEYS, "options")?;
    fields.read(
        "dialect",
        "\"openai_chat\", \"openai_responses\", \"completions\", \"anthropic\", \"gemini\", \"bedrock_converse\", \"cohere\", \"ollama\", \"ai_sdk\", \"langchain\" or \"autogen\"",
        |value| Dialect::named(value.as_str()?),
    )
}

/// Reads a policy; what is absent has its default.
///
/// # Errors
/// [`InvalidOption`](Code::InvalidOption) that names the option.
pub fn policy(policy: Option<Value>) -> Result<Policy> {
    let default = Policy::default();
    let Some(policy) = policy else {
        return Ok(default);
    };
    let fields = Fields::of(&policy, "policy", &POLICY_KEYS, "a policy")?;
    Ok(Policy {
        release: fields.share("release")?.unwrap_or(default.release),
        keep_last: fields.index("keepLast")?.unwrap_or(default.keep_last),
        pinned: fields.list("pinned", "the index of a message", as_index)?,
        keep_tools: fields.list("keepTools", "the name of a tool", as_text)?,
        mask: fields.switch("mask")?.unwrap_or(default.mask),
        cut: fields.switch("cut")?.unwrap_or(default.cut),
        cut_tail: fields.switch("cutTail")?.unwrap_or(default.cut_tail),
        summarise: fields.switch("summarise")?.unwrap_or(default.summarise),
        summary_tokens: fields
            .tokens("summaryTokens")?
            .unwrap_or(default.summary_tokens),
    })
}

/// Reads what a caller fills into a plan.
///
/// # Errors
/// [`InvalidFill`](Code::InvalidFill) that names the field.
pub fn fills(fills: &Value) -> Result<Fills> {
    let read = || {
        let fields = Fields::of(fills, "fills", &["summary"], "fills")?;
        Ok(Fills {
            summary: fields.text("summary")?,
        })
    };
    read().map_err(|error: Error| Error {
        code: Code::InvalidFill,
        ..error
    })
}

/// Reads a plan that may have been stored in between.
///
/// # Errors
/// [`PlanMismatch`](Code::PlanMismatch) for JSON that is no plan.
pub fn stored_plan(plan: Value) -> Result<CompactionPlan> {
    stored::read(&plan).map_err(|place| {
        let what = if place.is_empty() {
            "it is no object".to_owned()
        } else {
            format!("`{place}` is missing or not what a plan has there")
        };
        Error::new(
            Code::PlanMismatch,
            "plan",
            format!("found a value that is no plan ({what}), expected one as `plan` returns it"),
        )
        .with_hint("store plans as JSON without changing them, or plan the request again")
    })
}

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

    fn index(&self, key: &str) -> Result<Option<usize>> {
        self.read(key, "a whole number", as_index)
    }

    fn share(&self, key: &str) -> Result<Option<f64>> {
        self.read(key, "a share, more than 0 and at most 1", |value| {
            value.as_f64().filter(|share| *share > 0.0 && *share <= 1.0)
        })
    }

    fn switch(&self, key: &str) -> Result<Option<bool>> {
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

    fn list<T>(&self, key: &str, expected: &str, read: fn(&Value) -> Option<T>) -> Result<Vec<T>> {
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

    fn invalid(&self, key: &str, value: &Value, expected: &str) -> Error {
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

    fn place(&self, key: &str) -> String {
        match self.path {
            "" => key.to_owned(),
            path => format!("{path}.{key}"),
        }
    }
}

fn as_text(value: &Value) -> Option<String> {
    value
        .as_str()
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

fn as_unknown_model(value: &Value) -> Option<UnknownModel> {
    match value.as_str()? {
        "error" => Some(UnknownModel::Error),
        "estimate" => Some(UnknownModel::Estimate),
        _ => None,
    }
}

fn as_index(value: &Value) -> Option<usize> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Override;
    use serde_json::json;

    #[test]
    fn every_option_is_read() {
        let (model, judge) = budget_options(&json!({
            "model": "m", "headroom": 0, "encoding": "e", "like": "l", "host": "h", "dialect": "ai_sdk", "limitKind": "input_only",
            "maxContextTokens": 3, "maxInputTokens": 2, "maxOutputTokens": 1, "tightAt": 0.5,
            "unknownModel": "estimate", "models": { "m": { "like": "l" } },
        }))
        .unwrap();
        assert_eq!(
            model,
            ModelOptions {
                model: Some("m".into()),
                encoding: Some("e".into()),
                like: Some("l".into()),
                host: Some("h".into()),
                limit_kind: Some(LimitKind::InputOnly),
                max_context_tokens: Some(3),
                max_input_tokens: Some(2),
                max_output_tokens: Some(1),
                unknown_model: UnknownModel::Estimate,
                models: Overrides::from_iter([(
                    "m",
                    Override {
                        like: Some("l".into()),
                        ..Override::default()
                    },
                )]),
            }
        );
        assert_eq!(
            judge,
            JudgeOptions {
                headroom: Some(0),
                tight_at: 0.5
            }
        );
    }

    #[test]
    fn every_dialect_has_a_name() {
        let read = |name: &str| dialect(&json!({ "dialect": name })).unwrap();
        assert_eq!(read("openai_chat"), Some(Dialect::OpenaiChat));
        assert_eq!(read("ai_sdk"), Some(Dialect::AiSdk));
        assert_eq!(read("bedrock_converse"), Some(Dialect::BedrockConverse));
        assert_eq!(dialect(&json!({})).unwrap(), None);
    }

    #[test]
    fn absent_options_have_defaults() {
        let (model, judge) = budget_options(&json!({})).unwrap();
        assert_eq!(model, ModelOptions::default());
        assert_eq!(
            judge,
            JudgeOptions {
                headroom: None,
                tight_at: TIGHT_AT
            }
        );
        assert_eq!(policy(None).unwrap(), Policy::default());
        assert_eq!(policy(Some(json!({}))).unwrap(), Policy::default());
    }

    #[test]
    fn every_part_of_a_policy_is_read() {
        let read = policy(Some(json!({
            "release": 1, "keepLast": 0, "pinned": [3, 1], "keepTools": ["read"], "mask": false,
            "cut": false, "cutTail": false, "summarise": false, "summaryTokens": 9,
        })));
        assert_eq!(
            read.unwrap(),
            Policy {
                release: 1.0,
                keep_last: 0,
                pinned: vec![3, 1],
                keep_tools: vec!["read".into()],
                mask: false,
                cut: false,
                cut_tail: false,
                summarise: false,
                summary_tokens: 9,
            }
        );
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest_known_one() {
        let error = budget_options(&json!({ "maxcontextTokens": 1 })).unwrap_err();
        assert_eq!(
            (error.code, error.path.as_str()),
            (Code::InvalidOption, "maxcontextTokens")
        );
        assert_eq!(error.hint, "did you mean `maxContextTokens`?");
        let error = policy(Some(json!({ "keeplast": 1 }))).unwrap_err();
        assert_eq!(
            (error.path.as_str(), error.hint.as_str()),
            ("policy.keeplast", "did you mean `keepLast`?")
        );
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_refused_with_its_place() {
        let place = |options: Value| budget_options(&options).unwrap_err().path;
        assert_eq!(place(json!(null)), "");
        assert_eq!(place(json!({ "model": 4 })), "model");
        assert_eq!(place(json!({ "headroom": -1 })), "headroom");
        assert_eq!(place(json!({ "headroom": 1.5 })), "headroom");
        assert_eq!(
            place(json!({ "maxContextTokens": 4_294_967_296_u64 })),
            "maxContextTokens"
        );
        assert_eq!(place(json!({ "tightAt": 0 })), "tightAt");
        assert_eq!(place(json!({ "limitKind": "both" })), "limitKind");
        assert_eq!(place(json!({ "dialect": "esperanto" })), "dialect");
        assert_eq!(place(json!({ "dialect": 4 })), "dialect");
        let place = |value: Value| policy(Some(value)).unwrap_err().path;
        assert_eq!(place(json!({ "pinned": [0, "1"] })), "policy.pinned[1]");
        assert_eq!(place(json!({ "pinned": 1 })), "policy.pinned");
        let error = fills(&json!({ "summary": 4 })).unwrap_err();
        assert_eq!(
            (error.code, error.path.as_str()),
            (Code::InvalidFill, "fills.summary")
        );
    }

    #[test]
    fn a_value_that_is_no_plan_is_refused() {
        assert_eq!(
            stored_plan(json!({ "version": 1 })).unwrap_err().code,
            Code::PlanMismatch
        );
    }
}
