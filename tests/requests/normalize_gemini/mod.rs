//! Bodies of `generateContent` and `countTokens`: every spelling, every part, and what is said about bad ones.

mod parts;
mod refused;
mod spellings;

use serde_json::Value;
use token_headroom::{Conversation, Part, Role, normalize};

/// One white pixel, as PNG.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

fn read(body: &Value) -> Conversation {
    normalize(body).unwrap_or_else(|error| panic!("{error}: {body}"))
}

/// The texts of all messages, with who says them.
fn said(conversation: &Conversation) -> Vec<(Role, &str)> {
    let mut said = Vec::new();
    for message in &conversation.messages {
        for part in &message.parts {
            if let Part::Text { text, .. } = part {
                said.push((message.role, text.as_str()));
            }
        }
    }
    said
}
