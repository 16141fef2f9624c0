//! Tools that the provider brings, and what is left of their use in the history.
//!
//! Recorded usage adds up the turns that the provider takes on its own: pages that a search brings in are billed as input.
//! The bounds are for the declaration and a turn or two; what is brought in has none.

use serde_json::Value;

use super::rules::{Api, Rules};
use crate::conversation::{Role, Tool};
use crate::count::CountText;
use crate::json;
use crate::models::Framing;
use crate::project::estimate::Estimate;
use crate::project::view::View;

/// Least, likely and most tokens of a kind of tool, on the models before gpt-5 and from gpt-5 on, as recorded.
#[rustfmt::skip] // One tool per line.
const DECLARED: &[(&str, [i64; 3], [i64; 3])] = &[
    // 294 in 12 of 14 records that ran no search; 321 once; 17,339 with the pages of one.
    ("web_search", [294, 294, 330], [294, 9_000, 12_000]),
    ("web_search_preview", [294, 294, 330], [294, 9_000, 12_000]),
    // With what the search found: 890 to 1,142.
    ("file_search", [100, 1_100, 2_000], [100, 1_100, 4_000]),
    ("code_interpreter", [100, 139, 200], [400, 700, 6_000]),
    ("image_generation", [100, 345, 2_500], [300, 1_750, 2_500]),
    // The server's own tools: 59 for one.
    ("mcp", [0, 60, 2_000], [0, 60, 4_000]),
    ("programmatic_tool_calling", [300, 490, 800], [300, 490, 800]),
];

/// What a search for tools adds while nothing was searched for yet: a second turn of the provider.
const SEARCH_TO_COME: [i64; 3] = [30, 540, 900];
/// What it adds after that: 105 to 150 beside the tools that were found.
const SEARCHED: [i64; 3] = [30, 120, 700];
/// Around a custom tool's name and description, by one record.
const CUSTOM: i64 = 37;

/// A tool that is no plain function.
pub(super) fn declared(
    tool: &Tool,
    counted: &View<'_>,
    rules: &Rules,
    counter: &dyn CountText,
) -> Estimate {
    let kind = tool
        .raw
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let json = i64::from(counter.count_text(&json::compact(&tool.raw)));
    let [least, likely, most] = match kind {
        "custom" => {
            let texts = i64::from(counter.count_text(&tool.name))
                + tool
                    .description
                    .as_deref()
                    .map_or(0, |text| i64::from(counter.count_text(text)));
            // No record through Chat, where functions take 82 more.
            let room = if rules.api == Api::Chat { 400 } else { 100 };
            [0, texts + CUSTOM + grammar(tool, counter), 2 * json + room]
        }
        "tool_search" if is_search_to_come(counted) => SEARCH_TO_COME,
        "tool_search" => SEARCHED,
        "namespace" => [0, json, 2 * json + 400],
        _ => match DECLARED.iter().find(|(name, ..)| *name == kind) {
            Some((_, _, later)) if rules.framing == Framing::OpenaiGpt5 => *later,
            Some((_, earlier, _)) => *earlier,
            None => [0, json + 20, 2 * json + 400],
        },
    };
    Estimate::between(least, likely, most)
}

/// A grammar that a custom tool's input must follow; no record.
fn grammar(tool: &Tool, counter: &dyn CountText) -> i64 {
    let definition = ["/format/definition", "/custom/format/grammar/definition"]
        .iter()
        .find_map(|path| tool.raw.pointer(path)?.as_str());
    definition.map_or(0, |text| i64::from(counter.count_text(text)))
}

/// Whether the model is likely to search for tools before it answers.
fn is_search_to_come(counted: &View<'_>) -> bool {
    let last = counted.messages.last();
    let has_kind = |message: &crate::conversation::Message| {
        matches!(
            message.raw.get("type").and_then(Value::as_str),
            Some("tool_search_call" | "additional_tools")
        )
    };
    last.is_some_and(|counted| counted.message.role == Role::User)
        && !counted
            .messages
            .iter()
            .any(|counted| has_kind(&counted.message))
}

/// An item of the kind `kind` that a provider's tool left behind, whose JSON takes `json`.
pub(super) fn history(kind: &str, json: Estimate) -> Estimate {
    match kind {
        // Four of five records count nothing for a search, one 27.
        "web_search_call" | "file_search_call" | "mcp_list_tools" => Estimate {
            tokens: 0,
            ..json.widened(0, 16)
        },
        _ => json,
    }
}
