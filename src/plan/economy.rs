//! What tokens of this request cost, written, read and read again.

use std::sync::Arc;

use serde_json::Value;

use super::choose::{Money, Solution};
use super::document::Objective;
use super::policy::CachePolicy;
use crate::count::{Counted, CountedMessage};
use crate::models::{Family, Model, Price};

/// What tokens cost at the length of this request's prompt, and for how long it matters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Economy {
    /// Price of reading a token from the cache, relative to plain input; 1 without a cache.
    pub read: f64,
    /// Price of writing a token to the cache, relative to plain input; 1 without a cache.
    pub write: f64,
    /// Calls, this one included, over which money is counted.
    pub horizon: u32,
    /// Whether what was sent in the last call can still be read from the cache, if there is one.
    pub warm: bool,
    /// US dollars per token of plain input, where the price is known.
    pub input_usd: Option<f64>,
}

impl Economy {
    /// The prices of `model` for a prompt of `prompt_tokens`, as far as `policy` does not know better.
    ///
    /// A model without a price for cached tokens is taken to have no cache. Claude caches only what is marked: a request
    /// without a marker has no cache either (Anthropic, "Prompt caching": `cache_control` on a block, or of the whole request;
    /// Amazon Bedrock, "Prompt caching": `cachePoint`; the AI SDK writes `cacheControl`).
    pub(crate) fn of(
        policy: &CachePolicy,
        model: &Model,
        counted: &Counted,
        prompt_tokens: u32,
    ) -> Self {
        let rates = model
            .price
            .as_ref()
            .map(|price| rates(price, prompt_tokens));
        let listed = rates.and_then(|rates| {
            let cached = rates.input > 0.0
                && (model.framing.family() != Family::Claude || is_marked(counted));
            let read = rates.read.filter(|_| cached)? / rates.input;
            let write = rates.write.unwrap_or(rates.input) / rates.input;
            Some((read, write))
        });
        let (read, write) = listed.unwrap_or((1.0, 1.0));
        // An idle time that is no number is not known.
        let expired = policy
            .idle_seconds
            .is_some_and(|idle| idle >= policy.ttl_seconds);
        Self {
            read: sound(policy.read).unwrap_or(read),
            write: sound(policy.write).unwrap_or(write),
            horizon: policy.horizon,
            warm: !policy.broken && !expired,
            input_usd: input_usd(model, prompt_tokens),
        }
    }

    /// What a choice costs and saves.
    ///
    /// A warm cache reads the whole request. After an edit, what is left behind it is written in this call instead, at
    /// `write − read` more for each token, and what was freed is not read in any call of the horizon. A cold cache writes the
    /// whole request in this call, edited or not: an edit costs nothing, and what was freed is neither written now nor read
    /// in the calls that follow.
    pub(crate) fn money(&self) -> Money {
        let calls = f64::from(self.horizon);
        if self.warm {
            return Money {
                rewrite: (self.write - self.read).max(0.0),
                saving: calls * self.read,
            };
        }
        let first = if self.horizon > 0 { self.write } else { 0.0 };
        Money {
            rewrite: 0.0,
            saving: first + (calls - 1.0).max(0.0) * self.read,
        }
    }

    /// What a choice came to, in a request that had `before` tokens and has `after`.
    ///
    /// With `S` tokens left behind the first edit and `X` freed, `rewrite` is `S (write − read)` and each later call saves
    /// `X · read`; the quotient is the calls to break even.
    pub(crate) fn objective(&self, solution: &Solution, before: u32, after: u32) -> Objective {
        let net = solution.rewrite - solution.saved;
        let saved_per_call = solution.freed as f64 * self.read;
        let break_even = solution.rewrite / saved_per_call;
        let has_break_even = solution.rewrite > 0.0 && saved_per_call > 0.0;
        Objective {
            loss: solution.loss,
            rewrite: solution.rewrite,
            saved: solution.saved,
            shed: i64::from(before) - i64::from(after),
            net,
            net_usd: self.input_usd.map(|usd| net * usd),
            break_even: (has_break_even && break_even.is_finite()).then_some(break_even),
            bound: Some(solution.bound),
            gap: Some((solution.objective() - solution.bound).max(0.0)),
            warm: self.warm,
        }
    }
}

/// US dollars per token of plain input in a prompt of this length, where the price is known.
pub(crate) fn input_usd(model: &Model, prompt_tokens: u32) -> Option<f64> {
    let price = model.price.as_ref()?;
    Some(rates(price, prompt_tokens).input / 1e6)
}

/// Prices in US dollars per million tokens.
#[derive(Clone, Copy)]
struct Rates {
    input: f64,
    read: Option<f64>,
    write: Option<f64>,
}

/// The prices of a prompt of this length: those of the highest tier whose mark it exceeds.
fn rates(price: &Price, prompt_tokens: u32) -> Rates {
    let exceeded = price.tiers.iter().filter(|tier| prompt_tokens > tier.above);
    match exceeded.max_by_key(|tier| tier.above) {
        Some(tier) => Rates {
            input: tier.input,
            read: tier.cache_read,
            write: tier.cache_write,
        },
        None => Rates {
            input: price.input,
            read: price.cache_read,
            write: price.cache_write,
        },
    }
}

/// A relative price that can be reckoned with.
fn sound(price: Option<f64>) -> Option<f64> {
    price.filter(|price| price.is_finite() && *price >= 0.0)
}

/// Whether some block of the request, or the request, asks for caching.
fn is_marked(counted: &Counted) -> bool {
    let conversation = &counted.conversation;
    let instructions = conversation.instructions.iter();
    let tools = conversation.tools.iter().map(|tool| &tool.raw);
    let is_in = |counted: &Arc<CountedMessage>| match counted.facts.get() {
        Some(facts) => facts.is_marked,
        None => has_marker(&counted.message.raw),
    };
    std::iter::once(&conversation.rest)
        .chain(tools)
        .chain(instructions.map(|message| &message.raw))
        .any(has_marker)
        || counted.messages.iter().any(is_in)
}

/// Whether a marker stands anywhere in `value`. Its type tells it from an argument or a parameter of the same name.
pub(super) fn has_marker(value: &Value) -> bool {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => {
                for (key, value) in fields {
                    let wanted = match key.as_str() {
                        "cache_control" | "cacheControl" => "ephemeral",
                        "cachePoint" => "default",
                        _ => "",
                    };
                    let kind = || value.get("type").and_then(Value::as_str);
                    if !wanted.is_empty() && kind() == Some(wanted) {
                        return true;
                    }
                    if matches!(value, Value::Array(_) | Value::Object(_)) {
                        open.push(value);
                    }
                }
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests;
