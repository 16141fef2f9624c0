//! OpenAI models: framing fitted to recorded usage of Chat Completions and Responses.

mod built_in;
mod declarations;
mod deferred;
mod document;
mod items;
mod messages;
mod namespace;
mod reasoning;
mod rules;
mod schema;
mod server;
mod turn;

use super::costs::{Cost, Costs};
use super::estimate::Estimate;
use crate::count::{CountText, Counted, segments};
use crate::models::Model;
pub(super) use namespace::{Namespace, Style, namespace};
use rules::{Api, Rules};

/// What each part of the request costs.
pub(super) fn costs(counted: &Counted, model: &Model, counter: &dyn CountText) -> Costs {
    let conversation = &counted.conversation;
    let rules = Rules::of(model, Api::of(conversation.dialect));
    let messages = match rules.api {
        Api::Chat => messages::messages(counted, &rules, model.image, counter),
        Api::Responses => items::items(counted, &rules, model, counter),
    };
    let instructions = conversation.instructions.as_deref().map(|instructions| {
        let texts = segments(instructions);
        let tokens: i64 = texts.iter().map(|t| i64::from(counter.count_text(t))).sum();
        Estimate::exact(rules.message + tokens)
    });
    let mut costs = Costs {
        messages,
        instructions: instructions.unwrap_or_default(),
        tools: declarations::tools(conversation, &rules, counter)
            + server::bedrock(conversation, model),
        format: declarations::format(counted, &rules, counter),
        framing: Estimate::exact(rules.prime) + server::unseen(conversation, model),
        warnings: server::warnings(conversation, model),
        ..Costs::default()
    };
    let total = costs.messages.iter().map(Cost::total).sum::<Estimate>()
        + costs.instructions
        + costs.tools
        + costs.format
        + costs.framing;
    costs.framing += server::inherited(model, total);
    costs
}
