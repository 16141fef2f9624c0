//! The removal of whole groups: with the oldest under a summary, or alone without a trace.

use crate::conversation::{Group, Part};
use crate::plan::document::Cause;
use crate::plan::draft::Draft;
use crate::plan::ground::Ground;
use crate::plan::loss::{Replaced, Scale, repeated_call};
use crate::plan::worth::Worth;
use crate::project::Projection;

use super::{Act, Acts, Offer, Removal};

/// The removal of a group with the oldest.
pub(super) fn removal(
    draft: &Draft<'_>,
    ground: &Ground,
    results: Results<'_>,
    sizes: &[u32],
    before: &Projection,
    scale: Scale,
    index: usize,
) -> Removal {
    let mut removal = Removal::default();
    let Some(group) = ground.groups.get(index) else {
        return removal;
    };
    let age = ground.groups.len() - index;
    for at in group.messages.clone() {
        let tokens = before.messages.get(at).map_or(0, |message| message.tokens);
        removal.freed = removal.freed.saturating_add(tokens);
        if let Some(message) = draft.message(at) {
            removal.lost = removal.lost.plus(scale.removed(message, tokens, age));
        }
    }
    for (number, worth) in results {
        if !worth.is_evicted {
            let size = sizes.get(number).copied().unwrap_or(0);
            let masked = Replaced::alike(scale.masked(worth, size));
            removal.lost = removal.lost.plus(masked);
        }
    }
    removal
}

/// The removal of what stands before the provider's own compaction: of Responses it is not read any more (OR7).
pub(super) fn compacted(
    ground: &Ground,
    before: &Projection,
    newest: Option<usize>,
    index: usize,
) -> Option<Offer> {
    let group = ground.groups.get(index)?;
    if group.messages.end > newest? || !ground.removable(group) {
        return None;
    }
    Some(Offer {
        acts: Acts::one(Act::Remove),
        freed: tokens_of(group, before),
        loss: 0.0,
    })
}

/// The removal of a group whose every call was made again later, without a trace.
pub(super) fn gone(
    draft: &Draft<'_>,
    ground: &Ground,
    results: Results<'_>,
    sizes: &[u32],
    before: &Projection,
    scale: Scale,
    index: usize,
) -> Option<Offer> {
    let repeated = |worth: &Worth<'_>| {
        matches!(worth.cause, Cause::Duplicate | Cause::Superseded) && ground.is_old(worth)
    };
    if !results.clone().all(|(_, worth)| repeated(worth)) || results.clone().count() == 0 {
        return None;
    }
    let group = ground.groups.get(index)?;
    let messages = draft.conversation().messages.get(group.messages.clone())?;
    let quiet = |part: &Part| match part {
        Part::ToolCall(_) | Part::ToolResult { .. } | Part::Reasoning(_) => true,
        Part::Text { text, .. } => text.trim().is_empty(),
        _ => false,
    };
    let is_quiet = messages
        .iter()
        .all(|message| message.parts.iter().all(quiet));
    let calls = messages.iter().flat_map(|message| message.calls()).count();
    if !is_quiet || !ground.removable(group) || results.clone().count() != calls {
        return None;
    }
    let mut loss = 0.0;
    for (number, worth) in results {
        loss += scale.masked(worth, sizes.get(number).copied().unwrap_or(0));
    }
    let freed = tokens_of(group, before);
    Some(Offer {
        acts: Acts::one(Act::Remove),
        freed,
        loss: loss + repeated_call(freed),
    })
}

/// Tokens of a group's messages.
fn tokens_of(group: &Group, before: &Projection) -> u32 {
    let messages = before.messages.get(group.messages.clone());
    let messages = messages.unwrap_or_default().iter();
    messages.fold(0, |sum, message| sum.saturating_add(message.tokens))
}

/// The results of a group, with their numbers.
pub(super) type Results<'g> =
    std::iter::Zip<std::ops::Range<usize>, std::slice::Iter<'g, Worth<'g>>>;

/// For each group the number of the first result that is not in an earlier one, and that of the end.
pub(super) fn firsts(ground: &Ground) -> Vec<usize> {
    let results = &ground.worths.results;
    let mut firsts = Vec::with_capacity(ground.groups.len() + 1);
    for (number, worth) in results.iter().enumerate() {
        while firsts.len() <= worth.group {
            firsts.push(number);
        }
    }
    firsts.resize(ground.groups.len() + 1, results.len());
    firsts
}

pub(super) fn results_of<'g>(
    ground: &'g Ground<'_>,
    firsts: &[usize],
    group: usize,
) -> Results<'g> {
    let numbers = match firsts.get(group..group + 2) {
        Some([first, end]) => *first..*end,
        _ => 0..0,
    };
    let results = ground.worths.results.get(numbers.clone());
    numbers.zip(results.unwrap_or_default())
}
