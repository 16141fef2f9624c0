//! Request bodies to [`Conversation`]s; one module per dialect.

mod ai_sdk;
mod anthropic;
mod autogen;
mod bedrock_converse;
mod binary;
mod body;
mod cohere;
mod completions;
mod declared;
mod detect;
mod document;
mod gemini;
mod langchain;
mod ollama;
mod openai_chat;
mod openai_responses;
mod pairing;
mod places;
mod read;
mod warnings;

use std::sync::Arc;

use serde_json::Value;

pub use body::Body;
pub(crate) use body::{list_in, list_key};
pub(crate) use gemini::{generation_setting, resolution};
use token_headroom_encoding::{Code, Error, Result};

use crate::conversation::{Conversation, Dialect, Message};

/// Deepest nesting that is accepted. Twice what `serde_json` itself parses, and far beyond any schema
/// that a provider takes; it keeps every later walk of a value within a small stack.
const MAX_DEPTH: usize = 256;

/// Reads one entry of a dialect's list, found at a path.
type ReadMessage = fn(Value, &str) -> Result<Message>;
/// Puts a conversation together from a body without its list, and the entries of the list.
type ReadConversation = fn(Value, Vec<Arc<Message>>) -> Result<Conversation>;

/// How a dialect is read.
fn reader(dialect: Dialect) -> (ReadMessage, ReadConversation) {
    match dialect {
        Dialect::OpenaiChat => (openai_chat::message, openai_chat::conversation),
        Dialect::OpenaiResponses => (openai_responses::message, openai_responses::conversation),
        Dialect::Completions => (completions::message, completions::conversation),
        Dialect::Anthropic => (anthropic::message, anthropic::conversation),
        Dialect::Gemini => (gemini::message, gemini::conversation),
        Dialect::BedrockConverse => (bedrock_converse::message, bedrock_converse::conversation),
        Dialect::Cohere => (cohere::message, cohere::conversation),
        Dialect::Ollama => (ollama::message, ollama::conversation),
        Dialect::AiSdk => (ai_sdk::message, ai_sdk::conversation),
        Dialect::Langchain => (langchain::message, langchain::conversation),
        Dialect::Autogen => (autogen::message, autogen::conversation),
    }
}

/// Normalises a request body, or a list of messages alone, in the dialect that it is recognised as.
///
/// # Errors
/// An [`Error`](crate::Error) that names the place, for a body that the dialect does not allow.
pub fn normalize(request: &Value) -> Result<Conversation> {
    normalize_as(None, request)
}

/// Normalises a request body in the named dialect.
///
/// # Errors
/// As [`normalize`].
pub fn normalize_as(dialect: Option<Dialect>, request: &Value) -> Result<Conversation> {
    check_depth(request, "")?;
    let body = Body::of(request)?;
    let dialect = dialect.unwrap_or_else(|| body.dialect(body.list.iter()));
    let list = body.key.unwrap_or("messages");
    let entries = body.list.into_iter().enumerate();
    let messages = entries
        .map(|(index, message)| {
            reader(dialect).0(message, &format!("{list}[{index}]")).map(Arc::new)
        })
        .collect::<Result<Vec<_>>>()?;
    assemble(dialect, body.rest, body.key, messages)
}

/// Normalises one entry of the dialect's list, found at `path`; what a session remembers.
///
/// # Errors
/// As [`normalize`].
pub fn normalize_message(dialect: Dialect, message: Value, path: &str) -> Result<Message> {
    check_depth(&message, path)?;
    reader(dialect).0(message, path)
}

/// Normalises a body whose messages are normalised already (`rest` is the body without them).
///
/// # Errors
/// As [`normalize`].
pub fn normalize_rest(
    dialect: Dialect,
    rest: Value,
    messages: Vec<Arc<Message>>,
) -> Result<Conversation> {
    assemble(dialect, rest, None, messages)
}

/// [`normalize_rest`], where the list was found under `key`.
pub(crate) fn assemble(
    dialect: Dialect,
    rest: Value,
    key: Option<&'static str>,
    messages: Vec<Arc<Message>>,
) -> Result<Conversation> {
    check_depth(&rest, "")?;
    read::object(&rest, "", "a request body")?;
    let elsewhere = messages.is_empty();
    let is_kept_by_provider = dialect == Dialect::OpenaiResponses
        && rest.as_object().is_some_and(detect::has_server_history);
    let mut conversation = reader(dialect).1(rest, messages)?;
    if conversation.messages.is_empty()
        && conversation.instructions.is_none()
        && !is_kept_by_provider
    {
        return Err(body::no_messages(dialect.list_key()));
    }
    let list = list_place(dialect, key, elsewhere, &conversation.rest);
    let warnings = warnings::warnings(&conversation, &list);
    conversation.warnings.extend(warnings);
    Ok(conversation)
}

/// Where the messages are: the field that holds the list, or the place that the dialect keeps them in `elsewhere`.
pub(crate) fn list_place(
    dialect: Dialect,
    key: Option<&'static str>,
    elsewhere: bool,
    rest: &Value,
) -> String {
    match (dialect, key) {
        (_, Some(key)) => key.to_owned(),
        (Dialect::Autogen, None) if elsewhere => autogen::place(rest).unwrap_or_default(),
        (Dialect::Cohere, None) if elsewhere => "chat_history".to_owned(),
        (Dialect::Completions, None) if elsewhere => "inputText".to_owned(),
        (Dialect::Gemini, None) if elsewhere => "generateContentRequest.contents".to_owned(),
        _ => dialect.list_key().to_owned(),
    }
}

/// Refuses values that are nested too deep to walk recursively. Walks with a stack of its own.
pub(crate) fn check_depth(value: &Value, path: &str) -> Result<()> {
    let mut open = vec![(value, 1_usize)];
    while let Some((value, depth)) = open.pop() {
        if depth > MAX_DEPTH {
            return Err(Error::new(
                Code::InvalidValue,
                path,
                format!("found values nested more than {MAX_DEPTH} levels deep, expected a request that a provider can parse"),
            )
            .with_hint("flatten the value, or send it as a JSON string"));
        }
        match value {
            Value::Array(items) => open.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(fields) => open.extend(fields.values().map(|item| (item, depth + 1))),
            _ => {}
        }
    }
    Ok(())
}
