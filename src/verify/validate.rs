//! A request checked by itself: no plan, no model, no tokenizer.

use serde::Serialize;
use serde_json::Value;

use crate::conversation::{Dialect, Role};
use crate::normalize::{Body, check_depth, list_place, normalize_as, normalize_message};
use token_headroom_encoding::Error;

use super::Violation;
use super::state;
use super::transcript::{Seen, Transcript};

/// The outcome of [`validate`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Validation {
    /// Whether nothing is violated.
    pub ok: bool,
    /// The dialect that the request was read in; `None` for what is no request.
    pub dialect: Option<Dialect>,
    /// What the request breaks, message by message; `shape` for what cannot be read at all.
    pub violations: Vec<Violation>,
}

/// Checks a transcript against the rules of its API, in the dialect that it is recognised as: those of the table in
/// [`verify`](super::verify) that a request can break by itself.
///
/// Calls that wait for their results at the very end are legal: the request goes on with those.
///
/// ```
/// use serde_json::json;
/// use token_headroom::validate;
///
/// let checked = validate(&json!({ "messages": [
///     { "role": "user", "content": "hi" },
///     { "role": "tool", "tool_call_id": "call_1", "content": "42" },
/// ]}));
/// assert_eq!(checked.violations[0].invariant, "OC2");
/// assert_eq!(checked.violations[0].path, "messages[1]");
/// ```
#[must_use]
pub fn validate(request: &Value) -> Validation {
    validate_as(None, request)
}

/// [`validate`], in the named dialect.
#[must_use]
pub fn validate_as(dialect: Option<Dialect>, request: &Value) -> Validation {
    let read = check_depth(request, "").and_then(|()| Body::of(request));
    let (dialect, violations) = match read {
        Err(error) => (dialect, vec![Violation::shape(error)]),
        Ok(body) => {
            let dialect = dialect.unwrap_or_else(|| body.dialect(body.list.iter()));
            (Some(dialect), check(dialect, request, &body))
        }
    };
    Validation {
        ok: violations.is_empty(),
        dialect,
        violations,
    }
}

fn check(dialect: Dialect, request: &Value, body: &Body) -> Vec<Violation> {
    // Messages that are not in a list of their own are where normalisation finds them.
    if body.list.is_empty() {
        return match normalize_as(Some(dialect), request) {
            Err(error) => vec![Violation::shape(error)],
            Ok(conversation) => {
                let list = list_place(dialect, body.key, true, &conversation.rest);
                let faults = state::faults(&Transcript::of(&conversation));
                faults
                    .iter()
                    .map(|fault| Violation::of(fault, &list))
                    .collect()
            }
        };
    }
    let read = read(dialect, body);
    let list = body.key.unwrap_or("messages");
    let messages = read.iter().zip(&body.list);
    let transcript = Transcript {
        dialect,
        rest: &body.rest,
        messages: messages
            .map(|(read, raw)| Seen::new(dialect, read.role, raw, read.sent))
            .collect(),
    };
    let faults = state::faults(&transcript);
    let mut violations = Vec::new();
    let mut faults = faults.iter().peekable();
    for (index, read) in read.into_iter().enumerate() {
        let before = violations.len();
        while let Some(fault) = faults.next_if(|fault| fault.message <= index) {
            violations.push(Violation::of(fault, list));
        }
        // What has a name of its own is not told twice.
        let named = violations.get(before..).unwrap_or_default();
        let shape = read.error.map(Violation::shape);
        let is_named = |shape: &Violation| named.iter().any(|named| named.path == shape.path);
        violations.extend(shape.filter(|shape| !is_named(shape)));
    }
    violations
}

/// What normalisation makes of a message of the list.
pub(crate) struct Read {
    pub role: Role,
    pub sent: bool,
    error: Option<Error>,
}

/// Reads each message of the list.
fn read(dialect: Dialect, body: &Body) -> Vec<Read> {
    let messages = body.list.iter().enumerate();
    messages
        .map(|(index, raw)| Read::of(dialect, raw, &body.place(index)))
        .collect()
}

impl Read {
    /// A message that cannot be read is read as far as its role.
    pub(crate) fn of(dialect: Dialect, raw: &Value, path: &str) -> Self {
        match normalize_message(dialect, raw.clone(), path) {
            Ok(message) => Self {
                role: message.role,
                sent: Seen::is_sent(&message),
                error: None,
            },
            Err(error) => Self {
                role: role(raw),
                sent: true,
                error: Some(error),
            },
        }
    }
}

/// Who speaks in a message that cannot be read.
fn role(raw: &Value) -> Role {
    let said = ["role", "type"]
        .into_iter()
        .find_map(|key| raw.get(key)?.as_str());
    match said {
        Some("assistant" | "model" | "ai" | "reasoning") => Role::Assistant,
        Some("system") => Role::System,
        Some("developer") => Role::Developer,
        Some("tool") => Role::Tool,
        Some("function") => Role::Function,
        Some(kind) if kind.ends_with("_call") => Role::Assistant,
        Some(kind) if kind.ends_with("_output") => Role::Tool,
        _ => Role::User,
    }
}
