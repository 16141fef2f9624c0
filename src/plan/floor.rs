//! Where the tokens are that no allowed step can free.

use crate::project::Projection;

use super::document::Floor;
use super::draft::{Changes, Draft, is_all_thoughts};
use super::ground::{Ground, Hold};
use super::summary::entries;

/// The breakdown of `projection`, which is the request with the strongest `changes` made.
///
/// The distance from the likely count to the upper bound counts as framing, so that the sum is the
/// number that was compared with the limit.
pub(super) fn floor(
    draft: &Draft<'_>,
    projection: &Projection,
    ground: &Ground,
    changes: &Changes,
    reserve: u32,
) -> Floor {
    let mut floor = Floor {
        tools: projection.by_category.tools,
        system: projection.instructions,
        reserve,
        total: projection.upper_bound.saturating_add(reserve),
        ..Floor::default()
    };
    let summary = changes.summary.as_ref();
    let place = summary.and_then(|summary| summary.messages.first().copied());
    // The holds of the messages that are left, in order; a summary is middle.
    let mut holds = Vec::with_capacity(projection.messages.len());
    for (index, hold) in ground.holds.iter().enumerate() {
        if let Some(summary) = summary.filter(|_| place == Some(index)) {
            let kept = |index: usize| !changes.removes(index);
            let entries = entries(draft.conversation(), &kept, index, &summary.text);
            holds.extend(entries.iter().map(|_| Hold::Free));
        }
        let forgotten = || draft.message(index).is_some_and(|m| is_all_thoughts(m));
        let goes = changes.removes(index) || changes.reasoning.contains(&index) && forgotten();
        if !goes {
            holds.push(*hold);
        }
    }
    for (hold, message) in holds.into_iter().zip(&projection.messages) {
        let share = match hold {
            Hold::System => &mut floor.system,
            Hold::FirstUser => &mut floor.first_user,
            Hold::Pinned => &mut floor.pinned,
            Hold::Tail => &mut floor.tail,
            Hold::Free => &mut floor.middle,
        };
        *share = share.saturating_add(message.tokens);
    }
    let named = [
        floor.system,
        floor.tools,
        floor.first_user,
        floor.pinned,
        floor.tail,
        floor.middle,
        floor.reserve,
    ];
    let named = named
        .iter()
        .fold(0, |sum: u32, part| sum.saturating_add(*part));
    floor.framing = floor.total.saturating_sub(named);
    floor
}
