//! Bedrock Converse: blocks with one field, which says their kind.

use serde_json::Value;

use super::content::{entry, speaker};
use super::{Question, Writer};
use crate::conversation::{Conversation, Role};
use crate::json::object;

pub(super) const WRITER: Writer = Writer {
    results: |_, raw| results(raw),
    answer,
    strip,
    said,
    ask,
};

/// The kind of a block. SDKs leave fields of other kinds in place as null.
fn kind(block: &Value) -> Option<&str> {
    let mut fields = block.as_object()?.iter();
    let (kind, _) = fields.find(|(_, inner)| !inner.is_null())?;
    Some(kind)
}

fn results(raw: &mut Value) -> Vec<&mut Value> {
    let blocks = raw.get_mut("content").and_then(Value::as_array_mut);
    let blocks = blocks.map_or(&mut [][..], Vec::as_mut_slice);
    let results = blocks
        .iter_mut()
        .filter(|block| kind(block) == Some("toolResult"));
    results
        .filter_map(|block| block.get_mut("toolResult"))
        .collect()
}

/// Cache points among the blocks say nothing, and stay.
fn answer(result: &mut Value, text: &str) -> Option<String> {
    let mut blocks = vec![object(vec![("text", text.into())])];
    if let Some(Value::Array(before)) = result.get_mut("content") {
        before.retain(|block| kind(block) == Some("cachePoint"));
        blocks.append(before);
    }
    let fields = result.as_object_mut()?;
    fields.insert("content".to_owned(), Value::Array(blocks));
    Some(text.to_owned())
}

fn strip(raw: &mut Value) {
    if let Some(blocks) = raw.get_mut("content").and_then(Value::as_array_mut) {
        blocks.retain(|block| kind(block) != Some("reasoningContent"));
    }
}

fn said(_: &Conversation, role: Role, text: &str) -> Value {
    entry(speaker(role), blocks(text))
}

fn blocks(text: &str) -> Value {
    Value::Array(vec![object(vec![("text", text.into())])])
}

/// The SDKs name the model beside the body's fields; in the body itself it has no place.
fn ask(question: &Question<'_>) -> Value {
    let mut body = Vec::new();
    if question.has("modelId") {
        body.push(("modelId", question.model.into()));
    }
    let cap = ("maxTokens", question.max_tokens.into());
    let messages = vec![entry("user", blocks(question.text))];
    body.push(("system", blocks(question.instructions)));
    body.push(("messages", Value::Array(messages)));
    body.push(("inferenceConfig", object(vec![cap])));
    object(body)
}
