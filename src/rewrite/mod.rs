//! Messages rewritten in the dialect and shape they came in: what a plan needs to carry out its steps.
//!
//! Each module is the inverse of the one of its name in `normalize`. What was rewritten is read again, and is given up unless
//! it reads as intended: nothing rests on these modules knowing every shape that a dialect takes.

mod ai_sdk;
mod anthropic;
mod autogen;
mod bedrock_converse;
mod check;
mod cohere;
mod completions;
mod content;
mod gemini;
mod langchain;
mod ollama;
mod openai_chat;
mod openai_responses;

#[cfg(test)]
#[allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]
// A failed expectation is a failed test.
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::conversation::{Conversation, Dialect, Message, Part, Role};

/// How a dialect is written.
struct Writer {
    /// The places of a message's results, in order.
    results: fn(Role, &mut Value) -> Vec<&mut Value>,
    /// Gives the result at a place a text for its only content; what is read there then. `None` where no text can stand.
    answer: fn(&mut Value, &str) -> Option<String>,
    /// Takes out what the model thought.
    strip: fn(&mut Value),
    /// A message of someone who says a text.
    said: fn(&Conversation, Role, &str) -> Value,
    /// A whole request.
    ask: fn(&Question<'_>) -> Value,
}

/// What a request asks for.
struct Question<'a> {
    conversation: &'a Conversation,
    model: &'a str,
    max_tokens: u32,
    instructions: &'a str,
    text: &'a str,
}

impl Question<'_> {
    /// Whether the conversation's own body has `key`.
    fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    /// What the conversation's own body has under `key`; `null` is nothing.
    fn value(&self, key: &str) -> Option<&Value> {
        let value = self.conversation.rest.get(key);
        value.filter(|value| !value.is_null())
    }

    /// The first of `keys` that the conversation's own body has, else the first of them.
    fn key(&self, keys: &[&'static str]) -> &'static str {
        let own = keys.iter().copied().find(|key| self.has(key));
        own.or(keys.first().copied()).unwrap_or_default()
    }
}

fn writer(dialect: Dialect) -> &'static Writer {
    match dialect {
        Dialect::OpenaiChat => &openai_chat::WRITER,
        Dialect::OpenaiResponses => &openai_responses::WRITER,
        Dialect::Completions => &completions::WRITER,
        Dialect::Anthropic => &anthropic::WRITER,
        Dialect::Gemini => &gemini::WRITER,
        Dialect::BedrockConverse => &bedrock_converse::WRITER,
        Dialect::Cohere => &cohere::WRITER,
        Dialect::Ollama => &ollama::WRITER,
        Dialect::AiSdk => &ai_sdk::WRITER,
        Dialect::Langchain => &langchain::WRITER,
        Dialect::Autogen => &autogen::WRITER,
    }
}

/// `message` with other contents of some of its results and texts: the part's position and the text that it shall say alone.
///
/// Every other field stays as it is, also the result's own: its id, whether it failed, where a cache segment ends. A dialect
/// that takes an object reads the text inside one (`{"result": "..."}` in Gemini), one that takes JSON reads it as a JSON text.
/// A text is replaced wherever the message says it, since some shapes hold it twice. `None` where the message has no such
/// result or text, or its shape does not allow it.
pub(crate) fn with_texts(message: &Message, texts: &[(usize, &str)]) -> Option<Value> {
    let writer = writer(message.dialect);
    let mut raw = message.raw.clone();
    let mut expected: Vec<Option<String>> = vec![None; message.parts.len()];
    let mut said = BTreeMap::new();
    let mut answers = Vec::new();
    for &(position, text) in texts {
        let expects = expected.get_mut(position)?;
        if expects.is_some() {
            return None;
        }
        *expects = Some(text.to_owned());
        match message.parts.get(position)? {
            Part::ToolResult { .. } => answers.push((position, text)),
            Part::Text { text: own, .. } => {
                said.insert(own.as_str(), text);
            }
            _ => return None,
        }
    }
    if !answers.is_empty() {
        let mut found = (writer.results)(message.role, &mut raw).into_iter();
        let mut places = Vec::with_capacity(message.parts.len());
        for part in &message.parts {
            places.push(match part {
                Part::ToolResult { .. } => Some(found.next()?),
                _ => None,
            });
        }
        if found.next().is_some() {
            return None;
        }
        for (position, text) in answers {
            let place = places.get_mut(position)?.take()?;
            *expected.get_mut(position)? = Some((writer.answer)(place, text)?);
        }
    }
    if !said.is_empty() {
        say(&mut raw, true, &said);
    }
    check::says(message, raw, &expected)
}

/// What holds something said, in any dialect. An id may be the same text by chance.
const SAID: [&str; 4] = ["content", "text", "message", "parts"];

/// Says other texts in place of those that `value` has among what is said.
fn say(value: &mut Value, is_said: bool, texts: &BTreeMap<&str, &str>) {
    match value {
        Value::String(own) if is_said => {
            if let Some(text) = texts.get(own.as_str()) {
                (*text).clone_into(own);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| say(item, is_said, texts)),
        Value::Object(fields) => {
            for (key, value) in fields {
                say(value, SAID.contains(&key.as_str()), texts);
            }
        }
        _ => {}
    }
}

/// `message` without what the model thought.
///
/// Signatures of what is not a thought itself stay, since the provider checks them: those of Gemini's calls, and with them
/// what its hosts keep them in. `None` when there is no thought in it, when nothing else would be left (then the message can
/// only go as a whole), and where the provider keeps the thought together with what follows.
pub(crate) fn without_reasoning(message: &Message) -> Option<Value> {
    let thinks = |part: &Part| matches!(part, Part::Reasoning(_));
    let says = |part: &Part| match part {
        Part::Reasoning(_) => false,
        Part::Text { text, .. } => !text.is_empty(),
        _ => true,
    };
    if !message.parts.iter().any(thinks) || !message.parts.iter().any(says) {
        return None;
    }
    let mut raw = message.raw.clone();
    (writer(message.dialect).strip)(&mut raw);
    check::thinks_less(message, raw)
}

/// A message that says `text`, in the shape that the messages of `conversation` have.
///
/// The assistant speaks as the assistant; any other role as the user, or as the system where the list has such messages.
pub(crate) fn said(conversation: &Conversation, role: Role, text: &str) -> Value {
    (writer(conversation.dialect).said)(conversation, role, text)
}

/// A whole request that asks `model` to do with `text` what `instructions` say, in the dialect of `conversation`.
///
/// Nothing but these three and the cap on the answer is in it; of fields with several names it has the one that the
/// conversation's own body has, and the model only where such a body names one.
pub(crate) fn ask(
    conversation: &Conversation,
    model: &str,
    max_tokens: u32,
    instructions: &str,
    text: &str,
) -> Value {
    (writer(conversation.dialect).ask)(&Question {
        conversation,
        model,
        max_tokens,
        instructions,
        text,
    })
}
