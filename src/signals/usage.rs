//! What a provider reported, whatever it calls the fields.

use serde_json::Value;

use token_headroom_encoding::{Code, Error, Result};

/// The parts of a usage report that tell about the prompt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Tokens of the prompt, cached ones included.
    pub prompt: u32,
    /// Tokens of the answer, when reported.
    pub output: Option<u32>,
    /// Why the answer ended, when it was passed along.
    pub stop: Option<String>,
    /// Whether the server says itself that it cut the prompt (llama.cpp).
    pub is_cut: bool,
}

/// Fields that hold the whole prompt, each with the fields that come on top of it.
///
/// OpenAI Chat; Ollama; llama.cpp; Gemini; Anthropic and OpenAI Responses, whose `input_tokens` are without and with cached
/// tokens; Bedrock and the AI SDK, likewise.
const PROMPT: [(&str, &[&str]); 6] = [
    ("prompt_tokens", &[]),
    ("prompt_eval_count", &[]),
    ("tokens_evaluated", &[]),
    ("promptTokenCount", &["toolUsePromptTokenCount"]),
    (
        "input_tokens",
        &["cache_creation_input_tokens", "cache_read_input_tokens"],
    ),
    (
        "inputTokens",
        &["cacheReadInputTokens", "cacheWriteInputTokens"],
    ),
];
/// Fields that hold the answer.
const OUTPUT: [&str; 6] = [
    "completion_tokens",
    "eval_count",
    "tokens_predicted",
    "candidatesTokenCount",
    "output_tokens",
    "outputTokens",
];
/// Members of a whole response in which usage is found.
const WITHIN: [&[&str]; 7] = [
    &["usage"],
    &["usage", "tokens"],
    &["usageMetadata"],
    &["usage_metadata"],
    &["meta", "tokens"],
    &["tokens"],
    &["response", "usage"],
];

impl Report {
    /// Reads a usage object, or a whole response that holds one.
    ///
    /// # Errors
    /// [`InvalidValue`](Code::InvalidValue) when no number of prompt tokens is found.
    pub fn read(given: &Value) -> Result<Self> {
        let within = WITHIN
            .iter()
            .filter_map(|path| path.iter().try_fold(given, |value, key| value.get(*key)));
        let found = std::iter::once(given)
            .chain(within)
            .find_map(|usage| Some((usage, prompt(usage)?)));
        let Some((usage, prompt)) = found else {
            let message = "found no number of prompt tokens, expected one";
            return Err(
                Error::new(Code::InvalidValue, "usage.prompt_tokens", message).with_hint(
                    "pass the `usage` object of the answer, or the whole answer, as it is",
                ),
            );
        };
        Ok(Self {
            prompt,
            output: OUTPUT.iter().find_map(|key| number(usage.get(*key)?)),
            stop: stop(given).map(str::to_owned),
            is_cut: given.get("truncated").and_then(Value::as_bool) == Some(true),
        })
    }
}

/// Prompt tokens of a usage object of any provider; cached tokens are part of them.
#[must_use]
pub fn prompt_tokens(usage: &Value) -> Option<u32> {
    Report::read(usage).ok().map(|report| report.prompt)
}

fn prompt(usage: &Value) -> Option<u32> {
    PROMPT.iter().find_map(|(key, more)| {
        let own = number(usage.get(*key)?)?;
        let more = more.iter().filter_map(|key| number(usage.get(*key)?));
        Some(more.fold(own, u32::saturating_add))
    })
}

/// A number of tokens; the AI SDK's newest usage has them as `{ "total": 12 }`.
fn number(value: &Value) -> Option<u32> {
    let tokens = value.get("total").unwrap_or(value).as_f64()?;
    // JavaScript knows floats alone; what is no whole number is no count.
    let is_count = tokens >= 0.0 && tokens <= f64::from(u32::MAX) && tokens.fract() == 0.0;
    is_count.then_some(tokens as u32)
}

/// Why the answer ended: OpenAI, Anthropic and Converse, Gemini, Ollama, the AI SDK.
fn stop(given: &Value) -> Option<&str> {
    [
        "/choices/0/finish_reason",
        "/stop_reason",
        "/stopReason",
        "/candidates/0/finishReason",
        "/done_reason",
        "/finishReason",
        "/finish_reason",
        "/incomplete_details/reason",
    ]
    .iter()
    .find_map(|path| given.pointer(path)?.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_provider_s_report_is_read() {
        for (usage, prompt) in [
            (
                json!({ "prompt_tokens": 12, "completion_tokens": 3, "prompt_tokens_details": { "cached_tokens": 8 } }),
                12,
            ),
            (
                json!({ "input_tokens": 12, "input_tokens_details": { "cached_tokens": 8 } }),
                12,
            ),
            (
                json!({ "input_tokens": 2, "cache_creation_input_tokens": 4, "cache_read_input_tokens": 6 }),
                12,
            ),
            (
                json!({ "inputTokens": 2, "cacheReadInputTokens": 4, "cacheWriteInputTokens": 6 }),
                12,
            ),
            (
                json!({ "inputTokens": { "total": 12, "cacheRead": 4 } }),
                12,
            ),
            (
                json!({ "usageMetadata": { "promptTokenCount": 12, "cachedContentTokenCount": 5 } }),
                12,
            ),
            (json!({ "usage": { "tokens": { "input_tokens": 12 } } }), 12),
            (
                json!({ "meta": { "tokens": { "input_tokens": 12 }, "billed_units": { "input_tokens": 1 } } }),
                12,
            ),
            (json!({ "prompt_eval_count": 12, "eval_count": 1 }), 12),
            (
                json!({ "usage_metadata": { "input_tokens": 12, "input_token_details": { "cache_read": 3 } } }),
                12,
            ),
            (json!({ "prompt_tokens": -1 }), 0),
            (json!({ "prompt_tokens": 1.5 }), 0),
            (json!("12"), 0),
        ] {
            assert_eq!(prompt_tokens(&usage).unwrap_or(0), prompt, "{usage}");
        }
    }

    #[test]
    fn a_whole_answer_tells_why_it_ended() {
        let answer = json!({
            "choices": [{ "finish_reason": "length" }],
            "usage": { "prompt_tokens": 9, "completion_tokens": 0 },
        });
        let report = Report::read(&answer).expect("a report");
        assert_eq!((report.prompt, report.output), (9, Some(0)));
        assert_eq!(report.stop.as_deref(), Some("length"));
    }
}
