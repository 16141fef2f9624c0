//! What each category takes, while it is being added up.

use super::Categories;
use super::estimate::Estimate;
use super::laid::Spoken;

/// [`Categories`] while they are being added up.
pub(super) struct Sums {
    pub(super) spoken: Spoken,
    pub(super) instructions: Estimate,
    pub(super) tools: Estimate,
    pub(super) format: Estimate,
    pub(super) framing: Estimate,
}

impl Sums {
    pub(super) fn total(&self) -> Estimate {
        self.spoken.total() + self.instructions + self.tools + self.format + self.framing
    }

    pub(super) fn categories(&self) -> Categories {
        let spoken = &self.spoken;
        Categories {
            system: whole((self.instructions + spoken.system).tokens),
            tools: whole(self.tools.tokens),
            user: whole(spoken.user.tokens),
            assistant: whole(spoken.assistant.tokens),
            tool_calls: whole(spoken.tool_calls.tokens),
            tool_results: whole(spoken.tool_results.tokens),
            media: whole(spoken.media.tokens),
            format: whole(self.format.tokens),
            framing: whole(self.framing.tokens),
        }
    }
}

/// A sum as it is reported. Only a lower bound can be negative.
pub(super) fn whole(tokens: i64) -> u32 {
    u32::try_from(tokens.max(0)).unwrap_or(u32::MAX)
}
