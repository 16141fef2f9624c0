//! Independent proof: digest, recount and every invariant by name. Trusts nothing in the plan.
//!
//! The invariants of a request by itself are in `state`, those of a change in `change`; both look at the caller's own JSON.
//! [`validate`] checks the former alone.

mod change;
pub(crate) mod entries;
mod evidence;
mod floors;
mod names;
mod numbers;
mod objective;
pub(crate) mod pairs;
mod recount;
mod skeleton;
pub(crate) mod state;
mod steps;
mod terms;
mod told;
pub(crate) mod transcript;
mod validate;
mod view;
mod walk;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::apply::Fills;
use crate::count::CountText;
use crate::judge::{JudgeOptions, Judgement};
use crate::models::Model;
use crate::plan::{CompactionPlan, Memory};
use token_headroom_encoding::{Code, Error};

use evidence::Evidence;
pub(crate) use names::names;
use numbers::Claims;
pub(crate) use skeleton::at_mut;
pub(crate) use terms::Terms;
use transcript::Fault;
pub(crate) use validate::Read;
pub use validate::{Validation, validate, validate_as};
use view::View;

/// The outcome of [`verify`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// Whether nothing is violated.
    pub ok: bool,
    /// Tokens of the applied request, counted afresh; 0 when the plan cannot be applied.
    pub tokens: u32,
    /// Their upper bound.
    pub upper_bound: u32,
    /// What the plan breaks.
    pub violations: Vec<Violation>,
    /// What the request broke before any plan and still breaks; no fault of the plan.
    pub inherited: Vec<Violation>,
}

impl Verification {
    /// Of a plan that cannot be applied, or of fills that are none.
    pub(crate) fn refused(error: Error) -> Self {
        Self {
            ok: false,
            tokens: 0,
            upper_bound: 0,
            violations: vec![Violation::refused(error)],
            inherited: Vec::new(),
        }
    }
}

/// A named invariant that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Violation {
    /// The invariant, as the table of [`verify`] names it; `plan` when the plan does not tell the truth about
    /// itself, `fill` when the supplied summary is refused, `shape` for what cannot be read as its dialect.
    pub invariant: String,
    /// The place in the request, in the applied request, or in the plan.
    pub path: String,
    /// What was found, and what was expected.
    pub message: String,
    /// What helps, where something does.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
}

impl Violation {
    fn new(invariant: &str, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            invariant: invariant.to_owned(),
            path: path.into(),
            message: message.into(),
            hint: String::new(),
        }
    }

    /// That `judged` does not fit the model of a chain that it was judged for.
    pub(crate) fn overflow(judged: &Judgement, list: &str) -> Self {
        let Judgement {
            projection,
            available,
            ..
        } = judged;
        let (upper, model) = (projection.upper_bound, &projection.model);
        let text = format!("found up to {upper} tokens with {model}, expected at most {available}");
        Self {
            hint: "plan the request for the whole chain".to_owned(),
            ..Self::new("C7", list, text)
        }
    }

    fn of(fault: &Fault, list: &str) -> Self {
        Self {
            hint: fault.hint.to_owned(),
            ..Self::new(fault.invariant, fault.path(list), fault.text.as_str())
        }
    }

    fn shape(error: Error) -> Self {
        Self {
            hint: error.hint,
            ..Self::new("shape", error.path, error.message)
        }
    }

    fn refused(error: Error) -> Self {
        let invariant = if error.code == Code::InvalidFill {
            "fill"
        } else {
            "plan"
        };
        Self {
            hint: error.hint,
            ..Self::new(invariant, error.path, error.message)
        }
    }
}

/// Checks `plan` against `request`: applies it, counts both requests from scratch, judges what is left by `options` and the
/// request's own cap on output, as [`judge`](crate::judge()) does, and tests every invariant of the dialect. What the plan says is available
/// counts for nothing.
///
/// A fault is told once, under the most specific name: C1 and C5 stand for what a dialect has no name of its own for. The
/// last column tells what is checked of a request by itself, which is what [`validate`] does (R), and what of a change (P).
///
/// | name | what holds | |
/// |---|---|---|
/// | C1 | a result has its call before it; a call has one result, unless it still waits at the end | R |
/// | C2 | the messages of a turn are kept or removed together | P |
/// | C3 | the ids of calls are unique: in the whole request for Claude, among calls that wait for all | R |
/// | C4 | kept messages are in their old order | P |
/// | C5 | no message, and no text where the API refuses it, is empty | R |
/// | C6 | what the user asked last, and pending calls, are untouched, but for long texts of the user's that a step cuts | P |
/// | C7 | the upper bound is at most what is available by `options`, and the plan calls no more available | P |
/// | C8 | what replaces a message takes no more tokens than it | P |
/// | C9 | planning the result again changes nothing | P |
/// | C10 | originals are recoverable by their hash | P |
/// | C11 | instructions and the fields beside the messages stay as they are; the plan adds no instructions | P |
/// | C12 | in a message that stays, only contents of results change, in their shape, and texts of the user's that a step cuts; thoughts go whole | P |
///
/// OpenAI Chat Completions; its OC3 and OC4 are C11 and C12 elsewhere:
///
/// | name | what holds | |
/// |---|---|---|
/// | OC1 | an assistant message with calls is followed at once by one tool message for each | R |
/// | OC2 | a tool message answers a call of an earlier assistant message | R |
/// | OC3 | system and developer messages stay, and stay first | P |
/// | OC4 | clearing a result changes its content, in its shape, and nothing else | P |
/// | OC5 | an assistant message without calls has a content | R |
/// | OC6 | arguments of calls are strings | R |
///
/// OpenAI Responses; nothing is said of counterparts where the provider keeps a part of the history:
///
/// | name | what holds | |
/// |---|---|---|
/// | OR1 | a function's output answers a call in `input`, and a call has its output | R |
/// | OR2 | an item with an id, or of the current turn, keeps the reasoning item that led to it | P |
/// | OR3 | a reasoning item with an id is followed at once by the item that it led to | R P |
/// | OR4 | a reasoning item has its summary, even an empty one | R |
/// | OR5 | the reasoning items of a turn all stay or all go | P |
/// | OR6 | a history that the provider keeps (`previous_response_id`) is not edited | P |
/// | OR7 | the newest compaction stays as it came and nothing behind it is lost; `compaction_trigger` is last | R P |
/// | OR8 | OR1 for custom, shell, patch and computer calls | R |
/// | OR9 | what a plan leaves pairs as in OR1 and OR8, over the whole applied request | P |
///
/// Anthropic Messages (AN10 and AN11 are about usage, not about requests):
///
/// | name | what holds | |
/// |---|---|---|
/// | AN1 | each `tool_use` is answered in the user's next turn, whose results come first | R |
/// | AN2 | the user, a compaction, or a bare text speaks first | R |
/// | AN3 | in an open tool loop, the thoughts of the latest assistant message are untouched, unless all were stripped on a model that binds them | P |
/// | AN4 | thoughts are whole, with their signature | R P |
/// | AN5 | on models that bind thoughts, no signed thought stays behind the first change, unless the request says `drop_block` | P |
/// | AN6 | thoughts that go, or no longer count, are reported in `thinkingLost` | P |
/// | AN7 | the user's turn follows a compaction | P |
/// | AN8 | a compaction block comes first in its message, and stays as it came | R P |
/// | AN9 | a request that compacts does not end on an unanswered call | R |
/// | AN12 | calls and results of the provider's own tools pair | R |
/// | AN13 | thoughts still lead the latest turn of an open tool loop, and where thinking is `enabled` all that is left of the loop; the latter in the AI SDK, LangChain and Bedrock Converse as well | P |
///
/// Gemini:
///
/// | name | what holds | |
/// |---|---|---|
/// | G1 | a turn that calls follows the user's turn, or results | R |
/// | G2 | all results of one turn's calls come in the user's next turn, equal in number | R |
/// | G3 | the history ends with the user's turn or results | R |
/// | G4 | from Gemini 3 on, the first call of each step of the current turn is signed; what is signed there stays | R P |
/// | G5 | a signature stays on the part that it came with | R P |
///
/// AI SDK:
///
/// | name | what holds | |
/// |---|---|---|
/// | AI1 | a `tool-call` has its `tool-result` before anyone else speaks | R |
/// | AI2 | an approval's request has its call, its response has its request | R |
/// | AI3 | a reasoning item stays before the part that it led to, and the part with it | R P |
/// | AI4 | `providerOptions` stay as they are | P |
/// | AI5 | no message has an empty content | R |
/// | AI6 | a tool's output has its tag, and keeps it | R P |
///
/// LangChain:
///
/// | name | what holds | |
/// |---|---|---|
/// | LC1 | a call has its `ToolMessage` directly behind it; calls in content blocks are in `tool_calls` | R |
/// | LC2 | `additional_kwargs`, `response_metadata` and `id` stay as they are | P |
/// | LC3 | the removal of all messages comes first | R |
/// | LC4 | calls that could not be parsed have an answer, too | R |
/// | LC5 | there is a human message | R |
///
/// Bedrock Converse:
///
/// | name | what holds | |
/// |---|---|---|
/// | BR1 | the assistant does not speak twice in a row, nor first with a call | R |
/// | BR2 | each `toolUse` is answered in the user's next message | R |
/// | BR3 | a body with calls or results has a `toolConfig` | R |
///
/// A request may break any of those marked R before any plan. What it still breaks in the same place afterwards is told
/// apart as inherited.
#[must_use]
pub fn verify(
    request: &Value,
    plan: &CompactionPlan,
    fills: &Fills,
    model: &Model,
    options: JudgeOptions,
    counter: &dyn CountText,
) -> Verification {
    let terms = Terms {
        model,
        options,
        learned: None,
    };
    verify_by(request, plan, fills, terms, counter)
}

/// [`verify`] by a budget that may have learned from reported usage.
pub(crate) fn verify_by(
    request: &Value,
    plan: &CompactionPlan,
    fills: &Fills,
    terms: Terms<'_>,
    counter: &dyn CountText,
) -> Verification {
    let memory = Memory::new(counter);
    match Evidence::gather(request, plan, fills, terms, counter, &memory) {
        Ok(evidence) => judged(&evidence),
        Err(error) => Verification::refused(error),
    }
}

fn judged(evidence: &Evidence<'_>) -> Verification {
    let view = View::of(evidence);
    let mut claims = Claims::default();
    numbers::check(evidence, &mut claims);
    told::check(evidence, &mut claims);
    let mut violations = claims.violations;
    violations.extend(change::violations(&view));
    let mut inherited = Vec::new();
    let known = state::faults(&view.before);
    let known: HashSet<(usize, &str)> = known
        .iter()
        .map(|fault| (fault.message, fault.subject.as_str()))
        .collect();
    for fault in state::faults(&view.after) {
        let origin = evidence.origin(fault.message);
        let mut violation = Violation::of(&fault, view.after.dialect.list_key());
        let is_known = |index| known.contains(&(index, fault.subject.as_str()));
        if origin.is_some_and(is_known) {
            inherited.push(violation);
        } else {
            // What a plan has torn apart anywhere, as opposed to what was so before.
            if ["OR1", "OR8"].contains(&fault.invariant) {
                violation.invariant = "OR9".to_owned();
            }
            violations.push(violation);
        }
    }
    Verification {
        ok: violations.is_empty(),
        tokens: evidence.projection.tokens,
        upper_bound: evidence.projection.upper_bound,
        violations,
        inherited,
    }
}

#[cfg(test)]
mod tests;
