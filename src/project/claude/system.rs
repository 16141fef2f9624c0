//! The system prompt: instructions beside the messages, and what chat bodies say as messages of the role `system`.

use std::borrow::Cow;
use std::sync::Arc;

use super::Request;
use super::rules::Layout;
use crate::conversation::{Dialect, Message, Part, Role};
use crate::models::Framing;
use crate::project::estimate::Estimate;
use crate::project::laid::Messages;
use crate::project::shares::shares;
use crate::project::view::View;

/// How the text of a block starts that an agent kit sends for billing; the provider removes such blocks.
const BILLING: &str = "x-anthropic-billing-header";

/// Whether `message` is part of the system prompt. In the Messages API a message of that role is a turn.
pub(super) fn is_system(message: &Message) -> bool {
    matches!(message.role, Role::System | Role::Developer) && message.dialect != Dialect::Anthropic
}

/// Whether there is a system prompt.
pub(super) fn has_text(counted: &View<'_>) -> bool {
    let own = counted.conversation.instructions.iter();
    let messages = system_messages(counted).map(|(_, message)| message);
    own.chain(messages).any(|message| !text(message).is_empty())
}

/// The messages of the system prompt, with their positions.
fn system_messages<'a>(counted: &View<'a>) -> impl Iterator<Item = (usize, &'a Arc<Message>)> {
    let messages = counted.messages.iter().zip(counted.shapes).enumerate();
    messages
        .filter(|(_, (_, shape))| matches!(shape.role, Role::System | Role::Developer))
        .map(|(index, (counted, _))| (index, &counted.message))
        .filter(|(_, message)| is_system(message))
}

/// The text of a message's blocks, which nothing separates.
fn text(message: &Message) -> Cow<'_, str> {
    let mut out = Cow::Borrowed("");
    for part in &message.parts {
        if let Part::Text { text, .. } = part
            && !text.starts_with(BILLING)
        {
            if out.is_empty() {
                out = Cow::Borrowed(text);
            } else {
                out.to_mut().push_str(text);
            }
        }
    }
    out
}

/// The cost of instructions beside the messages; that of system messages is added to `costs`.
pub(super) fn system(request: &Request<'_>, costs: &mut dyn Messages) -> Estimate {
    let conversation = &request.counted.conversation;
    let own = conversation.instructions.as_deref().map(text);
    let messages: Vec<(usize, Cow<'_, str>)> = system_messages(request.counted)
        .map(|(index, message)| (index, text(message)))
        .collect();
    let whole = match (&own, messages.as_slice()) {
        (Some(own), []) => own.clone(),
        (None, [(_, only)]) => only.clone(),
        _ => {
            let texts = own
                .iter()
                .chain(messages.iter().map(|(_, text)| text))
                .map(AsRef::as_ref);
            Cow::Owned(texts.collect::<String>())
        }
    };
    if whole.is_empty() {
        return Estimate::default();
    }
    let tokens = u32::try_from(tokens(&whole, request).max(0)).unwrap_or(u32::MAX);
    let bytes = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX);
    let mut weights = vec![own.as_deref().map_or(0, bytes)];
    weights.extend(messages.iter().map(|(_, text)| bytes(text)));
    let shares = shares(tokens, &weights);
    for ((index, _), share) in messages.iter().zip(shares.iter().skip(1)) {
        costs.add_system(*index, Estimate::exact(*share));
    }
    Estimate::exact(shares.first().copied().unwrap_or(0))
}

/// Tokens of the system text, by what comes before and after it.
fn tokens(text: &str, request: &Request<'_>) -> i64 {
    let rules = request.rules;
    if rules.layout == Layout::Alternating || (rules.is_late() && !request.has_tools) {
        // After a blank line, into which line feeds at the start of the text merge.
        let text = trim_lone_space(text, rules.framing);
        return request.count(&format!("\n\n{text}"));
    }
    match (request.has_tools, rules.is_three()) {
        // The very first text.
        (false, _) => request.count(text),
        (true, true) => 1 + request.count(text.trim()),
        (true, false) => {
            let kept = match trim_lone_space(text, rules.framing) {
                // A lone blank at the end is counted on 4.5, and on 4.6 it is not.
                trimmed if trimmed.len() == text.len() && ends_in_lone_space(text) => text,
                trimmed => trimmed.trim_end(),
            };
            1 + i64::from(request.counter.count_after_header(kept))
        }
    }
}

fn ends_in_lone_space(text: &str) -> bool {
    let mut last = text.chars().rev();
    last.next() == Some(' ') && last.next().is_some_and(|before| !before.is_whitespace())
}

/// From 4.6 on, one blank at the end of a text is not counted; recorded on four requests.
pub(super) fn trim_lone_space(text: &str, framing: Framing) -> &str {
    match text.strip_suffix(' ') {
        Some(rest) if framing == Framing::Claude46 && ends_in_lone_space(text) => rest,
        _ => text,
    }
}
