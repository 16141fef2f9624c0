//! Which dialect a body is written in.
//!
//! Fields of the body decide where they can; else the first entry of the list that only one dialect allows; else the model's
//! name, where its maker's own API has a dialect of its own. What every dialect would read alike is Chat Completions.
//!
//! Fields come first because they stay as messages are appended. Of entries the first that tells decides, so that appending
//! changes the answer only while nothing has told yet; a session then reads again what it holds.

use serde_json::{Map, Value};

use super::gemini;
use crate::conversation::Dialect;

/// Fields of Chat Completions that no other dialect of `messages` has.
const CHAT: [&str; 13] = [
    "max_completion_tokens",
    "stream_options",
    "parallel_tool_calls",
    "reasoning_effort",
    "functions",
    "function_call",
    "logit_bias",
    "n",
    "modalities",
    "prediction",
    "store",
    "web_search_options",
    "prompt_cache_key",
];

/// Other fields that one dialect of `messages` alone has.
#[rustfmt::skip] // One dialect per line.
const FIELDS: [(Dialect, &[&str]); 5] = [
    (Dialect::BedrockConverse, &["inferenceConfig", "toolConfig", "additionalModelRequestFields", "guardrailConfig", "outputConfig"]),
    (Dialect::Anthropic, &["anthropic_version", "anthropic_beta", "mcp_servers", "output_config", "context_management"]),
    (Dialect::AiSdk, &["maxOutputTokens", "providerOptions", "responseFormat", "stopWhen", "prepareStep", "activeTools"]),
    (Dialect::Autogen, &["llm_context", "llm_messages", "agent_states", "message_thread"]),
    (Dialect::Cohere, &["message", "chat_history", "preamble", "citation_options", "safety_mode"]),
];

/// Fields of Google's Interactions API, whose list is called `input` too.
const INTERACTION: [&str; 4] = [
    "generation_config",
    "previous_interaction_id",
    "response_modalities",
    "system_instruction",
];

/// The dialect of a body without its list (`rest`), whose list was found under `key`.
pub(super) fn dialect<'a>(
    rest: &Value,
    key: Option<&str>,
    entries: impl Iterator<Item = &'a Value>,
) -> Dialect {
    let empty = Map::new();
    let fields = rest.as_object().unwrap_or(&empty);
    let mut entries = entries.peekable();
    let first = entries.peek().copied();
    match key {
        Some("contents") => return Dialect::Gemini,
        Some("input") if INTERACTION.iter().any(|field| fields.contains_key(*field)) => {
            return Dialect::Gemini;
        }
        Some("input") => return Dialect::OpenaiResponses,
        Some("prompt") if first.is_none_or(|first| !first.is_object()) => {
            return Dialect::Completions;
        }
        Some("prompt") => return Dialect::AiSdk,
        _ => {}
    }
    if key.is_none() && has_server_history(fields) {
        return Dialect::OpenaiResponses;
    }
    if key.is_none() && is_titan(fields) {
        return Dialect::Completions;
    }
    if let Some(dialect) = of_fields(fields) {
        return dialect;
    }
    // Cohere's messages are those of Chat Completions as long as they say nothing of their own.
    let hint = of_model(fields, first).or_else(|| {
        // A text beside `messages` is Anthropic's, and the AI SDK's, which reads the same.
        fields.get("system")?.as_str().map(|_| Dialect::Anthropic)
    });
    let names_model = fields.get("model").is_some_and(Value::is_string);
    let told = entries
        .filter_map(|entry| of_entry(entry, names_model))
        .find(|told| *told != Dialect::OpenaiChat || hint != Some(Dialect::Cohere));
    told.or(hint).unwrap_or(Dialect::OpenaiChat)
}

/// Whether a body is one of Amazon's Titan, which Bedrock's `InvokeModel` takes.
fn is_titan(fields: &Map<String, Value>) -> bool {
    fields.get("inputText").is_some_and(Value::is_string)
}

/// Whether a body without a list holds messages somewhere else: the first version of Cohere's chat, AutoGen's saved states,
/// the request inside Gemini's `countTokens`, the text of Titan, and Responses where the provider keeps them.
pub(super) fn has_messages_elsewhere(fields: &Map<String, Value>) -> bool {
    has_server_history(fields)
        || is_titan(fields)
        || matches!(
            of_fields(fields),
            Some(Dialect::Cohere | Dialect::Autogen | Dialect::Gemini)
        )
}

/// Whether a Responses body names messages that the provider keeps.
pub(super) fn has_server_history(fields: &Map<String, Value>) -> bool {
    let field = |key: &str| fields.get(key).unwrap_or(&Value::Null);
    field("previous_response_id").is_string()
        || field("conversation").is_string()
        || [field("conversation"), field("prompt")]
            .into_iter()
            .any(|stored| stored.get("id").is_some_and(Value::is_string))
}

/// By fields that one dialect alone has.
fn of_fields(fields: &Map<String, Value>) -> Option<Dialect> {
    let get = |field: &str| fields.get(field).filter(|value| !value.is_null());
    let has = |field: &str| get(field).is_some();
    if let Some((dialect, _)) = FIELDS
        .iter()
        .find(|(_, own)| own.iter().any(|field| has(field)))
    {
        return Some(*dialect);
    }
    if gemini::is_nested(fields) {
        return Some(Dialect::Gemini);
    }
    if get("thinking").is_some_and(|thinking| thinking.get("budget_tokens").is_some()) {
        return Some(Dialect::Anthropic);
    }
    if get("model").is_some_and(|model| model.get("modelId").is_some()) {
        return Some(Dialect::AiSdk);
    }
    match get("tools") {
        Some(Value::Array(tools)) => {
            if let Some(dialect) = tools.iter().find_map(of_tool) {
                return Some(dialect);
            }
        }
        Some(Value::Object(tools)) if !tools.is_empty() => return Some(Dialect::AiSdk),
        _ => {}
    }
    match get("system") {
        Some(Value::Array(blocks)) if blocks.iter().any(|block| block.get("role").is_some()) => {
            return Some(Dialect::AiSdk);
        }
        Some(Value::Array(blocks))
            if !blocks.is_empty() && blocks.iter().all(|block| block.get("type").is_none()) =>
        {
            return Some(Dialect::BedrockConverse);
        }
        Some(Value::Array(_)) => return Some(Dialect::Anthropic),
        _ => {}
    }
    let sampled = ["temperature", "top_p", "max_tokens", "seed"];
    let is_ollama = (get("options").is_some_and(Value::is_object) && !sampled.into_iter().any(has))
        || has("keep_alive")
        || has("format")
        || has("think");
    is_ollama.then_some(Dialect::Ollama)
}

/// By a declared tool.
fn of_tool(tool: &Value) -> Option<Dialect> {
    let fields = tool.as_object()?;
    if fields.contains_key("toolSpec") {
        return Some(Dialect::BedrockConverse);
    }
    if fields.contains_key("inputSchema") {
        return Some(Dialect::AiSdk);
    }
    // Tools of Anthropic carry the date of their version.
    let kind = fields.get("type").and_then(Value::as_str);
    let is_dated = kind.is_some_and(|kind| {
        kind.rsplit_once('_').is_some_and(|(_, date)| {
            date.len() == 8 && date.bytes().all(|digit| digit.is_ascii_digit())
        })
    });
    (fields.contains_key("input_schema") || is_dated && fields.contains_key("name"))
        .then_some(Dialect::Anthropic)
}

/// By the name of a model whose maker has an API of its own, as that API calls it.
fn of_model(fields: &Map<String, Value>, first: Option<&Value>) -> Option<Dialect> {
    let model = fields.get("model")?.as_str()?;
    let has = |field: &str| fields.get(field).is_some_and(|value| !value.is_null());
    if CHAT.into_iter().any(has) {
        return None;
    }
    if model.starts_with("command") || model.starts_with("c4ai-") {
        return Some(Dialect::Cohere);
    }
    let instructed = first.and_then(|first| first.get("role")?.as_str()) == Some("system");
    let declares_functions = fields
        .get("tools")
        .and_then(|tools| tools.get(0)?.get("function"))
        .is_some();
    if !model.starts_with("claude-") || instructed || declares_functions || has("response_format") {
        return None;
    }
    // Messages requires `max_tokens`; counting tokens takes neither that nor `stream`.
    (has("max_tokens") || !has("stream")).then_some(Dialect::Anthropic)
}

/// The types of LangChain's messages.
const LANGCHAIN: [&str; 10] = [
    "human",
    "ai",
    "system",
    "tool",
    "function",
    "developer",
    "chat",
    "generic",
    "remove",
    "AIMessageChunk",
];

/// By an entry that one dialect alone allows. Converse names its model outside the body: where a body does, a part without a
/// type is a mistake in Chat.
fn of_entry(entry: &Value, names_model: bool) -> Option<Dialect> {
    if let Value::Array(pair) = entry {
        let kind = pair.first().and_then(Value::as_str)?;
        let is_pair = pair.len() == 2
            && (LANGCHAIN.contains(&kind) || matches!(kind, "user" | "assistant" | "placeholder"));
        return is_pair.then_some(Dialect::Langchain);
    }
    let fields = entry.as_object()?;
    let has = |key: &str| fields.contains_key(key);
    let text = |key: &str| fields.get(key).and_then(Value::as_str);
    let kind = text("type");
    if has("lc") || has("lc_kwargs") || has("lc_serializable") {
        return Some(Dialect::Langchain);
    }
    if !has("role") {
        if kind.is_some_and(|kind| LANGCHAIN.contains(&kind) || kind.ends_with("MessageChunk")) {
            return Some(Dialect::Langchain);
        }
        if kind.is_some_and(|kind| kind.ends_with("Message") || kind.ends_with("Event"))
            || text("source").is_some()
        {
            return Some(Dialect::Autogen);
        }
    }
    if kind.is_some_and(|kind| {
        kind == "item_reference"
            || kind.ends_with("_call")
            || kind.ends_with("_call_output")
            || (kind == "reasoning" && has("summary"))
    }) {
        return Some(Dialect::OpenaiResponses);
    }
    if has("tool_responses") {
        return Some(Dialect::Autogen);
    }
    if let Some(parts) = fields.get("parts").filter(|_| !has("content")) {
        // Messages of the AI SDK's user interface have typed parts.
        let is_typed = parts.get(0).is_some_and(|part| part.get("type").is_some());
        return Some(if is_typed {
            Dialect::AiSdk
        } else {
            Dialect::Gemini
        });
    }
    if has("tool_plan") {
        return Some(Dialect::Cohere);
    }
    if has("images") || has("tool_name") {
        return Some(Dialect::Ollama);
    }
    if text("role") == Some("tool") && has("tool_call_id") || text("role") == Some("developer") {
        return Some(Dialect::OpenaiChat);
    }
    if has("providerOptions") || has("experimental_providerMetadata") {
        return Some(Dialect::AiSdk);
    }
    if let Some(Value::Array(calls)) = fields.get("tool_calls")
        && let Some(dialect) = calls.iter().find_map(of_call)
    {
        return Some(dialect);
    }
    match fields.get("content") {
        Some(Value::Array(parts)) => parts
            .iter()
            .find_map(|part| of_part(part).or_else(|| of_converse(part, names_model))),
        _ => None,
    }
}

/// By a call that a message lists beside its content.
fn of_call(call: &Value) -> Option<Dialect> {
    if call.get("args").is_some() {
        return Some(Dialect::Langchain);
    }
    // With an id but without an index it is a call of Chat Completions whose arguments were not written as a text.
    let function = call.get("function")?;
    let is_ollama = function.get("arguments").is_some_and(Value::is_object)
        && (call.get("id").is_none() || function.get("index").is_some());
    is_ollama.then_some(Dialect::Ollama)
}

/// By a part of a message's content.
fn of_part(part: &Value) -> Option<Dialect> {
    let fields = part.as_object()?;
    let has = |key: &str| fields.contains_key(key);
    if has("providerOptions") {
        return Some(Dialect::AiSdk);
    }
    if has("source_type") {
        return Some(Dialect::Langchain);
    }
    match fields.get("type").and_then(Value::as_str) {
        Some(
            "tool_use"
            | "tool_result"
            | "redacted_thinking"
            | "server_tool_use"
            | "web_search_tool_result"
            | "search_result"
            | "container_upload",
        ) => Some(Dialect::Anthropic),
        // Mistral's thinking is a list of parts.
        Some("thinking") if fields.get("thinking").is_some_and(Value::is_string) => {
            Some(Dialect::Anthropic)
        }
        Some("image" | "document") if fields.get("source").is_some_and(Value::is_object) => {
            Some(Dialect::Anthropic)
        }
        Some("input_text" | "output_text" | "input_image" | "input_file") => {
            Some(Dialect::OpenaiResponses)
        }
        Some(
            "tool-call"
            | "tool-result"
            | "redacted-reasoning"
            | "reasoning-file"
            | "tool-approval-request"
            | "tool-approval-response",
        ) => Some(Dialect::AiSdk),
        Some("reasoning") if has("reasoning") => Some(Dialect::Langchain),
        Some("reasoning") => Some(Dialect::AiSdk),
        Some("file") if has("mediaType") || has("mimeType") || has("data") => Some(Dialect::AiSdk),
        Some("image") if has("image") => Some(Dialect::AiSdk),
        Some("tool_call") => Some(Dialect::Langchain),
        _ => None,
    }
}

/// By a part without a type, which has the one field that it is.
fn of_converse(part: &Value, names_model: bool) -> Option<Dialect> {
    let fields = part.as_object()?;
    let own = [
        "toolUse",
        "toolResult",
        "image",
        "document",
        "reasoningContent",
        "cachePoint",
        "video",
        "guardContent",
        "text",
    ];
    let mut own = own.into_iter().filter(|key| !names_model || *key != "text");
    (!fields.contains_key("type") && own.any(|key| fields.contains_key(key)))
        .then_some(Dialect::BedrockConverse)
}
