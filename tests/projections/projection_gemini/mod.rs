//! Projections for Gemini models, against the texts that the rules say the model is shown, written out in full.
//!
//! A byte is a token here, so that lengths are counts; control tokens, numbers and type words are one each.

mod any_body;
mod calls;
mod declarations;
mod hosts;
mod media;

use serde_json::{Value, json};
use token_headroom::{Basis, ModelOptions, Projection, count, normalize, project, resolve};

use crate::support::Bytes;

fn at(host: &str, model: &str, body: &Value) -> Projection {
    let model = resolve(&ModelOptions {
        host: Some(host.to_owned()),
        ..ModelOptions::for_model(model)
    })
    .unwrap_or_else(|error| panic!("{error}"));
    let conversation = normalize(body).unwrap_or_else(|error| panic!("{error}: {body}"));
    project(&count(conversation.into(), &Bytes), &model, &Bytes)
}

/// Asserts that `body` is projected exactly, as `tokens`.
fn exactly(host: &str, model: &str, body: &Value, tokens: usize) {
    let projection = at(host, model, body);
    assert_eq!(projection.tokens as usize, tokens, "{host} {model}: {body}");
    assert_eq!(projection.basis, Basis::Exact, "{host} {model}: {body}");
}

fn user(text: &str) -> Value {
    json!({ "role": "user", "parts": [{ "text": text }] })
}
