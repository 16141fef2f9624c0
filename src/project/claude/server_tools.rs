//! Tools that the provider brings: what their declarations cost, and what is known of their calls and answers.

use serde_json::Value;

use super::Request;
use crate::conversation::{Conversation, Dialect, Tool, Warning};
use crate::json;
use crate::project::estimate::Estimate;

/// Least, likely and most tokens of a declaration whose `type` starts with a name, on top of the prompt about tools.
/// From recorded requests in which the tool was not used.
#[rustfmt::skip] // One tool per line.
const DECLARED: &[(&str, [i64; 3])] = &[
    ("web_search_", [600, 1_710, 2_400]),
    ("web_fetch_", [500, 525, 1_200]),
    ("bash_", [200, 244, 400]),
    ("text_editor_", [600, 764, 1_100]),
    ("memory_", [900, 1_066, 1_300]),
    ("code_execution_20250522", [1_000, 1_120, 1_500]),
    ("code_execution_", [1_000, 1_741, 3_500]),
    ("tool_search_tool_", [100, 188, 400]),
    ("advisor_", [1_500, 1_609, 2_400]),
    ("computer_", [400, 735, 1_400]),
];

/// Tokens of a declaration.
pub(super) fn tool(tool: &Tool, request: &Request<'_>) -> Estimate {
    let kind = tool.raw.get("type").and_then(Value::as_str);
    let kind = kind.unwrap_or(&tool.name);
    let known = DECLARED.iter().find(|(name, _)| kind.starts_with(name));
    let Some((_, [least, likely, most])) = known else {
        let tokens = request.count(&json::compact(&tool.raw));
        return Estimate::between(0_i64, tokens + 20, 2 * tokens + 3_000);
    };
    Estimate::between(*least, *likely, most + run(kind))
}

/// What internal turns of a server tool may add, when it runs: recorded up to 20,000 for one search of the web, and 900
/// for one of tools.
fn run(kind: &str) -> i64 {
    match kind {
        _ if kind.starts_with("tool_search_") => 2_000,
        _ if ["web_", "code_execution_", "advisor_"]
            .iter()
            .any(|name| kind.starts_with(name)) =>
        {
            20_000
        }
        _ => 0,
    }
}

/// Tokens of remote tool servers: recorded 571 for one with its tools, beside the user's text.
pub(super) fn mcp_servers(conversation: &Conversation) -> Estimate {
    if conversation.dialect != Dialect::Anthropic {
        return Estimate::default();
    }
    let servers = conversation
        .rest
        .get("mcp_servers")
        .and_then(Value::as_array);
    let servers = i64::try_from(servers.map_or(0, Vec::len)).unwrap_or(i64::from(u32::MAX));
    Estimate::between(0_i64, 560_i64, 10_000_i64).times(servers)
}

/// Tokens of `context_management`: clearing costs nothing, a compaction prompt 168 on one recorded request.
pub(super) fn context_management(conversation: &Conversation) -> Estimate {
    let edits = conversation
        .rest
        .pointer("/context_management/edits")
        .and_then(Value::as_array);
    let compacts = edits.into_iter().flatten().any(|edit| {
        let kind = edit.get("type").and_then(Value::as_str);
        kind.is_some_and(|kind| kind.starts_with("compact"))
    });
    if compacts {
        Estimate::between(0_i64, 168_i64, 300_i64)
    } else {
        Estimate::default()
    }
}

/// Tokens of a block that no rule describes: nothing at least, its JSON and a frame at most.
pub(super) fn block(value: &Value, request: &Request<'_>) -> Estimate {
    let kind = value
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let tokens = request.count(&json::compact(value));
    match kind {
        "tool_reference" => {
            let name = value.get("tool_name").and_then(Value::as_str);
            let name = request.count(name.unwrap_or_default());
            Estimate::between(0_i64, name + 4, name + 40)
        }
        // A block of results to cite: its text, and a hidden prompt when citations are on (recorded twice, as 529).
        "search_result" => {
            let cites = value.pointer("/citations/enabled") == Some(&Value::Bool(true));
            let hidden = if cites { 529 } else { 0 };
            Estimate::between(tokens / 2, tokens + hidden, 2 * tokens + hidden + 200)
        }
        "container_upload" => Estimate::between(0_i64, tokens, tokens + 600),
        _ => Estimate::between(0_i64, tokens, tokens + 100),
    }
}

/// Says which tools are declared only when a search finds them.
pub(super) fn warnings(conversation: &Conversation) -> Vec<Warning> {
    let is_deferred = |tool: &Tool| tool.raw.get("defer_loading") == Some(&Value::Bool(true));
    let mut warnings = Vec::new();
    for (index, tool) in conversation.tools.iter().enumerate() {
        if tool.is_function() && is_deferred(tool) {
            warnings.push(Warning {
                code: "server_tool".to_owned(),
                path: format!("tools[{index}]"),
                message: "a deferred tool is declared when a search finds it, which the request does not tell"
                    .to_owned(),
            });
        }
    }
    warnings
}
