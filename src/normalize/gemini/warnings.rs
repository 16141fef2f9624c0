//! Gemini: what a body refers to without holding it.

use serde_json::{Map, Value};

use super::fields::{either, setting};
use crate::conversation::{Conversation, Warning};

/// Warnings of the body, then of its contents.
pub(super) fn warnings(body: &Map<String, Value>, conversation: &Conversation) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |code: &str, path: String, message: String| {
        warnings.push(Warning {
            code: code.to_owned(),
            path,
            message,
        });
    };
    if let Some((key, _)) = setting(body, ["cachedContent", "cached_content"]) {
        warn(
            "server_history",
            key.to_owned(),
            "the cached content stands before these contents and is counted with them; only the provider knows its tokens".to_owned(),
        );
    }
    for tool in conversation.tools.iter().filter(|tool| !tool.is_function()) {
        warn(
            "server_tool",
            "tools".to_owned(),
            format!(
                "{} runs at the provider, which reports what it reads apart from the prompt or, in later turns, inside it",
                tool.name
            ),
        );
    }
    for (index, message) in conversation.messages.iter().enumerate() {
        let parts = message.raw.get("parts").and_then(Value::as_array);
        for (position, part) in parts.into_iter().flatten().enumerate() {
            if is_remote(part) {
                warn(
                    "remote_media",
                    format!("contents[{index}].parts[{position}]"),
                    "the file is not in the request: its size, pages and length are bounded, not known".to_owned(),
                );
            }
        }
    }
    warnings
}

/// Whether a part, or a part of the result in it, is a file elsewhere.
fn is_remote(part: &Value) -> bool {
    let is = |part: &Value| {
        part.as_object()
            .is_some_and(|part| either(part, ["fileData", "file_data"]).is_some())
    };
    let inner = |part: &Value| -> Option<bool> {
        let (_, result) = either(part.as_object()?, ["functionResponse", "function_response"])?;
        Some(result.get("parts")?.as_array()?.iter().any(is))
    };
    is(part) || inner(part).unwrap_or(false)
}
