//! A plan carried out: the same dialect, the same shape, untouched messages untouched.

mod changes;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::conversation::{Conversation, Dialect};
use crate::count::CountText;
use crate::normalize::{list_in, normalize_as};
use crate::plan::{CompactionPlan, PlanStatus, Step, VERSION, hash, plannable, summary};
use token_headroom_encoding::{Code, Error, Result};

use changes::Changes;

/// What the caller supplies to a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Fills {
    /// The summary that was asked for; of several pieces, each on a line of its own. Absent: the plan's deterministic
    /// digest stands in.
    pub summary: Option<String>,
}

/// One message of the applied request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Edit {
    /// The caller's message, as it is.
    Keep {
        /// Its index in the input.
        index: usize,
    },
    /// The caller's message with another content.
    Replace {
        /// Its index in the input.
        index: usize,
        /// The whole new message.
        message: Value,
    },
    /// A message of the plan's own.
    Insert {
        /// The whole message.
        message: Value,
    },
}

/// The messages of the applied request, so that a caller can reuse its own objects.
///
/// A plan without steps, unneeded or irreducible, keeps every message.
///
/// # Errors
/// [`PlanMismatch`](crate::Code::PlanMismatch) when the plan was made for another request, or does not
/// make sense for this one; [`InvalidFill`](crate::Code::InvalidFill) when the summary is empty, larger
/// than its slot, or not asked for.
pub fn edits(
    conversation: &Conversation,
    plan: &CompactionPlan,
    fills: &Fills,
    counter: &dyn CountText,
) -> Result<Vec<Edit>> {
    plannable(conversation.dialect)?;
    let messages = conversation.messages.iter().map(|message| &message.raw);
    let found = hash::request(&conversation.rest, messages);
    if found != plan.input {
        return Err(mismatch(
            "input",
            format!(
                "found a plan for the request {}, expected {found}",
                plan.input
            ),
            "plan the request again: it has changed since",
        ));
    }
    if plan.version != VERSION {
        return Err(mismatch(
            "version",
            format!("found version {}, expected {VERSION}", plan.version),
            "plan the request again with this version of the library",
        ));
    }
    if plan.status != PlanStatus::Planned && !plan.steps.is_empty() {
        return Err(altered(
            "steps",
            "found steps, expected none in a plan that changes nothing",
        ));
    }
    let changes = Changes::read(conversation, plan.steps.iter())?;
    let said = match changes.gap() {
        Some((messages, digest)) => content(plan, messages.len(), digest, fills, counter)?,
        None if fills.summary.is_some() => {
            return Err(Error::new(
                Code::InvalidFill,
                "summary",
                "found a summary, expected none: no step of the plan needs one",
            )
            .with_hint("leave fills.summary out when plan.summary is absent"));
        }
        None => String::new(),
    };
    changes.edits(&said)
}

/// Applies `plan` to `request`. Every field but the list of messages stays as it is, and so does every message
/// that no step names.
///
/// # Errors
/// As [`edits`], and those of [`normalize`](crate::normalize()); [`UnsupportedDialect`](Code::UnsupportedDialect) where the
/// messages do not stand in a list of the body.
pub fn apply(
    request: &Value,
    plan: &CompactionPlan,
    fills: &Fills,
    counter: &dyn CountText,
) -> Result<Value> {
    let conversation = planned_for(request, plan)?;
    let messages = edits(&conversation, plan, fills, counter)?
        .into_iter()
        .filter_map(|edit| match edit {
            Edit::Keep { index } => conversation
                .messages
                .get(index)
                .map(|kept| kept.raw.clone()),
            Edit::Replace { message, .. } | Edit::Insert { message } => Some(message),
        })
        .collect();
    with_messages(request, messages)
}

/// The messages after some of a plan's steps alone, with its digest in place of a summary.
pub(crate) fn carried_out<'a>(
    conversation: &'a Conversation,
    steps: impl Iterator<Item = &'a Step>,
) -> Result<Vec<Edit>> {
    let changes = Changes::read(conversation, steps)?;
    changes.edits(changes.gap().map_or("", |(_, digest)| digest))
}

/// `request` as the plan's dialect reads it.
pub(crate) fn planned_for(request: &Value, plan: &CompactionPlan) -> Result<Conversation> {
    let dialect = Dialect::named(&plan.dialect).ok_or_else(|| {
        let found = format!("found the dialect {:?}, expected a known one", plan.dialect);
        altered("dialect", found)
    })?;
    normalize_as(Some(dialect), request)
}

/// `request` with other messages in its list, every other field in its place.
pub(crate) fn with_messages(request: &Value, messages: Vec<Value>) -> Result<Value> {
    let Value::Object(fields) = request else {
        return Ok(Value::Array(messages));
    };
    let list = list_in_body(fields)?;
    let mut messages = Some(Value::Array(messages));
    let applied = fields.iter().map(|(key, value)| {
        let value = if key == list {
            messages.take().unwrap_or_default()
        } else {
            value.clone()
        };
        (key.clone(), value)
    });
    Ok(Value::Object(applied.collect()))
}

/// The field of the body that holds the list of messages.
pub(crate) fn list_in_body(fields: &Map<String, Value>) -> Result<&'static str> {
    list_in(fields).ok_or_else(|| {
        let (path, hint) = match fields.contains_key("chat_history") {
            true => (
                "chat_history",
                "write the request for version 2 of the API, with all messages in `messages`, and plan that",
            ),
            false => (
                "",
                "pass the messages as an array, or a body that holds one",
            ),
        };
        let message = "found messages outside of a list, expected a list of messages in the body";
        Error::new(Code::UnsupportedDialect, path, message).with_hint(hint)
    })
}

/// What the summary message says: the digest, or the summary that was written.
fn content(
    plan: &CompactionPlan,
    count: usize,
    digest: &str,
    fills: &Fills,
    counter: &dyn CountText,
) -> Result<String> {
    let Some(fill) = &fills.summary else {
        return Ok(digest.to_owned());
    };
    let invalid = |message: String| {
        Error::new(Code::InvalidFill, "summary", message)
            .with_hint("ask again, or leave fills.summary out to use the plan's digest")
    };
    let Some(slot) = &plan.summary else {
        return Err(invalid(
            "found a summary, expected none: the plan has no slot for one".into(),
        ));
    };
    if fill.trim().is_empty() {
        return Err(invalid("found an empty summary, expected text".into()));
    }
    let tokens = counter.count_text(fill);
    if tokens > slot.max_tokens {
        return Err(invalid(format!(
            "found a summary of {tokens} tokens, expected at most {}",
            slot.max_tokens
        )));
    }
    let content = summary::heading(count) + fill;
    let (tokens, most) = (
        counter.count_text(&content),
        summary::most_content(count, slot.max_tokens, counter),
    );
    if tokens > most {
        return Err(invalid(format!(
            "found a summary that takes {tokens} tokens with its heading, expected at most {most}"
        )));
    }
    Ok(content)
}

fn altered(path: &str, message: impl Into<String>) -> Error {
    mismatch(
        path,
        message,
        "use the plan as it was made; plan the request again",
    )
}

fn mismatch(path: &str, message: impl Into<String>, hint: &str) -> Error {
    Error::new(Code::PlanMismatch, path, message).with_hint(hint)
}
