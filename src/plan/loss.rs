//! What evicted content is expected to be missed for, in tokens at the price of plain input.
//!
//! What is missed costs a turn: another call, its answer, and the whole prompt once more at the price of cached tokens. So
//! the loss of a result is how likely it is to be needed again times its own tokens and that turn. What no tool can give
//! back is weighed by who said it.

use crate::conversation::{Message, Part, Role};

use super::worth::Worth;

/// A further call: its arguments and frames. Calls in recorded agent runs are 40 to 120 tokens long, and output costs four
/// to five times as much as input.
const CALL: f64 = 300.0;
/// How likely a user's words are needed, times the turns that are lost when they are missed: nobody can be asked for them
/// again without being noticed.
const USER: f64 = 2.0;
/// The same for what the assistant said: plans and findings, which it can find again.
const ASSISTANT: f64 = 0.1;
/// For a call, whose result, or the state of the world, tells most of it.
const CALLS: f64 = 0.02;
/// The loss of each token that was said and gives way to a summary or a note, besides: more than its price over any usual
/// horizon, so that conversation goes for room and never for the money alone. Replacing it has not been measured to help
/// (the same source), and what it said cannot be read again.
const REPLACED: f64 = 20.0;
/// The loss of a token of thoughts of earlier turns, which providers themselves leave out of later prompts.
const THOUGHTS: f64 = 0.05;
/// The share of a middle that is missed although head and tail are kept: errors and sums of output stand there.
const MIDDLE: f64 = 0.6;
/// The share of what was said that a summary gives back. Of results it gives back no more than a placeholder, which says how
/// to read them again: masking has been measured to be as good as summaries (arXiv 2508.21433).
const GIST: f64 = 0.5;
/// Groups after which what was said weighs half.
const FADES: f64 = 16.0;

/// The scale of losses in one request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    /// What a turn costs that would not have been needed.
    turn: f64,
}

impl Scale {
    /// For prompts of `tokens` tokens that are read again at the relative price `read`.
    pub(super) fn of(tokens: u32, read: f64) -> Self {
        Self {
            turn: CALL + f64::from(tokens) * read.clamp(0.0, 1.0),
        }
    }

    /// The loss of a result's whole content of `tokens` tokens.
    pub(super) fn masked(self, worth: &Worth, tokens: u32) -> f64 {
        worth.need * (f64::from(tokens) + self.turn)
    }

    /// The loss when a result of `tokens` tokens keeps `kept` of them at its ends.
    pub(super) fn cut(self, worth: &Worth, tokens: u32, kept: u32) -> f64 {
        let gone = 1.0 - f64::from(kept.min(tokens)) / f64::from(tokens.max(1));
        self.masked(worth, tokens) * MIDDLE * gone
    }

    /// The loss when a text of the user's, `age` groups before the end, keeps `kept` of its `tokens` tokens at its ends: of the
    /// message that gives way to a note, the share that was in the middle.
    pub(super) fn cut_said(self, tokens: u32, kept: u32, age: usize) -> f64 {
        let gone = 1.0 - f64::from(kept.min(tokens)) / f64::from(tokens.max(1));
        self.replaced(USER, tokens, age) * MIDDLE * gone
    }

    /// The loss of a message of that weight when a note that says nothing of it stands in its place.
    fn replaced(self, weight: f64, tokens: u32, age: usize) -> f64 {
        let missed = weight * (f64::from(tokens) + self.turn);
        missed / (1.0 + age as f64 / FADES) + REPLACED * f64::from(tokens)
    }

    /// The loss of a message of `tokens` tokens, its results apart, `age` groups before the end, when its group is removed.
    pub(super) fn removed(self, message: &Message, tokens: u32, age: usize) -> Replaced {
        let weight = weight(message);
        // Results are valued by themselves.
        let missed = match weight == 0.0 {
            true => 0.0,
            false => self.replaced(weight, tokens, age),
        };
        Replaced {
            by_note: missed,
            by_summary: missed * (1.0 - GIST) + f64::from(tokens),
        }
    }
}

/// What is lost where something else stands in place of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Replaced {
    /// A note, which says nothing of it.
    pub by_note: f64,
    /// A summary: what it does not give back, and what the summariser reads.
    pub by_summary: f64,
}

impl Replaced {
    /// The same with `loss` more, whatever stands there.
    pub(super) fn plus(self, loss: Self) -> Self {
        Self {
            by_note: self.by_note + loss.by_note,
            by_summary: self.by_summary + loss.by_summary,
        }
    }

    /// What is lost whatever stands there.
    pub(super) fn alike(loss: f64) -> Self {
        Self {
            by_note: loss,
            by_summary: loss,
        }
    }
}

fn weight(message: &Message) -> f64 {
    let has = |wanted: fn(&Part) -> bool| message.parts.iter().any(wanted);
    match message.role {
        Role::Assistant if has(|part| matches!(part, Part::ToolCall(_))) => CALLS,
        Role::Assistant if !has(|part| !matches!(part, Part::Reasoning(_))) => 0.0,
        Role::Assistant => ASSISTANT,
        _ if has(|part| !matches!(part, Part::ToolResult { .. })) => USER,
        // Nothing but results, which are valued by themselves.
        _ => 0.0,
    }
}

/// The loss of thoughts of `tokens` tokens.
pub(super) fn thoughts(tokens: u32) -> f64 {
    f64::from(tokens) * THOUGHTS
}

/// The loss of a call that is made again later with the same result or a newer one.
pub(super) fn repeated_call(tokens: u32) -> f64 {
    f64::from(tokens) * THOUGHTS
}
