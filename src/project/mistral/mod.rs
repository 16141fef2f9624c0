//! Mistral's models: control tokens around texts and JSON, by the layouts that mistral-common 1.13.1 publishes.
//!
//! Which layout a model has follows from its release; aliases that move (`-latest`) are bounded by all of them.

mod layout;

use super::costs::{Cost, Costs};
use super::estimate::Estimate;
use super::template::{media, ollama, thoughts};
use crate::conversation::{Conversation, Dialect, Part, ResponseFormat, Role, ToolChoice};
use crate::count::{CountText, Counted, CountedMessage};
use crate::models::{Framing, Host, Model};
use layout::Layout;

/// Tokens of the block of model settings that layout v15 puts before the conversation, as recorded on 22 requests.
const SETTINGS: i64 = 12;

/// What each part of the request costs.
pub(super) fn costs(counted: &Counted, model: &Model, counter: &dyn CountText) -> Costs {
    let conversation = &counted.conversation;
    let likely = Layout::of(model.framing);
    // What recorded requests under a moving alias were answered with.
    let bounds: &[Layout] = match (model.uncertainty, likely) {
        (None, _) | (_, Layout::V3) => &[],
        _ => &[Layout::V3, Layout::V11, Layout::V13],
    };
    let mut costs: Costs = Costs::default();
    for (index, message) in counted.messages.iter().enumerate() {
        let of = |layout: Layout| message_tokens(counted, index, message, layout, counter);
        let mut cost = of(likely);
        for (said, called) in bounds.iter().map(|layout| of(*layout)) {
            let within = |estimate: &mut Estimate, other: Estimate| {
                estimate.lower = estimate.lower.min(other.lower);
                estimate.upper = estimate.upper.max(other.upper);
            };
            within(&mut cost.0, said);
            within(&mut cost.1, called);
        }
        costs.messages.push(Cost {
            text: cost.0,
            calls: cost.1,
            media: media::attachments(message, model, counter) + recordings(message, model),
            ..Cost::default()
        });
    }
    if let Some(instructions) = &conversation.instructions {
        let text = crate::count::segments(instructions).concat();
        let first = first_user(counted, 0);
        costs.instructions = Estimate::exact(layout::system(likely, &text, first, counter));
    }
    costs.tools = tools(conversation, model, counter);
    costs.framing = Estimate::exact(1_i64) + settings(model, conversation);
    if model.host == Some(Host::Openrouter) && likely == Layout::V3 {
        // Hosts of the older models behind OpenRouter add up to four tokens to the template, recorded on seven requests.
        costs.framing += Estimate::between(0_i64, 2_i64, 4_i64);
    }
    costs.format = format(conversation, model, counter);
    costs
}

/// The settings block. Under an alias, a request that sets the effort was always answered by a model that has it; where an
/// object is asked for it was not there: three of three recorded requests.
fn settings(model: &Model, conversation: &Conversation) -> Estimate {
    let effort = conversation.rest.get("reasoning_effort");
    let has_effort = effort.is_some_and(|effort| !effort.is_null());
    let moves = model.uncertainty.is_some();
    let is_text = conversation.response_format == ResponseFormat::Text;
    match model.framing == Framing::MistralV15 {
        _ if moves && has_effort => Estimate::exact(SETTINGS),
        true if !is_text => Estimate::between(0_i64, 0_i64, SETTINGS),
        true if moves => Estimate::between(0_i64, SETTINGS, SETTINGS),
        true => Estimate::exact(SETTINGS),
        false => Estimate::default(),
    }
}

/// A message's own tokens and those of its calls.
fn message_tokens(
    counted: &Counted,
    index: usize,
    message: &CountedMessage,
    layout: Layout,
    counter: &dyn CountText,
) -> (Estimate, Estimate) {
    let content = i64::from(message.content);
    let said = match message.message.role {
        Role::System | Role::Developer => {
            let text = crate::count::segments(&message.message).concat();
            layout::system(layout, &text, first_user(counted, index), counter)
        }
        Role::User => content + 2,
        Role::Assistant => content + 1,
        Role::Tool | Role::Function => {
            return (
                layout::result(layout, message, counter),
                Estimate::default(),
            );
        }
    };
    let mut said = Estimate::exact(said);
    if message.opaque > 0 {
        let opaque = i64::from(message.opaque);
        said += Estimate::between(0_i64, opaque, opaque + 16);
    }
    // Chunks of thoughts are kept, with a token at each end: ten of ten recorded requests.
    said += thoughts::kept(&message.message, 2, counter);
    let calls = layout::calls(layout, &message.message, counter);
    (said, Estimate::exact(calls))
}

/// The text of the first user message from `index` on.
fn first_user(counted: &Counted, index: usize) -> Option<&CountedMessage> {
    let later = counted.messages.get(index..).unwrap_or_default();
    later
        .iter()
        .find(|message| message.message.role == Role::User)
        .map(|message| &**message)
}

/// Recordings are padded to half minutes of 375 tokens, by mistral-common's audio encoder; the maker's own API does not
/// report them as prompt. One recorded request each.
fn recordings(message: &CountedMessage, model: &Model) -> Estimate {
    let one = |part: &Part| match part {
        Part::Audio { seconds } => {
            let halves = |seconds: f64| (seconds.clamp(1.0, 1e7) / 30.0).ceil() as i64;
            let tokens = 375 * seconds.map_or(2, halves);
            let most = 2 + 375 * seconds.map_or(20, halves);
            Some(match model.host {
                None | Some(Host::Maker) => Estimate::between(0_i64, 1_i64, most),
                _ => Estimate::between(0_i64, tokens + 4, most + 4),
            })
        }
        _ => None,
    };
    message.message.leaves().filter_map(one).sum()
}

fn tools(conversation: &Conversation, model: &Model, counter: &dyn CountText) -> Estimate {
    if conversation.tools.is_empty() {
        return Estimate::default();
    }
    let (mut json, others) = layout::declarations(&conversation.tools);
    if model.host == Some(Host::Ollama) || conversation.dialect == Dialect::Ollama {
        json = ollama::list(&conversation.tools, model);
    }
    let mut cost = Estimate::default();
    if !json.is_empty() {
        cost += Estimate::exact(2 + i64::from(counter.count_text(&json)));
    }
    for tool in others {
        let tokens = i64::from(counter.count_text(&tool));
        cost += Estimate::between(0_i64, tokens + 20, 2 * tokens + 400);
    }
    match conversation.tool_choice {
        // Recorded: nothing, one or three more.
        ToolChoice::Required | ToolChoice::Forced(_) => cost.widened(0, 4),
        _ => cost,
    }
}

/// A schema steers the answer without being shown: six of six recorded requests. Other hosts may show it.
fn format(conversation: &Conversation, model: &Model, counter: &dyn CountText) -> Estimate {
    match (&conversation.response_format, model.host) {
        (ResponseFormat::JsonSchema { schema, .. }, Some(host)) if host != Host::Maker => {
            let tokens = i64::from(counter.count_text(&crate::json::compact(schema)));
            Estimate::between(0_i64, 0_i64, tokens + 60)
        }
        _ => Estimate::default(),
    }
}
