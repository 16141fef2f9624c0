//! What is told of a request: its tokens, their bounds, and what they are spent on.

use serde::{Deserialize, Serialize};

use crate::conversation::{Role, Warning};

/// How a number was obtained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Public tokenizer and framing fitted to recorded counts.
    Exact,
    /// Partly estimated; the truth lies between the bounds.
    Estimated,
    /// Corrected by reported usage.
    Calibrated,
    /// Counted by the caller's own counter.
    Supplied,
}

/// What a request takes before it is sent, in tokens.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Projection {
    /// The model the numbers are for.
    pub model: String,
    /// The encoding that was counted with.
    pub encoding: String,
    /// The most likely count.
    pub tokens: u32,
    /// The provider will not report less.
    pub lower_bound: u32,
    /// The provider will not report more.
    pub upper_bound: u32,
    /// How `tokens` was obtained.
    pub basis: Basis,
    /// What was counted, where reported usage has corrected it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted: Option<Bounds>,
    /// The report that the numbers start from, where the request goes on where that one ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_from: Option<Start>,
    /// Names the messages, instructions and tools: the same for the same request. It lets a report be recognised as that of
    /// an earlier part of a conversation.
    pub fingerprint: String,
    /// Where the tokens are; the sum is `tokens`.
    pub by_category: Categories,
    /// Instructions that stand outside the messages, with their framing.
    pub instructions: u32,
    /// Each message with its framing. Together with `instructions` and with `tools`, `format` and `framing` of
    /// `by_category` they sum to `tokens`.
    pub messages: Vec<MessageTokens>,
    /// The parts that are not counted exactly. Between them they have all doubt that the bounds allow for, before reported usage has
    /// corrected anything.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uncertain: Vec<UncertainPart>,
    /// What cannot be known.
    pub warnings: Vec<Warning>,
}

/// A part of a request that is not counted exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UncertainPart {
    /// A message by its place, `messages[3]`, or `instructions`, `tools`, `format` or `framing`.
    pub path: String,
    /// The most likely count.
    pub tokens: u32,
    /// Not less.
    pub lower_bound: u32,
    /// Not more.
    pub upper_bound: u32,
}

/// A number of tokens and what it is between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bounds {
    /// The most likely count.
    pub tokens: u32,
    /// Not less.
    pub lower_bound: u32,
    /// Not more.
    pub upper_bound: u32,
}

impl Bounds {
    /// The numbers of a projection.
    #[must_use]
    pub fn of(projection: &Projection) -> Self {
        Self {
            tokens: projection.tokens,
            lower_bound: projection.lower_bound,
            upper_bound: projection.upper_bound,
        }
    }
}

/// An earlier part of a conversation whose usage is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Start {
    /// What was counted for it.
    pub counted: u32,
    /// What was reported for it.
    pub reported: u32,
}

/// Tokens by what they are spent on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Categories {
    /// System and developer messages.
    pub system: u32,
    /// Function declarations and tool choice.
    pub tools: u32,
    /// User messages, text only.
    pub user: u32,
    /// Assistant messages, text only.
    pub assistant: u32,
    /// Calls that the assistant made.
    pub tool_calls: u32,
    /// What tools answered.
    pub tool_results: u32,
    /// Images, audio and files.
    pub media: u32,
    /// The response format.
    pub format: u32,
    /// Reply priming and other text that belongs to no message.
    pub framing: u32,
}

/// One message's share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageTokens {
    /// Position in the request.
    pub index: usize,
    /// Who speaks.
    pub role: Role,
    /// Tokens with framing. A parallel turn's joint cost is split over its messages.
    pub tokens: u32,
}
