//! Learning from the usage that a provider reports.
//!
//! A projection that is an estimate is centred and widened by what earlier ones of the same model turned out
//! to be. It is never narrowed: what was learned from text says nothing about a request with pictures. An
//! exact projection is left alone; that it was wrong is a [`UsageVerdict`] for the caller to see.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use token_headroom_encoding::{Code, Error, Result};

use crate::judge::Judgement;
use crate::project::{Basis, Projection, shares};

/// Comparisons remembered per model; older ones are forgotten, as providers change.
const REMEMBERED: usize = 32;
/// Comparisons needed before they count.
const ENOUGH: usize = 3;
/// How far past the extremes the next ratio is expected to stay.
const PAD: f64 = 0.02;
/// A report below this share of the lower bound means that the provider saw another prompt.
const TRUNCATED_BELOW: f64 = 0.75;
/// Servers that drop the front of a prompt keep half the window and a few tokens (recorded: half and 2).
const HALF_WINDOW_SLACK: u32 = 16;

/// What was learned, by model. Plain JSON, to be kept between runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Calibration {
    ratios: BTreeMap<String, Vec<f64>>,
}

/// How a report compares with its projection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UsageVerdict {
    /// Within the bounds.
    Agrees,
    /// More than the upper bound.
    Above,
    /// Less than the lower bound.
    Below,
    /// So much less that the provider must have dropped a part of the prompt.
    Truncated,
}

/// The outcome of [`Calibration::record`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UsageComparison {
    /// How the two compare.
    pub verdict: UsageVerdict,
    /// Tokens that were projected.
    pub projected: u32,
    /// Tokens that were reported.
    pub reported: u32,
    /// Reported by projected tokens.
    pub ratio: f64,
}

/// What a report is compared with: the parts of a [`Judgement`] that matter for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// The model's row in the catalogue.
    pub model: String,
    /// Tokens that were projected.
    pub tokens: u32,
    /// The least that was expected.
    pub lower_bound: u32,
    /// The most that was expected.
    pub upper_bound: u32,
    /// How the projection was obtained.
    pub basis: Basis,
    /// The model's window.
    pub window: u32,
}

impl From<&Judgement> for Expected {
    fn from(judgement: &Judgement) -> Self {
        let projection = &judgement.projection;
        Self {
            model: projection.model.clone(),
            tokens: projection.tokens,
            lower_bound: projection.lower_bound,
            upper_bound: projection.upper_bound,
            basis: projection.basis,
            window: judgement.limit.window,
        }
    }
}

impl Expected {
    /// Reads them out of a serialised judgement.
    ///
    /// # Errors
    /// [`InvalidValue`](Code::InvalidValue) at the place of what is absent or no such value.
    pub fn read(judgement: &Value) -> Result<Self> {
        let invalid = |field: &str, expected: &str| {
            let message = format!("found no {expected}, expected one");
            Error::new(Code::InvalidValue, format!("projection.{field}"), message)
                .with_hint("pass the projection as `project` or `check` gave it")
        };
        let number = |value: &Value, field: &str| {
            let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
            number.ok_or_else(|| invalid(field, "number of tokens"))
        };
        let basis = match judgement["basis"].as_str() {
            Some("exact") => Basis::Exact,
            Some("estimated") => Basis::Estimated,
            Some("calibrated") => Basis::Calibrated,
            _ => return Err(invalid("basis", "basis")),
        };
        let model = judgement["model"].as_str();
        Ok(Self {
            model: model.ok_or_else(|| invalid("model", "model"))?.to_owned(),
            tokens: number(&judgement["tokens"], "tokens")?,
            lower_bound: number(&judgement["lowerBound"], "lowerBound")?,
            upper_bound: number(&judgement["upperBound"], "upperBound")?,
            basis,
            window: number(&judgement["limit"]["window"], "limit.window")?,
        })
    }
}

impl Calibration {
    /// Compares a judged projection with the prompt tokens that the provider reported for it, and learns from
    /// the comparison unless the prompt was truncated. The projection must be one that was not calibrated.
    pub fn record(&mut self, expected: impl Into<Expected>, reported: u32) -> UsageComparison {
        let expected = expected.into();
        let ratio = f64::from(reported) / f64::from(expected.tokens.max(1));
        let verdict = verdict(&expected, reported);
        let is_fresh = expected.basis != Basis::Calibrated;
        if verdict != UsageVerdict::Truncated && is_fresh && reported > 0 {
            let ratios = self.ratios.entry(expected.model).or_default();
            ratios.push(ratio);
            let excess = ratios.len().saturating_sub(REMEMBERED);
            ratios.drain(..excess);
        }
        UsageComparison {
            verdict,
            projected: expected.tokens,
            reported,
            ratio,
        }
    }

    /// The projection in the light of what was learned about its model.
    #[must_use]
    pub fn apply(&self, projection: Projection) -> Projection {
        let learned = self
            .ratios
            .get(&projection.model)
            .and_then(|ratios| learned(ratios));
        match learned {
            Some(learned) if projection.basis == Basis::Estimated => scaled(projection, learned),
            _ => projection,
        }
    }
}

/// `prompt_tokens` of an OpenAI usage object; cached tokens are part of them.
#[must_use]
pub fn prompt_tokens(usage: &Value) -> Option<u32> {
    let tokens = usage.get("prompt_tokens")?.as_u64()?;
    u32::try_from(tokens).ok()
}

fn verdict(expected: &Expected, reported: u32) -> UsageVerdict {
    let (lower, upper) = (expected.lower_bound, expected.upper_bound);
    if reported > upper {
        return UsageVerdict::Above;
    }
    if reported >= lower {
        return UsageVerdict::Agrees;
    }
    let half = expected.window / 2;
    let is_half_window = reported.abs_diff(half) <= HALF_WINDOW_SLACK;
    let is_far_below = f64::from(reported) < f64::from(lower) * TRUNCATED_BELOW;
    if is_half_window || is_far_below {
        UsageVerdict::Truncated
    } else {
        UsageVerdict::Below
    }
}

/// Least, median and greatest ratio.
#[derive(Clone, Copy)]
struct Learned {
    least: f64,
    likely: f64,
    most: f64,
}

/// What `ratios` say; nothing while they are few, or when a stored state holds what is no ratio.
fn learned(ratios: &[f64]) -> Option<Learned> {
    // The bits of positive numbers are in the numbers' order.
    let mut sorted: Vec<u64> = ratios
        .iter()
        .filter(|ratio| ratio.is_finite() && **ratio > 0.0)
        .map(|ratio| ratio.to_bits())
        .collect();
    sorted.sort_unstable();
    if sorted.len() < ENOUGH {
        return None;
    }
    Some(Learned {
        least: f64::from_bits(*sorted.first()?),
        likely: f64::from_bits(*sorted.get(sorted.len() / 2)?),
        most: f64::from_bits(*sorted.last()?),
    })
}

fn scaled(mut projection: Projection, learned: Learned) -> Projection {
    let times = |ratio: f64| (f64::from(projection.tokens) * ratio).round() as u32;
    let tokens = times(learned.likely);
    let lower = times(learned.least - PAD).min(tokens);
    let upper = times(learned.most + PAD).max(tokens);
    projection.lower_bound = projection.lower_bound.min(lower);
    projection.upper_bound = projection.upper_bound.max(upper);
    share_out(&mut projection, tokens);
    projection.tokens = tokens;
    projection.basis = Basis::Calibrated;
    projection
}

/// Makes the categories, and the messages with what belongs to none, sum to `tokens` again.
fn share_out(projection: &mut Projection, tokens: u32) {
    let by = &mut projection.by_category;
    let mut fields = [
        &mut by.system,
        &mut by.tools,
        &mut by.user,
        &mut by.assistant,
        &mut by.tool_calls,
        &mut by.tool_results,
        &mut by.media,
        &mut by.format,
        &mut by.framing,
    ];
    let weights: Vec<u32> = fields.iter().map(|field| **field).collect();
    for (field, share) in fields.iter_mut().zip(shares(tokens, &weights)) {
        **field = share;
    }
    let elsewhere = by
        .tools
        .saturating_add(by.format)
        .saturating_add(by.framing);
    let weights: Vec<u32> = projection.messages.iter().map(|m| m.tokens).collect();
    let in_messages = shares(tokens.saturating_sub(elsewhere), &weights);
    for (message, share) in projection.messages.iter_mut().zip(in_messages) {
        message.tokens = share;
    }
}
