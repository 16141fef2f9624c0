//! Vercel AI SDK: one message.

use serde_json::{Map, Value};

use super::parts::part;
use crate::conversation::{Dialect, Message, Part, Role};
use crate::normalize::read;
use token_headroom_encoding::{Code, Error, Result};

/// The roles of the dialect, for hints.
const ROLES: &str = "system, user, assistant or tool";

/// Normalises one message. A bare text, as `prompt` may be one, is what the user says.
pub(in crate::normalize) fn message(raw: Value, path: &str) -> Result<Message> {
    let (role, parts) = match &raw {
        Value::String(said) => (Role::User, vec![text(said)]),
        value => {
            let fields = read::object(value, path, "a message with `role` and `content`")?;
            let role = role(fields, path)?;
            (role, content(fields, path, role)?)
        }
    };
    Ok(Message {
        role,
        name: None,
        parts,
        dialect: Dialect::AiSdk,
        raw,
    })
}

fn role(fields: &Map<String, Value>, path: &str) -> Result<Role> {
    let hint = format!("use one of {ROLES}");
    let role = read::required_string(fields, "role", path, "who speaks", &hint)?;
    Ok(match role {
        "system" => Role::System,
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "tool" => Role::Tool,
        other => {
            return Err(Error::new(
                Code::UnknownRole,
                read::join(path, "role"),
                format!("found the role {other:?}, expected {ROLES}"),
            )
            .with_hint(hint));
        }
    })
}

/// A text, or parts; for a tool message parts only. Every part of the message is a part here, so that places agree.
fn content(fields: &Map<String, Value>, path: &str, role: Role) -> Result<Vec<Part>> {
    let hint = if fields.contains_key("parts") {
        "this is a message of the user interface; pass convertToModelMessages(messages)"
    } else {
        "use \"\" for an empty message"
    };
    let Some(value) = fields.get("content") else {
        let expected = "a string or an array of parts";
        return Err(read::missing("content", path, expected, hint));
    };
    let path = read::join(path, "content");
    match value {
        Value::String(said) if role != Role::Tool => Ok(vec![text(said)]),
        Value::Array(parts) => read::parts(parts, &path, &part),
        other if role == Role::Tool => Err(read::wrong_type(
            other,
            &path,
            "an array of `tool-result` parts",
        )
        .with_hint(
            "write [{ \"type\": \"tool-result\", \"toolCallId\": \"...\", \"toolName\": \"...\", \"output\": { \"type\": \"text\", \"value\": \"...\" } }]",
        )),
        other => Err(read::wrong_type(
            other,
            &path,
            "a string or an array of parts",
        )
        .with_hint(hint)),
    }
}

fn text(text: &str) -> Part {
    Part::Text {
        text: text.to_owned(),
        breakpoint: false,
    }
}
