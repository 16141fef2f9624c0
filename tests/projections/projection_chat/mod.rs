//! Projections of our own Chat requests, against the rules worked out by hand: the texts as the model sees them,
//! written out in full, and the constants around them.

mod calls;
mod images;
mod messages;
mod tools;

use serde_json::Value;
use token_headroom::{
    Basis, CountText, Model, ModelOptions, Projection, count, normalize, project, resolve,
};

use crate::support::{self, o200k as t};

fn projection(model: &str, body: &Value) -> Projection {
    let encoding = model_named(model).encoding;
    projected(model, body, support::counter(&encoding))
}

fn model_named(model: &str) -> Model {
    let options = ModelOptions {
        model: Some(model.to_owned()),
        ..ModelOptions::default()
    };
    resolve(&options).unwrap_or_else(|error| panic!("{error}"))
}

fn projected(model: &str, body: &Value, counter: &dyn CountText) -> Projection {
    let model = model_named(model);
    let conversation = normalize(body).unwrap_or_else(|error| panic!("{error}"));
    project(&count(conversation.into(), counter), &model, counter)
}

/// Asserts that `body` is projected exactly, as `tokens`.
fn exactly(model: &str, body: Value, tokens: u32) {
    let projection = projection(model, &body);
    assert_eq!(projection.tokens, tokens, "{model}: {body}");
    assert_eq!(projection.basis, Basis::Exact, "{model}: {body}");
    assert_eq!(
        (projection.lower_bound, projection.upper_bound),
        (tokens, tokens)
    );
}
