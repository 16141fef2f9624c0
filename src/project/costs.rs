//! What a family of framing rules gives: tokens with bounds, by part of the request.

use super::estimate::Estimate;
use crate::conversation::Warning;

/// The cost of a request, part by part.
#[derive(Clone, Debug, Default)]
pub(super) struct Costs<M = Vec<Cost>> {
    /// The messages: an entry for each, or [together](super::laid::Laid).
    pub(super) messages: M,
    /// Instructions that stand outside the messages.
    pub(super) instructions: Estimate,
    /// Tool declarations and the choice among them.
    pub(super) tools: Estimate,
    /// The form of the answer.
    pub(super) format: Estimate,
    /// What belongs to no part: the start of the answer, hidden text, switches.
    pub(super) framing: Estimate,
    /// Of all this, tokens of the provider's own text, which no other vocabulary puts in doubt.
    pub(super) hidden: i64,
    /// What the family cannot know of this request.
    pub(super) warnings: Vec<Warning>,
}

/// What a message costs, by what it is spent on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cost {
    /// What is said, with the message's frame; of a message that only answers calls, the answers.
    pub(super) text: Estimate,
    /// Calls that are made.
    pub(super) calls: Estimate,
    /// Answers to calls in a message that says something besides.
    pub(super) results: Estimate,
    /// Images, recordings, films and files.
    pub(super) media: Estimate,
}

impl Cost {
    pub(super) fn total(&self) -> Estimate {
        self.text + self.calls + self.results + self.media
    }
}
