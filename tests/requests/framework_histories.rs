//! Recorded histories of frameworks lose nothing that a model would see.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};
use token_headroom::{Body, Dialect, Message, Part, normalize_as};

/// Fields that frameworks keep to themselves.
const UNSENT: [&str; 21] = [
    "id",
    "type",
    "role",
    "name",
    "to",
    "agent",
    "status",
    "artifact",
    "response_metadata",
    "usage_metadata",
    "lc",
    "tool_call_id",
    "tool_use_id",
    "call_id",
    "toolCallId",
    "source",
    "metadata",
    "models_usage",
    "error",
    "toolName",
    "index",
];

/// The texts of `message` that a model would see.
fn leaves<'a>(value: &'a Value, leaves: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => leaves.push(text),
        Value::Array(items) => items.iter().for_each(|item| self::leaves(item, leaves)),
        Value::Object(fields) => {
            for (key, value) in fields {
                if !UNSENT.contains(&key.as_str()) {
                    self::leaves(value, leaves);
                }
            }
        }
        _ => {}
    }
}

/// Everything that the parts say.
fn said(parts: &[Part]) -> String {
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Text { text, .. } => out.push_str(text),
            Part::Reasoning(reasoning) => out.push_str(&reasoning.text),
            Part::ToolCall(call) => out.push_str(&format!("{}\n{}", call.name, call.arguments)),
            Part::ToolResult { parts, .. } => out.push_str(&said(parts)),
            Part::File(file) => out.push_str(file.text.as_deref().unwrap_or_default()),
            Part::Opaque(value) => out.push_str(&value.to_string()),
            _ => {}
        }
        out.push('\n');
    }
    out
}

fn lost<'a>(raw: &'a Value, message: &Message) -> Option<&'a str> {
    let said = said(&message.parts);
    let mut all = Vec::new();
    leaves(raw, &mut all);
    all.into_iter().find(|leaf| {
        let escaped = json!(leaf).to_string();
        !said.contains(leaf) && !said.contains(escaped.trim_matches('"'))
    })
}

#[test]
fn recorded_histories_of_frameworks_lose_no_text() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/trajectories.jsonl");
    let Ok(file) = File::open(&path) else {
        println!("skipped: {} is absent", path.display());
        return;
    };
    let (mut histories, mut messages, mut recognised) = (0, 0, 0);
    for line in BufReader::new(file).lines() {
        let trajectory: Value = serde_json::from_str(&line.expect("a line")).expect("JSON");
        let dialect = match (trajectory["format"].as_str(), trajectory["native"].as_str()) {
            (Some("autogen"), _) => Dialect::Autogen,
            (_, Some("langgraph" | "deerflow-events")) => Dialect::Langchain,
            _ => continue,
        };
        let list = &trajectory["messages"];
        let body = Body::of(list).unwrap();
        recognised += u32::from(body.dialect(body.list.iter()) == dialect);
        let read = normalize_as(Some(dialect), list)
            .unwrap_or_else(|error| panic!("{}: {error}", trajectory["id"]));
        for (raw, message) in list.as_array().unwrap().iter().zip(&read.messages) {
            assert_eq!(lost(raw, message), None, "{}", trajectory["id"]);
        }
        histories += 1;
        messages += read.messages.len();
    }
    println!(
        "{histories} histories, {messages} messages, {recognised} recognised by their own marks"
    );
    assert!(histories > 0);
}

/// A text that can be found again.
fn text() -> impl Strategy<Value = String> {
    "[a-z]{8}[ \\n\"\\\\é漢😀a-z]{0,12}"
}

fn arguments() -> impl Strategy<Value = Value> {
    prop_oneof![
        text().prop_map(Value::from),
        prop::collection::vec((text(), text()), 0..3).prop_map(|fields| {
            let fields = fields
                .into_iter()
                .map(|(key, value)| (key, Value::from(value)));
            Value::Object(fields.collect())
        }),
    ]
}

/// A message of the AI SDK.
fn ai_sdk() -> impl Strategy<Value = Value> {
    let part = prop_oneof![
        text().prop_map(|text| json!({ "type": "text", "text": text })),
        text().prop_map(|text| json!({ "type": "reasoning", "text": text })),
        text().prop_map(|text| json!({ "type": "custom", "kind": text })),
        (text(), arguments()).prop_map(|(name, input)| json!({
            "type": "tool-call", "toolCallId": "c", "toolName": name, "input": input,
        })),
        arguments().prop_map(|value| json!({
            "type": "tool-result", "toolCallId": "c", "toolName": "f", "output": { "type": "json", "value": value },
        })),
        (text(), text()).prop_map(|(one, other)| json!({
            "type": "tool-result", "toolCallId": "c", "toolName": "f", "output": { "type": "content", "value": [
                { "type": "text", "text": one }, { "type": "new", "said": other },
            ] },
        })),
        arguments().prop_map(|value| json!({ "type": "tool-result", "toolCallId": "c", "toolName": "f", "result": value })),
    ];
    prop_oneof![
        text().prop_map(|text| json!({ "role": "user", "content": text })),
        prop::collection::vec(part, 0..4)
            .prop_map(|parts| json!({ "role": "assistant", "content": parts })),
    ]
}

/// A message of LangChain.
fn langchain() -> impl Strategy<Value = Value> {
    let block = prop_oneof![
        text().prop_map(Value::from),
        text().prop_map(|text| json!({ "type": "text", "text": text })),
        text().prop_map(|text| json!({ "type": "reasoning", "reasoning": text })),
        text().prop_map(|text| json!({ "type": "thinking", "thinking": text })),
        text().prop_map(|text| json!({ "type": "text-plain", "text": text })),
        text().prop_map(|text| json!({ "type": "new", "said": text })),
        (text(), arguments()).prop_map(|(name, input)| json!({ "type": "tool_use", "id": "t", "name": name, "input": input })),
        text().prop_map(|text| json!({ "type": "tool_result", "tool_use_id": "t", "content": [{ "type": "text", "text": text }] })),
    ];
    let content = prop_oneof![
        text().prop_map(Value::from),
        prop::collection::vec(block, 0..4).prop_map(Value::from),
    ];
    let kind = prop_oneof![Just("human"), Just("ai"), Just("system"), Just("tool")];
    (kind, content, arguments(), text(), 0..3).prop_map(|(kind, content, args, thought, wrapping)| {
        let mut fields = json!({ "content": content, "tool_call_id": "c" });
        if kind == "ai" {
            fields["tool_calls"] = json!([{ "name": "f", "args": args, "id": "c" }]);
            fields["additional_kwargs"] = json!({ "reasoning_content": thought });
        }
        match wrapping {
            0 => json!({ "type": kind, "data": fields }),
            1 => json!({ "lc": 1, "type": "constructor", "id": ["m", format!("{}Message", match kind {
                "human" => "Human",
                "ai" => "AI",
                "tool" => "Tool",
                _ => "System",
            })], "kwargs": fields }),
            _ => {
                fields["type"] = json!(kind);
                fields
            }
        }
    })
}

/// A message of AutoGen.
fn autogen() -> impl Strategy<Value = Value> {
    prop_oneof![
        (text(), prop_oneof![Just("TextMessage"), Just("ThoughtEvent"), Just("SystemMessage"), Just("UserMessage")])
            .prop_map(|(text, kind)| json!({ "type": kind, "source": "a", "content": text })),
        prop::collection::vec(text(), 0..3).prop_map(|texts| json!({ "type": "MultiModalMessage", "source": "a", "content": texts })),
        (text(), text()).prop_map(|(thought, arguments)| json!({
            "type": "AssistantMessage", "source": "a", "thought": thought,
            "content": [{ "id": "c", "name": "f", "arguments": arguments }],
        })),
        prop::collection::vec(text(), 0..3).prop_map(|texts| json!({
            "type": "ToolCallExecutionEvent", "source": "a",
            "content": texts.into_iter().map(|text| json!({ "call_id": "c", "name": "f", "content": text })).collect::<Vec<_>>(),
        })),
        arguments().prop_map(|content| json!({ "type": "StructuredMessage", "source": "a", "content": content })),
        text().prop_map(|text| json!({ "role": "assistant", "name": "a", "content": text })),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_text_is_lost(
        ai_sdk in prop::collection::vec(ai_sdk(), 1..4),
        langchain in prop::collection::vec(langchain(), 1..4),
        autogen in prop::collection::vec(autogen(), 1..4),
    ) {
        for (dialect, messages) in [
            (Dialect::AiSdk, ai_sdk),
            (Dialect::Langchain, langchain),
            (Dialect::Autogen, autogen),
        ] {
            let list = Value::Array(messages);
            let read = normalize_as(Some(dialect), &list).unwrap();
            for (raw, message) in list.as_array().unwrap().iter().zip(&read.messages) {
                prop_assert_eq!(lost(raw, message), None);
            }
        }
    }
}
