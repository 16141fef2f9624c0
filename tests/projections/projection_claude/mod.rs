//! Projections for Claude models. Every expected count is the text's own, by the vocabulary, and a constant of a rule that
//! the test names.

mod any_body;
mod contents;
mod rounds;
mod tools;
mod turns;

use serde_json::{Value, json};
use token_headroom::{
    Dialect, Encoding, ModelOptions, Projection, count, normalize_as, project, resolve,
};

fn projection(dialect: Dialect, model: &str, host: Option<&str>, body: &Value) -> Projection {
    let model = resolve(&ModelOptions {
        host: host.map(str::to_owned),
        ..ModelOptions::for_model(model)
    })
    .unwrap_or_else(|error| panic!("{error}"));
    let encoding = Encoding::named(&model.encoding).expect("embedded in tests");
    let conversation = normalize_as(Some(dialect), body).unwrap_or_else(|error| panic!("{error}"));
    project(&count(conversation.into(), &encoding), &model, &encoding)
}

fn tokens(model: &str, body: &Value) -> u32 {
    projection(Dialect::Anthropic, model, None, body).tokens
}

fn of(messages: Value) -> Value {
    json!({ "max_tokens": 9, "messages": messages })
}

fn gen1(text: &str) -> u32 {
    Encoding::named("claude-gen1").unwrap().count(text)
}

const ALL: [&str; 20] = [
    "claude-2.1",
    "claude-3-haiku-20240307",
    "claude-3-sonnet-20240229",
    "claude-3-opus-20240229",
    "claude-3-5-sonnet-20240620",
    "claude-3-5-sonnet-20241022",
    "claude-3-5-haiku-20241022",
    "claude-3-7-sonnet-20250219",
    "claude-sonnet-4-20250514",
    "claude-opus-4-1",
    "claude-sonnet-4-5",
    "claude-haiku-4-5",
    "claude-opus-4-6",
    "claude-sonnet-4-6",
    "claude-opus-4-7",
    "claude-opus-4-8",
    "claude-opus-5",
    "claude-sonnet-5",
    "claude-fable-5",
    "claude-haiku-5-5",
];
