//! What a request declares beside its messages: tools, the choice among them, the form of the answer.

use serde_json::Value;

use super::built_in;
use super::deferred::{self, is_deferred};
use super::messages::{assistant_texts, leading_text};
use super::namespace::{Namespace, Style, namespace};
use super::rules::{Api, Rules};
use super::schema;
use crate::conversation::{Conversation, Dialect, ResponseFormat, Tool, ToolChoice};
use crate::count::CountText;
use crate::json;
use crate::models::Framing;
use crate::project::estimate::Estimate;
use crate::project::view::View;

/// What stands between instructions and the namespace of tools.
const TOOLS_HEADING: &str = "# Tools\n\n## functions\n\n";

/// Tokens of the tools and of the choice among them.
pub(super) fn tools(counted: &View<'_>, rules: &Rules, counter: &dyn CountText) -> Estimate {
    let conversation = &counted.conversation;
    let mut cost = Estimate::default();
    if shown(conversation).next().is_some() {
        cost += declared(counted, rules, counter);
    }
    for tool in &conversation.tools {
        if !tool.is_function() {
            cost += built_in::declared(tool, counted, rules, counter);
        } else if is_deferred(tool) {
            cost += deferred::declared(tool, counter);
        }
    }
    cost + choice(conversation, rules, counter)
}

/// The functions that the model sees from the start.
fn shown(conversation: &Conversation) -> impl Iterator<Item = &Tool> {
    conversation
        .tools
        .iter()
        .filter(|tool| tool.is_function() && !is_deferred(tool))
}

/// Tokens of the declared functions.
fn declared(counted: &View<'_>, rules: &Rules, counter: &dyn CountText) -> Estimate {
    let conversation = &counted.conversation;
    let count = |text: &str| i64::from(counter.count_text(text));
    let style = match rules.framing {
        Framing::OpenaiOld => Style::Old,
        _ => Style::Current,
    };
    let rendered = namespace(shown(conversation), style);
    // A first tool without a comment: the join before it is not merged.
    let is_commented = shown(conversation)
        .next()
        .and_then(|tool| tool.description.as_deref())
        .is_some_and(|text| !text.trim().is_empty());
    let gpt5 = || rules.tools + count(&rendered.text) - i64::from(!is_commented);
    let base = match (rules.framing, rules.api, leading_text(counted)) {
        (Framing::OpenaiGpt5, Api::Responses, _) | (Framing::OpenaiGpt5, _, None) => gpt5(),
        // These trim the instructions before they append to them; the older families do not.
        (Framing::OpenaiGpt5, _, Some(text)) => {
            gpt5() + count(&format!("{}\n\n", text.trim_end())) - count(&text) - 1
        }
        (_, Api::Responses, _) => rules.tools + count(&rendered.text),
        (framing, _, Some(text)) => {
            let joined = count(&format!("{text}\n\n{TOOLS_HEADING}{}", rendered.text));
            let saved = i64::from(framing != Framing::OpenaiReasoning);
            joined - count(&text) - saved
        }
        (_, _, None) => rules.tools + count(&format!("{TOOLS_HEADING}{}", rendered.text)),
    };
    let cost = Estimate::exact(base) + unsettled(&rendered, rules, counter);
    match (rules.framing, rules.api) {
        // No record of functions on these.
        (Framing::OpenaiSearch, _) => Estimate {
            lower: 0,
            ..cost.widened(0, 100)
        },
        (Framing::OpenaiOld, Api::Responses) => cost.widened(16, 16),
        // One of two records without parallel calls shows what Chat shows.
        (Framing::OpenaiGpt5, Api::Responses)
            if conversation.parallel_tool_calls == Some(false) =>
        {
            cost.widened(0, 82)
        }
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
        (ToolChoice::Free | ToolChoice::Required, _) => Estimate::default(),
        (_, Framing::OpenaiGpt5) => Estimate::default(),
        (ToolChoice::None, _) if rules.api == Api::Chat => Estimate::exact(1),
        (ToolChoice::None, _) => Estimate::between(0_i64, 0_i64, 1_i64),
        (ToolChoice::Forced(name), framing) => {
            let bare = i64::from(counter.count_text(name));
            let addressed = i64::from(counter.count_text(&format!("functions.{name}")));
            let cost = if old { 4 + bare } else { 6 + addressed };
            match (framing, rules.api) {
                // No record of a forced call by these.
                (Framing::OpenaiReasoning, _) => Estimate::between(0_i64, cost, cost + 3),
                // The few records fit either.
                (_, Api::Responses) => {
                    Estimate::between(cost.min(7 + bare), cost, cost.max(7 + bare))
                }
                _ => Estimate::exact(cost),
            }
        }
    }
}

/// Tokens of the form that the answer must have.
pub(super) fn format(counted: &View<'_>, rules: &Rules, counter: &dyn CountText) -> Estimate {
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
    let format = match conversation.dialect {
        Dialect::OpenaiResponses => conversation.rest.pointer("/text/format"),
        _ => conversation.rest.get("response_format"),
    };
    match format {
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
    counted: &View<'_>,
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

    if rules.api == Api::Responses {
        let cost = body + Estimate::exact(rules.format);
        return match rules.framing {
            Framing::OpenaiReasoning | Framing::OpenaiOld => cost.widened(8, 8),
            _ => cost,
        };
    }
    let has_tools = shown(counted.conversation).next().is_some();
    let join = leading_text(counted).map(|text| count(&format!("{text}\n\n")) - count(&text));
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
