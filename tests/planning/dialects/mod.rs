//! One history written in every dialect that can be planned.

mod blocks;
mod frameworks;
mod openai;
mod turns;

use serde_json::Value;
use token_headroom::{Dialect, normalize_as};

use blocks::{anthropic, bedrock, gemini};
use frameworks::{ai_sdk, langchain};
use openai::{chat, responses};

/// Dialects, each with a model that speaks it.
pub const DIALECTS: [(&str, &str); 7] = [
    ("openai_chat", "gpt-4o"),
    ("openai_responses", "gpt-4o"),
    ("anthropic", "claude-opus-4-5"),
    ("gemini", "gemini-2.5-flash"),
    ("bedrock_converse", "claude-opus-4-5"),
    ("ai_sdk", "gpt-4o"),
    ("langchain", "gpt-4o"),
];

/// `request`, which is written in the dialect `from`, written in `dialect`.
pub fn written(request: &Value, from: &str, dialect: &str) -> Value {
    let conversation = normalize_as(Dialect::named(from), request).expect("a request");
    match dialect {
        "openai_chat" => chat(&conversation),
        "openai_responses" => responses(&conversation),
        "anthropic" => anthropic(&conversation),
        "gemini" => gemini(&conversation),
        "bedrock_converse" => bedrock(&conversation),
        "ai_sdk" => ai_sdk(&conversation),
        "langchain" => langchain(&conversation),
        other => panic!("no writer for {other}"),
    }
}
