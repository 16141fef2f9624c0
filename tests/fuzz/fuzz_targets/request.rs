//! Any JSON, in any dialect, for any family of models, is projected or refused; bounds and sums hold for what is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use token_headroom::{CountText, Dialect, Model, ModelOptions, count, normalize_as, project, resolve};

/// A stand-in tokenizer: what is fuzzed is the reading and the framing.
struct Bytes;

impl CountText for Bytes {
    fn count_text(&self, text: &str) -> u32 {
        u32::try_from(text.len().div_ceil(4)).unwrap_or(u32::MAX)
    }
}

const MODELS: [&str; 9] = [
    "gpt-4o",
    "gpt-5",
    "claude-sonnet-4-5",
    "claude-sonnet-5",
    "gemini-2.0-flash",
    "gemini-3-pro",
    "mistral-large-latest",
    "deepseek-chat",
    "gpt-oss-120b",
];
const DIALECTS: [Option<Dialect>; 12] = [
    None,
    Some(Dialect::OpenaiChat),
    Some(Dialect::OpenaiResponses),
    Some(Dialect::Completions),
    Some(Dialect::Anthropic),
    Some(Dialect::Gemini),
    Some(Dialect::BedrockConverse),
    Some(Dialect::Cohere),
    Some(Dialect::Ollama),
    Some(Dialect::AiSdk),
    Some(Dialect::Langchain),
    Some(Dialect::Autogen),
];

fn model(name: &str) -> Option<Model> {
    resolve(&ModelOptions::for_model(name)).ok()
}

fuzz_target!(|bytes: &[u8]| {
    let [choice, rest @ ..] = bytes else { return };
    let Ok(request) = serde_json::from_slice::<Value>(rest) else {
        return;
    };
    let dialect = DIALECTS[usize::from(*choice) % DIALECTS.len()];
    let Ok(conversation) = normalize_as(dialect, &request) else {
        return;
    };
    let counted = count(conversation.into(), &Bytes);
    for model in MODELS.iter().filter_map(|name| model(name)) {
        let projection = project(&counted, &model, &Bytes);
        assert!(projection.lower_bound <= projection.tokens);
        assert!(projection.tokens <= projection.upper_bound);
        assert_eq!(projection.messages.len(), counted.messages.len());
    }
});
