//! What several test files need: counters, pictures, and generated requests.

#![allow(dead_code)] // Every test file uses its own part.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};
use tiktoken_rs::CoreBPE;
use token_headroom::CountText;

/// The reference tokenizer as a counter.
pub struct Reference(CoreBPE);

impl CountText for Reference {
    fn count_text(&self, text: &str) -> u32 {
        u32::try_from(self.0.encode_ordinary(text).len()).expect("a test's text is short")
    }
}

static O200K: LazyLock<Reference> =
    LazyLock::new(|| Reference(tiktoken_rs::o200k_base().expect("a built-in vocabulary")));
static CL100K: LazyLock<Reference> =
    LazyLock::new(|| Reference(tiktoken_rs::cl100k_base().expect("a built-in vocabulary")));

/// The reference counter for an encoding's name.
pub fn counter(encoding: &str) -> &'static Reference {
    match encoding {
        "o200k_base" => &O200K,
        "cl100k_base" => &CL100K,
        other => panic!("no reference for {other}"),
    }
}

/// Tokens of a text in o200k.
pub fn o200k(text: &str) -> u32 {
    O200K.count_text(text)
}

/// Each byte is a token, so that lengths are counts, and nothing counts faster.
pub struct Bytes;

impl CountText for Bytes {
    fn count_text(&self, text: &str) -> u32 {
        text.len() as u32
    }
}

/// The header of a PNG of `width` by `height` pixels, in base64: of a picture only signature and size are read.
pub fn png(width: u32, height: u32) -> String {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    base64(&bytes)
}

/// By hand and without padding, for which no test has a use.
pub fn base64(bytes: &[u8]) -> String {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().fold(0_u32, |w, b| (w << 8) | u32::from(*b)) << (8 * (3 - chunk.len()));
        for digit in 0..=chunk.len() {
            text.push(char::from(digits[(word >> (18 - 6 * digit)) as usize & 63]));
        }
    }
    text
}

/// Short texts with what tokenizers and JSON writers stumble over.
pub fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[a-z ]{0,30}",
        "[ \\n\\t.,{}\"\\\\é漢😀a-z0-9]{0,20}",
        Just("{\"b\": [1.0, 2e3], \"a\": \"é\"}".to_owned()),
        Just("<|endoftext|>".to_owned()),
    ]
}

/// Any JSON, with the keys that bodies have.
pub fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
        prop_oneof![
            Just("system"),
            Just("user"),
            Just("assistant"),
            Just("tool"),
            Just("function"),
            Just("text"),
            Just("image_url"),
            Just("object"),
            Just("array"),
        ]
        .prop_map(Value::from),
    ];
    let key = prop_oneof![
        Just("messages"),
        Just("role"),
        Just("content"),
        Just("type"),
        Just("text"),
        Just("tool_calls"),
        Just("tool_call_id"),
        Just("id"),
        Just("function"),
        Just("name"),
        Just("arguments"),
        Just("tools"),
        Just("parameters"),
        Just("properties"),
        Just("items"),
        Just("anyOf"),
        Just("enum"),
        Just("$ref"),
        Just("$defs"),
        Just("description"),
        Just("default"),
        Just("required"),
        Just("image_url"),
        Just("url"),
        Just("response_format"),
        Just("json_schema"),
        Just("schema"),
    ];
    leaf.prop_recursive(6, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6).prop_map(|fields| {
                fields
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect::<serde_json::Map<String, Value>>()
                    .into()
            }),
        ]
    })
}

/// A schema of an object.
pub fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!({ "type": "string" })),
        Just(json!({ "type": "integer", "minimum": 1 })),
        Just(json!({ "type": ["string", "null"], "description": "either" })),
        Just(json!({ "enum": ["a", "b", 3] })),
        Just(json!({ "$ref": "#/$defs/node" })),
        Just(json!({ "$ref": "#/$defs/absent" })),
        Just(json!({ "type": "object" })),
        Just(json!({})),
        text().prop_map(
            |text| json!({ "type": "number", "title": "T", "description": text, "default": text })
        ),
    ];
    let any = leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            inner
                .clone()
                .prop_map(|items| json!({ "type": "array", "items": items })),
            prop::collection::vec(inner.clone(), 1..3).prop_map(|all| json!({ "anyOf": all })),
            prop::collection::vec(("[a-z]{1,6}", inner), 0..4).prop_map(|fields| {
                let properties: serde_json::Map<String, Value> = fields.into_iter().collect();
                json!({ "type": "object", "properties": properties, "required": ["a"] })
            }),
        ]
    });
    prop::collection::vec(("[a-z]{1,6}", any), 0..5).prop_map(|fields| {
        let properties: serde_json::Map<String, Value> = fields.into_iter().collect();
        json!({
            "type": "object",
            "properties": properties,
            "$defs": { "node": { "type": "object", "properties": {
                "next": { "$ref": "#/$defs/node" }, "last": { "$ref": "#/$defs/node" },
            } } },
        })
    })
}

/// A group of messages: instructions, a question, an answer, or a turn with calls and results.
fn turn(index: usize) -> impl Strategy<Value = Vec<Value>> {
    let call = (text(), text()).prop_map(|(arguments, result)| (arguments, result));
    prop_oneof![
        text().prop_map(|text| vec![json!({ "role": "system", "content": text })]),
        text().prop_map(|text| vec![json!({ "role": "user", "content": text, "name": "ada" })]),
        (text(), text()).prop_map(|(a, b)| {
            vec![json!({ "role": "user", "content": [
                { "type": "text", "text": a, "prompt_cache_breakpoint": { "mode": "explicit" } },
                b,
                { "type": "image_url", "image_url": { "url": "https://example.com" } },
                { "type": "new", "x": 1 },
            ] })]
        }),
        text().prop_map(|text| vec![json!({ "role": "assistant", "content": text })]),
        (text(), prop::collection::vec(call, 1..4)).prop_map(move |(said, calls)| {
            let id = |call: usize| format!("call_{index}_{call}");
            let mut messages = vec![json!({
                "role": "assistant",
                "content": said,
                "tool_calls": calls.iter().enumerate().map(|(n, (arguments, _))| json!({
                    "id": id(n), "type": "function",
                    "function": { "name": "look_up", "arguments": arguments },
                })).collect::<Vec<Value>>(),
            })];
            messages.extend(calls.iter().enumerate().map(
                |(n, (_, result))| json!({ "role": "tool", "tool_call_id": id(n), "content": result }),
            ));
            messages
        }),
    ]
}

/// A request that the dialect allows.
pub fn request() -> impl Strategy<Value = Value> {
    let turns = (1..6_usize).prop_flat_map(|n| (0..n).map(turn).collect::<Vec<_>>());
    let tools = prop::collection::vec((text(), schema()), 0..3);
    let format = prop_oneof![
        Just(json!(null)),
        Just(json!({ "type": "json_object" })),
        schema().prop_map(|schema| json!({
            "type": "json_schema", "json_schema": { "name": "answer", "schema": schema },
        })),
    ];
    let choice = prop_oneof![
        Just(json!("auto")),
        Just(json!("none")),
        Just(json!({ "type": "function", "function": { "name": "look_up" } })),
    ];
    (turns, tools, format, choice).prop_map(|(turns, tools, format, choice)| {
        let tools: Vec<Value> = tools
            .into_iter()
            .map(|(description, parameters)| {
                json!({ "type": "function", "function": {
                "name": "look_up", "description": description, "parameters": parameters,
            } })
            })
            .collect();
        json!({
            "model": "gpt-4o",
            "tools": tools,
            "response_format": format,
            "tool_choice": choice,
            "messages": turns.concat(),
        })
    })
}
