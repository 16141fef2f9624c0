//! Each named invariant has a transcript that breaks it and nothing else; what is legal raises nothing; repairs hold.

mod broken;
mod damaged;
mod legal;
mod repaired;

use serde_json::{Value, json};
use token_headroom::Dialect;

const CHAT: Dialect = Dialect::OpenaiChat;
const RESPONSES: Dialect = Dialect::OpenaiResponses;
const CLAUDE: Dialect = Dialect::Anthropic;
const GEMINI: Dialect = Dialect::Gemini;
const AI_SDK: Dialect = Dialect::AiSdk;
const LANGCHAIN: Dialect = Dialect::Langchain;
const CONVERSE: Dialect = Dialect::BedrockConverse;

fn list(request: &Value) -> &Vec<Value> {
    let keys = ["messages", "contents", "input"];
    let found = keys
        .into_iter()
        .find_map(|key| request.get(key))
        .unwrap_or(request);
    found.as_array().expect("a list of messages")
}

fn with_list(request: &Value, messages: Vec<Value>) -> Value {
    let mut request = request.clone();
    let keys = ["messages", "contents", "input"];
    match keys.into_iter().find(|key| request.get(*key).is_some()) {
        Some(key) => request[key] = messages.into(),
        None => request = messages.into(),
    }
    request
}

fn user(text: &str) -> Value {
    json!({ "role": "user", "content": text })
}

fn chat_call(id: &str) -> Value {
    json!({ "role": "assistant", "content": null, "tool_calls": [
        { "id": id, "type": "function", "function": { "name": "f", "arguments": "{}" } } ] })
}

fn claude_call(id: &str) -> Value {
    json!({ "role": "assistant", "content": [{ "type": "tool_use", "id": id, "name": "f", "input": {} }] })
}

fn messages(messages: Vec<Value>) -> Value {
    json!({ "messages": messages })
}
