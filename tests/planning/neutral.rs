//! Small random agent histories, and how each dialect writes them.
//!
//! It uses nothing of the crate, so that the crate's own tests can include it.
#![allow(dead_code)] // Each test file uses a part.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

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

fn text(longest: usize) -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (0_usize..26, 1..longest).prop_map(|(seed, count)| words(seed, count)),
        1 => (1..longest / 4 + 2).prop_map(|n| "een regel tekst\nen nog een\n".repeat(n)),
        1 => "\\PC{1,60}",
    ]
}

fn result(longest: usize) -> impl Strategy<Value = String> {
    prop_oneof![
        // Few seeds and sizes, so that results repeat.
        4 => (0_usize..2, prop_oneof![Just(40_usize), Just(160)])
            .prop_map(move |(seed, count)| words(seed, count.min(longest))),
        5 => (0_usize..26, 5..longest).prop_map(|(seed, count)| words(seed, count)),
        1 => (1..longest / 8 + 2).prop_map(|n| format!("regel {n} van de uitvoer\n").repeat(n)),
        1 => (1..longest / 10 + 2).prop_map(|n| serde_json::to_string(&vec![json!({"k": "värde", "n": n}); n]).unwrap()),
        1 => "\\PC{0,80}",
    ]
}

fn call(longest: usize) -> impl Strategy<Value = (&'static str, Value, String, bool)> {
    let path = prop_oneof![Just("src/a.rs"), Just("src/b.rs"), Just("docs/c.md")];
    (0_usize..4, path, result(longest), prop::bool::weighted(0.1)).prop_map(
        |(tool, path, result, failed)| match tool {
            0 | 1 => ("read_file", json!({ "path": path }), result, failed),
            2 => (
                "write_file",
                json!({ "path": path, "content": "fn main() {}" }),
                "ok".to_owned(),
                failed,
            ),
            _ => ("search_web", json!({ "q": path }), result, failed),
        },
    )
}

fn thought() -> impl Strategy<Value = String> {
    prop_oneof![
        1 => Just(String::new()),
        1 => (1_usize..60).prop_map(|count| words(7, count)),
    ]
}

fn turn(longest: usize, parallel: usize) -> impl Strategy<Value = Turn> {
    prop_oneof![
        2 => text(longest).prop_map(Turn::User),
        2 => (thought(), text(longest)).prop_map(|(thought, text)| Turn::Said { thought, text }),
        6 => (thought(), any::<bool>(), prop::collection::vec(call(longest), 1..=parallel)).prop_map(
            |(thought, says, calls)| Turn::Tools {
                thought,
                text: if says { "I look.".to_owned() } else { String::new() },
                calls: calls
                    .into_iter()
                    .map(|(tool, arguments, result, failed)| Call {
                        id: String::new(), tool, arguments, result: Some(result), failed,
                    })
                    .collect(),
            }
        ),
    ]
}

/// Histories of `turns` turns whose texts have up to `longest` words, with up to `parallel` calls at once.
pub fn history(
    turns: std::ops::Range<usize>,
    longest: usize,
    parallel: usize,
) -> impl Strategy<Value = History> {
    (
        prop::bool::weighted(0.6),
        text(20),
        prop::collection::vec(turn(longest, parallel), turns),
        prop::bool::weighted(0.15),
    )
        .prop_map(|(system, first, turns, waits)| settled(system, first, turns, waits))
}

/// The turns in an order that every dialect allows: the user begins, and answers what was said.
fn settled(system: bool, first: String, turns: Vec<Turn>, waits: bool) -> History {
    let mut all = vec![Turn::User(first)];
    for turn in turns {
        let answers = !matches!(turn, Turn::User(_));
        if answers && matches!(all.last(), Some(Turn::Said { .. })) {
            all.push(Turn::User("Go on.".to_owned()));
        }
        all.push(turn);
    }
    if matches!(all.last(), Some(Turn::Said { .. })) {
        all.push(Turn::User("And now?".to_owned()));
    }
    for (at, turn) in all.iter_mut().enumerate() {
        if let Turn::Tools { calls, .. } = turn {
            for (position, call) in calls.iter_mut().enumerate() {
                call.id = format!("call_{at}_{position}");
            }
        }
    }
    if let (true, Some(Turn::Tools { calls, .. })) = (waits, all.last_mut()) {
        for call in calls {
            call.result = None;
        }
    }
    History {
        system: system.then(|| "You work on the repository.".to_owned()),
        turns: all,
    }
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

fn chat_call(call: &Call) -> Value {
    json!({ "id": call.id, "type": "function", "function": {
        "name": call.tool, "arguments": call.arguments.to_string(),
    } })
}

fn chat(history: &History) -> Value {
    let mut messages: Vec<Value> = Vec::new();
    messages.extend(
        history
            .system
            .iter()
            .map(|text| json!({ "role": "system", "content": text })),
    );
    for turn in &history.turns {
        match turn {
            Turn::User(text) => messages.push(json!({ "role": "user", "content": text })),
            Turn::Said { text, .. } => {
                messages.push(json!({ "role": "assistant", "content": text }));
            }
            Turn::Tools { text, calls, .. } => {
                messages.push(json!({
                    "role": "assistant", "content": if text.is_empty() { Value::Null } else { json!(text) },
                    "tool_calls": calls.iter().map(chat_call).collect::<Vec<_>>(),
                }));
                messages.extend(answers(calls).map(|(call, text)| {
                    json!({ "role": "tool", "tool_call_id": call.id, "content": text })
                }));
            }
        }
    }
    json!({ "model": "gpt-4o", "messages": messages })
}

fn answers(calls: &[Call]) -> impl Iterator<Item = (&Call, &str)> {
    calls
        .iter()
        .filter_map(|call| Some((call, call.result.as_deref()?)))
}

fn responses(history: &History) -> Value {
    let mut input: Vec<Value> = Vec::new();
    let reasoning = |at: usize, thought: &str| {
        json!({
            "type": "reasoning", "id": format!("rs_{at}"),
            "summary": [{ "type": "summary_text", "text": thought }], "encrypted_content": "gAAAA".repeat(20),
        })
    };
    let said = |text: &str| {
        json!({
            "type": "message", "role": "assistant", "content": [{ "type": "output_text", "text": text }],
        })
    };
    for (at, turn) in history.turns.iter().enumerate() {
        match turn {
            Turn::User(text) => input.push(json!({ "role": "user", "content": text })),
            Turn::Said { thought, text } => {
                if !thought.is_empty() {
                    input.push(reasoning(at, thought));
                }
                input.push(said(text));
            }
            Turn::Tools {
                thought,
                text,
                calls,
            } => {
                if !thought.is_empty() {
                    input.push(reasoning(at, thought));
                }
                if !text.is_empty() {
                    input.push(said(text));
                }
                input.extend(calls.iter().map(|call| {
                    json!({
                        "type": "function_call", "call_id": call.id, "name": call.tool,
                        "arguments": call.arguments.to_string(),
                    })
                }));
                input.extend(answers(calls).map(|(call, text)| {
                    json!({ "type": "function_call_output", "call_id": call.id, "output": text })
                }));
            }
        }
    }
    let mut body = json!({ "model": "gpt-4o", "store": false, "input": input });
    if let Some(text) = &history.system {
        body["instructions"] = json!(text);
    }
    body
}

fn anthropic(history: &History, model: &str, thinks: bool) -> Value {
    let mut messages: Vec<Value> = Vec::new();
    let begun = |thought: &str, text: &str| {
        let mut blocks = Vec::new();
        if thinks && !thought.is_empty() {
            blocks.push(
                json!({ "type": "thinking", "thinking": thought, "signature": "c2ln".repeat(40) }),
            );
        }
        if !text.is_empty() {
            blocks.push(json!({ "type": "text", "text": text }));
        }
        blocks
    };
    for turn in &history.turns {
        match turn {
            Turn::User(text) => messages.push(json!({ "role": "user", "content": text })),
            Turn::Said { thought, text } => {
                messages.push(json!({ "role": "assistant", "content": begun(thought, text) }));
            }
            Turn::Tools {
                thought,
                text,
                calls,
            } => {
                let mut blocks = begun(thought, text);
                blocks.extend(calls.iter().map(|call| {
                    json!({ "type": "tool_use", "id": call.id, "name": call.tool, "input": call.arguments })
                }));
                messages.push(json!({ "role": "assistant", "content": blocks }));
                let results: Vec<Value> = answers(calls)
                    .map(|(call, text)| {
                        json!({
                            "type": "tool_result", "tool_use_id": call.id, "content": text, "is_error": call.failed,
                        })
                    })
                    .collect();
                if !results.is_empty() {
                    messages.push(json!({ "role": "user", "content": results }));
                }
            }
        }
    }
    let mut body = json!({ "model": model, "max_tokens": 4096, "messages": messages });
    if thinks {
        body["thinking"] = json!({ "type": "enabled", "budget_tokens": 1024 });
    }
    if let Some(text) = &history.system {
        body["system"] =
            json!([{ "type": "text", "text": text, "cache_control": { "type": "ephemeral" } }]);
    }
    body
}

/// Adds to the last message if it has the role, as roles must take turns.
fn joined(messages: &mut Vec<Value>, role: &str, key: &str, parts: Vec<Value>) {
    if parts.is_empty() {
        return;
    }
    match messages.last_mut() {
        Some(last) if last["role"] == role => {
            if let Some(known) = last[key].as_array_mut() {
                known.extend(parts);
            }
        }
        _ => messages.push(Value::Object(Map::from_iter([
            ("role".to_owned(), json!(role)),
            (key.to_owned(), parts.into()),
        ]))),
    }
}

fn gemini(history: &History) -> Value {
    let mut contents: Vec<Value> = Vec::new();
    let begun = |thought: &str, text: &str| {
        let mut parts = Vec::new();
        if !thought.is_empty() {
            parts.push(json!({ "text": thought, "thought": true }));
        }
        if !text.is_empty() {
            parts.push(json!({ "text": text }));
        }
        parts
    };
    for turn in &history.turns {
        match turn {
            Turn::User(text) => {
                contents.push(json!({ "role": "user", "parts": [{ "text": text }] }));
            }
            Turn::Said { thought, text } => {
                contents.push(json!({ "role": "model", "parts": begun(thought, text) }));
            }
            Turn::Tools {
                thought,
                text,
                calls,
            } => {
                let mut parts = begun(thought, text);
                parts.extend(calls.iter().enumerate().map(|(at, call)| {
                    let mut part = json!({ "functionCall": { "id": call.id, "name": call.tool, "args": call.arguments } });
                    if at == 0 {
                        part["thoughtSignature"] = json!("c2ln".repeat(20));
                    }
                    part
                }));
                contents.push(json!({ "role": "model", "parts": parts }));
                let results: Vec<Value> = answers(calls)
                    .map(|(call, text)| {
                        json!({ "functionResponse": { "id": call.id, "name": call.tool, "response": { "output": text } } })
                    })
                    .collect();
                if !results.is_empty() {
                    contents.push(json!({ "role": "user", "parts": results }));
                }
            }
        }
    }
    let mut body = json!({ "contents": contents });
    if let Some(text) = &history.system {
        body["systemInstruction"] = json!({ "parts": [{ "text": text }] });
    }
    body
}

fn bedrock(history: &History) -> Value {
    let mut messages: Vec<Value> = Vec::new();
    let begun = |thought: &str, text: &str| {
        let mut blocks = Vec::new();
        if !thought.is_empty() {
            blocks.push(json!({ "reasoningContent": { "reasoningText": {
                "text": thought, "signature": "c2ln".repeat(40),
            } } }));
        }
        if !text.is_empty() {
            blocks.push(json!({ "text": text }));
        }
        blocks
    };
    for turn in &history.turns {
        match turn {
            Turn::User(text) => {
                joined(
                    &mut messages,
                    "user",
                    "content",
                    vec![json!({ "text": text })],
                );
            }
            Turn::Said { thought, text } => {
                joined(&mut messages, "assistant", "content", begun(thought, text));
            }
            Turn::Tools {
                thought,
                text,
                calls,
            } => {
                let mut blocks = begun(thought, text);
                blocks.extend(calls.iter().map(|call| {
                    json!({ "toolUse": { "toolUseId": call.id, "name": call.tool, "input": call.arguments } })
                }));
                joined(&mut messages, "assistant", "content", blocks);
                let results = answers(calls).map(|(call, text)| {
                    json!({ "toolResult": {
                        "toolUseId": call.id, "content": [{ "text": text }],
                        "status": if call.failed { "error" } else { "success" },
                    } })
                });
                joined(&mut messages, "user", "content", results.collect());
            }
        }
    }
    let mut body =
        json!({ "modelId": "anthropic.claude-opus-4-5-20251101-v1:0", "messages": messages });
    if let Some(text) = &history.system {
        body["system"] = json!([{ "text": text }]);
    }
    let names = ["read_file", "write_file", "search_web"];
    let tools = names.map(|name| {
        json!({ "toolSpec": { "name": name, "inputSchema": { "json": { "type": "object" } } } })
    });
    body["toolConfig"] = json!({ "tools": tools });
    body
}

fn ai_sdk(history: &History) -> Value {
    let mut messages: Vec<Value> = Vec::new();
    let begun = |thought: &str, text: &str| {
        let mut parts = Vec::new();
        if !thought.is_empty() {
            parts.push(json!({ "type": "reasoning", "text": thought }));
        }
        if !text.is_empty() {
            parts.push(json!({ "type": "text", "text": text }));
        }
        parts
    };
    messages.extend(
        history
            .system
            .iter()
            .map(|text| json!({ "role": "system", "content": text })),
    );
    for turn in &history.turns {
        match turn {
            Turn::User(text) => messages
                .push(json!({ "role": "user", "content": [{ "type": "text", "text": text }] })),
            Turn::Said { thought, text } => {
                messages.push(json!({ "role": "assistant", "content": begun(thought, text) }));
            }
            Turn::Tools {
                thought,
                text,
                calls,
            } => {
                let mut parts = begun(thought, text);
                parts.extend(calls.iter().map(|call| {
                    json!({
                        "type": "tool-call", "toolCallId": call.id, "toolName": call.tool, "input": call.arguments,
                    })
                }));
                messages.push(json!({ "role": "assistant", "content": parts }));
                let results: Vec<Value> = answers(calls)
                    .map(|(call, text)| {
                        json!({
                            "type": "tool-result", "toolCallId": call.id, "toolName": call.tool,
                            "output": { "type": if call.failed { "error-text" } else { "text" }, "value": text },
                        })
                    })
                    .collect();
                if !results.is_empty() {
                    messages.push(json!({ "role": "tool", "content": results }));
                }
            }
        }
    }
    json!({ "messages": messages })
}

fn langchain(history: &History) -> Value {
    let mut messages: Vec<Value> = Vec::new();
    messages.extend(
        history
            .system
            .iter()
            .map(|text| json!({ "type": "system", "data": { "content": text } })),
    );
    let said = |text: &str, calls: &[Call]| {
        let calls: Vec<Value> = calls
            .iter()
            .map(|call| json!({ "id": call.id, "name": call.tool, "args": call.arguments, "type": "tool_call" }))
            .collect();
        json!({ "type": "ai", "data": {
            "content": text, "tool_calls": calls, "additional_kwargs": {}, "response_metadata": {},
        } })
    };
    for turn in &history.turns {
        match turn {
            Turn::User(text) => {
                messages.push(json!({ "type": "human", "data": { "content": text } }));
            }
            Turn::Said { text, .. } => messages.push(said(text, &[])),
            Turn::Tools { text, calls, .. } => {
                messages.push(said(text, calls));
                messages.extend(answers(calls).map(|(call, text)| {
                    json!({ "type": "tool", "data": {
                        "content": text, "tool_call_id": call.id, "name": call.tool,
                        "status": if call.failed { "error" } else { "success" },
                    } })
                }));
            }
        }
    }
    Value::Array(messages)
}

fn cohere(history: &History) -> Value {
    let mut messages: Vec<Value> = Vec::new();
    messages.extend(
        history
            .system
            .iter()
            .map(|text| json!({ "role": "system", "content": text })),
    );
    for turn in &history.turns {
        match turn {
            Turn::User(text) => messages.push(json!({ "role": "user", "content": text })),
            Turn::Said { thought, text } => {
                let mut parts = Vec::new();
                if !thought.is_empty() {
                    parts.push(json!({ "type": "thinking", "thinking": thought }));
                }
                parts.push(json!({ "type": "text", "text": text }));
                messages.push(json!({ "role": "assistant", "content": parts }));
            }
            Turn::Tools { text, calls, .. } => {
                let mut message = json!({
                    "role": "assistant", "tool_calls": calls.iter().map(chat_call).collect::<Vec<_>>(),
                });
                if !text.is_empty() {
                    message["tool_plan"] = json!(text);
                }
                messages.push(message);
                messages.extend(answers(calls).enumerate().map(|(at, (call, text))| {
                    let content = match at % 2 {
                        0 => json!([{ "type": "document", "document": { "data": text } }]),
                        _ => json!(text),
                    };
                    json!({ "role": "tool", "tool_call_id": call.id, "content": content })
                }));
            }
        }
    }
    json!({ "model": "command-a-03-2025", "messages": messages })
}

fn ollama(history: &History) -> Value {
    let mut messages: Vec<Value> = Vec::new();
    messages.extend(
        history
            .system
            .iter()
            .map(|text| json!({ "role": "system", "content": text })),
    );
    let said = |thought: &str, text: &str| {
        let mut message = json!({ "role": "assistant", "content": text });
        if !thought.is_empty() {
            message["thinking"] = json!(thought);
        }
        message
    };
    for turn in &history.turns {
        match turn {
            Turn::User(text) => messages.push(json!({ "role": "user", "content": text })),
            Turn::Said { thought, text } => messages.push(said(thought, text)),
            Turn::Tools {
                thought,
                text,
                calls,
            } => {
                let mut message = said(thought, text);
                message["tool_calls"] = calls
                    .iter()
                    .map(|call| json!({ "function": { "name": call.tool, "arguments": call.arguments } }))
                    .collect();
                messages.push(message);
                messages.extend(answers(calls).map(|(call, text)| {
                    json!({ "role": "tool", "tool_name": call.tool, "content": text })
                }));
            }
        }
    }
    json!({ "model": "qwen3", "messages": messages, "options": { "num_ctx": 8192 } })
}

fn autogen(history: &History) -> Value {
    let mut messages: Vec<Value> = Vec::new();
    messages.extend(
        history
            .system
            .iter()
            .map(|text| json!({ "type": "SystemMessage", "content": text })),
    );
    let said = |thought: &str, content: Value| {
        json!({
            "type": "AssistantMessage", "source": "coder", "content": content,
            "thought": if thought.is_empty() { Value::Null } else { json!(thought) },
        })
    };
    for turn in &history.turns {
        match turn {
            Turn::User(text) => {
                messages.push(json!({ "type": "UserMessage", "source": "user", "content": text }))
            }
            Turn::Said { thought, text } => messages.push(said(thought, json!(text))),
            Turn::Tools { thought, calls, .. } => {
                let made: Vec<Value> = calls
                    .iter()
                    .map(|call| json!({ "id": call.id, "name": call.tool, "arguments": call.arguments.to_string() }))
                    .collect();
                messages.push(said(thought, made.into()));
                let results: Vec<Value> = answers(calls)
                    .map(|(call, text)| {
                        json!({ "content": text, "call_id": call.id, "name": call.tool, "is_error": call.failed })
                    })
                    .collect();
                if !results.is_empty() {
                    messages.push(
                        json!({ "type": "FunctionExecutionResultMessage", "content": results }),
                    );
                }
            }
        }
    }
    json!({ "messages": messages })
}
