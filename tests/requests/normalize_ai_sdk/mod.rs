//! Messages and prompts of the Vercel AI SDK.

mod parts;
mod prompts;
mod refused;
mod results;

use serde_json::{Value, json};
use token_headroom::{Conversation, Detail, Dialect, Image, Part, normalize_as};

use crate::expected::{PNG, text};

fn read(body: &Value) -> Conversation {
    normalize_as(Some(Dialect::AiSdk), body).unwrap()
}

fn parts(message: Value) -> Vec<Part> {
    read(&json!([message])).messages[0].parts.clone()
}

fn user(part: Value) -> Part {
    let [part] = parts(json!({ "role": "user", "content": [part] }))
        .try_into()
        .unwrap();
    part
}

fn picture() -> Part {
    Part::Image(Image {
        size: Some((3, 5)),
        detail: Detail::Auto,
    })
}
