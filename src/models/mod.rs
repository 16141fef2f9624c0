//! The catalogue: limits, encoding, framing and prices of each model, each with its source.

mod catalogue;
mod framing;
mod host;
mod names;
mod overrides;
mod price;
mod resolve;
mod thoughts;
mod unknown;

use crate::judge::{Limit, LimitKind};
pub use framing::{Family, Framing};
pub use host::Host;
pub use overrides::{Override, Overrides};
pub use price::{Price, Tier};
pub use resolve::{catalogue, resolve};
pub(crate) use thoughts::{binds_thoughts, thoughts_lead};
pub use unknown::UnknownModel;

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
    /// Who serves it, when that is known; `None` leaves it to the request's dialect.
    pub host: Option<Host>,
    /// The day for which the name was resolved, as `2025-08-10`; `None`: what it means by the catalogue's date.
    pub as_of: Option<String>,
    /// How pictures are counted.
    pub image: ImageRule,
    /// Limits in tokens.
    pub limit: Limit,
    /// Tokens kept free for the answer when neither the options nor the request say how many.
    pub default_headroom: u32,
    /// List prices, when known.
    pub price: Option<Price>,
    /// The vocabulary that `encoding` stands in for; `None` where it is the model's own.
    pub stand_in: Option<StandIn>,
    /// What the catalogue assumes rather than knows; `None` where the rules were fitted to recorded counts.
    pub uncertainty: Option<Uncertainty>,
    /// Whether nothing is known of it but its name (see [`UnknownModel::Estimate`]).
    pub assumed: bool,
    /// The day on which its maker stops serving it, as `2026-12-11`, when announced.
    pub retires: Option<String>,
    /// Where limits and prices come from; empty when the caller described the model.
    pub source: String,
    /// When they were looked up, as `2026-11-20`.
    pub date: String,
    /// Keys of [`ModelOptions::models`] that apply to it.
    pub overrides: Vec<String>,
}

impl Model {
    /// Whether the request is sent before `day`, as far as the caller says when.
    pub(crate) fn is_before(&self, day: &str) -> bool {
        self.as_of.as_deref().is_some_and(|own| own < day)
    }
}

/// A vocabulary that is not at hand, and how far counts by another may be from its own.
#[derive(Clone, Debug, PartialEq)]
pub struct StandIn {
    /// The model's own vocabulary. Loaded under this name and named in the options, it ends the doubt.
    pub vocabulary: String,
    /// Share of the texts' tokens by which the count may be lower.
    pub below: f64,
    /// Share of the texts' tokens by which the count may be higher.
    pub above: f64,
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
    /// A token for each cell, in rows, of a picture whose longest side is at most `side` pixels.
    Cells {
        /// Pixels on a side of a cell.
        cell: u32,
        /// The longest side, in pixels.
        side: u32,
        /// Tokens at the end of a row.
        row: u32,
        /// Tokens around the picture.
        extra: u32,
        /// Fewest cells; a smaller picture is enlarged.
        least: u32,
        /// Whether the picture is scaled to the nearest whole number of cells, rather than covered by them.
        nearest: bool,
    },
    /// The same for every picture: least, likely and most tokens.
    Likely([u32; 3]),
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
    /// `each` for every square of `patch` pixels, and `extra`: Claude.
    Grid {
        /// Side of a square, in pixels.
        patch: u32,
        /// Tokens per square.
        each: u32,
        /// Tokens around the picture.
        extra: u32,
        /// Longest side, in pixels; larger pictures are shrunk.
        max_side: u32,
        /// Most tokens of one picture, without `extra`; larger pictures are shrunk.
        budget: u32,
    },
    /// The same for every picture (Gemini up to 1.5, and 2.5).
    Fixed {
        /// Tokens of a picture.
        tokens: u32,
    },
    /// One view of a small picture, and of a larger one the whole and crops of it (Gemini 2.0).
    Crops {
        /// Tokens of a view.
        tokens: u32,
    },
    /// A grid of the picture's proportions that fills a budget (Gemini 3).
    Budget {
        /// Tokens at most, at low, medium, high (the default) and ultra-high resolution.
        budgets: [u32; 4],
    },
}

/// What a caller says about a model: its name, and any field that differs from the catalogue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelOptions {
    /// Name of the model, as any host writes it: `gpt-4o`, `azure/gpt-4o`, `us.anthropic.claude-3-haiku-20240307-v1:0`.
    pub model: Option<String>,
    /// Count with this encoding.
    pub encoding: Option<String>,
    /// Frame like this model of the catalogue. Makes an unknown model known.
    pub like: Option<String>,
    /// Who serves it: `azure`, `bedrock`, `vertex`, `openrouter`, `ollama` ...; counts differ by host. Without it the
    /// name's own prefix decides, if it has one.
    pub host: Option<String>,
    /// The day on which the request is sent, as `2025-08-10`. Names that move (`mistral-small-latest`, `deepseek-chat`) meant
    /// other models then, and servers wrote prompts in other ways. Without it, what holds by the catalogue's date.
    pub as_of: Option<String>,
    /// Which comparison applies.
    pub limit_kind: Option<LimitKind>,
    /// The context window.
    pub max_context_tokens: Option<u32>,
    /// The largest prompt.
    pub max_input_tokens: Option<u32>,
    /// The largest answer.
    pub max_output_tokens: Option<u32>,
    /// What becomes of a name that neither the catalogue nor `models` knows.
    pub unknown_model: UnknownModel,
    /// The caller's own models, and corrections of the catalogue, by name or by `name@host`.
    pub models: Overrides,
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
