//! Whether a plan tells the truth about itself: digests, sizes, the chain of its steps, the floor.

use std::sync::Arc;

use crate::apply::Edit;
use crate::conversation::Conversation;
use crate::count::{Counted, count_message};
use crate::normalize::normalize_message;
use crate::plan::{PlanStatus, Size, StepKind, hash, summary};
use crate::project::project;

use super::Violation;
use super::evidence::Evidence;

/// Everything about the plan itself that is not so.
pub(super) fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let plan = evidence.plan;
    let mut violations = Vec::new();
    let mut expect = |path: &str, found: String, expected: String| {
        if found != expected {
            let text = format!("found {found}, expected {expected}");
            violations.push(Violation::new("plan", path, text));
        }
    };
    let unfilled = &evidence.unfilled.conversation;
    let output = hash::request(
        &unfilled.rest,
        unfilled.messages.iter().map(|message| &message.raw),
    );
    expect("output", plan.output.clone(), output);
    expect(
        "before",
        size(plan.before),
        size(Size::of(&evidence.projection_before)),
    );
    let after = after(evidence);
    expect("after", size(plan.after), size(after));
    expect(
        "released",
        plan.released.to_string(),
        (after.upper_bound <= plan.target).to_string(),
    );
    expect(
        "target",
        plan.target.min(plan.available).to_string(),
        plan.target.to_string(),
    );
    let mut now = plan.before.tokens;
    for (position, step) in plan.steps.iter().enumerate() {
        expect(
            &format!("steps[{position}]"),
            step.tokens_before.to_string(),
            now.to_string(),
        );
        now = step.tokens_after;
    }
    expect("steps", now.to_string(), plan.after.tokens.to_string());
    let irreducible = plan.status == PlanStatus::Irreducible;
    expect(
        "floor",
        plan.floor.is_some().to_string(),
        irreducible.to_string(),
    );
    if let Some(floor) = &plan.floor {
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
        let sum: u64 = parts.into_iter().map(u64::from).sum();
        expect("floor.total", floor.total.to_string(), sum.to_string());
        expect(
            "floor",
            (floor.total > plan.available).to_string(),
            "true".to_owned(),
        );
    }
    violations
}

/// The size that `after` has to state: the request with its digest, and an upper bound for any summary
/// that its slot takes.
fn after(evidence: &Evidence<'_>) -> Size {
    let unfilled = project(&evidence.unfilled, evidence.model, evidence.counter);
    let mut size = Size::of(&unfilled);
    if let Some(fullest) = fullest(evidence) {
        let fullest = project(&fullest, evidence.model, evidence.counter);
        size.upper_bound = size.upper_bound.max(fullest.upper_bound);
    }
    size
}

/// The applied request with a summary that fills its slot; `None` without a slot.
fn fullest(evidence: &Evidence<'_>) -> Option<Counted> {
    let slot = evidence.plan.summary.as_ref()?;
    let gap = evidence
        .plan
        .steps
        .iter()
        .find_map(|step| match &step.kind {
            StepKind::Summarise { messages, .. } => Some(messages),
            _ => None,
        })?;
    let text = summary::fullest(gap.len(), slot.max_tokens, evidence.counter);
    let kept = |index: usize| evidence.position(index).is_some();
    let input = evidence.input();
    let mut entries = summary::entries(input, &kept, *gap.first()?, &text).into_iter();
    let mut messages = evidence.unfilled.messages.clone();
    for (message, edit) in messages.iter_mut().zip(&evidence.edits) {
        if let Edit::Insert { .. } = edit {
            let entry = normalize_message(input.dialect, entries.next()?, "").ok()?;
            *message = Arc::new(count_message(Arc::new(entry), evidence.counter));
        }
    }
    Some(Counted {
        conversation: Arc::new(Conversation {
            messages: messages
                .iter()
                .map(|counted| counted.message.clone())
                .collect(),
            ..(*evidence.unfilled.conversation).clone()
        }),
        messages,
    })
}

fn size(size: Size) -> String {
    format!(
        "{} tokens ({} to {})",
        size.tokens, size.lower_bound, size.upper_bound
    )
}
