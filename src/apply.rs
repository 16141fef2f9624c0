//! A plan carried out: the same dialect, the same shape, untouched messages untouched.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::conversation::{Conversation, Message};
use crate::count::CountText;
use crate::normalize::normalize;
use crate::plan::cut::{is_text, join, result_text};
use crate::plan::ground::answers;
use crate::plan::{CompactionPlan, PlanStatus, StepKind, VERSION, hash, plannable, summary};
use token_headroom_encoding::{Code, Error, Result};

/// What the caller supplies to a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Fills {
    /// The summary that was asked for. Absent: the plan's deterministic digest stands in.
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
    let mut edits: Vec<Option<Edit>> = (0..conversation.messages.len())
        .map(|index| Some(Edit::Keep { index }))
        .collect();
    let mut inserted = None;
    for (position, step) in plan.steps.iter().enumerate() {
        let path = format!("steps[{position}]");
        match &step.kind {
            StepKind::Mask {
                message,
                call_id,
                placeholder,
                ..
            } => {
                let result = result(conversation, *message, call_id, &path)?;
                replace(
                    &mut edits,
                    *message,
                    with_content(&result.raw, placeholder),
                    &path,
                )?;
            }
            StepKind::Cut {
                message,
                call_id,
                head,
                tail,
                notice,
                ..
            } => {
                let result = result(conversation, *message, call_id, &path)?;
                let text = is_text(result)
                    .then(|| join(&result_text(result), *head, *tail, notice))
                    .flatten()
                    .ok_or_else(|| {
                        altered(
                            &path,
                            "found a head and tail that the result's text does not have",
                        )
                    })?;
                replace(
                    &mut edits,
                    *message,
                    with_content(&result.raw, &text),
                    &path,
                )?;
            }
            StepKind::Summarise {
                messages, digest, ..
            } => {
                if inserted.is_some() {
                    return Err(altered(
                        &path,
                        "found a second summary, expected one at most",
                    ));
                }
                let content = content(plan, messages.len(), digest, fills, counter)?;
                inserted = Some((
                    remove(&mut edits, messages, &path)?,
                    summary::message(&content),
                ));
            }
        }
    }
    if fills.summary.is_some() && inserted.is_none() {
        return Err(Error::new(
            Code::InvalidFill,
            "summary",
            "found a summary, expected none: no step of the plan needs one",
        )
        .with_hint("leave fills.summary out when plan.summary is absent"));
    }
    let mut all = Vec::with_capacity(edits.len());
    for (index, edit) in edits.into_iter().enumerate() {
        if let Some((_, message)) = inserted.take_if(|(place, _)| *place == index) {
            all.push(Edit::Insert { message });
        }
        all.extend(edit);
    }
    Ok(all)
}

/// Applies `plan` to `request`. Every field but `messages` stays as it is, and so does every message
/// that no step names.
///
/// # Errors
/// As [`edits`], and those of [`normalize`](crate::normalize).
pub fn apply(
    request: &Value,
    plan: &CompactionPlan,
    fills: &Fills,
    counter: &dyn CountText,
) -> Result<Value> {
    let conversation = normalize(request)?;
    let edits = edits(&conversation, plan, fills, counter)?;
    let messages = edits
        .into_iter()
        .filter_map(|edit| match edit {
            Edit::Keep { index } => conversation
                .messages
                .get(index)
                .map(|kept| kept.raw.clone()),
            Edit::Replace { message, .. } | Edit::Insert { message } => Some(message),
        })
        .collect();
    let mut messages = Some(Value::Array(messages));
    let fields = request.as_object().into_iter().flatten();
    let applied = fields.map(|(key, value)| {
        let value = match key.as_str() {
            "messages" => messages.take().unwrap_or_default(),
            _ => value.clone(),
        };
        (key.clone(), value)
    });
    Ok(Value::Object(applied.collect()))
}

/// `message` with `text` as its content, every other field as it is. A string stays a string; an array
/// of parts becomes an array of one text part, which keeps the fields of the first text part.
pub(crate) fn with_content(message: &Value, text: &str) -> Value {
    let Some(fields) = message.as_object() else {
        return message.clone();
    };
    let content = match fields.get("content") {
        Some(Value::Array(parts)) => {
            let of_text = |part: &&Value| part.get("type").and_then(Value::as_str) == Some("text");
            let mut part = match parts.iter().find(of_text).and_then(Value::as_object) {
                Some(part) => without(part, "text"),
                None => Map::new(),
            };
            part.insert("type".to_owned(), "text".into());
            part.insert("text".to_owned(), text.into());
            Value::Array(vec![Value::Object(part)])
        }
        _ => text.into(),
    };
    let mut changed = Map::new();
    for (key, value) in fields {
        // The old content may be large: it is not cloned first.
        let value = if key == "content" {
            content.clone()
        } else {
            value.clone()
        };
        changed.insert(key.clone(), value);
    }
    changed.entry("content").or_insert(content);
    Value::Object(changed)
}

fn without(fields: &Map<String, Value>, key: &str) -> Map<String, Value> {
    let kept = fields.iter().filter(|(name, _)| *name != key);
    kept.map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// The result that a step names.
fn result<'a>(
    conversation: &'a Conversation,
    index: usize,
    call_id: &str,
    path: &str,
) -> Result<&'a Message> {
    let message = conversation.messages.get(index).ok_or_else(|| {
        let count = conversation.messages.len();
        altered(
            path,
            format!("found message {index}, expected one of {count} messages"),
        )
    })?;
    match answers(message) {
        Some(id) if id == call_id => Ok(message),
        Some(id) => Err(altered(
            path,
            format!("found the call {call_id:?}, expected {id:?}, which messages[{index}] answers"),
        )),
        None => Err(altered(
            path,
            format!("found messages[{index}], which is no tool result, expected a tool result"),
        )),
    }
}

fn replace(edits: &mut [Option<Edit>], index: usize, message: Value, path: &str) -> Result<()> {
    match edits.get_mut(index) {
        Some(edit @ Some(Edit::Keep { .. })) => {
            *edit = Some(Edit::Replace { index, message });
            Ok(())
        }
        _ => Err(altered(
            path,
            format!("found messages[{index}] in two steps, expected one"),
        )),
    }
}

/// Takes `messages` out; the place of the first.
fn remove(edits: &mut [Option<Edit>], messages: &[usize], path: &str) -> Result<usize> {
    if !messages.is_sorted_by(|a, b| a < b) {
        return Err(altered(
            path,
            "found messages out of order, expected them ascending",
        ));
    }
    let count = edits.len();
    for &index in messages {
        match edits.get_mut(index) {
            Some(edit @ Some(Edit::Keep { .. })) => *edit = None,
            Some(_) => {
                let found = format!("found messages[{index}] in two steps, expected one");
                return Err(altered(path, found));
            }
            None => {
                let found = format!("found message {index}, expected one of {count} messages");
                return Err(altered(path, found));
            }
        }
    }
    let first = messages.first().copied();
    first.ok_or_else(|| {
        altered(
            path,
            "found no messages to summarise, expected at least one",
        )
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
