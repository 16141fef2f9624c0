//! One history written in every dialect that can be planned.

use serde_json::{Map, Value, json};
use token_headroom::{Conversation, Dialect, Message, Part, Role, normalize_as};

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

fn text(parts: &[Part]) -> String {
    let texts = parts.iter().filter_map(|part| match part {
        Part::Text { text, .. } => Some(text.as_str()),
        Part::File(file) => file.text.as_deref(),
        _ => None,
    });
    texts.collect()
}

fn system(conversation: &Conversation) -> Option<String> {
    let instructions = conversation.instructions.iter();
    let leading = conversation
        .messages
        .iter()
        .take_while(|message| is_system(message));
    let all: Vec<String> = instructions
        .chain(leading)
        .map(|message| text(&message.parts))
        .collect();
    Some(all.join("\n")).filter(|text| !text.is_empty())
}

fn is_system(message: &Message) -> bool {
    matches!(message.role, Role::System | Role::Developer)
}

/// What follows the leading instructions, in turns: who speaks and what.
fn turns(conversation: &Conversation) -> Vec<(Role, Vec<&Part>)> {
    let rest = conversation
        .messages
        .iter()
        .skip_while(|message| is_system(message));
    let mut turns: Vec<(Role, Vec<&Part>)> = Vec::new();
    for message in rest {
        let results = message
            .parts
            .iter()
            .filter(|part| matches!(part, Part::ToolResult { .. }));
        let others: Vec<&Part> = message
            .parts
            .iter()
            .filter(|part| !matches!(part, Part::ToolResult { .. }))
            .collect();
        let results: Vec<&Part> = results.collect();
        if !results.is_empty() {
            match turns.last_mut() {
                Some((Role::Tool, parts)) => parts.extend(results),
                _ => turns.push((Role::Tool, results)),
            }
        }
        if others.iter().any(|part| says(part)) {
            let role = match message.role {
                Role::Assistant => Role::Assistant,
                _ => Role::User,
            };
            turns.push((role, others));
        }
    }
    turns
}

fn says(part: &Part) -> bool {
    match part {
        Part::Text { text, .. } => !text.is_empty(),
        Part::ToolCall(_) => true,
        Part::File(file) => file.text.is_some(),
        _ => false,
    }
}

fn arguments(text: &str) -> Value {
    serde_json::from_str::<Map<String, Value>>(text)
        .map_or_else(|_| json!({ "text": text }), Value::Object)
}

fn result(part: &Part) -> (&str, String) {
    match part {
        Part::ToolResult { call_id, parts, .. } => (call_id, text(parts)),
        _ => ("", String::new()),
    }
}

fn said(parts: &[&Part]) -> String {
    parts
        .iter()
        .filter_map(|part| match part {
            Part::Text { text, .. } => Some(text.as_str()),
            Part::File(file) => file.text.as_deref(),
            _ => None,
        })
        .collect()
}

fn calls<'a>(parts: &[&'a Part]) -> Vec<(&'a str, &'a str, &'a str)> {
    let calls = parts.iter().filter_map(|part| match part {
        Part::ToolCall(call) => Some((
            call.id.as_str(),
            call.name.as_str(),
            call.arguments.as_str(),
        )),
        _ => None,
    });
    calls.collect()
}

fn tool_of<'a>(turns: &[(Role, Vec<&'a Part>)], id: &str) -> &'a str {
    let calls = turns.iter().flat_map(|(_, parts)| self::calls(parts));
    let mut named = calls.filter(|(own, _, _)| *own == id);
    named.next().map_or("tool", |(_, name, _)| name)
}

fn chat(conversation: &Conversation) -> Value {
    let mut messages = Vec::new();
    messages.extend(system(conversation).map(|text| json!({ "role": "system", "content": text })));
    for (role, parts) in turns(conversation) {
        match role {
            Role::Tool => messages.extend(parts.iter().map(|part| {
                let (id, text) = result(part);
                json!({ "role": "tool", "tool_call_id": id, "content": text })
            })),
            Role::Assistant => {
                let mut message = json!({ "role": "assistant", "content": said(&parts) });
                let calls: Vec<Value> = calls(&parts)
                    .iter()
                    .map(|(id, name, arguments)| {
                        json!({ "id": id, "type": "function", "function": { "name": name, "arguments": arguments } })
                    })
                    .collect();
                if !calls.is_empty() {
                    message["tool_calls"] = calls.into();
                }
                messages.push(message);
            }
            _ => messages.push(json!({ "role": "user", "content": said(&parts) })),
        }
    }
    json!({ "model": "gpt-4o", "messages": messages })
}

fn responses(conversation: &Conversation) -> Value {
    let mut input = Vec::new();
    for (at, (role, parts)) in turns(conversation).into_iter().enumerate() {
        match role {
            Role::Tool => input.extend(parts.iter().map(|part| {
                let (id, text) = result(part);
                json!({ "type": "function_call_output", "call_id": id, "output": text })
            })),
            Role::Assistant => {
                let calls = calls(&parts);
                if !calls.is_empty() {
                    input.push(json!({
                        "type": "reasoning", "id": format!("rs_{at}"), "summary": [],
                        "encrypted_content": "gAAAA".repeat(20),
                    }));
                }
                let text = said(&parts);
                if !text.is_empty() {
                    input.push(json!({
                        "type": "message", "role": "assistant", "content": [{ "type": "output_text", "text": text }],
                    }));
                }
                input.extend(calls.iter().map(|(id, name, arguments)| {
                    json!({ "type": "function_call", "call_id": id, "name": name, "arguments": arguments })
                }));
            }
            _ => input.push(json!({ "role": "user", "content": said(&parts) })),
        }
    }
    let mut body = json!({ "model": "gpt-4o", "store": false, "input": input });
    if let Some(text) = system(conversation) {
        body["instructions"] = text.into();
    }
    body
}

fn anthropic(conversation: &Conversation) -> Value {
    let mut messages: Vec<Value> = Vec::new();
    for (role, parts) in turns(conversation) {
        let mut blocks = Vec::new();
        for part in &parts {
            match part {
                Part::ToolResult { is_error, .. } => {
                    let (id, text) = result(part);
                    blocks.push(json!({
                        "type": "tool_result", "tool_use_id": id, "content": text, "is_error": is_error,
                    }));
                }
                Part::ToolCall(call) => blocks.push(json!({
                    "type": "tool_use", "id": call.id, "name": call.name, "input": arguments(&call.arguments),
                })),
                Part::Reasoning(thought) if thought.sealed > 0 && !thought.text.is_empty() => {
                    blocks.push(json!({
                        "type": "thinking", "thinking": thought.text, "signature": "c2ln".repeat(40),
                    }));
                }
                part if says(part) => {
                    blocks.push(json!({ "type": "text", "text": said(&[part]) }));
                }
                _ => {}
            }
        }
        let role = match role {
            Role::Assistant => "assistant",
            _ => "user",
        };
        let last = messages.last().map(|last| last["role"] == "assistant");
        if role == "assistant" && last.is_none() {
            messages.push(json!({ "role": "user", "content": "Begin." }));
        }
        messages.push(json!({ "role": role, "content": blocks }));
    }
    let mut body = json!({ "model": "claude-opus-4-5", "max_tokens": 1, "messages": messages });
    if let Some(text) = system(conversation) {
        body["system"] =
            json!([{ "type": "text", "text": text, "cache_control": { "type": "ephemeral" } }]);
    }
    body
}

fn gemini(conversation: &Conversation) -> Value {
    let turns = turns(conversation);
    let mut contents: Vec<Value> = Vec::new();
    for (role, parts) in &turns {
        let mut own: Vec<Value> = Vec::new();
        for part in parts {
            match part {
                Part::ToolResult { .. } => {
                    let (id, text) = result(part);
                    own.push(json!({ "functionResponse": {
                        "id": id, "name": tool_of(&turns, id), "response": { "output": text },
                    } }));
                }
                Part::ToolCall(call) => own.push(json!({
                    "functionCall": { "id": call.id, "name": call.name, "args": arguments(&call.arguments) },
                    "thoughtSignature": "c2ln".repeat(20),
                })),
                part if says(part) => own.push(json!({ "text": said(&[part]) })),
                _ => {}
            }
        }
        let role = match role {
            Role::Assistant => "model",
            _ => "user",
        };
        let last = contents
            .last()
            .map_or("", |last| last["role"].as_str().unwrap_or(""));
        let has_calls = own.iter().any(|part| part.get("functionCall").is_some());
        if role == "model" && (last.is_empty() || (has_calls && last == "model")) {
            contents.push(json!({ "role": "user", "parts": [{ "text": "Go on." }] }));
        }
        contents.push(json!({ "role": role, "parts": own }));
    }
    if contents.last().is_some_and(|last| last["role"] == "model") {
        contents.push(json!({ "role": "user", "parts": [{ "text": "Go on." }] }));
    }
    let mut body = json!({ "contents": contents });
    if let Some(text) = system(conversation) {
        body["systemInstruction"] = json!({ "parts": [{ "text": text }] });
    }
    body
}

fn bedrock(conversation: &Conversation) -> Value {
    let mut messages: Vec<Value> = Vec::new();
    for (role, parts) in turns(conversation) {
        let mut blocks = Vec::new();
        for part in &parts {
            match part {
                Part::ToolResult { .. } => {
                    let (id, text) = result(part);
                    blocks.push(json!({ "toolResult": {
                        "toolUseId": id, "content": [{ "text": text }], "status": "success",
                    } }));
                }
                Part::ToolCall(call) => blocks.push(json!({ "toolUse": {
                    "toolUseId": call.id, "name": call.name, "input": arguments(&call.arguments),
                } })),
                part if says(part) => blocks.push(json!({ "text": said(&[part]) })),
                _ => {}
            }
        }
        let role = match role {
            Role::Assistant => "assistant",
            _ => "user",
        };
        match messages.last_mut() {
            Some(last) if last["role"] == role => {
                last["content"]
                    .as_array_mut()
                    .expect("blocks")
                    .extend(blocks);
            }
            None if role == "assistant" => {
                messages.push(json!({ "role": "user", "content": [{ "text": "Begin." }] }));
                messages.push(json!({ "role": role, "content": blocks }));
            }
            _ => messages.push(json!({ "role": role, "content": blocks })),
        }
    }
    let mut body =
        json!({ "modelId": "anthropic.claude-opus-4-5-20251101-v1:0", "messages": messages });
    if let Some(text) = system(conversation) {
        body["system"] = json!([{ "text": text }]);
    }
    // Converse refuses calls of tools that are not declared.
    body["toolConfig"] = json!({ "tools": [{ "toolSpec": {
        "name": "tool", "description": "Runs.", "inputSchema": { "json": { "type": "object" } },
    } }] });
    body
}

fn ai_sdk(conversation: &Conversation) -> Value {
    let turns = turns(conversation);
    let mut messages = Vec::new();
    messages.extend(system(conversation).map(|text| json!({ "role": "system", "content": text })));
    for (role, parts) in &turns {
        let mut own: Vec<Value> = Vec::new();
        for part in parts {
            match part {
                Part::ToolResult { .. } => {
                    let (id, text) = result(part);
                    own.push(json!({
                        "type": "tool-result", "toolCallId": id, "toolName": tool_of(&turns, id),
                        "output": { "type": "text", "value": text },
                    }));
                }
                Part::ToolCall(call) => own.push(json!({
                    "type": "tool-call", "toolCallId": call.id, "toolName": call.name,
                    "input": arguments(&call.arguments),
                })),
                part if says(part) => own.push(json!({ "type": "text", "text": said(&[part]) })),
                _ => {}
            }
        }
        let role = match role {
            Role::Tool => "tool",
            Role::Assistant => "assistant",
            _ => "user",
        };
        messages.push(json!({ "role": role, "content": own }));
    }
    json!({ "messages": messages })
}

fn langchain(conversation: &Conversation) -> Value {
    let mut messages = Vec::new();
    messages.extend(system(conversation).map(
        |text| json!({ "type": "system", "data": { "content": text, "additional_kwargs": {} } }),
    ));
    for (role, parts) in turns(conversation) {
        match role {
            Role::Tool => messages.extend(parts.iter().map(|part| {
                let (id, text) = result(part);
                json!({ "type": "tool", "data": {
                    "content": text, "tool_call_id": id, "additional_kwargs": {}, "status": "success",
                } })
            })),
            Role::Assistant => {
                let calls: Vec<Value> = calls(&parts)
                    .iter()
                    .map(|(id, name, text)| json!({ "id": id, "name": name, "args": arguments(text), "type": "tool_call" }))
                    .collect();
                messages.push(json!({ "type": "ai", "data": {
                    "content": said(&parts), "tool_calls": calls, "additional_kwargs": {}, "response_metadata": {},
                } }));
            }
            _ => messages.push(json!({ "type": "human", "data": { "content": said(&parts), "additional_kwargs": {} } })),
        }
    }
    Value::Array(messages)
}
