//! Ollama.

use serde_json::Value;

use super::content::drop_fields;
use super::{Question, Writer, openai_chat};
use crate::json::object;

pub(super) const WRITER: Writer = Writer {
    results: |_, raw| vec![raw],
    answer,
    strip,
    said: openai_chat::said,
    ask,
};

/// Pictures beside the text are the answer's too.
fn answer(message: &mut Value, text: &str) -> Option<String> {
    drop_fields(message, &["images"]);
    openai_chat::answer(message, text)
}

fn strip(message: &mut Value) {
    drop_fields(message, &["thinking"]);
    openai_chat::strip(message);
}

/// The server cuts what exceeds the window that the request names, so that this must go along.
fn ask(question: &Question<'_>) -> Value {
    let mut options = vec![("num_predict", question.max_tokens.into())];
    let window = question.value("options").and_then(|own| own.get("num_ctx"));
    if let Some(window) = window {
        options.push(("num_ctx", window.clone()));
    }
    object(vec![
        ("model", question.model.into()),
        ("messages", openai_chat::messages(question)),
        ("options", object(options)),
    ])
}
