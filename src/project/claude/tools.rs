//! Declared tools: a hidden prompt, and each tool as a line of JSON.

use std::collections::HashSet;

use serde_json::Value;

use super::Request;
use super::server_tools;
use crate::conversation::{Part, Tool, ToolChoice, ToolKind};
use crate::json::{self, SPACED, Style};
use crate::models::Framing;
use crate::order;
use crate::project::estimate::Estimate;
use crate::project::view::View;

/// Around each tool.
const EACH: i64 = 6;

/// Tokens of the tools and of the choice among them.
pub(super) fn tools(request: &Request<'_>) -> Estimate {
    let conversation = &request.counted.conversation;
    let mut cost = server_tools::mcp_servers(conversation);
    if conversation.tools.is_empty() {
        return cost;
    }
    cost += prompt(request);
    let deferred = conversation.tools.iter().any(is_deferred);
    let loaded = if deferred {
        loaded(request.counted)
    } else {
        HashSet::new()
    };
    for tool in &conversation.tools {
        cost += match tool.kind {
            ToolKind::Server => server_tools::tool(tool, request),
            ToolKind::Function | ToolKind::Custom => {
                let tokens = EACH + request.count(&declaration(tool, request));
                match (is_deferred(tool), loaded.contains(tool.name.as_str())) {
                    (false, _) => Estimate::exact(tokens),
                    // Recorded as 6 to 18 around it, the reference that loads it included.
                    (true, true) => Estimate::between(tokens - EACH, tokens, tokens + 14),
                    (true, false) => Estimate::between(0_i64, 0_i64, tokens + 12),
                }
            }
        };
    }
    if deferred && request.rules.layout == super::rules::Layout::Alternating {
        // Recorded +93 and +94 for the presence of any.
        cost += Estimate::between(0_i64, 94_i64, 100_i64);
    }
    cost
}

/// The hidden prompt, which depends on the choice.
fn prompt(request: &Request<'_>) -> Estimate {
    let conversation = &request.counted.conversation;
    let prompt = request.rules.tools;
    let one_at_a_time = conversation.parallel_tool_calls == Some(false);
    let (tokens, doubt) = match &conversation.tool_choice {
        ToolChoice::Free | ToolChoice::None => {
            let adjusted = if one_at_a_time {
                prompt.one_at_a_time
            } else {
                0
            };
            // Recorded on Claude 3 Opus: three less once there is an answer.
            let answered = request.rules.framing == Framing::Claude3Opus
                && request.counted.shapes.iter().any(|shape| shape.is_result);
            (prompt.auto + adjusted - 3 * i64::from(answered), 0)
        }
        ToolChoice::Required => (prompt.any, prompt.doubt),
        ToolChoice::Forced(name) => (prompt.tool + forced(name, request), prompt.doubt),
    };
    let cost = Estimate::exact(tokens).widened(doubt, doubt);
    match (request.rules.framing, one_at_a_time) {
        (_, false)
        | (
            Framing::Claude45 | Framing::Claude4 | Framing::ClaudeSonnet5 | Framing::Claude35Haiku,
            _,
        ) => cost,
        // No record of one call at a time.
        (_, true) => cost.widened(210, 2),
    }
}

/// The name of a forced tool, as it stands after `name="`.
fn forced(name: &str, request: &Request<'_>) -> i64 {
    request.count(&format!("=\"{name}")) - request.count("=\"")
}

fn is_deferred(tool: &Tool) -> bool {
    tool.raw.get("defer_loading") == Some(&Value::Bool(true))
}

/// Names of deferred tools that a search or an addition has brought in.
fn loaded<'a>(counted: &View<'a>) -> HashSet<&'a str> {
    let mut names = HashSet::new();
    let messages = counted.messages.iter();
    for part in messages.flat_map(|counted| counted.message.leaves()) {
        if let Part::Opaque(block) = part {
            collect(block, &mut names);
        }
    }
    names
}

/// `tool_name` of references, at any depth of a block, and the `tool` of an addition.
fn collect<'a>(block: &'a Value, names: &mut HashSet<&'a str>) {
    match block {
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        Value::Object(fields) => {
            for (key, value) in fields {
                match (key.as_str(), value) {
                    ("tool_name", Value::String(name)) => {
                        names.insert(name);
                    }
                    ("tool", Value::Object(tool)) => {
                        names.extend(tool.get("name").and_then(Value::as_str));
                        collect(value, names);
                    }
                    _ => collect(value, names),
                }
            }
        }
        _ => {}
    }
}

/// The line of JSON that the model sees: keys in alphabetical order at every depth, blanks after commas and colons.
///
/// Of 366 recorded requests with tools 344 fit this order, 204 the sender's. Up to 4.5 all outside ASCII is escaped.
pub(super) fn declaration(tool: &Tool, request: &Request<'_>) -> String {
    let style = Style {
        ascii: !request.rules.is_late(),
        ..SPACED
    };
    let mut out = String::from("{");
    if let Some(description) = tool.description.as_deref().filter(|text| !text.is_empty()) {
        out.push_str("\"description\": ");
        json::write_string(description, style, &mut out);
        out.push_str(", ");
    }
    out.push_str("\"name\": ");
    json::write_string(&tool.name, style, &mut out);
    if let Some(parameters) = &tool.parameters {
        out.push_str(", \"parameters\": ");
        write_sorted(parameters, style, &mut out);
    }
    out.push('}');
    out
}

/// Appends `value` with its keys in alphabetical order. Recurses; values in a conversation are not nested deep.
fn write_sorted(value: &Value, style: Style, out: &mut String) {
    match value {
        Value::Object(fields) => {
            out.push('{');
            for (index, (key, item)) in order::fields(fields).into_iter().enumerate() {
                if index > 0 {
                    out.push_str(style.comma);
                }
                json::write_string(key, style, out);
                out.push_str(style.colon);
                write_sorted(item, style, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(style.comma);
                }
                write_sorted(item, style, out);
            }
            out.push(']');
        }
        other => json::write_value(other, style, out),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};
    use token_headroom_encoding::Encoding;

    use crate::count::{Counted, count};
    use crate::models::{ModelOptions, resolve};
    use crate::normalize::normalize;
    use crate::project::{Pick, Pieces, project, project_variant};

    fn counted(body: &Value, counter: &Encoding) -> Counted {
        count(Arc::new(normalize(body).unwrap()), counter)
    }

    /// A round whose only answer is `content`, and one more.
    fn body(content: &Value) -> Value {
        json!({
            "model": "claude",
            "max_tokens": 64,
            "tools": [
                { "name": "find", "input_schema": { "type": "object" } },
                { "name": "later", "description": "Needs a search. ".repeat(20), "defer_loading": true, "input_schema": { "type": "object" } },
            ],
            "messages": [
                { "role": "user", "content": "?" },
                { "role": "assistant", "content": [{ "type": "tool_use", "id": "a", "name": "find", "input": {} }] },
                { "role": "user", "content": [{ "type": "tool_result", "tool_use_id": "a", "content": content }] },
                { "role": "assistant", "content": "It is so." },
                { "role": "user", "content": "And now?" },
            ],
        })
    }

    #[test]
    fn a_variant_has_the_tools_that_its_own_messages_call_for() {
        let reference = json!([{ "type": "tool_reference", "tool_name": "later" }]);
        for (name, content) in [
            ("claude-3-opus-20240229", json!("Found.")),
            ("claude-opus-4-5", reference),
        ] {
            let model = ModelOptions {
                model: Some(name.to_owned()),
                ..ModelOptions::default()
            };
            let model = resolve(&model).unwrap();
            let encoding = Encoding::named(&model.encoding).unwrap();
            let whole = body(&content);
            let mut rest = whole.clone();
            rest["messages"].as_array_mut().unwrap().drain(1..3);
            let [whole, rest] = [whole, rest].map(|body| counted(&body, &encoding));
            let pieces = Pieces::of(&whole);
            let kept = [0, 3, 4].map(Pick::Kept);
            let variant =
                project_variant(&whole.conversation, &pieces, &kept, &model, &encoding).unwrap();
            let [whole, rest] = [whole, rest].map(|counted| project(&counted, &model, &encoding));
            assert_ne!(whole.by_category.tools, rest.by_category.tools, "{name}");
            assert_eq!(variant.by_category, rest.by_category, "{name}");
            let bounds = [&variant, &rest].map(|own| (own.lower_bound, own.upper_bound));
            assert_eq!(bounds[0], bounds[1], "{name}");
        }
    }
}
