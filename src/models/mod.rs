//! The catalogue: limits, encoding, framing and prices of each model, each with its source.

mod openai;
mod resolve;

use serde::{Deserialize, Serialize};

use crate::judge::{Limit, LimitKind};
pub use resolve::{catalogue, resolve};

/// What must be known of a model to project and judge a request for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// The name as asked for.
    pub name: String,
    /// The catalogue row it was resolved to; the same as `name` for a model described by options alone.
    pub row: String,
    /// Name of the encoding.
    pub encoding: String,
    /// How the provider frames messages, tools and schemas.
    pub framing: Framing,
    /// How pictures are counted.
    pub image: ImageRule,
    /// Limits in tokens.
    pub limit: Limit,
    /// Tokens kept free for the answer when neither the options nor the request say how many.
    pub default_headroom: u32,
    /// List prices, when known.
    pub price: Option<Price>,
    /// What the catalogue assumes rather than knows; `None` where the rules were fitted to recorded counts.
    pub uncertainty: Option<Uncertainty>,
}

/// How far recorded counts may be from the rules of a model's family.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Uncertainty {
    /// Share of the tokens by which the count may be off, either way.
    pub share: f64,
    /// Tokens that the provider adds to every request: least, likely, most.
    pub hidden: [u32; 3],
    /// Tokens that may come on top of each message.
    pub per_message: u32,
}

/// Families of framing rules (OpenAI: the classes of recorded requests).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// gpt-3.5-turbo-0301/0613, gpt-4-0613, gpt-4-32k and their undated Azure twins.
    OpenaiOld,
    /// gpt-3.5, gpt-4, 4o, 4.1, 4.5.
    OpenaiChat,
    /// o1, o3, o4.
    OpenaiReasoning,
    /// gpt-5 and later.
    OpenaiGpt5,
    /// gpt-4o search previews: contents only.
    OpenaiSearch,
}

/// How a family counts pictures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ImageRule {
    /// The model takes none, or nothing is known: the largest rule bounds it.
    Unknown,
    /// `base + tile * tiles` of 512 pixels.
    Tiles {
        /// Fixed cost, and the cost at low detail.
        base: u32,
        /// Cost of a tile.
        tile: u32,
    },
    /// `ceil(multiplier * patches)` of 32 pixels within a budget.
    Patches {
        /// Tokens per patch.
        multiplier: f64,
        /// Most patches at `high`.
        budget: u32,
        /// Longest side at `high`, in pixels.
        max_side: u32,
        /// Tokens found on top of the rule in recorded counts.
        extra: u32,
        /// Most patches at `original`; `None`: the same as `high`. `u32::MAX`: no budget.
        original: Option<u32>,
        /// Whether an absent detail means `original`.
        auto_is_original: bool,
    },
}

/// List prices in US dollars per million tokens.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Price {
    /// Prompt tokens.
    pub input: f64,
    /// Answer tokens.
    pub output: f64,
}

/// What a caller says about a model: its name, and any field that differs from the catalogue.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ModelOptions {
    /// Name of the model, with or without a provider prefix or a date.
    pub model: Option<String>,
    /// Count with this encoding.
    pub encoding: Option<String>,
    /// Frame like this model of the catalogue. Makes an unknown model known.
    pub like: Option<String>,
    /// Which comparison applies.
    pub limit_kind: Option<LimitKind>,
    /// The context window.
    pub max_context_tokens: Option<u32>,
    /// The largest prompt.
    pub max_input_tokens: Option<u32>,
    /// The largest answer.
    pub max_output_tokens: Option<u32>,
}

impl ModelOptions {
    /// The catalogue's own row of a model, with nothing overridden.
    #[must_use]
    pub fn for_model(name: impl Into<String>) -> Self {
        Self {
            model: Some(name.into()),
            ..Self::default()
        }
    }
}
