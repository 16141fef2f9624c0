//! Gemini models: bare texts, and declarations and calls as the model was trained to read them.
//!
//! The same model is counted differently by Google's two APIs, so that the host decides beside the model. The rules were
//! fitted to recorded usage; those for calls and declarations have the three layouts of [`Layout`].

mod calls;
mod control;
mod declarations;
mod media;
mod pieces;
mod rules;
mod schema;
mod stubs;
mod thoughts;

use serde_json::Value;

use super::costs::{Cost, Costs};
use super::estimate::Estimate;
use crate::conversation::{Conversation, Dialect, Message, Part, Role, Warning};
use crate::count::{CountText, Counted, CountedMessage};
use crate::json;
use crate::models::{Framing, Host, Model};
use rules::Rules;

/// What each part of the request costs.
pub(super) fn costs(counted: &Counted, model: &Model, counter: &dyn CountText) -> Costs {
    let conversation = &counted.conversation;
    let host = host(conversation, model);
    let at = |host| {
        by(
            &Rules::of(model, host, conversation),
            counted,
            model,
            counter,
        )
    };
    match host {
        Host::Maker | Host::Vertex => at(host),
        _ if model.framing == Framing::Gemma => at(host),
        // OpenRouter was seen to ask either of Google's APIs; the request may say which.
        Host::Openrouter => match rules::route(conversation) {
            Some((route, false)) => at(route),
            Some((Host::Maker, true)) => covering(at(Host::Maker), &at(host)),
            _ => covering(at(host), &at(Host::Maker)),
        },
        // Which of the two another host asks is not known.
        _ => covering(at(Host::Maker), &at(Host::Vertex)),
    }
}

fn host(conversation: &Conversation, model: &Model) -> Host {
    let implied = || Host::of_dialect(conversation.dialect);
    model.host.unwrap_or_else(implied)
}

/// What a request costs by one set of rules.
fn by(rules: &Rules, counted: &Counted, model: &Model, counter: &dyn CountText) -> Costs {
    let conversation = &counted.conversation;
    let live = thoughts::first_live(conversation, rules);
    let names = calls::Names::of(conversation);
    let mut walk = Walk {
        rules,
        counter,
        names,
        is_routed: host(conversation, model) == Host::Openrouter,
        has_instructions: false,
        sealed: false,
    };
    let messages = counted
        .messages
        .iter()
        .enumerate()
        .map(|(index, message)| walk.message(message, index >= live))
        .collect();
    let sealed = walk.sealed;
    Costs {
        messages,
        instructions: instructions(conversation, rules, counter),
        tools: declarations::tools(conversation, rules, counter),
        format: schema::format(conversation, rules, counter),
        framing: cached(conversation) + Estimate::exact(rules.prime),
        warnings: sealed.then(sealed_reasoning).into_iter().collect(),
        ..Costs::default()
    }
}

/// Instructions outside the contents. On the Gemini API they pay for a frame when they carry a role.
fn instructions(conversation: &Conversation, rules: &Rules, counter: &dyn CountText) -> Estimate {
    let Some(message) = conversation.instructions.as_deref() else {
        return Estimate::default();
    };
    let texts = message.parts.iter().filter_map(|part| match part {
        Part::Text { text, .. } => Some(rules.text(text, counter.count_text(text))),
        _ => None,
    });
    let has_role = message.raw.get("role").is_some_and(|role| !role.is_null());
    texts.sum::<Estimate>() + Estimate::exact(if has_role { rules.frame } else { 0 })
}

/// A walk over the messages.
struct Walk<'a> {
    rules: &'a Rules,
    counter: &'a dyn CountText,
    names: calls::Names<'a>,
    /// Whether OpenRouter rewrites the request.
    is_routed: bool,
    /// Whether a message of instructions was met.
    has_instructions: bool,
    /// Whether a signature was met that may bring thoughts back.
    sealed: bool,
}

impl Walk<'_> {
    /// One message; `live` where its signed thoughts are still shown to the model.
    fn message(&mut self, counted: &CountedMessage, live: bool) -> Cost {
        let message = &counted.message;
        let mut cost = Cost {
            text: self.frame(message),
            ..Cost::default()
        };
        let only_text = matches!(message.parts.as_slice(), [Part::Text { .. }]);
        for part in &message.parts {
            match part {
                Part::Text { text, .. } => {
                    let tokens = match only_text {
                        true => counted.content,
                        false => self.counter.count_text(text),
                    };
                    cost.text += self.rules.text(text, tokens);
                    // OpenRouter trims answers.
                    if self.is_routed && text.ends_with(char::is_whitespace) {
                        cost.text.lower -= 1;
                    }
                }
                Part::Reasoning(reasoning) => {
                    let thoughts =
                        thoughts::thoughts(reasoning, message, live, self.rules, self.counter);
                    self.sealed |= !thoughts.is_exact();
                    cost.text += thoughts;
                }
                Part::ToolCall(call) => {
                    cost.calls += calls::call(call, self.rules, self.counter);
                }
                Part::ToolResult {
                    call_id,
                    name,
                    parts,
                    ..
                } => {
                    let name = name.as_deref().unwrap_or_else(|| self.names.get(call_id));
                    let (answer, media) = calls::result(name, parts, self.rules, self.counter);
                    match message.role {
                        Role::Tool | Role::Function => cost.text += answer,
                        _ => cost.results += answer,
                    }
                    cost.media += media;
                }
                Part::Opaque(value) => cost.text += opaque(value, self.counter),
                other => cost.media += media::media(other, &message.raw, self.rules, self.counter),
            }
        }
        cost
    }

    /// What a message pays besides its parts.
    fn frame(&mut self, message: &Message) -> Estimate {
        let frame = self.rules.frame;
        match (message.role, self.rules.framing) {
            (Role::System | Role::Developer, _) => self.instructions_frame(),
            // Late recordings of the first models pay a token too.
            (_, Framing::Gemini2) if self.rules.host != Host::Vertex => {
                Estimate::between(0_i64, 0_i64, 1_i64)
            }
            // Other dialects have a message for each result, which may share one content.
            (Role::Tool | Role::Function, _) if message.dialect != Dialect::Gemini => {
                Estimate::between(0_i64, frame, frame)
            }
            _ => Estimate::exact(frame),
        }
    }

    /// Messages of instructions leave the contents. OpenRouter joins them by a blank line and gives them a role.
    fn instructions_frame(&mut self) -> Estimate {
        let is_first = !std::mem::replace(&mut self.has_instructions, true);
        match (self.is_routed, is_first) {
            (true, true) => Estimate::between(0_i64, self.rules.frame, 1_i64),
            (true, false) => Estimate::between(0_i64, 1_i64, 1_i64),
            (false, _) => Estimate::between(0_i64, 0_i64, 1_i64),
        }
    }
}

/// Parts of unknown kinds: nothing at least, their JSON and a frame at most.
fn opaque(value: &Value, counter: &dyn CountText) -> Estimate {
    let tokens = i64::from(counter.count_text(&json::compact(value)));
    Estimate::between(0_i64, tokens, tokens + 16)
}

/// Contents that the provider holds: at most a window of them.
fn cached(conversation: &Conversation) -> Estimate {
    let has_cache = conversation
        .warnings
        .iter()
        .any(|warning| warning.code == "server_history");
    if has_cache {
        Estimate::between(0_i64, rules::LEAST_CACHED, rules::MOST_CACHED)
    } else {
        Estimate::default()
    }
}

fn sealed_reasoning() -> Warning {
    Warning {
        code: "sealed_reasoning".to_owned(),
        path: "contents".to_owned(),
        message: "signed thoughts of earlier turns are counted by what the model thought, which only the provider can read; their tokens are bounded by the length of the signatures".to_owned(),
    }
}

/// The same, with bounds that cover another set of rules too.
fn covering(mut costs: Costs, other: &Costs) -> Costs {
    for (cost, other) in costs.messages.iter_mut().zip(&other.messages) {
        cost.text = cover(cost.text, other.text);
        cost.calls = cover(cost.calls, other.calls);
        cost.results = cover(cost.results, other.results);
        cost.media = cover(cost.media, other.media);
    }
    costs.instructions = cover(costs.instructions, other.instructions);
    costs.tools = cover(costs.tools, other.tools);
    costs.format = cover(costs.format, other.format);
    costs
}

fn cover(one: Estimate, other: Estimate) -> Estimate {
    Estimate {
        lower: one.lower.min(other.lower),
        upper: one.upper.max(other.upper),
        ..one
    }
}
