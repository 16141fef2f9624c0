//! The layouts of mistral-common: what stands around systems, calls and results. Control tokens cost one each.

use serde_json::Value;

use crate::conversation::{Message, Part, Tool, ToolCall};
use crate::count::{CountText, CountedMessage, segments};
use crate::json::{self, SPACED};
use crate::models::Framing;
use crate::project::estimate::Estimate;

/// A published layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// The system text joins the first user message; calls and results are JSON with ids.
    V3,
    /// System tokens; calls are JSON with ids, a result is its id and content.
    V7,
    /// System tokens; a call is its name, id and arguments, a result its id and content.
    V11,
    /// The same without ids; also v15, which adds a settings block.
    V13,
}

impl Layout {
    pub(super) fn of(framing: Framing) -> Self {
        match framing {
            Framing::MistralV3 => Self::V3,
            Framing::MistralV7 => Self::V7,
            Framing::MistralV11 => Self::V11,
            _ => Self::V13,
        }
    }
}

/// Tokens of `text`.
fn count(text: &str, counter: &dyn CountText) -> i64 {
    i64::from(counter.count_text(text))
}

/// A system text, before `user` in the layouts that join the two.
pub(super) fn system(
    layout: Layout,
    text: &str,
    user: Option<&CountedMessage>,
    counter: &dyn CountText,
) -> i64 {
    match (layout, user) {
        (Layout::V3, Some(user)) => {
            let said = segments(&user.message).concat();
            let joined = count(&format!("{text}\n\n{said}"), counter);
            (joined - i64::from(user.content)).max(0)
        }
        (Layout::V3, None) => count(&format!("{text}\n\n"), counter),
        _ => count(text, counter) + 2,
    }
}

/// Arguments as JSON with blanks; a text that is not JSON as it is.
fn arguments(call: &ToolCall) -> String {
    let mut out = String::new();
    if json::rewrite(&call.arguments, SPACED, &mut out) {
        out
    } else {
        call.arguments.clone()
    }
}

/// The calls of an assistant message.
pub(super) fn calls(layout: Layout, message: &Message, counter: &dyn CountText) -> i64 {
    if message.calls().next().is_none() {
        return 0;
    }
    if matches!(layout, Layout::V3 | Layout::V7) {
        let mut list = String::from("[");
        for (index, call) in message.calls().enumerate() {
            if index > 0 {
                list.push_str(", ");
            }
            list.push_str("{\"name\": ");
            json::write_string(&call.name, SPACED, &mut list);
            list.push_str(", \"arguments\": ");
            list.push_str(&arguments(call));
            list.push_str(", \"id\": ");
            json::write_string(&call.id, SPACED, &mut list);
            list.push('}');
        }
        list.push(']');
        return 1 + count(&list, counter);
    }
    let one = |call: &ToolCall| {
        let own = count(&call.name, counter) + count(&arguments(call), counter);
        match layout {
            Layout::V11 => 3 + own + count(&call.id, counter),
            _ => 2 + own,
        }
    };
    message.calls().map(one).sum()
}

/// A message of results.
pub(super) fn result(
    layout: Layout,
    message: &CountedMessage,
    counter: &dyn CountText,
) -> Estimate {
    let mut sum = 0;
    for part in &message.message.parts {
        let Part::ToolResult { call_id, parts, .. } = part else {
            continue;
        };
        let text: String = parts
            .iter()
            .filter_map(|part| match part {
                Part::Text { text, .. } => Some(text.as_str()),
                _ => None,
            })
            .collect();
        sum += match layout {
            Layout::V3 => {
                let mut object = String::from("{\"content\": ");
                if !json::rewrite(&text, SPACED, &mut object) {
                    json::write_string(&text, SPACED, &mut object);
                }
                object.push_str(", \"call_id\": ");
                json::write_string(call_id, SPACED, &mut object);
                object.push('}');
                2 + count(&object, counter)
            }
            Layout::V7 | Layout::V11 => 3 + count(call_id, counter) + count(&text, counter),
            Layout::V13 => 2 + count(&text, counter),
        };
    }
    let opaque = i64::from(message.opaque);
    Estimate::exact(sum) + Estimate::between(0_i64, opaque, 2 * opaque)
}

/// The functions as one JSON list, in the field order of mistral-common, and the JSON of each other tool.
pub(super) fn declarations(tools: &[Tool]) -> (String, Vec<String>) {
    let mut functions = Vec::new();
    let mut others = Vec::new();
    for tool in tools {
        if !tool.is_function() {
            others.push(json::compact(&tool.raw));
            continue;
        }
        let description = tool.description.as_deref().unwrap_or_default();
        let parameters = tool.parameters.clone();
        let function = json::object(vec![
            ("name", tool.name.as_str().into()),
            ("description", description.into()),
            (
                "parameters",
                parameters.unwrap_or_else(|| json::object(Vec::new())),
            ),
        ]);
        functions.push(json::object(vec![
            ("type", "function".into()),
            ("function", function),
        ]));
    }
    let mut text = String::new();
    if !functions.is_empty() {
        json::write_value(&Value::Array(functions), SPACED, &mut text);
    }
    (text, others)
}
