//! The way back: from an applied request and stored originals to the request that was planned for.

mod named;
#[cfg(test)]
mod tests;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::apply::{planned_for, with_messages};
use crate::conversation::Conversation;
use crate::plan::{CompactionPlan, StepKind, hash};
use named::{Named, Returning, mismatch, named, returning};
use token_headroom_encoding::Result;

/// Where a message of the original request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Origin {
    /// The applied request has it still.
    Kept {
        /// Its index in the applied request.
        index: usize,
    },
    /// It is one of the stored originals.
    Stored {
        /// Its index in them.
        index: usize,
    },
}

/// The messages of `request` that [`undo`] will need: those that `plan` changes or takes away, in order.
///
/// # Errors
/// Those of [`normalize_as`](crate::normalize_as), and [`PlanMismatch`](crate::Code::PlanMismatch) for a plan that was made for another request.
pub fn originals_of(request: &Value, plan: &CompactionPlan) -> Result<Vec<Value>> {
    let messages = planned_for(request, plan)?.messages;
    let original = |named: Named<'_>| {
        let message = messages.get(named.index).map(|message| &message.raw);
        let expected = message.filter(|message| hash::message(message) == named.original);
        expected.cloned().ok_or_else(|| {
            mismatch(format!(
                "found another messages[{}] than the one that the plan was made for",
                named.index
            ))
        })
    };
    named(plan)?.into_iter().map(original).collect()
}

/// The request that `plan` was made for, from the request that applying it gave and the messages that it changed.
///
/// Messages that were appended to `applied` in the meantime stay at the end. `originals` are found by their SHA-256; there may be
/// more than are needed, in any order. The result is proven: its beginning is the request whose digest the plan carries.
///
/// ```
/// use serde_json::json;
/// use token_headroom::{Fills, ModelOptions, Policy, TokenBudget, originals_of, undo};
///
/// let budget = TokenBudget::new(&ModelOptions {
///     max_context_tokens: Some(600),
///     max_output_tokens: Some(100),
///     ..ModelOptions::for_model("gpt-4o")
/// })?;
/// let call = json!([{ "id": "c", "type": "function", "function": { "name": "read", "arguments": "{}" } }]);
/// let request = json!({ "max_tokens": 100, "messages": [
///     { "role": "user", "content": "What does it say?" },
///     { "role": "assistant", "content": null, "tool_calls": call },
///     { "role": "tool", "tool_call_id": "c", "content": "a long line of text\n".repeat(200) },
///     { "role": "assistant", "content": "Nothing new." },
///     { "role": "user", "content": "Good." },
/// ] });
/// let plan = budget.plan(&request, &Policy { keep_last: 1, ..Policy::default() })?;
/// let stored = originals_of(&request, &plan)?;
/// let smaller = budget.apply(&request, &plan, &Fills::default())?;
/// assert_ne!(smaller, request);
/// assert_eq!(undo(&smaller, &plan, &stored)?, request);
/// # Ok::<(), token_headroom::Error>(())
/// ```
///
/// # Errors
/// [`MissingField`](crate::Code::MissingField) that names the messages whose originals are not among `originals`;
/// [`PlanMismatch`](crate::Code::PlanMismatch) when `applied` is not what the plan gives, with messages behind it or without;
/// [`UnsupportedDialect`](crate::Code::UnsupportedDialect) for a body without a list of messages.
pub fn undo(applied: &Value, plan: &CompactionPlan, originals: &[Value]) -> Result<Value> {
    let conversation = planned_for(applied, plan)?;
    let origins = origins(&conversation, plan, originals)?;
    let messages = origins.into_iter().filter_map(|origin| match origin {
        Origin::Kept { index } => conversation
            .messages
            .get(index)
            .map(|kept| kept.raw.clone()),
        Origin::Stored { index } => originals.get(index).cloned(),
    });
    with_messages(applied, messages.collect())
}

/// [`undo`], message by message, so that a caller can reuse its own objects.
///
/// # Errors
/// As [`undo`].
pub fn origins(
    applied: &Conversation,
    plan: &CompactionPlan,
    originals: &[Value],
) -> Result<Vec<Origin>> {
    let returning = returning(plan, originals)?;
    // A summary or a note stands for what is gone; where roles must alternate, a second message follows it. What was thought,
    // and what is said again later, goes without a trace.
    let (place, messages) = (noted(plan), &applied.messages);
    let notes = if place.is_some() { 1..=2 } else { 0..=0 };
    notes
        .filter_map(|inserted| unfolded(messages.len(), &returning, place, inserted))
        .find(|origins| {
            let messages = origins.iter().filter_map(|origin| match origin {
                Origin::Kept { index } => messages.get(*index).map(|message| &message.raw),
                Origin::Stored { index } => originals.get(*index),
            });
            begins_with(&plan.input, &applied.rest, messages)
        })
        .ok_or_else(|| {
            mismatch(
                "found a request that does not lead back to the one planned for, expected the plan's own result, with \
                 nothing but messages behind it"
                    .to_owned(),
            )
        })
}

/// Where a summary or a note stands: at the first message that it stands for.
fn noted(plan: &CompactionPlan) -> Option<usize> {
    plan.steps.iter().find_map(|step| match &step.kind {
        StepKind::Summarise { messages, .. } | StepKind::Drop { messages, .. } => {
            messages.first().copied()
        }
        _ => None,
    })
}

/// The original messages, and what was appended, if `inserted` of the `applied` messages stand at `place` for what is gone;
/// `None` when there are not enough for that.
fn unfolded(
    applied: usize,
    returning: &[Returning],
    place: Option<usize>,
    inserted: usize,
) -> Option<Vec<Origin>> {
    let gone = returning.iter().filter(|one| one.gone).count();
    let length = (applied + gone).checked_sub(inserted)?;
    let mut returning = returning.iter().peekable();
    let mut origins = Vec::with_capacity(length);
    let mut next = 0;
    for index in 0..length {
        if place == Some(index) {
            next += inserted;
        }
        match returning.next_if(|one| one.index == index) {
            Some(one) => {
                origins.push(Origin::Stored { index: one.stored });
                next += usize::from(!one.gone);
            }
            None => {
                origins.push(Origin::Kept { index: next });
                next += 1;
            }
        }
    }
    (next == applied).then_some(origins)
}

/// Whether `rest` with some first messages is the request of this digest, as plans carry it. Nobody says how many
/// messages were appended, so every beginning is looked at, each in the time that its last message takes.
fn begins_with<'a>(
    digest: &str,
    rest: &Value,
    mut messages: impl Iterator<Item = &'a Value>,
) -> bool {
    let mut hasher = Sha256::new();
    hasher.update(hash::line(rest));
    messages.any(|message| {
        hasher.update(hash::line(message));
        hash::hex(hasher.clone().finalize().into()) == digest
    })
}
