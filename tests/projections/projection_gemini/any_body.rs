//! What holds for every body.

use proptest::prelude::*;
use serde_json::{Value, json};
use token_headroom::{ModelOptions, count, normalize, project, resolve};

use super::{Bytes, at};
use crate::support;

/// Any JSON with the keys that Gemini bodies have.
fn json_of_gemini() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        support::text().prop_map(Value::from),
        prop::sample::select(vec![
            "user",
            "model",
            "image/png",
            "video/mp4",
            "application/pdf",
            "OBJECT",
            "#",
            "#/x"
        ])
        .prop_map(Value::from),
    ];
    let key = prop::sample::select(vec![
        "contents",
        "role",
        "parts",
        "text",
        "thought",
        "thoughtSignature",
        "inlineData",
        "mimeType",
        "data",
        "fileData",
        "fileUri",
        "functionCall",
        "functionResponse",
        "name",
        "args",
        "response",
        "videoMetadata",
        "fps",
        "startOffset",
        "tools",
        "functionDeclarations",
        "parameters",
        "parametersJsonSchema",
        "type",
        "properties",
        "items",
        "required",
        "$ref",
        "x",
        "generationConfig",
        "responseSchema",
        "systemInstruction",
        "config",
        "generateContentRequest",
    ]);
    leaf.prop_recursive(7, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6).prop_map(|fields| {
                let fields = fields
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value));
                fields.collect::<serde_json::Map<String, Value>>().into()
            }),
        ]
    })
}

/// A body that is mostly right.
fn body_of_gemini() -> impl Strategy<Value = Value> {
    let part = prop_oneof![
        support::text().prop_map(|text| json!({ "text": text })),
        support::text().prop_map(|text| json!({ "text": text, "thought": true })),
        (support::text(), json_of_gemini()).prop_map(
            |(name, args)| json!({ "functionCall": { "name": name, "args": { "a": args } }, "thoughtSignature": "QUFB".repeat(40) })
        ),
        (support::text(), json_of_gemini()).prop_map(
            |(name, value)| json!({ "functionResponse": { "name": name, "response": { "a": value },
                "parts": [{ "inlineData": { "mimeType": "image/png", "data": name } }] } })
        ),
        support::text().prop_map(|data| json!({ "inlineData": { "mimeType": "video/mp4", "data": data }, "videoMetadata": { "fps": 2 } })),
        Just(json!({ "fileData": { "fileUri": "gs://x", "mimeType": "application/pdf" } })),
        Just(json!({ "brandNew": 1 })),
    ];
    let role = prop::sample::select(vec!["user", "model", "function"]);
    let content = (role, prop::collection::vec(part, 0..4))
        .prop_map(|(role, parts)| json!({ "role": role, "parts": parts }));
    let tool = (support::text(), support::schema()).prop_map(
        |(text, schema)| json!({ "name": text, "description": text, "parameters": schema }),
    );
    (prop::collection::vec(content, 1..6), prop::collection::vec(tool, 0..3), support::schema()).prop_map(
        |(contents, tools, schema)| json!({ "contents": contents, "systemInstruction": { "role": "user", "parts": [{ "text": "s" }] },
            "tools": [{ "functionDeclarations": tools }, { "googleSearch": {} }], "generationConfig": { "responseSchema": schema } }),
    )
}

const MODELS: [&str; 6] = [
    "gemini-1.5-pro",
    "gemini-2.0-flash",
    "gemini-2.5-flash",
    "gemini-3-flash-preview",
    "gemini-3.5-flash",
    "gemma-3-27b-it",
];

proptest! {
    #[test]
    fn any_json_is_refused_or_projected(body in json_of_gemini()) {
        if let Ok(conversation) = normalize(&json!({ "contents": [body.clone()], "tools": [body] })) {
            for name in MODELS {
                let model = resolve(&ModelOptions::for_model(name)).expect("a model");
                let _ = project(&count(conversation.clone().into(), &Bytes), &model, &Bytes);
            }
        }
    }

    #[test]
    fn shares_sum_up_and_bounds_hold_them(body in body_of_gemini(), model in prop::sample::select(MODELS.to_vec()),
        host in prop::sample::select(vec!["google", "vertex", "openrouter", "vercel"])) {
        let projection = at(host, model, &body);
        let by = projection.by_category;
        let messages: u32 = projection.messages.iter().map(|message| message.tokens).sum();
        prop_assert_eq!(
            projection.tokens,
            messages + projection.instructions + by.tools + by.format + by.framing
        );
        prop_assert!(projection.lower_bound <= projection.tokens);
        prop_assert!(projection.tokens <= projection.upper_bound);
    }

    #[test]
    fn a_content_more_never_costs_less(body in body_of_gemini(), model in prop::sample::select(MODELS.to_vec())) {
        let mut more = body.clone();
        more["contents"].as_array_mut().expect("contents").push(json!({ "role": "model", "parts": [{ "text": "more" }] }));
        prop_assert!(at("vertex", model, &body).tokens + 4 <= at("vertex", model, &more).tokens);
    }
}
