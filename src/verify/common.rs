//! The invariants that hold for every API: C1 to C10.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::apply::Edit;
use crate::conversation::{Conversation, Part, Role};
use crate::count::own_parts;
use crate::judge::{JudgeOptions, judge};
use crate::order::sorted;
use crate::plan::ground::{answers, waits};
use crate::plan::{PlanStatus, Policy, StepKind, hash, plan};

use super::evidence::{Evidence, Fault};

/// Finds where a request breaks an invariant by itself.
pub(super) type State = fn(&Conversation) -> Vec<Fault>;
/// Finds where a plan breaks an invariant: path and message of each place.
pub(super) type Change = fn(&Evidence<'_>) -> Vec<(String, String)>;

/// Invariants of a request.
pub(super) const STATES: [(&str, State); 3] = [
    ("C1", c1_pairs),
    ("C3", c3_unique_ids),
    ("C5", c5_not_empty),
];

/// Invariants of a change.
pub(super) const CHANGES: [(&str, Change); 7] = [
    ("C2", c2_turns_together),
    ("C4", c4_order),
    ("C6", c6_requests_untouched),
    ("C7", c7_fits),
    ("C8", c8_never_larger),
    ("C9", c9_idempotent),
    ("C10", c10_recoverable),
];

fn c1_pairs(conversation: &Conversation) -> Vec<Fault> {
    let mut faults = Vec::new();
    // The latest call of each id: its message, and how many results it has.
    let mut calls: HashMap<&str, (usize, usize)> = HashMap::new();
    let unanswered = |id: &str, message: usize| Fault {
        message,
        place: String::new(),
        subject: format!("unanswered {id}"),
        text: format!("found no result of the call {id:?}, expected one"),
    };
    for (index, message) in conversation.messages.iter().enumerate() {
        for call in message.calls() {
            if let Some((asked, 0)) = calls.insert(&call.id, (index, 0)) {
                faults.push(unanswered(&call.id, asked));
            }
        }
        let Some(id) = answers(message) else {
            continue;
        };
        let wrong = match calls.get_mut(id) {
            None => "found no call before its result",
            Some((_, results)) if *results > 0 => "found a second result of the call",
            Some((_, results)) => {
                *results = 1;
                continue;
            }
        };
        faults.push(Fault {
            message: index,
            place: String::new(),
            subject: format!("result {id}"),
            text: format!("{wrong} {id:?}"),
        });
    }
    let tail = conversation
        .groups()
        .last()
        .map_or(0, |group| group.messages.start);
    let open = calls
        .into_iter()
        .filter(|(_, (asked, results))| *results == 0 && *asked < tail);
    faults.extend(open.map(|(id, (asked, _))| unanswered(id, asked)));
    sorted(faults, |a, b| {
        (a.message, &a.subject).cmp(&(b.message, &b.subject))
    })
}

fn c2_turns_together(evidence: &Evidence<'_>) -> Vec<(String, String)> {
    let kept: HashSet<usize> = evidence.origins().collect();
    let torn = evidence.groups.iter().filter_map(|group| {
        let here = group
            .messages
            .clone()
            .filter(|index| kept.contains(index))
            .count();
        (here != 0 && here != group.messages.len()).then(|| {
            let first = group.messages.clone().find(|index| kept.contains(index));
            let at = first
                .and_then(|index| evidence.position(index))
                .unwrap_or(0);
            let turn = format!("messages[{}..{}]", group.messages.start, group.messages.end);
            let text = format!("found {here} messages of the turn {turn}, expected all or none");
            (format!("messages[{at}]"), text)
        })
    });
    torn.collect()
}

fn c3_unique_ids(conversation: &Conversation) -> Vec<Fault> {
    let mut seen = HashSet::new();
    let mut faults = Vec::new();
    for (index, message) in conversation.messages.iter().enumerate() {
        for (position, call) in message.calls().enumerate() {
            if !call.id.is_empty() && !seen.insert(&call.id) {
                faults.push(Fault {
                    message: index,
                    place: format!(".tool_calls[{position}].id"),
                    subject: call.id.clone(),
                    text: format!("found the id {:?} of an earlier call", call.id),
                });
            }
        }
    }
    faults
}

fn c4_order(evidence: &Evidence<'_>) -> Vec<(String, String)> {
    let origins: Vec<usize> = evidence.origins().collect();
    let swapped = origins.windows(2).filter_map(|pair| match pair {
        [a, b] if a >= b => Some((
            format!("messages[{}]", evidence.position(*b).unwrap_or(0)),
            format!("found message {b} after message {a}, expected their old order"),
        )),
        _ => None,
    });
    swapped.collect()
}

fn c5_not_empty(conversation: &Conversation) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (message, content) in conversation.messages.iter().enumerate() {
        let mut fault = |place: String| {
            faults.push(Fault {
                message,
                subject: place.clone(),
                place,
                text: "found nothing, expected a text or another part".to_owned(),
            });
        };
        let empty = |part: &Part| matches!(part, Part::Text { text, .. } if text.is_empty());
        let own = own_parts(content);
        // An assistant message may be nothing but calls.
        let says_more = content.calls().next().is_some();
        match content.raw.get("content") {
            Some(Value::Array(parts)) => {
                for position in 0..parts.len() {
                    if own.get(position).is_some_and(empty) {
                        fault(format!(".content[{position}]"));
                    }
                }
                if parts.is_empty() && !says_more {
                    fault(".content".to_owned());
                }
            }
            Some(Value::String(text)) if text.is_empty() && !says_more => {
                fault(".content".to_owned());
            }
            _ => {}
        }
    }
    faults
}

fn c6_requests_untouched(evidence: &Evidence<'_>) -> Vec<(String, String)> {
    let input = evidence.input();
    let request = input
        .messages
        .iter()
        .rposition(|message| message.role == Role::User);
    let pending = evidence.groups.last().filter(|group| waits(input, group));
    let pending = pending.map_or(0..0, |group| group.messages.clone());
    let touched = request
        .into_iter()
        .chain(pending)
        .filter(|&index| !evidence.untouched(index));
    let fault = |index: usize| {
        let at = evidence.position(index).unwrap_or(0);
        let what = if Some(index) == request {
            "the last user request"
        } else {
            "a pending call"
        };
        (
            format!("messages[{at}]"),
            format!("found {what}, message {index}, changed or removed"),
        )
    };
    touched.map(fault).collect()
}

fn c7_fits(evidence: &Evidence<'_>) -> Vec<(String, String)> {
    let plan = evidence.plan;
    let mut faults = Vec::new();
    let upper = evidence.projection.upper_bound;
    if plan.status != PlanStatus::Irreducible && upper > plan.available {
        let text = format!(
            "found up to {upper} tokens, expected at most {}",
            plan.available
        );
        faults.push(("messages".to_owned(), text));
    }
    let options = JudgeOptions {
        headroom: Some(0),
        tight_at: 1.0,
    };
    let most = judge(evidence.projection.clone(), evidence.model, None, options).available;
    if plan.available > most {
        let model = &evidence.model.name;
        let text = format!(
            "found {}, expected at most {most}, all that {model} takes",
            plan.available
        );
        faults.push(("plan.available".to_owned(), text));
    }
    faults
}

fn c8_never_larger(evidence: &Evidence<'_>) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    let mut fault = |at: usize, new: u32, old: u32| {
        if new > old {
            let text = format!("found {new} tokens in place of {old}, expected no more");
            faults.push((format!("messages[{at}]"), text));
        }
    };
    let tokens = |at: usize| evidence.projection.messages.get(at).map_or(0, |m| m.tokens);
    let old_tokens = |index: usize| {
        evidence
            .projection_before
            .messages
            .get(index)
            .map_or(0, |m| m.tokens)
    };
    for (at, edit) in evidence.edits.iter().enumerate() {
        match edit {
            Edit::Keep { .. } => {}
            Edit::Replace { index, .. } => {
                let all_text = |part: &Part| matches!(part, Part::Text { .. });
                match (
                    evidence.after.messages.get(at),
                    evidence.before.messages.get(*index),
                ) {
                    (Some(new), Some(old)) if own_parts(&old.message).iter().all(all_text) => {
                        fault(at, new.content, old.content);
                    }
                    _ => fault(at, tokens(at), old_tokens(*index)),
                }
            }
            Edit::Insert { .. } => {
                let kept: HashSet<usize> = evidence.origins().collect();
                let removed = (0..evidence.input().messages.len()).filter(|i| !kept.contains(i));
                let removed = removed.map(old_tokens).fold(0, u32::saturating_add);
                fault(at, tokens(at), removed);
            }
        }
    }
    faults
}

fn c9_idempotent(evidence: &Evidence<'_>) -> Vec<(String, String)> {
    if evidence.plan.status == PlanStatus::Irreducible {
        return Vec::new();
    }
    let options = JudgeOptions {
        headroom: Some(0),
        tight_at: 1.0,
    };
    let mut judgement = judge(evidence.projection.clone(), evidence.model, None, options);
    judgement.available = evidence.plan.available;
    judgement.over_by = judgement
        .projection
        .upper_bound
        .saturating_sub(judgement.available);
    let policy = Policy::default();
    let again = plan(
        &evidence.after,
        &judgement,
        evidence.model,
        &policy,
        evidence.counter,
    );
    match again.status {
        PlanStatus::Unneeded => Vec::new(),
        status => {
            let text = format!("found the result {status:?} when planned again, expected Unneeded");
            vec![("messages".to_owned(), text)]
        }
    }
}

fn c10_recoverable(evidence: &Evidence<'_>) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    for (position, step) in evidence.plan.steps.iter().enumerate() {
        let (messages, hashes) = match &step.kind {
            StepKind::Mask {
                message, original, ..
            }
            | StepKind::Cut {
                message, original, ..
            } => (
                std::slice::from_ref(message),
                std::slice::from_ref(original),
            ),
            StepKind::Summarise {
                messages,
                originals,
                ..
            } => (&messages[..], &originals[..]),
        };
        if messages.len() != hashes.len() {
            let (found, expected) = (hashes.len(), messages.len());
            let text = format!("found {found} hashes, expected {expected}, one a message");
            faults.push((format!("plan.steps[{position}].originals"), text));
        }
        for (&index, expected) in messages.iter().zip(hashes) {
            let raw = evidence
                .input()
                .messages
                .get(index)
                .map(|message| &message.raw);
            let found = raw.map(hash::message).unwrap_or_default();
            if found != *expected {
                let text = format!("found {found} for message {index}, expected {expected}");
                faults.push((format!("plan.steps[{position}]"), text));
            }
        }
    }
    faults
}
