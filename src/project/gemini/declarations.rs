//! Declared tools.

use super::rules::{Layout, Rules};
use super::{control, pieces, stubs};
use crate::conversation::{Conversation, Tool};
use crate::count::CountText;
use crate::project::estimate::Estimate;

/// Tokens of the tools. The choice among them, and forbidding them, costs nothing.
pub(super) fn tools(
    conversation: &Conversation,
    rules: &Rules,
    counter: &dyn CountText,
) -> Estimate {
    let one = |tool: &Tool| {
        if !tool.is_function() {
            let most = if rules.is_third() {
                MOST_OF_SERVER_TOOLS
            } else {
                0
            };
            return Estimate::between(0_i64, 0_i64, most);
        }
        match rules.layout {
            Layout::Pieces => pieces::declaration(tool, rules, counter),
            Layout::Stubs => stubs::declaration(tool, counter),
            Layout::Control => control::declaration(tool, counter),
        }
    };
    conversation.tools.iter().map(one).sum()
}

/// Tokens that one of the provider's tools adds at most where the model uses it. Until 2.5 they are reported apart from the
/// prompt (none of 20 records adds any); from 3 on ten of twenty add up to 408.
const MOST_OF_SERVER_TOOLS: i64 = 1_000;
