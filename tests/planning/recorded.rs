//! Recorded agent histories as requests.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde_json::{Value, json};

/// A recorded history as a request in its own dialect, with a model that could have been asked.
pub struct Recorded {
    pub id: String,
    pub dialect: &'static str,
    pub model: &'static str,
    pub request: Value,
}

/// Every history of the corpus; `None`, with a line, when it is absent.
pub fn recorded() -> Option<Vec<Recorded>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/trajectories.jsonl");
    let Ok(file) = File::open(&path) else {
        println!("skipped: {} is absent", path.display());
        return None;
    };
    let lines = BufReader::new(file).lines();
    let all = lines.map(|line| {
        let trajectory: Value = serde_json::from_str(&line.expect("a line")).expect("JSON");
        read(&trajectory)
    });
    Some(all.collect())
}

fn read(trajectory: &Value) -> Recorded {
    let native = trajectory["native"].as_str().unwrap_or_default();
    let (dialect, model, request) = match trajectory["format"].as_str() {
        Some("openai.chat") => ("openai_chat", "gpt-4o", chat(trajectory)),
        Some("anthropic.messages") => ("anthropic", "claude-opus-4-5", anthropic(trajectory)),
        Some("autogen") => ("autogen", "gpt-4o", trajectory["messages"].clone()),
        _ => match native {
            "langgraph" | "deerflow-events" => {
                ("langchain", "gpt-4o", trajectory["messages"].clone())
            }
            "pi-agent" => ("anthropic", "claude-opus-4-5", pi(trajectory)),
            "gemini-cli" => ("gemini", "gemini-2.5-flash", gemini_cli(trajectory)),
            "openhands-events" => ("openai_chat", "gpt-4o", openhands(trajectory)),
            other => panic!("no reader for {other}"),
        },
    };
    Recorded {
        id: trajectory["id"].as_str().unwrap_or_default().to_owned(),
        dialect,
        model,
        request,
    }
}

fn messages(trajectory: &Value) -> &[Value] {
    trajectory["messages"].as_array().expect("messages")
}

fn chat(trajectory: &Value) -> Value {
    let mut request = json!({ "model": "gpt-4o" });
    let system = trajectory["system"].as_str();
    let system = system.map(|text| json!({ "role": "system", "content": text }));
    let rest = messages(trajectory).iter().cloned();
    request["messages"] = system.into_iter().chain(rest).collect();
    if let Some(tools) = trajectory.get("tools").filter(|tools| tools.is_array()) {
        request["tools"] = tools.clone();
    }
    request
}

fn anthropic(trajectory: &Value) -> Value {
    let mut request = json!({ "model": "claude-opus-4-5", "max_tokens": 1 });
    for key in ["system", "tools"] {
        if let Some(value) = trajectory.get(key).filter(|value| !value.is_null()) {
            request[key] = value.clone();
        }
    }
    request["messages"] = trajectory["messages"].clone();
    request
}

/// Pi's own shape is close to Anthropic's.
fn pi(trajectory: &Value) -> Value {
    let mut all: Vec<Value> = Vec::new();
    for message in messages(trajectory) {
        let parts = message["content"].as_array().cloned().unwrap_or_default();
        match message["role"].as_str() {
            Some("toolResult") => {
                let block = json!({
                    "type": "tool_result", "tool_use_id": message["toolCallId"],
                    "content": text_of(&message["content"]), "is_error": message["isError"] == true,
                });
                match all.last_mut() {
                    Some(last) if last["content"][0]["type"] == "tool_result" => {
                        last["content"].as_array_mut().expect("blocks").push(block);
                    }
                    _ => all.push(json!({ "role": "user", "content": [block] })),
                }
            }
            Some("assistant") => {
                let blocks = parts.iter().filter_map(|part| match part["type"].as_str()? {
                    "toolCall" => Some(json!({
                        "type": "tool_use", "id": part["id"], "name": part["name"], "input": part["arguments"],
                    })),
                    "thinking" => Some(json!({
                        "type": "thinking", "thinking": part["thinking"],
                        "signature": part["thinkingSignature"].as_str().unwrap_or("c2ln"),
                    })),
                    "text" if part["text"] != "" => Some(json!({ "type": "text", "text": part["text"] })),
                    _ => None,
                });
                let blocks: Vec<Value> = blocks.collect();
                if !blocks.is_empty() {
                    all.push(json!({ "role": "assistant", "content": blocks }));
                }
            }
            _ => {
                let text = text_of(&message["content"]);
                if !text.is_empty() {
                    all.push(json!({ "role": "user", "content": text }));
                }
            }
        }
    }
    json!({ "model": "claude-opus-4-5", "max_tokens": 1, "messages": all })
}

fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts
            .iter()
            .filter_map(|part| part["text"].as_str())
            .collect::<Vec<_>>()
            .join("\n"),
        _ => String::new(),
    }
}

fn gemini_cli(trajectory: &Value) -> Value {
    let mut contents: Vec<Value> = Vec::new();
    for message in messages(trajectory) {
        let text = text_of(&message["content"]);
        if message["type"] != "gemini" {
            contents.push(json!({ "role": "user", "parts": [{ "text": text }] }));
            continue;
        }
        let calls = message["toolCalls"].as_array().cloned().unwrap_or_default();
        let mut parts = Vec::new();
        if !text.is_empty() {
            parts.push(json!({ "text": text }));
        }
        parts.extend(calls.iter().map(
            |call| json!({ "functionCall": { "id": call["id"], "name": call["name"], "args": call["args"] } }),
        ));
        if parts.is_empty() {
            continue;
        }
        contents.push(json!({ "role": "model", "parts": parts }));
        if !calls.is_empty() {
            let answers = calls.iter().map(|call| {
                json!({ "functionResponse": {
                    "id": call["id"], "name": call["name"], "response": { "output": call["result"].to_string() },
                } })
            });
            contents.push(json!({ "role": "user", "parts": answers.collect::<Vec<_>>() }));
        }
    }
    json!({ "contents": contents })
}

/// Actions as calls, what they showed as results.
fn openhands(trajectory: &Value) -> Value {
    let mut all: Vec<Value> = Vec::new();
    let mut open: Option<String> = None;
    for event in messages(trajectory) {
        let text = event["content"].as_str().or(event["message"].as_str());
        let text = text.unwrap_or_default();
        let id = format!("call_{}", event["id"]);
        match (event["action"].as_str(), event["observation"].as_str()) {
            (Some("system"), _) => all.push(json!({ "role": "system", "content": text })),
            (Some("message"), _) if event["source"] == "user" => {
                let said = event["args"]["content"].as_str().unwrap_or(text);
                all.push(json!({ "role": "user", "content": said }));
            }
            (Some(action), _) if open.is_none() => {
                all.push(
                    json!({ "role": "assistant", "content": null, "tool_calls": [{
                    "id": id, "type": "function",
                    "function": { "name": action, "arguments": event["args"].to_string() },
                }] }),
                );
                open = Some(id);
            }
            (_, Some(_)) => {
                if let Some(id) = open.take() {
                    all.push(json!({ "role": "tool", "tool_call_id": id, "content": text }));
                }
            }
            _ => {}
        }
    }
    json!({ "model": "gpt-4o", "messages": all })
}
