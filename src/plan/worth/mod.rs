//! What each tool result is worth: whether it repeats, is out of date, or will be needed again.
//!
//! | file | question |
//! |---|---|
//! | `facts` | what does a message tell by itself? |
//! | `exchange` | which result answers which call? |
//! | `calls` | when are two calls the same? |
//! | `answers` | did a tool fail, is its result gone already? |
//! | `files`, `patches`, `commands`, `shell`, `paths` | what does a call read and write? |
//! | `repeats` | does a later result say the same, or was what was read changed since? |
//! | `sketch` | does a later result say nearly the same? |
//! | `references` | was what it says used later? |
//! | `need` | how likely is it to be needed again? |
//!
//! All of it takes time in proportion to the text, but for the logarithm in sorting keys and looking up ranges of lines. A text is
//! read once: what a message tells by itself is kept with it.

mod answers;
mod arguments;
mod calls;
mod commands;
#[cfg(test)]
mod corpus_tests;
mod exchange;
mod facts;
mod files;
mod hash;
mod logistic;
mod need;
mod operands;
mod patches;
mod paths;
mod references;
mod repeats;
mod shell;
mod sketch;
#[cfg(test)]
mod tests;
mod tool_kinds;

use std::borrow::Cow;

use crate::conversation::{Group, ToolCall};
use crate::count::Counted;

use super::document::Cause;
use super::evicted::is_placeholder;
use super::policy::Policy;
use exchange::Exchange;
pub(crate) use facts::Facts;
pub(super) use hash::ByText;
pub(crate) use hash::{Spread, hashed, is_same, mix};
use need::Evidence;

/// What a tool is called when nothing tells its name.
const UNNAMED: &str = "a tool";
/// Least probability of a result that was taken away and asked for again.
const REGRETTED: f64 = 0.9;
/// Least probability: nothing is certain not to be needed.
const LEAST: f64 = 0.001;
/// What a placeholder says of a result that may go because of a later message. Its call was made again for other reasons.
const LATER: &str = " later";

/// A tool result: a part of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    /// The message.
    pub message: usize,
    /// The position among the message's parts.
    pub part: usize,
}

/// A tool result and what it is worth.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Worth<'a> {
    /// Where the result is.
    pub place: Place,
    /// The group that it belongs to.
    pub group: usize,
    /// The tool that was called; `a tool` when nothing tells.
    pub tool: &'a str,
    /// The call that it answers; may be empty.
    pub call_id: &'a str,
    /// The best reason for which it may go.
    pub cause: Cause,
    /// The message that says the same, or that changed what was read.
    pub later: Option<usize>,
    /// What was read, for the placeholder: a path.
    pub subject: Option<Cow<'a, str>>,
    /// How likely it is that the content is needed again, above 0 and at most 1.
    pub need: f64,
    /// Whether it is a placeholder, or cut, already.
    pub is_evicted: bool,
    /// Whether it is a placeholder already, which is never touched again. What was cut may still be masked.
    pub is_masked: bool,
    /// Whether it is nothing but text.
    pub is_text: bool,
    /// Whether it came from the caller: results in messages of the model are those of tools that the provider runs.
    pub is_callers: bool,
}

/// What every result is worth, in the order of the messages.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Worths<'a> {
    /// The results.
    pub results: Vec<Worth<'a>>,
    /// The messages with thoughts, in order, each with its group.
    pub thoughts: Vec<(usize, usize)>,
    /// Calls that were made again after their results had been taken away.
    pub regrets: u32,
    /// Whether every call has its one result, by its id, and nothing is of an unknown kind.
    pub is_settled: bool,
}

/// Values every tool result of `counted`, whose atomic groups are `groups`.
pub(crate) fn worths<'a>(counted: &'a Counted, groups: &[Group], policy: &Policy) -> Worths<'a> {
    let exchange = Exchange::of(counted, groups);
    let touched = files::touched(&exchange.calls);
    let findings = repeats::repeats(&exchange, &touched);
    let near = sketch::near(&exchange, &findings, policy.similarity);
    let (regretted, regrets) = regretted(&exchange);
    let mut used: Vec<(f64, usize)> = vec![(0.0, 0); exchange.answers.len()];
    for one in references::uses(counted, groups, &exchange) {
        if let Some((sum, last)) = used.get_mut(one.answer) {
            *sum += one.weight;
            *last = one.group;
        }
    }
    let last = groups.len().saturating_sub(1);
    let results = exchange
        .answers
        .iter()
        .enumerate()
        .map(|(at, answer)| {
            let near = near.get(at).copied().flatten();
            let near = near.map(|message| (Cause::NearDuplicate, message));
            let finding = findings.get(at).copied().flatten().or(near);
            let cause = finding.map_or(Cause::Old, |(cause, _)| cause);
            let (used, last_use) = used.get(at).copied().unwrap_or_default();
            let mut need = need::need(&Evidence {
                cause,
                idle: last.saturating_sub(answer.group.max(last_use)),
                used,
                bytes: answer.facts.bytes,
                failed: answer.facts.failed,
            });
            if regretted.get(at) == Some(&true) {
                need = need.max(REGRETTED);
            }
            let said = policy.values.get(answer.call_id);
            if let Some(said) = said.or_else(|| policy.tool_values.get(answer.tool))
                && !said.is_nan()
            {
                need = *said;
            }
            let read = answer.call.and_then(|call| match touched.get(call)? {
                Cow::Borrowed(touched) => touched.reads.first()?.told().map(Cow::Borrowed),
                Cow::Owned(touched) => {
                    let told = touched.reads.first()?.told();
                    told.map(|told| Cow::Owned(told.to_owned()))
                }
            });
            Worth {
                place: answer.place,
                group: answer.group,
                tool: named(answer.tool),
                call_id: answer.call_id,
                cause,
                later: finding.map(|(_, message)| message),
                subject: read,
                need: need.clamp(LEAST, 1.0),
                is_evicted: answer.facts.is_evicted,
                is_masked: answer.facts.is_masked,
                is_text: !answer.facts.has_media,
                is_callers: answer.is_callers,
            }
        })
        .collect();
    Worths {
        results,
        thoughts: exchange.thoughts,
        regrets,
        is_settled: exchange.is_settled,
    }
}

/// The tool behind each result, and how often the agent had asked again for what was taken away.
pub(crate) fn tools(counted: &Counted, groups: &[Group]) -> (Vec<(Place, String)>, u32) {
    let exchange = Exchange::of(counted, groups);
    let answers = exchange.answers.iter();
    let tools = answers.map(|answer| (answer.place, named(answer.tool).to_owned()));
    (tools.collect(), regretted(&exchange).1)
}

/// What a tool is called.
fn named(tool: &str) -> &str {
    if tool.is_empty() { UNNAMED } else { tool }
}

/// The results whose calls had been made before and whose earlier results were taken away, and their number.
fn regretted(exchange: &Exchange<'_>) -> (Vec<bool>, u32) {
    let mut evicted: hash::ByHash<(&ToolCall, usize)> = hash::ByHash::default();
    let mut count = 0;
    let regretted = exchange
        .answers
        .iter()
        .map(|answer| {
            let Some(call) = exchange.call(answer) else {
                return false;
            };
            let key = call.facts.key;
            let again = evicted.get(&key).is_some_and(|(earlier, group)| {
                *group < answer.group && calls::are_same(earlier, call.made)
            });
            count += u32::from(again);
            if answer.facts.is_evicted {
                let text = answer.text();
                if !is_placeholder(&text) || !text.contains(LATER) {
                    evicted.entry(key).or_insert((call.made, answer.group));
                }
            }
            again
        })
        .collect();
    (regretted, count)
}
