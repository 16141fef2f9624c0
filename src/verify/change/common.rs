//! The invariants that hold for every API: C2, C4 and C6 to C10.

use crate::conversation::{Part, Role};
use crate::count::own_parts;
use crate::judge::{Judgement, Verdict};
use crate::plan::{PlanStatus, Policy, StepKind, hash, plan};
use crate::verify::Violation;
use crate::verify::pairs::pending;
use crate::verify::skeleton::skeleton;
use crate::verify::view::View;

pub(super) fn c2_turns_together(view: &View<'_>, violations: &mut Vec<Violation>) {
    let evidence = view.evidence;
    for group in &evidence.groups {
        // Messages of nothing but thoughts may go alone; other invariants say when.
        let turn = group
            .messages
            .clone()
            .filter(|&index| !view.is_thoughts(index));
        let (mut kept, mut all, mut first) = (0, 0, None);
        for index in turn {
            all += 1;
            if let Some(at) = evidence.position(index) {
                kept += 1;
                first = first.or(Some(at));
            }
        }
        if let Some(at) = first.filter(|_| kept != all) {
            let (start, end) = (group.messages.start, group.messages.end);
            let text =
                format!("found {kept} messages of the turn {start}..{end}, expected all or none");
            violations.push(view.broken("C2", at, text));
        }
    }
}

pub(super) fn c4_order(view: &View<'_>, violations: &mut Vec<Violation>) {
    let origins = view.evidence.origins.iter();
    let origins: Vec<usize> = origins.copied().flatten().collect();
    for pair in origins.windows(2) {
        if let [a, b] = pair
            && a >= b
        {
            let text = format!("found message {b} after message {a}, expected their old order");
            violations.push(view.broken("C4", view.place(*b), text));
        }
    }
}

pub(super) fn c6_requests_untouched(view: &View<'_>, violations: &mut Vec<Violation>) {
    let evidence = view.evidence;
    let old = &view.before.messages;
    let request = old
        .iter()
        .rposition(|seen| seen.role == Role::User && seen.says());
    if let Some((index, seen)) = request.and_then(|index| Some((index, old.get(index)?))) {
        let new = evidence
            .position(index)
            .and_then(|at| view.after.messages.get(at));
        let bare = |seen| skeleton(seen, view.dialect());
        // Its long texts may be cut, where a step says so.
        let told = evidence.retold(index);
        let told = view.as_told(seen, told.as_ref());
        if new.is_none_or(|new| new.raw != seen.raw && bare(new) != bare(&told)) {
            let text = format!("found the last user request, message {index}, changed or removed");
            violations.push(view.broken("C6", view.place(index), text));
        }
    }
    for index in pending(&view.before) {
        if !evidence.untouched(index) {
            let text = format!("found a pending call, message {index}, changed or removed");
            violations.push(view.broken("C6", view.place(index), text));
        }
    }
}

pub(super) fn c7_fits(view: &View<'_>, violations: &mut Vec<Violation>) {
    let (evidence, plan) = (view.evidence, view.evidence.plan);
    let judged = &evidence.judged;
    // What the budget says of it, and what the plan does.
    let [budget, own] = [
        (judged.projection.upper_bound, judged.available),
        (evidence.projection.upper_bound, plan.available),
    ];
    let (upper, available) = match judged.verdict {
        Verdict::Overflows => budget,
        _ => own,
    };
    if plan.status != PlanStatus::Irreducible && upper > available {
        let text = format!("found up to {upper} tokens, expected at most {available}");
        violations.push(Violation::new("C7", view.dialect().list_key(), text));
    }
    let most = evidence.most;
    if plan.available > most {
        let model = &evidence.model.name;
        let text = format!(
            "found {}, expected at most {most}, all that is available with {model}",
            plan.available
        );
        violations.push(Violation {
            hint: "plan the request again with this budget".to_owned(),
            ..Violation::new("C7", "plan.available", text)
        });
    }
}

pub(super) fn c8_never_larger(view: &View<'_>, violations: &mut Vec<Violation>) {
    let evidence = view.evidence;
    let tokens = |at: usize| evidence.projection.messages.get(at).map_or(0, |m| m.tokens);
    let old_tokens = |index: usize| {
        let messages = &evidence.projection_before.messages;
        messages.get(index).map_or(0, |m| m.tokens)
    };
    let (mut removed, mut inserted) = (0_u32, 0_u32);
    for index in 0..view.before.messages.len() {
        if evidence.position(index).is_none() {
            removed = removed.saturating_add(old_tokens(index));
        }
    }
    for (at, origin) in evidence.origins.iter().enumerate() {
        let (new, old) = match *origin {
            Some(index) if evidence.untouched(index) => continue,
            Some(index) => {
                let all_text = |part: &Part| matches!(part, Part::Text { .. });
                let counted = (
                    evidence.after.messages.get(at),
                    evidence.before.messages.get(index),
                );
                match counted {
                    (Some(new), Some(old)) if own_parts(&old.message).iter().all(all_text) => {
                        (new.content, old.content)
                    }
                    _ => (tokens(at), old_tokens(index)),
                }
            }
            None => {
                inserted = inserted.saturating_add(tokens(at));
                (inserted, removed)
            }
        };
        if new > old {
            let text = format!("found {new} tokens in place of {old}, expected no more");
            violations.push(view.broken("C8", at, text));
        }
    }
}

pub(super) fn c9_idempotent(view: &View<'_>, violations: &mut Vec<Violation>) {
    let evidence = view.evidence;
    if evidence.plan.status == PlanStatus::Irreducible {
        return;
    }
    let available = evidence.plan.available;
    let projection = evidence.projection.clone();
    let judgement = Judgement {
        available,
        over_by: projection.upper_bound.saturating_sub(available),
        projection,
        ..evidence.judged.clone()
    };
    let again = plan(
        &evidence.after,
        &judgement,
        evidence.model,
        &Policy::default(),
        evidence.counter,
    );
    if again.status != PlanStatus::Unneeded {
        let status = again.status;
        let text = format!("found the result {status:?} when planned again, expected Unneeded");
        violations.push(Violation::new("C9", view.dialect().list_key(), text));
    }
}

pub(super) fn c10_recoverable(view: &View<'_>, violations: &mut Vec<Violation>) {
    for (position, step) in view.evidence.plan.steps.iter().enumerate() {
        let (messages, hashes) = match &step.kind {
            StepKind::Mask {
                message, original, ..
            }
            | StepKind::Cut {
                message, original, ..
            }
            | StepKind::CutText {
                message, original, ..
            } => (
                std::slice::from_ref(message),
                std::slice::from_ref(original),
            ),
            StepKind::Summarise {
                messages,
                originals,
                ..
            }
            | StepKind::Drop {
                messages,
                originals,
                ..
            }
            | StepKind::Remove {
                messages,
                originals,
            }
            | StepKind::DropReasoning {
                messages,
                originals,
            } => (&messages[..], &originals[..]),
        };
        if messages.len() != hashes.len() {
            let (found, expected) = (hashes.len(), messages.len());
            let text = format!("found {found} hashes, expected {expected}, one a message");
            let path = format!("plan.steps[{position}].originals");
            violations.push(Violation::new("C10", path, text));
        }
        for (&index, expected) in messages.iter().zip(hashes) {
            let seen = view.before.messages.get(index);
            let found = seen.map(|seen| hash::message(seen.raw)).unwrap_or_default();
            if found != *expected {
                let text = format!("found {found} for message {index}, expected {expected}");
                violations.push(Violation::new(
                    "C10",
                    format!("plan.steps[{position}]"),
                    text,
                ));
            }
        }
    }
}
