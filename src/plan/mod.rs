//! The cheapest valid way to make a request fit, decided before anything is sent.

pub(crate) mod cut;
mod digest;
mod draft;
mod floor;
pub(crate) mod ground;
pub(crate) mod hash;
mod mask;
mod search;
mod smallest;
mod steps;
pub(crate) mod stored;
pub(crate) mod summary;
mod text;

use serde::{Deserialize, Serialize};

use crate::conversation::Dialect;
use crate::count::{CountText, Counted};
use crate::judge::Judgement;
use crate::models::Model;
use crate::project::Projection;
use token_headroom_encoding::{Code, Error, Result};

use draft::{Draft, Memory};
use ground::Ground;
use search::Search;

/// What may be done to a history, and what must stay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Policy {
    /// The release mark as a share of what is available: a plan lands at or below it, so that the next turn does not overflow again.
    pub release: f64,
    /// Groups at the end that are kept; at least the last one is, whatever the number. Only `cut_tail` may touch their results.
    pub keep_last: usize,
    /// Messages, by index, that are never touched. An index without a message pins nothing.
    pub pinned: Vec<usize>,
    /// Tools whose results are never touched.
    pub keep_tools: Vec<String>,
    /// Whether old tool results may be replaced by a placeholder.
    pub mask: bool,
    /// Whether long tool results may be cut to head and tail.
    pub cut: bool,
    /// Whether, when nothing else makes the request fit, results in the last groups may be cut as well.
    pub cut_tail: bool,
    /// Whether the middle may be replaced by a summary.
    pub summarise: bool,
    /// Most tokens that a summary may take.
    pub summary_tokens: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            release: 0.8,
            keep_last: 4,
            pinned: Vec::new(),
            keep_tools: Vec::new(),
            mask: true,
            cut: true,
            cut_tail: true,
            summarise: true,
            summary_tokens: 1024,
        }
    }
}

/// The outcome of planning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanStatus {
    /// The request fits as it is.
    Unneeded,
    /// The steps make it fit.
    Planned,
    /// Nothing the policy allows makes it fit; see the floor.
    Irreducible,
}

/// A plan: plain JSON, deterministic, checkable by [`verify`](crate::verify).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct CompactionPlan {
    /// Version of this format.
    pub version: u32,
    /// Whether anything needs to be, and can be, done.
    pub status: PlanStatus,
    /// The model planned for.
    pub model: String,
    /// SHA-256 of the request planned for.
    pub input: String,
    /// SHA-256 of the request that applying without fills gives.
    pub output: String,
    /// The trigger mark: the largest prompt that fits.
    pub available: u32,
    /// The release mark: where the plan lands, or below.
    pub target: u32,
    /// Whether `after` is at or below the release mark. A plan that cannot get there lands as low as it can.
    pub released: bool,
    /// The request before.
    pub before: Size,
    /// The applied request, projected afresh, with the digest in place of a summary. `upper_bound` also
    /// holds for any summary that fits its slot: it is the larger of the digest's upper bound and that of
    /// a summary that fills the slot to the last token.
    pub after: Size,
    /// What is done, in order of application.
    pub steps: Vec<Step>,
    /// The summary to be written, when a step needs one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<SummarySlot>,
    /// What cannot be reduced; present when irreducible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub floor: Option<Floor>,
    /// The invariants that were checked, by name.
    pub invariants: Vec<String>,
}

/// A request's projected size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Size {
    /// Most likely count.
    pub tokens: u32,
    /// Not less than this.
    pub lower_bound: u32,
    /// Not more than this.
    pub upper_bound: u32,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// What is done and where.
    #[serde(flatten)]
    pub kind: StepKind,
    /// Why this may go.
    pub reason: String,
    /// Tokens of the whole request before this step.
    pub tokens_before: u32,
    /// Tokens of the whole request after it, re-counted.
    pub tokens_after: u32,
    /// What the model no longer sees.
    pub lost: String,
    /// How to get it back.
    pub recover: String,
}

/// What a [`Step`] does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum StepKind {
    /// A tool result's content is replaced by `placeholder`.
    Mask {
        /// The result's message.
        message: usize,
        /// The call it answers.
        call_id: String,
        /// The tool that was called.
        tool: String,
        /// What stands there instead.
        placeholder: String,
        /// SHA-256 of the original message.
        original: String,
    },
    /// A tool result keeps its first `head` and last `tail` bytes, with `notice` between.
    Cut {
        /// The result's message.
        message: usize,
        /// The call it answers.
        call_id: String,
        /// The tool that was called.
        tool: String,
        /// Bytes of UTF-8 kept from the start.
        head: usize,
        /// Bytes of UTF-8 kept from the end.
        tail: usize,
        /// What stands between them.
        notice: String,
        /// SHA-256 of the original message.
        original: String,
    },
    /// Whole groups are replaced by one summary message at the place of the first.
    Summarise {
        /// The messages that go, by index.
        messages: Vec<usize>,
        /// What stands there unless a summary is filled in: a deterministic digest.
        digest: String,
        /// SHA-256 of each message, in the same order.
        originals: Vec<String>,
    },
}

/// A summary that somebody has to write.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SummarySlot {
    /// Most tokens that the text may take; a longer one is refused.
    pub max_tokens: u32,
    /// A request that asks for the summary, in the dialect of the history.
    pub request: serde_json::Value,
    /// Projected tokens of `request`.
    pub request_tokens: u32,
}

/// Where the tokens are that no step may touch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Floor {
    /// System and developer messages.
    pub system: u32,
    /// Tool declarations.
    pub tools: u32,
    /// The first user request.
    pub first_user: u32,
    /// Pinned messages.
    pub pinned: u32,
    /// The last groups.
    pub tail: u32,
    /// Response format and framing.
    pub framing: u32,
    /// What is left of the middle after the strongest steps.
    pub middle: u32,
    /// The sum, compared with `available`.
    pub total: u32,
}

/// Version of the format of [`CompactionPlan`].
pub(crate) const VERSION: u32 = 1;

/// The invariants that [`verify`](crate::verify) checks.
pub(crate) const INVARIANTS: [&str; 16] = [
    "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "OC1", "OC2", "OC3", "OC4", "OC5",
    "OC6",
];

/// Whether requests of this dialect can be planned for.
///
/// # Errors
/// [`UnsupportedDialect`](Code::UnsupportedDialect).
pub fn plannable(dialect: Dialect) -> Result<()> {
    if dialect == Dialect::OpenaiChat {
        return Ok(());
    }
    let message = format!(
        "found a request of the dialect {}, expected openai_chat",
        dialect.name()
    );
    Err(Error::new(Code::UnsupportedDialect, "", message)
        .with_hint("projections are made for every dialect, plans for Chat Completions bodies"))
}

/// Plans the reduction of a judged request.
///
/// What fits is left alone. Otherwise the plan masks old tool results, cuts long ones and summarises
/// the oldest turns, in this order and no more than is needed, until the upper bound is at or below the
/// release mark. Old means: before the last `keep_last` groups. System and developer messages, the first
/// and the last user message, pinned messages and results of kept tools are never touched. Where no
/// step reaches the release mark, the strongest steps are planned if they reach `available`; last of
/// all, results in the last groups are cut. When that is not enough either, the plan is
/// [`Irreducible`](PlanStatus::Irreducible) and has no steps.
#[must_use]
pub fn plan(
    counted: &Counted,
    judgement: &Judgement,
    model: &Model,
    policy: &Policy,
    counter: &dyn CountText,
) -> CompactionPlan {
    let projection = &judgement.projection;
    let available = judgement.available;
    let target = release_mark(available, policy.release);
    let before = Size::of(projection);
    let messages = counted
        .conversation
        .messages
        .iter()
        .map(|message| &message.raw);
    let input = hash::request(&counted.conversation.rest, messages);
    let unchanged = CompactionPlan {
        version: VERSION,
        status: PlanStatus::Unneeded,
        model: model.name.clone(),
        output: input.clone(),
        input,
        available,
        target,
        released: before.upper_bound <= target,
        before,
        after: before,
        steps: Vec::new(),
        summary: None,
        floor: None,
        invariants: INVARIANTS.map(str::to_owned).to_vec(),
    };
    if before.upper_bound <= available {
        return unchanged;
    }
    let memory = Memory::new(counter);
    let draft = Draft {
        counted,
        model,
        counter: &memory,
    };
    let ground = Ground::new(&counted.conversation, policy);
    let search = Search::new(&draft, &ground, policy, projection);
    match search.find(target, available) {
        Ok(found) => {
            let applied = draft.changed(&found.changes);
            let messages = applied.messages.iter().map(|counted| &counted.message.raw);
            CompactionPlan {
                status: PlanStatus::Planned,
                output: hash::request(&counted.conversation.rest, messages),
                released: found.upper_bound <= target,
                after: Size {
                    upper_bound: found.upper_bound,
                    ..Size::of(&found.projection)
                },
                steps: steps::steps(&draft, &ground, projection.tokens, &found),
                summary: found.slot,
                ..unchanged
            }
        }
        Err(strongest) => {
            let projection = draft.project(&strongest);
            CompactionPlan {
                status: PlanStatus::Irreducible,
                floor: Some(floor::floor(&projection, &ground, &strongest)),
                ..unchanged
            }
        }
    }
}

/// `share` of `available`; a share that is no number between 0 and 1 counts as the nearest one.
fn release_mark(available: u32, share: f64) -> u32 {
    let share = if share.is_nan() {
        Policy::default().release
    } else {
        share
    };
    (f64::from(available) * share.clamp(0.0, 1.0)).floor() as u32
}

impl Size {
    /// The size of a projected request.
    pub(crate) fn of(projection: &Projection) -> Self {
        Self {
            tokens: projection.tokens,
            lower_bound: projection.lower_bound,
            upper_bound: projection.upper_bound,
        }
    }
}
