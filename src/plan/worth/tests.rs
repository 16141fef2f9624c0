//! Each rule on a small conversation, in three dialects, and what holds for every conversation.

mod causes;
mod properties;
mod values;

use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::conversation::{Conversation, Dialect};
use crate::count::{CountText, count};
use crate::normalize::normalize_as;

const DIALECTS: [Dialect; 3] = [Dialect::OpenaiChat, Dialect::Anthropic, Dialect::Gemini];

struct Bytes;

impl CountText for Bytes {
    fn count_text(&self, text: &str) -> u32 {
        text.len() as u32
    }
}

/// The conversation with what is kept of its messages.
pub(super) fn counted(conversation: &Conversation) -> Counted {
    count(Arc::new(conversation.clone()), &Bytes)
}

/// A call and its result.
type Step<'a> = (&'a str, Value, &'a str);

/// The calls of each turn.
type Turns = Vec<Vec<Step<'static>>>;

/// A cause, and the turn of the later message.
type Found = (Cause, Option<usize>);

/// A conversation of turns, each of which makes some calls at once, and a last word of the model.
fn conversation(dialect: Dialect, turns: &[Vec<Step<'_>>], last: &str) -> Conversation {
    let mut messages = Vec::new();
    for (turn, steps) in turns.iter().enumerate() {
        let id = |at: usize| format!("call_{turn}_{at}");
        let each = |one: &dyn Fn(usize, &Step<'_>) -> Value| -> Vec<Value> {
            steps
                .iter()
                .enumerate()
                .map(|(at, step)| one(at, step))
                .collect()
        };
        match dialect {
            Dialect::OpenaiChat => {
                let calls = each(&|at, (tool, arguments, _)| {
                    let function = json!({ "name": tool, "arguments": arguments.to_string() });
                    json!({ "id": id(at), "type": "function", "function": function })
                });
                messages.push(json!({ "role": "assistant", "content": null, "tool_calls": calls }));
                messages.extend(each(
                    &|at, (_, _, text)| json!({ "role": "tool", "tool_call_id": id(at), "content": text }),
                ));
            }
            Dialect::Anthropic => {
                let calls = each(
                    &|at, (tool, arguments, _)| json!({ "type": "tool_use", "id": id(at), "name": tool, "input": arguments }),
                );
                let results = each(
                    &|at, (_, _, text)| json!({ "type": "tool_result", "tool_use_id": id(at), "content": text }),
                );
                messages.push(json!({ "role": "assistant", "content": calls }));
                messages.push(json!({ "role": "user", "content": results }));
            }
            _ => {
                let calls = each(
                    &|_, (tool, arguments, _)| json!({ "functionCall": { "name": tool, "args": arguments } }),
                );
                let results = each(
                    &|_, (tool, _, text)| json!({ "functionResponse": { "name": tool, "response": { "output": text } } }),
                );
                messages.push(json!({ "role": "model", "parts": calls }));
                messages.push(json!({ "role": "user", "parts": results }));
            }
        }
    }
    let request = match dialect {
        Dialect::Gemini => {
            messages.push(json!({ "role": "model", "parts": [{ "text": last }] }));
            json!({ "contents": messages })
        }
        _ => {
            messages.push(json!({ "role": "assistant", "content": last }));
            json!({ "model": "m", "messages": messages })
        }
    };
    normalize_as(Some(dialect), &request).unwrap()
}

/// What is valued borrows of what was counted, which a test may keep for good.
fn valued(conversation: &Conversation, policy: &Policy) -> Worths<'static> {
    let counted = Box::leak(Box::new(counted(conversation)));
    worths(counted, &conversation.groups(), policy)
}

/// For each result its cause, and the turn that the later message is in.
fn causes(turns: &[Vec<Step<'_>>], dialect: Dialect) -> Vec<(Cause, Option<usize>)> {
    let conversation = conversation(dialect, turns, "Done.");
    let groups = conversation.groups();
    let turn = |message: usize| {
        groups
            .iter()
            .position(|group| group.messages.contains(&message))
    };
    let worths = valued(&conversation, &Policy::default());
    let one = |worth: &Worth| (worth.cause, worth.later.and_then(turn));
    worths.results.iter().map(one).collect()
}

fn text(seed: usize) -> String {
    (0..60)
        .map(|line| format!("line {line} of text {seed} says {}\n", line * seed))
        .collect()
}
