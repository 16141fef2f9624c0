//! A bare `prompt`: OpenAI Completions and hosts that speak it, Ollama's `/api/generate`, and what Bedrock's `InvokeModel`
//! takes for models that complete texts.
//!
//! Each prompt is a user message of its own; several prompts are answered apart and counted together.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{ollama, openai_chat, read};
use crate::conversation::{Conversation, Dialect, Message, Part, Role, Thinking};
use token_headroom_encoding::{Error, Result};

/// Names of the cap on the output.
const CAPS: [&str; 4] = [
    "max_tokens",
    "max_tokens_to_sample",
    "max_gen_len",
    "maxTokens",
];

/// Normalises one entry: a text, a list of token ids, or one id of a list that is the whole prompt.
pub(super) fn message(raw: Value, path: &str) -> Result<Message> {
    let expected = "a text, or token ids";
    let parts = match &raw {
        Value::String(text) => vec![openai_chat::text_part(text)],
        // An id is one token, whatever it stands for: the raw value keeps it.
        id if id.is_u64() => Vec::new(),
        Value::Array(ids) => match ids.iter().position(|id| !id.is_u64()) {
            Some(at) => {
                let place = format!("{path}[{at}]");
                return Err(read::wrong_type(
                    ids.get(at).unwrap_or(&Value::Null),
                    &place,
                    "a token id",
                ));
            }
            None => Vec::new(),
        },
        other => {
            return Err(read::wrong_type(other, path, expected)
                .with_hint("pass the prompt as a string, or several as an array of strings"));
        }
    };
    Ok(Message {
        role: Role::User,
        name: None,
        parts,
        dialect: Dialect::Completions,
        raw,
    })
}

/// Puts the conversation together. `rest` must be an object.
pub(super) fn conversation(rest: Value, mut messages: Vec<Arc<Message>>) -> Result<Conversation> {
    let body = read::object(&rest, "", "a request body")?;
    let model = read::optional_string(body, "model", "", "the model's name")?.map(str::to_owned);
    // Titan's text has a field of its own.
    if let (true, Some(text)) = (messages.is_empty(), body.get("inputText")) {
        messages.push(Arc::new(message(text.clone(), "inputText")?));
    }
    attach_pictures(body, &mut messages)?;
    Ok(Conversation {
        model,
        instructions: instructions(body)?,
        response_format: ollama::format(body),
        thinking: match body.get("think") {
            Some(Value::Bool(false)) => Thinking::Disabled,
            Some(Value::Bool(true) | Value::String(_)) => Thinking::Enabled,
            _ => Thinking::Unsaid,
        },
        output_cap: output_cap(body)?,
        ..Conversation::new(Dialect::Completions, rest.clone(), messages)
    })
}

/// The cap under the name that each maker gives it: OpenAI and Mistral, Claude 2, Llama, AI21, then Titan and Ollama.
fn output_cap(body: &Map<String, Value>) -> Result<Option<u32>> {
    for key in CAPS {
        if let Some(cap) = read::cap(body, key)? {
            return Ok(Some(cap));
        }
    }
    match body.get("textGenerationConfig") {
        Some(Value::Object(settings)) => {
            read::cap(settings, "maxTokenCount").map_err(|error| Error {
                path: format!("textGenerationConfig.{}", error.path),
                ..error
            })
        }
        _ => ollama::output_cap(body),
    }
}

/// Ollama's `system`, which stands for the template's own.
fn instructions(body: &Map<String, Value>) -> Result<Option<Arc<Message>>> {
    let Some(text) = read::optional_string(body, "system", "", "instructions")? else {
        return Ok(None);
    };
    Ok((!text.is_empty()).then(|| {
        Arc::new(Message {
            role: Role::System,
            name: None,
            parts: vec![openai_chat::text_part(text)],
            dialect: Dialect::Completions,
            raw: Value::String(text.to_owned()),
        })
    }))
}

/// Ollama's `images` belong to the prompt.
fn attach_pictures(body: &Map<String, Value>, messages: &mut [Arc<Message>]) -> Result<()> {
    let pictures: Vec<Part> = ollama::pictures(body, "")?;
    if let (false, Some(last)) = (pictures.is_empty(), messages.last_mut()) {
        let mut message = (**last).clone();
        message.parts.extend(pictures);
        *last = Arc::new(message);
    }
    Ok(())
}
