//! Options, policies and fills as a caller writes them: JSON in, typed values out, every mistake named.
//!
//! A mistyped option that is silently ignored counts for the wrong model or drops what was pinned; so unknown
//! keys are refused here, with the nearest known one.

mod fields;
mod policy;

use serde_json::Value;

use crate::apply::Fills;
use crate::conversation::Dialect;
use crate::judge::JudgeOptions;
use crate::models::{ModelOptions, Overrides, UnknownModel};
use crate::plan::{CompactionPlan, stored};
pub(crate) use fields::Fields;
pub use policy::policy;
use token_headroom_encoding::{Code, Error, Result};

/// Share of what is available above which a request that fits is tight, unless told otherwise.
const TIGHT_AT: f64 = 0.9;

const MODEL_KEYS: [&str; 14] = [
    "model",
    "headroom",
    "encoding",
    "like",
    "host",
    "asOf",
    "dialect",
    "limitKind",
    "maxContextTokens",
    "maxInputTokens",
    "maxOutputTokens",
    "unknownModel",
    "models",
    "tightAt",
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
        as_of: fields.text("asOf")?,
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

/// Reads what a caller fills into a plan.
///
/// # Errors
/// [`InvalidFill`](Code::InvalidFill) that names the field.
pub fn fills(fills: &Value) -> Result<Fills> {
    let read = || {
        let fields = Fields::of(fills, "fills", &["summary"], "fills")?;
        Ok(Fills {
            summary: fields.text("summary").map_err(|error| {
                error.with_hint("ask again, or leave fills.summary out to use the plan's digest")
            })?,
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

fn as_unknown_model(value: &Value) -> Option<UnknownModel> {
    match value.as_str()? {
        "error" => Some(UnknownModel::Error),
        "estimate" => Some(UnknownModel::Estimate),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::LimitKind;
    use crate::models::Override;
    use serde_json::json;

    #[test]
    fn every_option_is_read() {
        let (model, judge) = budget_options(&json!({
            "model": "m", "headroom": 0, "encoding": "e", "like": "l", "host": "h", "asOf": "2025-08-10", "dialect": "ai_sdk", "limitKind": "input_only",
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
                as_of: Some("2025-08-10".into()),
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
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest_known_one() {
        let error = budget_options(&json!({ "maxcontextTokens": 1 })).unwrap_err();
        assert_eq!(
            (error.code, error.path.as_str()),
            (Code::InvalidOption, "maxcontextTokens")
        );
        assert_eq!(error.hint, "did you mean `maxContextTokens`?");
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
