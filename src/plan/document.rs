//! The plan as a document: plain JSON that can be stored, read, checked and carried out.

use serde::{Deserialize, Serialize};

use crate::project::Projection;

/// The outcome of planning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanStatus {
    /// Nothing is to be done: the request fits as it is, or nothing that could be evicted pays.
    Unneeded,
    /// The steps make it fit, or make it cheaper.
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
    /// The dialect of the request.
    pub dialect: String,
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
    /// What was minimised, and how near to the least possible it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub objective: Option<Objective>,
    /// Each category against its allowance; empty without shares in the policy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<CategoryUse>,
    /// Calls that were made again although an earlier plan had taken their results away: those results are valued higher.
    #[serde(default)]
    pub regrets: u32,
    /// Signed thoughts that no longer count because of an edit before them, in tokens. They go, or the API drops them.
    #[serde(default)]
    pub thinking_lost: u32,
    /// What the caller should know, in words; nothing in most plans: what has to be set in the request beside the messages, that
    /// floors of categories keep it from fitting, and what the policy names that the request does not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
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
    /// Tokens of the whole request after it, re-counted. Where more than 256 results of one turn change, what all of them free is
    /// counted, and shared out among their steps.
    pub tokens_after: u32,
    /// What the model no longer sees.
    pub lost: String,
    /// How to get it back.
    pub recover: String,
}

/// Why a result may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A later result says the same.
    Duplicate,
    /// The same call was made again later.
    Superseded,
    /// What was read has been changed since.
    Stale,
    /// A later result says nearly the same.
    NearDuplicate,
    /// The turns since then have used it.
    Old,
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
        /// Which part of the message the result is.
        part: usize,
        /// The call it answers, as the result repeats its id; empty where it repeats none.
        call_id: String,
        /// The tool that was called.
        tool: String,
        /// Why it may go.
        cause: Cause,
        /// The message that says the same, or that changed what was read.
        #[serde(skip_serializing_if = "Option::is_none")]
        later: Option<usize>,
        /// What stands there instead.
        placeholder: String,
        /// SHA-256 of the original message.
        original: String,
    },
    /// A tool result keeps its first `head` and last `tail` bytes, with `notice` between.
    Cut {
        /// The result's message.
        message: usize,
        /// Which part of the message the result is.
        part: usize,
        /// The call it answers, as the result repeats its id; empty where it repeats none.
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
    /// A text of the user's keeps its first `head` and last `tail` bytes, with `notice` between.
    CutText {
        /// The message.
        message: usize,
        /// Which part of the message the text is.
        part: usize,
        /// Bytes of UTF-8 kept from the start.
        head: usize,
        /// Bytes of UTF-8 kept from the end.
        tail: usize,
        /// What stands between them.
        notice: String,
        /// SHA-256 of the original message.
        original: String,
    },
    /// The thoughts in some messages go; a message of nothing but thoughts goes as a whole.
    DropReasoning {
        /// The messages that lose thoughts, by index.
        messages: Vec<usize>,
        /// SHA-256 of each message, in the same order.
        originals: Vec<String>,
    },
    /// Calls that were made again later, and messages before a compaction by the provider, go without a trace.
    Remove {
        /// The messages that go, by index: whole groups.
        messages: Vec<usize>,
        /// SHA-256 of each message, in the same order.
        originals: Vec<String>,
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
    /// Whole groups are replaced by a note of what they were; no summary is asked for.
    Drop {
        /// The messages that go, by index.
        messages: Vec<usize>,
        /// What stands there: a deterministic digest.
        digest: String,
        /// SHA-256 of each message, in the same order.
        originals: Vec<String>,
    },
}

/// A summary that somebody has to write.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SummarySlot {
    /// Most tokens that the whole text may take; a longer one is refused.
    pub max_tokens: u32,
    /// The requests that ask for it, in the dialect of the history: one, or one for each piece of a history that the
    /// summariser cannot read at once. The answers, each on a line of its own, are the summary.
    pub requests: Vec<SummaryRequest>,
}

/// A request for a summary, or for a piece of one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SummaryRequest {
    /// Most tokens that the answer may take. The request's own cap is above it, so that an answer that was cut off is longer, and
    /// is refused.
    pub max_tokens: u32,
    /// The request.
    pub request: serde_json::Value,
    /// Its projected tokens.
    pub tokens: u32,
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
    /// What the policy keeps free.
    pub reserve: u32,
    /// The sum, compared with `available`.
    pub total: u32,
}

/// What a plan minimises, in tokens at the price of plain input.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Objective {
    /// What the evicted content is expected to be missed for: the sum over it of how likely it is needed again times what it
    /// takes to get it back.
    pub loss: f64,
    /// Writing again to the cache what stands behind the first edit, once.
    pub rewrite: f64,
    /// What is not read in the calls of the horizon.
    pub saved: f64,
    /// Tokens that went: `before.tokens` less `after.tokens`.
    pub shed: i64,
    /// `rewrite` less `saved`: what the plan costs over the horizon, apart from what is missed. Negative: it pays.
    pub net: f64,
    /// The same in US dollars at list price, where the price is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub net_usd: Option<f64>,
    /// Calls after which `rewrite` has paid back; absent when nothing is rewritten or nothing is saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub break_even: Option<f64>,
    /// No choice that frees as much has less `loss + rewrite - saved` than this: of the counted
    /// offers, whatever it leaves categories above their allowances. Absent where no choice of offers reaches as far as a last resort.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound: Option<f64>,
    /// `loss + rewrite - saved - bound`, never negative.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap: Option<f64>,
    /// Whether the cache was taken to be warm.
    pub warm: bool,
}

/// A category against its allowance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CategoryUse {
    /// `system`, `task`, `tool_results`, `conversation` or `media`.
    pub category: String,
    /// Tokens before.
    pub before: u32,
    /// Tokens allowed: its share, and what others leave unused.
    pub allowance: u32,
    /// Tokens that no step may take: its floor, at most `before`.
    #[serde(default)]
    pub floor: u32,
    /// Tokens after.
    pub after: u32,
}

/// Version of the format of [`CompactionPlan`].
pub(crate) const VERSION: u32 = 2;

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
