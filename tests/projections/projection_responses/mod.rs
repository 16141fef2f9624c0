//! Projections of our own Responses requests, against the rules worked out by hand: the texts as the model sees them, and
//! the constants around them.

mod calls;
mod documents;
mod items;
mod tools;

use serde_json::{Value, json};
use token_headroom::{Basis, ModelOptions, Projection, count, normalize, project, resolve};

use crate::support::{self, o200k as t};

fn on_host(host: Option<&str>, model: &str, body: &Value) -> Projection {
    let model = resolve(&ModelOptions {
        host: host.map(str::to_owned),
        ..ModelOptions::for_model(model)
    })
    .unwrap_or_else(|error| panic!("{error}"));
    let counter = support::counter(&model.encoding);
    let conversation = normalize(body).unwrap_or_else(|error| panic!("{error}"));
    project(&count(conversation.into(), counter), &model, counter)
}

fn projection(model: &str, body: &Value) -> Projection {
    on_host(None, model, body)
}

/// Asserts that `body` is projected exactly, as `tokens`.
fn exactly(model: &str, body: Value, tokens: u32) {
    let projection = projection(model, &body);
    assert_eq!(projection.tokens, tokens, "{model}: {body}");
    assert_eq!(projection.basis, Basis::Exact, "{model}: {body}");
}

/// Asserts lower bound, count and upper bound.
fn between(model: &str, body: Value, bounds: [u32; 3]) {
    let found = projection(model, &body);
    let found = [found.lower_bound, found.tokens, found.upper_bound];
    assert_eq!(found, bounds, "{model}: {body}");
}

fn hi() -> Value {
    json!({ "role": "user", "content": "Hi" })
}

fn tools() -> Value {
    json!([{ "type": "function", "name": "look_up", "description": "Looks it up.", "strict": true,
        "parameters": { "type": "object", "properties": { "city": { "type": "string" } }, "required": ["city"], "additionalProperties": false } }])
}
