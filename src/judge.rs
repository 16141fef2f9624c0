//! Does it fit? A projection against a model's limit and the room the answer needs.

use serde::{Deserialize, Serialize};

use crate::models::Model;
use crate::project::Projection;
use token_headroom_encoding::{Code, Error, Result};

/// The answer of [`judge`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The upper bound leaves room to spare.
    Fits,
    /// The upper bound fits, but the next turn may not.
    Tight,
    /// The upper bound does not fit.
    Overflows,
}

/// How a model limits what it takes (see [`Limit`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitKind {
    /// Prompt and requested output share one window.
    Shared,
    /// A cap on the prompt, and a window for prompt and output together.
    Split,
    /// Independent caps on prompt and output.
    Separate,
    /// Only the prompt is checked; generation stops at the window.
    InputOnly,
}

impl LimitKind {
    /// The kind that is called `name`: `shared`, `split`, `separate` or `input_only`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "shared" => Some(Self::Shared),
            "split" => Some(Self::Split),
            "separate" => Some(Self::Separate),
            "input_only" => Some(Self::InputOnly),
            _ => None,
        }
    }
}

/// A model's limits, in tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Limit {
    /// Which comparison applies.
    pub kind: LimitKind,
    /// The context window.
    pub window: u32,
    /// The largest prompt, where it is less than the window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_input: Option<u32>,
    /// The largest answer, where published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_output: Option<u32>,
}

/// A projection set against a limit.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Judgement {
    /// What was projected.
    #[serde(flatten)]
    pub projection: Projection,
    /// The limits that were compared with.
    pub limit: Limit,
    /// Tokens kept free for the answer.
    pub headroom: u32,
    /// The largest prompt that fits: the limit less the headroom where they share a window.
    pub available: u32,
    /// By how much the upper bound exceeds `available`; 0 when it fits.
    pub over_by: u32,
    /// The answer.
    pub verdict: Verdict,
}

/// Options of [`judge`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JudgeOptions {
    /// Tokens to keep free for the answer. `None`: the request's own output cap, else the model's default.
    pub headroom: Option<u32>,
    /// Share of `available` above which a fitting request is [`Verdict::Tight`]. 0.9 unless told otherwise.
    pub tight_at: f64,
}

impl Default for JudgeOptions {
    fn default() -> Self {
        Self {
            headroom: None,
            tight_at: TIGHT_AT,
        }
    }
}

impl JudgeOptions {
    /// Refuses a headroom that leaves nothing of `limit` for a prompt.
    ///
    /// # Errors
    /// [`InvalidOption`](Code::InvalidOption).
    pub fn check(&self, limit: &Limit) -> Result<()> {
        match self.headroom {
            Some(headroom) if available(limit, headroom, true) == 0 => {
                let window = limit.window;
                let message =
                    format!("found {headroom}, expected less than the window of {window} tokens");
                Err(Error::new(Code::InvalidOption, "headroom", message)
                    .with_hint("no prompt would fit: keep free what the answer takes at most"))
            }
            _ => Ok(()),
        }
    }
}

/// Leaves a tenth of the room for the next turn.
const TIGHT_AT: f64 = 0.9;

/// Judges `projection`; `output_cap` is the request's own cap on output.
#[must_use]
pub fn judge(
    projection: Projection,
    model: &Model,
    output_cap: Option<u32>,
    options: JudgeOptions,
) -> Judgement {
    let headroom = options
        .headroom
        .or(output_cap)
        .unwrap_or(model.default_headroom);
    let available = available(&model.limit, headroom, options.headroom.is_some());
    let most = projection.upper_bound;
    let tight_at = if options.tight_at.is_nan() {
        TIGHT_AT
    } else {
        options.tight_at
    };
    let verdict = if most > available {
        Verdict::Overflows
    } else if f64::from(most) > f64::from(available) * tight_at {
        Verdict::Tight
    } else {
        Verdict::Fits
    };
    Judgement {
        projection,
        limit: model.limit,
        headroom,
        available,
        over_by: most.saturating_sub(available),
        verdict,
    }
}

/// The largest prompt that fits; 0 when the headroom fills the window.
fn available(limit: &Limit, headroom: u32, is_asked_for: bool) -> u32 {
    let input = limit.max_input.unwrap_or(limit.window).min(limit.window);
    let beside_output = limit.window.saturating_sub(headroom);
    match limit.kind {
        LimitKind::Shared | LimitKind::Split => input.min(beside_output),
        LimitKind::Separate => input,
        // The provider checks the prompt alone and lets the answer end at the window: room for it is kept
        // when the caller asks for it, not because the request allows an answer that long.
        LimitKind::InputOnly if is_asked_for => input.min(beside_output),
        LimitKind::InputOnly => input,
    }
}
