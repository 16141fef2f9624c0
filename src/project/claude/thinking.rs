//! Thinking: the switch that asks for it, and earlier thoughts.

use serde_json::Value;

use super::Request;
use super::rules::Layout;
use crate::conversation::{Conversation, Dialect, Message, Reasoning, Thinking, Warning};
use crate::json;
use crate::models::{Framing, Host};
use crate::project::estimate::Estimate;

/// Characters of a signature or of sealed thoughts for each token behind it, on the dense side of those recorded.
const SEALED_PER_TOKEN: f64 = 3.3;
/// Characters of a signature that seals nothing: recorded ones of 420 and 444 stand for 23 and 29 tokens.
const SEAL: u32 = 330;

/// Whether thinking is asked for. Chat bodies say it in fields of their hosts' own.
pub(super) fn asked(conversation: &Conversation) -> Thinking {
    if conversation.thinking != Thinking::Unsaid || conversation.dialect == Dialect::Anthropic {
        return conversation.thinking;
    }
    let field = |key: &str| conversation.rest.get(key).filter(|value| !value.is_null());
    if let Some(kind) = field("thinking").and_then(|thinking| thinking.get("type")) {
        return match kind.as_str() {
            Some("enabled") => Thinking::Enabled,
            Some("adaptive") => Thinking::Adaptive,
            _ => Thinking::Disabled,
        };
    }
    let effort = field("reasoning_effort").and_then(Value::as_str);
    let reasoning = field("reasoning");
    let inner = |key: &str| reasoning.and_then(|reasoning| reasoning.get(key));
    let is_off = effort == Some("none")
        || inner("effort").and_then(Value::as_str) == Some("none")
        || inner("enabled") == Some(&Value::Bool(false));
    match (is_off, effort.is_some() || reasoning.is_some()) {
        (true, _) => Thinking::Disabled,
        (false, true) => Thinking::Enabled,
        (false, false) => Thinking::Unsaid,
    }
}

/// Tokens of the switch, which do not depend on the budget.
pub(super) fn switch(request: &Request<'_>) -> Estimate {
    let rules = request.rules;
    match request.thinks {
        Thinking::Unsaid | Thinking::Disabled => Estimate::default(),
        Thinking::Enabled if rules.thinking > 0 => {
            let more = match rules.framing {
                Framing::Claude45 | Framing::Claude46 => request.has_tools,
                _ => request.has_tools || request.has_system,
            };
            let tokens = rules.thinking + i64::from(more);
            let cost = Estimate::exact(tokens);
            let cost = match rules.framing {
                // Recorded 28 and, earlier, 29.
                Framing::Claude37Sonnet => cost.widened(0, 1),
                _ => cost,
            };
            match request.host {
                // Recorded once: Snowflake does not pass the switch on, nor earlier thoughts.
                Host::Snowflake => Estimate {
                    lower: 0,
                    ..cost.widened(0, 1)
                },
                _ => cost,
            }
        }
        // Recorded on Opus 4.6: 17 without tools, nothing with tools that must be called; on Sonnet 4.6 never anything.
        Thinking::Adaptive if rules.framing == Framing::Claude46 => {
            if request.model.row.contains("opus") && !request.has_tools {
                Estimate::exact(17)
            } else {
                Estimate::between(0_i64, 0_i64, 2_i64)
            }
        }
        _ => Estimate::default(),
    }
}

/// Tokens of an earlier thought, which not every host passes on. `is_current` says that no user text follows it; `before_text` that text does before the call.
pub(super) fn thought(
    thought: &Reasoning,
    is_current: bool,
    before_text: bool,
    request: &Request<'_>,
) -> Estimate {
    let cost = passed_on(thought, is_current, before_text, request);
    match request.host {
        Host::Snowflake => Estimate { lower: 0, ..cost },
        _ => cost,
    }
}

fn passed_on(
    thought: &Reasoning,
    is_current: bool,
    before_text: bool,
    request: &Request<'_>,
) -> Estimate {
    let rules = request.rules;
    let text = request.count(&thought.text);
    let sealed = (f64::from(thought.sealed) / SEALED_PER_TOKEN).ceil() as i64;
    let upper = (text + 15).max(sealed + 15);
    let hidden = i64::from(thought.sealed.saturating_sub(SEAL) / 3);
    if !rules.is_late() {
        // Opus 4.5 keeps earlier thoughts by the vendor's page on thinking; the others of 4.5 and before drop them,
        // recorded on 32 requests.
        let keeps = request.model.row.contains("opus-4-5");
        if !is_current && !keeps {
            return Estimate::default();
        }
        if thought.redacted {
            return Estimate::between(0_i64, hidden, upper);
        }
        let frame = if before_text { 9 } else { 7 };
        let lower = if is_current { text } else { 0 };
        return Estimate::between(lower, text + frame, text + 15);
    }
    if thought.redacted || rules.layout == Layout::Alternating {
        // Summaries hide thoughts of any length; the signature grows with them.
        return Estimate::between(0_i64, (text + 14).max(hidden), upper);
    }
    Estimate::between(text + 4, text + 14, text + 16)
}

/// Says that what was thought before is not all in the request.
pub(super) fn warning(request: &Request<'_>) -> Option<Warning> {
    let keeps = request.rules.is_late() || request.model.row.contains("opus-4-5");
    let index = request
        .counted
        .conversation
        .messages
        .iter()
        .position(|message| {
            let mut parts = message.parts.iter();
            parts.any(|part| matches!(part, crate::conversation::Part::Reasoning(thought) if thought.sealed > 0))
        })?;
    keeps.then(|| Warning {
        code: "sealed_reasoning".to_owned(),
        path: format!(
            "{}[{index}]",
            request.counted.conversation.dialect.list_key()
        ),
        message: "earlier thoughts are restored from their signatures; what they take is estimated"
            .to_owned(),
    })
}

/// Thoughts that a chat body sends back in a field of its host's own.
pub(super) fn sent_back(message: &Message) -> Vec<Reasoning> {
    if message.dialect != Dialect::OpenaiChat {
        return Vec::new();
    }
    let fields = message.raw.as_object();
    let details = fields.and_then(|fields| json::field(fields, "reasoning_details")?.as_array());
    let thought = |detail: &Value| {
        let text = |key: &str| detail.get(key).and_then(Value::as_str).unwrap_or_default();
        let said = format!("{}{}", text("text"), text("summary"));
        let sealed = text("signature").len() + text("data").len();
        Reasoning {
            redacted: said.is_empty(),
            text: said,
            sealed: u32::try_from(sealed).unwrap_or(u32::MAX),
        }
    };
    details.into_iter().flatten().map(thought).collect()
}
