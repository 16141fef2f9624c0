//! Thoughts that an edit before them makes void.

use serde_json::Value;

use crate::conversation::{Message, Part};
use crate::models::binds_thoughts;
use crate::plan::draft::{Changes, Draft};
use crate::plan::policy::{Policy, ThinkingPolicy};

use super::Search;

/// What becomes of signed thoughts when something before them is edited.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::plan) enum Thoughts {
    /// They stay as valid as they were.
    Free,
    /// They go.
    Strip,
    /// They stay, and the API leaves out those that no longer match.
    Drop,
    /// They go, and nothing is edited but whole groups removed.
    Append,
    /// Nothing is edited.
    Server,
}

impl Thoughts {
    /// Whether they go with any edit.
    pub(in crate::plan) fn strips(self) -> bool {
        matches!(self, Self::Strip | Self::Append)
    }

    /// The policy's way, on models that bind thoughts. The API drops what no longer matches only when the request says so.
    pub(in crate::plan) fn of(draft: &Draft<'_>, policy: &Policy) -> Self {
        if !binds_thoughts(draft.model) {
            return Self::Free;
        }
        let rest = &draft.conversation().rest;
        let told = rest.pointer("/thinking/block_binding/prefix_mismatch_behavior");
        match policy.thinking {
            ThinkingPolicy::DropBlock if told.and_then(Value::as_str) == Some("drop_block") => {
                Self::Drop
            }
            ThinkingPolicy::Strip | ThinkingPolicy::DropBlock => Self::Strip,
            ThinkingPolicy::AppendOnly => Self::Append,
            ThinkingPolicy::Server => Self::Server,
        }
    }
}

pub(in crate::plan) fn thinks(message: &Message) -> bool {
    let mut parts = message.parts.iter();
    parts.any(|part| matches!(part, Part::Reasoning(_)))
}

impl Search<'_> {
    /// What goes with any edit: thoughts that it makes void.
    pub(super) fn bare(&self) -> Changes {
        let mut changes = Changes::default();
        if self.strips {
            let messages = self.draft.conversation().messages.iter().enumerate();
            let thoughtful = messages.filter(|(_, message)| thinks(message));
            changes.reasoning = thoughtful.map(|(index, _)| index).collect();
        }
        changes
    }

    /// Tokens of what goes with any edit.
    pub(super) fn stripped(&self) -> u32 {
        let changes = self.bare();
        if changes.is_empty() {
            return 0;
        }
        let after = self.draft.project(&changes);
        after.map_or(0, |after| self.before.tokens.saturating_sub(after.tokens))
    }
}
