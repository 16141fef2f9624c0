//! Bedrock Converse: one message.

use serde_json::Value;

use super::blocks;
use crate::conversation::{Dialect, Message, Role};
use crate::normalize::read;
use token_headroom_encoding::{Code, Error, Result};

/// Normalises one message. A user message that holds results and nothing else speaks for the tools.
pub(in crate::normalize) fn message(raw: Value, path: &str) -> Result<Message> {
    let fields = read::object(&raw, path, "a message with `role` and `content`")?;
    let role = read::required_string(
        fields,
        "role",
        path,
        "who speaks",
        "use user or assistant; instructions go into the body's `system`",
    )?;
    let role = match role {
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "system" => Role::System,
        other => {
            return Err(Error::new(
                Code::UnknownRole,
                read::join(path, "role"),
                format!("found the role {other:?}, expected user or assistant"),
            )
            .with_hint(match other {
                "tool" | "function" => "put a toolResult block into a user message",
                _ => "use user or assistant; instructions go into the body's `system`",
            }));
        }
    };
    let place = read::join(path, "content");
    let content = fields.get("content").ok_or_else(|| {
        read::missing(
            "content",
            path,
            "an array of blocks",
            "write [{ \"text\": \"...\" }]",
        )
    })?;
    let parts = blocks::blocks(content, &place)?;
    Ok(Message {
        role: role.of(&parts),
        name: None,
        parts,
        dialect: Dialect::BedrockConverse,
        raw,
    })
}
