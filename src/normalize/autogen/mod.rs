//! AutoGen: chats of version 0.2, messages and saved states of version 0.4 and later. Shapes by `autogen-core`,
//! `autogen-agentchat` and `autogen-ext` 0.7.

mod chat;
mod event;
mod state;

use std::sync::Arc;

use serde_json::Value;

use super::{declared, read};
use crate::conversation::{Conversation, Dialect, Message, Role, ToolChoice, Warning};
pub(super) use state::place;
use token_headroom_encoding::Result;

/// Normalises one message.
pub(super) fn message(raw: Value, path: &str) -> Result<Message> {
    let said = match &raw {
        Value::String(text) => Said {
            role: Role::User,
            name: None,
            parts: vec![chat::text(text)],
        },
        value => {
            let fields = read::object(value, path, "a message with `content`")?;
            if event::is_event(fields) {
                event::said(fields, path)?
            } else {
                chat::said(fields, path)?
            }
        }
    };
    Ok(Message {
        role: said.role,
        name: said.name,
        parts: said.parts,
        dialect: Dialect::Autogen,
        raw,
    })
}

/// What reaches the model of a message.
struct Said {
    role: Role,
    name: Option<String>,
    parts: Vec<crate::conversation::Part>,
}

/// Puts the conversation together. `rest` must be an object; without a list it is a saved state, which holds the messages.
pub(super) fn conversation(rest: Value, messages: Vec<Arc<Message>>) -> Result<Conversation> {
    let body = read::object(&rest, "", "a body with `messages`, or a saved state")?;
    let saved = if messages.is_empty() {
        state::context(&rest)?
    } else {
        None
    };
    let mut warnings = Vec::new();
    let messages = match saved {
        None => messages,
        Some(context) => {
            warnings.push(Warning {
                code: "saved_state".to_owned(),
                path: context.place.clone(),
                message: match context.others {
                    0 => "a saved state holds neither the agent's system message nor its tools; add them".to_owned(),
                    others => format!(
                        "the longest of {} contexts is counted; a saved state holds neither system messages nor tools",
                        others + 1
                    ),
                },
            });
            let mut read = Vec::with_capacity(context.messages.len());
            for (index, raw) in context.messages.iter().enumerate() {
                let path = format!("{}[{index}]", context.place);
                read.push(Arc::new(message((*raw).clone(), &path)?));
            }
            read
        }
    };
    let instructions = read::optional_string(body, "system_message", "", "instructions")?;
    let instructions = instructions.map(|text| {
        Arc::new(Message {
            role: Role::System,
            name: None,
            parts: vec![chat::text(text)],
            dialect: Dialect::Autogen,
            raw: Value::from(text),
        })
    });
    let tools = match read::optional(body, "tools").or_else(|| read::optional(body, "functions")) {
        Some(tools) => declared::tools(tools, "tools")?,
        None => Vec::new(),
    };
    let tool_choice = match read::optional(body, "tool_choice") {
        Some(choice) => declared::tool_choice(choice, "tool_choice")?,
        None => ToolChoice::Free,
    };
    Ok(Conversation {
        model: body.get("model").and_then(Value::as_str).map(str::to_owned),
        instructions,
        tools,
        tool_choice,
        output_cap: read::cap(body, "max_tokens")?,
        warnings,
        ..Conversation::new(Dialect::Autogen, rest.clone(), messages)
    })
}
