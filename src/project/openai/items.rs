//! Framing of Responses items. What no recorded request shows is bounded.

use std::collections::HashMap;

use serde_json::Value;

use super::built_in;
use super::deferred;
use super::messages::{media, opaque, said};
use super::reasoning;
use super::rules::Rules;
use super::turn::{tool_uses, unknown_recipient};
use crate::conversation::{Message, Part, ResponseFormat, Role};
use crate::count::{CountText, CountedMessage};
use crate::models::{Framing, ImageRule, Model};
use crate::project::costs::Cost;
use crate::project::estimate::Estimate;
use crate::project::shares::shares;
use crate::project::view::View;

/// The cost of every item.
pub(super) fn items(
    counted: &View<'_>,
    rules: &Rules,
    model: &Model,
    counter: &dyn CountText,
) -> Vec<Cost> {
    let conversation = &counted.conversation;
    let mut items = Items {
        rules,
        image: model.image,
        counter,
        recipients: HashMap::new(),
        has_search: conversation
            .tools
            .iter()
            .any(|tool| tool.name == "tool_search" && !tool.is_function()),
        reasoning: reasoning::Kept::of(&conversation.rest, model),
        addressed: match &conversation.response_format {
            ResponseFormat::JsonSchema { name, .. } if rules.addresses_texts => {
                // Five of six records; their names are all of two tokens.
                Estimate::between(
                    0_i64,
                    1 + i64::from(counter.count_text(name)),
                    4 + i64::from(counter.count_text(name)),
                )
            }
            _ => Estimate::default(),
        },
        last_question: conversation
            .messages
            .iter()
            .rposition(|message| message.role == Role::User)
            .unwrap_or(0),
        costs: Vec::with_capacity(counted.messages.len()),
    };
    let mut rest = counted.messages;
    while !rest.is_empty() {
        let calls = rest
            .iter()
            .take_while(|item| is_call(&item.message))
            .count();
        let (run, after) = rest.split_at(calls.max(1));
        if rules.framing == Framing::OpenaiGpt5 && calls > 1 {
            items.wrapped(run);
        } else {
            for item in run {
                items.item(item);
            }
        }
        rest = after;
    }
    items.costs
}

/// Whether the item is a call that is framed as such.
fn is_call(message: &Message) -> bool {
    matches!(message.parts.as_slice(), [Part::ToolCall(_)])
}

/// Whether a message holds pictures and nothing else.
fn is_picture_alone(message: &Message) -> bool {
    !message.parts.is_empty()
        && message
            .parts
            .iter()
            .all(|part| matches!(part, Part::Image(_)))
}

/// Whether a message holds documents and nothing else.
fn is_file_alone(message: &Message) -> bool {
    let is_document = |part: &Part| matches!(part, Part::File(file) if file.text.is_none());
    !message.parts.is_empty() && message.parts.iter().all(is_document)
}

/// What an item is called.
fn kind(message: &Message) -> &str {
    message
        .raw
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

struct Items<'a> {
    rules: &'a Rules,
    image: ImageRule,
    counter: &'a dyn CountText,
    /// Tokens of the name that each call is addressed to, by the call's id.
    recipients: HashMap<String, Estimate>,
    /// What becomes of the reasoning of earlier turns.
    reasoning: reasoning::Kept,
    /// Whether the provider searches for tools.
    has_search: bool,
    /// What an assistant's text costs on top where answers must match a schema.
    addressed: Estimate,
    /// Where the last user message is: the loop of calls after it keeps its reasoning.
    last_question: usize,
    costs: Vec<Cost>,
}

impl Items<'_> {
    fn item(&mut self, counted: &CountedMessage) {
        let message = &counted.message;
        let cost = match message.parts.as_slice() {
            [Part::ToolCall(_)] => Cost {
                calls: self.call(counted),
                ..Cost::default()
            },
            [Part::ToolResult { call_id, .. }] => self.answer(counted, call_id),
            [Part::Reasoning(thoughts)] => {
                let text = if self.costs.len() < self.last_question {
                    self.reasoning.earlier(thoughts, self.counter)
                } else {
                    reasoning::kept(thoughts, self.counter)
                };
                Cost {
                    text,
                    ..Cost::default()
                }
            }
            [Part::Opaque(value)] => Cost {
                text: self.unknown(counted, value),
                ..Cost::default()
            },
            _ => {
                let mut text = said(counted, self.rules, self.counter);
                if message.role == Role::Assistant {
                    text += self.addressed;
                }
                if is_picture_alone(message) {
                    text += self.alone();
                }
                if is_file_alone(message) {
                    // Pages need no message of their own there: two of two records.
                    text += Estimate::between(-self.rules.message, -self.rules.message, 0_i64);
                }
                Cost {
                    text,
                    media: media(counted, self.rules, self.image, self.counter),
                    ..Cost::default()
                }
            }
        };
        self.costs.push(cost);
    }

    fn unknown(&self, counted: &CountedMessage, value: &Value) -> Estimate {
        match kind(&counted.message) {
            "additional_tools" => deferred::added(value, self.has_search, self.counter),
            "message" | "" => said(counted, self.rules, self.counter),
            other => built_in::history(other, opaque(counted.opaque)),
        }
    }

    /// A call that stands alone, or any call of the older families.
    fn call(&mut self, counted: &CountedMessage) -> Estimate {
        let [call] = counted.calls.as_slice() else {
            return Estimate::default();
        };
        let recipient = self.addressed(counted);
        Estimate::exact(self.rules.call + i64::from(call.arguments))
            + recipient
            + self.replayed(&counted.message)
    }

    /// Remembers and gives the tokens of the name that a call is addressed to.
    fn addressed(&mut self, counted: &CountedMessage) -> Estimate {
        let (Some(call), Some(counts)) = (counted.message.calls().next(), counted.calls.first())
        else {
            return Estimate::default();
        };
        let namespace = counted.message.raw.get("namespace").and_then(Value::as_str);
        let own = Estimate::exact(counts.recipient);
        let recipient = namespace.map_or(own, |namespace| {
            let named = format!("{namespace}.{}", call.name);
            Estimate::exact(self.counter.count_text(&named)).widened(4, 4)
        });
        self.recipients.insert(call.id.clone(), recipient);
        recipient
    }

    /// What a message of a picture alone takes besides: 1 in two of two records; 2 in one of three of gpt-5 and later.
    fn alone(&self) -> Estimate {
        match self.rules.framing {
            Framing::OpenaiGpt5 => Estimate::between(0_i64, 0_i64, 2_i64),
            _ => Estimate::between(0_i64, 1_i64, 1_i64),
        }
    }

    /// What the call's own id adds.
    fn replayed(&self, message: &Message) -> Estimate {
        if !message.raw.get("id").is_some_and(Value::is_string) {
            return Estimate::default();
        }
        let [least, likely, most] = self.rules.replayed;
        Estimate::between(least, likely, most)
    }

    /// Calls that follow each other: one wrapped call, whose tokens are shared out by the calls' own.
    fn wrapped(&mut self, run: &[&CountedMessage]) {
        let n = i64::try_from(run.len()).unwrap_or(i64::MAX / 4);
        let text = tool_uses(run.iter().flat_map(|item| item.message.calls()));
        let tokens = i64::from(self.counter.count_text(&text)) + self.rules.parallel - 2 * n;
        let weights: Vec<u32> = run
            .iter()
            .map(|item| item.calls.iter().map(|c| c.name + c.arguments + 1).sum())
            .collect();
        let total = u32::try_from(tokens.max(0)).unwrap_or(u32::MAX);
        for (item, share) in run.iter().zip(shares(total, &weights)) {
            self.addressed(item);
            let doubt = self.replayed(&item.message);
            self.costs.push(Cost {
                calls: Estimate::exact(share) + doubt,
                ..Cost::default()
            });
        }
    }

    fn answer(&self, counted: &CountedMessage, call_id: &str) -> Cost {
        let kind = kind(&counted.message);
        if kind == "tool_search_output" {
            return Cost {
                text: deferred::found(&counted.message.raw, self.counter),
                ..Cost::default()
            };
        }
        let recipient = self
            .recipients
            .get(call_id)
            .copied()
            .unwrap_or_else(unknown_recipient);
        Cost {
            text: Estimate::exact(self.rules.result + i64::from(counted.content))
                + recipient
                + opaque(counted.opaque),
            media: media(counted, self.rules, self.image, self.counter),
            ..Cost::default()
        }
    }
}
