//! Whether a plan tells the truth about its reasons: what the steps do and say, the objective, categories, thoughts, regrets.
//!
//! What only the policy knows is not in the plan, and cannot be checked: see [`verify`](super::verify).

use crate::conversation::{Dialect, Part, Role};
use crate::models::binds_thoughts;
use crate::plan::cut::said_text;
use crate::plan::{Cause, PlanStatus, StepKind, offers, steps::wording, summary, worth};

use super::Violation;
use super::evidence::Evidence;
use super::numbers::Claims;
use super::objective;

/// Everything that the plan says beside its sizes.
pub(super) fn check(evidence: &Evidence<'_>, claims: &mut Claims) {
    let plan = evidence.plan;
    let dialect = evidence.input().dialect;
    claims.text(format_args!("model"), &plan.model, &evidence.model.name);
    claims.text(
        format_args!("invariants"),
        &plan.invariants.join(" "),
        &super::names(dialect).join(" "),
    );
    carried_out(evidence, claims);
    let (tools, regrets) = match plan.status {
        PlanStatus::Unneeded if plan.regrets == 0 => (Vec::new(), 0),
        _ => worth::tools(&evidence.before, &evidence.groups),
    };
    claims.number(format_args!("regrets"), plan.regrets, regrets);
    reasons(evidence, &tools, claims);
    slot(evidence, claims);
    let lost = thinking_lost(evidence);
    if dialect == Dialect::Anthropic && plan.thinking_lost != lost {
        let text = format!("found {}, expected {lost}", plan.thinking_lost);
        let violation = Violation::new("AN6", "thinkingLost", text);
        claims.violations.push(violation);
    } else {
        claims.number(format_args!("thinkingLost"), plan.thinking_lost, lost);
    }
    let planned = plan.status == PlanStatus::Planned;
    claims.holds(
        format_args!("objective"),
        plan.objective.is_some() == planned,
        "one in a plan with steps, and in no other",
    );
    if let Some(objective) = &plan.objective {
        objective::objective(evidence, objective, claims);
    }
    if !plan.categories.is_empty() {
        objective::categories(evidence, claims);
    }
}

/// That the applied request is what the steps say, message for message.
fn carried_out(evidence: &Evidence<'_>, claims: &mut Claims) {
    let list = evidence.input().dialect.list_key();
    let after = &evidence.after.conversation.messages;
    let said = evidence.steps.gap.map(|(messages, digest)| {
        let fill = evidence.fills.summary.as_ref();
        fill.map_or(digest.to_owned(), |fill| {
            summary::heading(messages.len()) + fill
        })
    });
    let mut said = said.into_iter();
    for (at, (origin, new)) in evidence.origins.iter().zip(after).enumerate() {
        let path = format_args!("{list}[{at}]");
        match origin {
            Some(index) => {
                let old = evidence.input().messages.get(*index);
                let is_made = old.is_some_and(|old| evidence.steps.are_made(*index, old, new));
                claims.holds(path, is_made, "the original with what the steps say");
            }
            None => {
                let text = match new.parts.as_slice() {
                    [Part::Text { text, .. }] => text.as_str(),
                    _ => "",
                };
                let is_said = match said.next() {
                    Some(said) => said == text,
                    // Bedrock's turns alternate.
                    None => ["Go on.", "Understood."].contains(&text),
                };
                let speaks = matches!(new.role, Role::User | Role::Assistant);
                claims.holds(path, is_said && speaks, "the summary or the digest");
            }
        }
    }
    claims.holds(
        format_args!("{list}"),
        said.next().is_none() && evidence.kept_all(),
        "every message that no step takes, and a summary where one is",
    );
}

/// What each step says of itself.
fn reasons(evidence: &Evidence<'_>, tools: &[(worth::Place, String)], claims: &mut Claims) {
    let list = evidence.input().dialect.list_key();
    let before = &evidence.before.messages;
    for (at, step) in evidence.plan.steps.iter().enumerate() {
        let mut tokens = 0;
        let mut subject = "";
        if let StepKind::Mask {
            message,
            part,
            tool,
            ..
        }
        | StepKind::Cut {
            message,
            part,
            tool,
            ..
        } = &step.kind
        {
            let place = worth::Place {
                message: *message,
                part: *part,
            };
            let known = tools.binary_search_by(|(own, _)| own.cmp(&place));
            let known = known.ok().and_then(|at| tools.get(at));
            let known = known.map_or("", |(_, tool)| tool);
            claims.text(format_args!("steps[{at}].tool"), tool, known);
            let all = evidence.projection_before.messages.get(*message);
            if let (Some(counted), Some(all)) = (before.get(*message), all) {
                tokens = offers::size(counted, *part, all.tokens, evidence.counter);
            }
        }
        if let StepKind::CutText { message, part, .. } = &step.kind {
            let message = before.get(*message);
            let text = message.and_then(|counted| said_text(&counted.message, *part));
            tokens = evidence.counter.count_text(text.unwrap_or_default());
        }
        if let StepKind::Mask {
            message,
            cause,
            later,
            placeholder,
            ..
        } = &step.kind
        {
            let is_later = later.is_none_or(|later| later > *message && later < before.len());
            claims.holds(
                format_args!("steps[{at}].later"),
                is_later && (*cause != Cause::Old || later.is_none()),
                "a message behind it, where there is one",
            );
            if *cause == Cause::Stale {
                subject = step.reason.split(" was changed later").next().unwrap_or("");
                let is_named = subject == "what was read"
                    || subject.contains(']')
                    || placeholder.contains(subject);
                claims.holds(
                    format_args!("steps[{at}].reason"),
                    is_named,
                    "what the placeholder names",
                );
            }
        }
        let [reason, lost, recover] = wording(&step.kind, tokens, subject, list);
        claims.text(format_args!("steps[{at}].reason"), &step.reason, &reason);
        claims.text(format_args!("steps[{at}].lost"), &step.lost, &lost);
        claims.text(format_args!("steps[{at}].recover"), &step.recover, &recover);
    }
}

/// The slot of the summary, and the requests that ask for it.
fn slot(evidence: &Evidence<'_>, claims: &mut Claims) {
    let mut kinds = evidence.plan.steps.iter().map(|step| &step.kind);
    let asks = kinds.any(|kind| matches!(kind, StepKind::Summarise { .. }));
    let Some(slot) = &evidence.plan.summary else {
        claims.holds(format_args!("summary"), !asks, "a slot, as a step asks for");
        return;
    };
    claims.holds(
        format_args!("summary"),
        asks && !slot.requests.is_empty(),
        "none, as no step asks for it",
    );
    // The answers stand on a line of their own each.
    let asked = slot
        .requests
        .iter()
        .map(|asked| i64::from(asked.max_tokens) + 1);
    claims.holds(
        format_args!("summary.maxTokens"),
        asked.sum::<i64>() - 1 <= i64::from(slot.max_tokens),
        "room for all answers",
    );
    for (at, asked) in slot.requests.iter().enumerate() {
        let path = format_args!("summary.requests[{at}]");
        let (cap, tokens) = evidence.asked(&asked.request).unwrap_or_default();
        claims.number(format_args!("{path}.tokens"), asked.tokens, tokens);
        claims.holds(
            format_args!("{path}.request"),
            cap == Some(summary::cap(asked.max_tokens)),
            "a request with the cap for maxTokens, so that an answer that was cut off is too long",
        );
    }
}

/// Tokens of thoughts that go, or that no longer count behind the first change.
fn thinking_lost(evidence: &Evidence<'_>) -> u32 {
    let steps = &evidence.plan.steps;
    if !binds_thoughts(evidence.model) || steps.is_empty() {
        return 0;
    }
    let dropped = steps
        .iter()
        .find(|step| matches!(step.kind, StepKind::DropReasoning { .. }));
    if let Some(step) = dropped {
        return step.tokens_before.saturating_sub(step.tokens_after);
    }
    let own = &evidence.steps;
    let results = own.results.keys().next().map(|(message, _)| *message);
    let first = results.into_iter().chain(own.gone.first().copied()).min();
    let messages = evidence.input().messages.iter().enumerate();
    messages
        .skip(first.unwrap_or(usize::MAX))
        .filter(|(index, _)| !own.gone.contains(index))
        .flat_map(|(_, message)| &message.parts)
        .map(|part| match part {
            Part::Reasoning(thought) => evidence.counter.count_text(&thought.text),
            _ => 0,
        })
        .fold(0, u32::saturating_add)
}
