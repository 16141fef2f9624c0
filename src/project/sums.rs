//! What each category takes, while it is being added up.

use super::Categories;
use super::estimate::Estimate;

/// [`Categories`] while they are being added up.
#[derive(Default)]
pub(super) struct Sums {
    pub(super) system: Estimate,
    pub(super) tools: Estimate,
    pub(super) user: Estimate,
    pub(super) assistant: Estimate,
    pub(super) tool_calls: Estimate,
    pub(super) tool_results: Estimate,
    pub(super) media: Estimate,
    pub(super) format: Estimate,
    pub(super) framing: Estimate,
}

impl Sums {
    pub(super) fn total(&self) -> Estimate {
        [
            self.system,
            self.tools,
            self.user,
            self.assistant,
            self.tool_calls,
            self.tool_results,
            self.media,
            self.format,
            self.framing,
        ]
        .into_iter()
        .sum()
    }

    pub(super) fn categories(&self) -> Categories {
        Categories {
            system: whole(self.system.tokens),
            tools: whole(self.tools.tokens),
            user: whole(self.user.tokens),
            assistant: whole(self.assistant.tokens),
            tool_calls: whole(self.tool_calls.tokens),
            tool_results: whole(self.tool_results.tokens),
            media: whole(self.media.tokens),
            format: whole(self.format.tokens),
            framing: whole(self.framing.tokens),
        }
    }
}

/// A sum as it is reported. Only a lower bound can be negative.
pub(super) fn whole(tokens: i64) -> u32 {
    u32::try_from(tokens.max(0)).unwrap_or(u32::MAX)
}
