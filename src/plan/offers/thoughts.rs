//! Thoughts that may go by themselves.

use crate::conversation::{Dialect, Message, Part, Role};
use crate::plan::draft::{Changes, Draft, is_all_thoughts};
use crate::plan::ground::{Ground, last_request};
use crate::plan::policy::Policy;
use crate::project::Projection;
use crate::rewrite;

/// The thoughts that may go: group, message, tokens.
///
/// Those of the turn that is still going on stay, and so do those of Responses, whose items need them (OR2). On models
/// that bind thoughts to what precedes them, none goes by itself.
pub(super) fn thoughts(
    draft: &Draft<'_>,
    ground: &Ground,
    policy: &Policy,
    before: &Projection,
) -> Vec<(usize, usize, u32)> {
    let conversation = draft.conversation();
    let dialect = conversation.dialect;
    if !policy.drop_reasoning
        || dialect == Dialect::OpenaiResponses
        || crate::models::binds_thoughts(draft.model)
    {
        return Vec::new();
    }
    let last = last_request(conversation).unwrap_or(0).min(ground.led);
    let closed = |index: usize| index < last || dialect == Dialect::OpenaiChat;
    let thoughts = ground.worths.thoughts.iter().copied();
    let found: Vec<(usize, usize)> = thoughts
        .filter(|&(group, _)| group < ground.tail)
        .filter(|&(_, index)| closed(index) && !policy.pinned.contains(&index))
        .filter(|&(_, index)| draft.message(index).is_some_and(|m| may_forget(m)))
        .collect();
    if found.is_empty() {
        return Vec::new();
    }
    let mut changes = Changes::default();
    changes
        .reasoning
        .extend(found.iter().map(|(_, index)| *index));
    let Some(after) = draft.project(&changes) else {
        return Vec::new();
    };
    // Messages of nothing but thoughts are not there any more.
    let mut kept = after.messages.iter();
    let mut freed = vec![0; before.messages.len()];
    for ((index, old), freed) in before.messages.iter().enumerate().zip(&mut freed) {
        let goes = changes.reasoning.contains(&index)
            && draft.message(index).is_some_and(|m| is_all_thoughts(m));
        let new = if goes { None } else { kept.next() };
        *freed = old.tokens.saturating_sub(new.map_or(0, |new| new.tokens));
    }
    found
        .into_iter()
        .map(|(group, index)| (group, index, freed.get(index).copied().unwrap_or(0)))
        .filter(|(_, _, freed)| *freed > 0)
        .collect()
}

/// Whether a message has thoughts that can be taken out of it.
fn may_forget(message: &Message) -> bool {
    message.role == Role::Assistant
        && message
            .parts
            .iter()
            .any(|part| matches!(part, Part::Reasoning(_)))
        && (is_all_thoughts(message) || rewrite::without_reasoning(message).is_some())
}
