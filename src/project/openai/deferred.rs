//! Tools that come later than the request's own: added by an item, or found by a search.

use serde_json::Value;

use super::namespace::{Style, namespace};
use crate::conversation::{Tool, ToolKind};
use crate::count::CountText;
use crate::json;
use crate::project::estimate::Estimate;

/// Whether a declared function is left out until the model searches for it.
pub(super) fn is_deferred(tool: &Tool) -> bool {
    tool.raw.get("defer_loading").and_then(Value::as_bool) == Some(true)
}

/// A function that is left out until the model searches for it.
pub(super) fn declared(tool: &Tool, counter: &dyn CountText) -> Estimate {
    let tokens = i64::from(counter.count_text(&json::compact(&tool.raw)));
    Estimate::between(0_i64, 0_i64, tokens + 16)
}

/// An item that adds tools; beside a search for tools it may wait for one.
pub(super) fn added(item: &Value, has_search: bool, counter: &dyn CountText) -> Estimate {
    let tokens = rendered(item, counter);
    let is_plain = item
        .get("tools")
        .and_then(Value::as_array)
        .is_some_and(|tools| {
            tools
                .iter()
                .map(function)
                .all(|tool| tool.is_function() && !is_deferred(&tool))
        });
    if is_plain && !has_search {
        // 90 to 93 in six records.
        return Estimate::between(tokens + 80, tokens + 91, tokens + 104);
    }
    Estimate::between(0_i64, tokens + 91, 2 * tokens + 200)
}

/// An item that holds the tools that a search found.
pub(super) fn found(item: &Value, counter: &dyn CountText) -> Estimate {
    let tokens = rendered(item, counter);
    Estimate::between(0_i64, tokens, 2 * tokens + 200)
}

/// Tokens of an item's functions as a namespace.
fn rendered(item: &Value, counter: &dyn CountText) -> i64 {
    let declared = item.get("tools").and_then(Value::as_array);
    let tools: Vec<Tool> = declared.into_iter().flatten().map(function).collect();
    let functions = i64::from(counter.count_text(&namespace(tools.iter(), Style::Current).text));
    let others: i64 = tools
        .iter()
        .filter(|tool| !tool.is_function())
        .map(|tool| i64::from(counter.count_text(&json::compact(&tool.raw))))
        .sum();
    functions + others
}

/// A declaration as it stands, whatever is wrong with it.
fn function(value: &Value) -> Tool {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    Tool {
        name: text("name").unwrap_or_default(),
        description: text("description"),
        parameters: value.get("parameters").cloned(),
        kind: match value.get("type").and_then(Value::as_str) {
            Some("function") => ToolKind::Function,
            _ => ToolKind::Custom,
        },
        raw: value.clone(),
    }
}
