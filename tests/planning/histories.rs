//! Random Chat Completions histories, valid and with what happens in practice.

use proptest::prelude::*;
use serde_json::{Value, json};
use token_headroom::Policy;

use super::{call, result, user, words};

#[derive(Clone, Debug)]
enum Turn {
    User(String),
    Picture,
    Assistant(String),
    Developer(String),
    Tools(Vec<(usize, Content)>, bool),
}

#[derive(Clone, Debug)]
enum Content {
    Text(String),
    Parts(Vec<String>),
    Picture(String),
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (0_usize..60).prop_map(words),
        2 => (60_usize..900).prop_map(words),
        1 => (5_usize..200).prop_map(|n| "een regel tekst\nen nog een\n".repeat(n)),
        1 => "\\PC{1,120}",
        1 => Just("κόσμε 世界 🧑‍🚀\r\n\u{2028}".repeat(40)),
        1 => (1_usize..80).prop_map(|n| serde_json::to_string(&vec![json!({"k": "värde", "n": n}); n]).unwrap()),
        1 => Just("[result of read_file removed: 12 tokens; call the tool again to see it]".to_owned()),
    ]
}

fn content() -> impl Strategy<Value = Content> {
    prop_oneof![
        6 => text().prop_map(Content::Text),
        2 => prop::collection::vec(text(), 1..4).prop_map(Content::Parts),
        1 => text().prop_map(Content::Picture),
    ]
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        2 => text().prop_map(Turn::User),
        1 => Just(Turn::Picture),
        2 => text().prop_map(Turn::Assistant),
        1 => "[a-z ]{1,40}".prop_map(Turn::Developer),
        6 => (prop::collection::vec((0_usize..4, content()), 1..5), any::<bool>())
            .prop_map(|(calls, says)| Turn::Tools(calls, says)),
    ]
}

/// A small picture with a readable header.
const PIXEL: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const TOOLS: [&str; 4] = ["read_file", "bash", "search_web", "x"];

fn messages(turns: &[Turn], system: bool, pending: usize) -> Vec<Value> {
    let mut messages = Vec::new();
    if system {
        messages.push(json!({ "role": "system", "content": "Be of use." }));
    }
    for (number, turn) in turns.iter().enumerate() {
        match turn {
            Turn::User(text) => messages.push(user(text)),
            Turn::Picture => messages.push(json!({ "role": "user", "content": [
                { "type": "text", "text": "see" },
                { "type": "image_url", "image_url": { "url": PIXEL } },
            ]})),
            Turn::Assistant(text) => messages.push(json!({ "role": "assistant", "content": text })),
            Turn::Developer(text) => messages.push(json!({ "role": "developer", "content": text })),
            Turn::Tools(results, says) => {
                let id = |position: usize| format!("call_{number}_{position}");
                let made: Vec<Value> = results
                    .iter()
                    .enumerate()
                    .map(|(position, (tool, _))| {
                        call(
                            &id(position),
                            TOOLS[*tool],
                            &format!("{{\"n\": {}}}", number % 3),
                        )
                    })
                    .collect();
                let content = if *says { json!("I look.") } else { Value::Null };
                messages
                    .push(json!({ "role": "assistant", "content": content, "tool_calls": made }));
                for (position, (_, content)) in results.iter().enumerate() {
                    let mut answer = result(&id(position), "");
                    answer["content"] = match content {
                        Content::Text(text) => json!(text),
                        Content::Parts(texts) => texts
                            .iter()
                            .map(|text| json!({ "type": "text", "text": text }))
                            .collect(),
                        Content::Picture(text) => json!([
                            { "type": "text", "text": text },
                            { "type": "image_url", "image_url": { "url": PIXEL } },
                        ]),
                    };
                    answer["x_extra"] = json!({ "kept": position });
                    messages.push(answer);
                }
            }
        }
    }
    // Without the last results, the calls that they answer are pending.
    for _ in 0..pending {
        if messages
            .last()
            .is_some_and(|message| message["role"] == "tool")
        {
            messages.pop();
        }
    }
    if messages.is_empty() {
        messages.push(user("hello"));
    }
    messages
}

/// A request: histories of up to `turns` turns.
pub fn request(turns: usize) -> impl Strategy<Value = Value> {
    (
        prop::collection::vec(turn(), 1..turns),
        any::<bool>(),
        any::<bool>(),
        prop_oneof![3 => Just(0_usize), 1 => 1_usize..4],
    )
        .prop_map(|(turns, system, tools, pending)| {
            let mut request = json!({ "model": "gpt-4o", "temperature": 0 });
            request["messages"] = messages(&turns, system, pending).into();
            if tools {
                request["tools"] = json!([{ "type": "function", "function": {
                    "name": "bash", "description": "Runs a command.",
                    "parameters": { "type": "object", "properties": { "command": { "type": "string" } } },
                }}]);
            }
            request
        })
}

/// A policy: mostly the default one.
pub fn policy() -> impl Strategy<Value = Policy> {
    (
        prop_oneof![3 => Just(0.8), 1 => 0.0..1.0],
        0_usize..6,
        prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(0_usize..40, 1..4)],
        prop_oneof![4 => Just(Vec::new()), 1 => Just(vec!["bash".to_owned()])],
        prop::array::uniform5(prop::bool::weighted(0.8)),
        prop_oneof![Just(0_u32), Just(40), Just(200), Just(1024)],
    )
        .prop_map(
            |(release, keep_last, pinned, keep_tools, may, summary_tokens)| Policy {
                release,
                keep_last,
                pinned,
                keep_tools,
                mask: may[0],
                cut: may[1],
                cut_tail: may[2],
                summarise: may[3],
                drop: may[3],
                cut_user_text: !may[4],
                summary_tokens,
                ..Policy::default()
            },
        )
}
