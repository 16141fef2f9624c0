//! What the floors of categories keep: the newest tokens of each, which no step takes.

use crate::project::{Spent, spent};

use super::draft::{Changes, Draft};
use super::ground::{Ground, first_request};
use super::policy::{CategoryShares, Share};
use super::search::Thoughts;
use super::worth::{Place, Worth};

/// All of something stays.
pub(super) const WHOLE: u32 = u32::MAX;

/// Tokens by which a message's frame can fall when its neighbours go, at most: two turns of one role may be framed as one.
const FRAME: u32 = 8;

/// Tokens that stay whatever else goes: 0 where nothing has to, [`WHOLE`] where all does. What a floor reaches in part keeps that
/// part, when it can be cut.
#[derive(Default)]
pub(super) struct Kept {
    /// Of each result.
    results: Vec<u32>,
    /// Of what is said in each group.
    said: Vec<u32>,
    /// Whether each group has to stay.
    groups: Vec<bool>,
    /// Whether the media of each group have to.
    media: Vec<bool>,
    /// The task's message, and what stays of it.
    task: Option<(usize, u32)>,
}

impl Kept {
    /// `sizes` are the tokens of the results' texts.
    pub(super) fn of(
        draft: &Draft<'_>,
        ground: &Ground<'_>,
        sizes: &[u32],
        shares: &CategoryShares,
        thoughts: Thoughts,
    ) -> Self {
        let floor = |share: Option<Share>| share.map_or(0, |share| share.floor);
        let floors = [
            shares.task,
            shares.tool_results,
            shares.conversation,
            shares.media,
        ];
        let floors = floors.map(floor);
        if floors == [0; 4] {
            return Self::default();
        }
        let [task, results, said, media] = floors;
        let first = first_request(draft.conversation());
        let spent = spent(draft.counted, draft.model, draft.counter);
        let by_group = |of: &dyn Fn(usize, &Spent) -> u32| -> Vec<u32> {
            let groups = ground.groups.iter();
            let own = groups.map(|group| {
                let own = spent.get(group.messages.clone()).unwrap_or_default();
                let own = group.messages.clone().zip(own);
                own.fold(0, |sum: u32, (index, spent)| {
                    sum.saturating_add(of(index, spent))
                })
            });
            own.collect()
        };
        let talk = by_group(&|index, spent| match first == Some(index) {
            true => 0,
            // What goes with any edit is no part of what stays.
            false if thoughts.strips() => {
                let stays = spent.said.saturating_sub(thought(draft, index));
                stays.saturating_sub(FRAME)
            }
            false => spent.said.saturating_sub(FRAME),
        });
        let shown = by_group(&|_, spent| spent.media);
        let worths = &ground.worths.results;
        let sizes = worths.iter().zip(sizes);
        let sizes = sizes.map(|(worth, size)| answered(draft, worth, *size, &spent));
        let media = newest(&shown, media);
        let mut kept = Self {
            results: newest(&sizes.collect::<Vec<u32>>(), results),
            said: newest(&talk, said),
            groups: Vec::new(),
            media: media
                .iter()
                .zip(&shown)
                .map(|(kept, shown)| *kept > 0 && *shown > 0)
                .collect(),
            task: first.map(|first| (first, task)),
        };
        kept.groups = kept.media.clone();
        for (stays, said) in kept.groups.iter_mut().zip(&kept.said) {
            *stays |= *said > 0;
        }
        for (worth, own) in worths.iter().zip(&kept.results) {
            if let Some(stays) = kept.groups.get_mut(worth.group) {
                *stays |= *own > 0;
            }
        }
        kept
    }

    /// Whether anything is kept.
    pub(super) fn is_any(&self) -> bool {
        self.groups.contains(&true) || self.task.is_some_and(|(_, tokens)| tokens > 0)
    }

    /// Whether something in a group is, so that it cannot go as a whole.
    pub(super) fn holds(&self, group: usize) -> bool {
        self.groups.get(group) == Some(&true)
    }

    /// Whether thoughts of a group may go by themselves.
    pub(super) fn may_forget(&self, group: usize) -> bool {
        self.said.get(group).is_none_or(|said| *said == 0)
    }

    /// Of a result, by its number among the worths.
    pub(super) fn of_result(&self, number: usize, worth: &Worth<'_>) -> u32 {
        let has_media = !worth.is_text && self.media.get(worth.group) == Some(&true);
        let own = self.results.get(number).copied().unwrap_or(0);
        if has_media { WHOLE } else { own }
    }

    /// Of a text of the user's, in a group.
    pub(super) fn of_text(&self, place: Place, group: usize) -> u32 {
        match self.task {
            Some((task, tokens)) if task == place.message => tokens,
            _ => self.said.get(group).copied().unwrap_or(0),
        }
    }
}

/// What stays of each when the newest fill a floor.
fn newest(tokens: &[u32], floor: u32) -> Vec<u32> {
    let mut left = floor;
    let kept = tokens.iter().rev().map(|tokens| {
        let own = if left > 0 && left >= *tokens {
            WHOLE
        } else {
            left
        };
        left = left.saturating_sub(*tokens);
        own
    });
    let mut kept: Vec<u32> = kept.collect();
    kept.reverse();
    kept
}

/// Tokens of a result that are certainly the results': its text, or its message where it has that for itself.
fn answered(draft: &Draft<'_>, worth: &Worth<'_>, size: u32, spent: &[Spent]) -> u32 {
    let index = worth.place.message;
    let own = spent.get(index).map_or(0, |spent| spent.results);
    let is_alone = draft
        .message(index)
        .is_some_and(|message| message.parts.len() == 1);
    match (worth.is_text, is_alone) {
        (true, _) => size.min(own),
        (false, true) => own,
        (false, false) => 0,
    }
}

/// Tokens of a message's thoughts.
fn thought(draft: &Draft<'_>, index: usize) -> u32 {
    let (Some(message), Some(own)) = (draft.message(index), draft.counted.messages.get(index))
    else {
        return 0;
    };
    if !super::search::thinks(message) {
        return 0;
    }
    let mut changes = Changes::default();
    changes.reasoning.insert(index);
    let left = draft.rewritten(index, &changes).ok().flatten();
    let left = draft.alone(left.into_iter().collect());
    u32::try_from(draft.alone(vec![own.clone()]) - left).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_fill_a_floor_and_the_last_of_them_in_part() {
        assert_eq!(newest(&[40, 50, 60], 0), [0, 0, 0]);
        assert_eq!(newest(&[40, 50, 60], 60), [0, 0, WHOLE]);
        assert_eq!(newest(&[40, 50, 60], 70), [0, 10, WHOLE]);
        assert_eq!(newest(&[40, 0, 60], 61), [1, WHOLE, WHOLE]);
        assert_eq!(newest(&[40, 50, 60], 999), [WHOLE; 3]);
    }
}
