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

use super::costs::Costs;
use super::estimate::Estimate;
use super::laid::{Laid, Messages};
use super::pieces::{Piece, Variant};
use super::view::View;
use crate::count::{CountText, segments};
use crate::models::Model;
pub(super) use namespace::{Namespace, Style, namespace};
use rules::{Api, Rules};

/// What each part of the request costs.
pub(super) fn costs(counted: &View<'_>, model: &Model, counter: &dyn CountText) -> Costs {
    let rules = Rules::of(model, counted.conversation);
    let messages = match rules.api {
        Api::Chat => messages::messages(counted, &rules, model.image, counter, false).0,
        Api::Responses => items::items(counted, &rules, model, counter),
    };
    with_messages(messages, counted, &rules, model, counter)
}

/// The same of Chat Completions messages, whose turns cost nothing more for what stands around them, but for the first file.
pub(super) fn costs_in_pieces(
    counted: &View<'_>,
    variant: &Variant<'_>,
    model: &Model,
    counter: &dyn CountText,
) -> Option<Costs<Laid>> {
    let rules = Rules::of(model, counted.conversation);
    if rules.api != Api::Chat {
        return None;
    }
    let (messages, _) = variant.laid_out(counted, |piece, place| {
        let has_files = place.open == Some(1);
        let (costs, has_files) = messages::messages(piece, &rules, model.image, counter, has_files);
        Some(Piece {
            costs,
            open: u8::from(has_files),
            ..Piece::default()
        })
    })?;
    Some(with_messages(messages, counted, &rules, model, counter))
}

fn with_messages<M: Messages + Default>(
    messages: M,
    counted: &View<'_>,
    rules: &Rules,
    model: &Model,
    counter: &dyn CountText,
) -> Costs<M> {
    let conversation = &counted.conversation;
    let instructions = conversation.instructions.as_deref().map(|instructions| {
        let texts = segments(instructions);
        let tokens: i64 = texts.iter().map(|t| i64::from(counter.count_text(t))).sum();
        Estimate::exact(rules.message + tokens)
    });
    let mut costs = Costs {
        messages,
        instructions: instructions.unwrap_or_default(),
        tools: declarations::tools(counted, rules, counter) + server::bedrock(conversation, model),
        format: declarations::format(counted, rules, counter),
        framing: Estimate::exact(rules.prime)
            + server::unseen(conversation, model)
            + server::first(conversation, rules),
        warnings: server::warnings(conversation, model),
        ..Costs::default()
    };
    if server::is_inherited(model) {
        let total = costs.messages.total()
            + costs.instructions
            + costs.tools
            + costs.format
            + costs.framing;
        costs.framing += server::inherited(total);
    }
    costs
}
