//! The form of the answer.

use serde_json::Value;

use super::Request;
use super::rules::Layout;
use crate::conversation::ResponseFormat;
use crate::json::{self, Style};
use crate::models::{Framing, Host};
use crate::project::estimate::Estimate;

/// JSON over several lines.
const LINES: Style = Style {
    comma: ",",
    colon: ": ",
    ascii: false,
};

/// Tokens of a schema that the answer must match: its JSON with an indent of two, in the sender's order of keys, and
/// a hidden prompt.
pub(super) fn format(request: &Request<'_>) -> Estimate {
    let ResponseFormat::JsonSchema { schema, .. } = &request.counted.conversation.response_format
    else {
        return Estimate::default();
    };
    let rules = request.rules;
    let mut text = String::new();
    write_indented(schema, 0, &mut text);
    let text = request.count(&text);
    let prompt = if rules.is_late() { 82 } else { 81 };
    let more = i64::from(!rules.is_late() && (request.has_system || request.has_tools));
    let tokens = text + prompt + more;
    match (request.host, rules.framing) {
        // These hosts emulate a schema with a tool that must be called: recorded 220, 227 and 493 more.
        (Host::Databricks, _) => Estimate::between(tokens, tokens + 224, tokens + 500),
        (Host::Snowflake, _) => Estimate::between(tokens, tokens + 493, tokens + 600),
        // Formats came with 4.5. Before, they were passed over: recorded 36 and 41 tokens of schemas six times as large.
        (_, framing) if before_formats(framing) => {
            Estimate::between(0_i64, 38_i64.min(tokens), tokens + 500)
        }
        _ if rules.layout == Layout::Alternating || rules.framing == Framing::Claude47 => {
            Estimate::exact(tokens).widened(20, 20)
        }
        _ => Estimate::exact(tokens).widened(1, 0),
    }
}

fn before_formats(framing: Framing) -> bool {
    !matches!(
        framing,
        Framing::Claude45
            | Framing::Claude46
            | Framing::Claude47
            | Framing::Claude48
            | Framing::ClaudeOpus5
            | Framing::ClaudeSonnet5
            | Framing::ClaudeFable5
    )
}

/// Appends `value` over several lines, as `JSON.stringify(value, null, 2)` writes it. Recurses; values in a conversation
/// are not nested deep.
fn write_indented(value: &Value, depth: usize, out: &mut String) {
    let line = |depth: usize, out: &mut String| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            out.push('{');
            for (index, (key, item)) in fields.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                line(depth + 1, out);
                json::write_string(key, LINES, out);
                out.push_str(LINES.colon);
                write_indented(item, depth + 1, out);
            }
            line(depth, out);
            out.push('}');
        }
        Value::Array(items) if !items.is_empty() => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                line(depth + 1, out);
                write_indented(item, depth + 1, out);
            }
            line(depth, out);
            out.push(']');
        }
        other => json::write_value(other, LINES, out),
    }
}
