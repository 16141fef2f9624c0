//! Whether a plan tells the truth about its sizes: digests, counts, the chain of its steps, the floor.

use std::fmt::Arguments;
use std::sync::Arc;

use crate::count::{Counted, count_message};
use crate::normalize::normalize_message;
use crate::plan::{PlanStatus, Size, StepKind, hash, summary};
use crate::project::project;

use super::Violation;
use super::evidence::Evidence;
use super::recount::{after_each, misplaced, with_messages};

/// What a plan states and is not so.
#[derive(Default)]
pub(super) struct Claims {
    pub violations: Vec<Violation>,
}

impl Claims {
    /// That a number of the plan is what was recounted.
    pub(super) fn number(
        &mut self,
        path: Arguments<'_>,
        found: impl Into<i64>,
        expected: impl Into<i64>,
    ) {
        let (found, expected): (i64, i64) = (found.into(), expected.into());
        if found != expected {
            self.violated(path, format_args!("found {found}, expected {expected}"));
        }
    }

    /// That a text of the plan is what it should be.
    pub(super) fn text(&mut self, path: Arguments<'_>, found: &str, expected: &str) {
        if found != expected {
            self.violated(path, format_args!("found {found:?}, expected {expected:?}"));
        }
    }

    /// That something holds of the plan.
    pub(super) fn holds(&mut self, path: Arguments<'_>, holds: bool, expected: &str) {
        if !holds {
            self.violated(
                path,
                format_args!("found another value, expected {expected}"),
            );
        }
    }

    fn size(&mut self, path: &str, found: Size, expected: Size) {
        for (key, found, expected) in [
            ("tokens", found.tokens, expected.tokens),
            ("lowerBound", found.lower_bound, expected.lower_bound),
            ("upperBound", found.upper_bound, expected.upper_bound),
        ] {
            self.number(format_args!("{path}.{key}"), found, expected);
        }
    }

    fn violated(&mut self, path: Arguments<'_>, text: Arguments<'_>) {
        let violation = Violation::new("plan", path.to_string(), text.to_string());
        self.violations.push(violation);
    }
}

/// Every size that the plan states, recounted.
pub(super) fn check(evidence: &Evidence<'_>, claims: &mut Claims) {
    let plan = evidence.plan;
    let unfilled = &evidence.unfilled;
    let messages = unfilled.messages.iter().map(AsRef::as_ref);
    let output = hash::counted_request(&unfilled.conversation.rest, messages);
    claims.text(format_args!("output"), &plan.output, &output);
    claims.size("before", plan.before, Size::of(&evidence.projection_before));
    let after = after(evidence);
    claims.size("after", plan.after, after);
    let released = after.upper_bound <= plan.target;
    claims.number(format_args!("released"), plan.released, released);
    claims.number(
        format_args!("target"),
        plan.target,
        plan.target.min(plan.available),
    );
    let is = |status| plan.status == status;
    claims.holds(
        format_args!("status"),
        is(PlanStatus::Planned) != plan.steps.is_empty()
            && is(PlanStatus::Irreducible) == plan.floor.is_some(),
        "planned with steps, irreducible with a floor, unneeded without either",
    );
    steps(evidence, claims);
    floor(evidence, claims);
}

fn steps(evidence: &Evidence<'_>, claims: &mut Claims) {
    let steps = &evidence.plan.steps;
    if let Some(at) = misplaced(steps) {
        let order = "masks and cuts of results in the order of the messages, then of the user's texts, then thoughts, repeated calls and the oldest groups";
        claims.holds(format_args!("steps[{at}].kind"), false, order);
        return;
    }
    let Some(sizes) = after_each(evidence) else {
        claims.holds(
            format_args!("steps"),
            false,
            "steps that can be carried out one by one",
        );
        return;
    };
    let mut now = evidence.projection_before.tokens;
    for (at, (step, size)) in steps.iter().zip(sizes).enumerate() {
        claims.number(
            format_args!("steps[{at}].tokensBefore"),
            step.tokens_before,
            now,
        );
        now = size.unwrap_or(step.tokens_after);
        claims.number(
            format_args!("steps[{at}].tokensAfter"),
            step.tokens_after,
            now,
        );
    }
}

fn floor(evidence: &Evidence<'_>, claims: &mut Claims) {
    let Some(floor) = &evidence.plan.floor else {
        return;
    };
    let parts = [
        floor.system,
        floor.tools,
        floor.first_user,
        floor.pinned,
        floor.tail,
        floor.framing,
        floor.middle,
        floor.reserve,
    ];
    let sum: i64 = parts.into_iter().map(i64::from).sum();
    claims.number(format_args!("floor.total"), floor.total, sum);
    claims.holds(
        format_args!("floor.total"),
        floor.total > evidence.plan.available,
        "more than available",
    );
    let most = evidence.projection_before.upper_bound;
    claims.holds(
        format_args!("floor.total"),
        floor.total - floor.reserve.min(floor.total) <= most,
        "no more than the request takes, and the reserve",
    );
}

/// The size that `after` has to state: the request with its digest, and an upper bound for any summary
/// that its slot takes.
fn after(evidence: &Evidence<'_>) -> Size {
    let mut size = Size::of(&evidence.projection_unfilled);
    if let Some(fullest) = fullest(evidence) {
        let fullest = project(&fullest, evidence.model, evidence.counter);
        size.upper_bound = size.upper_bound.max(fullest.upper_bound);
    }
    size
}

/// The applied request with a summary that fills its slot; `None` without a slot.
fn fullest(evidence: &Evidence<'_>) -> Option<Counted> {
    let slot = evidence.plan.summary.as_ref()?;
    let mut kinds = evidence.plan.steps.iter().map(|step| &step.kind);
    let gap = kinds.find_map(|kind| match kind {
        StepKind::Summarise { messages, .. } => Some(messages),
        _ => None,
    })?;
    let text = summary::fullest(gap.len(), slot.max_tokens, evidence.counter);
    let kept = |index: usize| evidence.position(index).is_some();
    let input = evidence.input();
    let mut entries = summary::entries(input, &kept, *gap.first()?, &text).into_iter();
    let mut messages = evidence.unfilled.messages.clone();
    for at in evidence.inserted() {
        let entry = normalize_message(input.dialect, entries.next()?, "").ok()?;
        *messages.get_mut(at)? = Arc::new(count_message(Arc::new(entry), evidence.counter));
    }
    Some(with_messages(&evidence.unfilled.conversation, messages))
}
