//! Framing of Chat Completions messages and turns. What no recorded request shows is bounded.

use std::sync::Arc;

use super::attachments::attachment;
use super::estimate::Estimate;
use super::rules::Rules;
use super::shares::shares;
use crate::conversation::{Conversation, GroupKind, Part, Role};
use crate::count::{self, CallTokens, CountText, Counted, CountedMessage};
use crate::json;
use crate::models::{Framing, ImageRule};

/// What a message costs, by what it is spent on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cost {
    /// What is said, with the message's frame.
    pub(super) text: Estimate,
    /// Calls that are made.
    pub(super) calls: Estimate,
    /// Images, recordings and files.
    pub(super) media: Estimate,
}

impl Cost {
    pub(super) fn total(&self) -> Estimate {
        self.text + self.calls + self.media
    }
}

/// The cost of every message.
pub(super) fn messages(
    counted: &Counted,
    rules: &Rules,
    image: ImageRule,
    counter: &dyn CountText,
) -> Vec<Cost> {
    let mut costs = Vec::with_capacity(counted.messages.len());
    for group in counted.conversation.groups() {
        let range = group.messages;
        let messages = counted.messages.get(range.clone()).unwrap_or_default();
        match (group.kind, messages) {
            (GroupKind::ToolTurn, [turn, results @ ..]) if !turn.message.is_result() => {
                tool_turn(turn, results, rules, image, counter, &mut costs);
            }
            _ => costs.extend(messages.iter().map(|message| plain(message, rules, image))),
        }
    }
    costs
}

/// A message that is no part of a turn with calls.
fn plain(counted: &CountedMessage, rules: &Rules, image: ImageRule) -> Cost {
    let message = &counted.message;
    if message.is_result() {
        return result(counted, None, rules, image);
    }
    Cost {
        text: said(counted, rules),
        media: media(counted, image),
        ..Cost::default()
    }
}

/// Text with the frame of a message.
fn said(counted: &CountedMessage, rules: &Rules) -> Estimate {
    let mut frame = rules.message;
    if counted.message.role == Role::Assistant {
        frame += rules.assistant;
    }
    let mut cost = Estimate::exact(frame + i64::from(counted.content)) + opaque(counted);
    if counted.message.name.is_some() {
        let name = Estimate::exact(rules.name + i64::from(counted.name));
        cost += match rules.framing {
            Framing::OpenaiOld | Framing::OpenaiChat => name,
            // No record of a name on these.
            _ => name.widened(1, 2),
        };
    }
    cost
}

/// Parts of unknown kinds: nothing at least, their JSON and a frame at most.
fn opaque(counted: &CountedMessage) -> Estimate {
    let tokens = i64::from(counted.opaque);
    if tokens == 0 {
        return Estimate::default();
    }
    Estimate::between(0_i64, tokens, tokens + 16)
}

fn media(counted: &CountedMessage, image: ImageRule) -> Estimate {
    count::own_parts(&counted.message)
        .iter()
        .filter_map(|part| attachment(part, image))
        .sum()
}

/// An assistant message with calls, and its results.
fn tool_turn(
    turn: &CountedMessage,
    results: &[Arc<CountedMessage>],
    rules: &Rules,
    image: ImageRule,
    counter: &dyn CountText,
    costs: &mut Vec<Cost>,
) {
    let mut cost = Cost {
        media: media(turn, image),
        ..Cost::default()
    };
    // Text beside calls is a message of its own; without text the name is all that is left of it.
    if turn.content > 0 || turn.opaque > 0 || cost.media != Estimate::default() {
        cost.text = said(turn, rules);
    } else if turn.message.name.is_some() {
        cost.text = Estimate::exact(turn.name);
    }
    if let [call] = turn.calls.as_slice() {
        cost.calls = Estimate::exact(rules.call + tokens(call.name) + tokens(call.arguments));
        if turn.message.calls().any(|call| call.id.is_empty()) {
            // A retired `function_call`: by older public fixtures two tokens less than a tool call.
            cost.calls.lower -= 2;
        }
        costs.push(cost);
        costs.extend(
            results
                .iter()
                .map(|answer| result(answer, answered(turn, answer), rules, image)),
        );
        return;
    }
    let calls = counter.count_text(&tool_uses(turn));
    cost.calls = Estimate::exact(rules.parallel + tokens(calls));
    if rules.framing == Framing::OpenaiReasoning {
        // No record of several calls by these.
        cost.calls = cost.calls.widened(8, 8);
    }
    costs.push(cost);
    joint_results(results, rules, image, counter, costs);
}

fn tokens(count: u32) -> i64 {
    i64::from(count)
}

/// The counted call that `answer` answers.
fn answered(turn: &CountedMessage, answer: &CountedMessage) -> Option<CallTokens> {
    let [Part::ToolResult { call_id, .. }] = answer.message.parts.as_slice() else {
        return None;
    };
    turn.message
        .calls()
        .zip(&turn.calls)
        .find(|(call, _)| call.id == *call_id)
        .map(|(_, counted)| *counted)
}

/// The result of one call.
fn result(
    counted: &CountedMessage,
    call: Option<CallTokens>,
    rules: &Rules,
    image: ImageRule,
) -> Cost {
    let recipient = match call {
        Some(call) => Estimate::exact(call.recipient),
        // The API refuses a result without its call; the recipient's name is then anyone's guess.
        None => Estimate::between(0_i64, 4_i64, 32_i64),
    };
    let mut text = Estimate::exact(rules.result + tokens(counted.content)) + recipient;
    text += opaque(counted);
    if counted.message.role == Role::Function {
        // By older public fixtures a retired function message costs less.
        text.lower -= 2;
    }
    Cost {
        text,
        media: media(counted, image),
        ..Cost::default()
    }
}

/// The calls of a turn, as the model wrote them: one wrapped call.
fn tool_uses(turn: &CountedMessage) -> String {
    let mut out = String::from("{\"tool_uses\":[");
    for (index, call) in turn.message.calls().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str("{\"recipient_name\":");
        json::write_string(&format!("functions.{}", call.name), json::COMPACT, &mut out);
        out.push_str(",\"parameters\":");
        if !json::rewrite(&call.arguments, json::COMPACT, &mut out) {
            json::write_string(&call.arguments, json::COMPACT, &mut out);
        }
        out.push('}');
    }
    out.push_str("]}");
    out
}

/// The results of a turn with several calls: one list, whose tokens are shared out by the results' own.
fn joint_results(
    results: &[Arc<CountedMessage>],
    rules: &Rules,
    image: ImageRule,
    counter: &dyn CountText,
    costs: &mut Vec<Cost>,
) {
    let mut list = String::from("[");
    for (index, answer) in results.iter().enumerate() {
        if index > 0 {
            list.push_str(rules.results.comma);
        }
        let text = count::segments(&answer.message).concat();
        if !json::rewrite(&text, rules.results, &mut list) {
            json::write_string(&text, rules.results, &mut list);
        }
    }
    list.push(']');
    // One more each, so that an empty result has a share too.
    let weights: Vec<u32> = results
        .iter()
        .map(|answer| answer.content.saturating_add(1))
        .collect();
    let shares = shares(counter.count_text(&list), &weights);
    for (answer, share) in results.iter().zip(shares) {
        costs.push(Cost {
            text: Estimate::exact(share) + opaque(answer),
            media: media(answer, image),
            ..Cost::default()
        });
    }
}

/// Assistant messages with text; in Chat each is addressed to the schema that answers must match.
pub(super) fn assistant_texts(counted: &Counted) -> i64 {
    let texts = counted
        .messages
        .iter()
        .filter(|m| m.message.role == Role::Assistant && (m.content > 0 || m.calls.is_empty()))
        .count();
    i64::try_from(texts).unwrap_or(i64::MAX / 4)
}

/// The text of the first message, when it is one of instructions: the part that later text is joined to.
pub(super) fn leading_text(conversation: &Conversation) -> Option<String> {
    let first = conversation.messages.first()?;
    matches!(first.role, Role::System | Role::Developer).then(|| {
        count::segments(first)
            .pop()
            .unwrap_or_default()
            .into_owned()
    })
}
