//! How many tokens an LLM request takes, whether it fits, and the cheapest valid way to make it fit,
//! before the call.
//!
//! ```text
//! request -> normalize -> count -> project -> judge -> plan -> apply -> verify
//! ```
//!
//! | stage | takes | gives |
//! |---|---|---|
//! | [`normalize`] | a request body | a [`Conversation`]: one shape for every dialect, nothing lost |
//! | [`count()`] | a conversation | [`Counted`]: tokens of each message's own texts |
//! | [`project()`] | counted messages | a [`Projection`]: what the provider will report, with bounds |
//! | [`judge()`] | a projection | a [`Judgement`]: fits, tight or overflows |
//! | [`plan()`] | a judged request | a [`CompactionPlan`]: what goes, why, and what is left |
//! | [`apply()`] | a request and its plan | a request of the same shape |
//! | [`verify()`] | a request and its plan | a [`Verification`]: recounted, every invariant by name |
//!
//! [`undo`] leads back from an applied request to the one before. Each stage is a pure function: no I/O, no clock, no panic on
//! input. [`TokenBudget`] composes them for one model:
//!
//! ```
//! use serde_json::json;
//! use token_headroom::{Fills, ModelOptions, PlanStatus, Policy, TokenBudget, Verdict};
//!
//! let budget = TokenBudget::new(&ModelOptions {
//!     max_context_tokens: Some(600), // a window this small overflows at once
//!     ..ModelOptions::for_model("gpt-4o")
//! })?;
//! let request = json!({
//!     "max_tokens": 100,
//!     "messages": [
//!         { "role": "user", "content": "Which crate parses dates here?" },
//!         { "role": "assistant", "content": null, "tool_calls": [{
//!             "id": "call_1", "type": "function",
//!             "function": { "name": "read_file", "arguments": "{\"path\":\"Cargo.lock\"}" }
//!         }]},
//!         { "role": "tool", "tool_call_id": "call_1", "content": "name = \"jiff\"\n".repeat(200) },
//!         { "role": "assistant", "content": "It is jiff." },
//!         { "role": "user", "content": "Thanks. And which one parses arguments?" }
//!     ]
//! });
//!
//! assert_eq!(budget.check(&request)?.verdict, Verdict::Overflows);
//!
//! let policy = Policy { keep_last: 1, ..Policy::default() };
//! let plan = budget.plan(&request, &policy)?;
//! assert_eq!(plan.status, PlanStatus::Planned);
//!
//! let smaller = budget.apply(&request, &plan, &Fills::default())?;
//! assert!(budget.verify(&request, &plan, &Fills::default()).ok);
//! assert_eq!(budget.check(&smaller)?.projection.tokens, plan.after.tokens);
//! assert_ne!(budget.check(&smaller)?.verdict, Verdict::Overflows);
//! # Ok::<(), token_headroom::Error>(())
//! ```
//!
//! The tokenizer is a crate of its own, [`token_headroom_encoding`]; its vocabularies are embedded by the features `o200k_base`,
//! `cl100k_base` and those of the other packs, loaded with [`Encoding::from_pack`], or read from a model's own file with
//! `load`.

mod apply;
mod budget;
mod chain;
mod conversation;
mod count;
mod fingerprint;
mod json;
mod judge;
mod media;
mod memo;
mod models;
mod normalize;
mod options;
mod order;
mod plan;
mod project;
mod repair;
mod rewrite;
mod session;
mod signals;
mod undo;
mod verify;
#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
pub mod wasm;

pub use apply::{Edit, Fills, apply, edits};
pub use budget::TokenBudget;
pub use chain::{Chain, ChainFit, ChainJudgement, ChainPlan};
pub use conversation::{
    Conversation, Detail, Dialect, File, Group, GroupKind, Image, Message, Part, Reasoning,
    ResponseFormat, Role, Thinking, Tool, ToolCall, ToolChoice, ToolKind, Warning,
};
pub use count::{CallTokens, CountText, Counted, CountedMessage, count, count_message};
pub use judge::{JudgeOptions, Judgement, Limit, LimitKind, Verdict, judge};
pub use memo::Memo;
pub use models::{
    Family, Framing, Host, ImageRule, Model, ModelOptions, Override, Overrides, Price, StandIn,
    Tier, Uncertainty, UnknownModel, catalogue, resolve,
};
pub use normalize::{Body, normalize, normalize_as, normalize_message, normalize_rest};
pub use options::{budget_options, dialect, fills, policy, stored_plan};
pub use plan::{
    CachePolicy, CategoryShares, CategoryUse, Cause, CompactionPlan, Floor, Objective, PlanStatus,
    Policy, Share, Size, Step, StepKind, SummaryRequest, SummarySlot, ThinkingPolicy, When, plan,
};
pub use project::{
    Basis, Bounds, Categories, MessageTokens, Projection, Start, UncertainPart, project,
};
pub use repair::{Repair, RepairChange, repair, repair_as};
pub use session::{Session, Wire};
pub use signals::{
    Calibration, Expected, Report, Signature, UsageComparison, UsageVerdict, prompt_tokens,
};
#[cfg(feature = "load")]
pub use token_headroom_encoding::load;
pub use token_headroom_encoding::{
    Code, Codec, Encoding, Error, FitOptions, Fitted, Keep, Kept, Result,
};
pub use undo::{Origin, originals_of, origins, undo};
pub use verify::{Validation, Verification, Violation, validate, validate_as, verify};

// The snippets of the README are compiled and run with the documentation's own.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
