//! What real hosts accepted is read: no recorded request fails to normalise.

use std::path::PathBuf;

use serde_json::Value;
use token_headroom::{Dialect, normalize_as};

/// Bodies without a list of their own: a gateway keeps the prompt under a name, a count wraps the request, a compaction
/// names a stored response.
const WITHOUT_PROMPT: [&str; 3] = [
    "portkey openai.completions",
    "google google.countTokens",
    "openai openai.responses_compact",
];

fn dialect(api: &str) -> Option<Dialect> {
    Some(match api {
        "openai.chat" => Dialect::OpenaiChat,
        "openai.responses" | "openai.responses_input_tokens" | "openai.responses_compact" => {
            Dialect::OpenaiResponses
        }
        "openai.completions" | "ollama.generate" => Dialect::Completions,
        "anthropic.messages" | "anthropic.count_tokens" => Dialect::Anthropic,
        "google.generateContent" | "google.countTokens" => Dialect::Gemini,
        "bedrock.converse" => Dialect::BedrockConverse,
        "cohere.chat" => Dialect::Cohere,
        "ollama.chat" => Dialect::Ollama,
        _ => return None,
    })
}

#[test]
fn every_recorded_request_is_read_in_its_dialect() {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/provider-usage.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: no recorded usage at {}", path.display());
        return;
    };
    let mut failed: Vec<String> = Vec::new();
    for line in text.lines() {
        let record: Value = serde_json::from_str(line).expect("a record is JSON");
        let field = |key: &str| record[key].as_str().unwrap_or_default();
        let name = format!("{} {}", field("provider"), field("api"));
        let Some(dialect) = dialect(field("api")) else {
            continue;
        };
        let Err(error) = normalize_as(Some(dialect), &record["request"]) else {
            continue;
        };
        if !WITHOUT_PROMPT.contains(&name.as_str()) {
            failed.push(format!("{} {name}: {error}", field("id")));
        }
    }
    for line in &failed {
        println!("{line}");
    }
    assert!(failed.is_empty(), "{} recorded requests fail", failed.len());
}
