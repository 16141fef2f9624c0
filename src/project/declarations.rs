//! What a request declares beside its messages: tools, the choice among them, the form of the answer.

use serde_json::Value;

use super::estimate::Estimate;
use super::namespace::{Namespace, Style, namespace};
use super::openai_chat::{assistant_texts, leading_text};
use super::rules::Rules;
use super::schema;
use crate::conversation::{Conversation, ResponseFormat, Tool, ToolChoice};
use crate::count::{CountText, Counted};
use crate::json;
use crate::models::Framing;

/// What stands between instructions and the namespace of tools.
const TOOLS_HEADING: &str = "# Tools\n\n## functions\n\n";

/// Tokens of the tools and of the choice among them.
pub(super) fn tools(
    conversation: &Conversation,
    rules: &Rules,
    counter: &dyn CountText,
) -> Estimate {
    let (functions, others): (Vec<&Tool>, Vec<&Tool>) = conversation
        .tools
        .iter()
        .partition(|tool| tool.opaque.is_none());
    let mut cost = Estimate::default();
    if !functions.is_empty() {
        cost += declared(conversation, rules, counter);
    }
    for tool in others {
        let json = tool.opaque.as_ref().map(json::compact).unwrap_or_default();
        let tokens = i64::from(counter.count_text(&json));
        // One custom tool is on record: 37 beside its name and description. Server tools add hundreds.
        cost += Estimate::between(0_i64, tokens + 20, 2 * tokens + 400);
    }
    cost + choice(conversation, rules, counter)
}

/// Tokens of the declared functions.
fn declared(conversation: &Conversation, rules: &Rules, counter: &dyn CountText) -> Estimate {
    let count = |text: &str| i64::from(counter.count_text(text));
    let style = match (rules.framing, conversation.legacy_functions) {
        (Framing::OpenaiOld, _) => Style::Old,
        _ => Style::Current,
    };
    let rendered = namespace(&conversation.tools, style);
    let leading = leading_text(conversation);
    let base = match (rules.framing, &leading) {
        (Framing::OpenaiGpt5, leading) => {
            let mut tokens = 91 + count(&rendered.text);
            if let Some(text) = leading {
                // These trim the instructions before they append to them; the older families do not.
                tokens += count(&format!("{}\n\n", text.trim_end())) - count(text) - 1;
            }
            // A first tool without a comment: the join before it is not merged.
            let first = conversation.tools.iter().find(|tool| tool.opaque.is_none());
            let commented = first
                .and_then(|tool| tool.description.as_deref())
                .is_some_and(|text| !text.trim().is_empty());
            tokens - i64::from(!commented)
        }
        (framing, Some(text)) => {
            let joined = count(&format!("{text}\n\n{TOOLS_HEADING}{}", rendered.text));
            let saved = i64::from(framing != Framing::OpenaiReasoning);
            joined - count(text) - saved
        }
        (framing, None) => {
            let frame = if framing == Framing::OpenaiReasoning {
                4
            } else {
                3
            };
            frame + count(&format!("{TOOLS_HEADING}{}", rendered.text))
        }
    };
    let cost = Estimate::exact(base) + unsettled(&rendered, rules, counter);
    match rules.framing {
        // No record of functions on these.
        Framing::OpenaiSearch => Estimate {
            lower: 0,
            ..cost.widened(0, 100)
        },
        _ => cost,
    }
}

/// What the rendering leaves open.
fn unsettled(rendered: &Namespace, rules: &Rules, counter: &dyn CountText) -> Estimate {
    let sum = |texts: &[String], each: i64| -> i64 {
        texts
            .iter()
            .map(|text| i64::from(counter.count_text(text)) + each)
            .sum()
    };
    // `exclusiveMinimum: 0` cost nine tokens on gpt-5-nano: its text, and three around it.
    let limits = sum(&rendered.limits, 3);
    let likely = match rules.framing {
        Framing::OpenaiGpt5 => limits,
        _ => 0,
    };
    Estimate::between(
        -sum(&rendered.perhaps_less, 2),
        likely,
        limits + sum(&rendered.perhaps_more, 3),
    )
}

fn choice(conversation: &Conversation, rules: &Rules, counter: &dyn CountText) -> Estimate {
    let old = rules.framing == Framing::OpenaiOld || conversation.legacy_functions;
    match (&conversation.tool_choice, rules.framing) {
        (ToolChoice::Free, _) => Estimate::default(),
        (_, Framing::OpenaiGpt5) => Estimate::default(),
        (ToolChoice::None, _) => Estimate::exact(1),
        (ToolChoice::Forced(name), framing) => {
            let cost = if old {
                4 + i64::from(counter.count_text(name))
            } else {
                6 + i64::from(counter.count_text(&format!("functions.{name}")))
            };
            match framing {
                // No record of a forced call by these.
                Framing::OpenaiReasoning => Estimate::between(0_i64, cost, cost + 3),
                _ => Estimate::exact(cost),
            }
        }
    }
}

/// Tokens of the form that the answer must have.
pub(super) fn format(counted: &Counted, rules: &Rules, counter: &dyn CountText) -> Estimate {
    let conversation = &counted.conversation;
    match &conversation.response_format {
        ResponseFormat::Text => unknown_format(conversation, counter),
        ResponseFormat::JsonObject => Estimate::default(),
        ResponseFormat::JsonSchema {
            name,
            description,
            schema,
        } => json_schema(
            counted,
            rules,
            counter,
            (name, description.as_deref(), schema),
        ),
    }
}

/// A format of an unknown kind stays in the body; at most its JSON is shown.
fn unknown_format(conversation: &Conversation, counter: &dyn CountText) -> Estimate {
    match conversation.rest.get("response_format") {
        Some(format @ Value::Object(fields))
            if fields.get("type").and_then(Value::as_str) != Some("text") =>
        {
            let tokens = i64::from(counter.count_text(&json::compact(format)));
            Estimate::between(0_i64, tokens, tokens + 32)
        }
        _ => Estimate::default(),
    }
}

fn json_schema(
    counted: &Counted,
    rules: &Rules,
    counter: &dyn CountText,
    (name, description, schema): (&str, Option<&str>, &Value),
) -> Estimate {
    let count = |text: &str| i64::from(counter.count_text(text));
    let rendered = schema::schema(name, description, schema);
    let text = count(&rendered.text);
    let lower = rendered.without_defaults.as_deref().map_or(text, count);
    let more: i64 = rendered
        .perhaps_more
        .iter()
        .map(|doubt| count(doubt) + 2)
        .sum();
    let body = Estimate::between(lower, text, text + more);

    let has_tools = conversation_has_functions(&counted.conversation);
    let join = leading_text(&counted.conversation)
        .map(|text| count(&format!("{text}\n\n")) - count(&text));
    // Answers, earlier ones and on the older families also the one to come, are addressed to the schema.
    let addressed = 2 + count(name);
    let texts = assistant_texts(counted);
    let frame = match (rules.framing, has_tools, join) {
        (Framing::OpenaiGpt5, _, None) => 8 + addressed * texts,
        (Framing::OpenaiGpt5, _, Some(join)) => 7 + join + addressed * texts,
        (_, true, _) => 5 + addressed * texts,
        (_, false, None) => 8 + addressed * (1 + texts),
        (_, false, Some(join)) => 4 + join + addressed * (1 + texts),
    };
    let cost = body + Estimate::exact(frame);
    match (rules.framing, has_tools) {
        // No record of a schema on these, or of a schema with tools.
        (Framing::OpenaiReasoning | Framing::OpenaiOld, _) | (Framing::OpenaiGpt5, true) => {
            cost.widened(8, 8)
        }
        _ => cost,
    }
}

fn conversation_has_functions(conversation: &Conversation) -> bool {
    conversation.tools.iter().any(|tool| tool.opaque.is_none())
}
