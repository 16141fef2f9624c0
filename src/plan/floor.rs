//! Where the tokens are that no allowed step can free.

use crate::project::Projection;

use super::Floor;
use super::draft::Changes;
use super::ground::{Ground, Hold};

/// The breakdown of `projection`, which is the request with the strongest `changes` made.
///
/// The distance from the likely count to the upper bound counts as framing, so that the sum is the
/// number that was compared with the limit.
pub(super) fn floor(projection: &Projection, ground: &Ground, changes: &Changes) -> Floor {
    let mut floor = Floor {
        tools: projection.by_category.tools,
        total: projection.upper_bound,
        ..Floor::default()
    };
    let summary = changes.summary.as_ref().map(|summary| &summary.messages);
    let gone = |index: usize| summary.is_some_and(|gone| gone.binary_search(&index).is_ok());
    let first = summary.and_then(|gone| gone.first()).copied();
    // The holds of the messages that are left, in order; a summary is middle.
    let holds = ground.holds.iter().enumerate().filter_map(|(index, hold)| {
        if !gone(index) {
            Some(*hold)
        } else if Some(index) == first {
            Some(Hold::Free)
        } else {
            None
        }
    });
    for (hold, message) in holds.zip(&projection.messages) {
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
    ];
    let named = named
        .iter()
        .fold(0, |sum: u32, part| sum.saturating_add(*part));
    floor.framing = floor.total.saturating_sub(named);
    floor
}
