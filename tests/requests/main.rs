//! Requests of every dialect: how they are read, and what makes one invalid.

// A failed expectation is a failed test.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod dialects;
mod expected;
mod framework_histories;
mod normalize_ai_sdk;
mod normalize_anthropic;
mod normalize_autogen;
mod normalize_bedrock;
mod normalize_conversation;
mod normalize_errors;
mod normalize_gemini;
mod normalize_hosts;
mod normalize_langchain;
mod normalize_recorded;
mod normalize_responses;
mod validate;
mod validate_corpus;
