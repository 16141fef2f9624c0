//! A recorded request and what its provider counted.

use std::borrow::Cow;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;
use token_headroom::Dialect;

/// A line of the corpus.
#[derive(Deserialize)]
pub struct Record {
    pub id: String,
    pub provider: String,
    pub api: String,
    pub model: Option<String>,
    pub model_reported: Option<String>,
    pub request: Value,
    pub input_tokens: u32,
    pub features: Vec<String>,
    pub opaque: Vec<String>,
    pub family: String,
}

impl Record {
    /// The dialect that the API speaks; `None` for APIs that are not about prompts (embeddings).
    pub fn dialect(&self) -> Option<Dialect> {
        Some(match self.api.as_str() {
            "openai.chat" => Dialect::OpenaiChat,
            "openai.responses" | "openai.responses_input_tokens" | "openai.responses_compact" => {
                Dialect::OpenaiResponses
            }
            "openai.completions" | "ollama.generate" | "cohere.generate" => Dialect::Completions,
            "anthropic.messages" | "anthropic.count_tokens" => Dialect::Anthropic,
            "google.generateContent" | "google.countTokens" | "google.interactions" => {
                Dialect::Gemini
            }
            "bedrock.converse" => Dialect::BedrockConverse,
            "cohere.chat" => Dialect::Cohere,
            "ollama.chat" => Dialect::Ollama,
            "bedrock.invoke" => invoked(&self.request)?,
            "bedrock.count_tokens" => match self.request.pointer("/input/converse") {
                Some(_) => Dialect::BedrockConverse,
                None => Dialect::Anthropic,
            },
            _ => return None,
        })
    }

    /// The request as its dialect has it: Bedrock's CountTokens wraps a Converse body, or one of the model's maker in
    /// base64.
    pub fn body(&self) -> Cow<'_, Value> {
        if let Some(body) = self.request.pointer("/input/converse") {
            return Cow::Borrowed(body);
        }
        let wrapped = self.request.pointer("/input/invokeModel/body");
        match wrapped.and_then(Value::as_str) {
            Some(text) => Cow::Owned(serde_json::from_slice(&base64(text)).unwrap_or_default()),
            None => Cow::Borrowed(&self.request),
        }
    }

    pub fn has(&self, feature: &str) -> bool {
        self.features.iter().any(|own| own == feature)
    }

    /// Whether the whole prompt is in the body.
    pub fn is_readable(&self) -> bool {
        self.opaque.is_empty()
    }

    /// Whether rules may be fitted to it: prompts of one family are all on one side, by the last digit of its hash.
    pub fn is_for_fitting(&self) -> bool {
        let last = self
            .family
            .chars()
            .last()
            .and_then(|digit| digit.to_digit(16));
        last.is_none_or(|digit| digit % 2 == 0)
    }

    /// The most telling feature, for tables.
    pub fn kind(&self) -> &'static str {
        let order = [
            ("images", "images"),
            ("audio", "audio"),
            ("video", "video"),
            ("documents", "files"),
            ("builtin_tools", "built-in tools"),
            ("reasoning_history", "thinking"),
            ("tool_results", "tool history"),
            ("json_schema", "schema"),
            ("tools", "tools"),
            ("legacy_functions", "tools"),
            ("json_object", "json object"),
        ];
        order
            .iter()
            .find(|(feature, _)| self.has(feature))
            .map_or("text", |(_, kind)| kind)
    }

    pub fn has_media(&self) -> bool {
        ["images", "audio", "video", "documents"]
            .iter()
            .any(|kind| self.has(kind))
    }

    /// Whether every piece of `only` is somewhere in what names the record.
    pub fn matches(&self, only: &str) -> bool {
        let name = format!(
            "{} {} {} {} {} {}",
            self.provider,
            self.api,
            self.model.as_deref().unwrap_or_default(),
            self.model_reported.as_deref().unwrap_or_default(),
            self.id,
            self.kind()
        );
        only.split_whitespace().all(|piece| name.contains(piece))
    }
}

/// The dialect of an InvokeModel body, which is that of the model's maker.
fn invoked(request: &Value) -> Option<Dialect> {
    let has = |key: &str| request.get(key).is_some();
    if has("anthropic_version") {
        Some(Dialect::Anthropic)
    } else if has("messages") && has("inferenceConfig") {
        // Nova's bodies are Converse's.
        Some(Dialect::BedrockConverse)
    } else if has("message") {
        Some(Dialect::Cohere)
    } else if has("prompt") || has("inputText") {
        Some(Dialect::Completions)
    } else {
        None
    }
}

/// Bytes of a text in base64.
fn base64(text: &str) -> Vec<u8> {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let value = |digit: u8| digits.iter().position(|own| *own == digit);
    let sextets: Vec<usize> = text.bytes().filter_map(value).collect();
    let bytes = |chunk: &[usize]| {
        let word = chunk
            .iter()
            .zip([18, 12, 6, 0])
            .fold(0, |word, (sextet, shift)| word | (sextet << shift));
        [16, 8, 0]
            .into_iter()
            .take(chunk.len() - 1)
            .map(|shift| (word >> shift) as u8)
            .collect::<Vec<u8>>()
    };
    sextets.chunks(4).flat_map(bytes).collect()
}

/// Every record, or `None` (said in a line) without the corpus.
pub fn records() -> Option<Vec<Record>> {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/provider-usage.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: no recorded usage at {}", path.display());
        return None;
    };
    let read = |line: &str| serde_json::from_str(line).expect("a record is JSON");
    Some(text.lines().map(read).collect())
}
