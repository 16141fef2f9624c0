//! A report beside its projection.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use token_headroom_encoding::{Code, Error, Result};

use super::usage::Report;
use crate::judge::Judgement;
use crate::project::{Bounds, Categories, Start};

/// A report below this share of the lower bound means that the provider saw another prompt.
const TRUNCATED_BELOW: f64 = 0.75;
/// Servers that drop the front of a prompt keep half the window and a few tokens (recorded: half and 2).
const HALF_WINDOW_SLACK: u32 = 16;
/// Windows that local servers are commonly started with, whatever the model could take.
const LOCAL_WINDOWS: [u32; 7] = [2_048, 4_096, 8_192, 16_384, 32_768, 65_536, 131_072];

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
    /// The provider dropped a part of the prompt without saying so.
    Truncated,
}

/// What gave a silent truncation away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signature {
    /// The server says so itself (llama.cpp's `truncated`).
    Flagged,
    /// Half a window and a few tokens: the front was dropped (Ollama).
    HalfWindow,
    /// Prompt and answer fill the window exactly, or the prompt does and nothing was answered (Ollama, MiMo).
    FullWindow,
    /// The answer ended because the window was full, and less was counted than was sent (z.ai).
    StopReason,
    /// Far fewer tokens than the request can have (`truncation: "auto"`, middle-out compression).
    FarBelow,
}

/// The outcome of [`Calibration::record`](super::Calibration::record).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UsageComparison {
    /// How the two compare.
    pub verdict: UsageVerdict,
    /// What gave a truncation away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
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
    /// What the user was told.
    pub told: Bounds,
    /// What was counted before anything learned was applied to it; the same as `told` when nothing was.
    pub counted: Bounds,
    /// The class of content that ratios are learned for.
    pub class: &'static str,
    /// The report that the projection started from.
    pub starts_from: Option<Start>,
    /// The name of the request's messages.
    pub fingerprint: String,
    /// Whether usage may include more than this prompt: tools that the provider runs add turns of their own.
    pub is_shared: bool,
    /// The model's window.
    pub window: u32,
}

impl From<&Judgement> for Expected {
    fn from(judgement: &Judgement) -> Self {
        let projection = &judgement.projection;
        let told = Bounds::of(projection);
        Self {
            model: projection.model.clone(),
            told,
            counted: projection.counted.unwrap_or(told),
            class: class(&projection.by_category),
            starts_from: projection.starts_from,
            fingerprint: projection.fingerprint.clone(),
            is_shared: projection
                .warnings
                .iter()
                .any(|warning| warning.code == "server_tool"),
            window: judgement.limit.window,
        }
    }
}

/// The class of content: what is off for media or tool rounds need not be off for talk.
pub(super) fn class(by: &Categories) -> &'static str {
    let tools = by
        .tools
        .saturating_add(by.tool_calls)
        .saturating_add(by.tool_results);
    let text = by
        .system
        .saturating_add(by.user)
        .saturating_add(by.assistant);
    if by.media > 0 {
        "media"
    } else if tools > text {
        "tools"
    } else {
        "text"
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
        let bounds = |value: &Value| -> Result<Bounds> {
            Ok(Bounds {
                tokens: number(&value["tokens"], "tokens")?,
                lower_bound: number(&value["lowerBound"], "lowerBound")?,
                upper_bound: number(&value["upperBound"], "upperBound")?,
            })
        };
        let text = |field: &str| {
            let text = judgement[field].as_str();
            text.map(str::to_owned).ok_or_else(|| invalid(field, field))
        };
        let told = bounds(judgement)?;
        let category = |name: &str| number(&judgement["byCategory"][name], "byCategory");
        let warnings = judgement["warnings"].as_array();
        Ok(Self {
            model: text("model")?,
            told,
            counted: match &judgement["counted"] {
                Value::Null => told,
                counted => bounds(counted)?,
            },
            class: class(&Categories {
                system: category("system")?,
                tools: category("tools")?,
                user: category("user")?,
                assistant: category("assistant")?,
                tool_calls: category("toolCalls")?,
                tool_results: category("toolResults")?,
                media: category("media")?,
                ..Categories::default()
            }),
            starts_from: match &judgement["startsFrom"] {
                Value::Null => None,
                start => Some(Start {
                    counted: number(&start["counted"], "startsFrom.counted")?,
                    reported: number(&start["reported"], "startsFrom.reported")?,
                }),
            },
            fingerprint: text("fingerprint")?,
            is_shared: warnings
                .into_iter()
                .flatten()
                .any(|warning| warning["code"] == "server_tool"),
            window: number(&judgement["limit"]["window"], "limit.window")?,
        })
    }

    /// How `report` compares.
    pub(super) fn compare(&self, report: &Report) -> UsageComparison {
        let signature = self.signature(report);
        let Bounds {
            tokens,
            lower_bound,
            upper_bound,
        } = self.told;
        let verdict = if signature.is_some() {
            UsageVerdict::Truncated
        } else if report.prompt > upper_bound {
            UsageVerdict::Above
        } else if report.prompt < lower_bound {
            UsageVerdict::Below
        } else {
            UsageVerdict::Agrees
        };
        UsageComparison {
            verdict,
            signature,
            projected: tokens,
            reported: report.prompt,
            ratio: f64::from(report.prompt) / f64::from(tokens.max(1)),
        }
    }

    fn signature(&self, report: &Report) -> Option<Signature> {
        if report.is_cut {
            return Some(Signature::Flagged);
        }
        let prompt = report.prompt;
        // What was counted decides: a bound that was learned from truncated prompts would hide the next one.
        let lower = self.told.lower_bound.min(self.counted.lower_bound);
        if prompt >= lower {
            return None;
        }
        let windows = || LOCAL_WINDOWS.into_iter().chain([self.window]);
        let is_half = |window: u32| prompt.abs_diff(window / 2) <= HALF_WINDOW_SLACK;
        if windows().any(is_half) {
            return Some(Signature::HalfWindow);
        }
        let all = report.output.map(|output| prompt.saturating_add(output));
        let is_full = |window: u32| {
            all == Some(window)
                || (report.output == Some(0) && prompt >= window - window / 100 && prompt <= window)
        };
        if windows().any(is_full) {
            return Some(Signature::FullWindow);
        }
        if report.stop.as_deref() == Some("model_context_window_exceeded") {
            return Some(Signature::StopReason);
        }
        let is_far = f64::from(prompt) < f64::from(lower) * TRUNCATED_BELOW;
        is_far.then_some(Signature::FarBelow)
    }
}
