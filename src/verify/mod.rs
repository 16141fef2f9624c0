//! Independent proof: digest, recount and every invariant by name. Trusts nothing in the plan.

mod common;
mod evidence;
mod numbers;
mod openai;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::apply::Fills;
use crate::count::CountText;
use crate::models::Model;
use crate::plan::CompactionPlan;
use token_headroom_encoding::{Code, Error};

use evidence::Evidence;

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

/// A named invariant that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Violation {
    /// The invariant: `C1` to `C10`, `OC1` to `OC6`; `plan` when the plan does not tell the truth about
    /// itself, `fill` when the supplied summary is refused.
    pub invariant: String,
    /// The place in the applied request, or in the plan.
    pub path: String,
    /// What is wrong.
    pub message: String,
}

impl Violation {
    fn new(invariant: &str, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            invariant: invariant.to_owned(),
            path: path.into(),
            message: message.into(),
        }
    }

    fn refused(error: Error) -> Self {
        let invariant = if error.code == Code::InvalidFill {
            "fill"
        } else {
            "plan"
        };
        Self::new(invariant, error.path, error.message)
    }
}

/// Checks `plan` against `request`: applies it, counts both requests from scratch, and tests every
/// invariant.
///
/// | name | what holds |
/// |---|---|
/// | C1 | a kept result has its call before it; a kept call has one result, unless it is still pending |
/// | C2 | the messages of a turn are kept or removed together |
/// | C3 | the ids of calls are unique |
/// | C4 | kept messages are in their old order |
/// | C5 | no message and no text part is empty |
/// | C6 | the last user request and pending calls are untouched |
/// | C7 | the upper bound is at most what is available |
/// | C8 | what replaces a message takes no more tokens than it |
/// | C9 | planning the result again changes nothing |
/// | C10 | originals are recoverable by their hash |
/// | OC1 | an assistant message with calls is followed at once by one tool message for each |
/// | OC2 | a tool message answers a call of an earlier assistant message |
/// | OC3 | system and developer messages stay, and stay first |
/// | OC4 | clearing a result changes its content, in its shape, and nothing else |
/// | OC5 | an assistant message without calls has a content |
/// | OC6 | arguments of calls are strings |
///
/// A request may break C1, C3, C5, OC1, OC2, OC5 or OC6 before any plan. What it still breaks in the
/// same place afterwards is told apart as inherited.
#[must_use]
pub fn verify(
    request: &Value,
    plan: &CompactionPlan,
    fills: &Fills,
    model: &Model,
    counter: &dyn CountText,
) -> Verification {
    let evidence = match Evidence::gather(request, plan, fills, model, counter) {
        Ok(evidence) => evidence,
        Err(error) => {
            return Verification {
                ok: false,
                tokens: 0,
                upper_bound: 0,
                violations: vec![Violation::refused(error)],
                inherited: Vec::new(),
            };
        }
    };
    let mut violations = numbers::check(&evidence);
    let mut inherited = Vec::new();
    for (invariant, validator) in common::CHANGES.into_iter().chain(openai::CHANGES) {
        let found = validator(&evidence);
        violations.extend(
            found
                .into_iter()
                .map(|(path, message)| Violation::new(invariant, path, message)),
        );
    }
    for (invariant, validator) in common::STATES.into_iter().chain(openai::STATES) {
        let known = validator(&evidence.before.conversation);
        let known: HashSet<(usize, &str)> = known
            .iter()
            .map(|fault| (fault.message, fault.subject.as_str()))
            .collect();
        for fault in validator(&evidence.after.conversation) {
            let origin = evidence.origin(fault.message);
            let violation = Violation::new(invariant, fault.path(), fault.text.as_str());
            if origin.is_some_and(|index| known.contains(&(index, fault.subject.as_str()))) {
                inherited.push(violation);
            } else {
                violations.push(violation);
            }
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
