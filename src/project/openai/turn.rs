//! Framing of a Chat Completions turn with calls: the calls, and the answers to them.

use std::borrow::Cow;

use super::messages::{media, media_of, opaque, said};
use super::rules::Rules;
use crate::conversation::{Part, Role, ToolCall};
use crate::count::{self, CallTokens, CountText, CountedMessage};
use crate::json;
use crate::models::{Framing, ImageRule};
use crate::project::costs::Cost;
use crate::project::estimate::Estimate;
use crate::project::shares::shares;

/// An assistant message with calls, and the messages that answer them.
pub(super) fn turn(
    turn: &CountedMessage,
    results: &[&CountedMessage],
    rules: &Rules,
    image: ImageRule,
    counter: &dyn CountText,
    costs: &mut Vec<Cost>,
) {
    let mut cost = Cost {
        media: media(turn, rules, image, counter),
        ..Cost::default()
    };
    // Text beside calls is a message of its own; without text the name is all that is left of it.
    if turn.content > 0 || turn.opaque > 0 || cost.media != Estimate::default() {
        cost.text = said(turn, rules, counter);
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
        for message in results {
            let texts = answers(message, counter)
                .map(|answer| single(&answer, answered(turn, &answer), rules))
                .sum();
            costs.push(answering(message, texts, rules, image, counter));
        }
        return;
    }
    let calls = counter.count_text(&tool_uses(turn.message.calls()));
    cost.calls = Estimate::exact(rules.parallel + tokens(calls));
    if rules.framing == Framing::OpenaiReasoning {
        // No record of several calls by these.
        cost.calls = cost.calls.widened(8, 8);
    }
    costs.push(cost);
    joint(results, rules, image, counter, costs);
}

/// Answers that follow no call, which the API refuses, or that stand beside their calls in one message, as dialects
/// have it where the provider carries calls out.
pub(super) fn unasked(
    results: &[&CountedMessage],
    rules: &Rules,
    image: ImageRule,
    counter: &dyn CountText,
    costs: &mut Vec<Cost>,
) {
    for message in results {
        let texts = answers(message, counter)
            .map(|answer| single(&answer, answered(message, &answer), rules))
            .sum();
        let mut cost = answering(message, texts, rules, image, counter);
        for call in &message.calls {
            let call = rules.call + tokens(call.name) + tokens(call.arguments);
            cost.calls += Estimate::between(0_i64, call, call + 16);
        }
        costs.push(cost);
    }
}

/// An answer to one call.
struct Answer<'a> {
    call_id: &'a str,
    parts: &'a [Part],
    /// Tokens of its text, and of its parts of unknown kinds.
    content: u32,
    opaque: u32,
    /// Whether it is a message of the role `function`.
    is_retired: bool,
}

/// The answers that a message holds: one in OpenAI's dialects, several in others.
fn answers<'a>(
    counted: &'a CountedMessage,
    counter: &'a dyn CountText,
) -> impl Iterator<Item = Answer<'a>> {
    let is_single = matches!(counted.message.parts.as_slice(), [Part::ToolResult { .. }]);
    let found = counted.message.parts.iter().filter_map(|part| match part {
        Part::ToolResult { call_id, parts, .. } => Some((call_id, parts)),
        _ => None,
    });
    found.map(move |(call_id, parts)| {
        let (content, opaque) = if is_single {
            (counted.content, counted.opaque)
        } else {
            let json = |part: &Part| match part {
                Part::Opaque(value) => counter.count_text(&json::compact(value)),
                _ => 0,
            };
            (
                counter.count_text(&count::segments_of(parts).concat()),
                parts.iter().map(json).fold(0, u32::saturating_add),
            )
        };
        Answer {
            call_id,
            parts,
            content,
            opaque,
            is_retired: counted.message.role == Role::Function,
        }
    })
}

fn tokens(count: u32) -> i64 {
    i64::from(count)
}

/// The counted call that `answer` answers.
fn answered(turn: &CountedMessage, answer: &Answer) -> Option<CallTokens> {
    turn.message
        .calls()
        .zip(&turn.calls)
        .find(|(call, _)| call.id == answer.call_id)
        .map(|(_, counted)| *counted)
}

/// The answer to the only call of a turn.
fn single(answer: &Answer, call: Option<CallTokens>, rules: &Rules) -> Estimate {
    let recipient = match call {
        Some(call) => Estimate::exact(call.recipient),
        None => unknown_recipient(),
    };
    let mut text = Estimate::exact(rules.result + tokens(answer.content)) + recipient;
    text += opaque(answer.opaque);
    if answer.is_retired {
        // By older public fixtures a retired function message costs less.
        text.lower -= 2;
    }
    text
}

/// The name of a call that is not there: the API refuses its answer, and the name is anyone's guess.
pub(super) fn unknown_recipient() -> Estimate {
    Estimate::between(0_i64, 4_i64, 32_i64)
}

/// A message whose answers cost `answers`, with what it says beside them.
fn answering(
    counted: &CountedMessage,
    answers: Estimate,
    rules: &Rules,
    image: ImageRule,
    counter: &dyn CountText,
) -> Cost {
    let parts = &counted.message.parts;
    let mut cost = Cost::default();
    for part in parts {
        if let Part::ToolResult { parts, .. } = part {
            let media = media_of(parts, rules, image, counter);
            // The one record of a picture in an answer counts 9 where the rule gives 25.
            cost.media += Estimate {
                lower: media.lower.min(media.tokens / 3),
                ..media
            };
        }
    }
    if parts
        .iter()
        .all(|part| matches!(part, Part::ToolResult { .. }))
    {
        cost.text = answers;
    } else {
        cost.text = said(counted, rules, counter);
        cost.results = answers;
        cost.media += media_of(parts, rules, image, counter);
    }
    cost
}

/// The calls of a turn, as the model wrote them: one wrapped call.
pub(super) fn tool_uses<'a>(calls: impl Iterator<Item = &'a ToolCall>) -> String {
    let mut out = String::from("{\"tool_uses\":[");
    for (index, call) in calls.enumerate() {
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

/// The answers of a turn with several calls: one list, whose tokens are shared out by the answers' own.
fn joint(
    results: &[&CountedMessage],
    rules: &Rules,
    image: ImageRule,
    counter: &dyn CountText,
    costs: &mut Vec<Cost>,
) {
    let mut list = String::from("[");
    let mut weights = Vec::with_capacity(results.len());
    let mut doubts = Vec::with_capacity(results.len());
    for message in results {
        // One more each, so that an empty answer has a share too.
        let mut weight = 1_u32;
        let mut doubt = Estimate::default();
        for answer in answers(message, counter) {
            if list.len() > 1 {
                list.push_str(rules.results.comma);
            }
            let text: Cow<'_, str> = count::segments_of(answer.parts).concat().into();
            if !json::rewrite(&text, rules.results, &mut list) {
                json::write_string(&text, rules.results, &mut list);
            }
            weight = weight.saturating_add(answer.content);
            doubt += opaque(answer.opaque);
        }
        weights.push(weight);
        doubts.push(doubt);
    }
    list.push(']');
    let shares = shares(counter.count_text(&list), &weights);
    for ((message, share), doubt) in results.iter().zip(shares).zip(doubts) {
        let texts = Estimate::exact(share) + doubt;
        costs.push(answering(message, texts, rules, image, counter));
    }
}
