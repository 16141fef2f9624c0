//! Calls of tools as the model wrote them: elements of a namespace of its own, which later turns show again.

use serde_json::Value;

use super::Request;
use super::rules::{Layout, Rules};
use crate::conversation::ToolCall;
use crate::json::{self, SPACED};
use crate::models::Framing;

/// The namespace of the elements. To the tokenizer it is ordinary text.
const NAMESPACE: &str = concat!("ant", "ml:");

/// Tokens of the calls of one message. Recorded usage fits the text of the elements, on all of Claude 3 to 4.6.
pub(super) fn calls(calls: &[&ToolCall], request: &Request<'_>) -> i64 {
    match request.rules.layout {
        Layout::Looped => {
            let mut text = String::new();
            open("function_calls", None, &mut text);
            text.push('\n');
            for call in calls {
                invocation(call, &mut text);
                text.push('\n');
            }
            close("function_calls", &mut text);
            request.count(&text)
        }
        // No element around the calls, and the line feed before the first parameter is not counted.
        Layout::Alternating => calls
            .iter()
            .map(|call| {
                let mut text = String::new();
                let has_arguments = invocation(call, &mut text);
                request.count(&text) - i64::from(has_arguments)
            })
            .sum(),
    }
}

/// What stands between text and the calls after it; without text nothing, and one less on Sonnet 4.
pub(super) fn separator(has_text: bool, framing: Framing) -> i64 {
    match (has_text, framing) {
        (true, _) if Rules::of(framing).layout == Layout::Alternating => 0,
        (true, _) => 1,
        (false, Framing::Claude4) => -1,
        (false, _) => 0,
    }
}

fn open(element: &str, name: Option<&str>, out: &mut String) {
    out.push('<');
    out.push_str(NAMESPACE);
    out.push_str(element);
    if let Some(name) = name {
        out.push_str(" name=\"");
        out.push_str(name);
        out.push('"');
    }
    out.push('>');
}

fn close(element: &str, out: &mut String) {
    out.push_str("</");
    out.push_str(NAMESPACE);
    out.push_str(element);
    out.push('>');
}

/// Appends one call; says whether it has arguments.
fn invocation(call: &ToolCall, out: &mut String) -> bool {
    open("invoke", Some(&call.name), out);
    out.push('\n');
    let has_arguments = match json::parsed(&call.arguments) {
        Some(Value::Object(arguments)) => {
            for (key, value) in &arguments {
                parameter(key, value, out);
            }
            !arguments.is_empty()
        }
        _ if call.arguments.trim().is_empty() => false,
        // What is no object cannot come from the API; it is shown as it is.
        _ => {
            out.push_str(&call.arguments);
            out.push('\n');
            true
        }
    };
    close("invoke", out);
    has_arguments
}

/// Strings stand as they are, all else as JSON.
fn parameter(key: &str, value: &Value, out: &mut String) {
    open("parameter", Some(key), out);
    match value {
        Value::String(text) => out.push_str(text),
        other => json::write_value(other, SPACED, out),
    }
    close("parameter", out);
    out.push('\n');
}
