//! Anthropic Messages: one message.

use serde_json::{Map, Value};

use super::blocks;
use crate::conversation::{Dialect, Message, Role};
use crate::normalize::read;
use token_headroom_encoding::{Code, Error, Result};

/// The roles of the dialect, for hints.
const ROLES: &str = "user, assistant or system";

/// Normalises one message. A user message that holds results and nothing else speaks for the tools.
pub(in crate::normalize) fn message(raw: Value, path: &str) -> Result<Message> {
    let fields = read::object(&raw, path, "a message with `role` and `content`")?;
    let role = role(fields, path)?;
    let place = read::join(path, "content");
    let hint = "use a string, or an array of blocks: [{ \"type\": \"text\", \"text\": \"...\" }]";
    let content = fields
        .get("content")
        .ok_or_else(|| read::missing("content", path, "a string or an array of blocks", hint))?;
    let parts = blocks::content(content, &place)?;
    Ok(Message {
        role: role.of(&parts),
        name: None,
        parts,
        dialect: Dialect::Anthropic,
        raw,
    })
}

fn role(fields: &Map<String, Value>, path: &str) -> Result<Role> {
    let hint = format!("use one of {ROLES}");
    let role = read::required_string(fields, "role", path, "who speaks", &hint)?;
    match role {
        "user" => Ok(Role::User),
        "assistant" => Ok(Role::Assistant),
        "system" => Ok(Role::System),
        other => Err(unknown_role(other, path)),
    }
}

fn unknown_role(role: &str, path: &str) -> Error {
    let hint = match role.to_ascii_lowercase().as_str() {
        "human" => "write \"user\"".to_owned(),
        "ai" | "model" | "bot" => "write \"assistant\"".to_owned(),
        "developer" => "put instructions into the body's `system`".to_owned(),
        "tool" | "function" => {
            "put a tool_result block into a user message; it names the call as `tool_use_id`"
                .to_owned()
        }
        _ => format!("use one of {ROLES}"),
    };
    Error::new(
        Code::UnknownRole,
        read::join(path, "role"),
        format!("found the role {role:?}, expected {ROLES}"),
    )
    .with_hint(hint)
}
