//! Models whose thoughts are bound to what stands before them, or have to lead a turn.

use super::{Framing, Model};
use crate::conversation::{Conversation, Dialect, Thinking};

/// The families that Anthropic documents as preserving thinking, with their versions (platform documentation, "Preserved
/// thinking", 2026-11).
const BINDING: [[&str; 2]; 7] = [
    ["fable", "5-1"],
    ["fable", "5-2"],
    ["mythos", "5-1"],
    ["mythos", "5-2"],
    ["opus", "5-5"],
    ["sonnet", "5-5"],
    ["haiku", "5-5"],
];

/// Whether a change before one of the model's signed thoughts makes the API refuse, or drop, the thought.
pub(crate) fn binds_thoughts(model: &Model) -> bool {
    [&model.row, &model.name].into_iter().any(|name| {
        let name = name.to_ascii_lowercase().replace('.', "-");
        BINDING.iter().any(|[family, version]| {
            [format!("{family}-{version}"), format!("{version}-{family}")]
                .iter()
                .any(|named| {
                    // A date may follow, with a dash: `5-5-20261101`, not `5-20261101`.
                    let rest = name.split_once(named.as_str()).map(|(_, rest)| rest);
                    rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
                })
        })
    })
}

/// Whether the API refuses a running tool loop that does not start with thoughts: "a final `assistant` message must start with
/// a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks)" (opencode#3077, kilocode#5219).
///
/// So it is with thinking that is enabled, not with adaptive thinking, which is all that models after Claude 4.6 have. What
/// frameworks set where the model is made is not in the request; thoughts in the loop then speak for themselves.
pub(crate) fn thoughts_lead(conversation: &Conversation, model: &Model) -> bool {
    let can_be_enabled = matches!(
        model.framing,
        Framing::Claude37Sonnet | Framing::Claude4 | Framing::Claude45 | Framing::Claude46
    );
    let is_enabled = match conversation.dialect {
        Dialect::Anthropic | Dialect::BedrockConverse => conversation.thinking == Thinking::Enabled,
        Dialect::AiSdk | Dialect::Langchain => {
            matches!(conversation.thinking, Thinking::Enabled | Thinking::Unsaid)
        }
        _ => false,
    };
    can_be_enabled && is_enabled
}

#[cfg(test)]
mod tests {
    use crate::models::{ModelOptions, resolve};

    #[test]
    fn only_the_documented_families_bind() {
        let binds = |name: &str| {
            let model = resolve(&ModelOptions::for_model(name)).expect("a known model");
            super::binds_thoughts(&model)
        };
        for name in [
            "claude-opus-5-5",
            "claude-sonnet-5.5",
            "claude-haiku-5-5",
            "claude-fable-5-1",
            "claude-mythos-5.1",
        ] {
            assert!(binds(name), "{name}");
        }
        for name in [
            "claude-opus-5",
            "claude-fable-5",
            "claude-sonnet-4-5",
            "gpt-4o",
            "claude-haiku-4-5-20251001",
        ] {
            assert!(!binds(name), "{name}");
        }
    }

    #[test]
    fn thoughts_lead_where_thinking_can_be_enabled_and_is() {
        let leads = |name: &str, kind: &str| {
            let model = resolve(&ModelOptions::for_model(name)).expect("a known model");
            let request = serde_json::json!({ "model": name, "max_tokens": 10, "thinking": { "type": kind },
                "messages": [{ "role": "user", "content": "?" }] });
            let conversation = crate::normalize::normalize(&request).expect("a request");
            super::thoughts_lead(&conversation, &model)
        };
        for name in [
            "claude-opus-4-6",
            "claude-sonnet-4-6",
            "claude-sonnet-4-5",
            "claude-haiku-4-5-20251001",
            "claude-opus-4-1",
            "claude-3-7-sonnet-20250219",
        ] {
            assert!(leads(name, "enabled"), "{name}");
            assert!(!leads(name, "adaptive"), "{name}");
            assert!(!leads(name, "disabled"), "{name}");
        }
        assert!(!leads("claude-opus-5-5", "enabled"));
    }
}
