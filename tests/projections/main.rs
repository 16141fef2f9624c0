//! What a request takes: projections, models, limits and judgements.

// A failed expectation is a failed test.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod judge_limits;
mod models_overrides;
mod projection_calibration;
mod projection_chat;
mod projection_claude;
mod projection_gemini;
mod projection_mistral;
mod projection_models;
mod projection_properties;
mod projection_responses;
mod projection_template;
