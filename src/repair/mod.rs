//! Transcripts made valid again, with every change told.

mod draft;
mod fixes;
mod placeholder;

use serde::Serialize;
use serde_json::Value;

use crate::apply::Edit;
use crate::conversation::Dialect;
use crate::normalize::Body;
use crate::verify::{Violation, validate_as};

use draft::Draft;

/// Rounds of repair; what a round uncovers the next mends. No transcript is known that takes more than six.
const ROUNDS: usize = 24;

/// A request made valid as far as it can be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Repair {
    /// The request; equal to the one given where nothing was changed.
    pub request: Value,
    /// What was changed, in order; empty for a valid request.
    pub changes: Vec<RepairChange>,
    /// What is left, because it cannot be mended without knowing what was lost.
    pub violations: Vec<Violation>,
}

/// One thing that a repair changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RepairChange {
    /// The invariant that it restores.
    pub invariant: String,
    /// The place in the request as it was given; of an answer that was added, that of its call.
    pub path: String,
    /// What was done.
    pub message: String,
}

/// The same by message, so that a binding can reuse the caller's own objects.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Repaired {
    /// The messages of the repaired request; `None` where nothing was changed.
    pub edits: Option<Vec<Edit>>,
    pub changes: Vec<RepairChange>,
    pub violations: Vec<Violation>,
}

/// Makes a transcript valid: what [`validate`](crate::validate()) finds is mended where that needs no invention.
///
/// Results without a call go, and so do second results and what is empty; results away from their call move directly behind
/// it; a call in the middle that nothing answered is answered by `[no result was recorded]`, or goes where its tool has no
/// such answer; thoughts and approvals that lost what they belong to go; a start that was cut off goes up to the first thing
/// that the user said. What is empty stays, as a violation, where nothing that the user says would be left: what to say is for a
/// person to know. A valid request comes back as it is, and so does a repaired one.
///
/// ```
/// use serde_json::json;
/// use token_headroom::repair;
///
/// let repaired = repair(&json!({ "messages": [
///     { "role": "user", "content": "hi" },
///     { "role": "tool", "tool_call_id": "call_1", "content": "42" },
/// ]}));
/// assert_eq!(repaired.request, json!({ "messages": [{ "role": "user", "content": "hi" }] }));
/// assert_eq!(repaired.changes[0].invariant, "OC2");
/// ```
#[must_use]
pub fn repair(request: &Value) -> Repair {
    repair_as(None, request)
}

/// [`repair`], in the named dialect.
#[must_use]
pub fn repair_as(dialect: Option<Dialect>, request: &Value) -> Repair {
    let repaired = repaired(dialect, request);
    Repair {
        request: match repaired.edits {
            Some(edits) => with_edits(request, edits),
            None => request.clone(),
        },
        changes: repaired.changes,
        violations: repaired.violations,
    }
}

/// [`repair_as`], by message.
pub(crate) fn repaired(dialect: Option<Dialect>, request: &Value) -> Repaired {
    let checked = validate_as(dialect, request);
    let as_it_is = |violations| Repaired {
        edits: None,
        changes: Vec::new(),
        violations,
    };
    let (Some(dialect), false, Some(body)) = (checked.dialect, checked.ok, own_list(request))
    else {
        return as_it_is(checked.violations);
    };
    let mut draft = Draft::of(dialect, body);
    let mut from = 0;
    for _ in 0..ROUNDS {
        let (kind, fixes) = draft.read(|transcript| fixes::next(transcript, from));
        if fixes.is_empty() {
            break;
        }
        // What leaves everything as it was would do so again.
        from = if draft.apply(fixes) { 0 } else { kind + 1 };
    }
    if draft.changes.is_empty() {
        return as_it_is(checked.violations);
    }
    let (edits, changes) = draft.finish();
    // Of a request without messages nothing would be mended.
    if edits.is_empty() {
        return as_it_is(checked.violations);
    }
    let repaired = with_edits(request, edits.clone());
    Repaired {
        edits: Some(edits),
        changes,
        violations: validate_as(Some(dialect), &repaired).violations,
    }
}

/// The request taken apart, where its messages are in a list of its own.
fn own_list(request: &Value) -> Option<Body> {
    let body = Body::of(request).ok()?;
    let list = match body.key {
        Some(key) => request.get(key)?,
        None => request,
    };
    list.is_array().then_some(body)
}

/// The request with other messages.
fn with_edits(request: &Value, edits: Vec<Edit>) -> Value {
    let Some(body) = own_list(request) else {
        return request.clone();
    };
    let messages = edits.into_iter().filter_map(|edit| match edit {
        Edit::Keep { index } => body.list.get(index).cloned(),
        Edit::Replace { message, .. } | Edit::Insert { message } => Some(message),
    });
    let mut messages = Some(Value::Array(messages.collect()));
    let Some(key) = body.key else {
        return messages.unwrap_or_default();
    };
    let fields = request.as_object().into_iter().flatten();
    let fields = fields.map(|(name, value)| {
        let value = match name == key {
            true => messages.take().unwrap_or_default(),
            false => value.clone(),
        };
        (name.clone(), value)
    });
    Value::Object(fields.collect())
}
