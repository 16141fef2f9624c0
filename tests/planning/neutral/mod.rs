//! Small random agent histories, and how each dialect writes them.
//!
//! It uses nothing of the crate, so that the crate's own tests can include it.
#![allow(dead_code)] // Each test file uses a part.

mod blocks;
mod frameworks;
mod like_chat;
mod openai;
mod random;

use serde_json::{Value, json};

pub use random::history;

use blocks::{anthropic, bedrock, gemini};
use frameworks::{ai_sdk, autogen, langchain};
use like_chat::{cohere, ollama};
use openai::{chat, responses};

/// How a history may be written: a name, the dialect, and a model that speaks it.
pub const FORMS: [(&str, &str, &str); 12] = [
    ("openai_chat", "openai_chat", "gpt-4o"),
    ("openai_responses", "openai_responses", "gpt-4o"),
    ("anthropic", "anthropic", "claude-opus-4-5"),
    ("anthropic_thinking", "anthropic", "claude-opus-4-5"),
    ("anthropic_binding", "anthropic", "claude-opus-5-5"),
    ("gemini", "gemini", "gemini-2.5-flash"),
    ("bedrock_converse", "bedrock_converse", "claude-opus-4-5"),
    ("ai_sdk", "ai_sdk", "gpt-4o"),
    ("langchain", "langchain", "gpt-4o"),
    ("cohere", "cohere", "command-a-03-2025"),
    ("ollama", "ollama", "qwen3-32b"),
    ("autogen", "autogen", "gpt-4o"),
];

/// A history without a dialect.
#[derive(Clone, Debug)]
pub struct History {
    pub system: Option<String>,
    pub turns: Vec<Turn>,
}

#[derive(Clone, Debug)]
pub enum Turn {
    User(String),
    Said {
        thought: String,
        text: String,
    },
    Tools {
        thought: String,
        text: String,
        calls: Vec<Call>,
    },
}

#[derive(Clone, Debug)]
pub struct Call {
    pub id: String,
    pub tool: &'static str,
    pub arguments: Value,
    /// `None` while it is awaited.
    pub result: Option<String>,
    pub failed: bool,
}

/// `count` words; of every `seed` other ones.
pub fn words(seed: usize, count: usize) -> String {
    let words = (0..count).map(|n| format!("{}{:03}", char::from(b'a' + (seed % 26) as u8), n));
    words.collect::<Vec<_>>().join(" ")
}

/// `history` as a request in one of [`FORMS`].
pub fn written(history: &History, form: &str) -> Value {
    match form {
        "openai_chat" => chat(history),
        "openai_responses" => responses(history),
        "anthropic" => anthropic(history, "claude-opus-4-5", false),
        "anthropic_thinking" => anthropic(history, "claude-opus-4-5", true),
        "anthropic_binding" => anthropic(history, "claude-opus-5-5", true),
        "gemini" => gemini(history),
        "bedrock_converse" => bedrock(history),
        "ai_sdk" => ai_sdk(history),
        "langchain" => langchain(history),
        "cohere" => cohere(history),
        "ollama" => ollama(history),
        "autogen" => autogen(history),
        other => panic!("no writer for {other}"),
    }
}

/// The system prompt as the first message of a list.
fn system(history: &History) -> Vec<Value> {
    let prompt = history.system.iter();
    prompt
        .map(|text| json!({ "role": "system", "content": text }))
        .collect()
}

/// The calls that are not awaited, with their results.
fn answers(calls: &[Call]) -> impl Iterator<Item = (&Call, &str)> {
    calls
        .iter()
        .filter_map(|call| Some((call, call.result.as_deref()?)))
}

fn chat_call(call: &Call) -> Value {
    json!({ "id": call.id, "type": "function", "function": {
        "name": call.tool, "arguments": call.arguments.to_string(),
    } })
}
