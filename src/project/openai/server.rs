//! What the provider adds that no part of the request shows.

use serde_json::Value;

use super::rules::{PARALLEL, Rules};
use crate::conversation::{Conversation, Dialect, ToolChoice, Warning};
use crate::models::{Framing, Host, Model};
use crate::project::estimate::Estimate;

/// Tokens that are not in the body.
pub(super) fn unseen(conversation: &Conversation, model: &Model) -> Estimate {
    let mut tokens = Estimate::default();
    if conversation.dialect == Dialect::OpenaiResponses
        && ["previous_response_id", "conversation", "prompt"]
            .iter()
            .any(|key| conversation.rest.get(key).is_some_and(|v| !v.is_null()))
    {
        let room = i64::from(model.limit.max_input.unwrap_or(model.limit.window));
        tokens += Estimate::between(0_i64, 0_i64, room / 2);
    }
    let mode = conversation.rest.pointer("/reasoning/mode");
    if mode.and_then(Value::as_str) == Some("pro") {
        // Recorded: 1,531 to 3,960 for prompts of some 20 tokens.
        tokens += Estimate::between(0_i64, 2_000_i64, 8_000_i64);
    }
    tokens
}

/// Hidden text of Responses in its first weeks: 18 tokens, by 16 requests to gpt-4o. Beside tools 3 more, and unless calls must
/// not be parallel 195. One that had to call took 9 more.
pub(super) fn first(conversation: &Conversation, rules: &Rules) -> Estimate {
    if !rules.is_first {
        return Estimate::default();
    }
    let tools = match (
        conversation.tools.is_empty(),
        conversation.parallel_tool_calls,
    ) {
        (true, _) => 0,
        (false, Some(false)) => 3,
        (false, _) => 3 + PARALLEL,
    };
    let more = match conversation.tool_choice {
        ToolChoice::Required | ToolChoice::Forced(_) => 9,
        _ => 0,
    };
    Estimate::exact(18 + tools).widened(0, more)
}

/// What Bedrock adds to Responses: six tokens beside tools, in five of five records.
pub(super) fn bedrock(conversation: &Conversation, model: &Model) -> Estimate {
    if model.host != Some(Host::Bedrock)
        || conversation.dialect != Dialect::OpenaiResponses
        || model.framing != Framing::OpenaiGpt5
    {
        return Estimate::default();
    }
    if conversation.tools.is_empty() {
        // No record.
        return Estimate::between(0_i64, 0_i64, 6_i64);
    }
    Estimate::exact(6)
}

/// Names that deployments on Azure keep when a newer model answers behind them.
const INHERITED: [&str; 6] = [
    "gpt-4",
    "gpt-4-32k",
    "gpt-35-turbo",
    "gpt-35-turbo-16k",
    "gpt-3.5-turbo",
    "gpt-3.5-turbo-16k",
];

/// Whether the name says little about the model that answers.
pub(super) fn is_inherited(model: &Model) -> bool {
    model.host == Some(Host::Azure) && INHERITED.contains(&model.name.as_str())
}

/// How far `total` may be off because another model answers: a newer vocabulary and a newer rendering of tools took up to
/// 7 % less in 6 of 12 records.
pub(super) fn inherited(total: Estimate) -> Estimate {
    Estimate::exact(0).widened(2 + total.lower / 6, 2 + total.upper / 12)
}

/// Fields of Chat Completions that let the provider bring in pages.
const SEARCHES: [&str; 2] = ["web_search_options", "plugins"];

/// What the caller should know of it.
pub(super) fn warnings(conversation: &Conversation, model: &Model) -> Vec<Warning> {
    let mut warnings: Vec<Warning> = SEARCHES
        .into_iter()
        .filter(|key| {
            let field = conversation.rest.get(key);
            field.is_some_and(|value| !value.is_null())
        })
        .map(|key| Warning {
            code: "server_tool".to_owned(),
            path: key.to_owned(),
            message:
                "pages that the provider brings in are not counted; some hosts bill them as input"
                    .to_owned(),
        })
        .collect();
    if is_inherited(model) {
        warnings.push(Warning {
            code: "assumed_model".to_owned(),
            path: "model".to_owned(),
            message: format!(
                "a deployment called {:?} may be answered by a newer model; name the model with its date",
                model.name
            ),
        });
    }
    warnings
}
