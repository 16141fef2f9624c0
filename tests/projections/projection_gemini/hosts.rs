//! What depends on who serves the model, and on whose vocabulary counts.

use serde_json::json;
use token_headroom::{ModelOptions, count, normalize, project, resolve};

use super::{Bytes, at, exactly, user};

#[test]
fn the_gemini_api_frames_contents_from_2_5_on_and_vertex_does_not() {
    let body = json!({
        "systemInstruction": { "role": "user", "parts": [{ "text": "12345" }] },
        "contents": [user("123"), { "role": "model", "parts": [{ "text": "12" }, { "text": "34" }] }, user("")],
        "generationConfig": { "temperature": 0, "seed": 3, "thinkingConfig": { "thinkingBudget": 100 } },
    });
    let texts = 5 + 3 + 4;
    for model in [
        "gemini-2.5-flash",
        "gemini-3-flash-preview",
        "gemini-3.6-flash",
    ] {
        exactly("google", model, &body, texts + 3 + 1);
        exactly("vertex", model, &body, texts);
    }
    assert_eq!(
        at("google", "gemini-2.0-flash", &body).tokens as usize,
        texts
    );
    let mut without = body;
    without["systemInstruction"] = json!({ "parts": [{ "text": "12345" }] });
    exactly("google", "gemini-2.5-flash", &without, texts + 3);
}

#[test]
fn another_host_may_ask_either_api() {
    let body = json!({ "contents": [user("123")] });
    let projection = at("portkey", "gemini-2.5-flash", &body);
    assert_eq!((projection.lower_bound, projection.upper_bound), (3, 4));
    let chat = json!({ "messages": [{ "role": "user", "content": "123" }] });
    let projection = at("openrouter", "google/gemini-2.5-flash", &chat);
    assert_eq!((projection.tokens, projection.upper_bound), (3, 4));
    let mut studio = chat;
    studio["provider"] = json!({ "only": ["google-ai-studio"] });
    exactly("openrouter", "google/gemini-2.5-flash", &studio, 4);
}

/// Gemma 3's vocabulary stands in up to 2.0; who counts with their own is not in doubt.
#[test]
fn a_vocabulary_of_ones_own_ends_the_doubt() {
    let body = json!({ "contents": [user(&"A text of more than a few bytes. ".repeat(4))] });
    let with = |encoding: Option<&str>| {
        let model = resolve(&ModelOptions {
            encoding: encoding.map(str::to_owned),
            ..ModelOptions::for_model("gemini-2.0-flash")
        })
        .unwrap();
        project(
            &count(normalize(&body).unwrap().into(), &Bytes),
            &model,
            &Bytes,
        )
    };
    let (stood_in, own) = (with(None), with(Some("gemma2")));
    assert_eq!(stood_in.tokens, own.tokens);
    assert!(stood_in.lower_bound < own.lower_bound && own.upper_bound < stood_in.upper_bound);
}
