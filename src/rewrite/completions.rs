//! A bare prompt: nothing to rewrite, and little to ask with.

use serde_json::Value;

use super::content::no_results;
use super::{Question, Writer};
use crate::json::object;

pub(super) const WRITER: Writer = Writer {
    results: no_results,
    answer: |_, _| None,
    strip: |_| {},
    said: |_, _, text| text.into(),
    ask,
};

/// Instructions stand before the text; there is no other place for them.
fn ask(question: &Question<'_>) -> Value {
    let prompt = format!("{}\n\n{}", question.instructions, question.text);
    object(vec![
        ("model", question.model.into()),
        ("prompt", prompt.into()),
        ("max_tokens", question.max_tokens.into()),
    ])
}
