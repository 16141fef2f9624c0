//! The search for changes: the mildest kind first, and of each kind no more than is needed.

use super::draft::{Changes, Draft};
use super::ground::Ground;
use super::mask::{self, Unit};
use super::smallest::smallest;
use super::{Policy, cut, digest, summary};
use crate::project::Projection;

/// The fewest tokens that a result in the last groups is left with while the middle is not summarised yet.
const MILD_TAIL_CUT: u32 = 1_024;
/// The fewest tokens worth keeping of a result that would otherwise be masked.
const WORTH_KEEPING: u32 = 256;

/// Changes that bring a request below a mark.
pub(super) struct Found {
    /// What changes; a summary stands there as its digest.
    pub changes: Changes,
    /// The request with the changes made.
    pub projection: Projection,
    /// The upper bound with any summary that fits its slot.
    pub upper_bound: u32,
    /// The summary to ask for.
    pub slot: Option<super::SummarySlot>,
}

/// What the search knows of the request.
pub(super) struct Search<'a> {
    draft: &'a Draft<'a>,
    ground: &'a Ground,
    policy: &'a Policy,
    /// The request as it is.
    before: &'a Projection,
    /// What may be masked, the one to go first in front.
    units: Vec<Unit>,
    /// Old results that may be cut.
    old: Vec<usize>,
    /// Results in the last groups that may be cut in the end.
    tail: Vec<usize>,
    /// Groups that may be summarised, oldest first.
    middle: Vec<std::ops::Range<usize>>,
    /// Everything masked, and cut as short as may be.
    strongest: Changes,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        draft: &'a Draft<'a>,
        ground: &'a Ground,
        policy: &'a Policy,
        before: &'a Projection,
    ) -> Self {
        let units = if policy.mask {
            mask::units(draft, ground)
        } else {
            Vec::new()
        };
        let results = ground
            .groups
            .iter()
            .flat_map(|group| ground.old_results(draft.conversation(), group));
        let old: Vec<usize> = if policy.cut {
            results.collect()
        } else {
            Vec::new()
        };
        let tail = if policy.cut && policy.cut_tail {
            ground.tail_results(draft.conversation()).collect()
        } else {
            Vec::new()
        };
        let middle = ground
            .groups
            .iter()
            .filter(|group| policy.summarise && ground.removable(group));
        let mut search = Self {
            draft,
            ground,
            policy,
            before,
            units,
            tail,
            middle: middle.map(|group| group.messages.clone()).collect(),
            old,
            strongest: Changes::default(),
        };
        let masked = search.masked(&Changes::default(), search.units.len());
        let left = search.cuttable(&masked);
        search.strongest = cut::capped(draft, ground, &masked, &left, cut::SHORTEST);
        search
    }

    /// The mildest changes that reach `target`, else the strongest ones if they reach `available`.
    /// The error is the strongest changes there are, when they do not.
    pub(super) fn find(&self, target: u32, available: u32) -> Result<Found, Changes> {
        let nothing = Changes::default();
        if let Some(found) = self
            .reduced(target, &nothing)
            .or_else(|| self.summarised(target))
        {
            return Ok(found);
        }
        // No landing at the release mark. The nearest one makes the next overflow as late as possible.
        let least = self.least();
        if let Some(found) = self.kept(&least, available, 2) {
            return Ok(found);
        }
        let mild = [&self.strongest, &least]
            .into_iter()
            .zip([MILD_TAIL_CUT, cut::SHORTEST])
            .flat_map(|(base, shortest)| [(base, shortest, target), (base, shortest, available)]);
        for (base, shortest, goal) in mild {
            let cut = cut::cut_to(self.draft, self.ground, base, &self.tail, goal, shortest);
            if let Some(found) = cut.and_then(|changes| self.kept(&changes, goal, 1)) {
                return Ok(found);
            }
        }
        Err(cut::capped(
            self.draft,
            self.ground,
            &least,
            &self.tail,
            cut::SHORTEST,
        ))
    }

    /// Masks, else masks and cuts, on top of `base`: as few as reach `goal`.
    fn reduced(&self, goal: u32, base: &Changes) -> Option<Found> {
        let changes = self.masked_to(goal, base).or_else(|| {
            let masked = self.masked(base, self.units.len());
            let left = self.cuttable(&masked);
            cut::cut_to(self.draft, self.ground, &masked, &left, goal, cut::SHORTEST)
        })?;
        self.kept(&changes, goal, 1)
    }

    /// As few units masked as reach `goal`, and the last of them only cut where there is room for more.
    fn masked_to(&self, goal: u32, base: &Changes) -> Option<Changes> {
        let upper = self.draft.project(base).upper_bound;
        if upper <= goal {
            return Some(base.clone());
        }
        let mut over = i64::from(upper) - i64::from(goal);
        let guess = self.units.iter().position(|unit| {
            if !self.is_gone(base, unit) {
                over -= i64::from(unit.gain);
            }
            over <= 0
        });
        let count = smallest(
            self.units.len(),
            guess.map_or(usize::MAX, |at| at + 1),
            |count| self.draft.project(&self.masked(base, count)).upper_bound <= goal,
        )?;
        let masked = self.masked(base, count);
        Some(self.relented(goal, base, count).unwrap_or(masked))
    }

    /// The first `count` units, the last of them cut and not masked, if that reaches `goal` too.
    fn relented(&self, goal: u32, base: &Changes, count: usize) -> Option<Changes> {
        let last = self.units.get(count.checked_sub(1)?)?;
        if !self.policy.cut || self.is_gone(base, last) {
            return None;
        }
        let before = self.masked(base, count - 1);
        let results: Vec<usize> = last.changes.iter().map(|(index, _)| *index).collect();
        cut::cut_to(
            self.draft,
            self.ground,
            &before,
            &results,
            goal,
            WORTH_KEEPING,
        )
    }

    /// `base` with the first `count` units masked.
    fn masked(&self, base: &Changes, count: usize) -> Changes {
        let mut changes = base.clone();
        for unit in self.units.iter().take(count) {
            if !self.is_gone(base, unit) {
                changes.replaced.extend(unit.changes.iter().cloned());
            }
        }
        changes
    }

    /// Whether `base` removes the unit's turn.
    fn is_gone(&self, base: &Changes, unit: &Unit) -> bool {
        unit.changes
            .first()
            .is_none_or(|(index, _)| base.removes(*index))
    }

    /// The old results that `base` leaves as they are.
    fn cuttable(&self, base: &Changes) -> Vec<usize> {
        let old = self.old.iter().copied();
        old.filter(|index| !base.replaced.contains_key(index) && !base.removes(*index))
            .collect()
    }

    /// The fewest of the oldest groups summarised that reach `goal` together with masks and cuts.
    fn summarised(&self, goal: u32) -> Option<Found> {
        let full = |count: usize| self.without_oldest(count, self.policy.summary_tokens);
        let fits = |count| {
            full(count).is_some_and(|changes| self.draft.project(&changes).upper_bound <= goal)
        };
        if let Some(count) = smallest(self.middle.len(), self.guess(goal), fits) {
            // The mildest changes to what is left, with the same summary.
            let mut bare = full(count)?;
            bare.replaced.clear();
            return self.reduced(goal, &bare);
        }
        let changes = self.without_oldest(self.middle.len(), 0)?;
        (self.draft.project(&changes).upper_bound <= goal).then_some(())?;
        self.kept(&changes, goal, 1)
    }

    /// How many groups have to go by a first estimate.
    fn guess(&self, goal: u32) -> usize {
        let now = self.draft.project(&self.strongest);
        let reserve = u64::from(self.policy.summary_tokens);
        let over = (u64::from(now.upper_bound) + reserve).saturating_sub(goal.into());
        let mut freed = 0_u64;
        let found = self.middle.iter().position(|group| {
            let messages = now.messages.get(group.clone()).unwrap_or_default();
            freed += messages
                .iter()
                .map(|message| u64::from(message.tokens))
                .sum::<u64>();
            freed >= over
        });
        found.map_or(usize::MAX, |at| at + 1)
    }

    /// The strongest changes, with a summary of at most `slot` tokens in place of the `count` oldest groups.
    ///
    /// `None` when there is nothing to summarise, or even the shortest digest would take more than it replaces.
    fn without_oldest(&self, count: usize, slot: u32) -> Option<Changes> {
        let groups = self.middle.get(..count)?;
        let messages: Vec<usize> = groups.iter().flat_map(Clone::clone).collect();
        if messages.is_empty() {
            return None;
        }
        let counter = self.draft.counter;
        let least = counter.count_text(&digest::shortest(messages.len()));
        let most = summary::most_content(messages.len(), slot, counter);
        let room = self.room(&messages).filter(|room| *room >= least)?;
        let content = if slot == 0 {
            least
        } else {
            most.max(least).min(room)
        };
        let mut changes = self.strongest.clone();
        let reserve = summary::reserve(self.draft, messages, content)?;
        changes
            .replaced
            .retain(|index, _| reserve.messages.binary_search(index).is_err());
        changes.summary = Some(reserve);
        Some(changes)
    }

    /// Most tokens of content with which a summary takes no more than `messages` did.
    fn room(&self, messages: &[usize]) -> Option<u32> {
        let removed: i64 = messages
            .iter()
            .filter_map(|&index| self.before.messages.get(index))
            .map(|message| i64::from(message.tokens))
            .sum();
        let empty = summary::reserve(self.draft, messages.to_vec(), 0)?;
        u32::try_from(removed - self.draft.alone(vec![empty.counted])).ok()
    }

    /// The changes that leave the least.
    fn least(&self) -> Changes {
        let summarised = self.without_oldest(self.middle.len(), 0);
        let size = |changes: &Changes| self.draft.project(changes).upper_bound;
        match summarised {
            Some(changes) if size(&changes) < size(&self.strongest) => changes,
            _ => self.strongest.clone(),
        }
    }

    /// `changes` as a result, if they reach `goal`: a summary's room grows by a part of the room that is
    /// left, up to what the policy allows, and the digest takes its place.
    fn kept(&self, changes: &Changes, goal: u32, part: u32) -> Option<Found> {
        let reserved = self.draft.project(changes);
        let spare = goal.checked_sub(reserved.upper_bound)?;
        let Some(summary) = &changes.summary else {
            return Some(Found {
                changes: changes.clone(),
                upper_bound: reserved.upper_bound,
                projection: reserved,
                slot: None,
            });
        };
        self.filled(
            changes,
            summary.counted.content.saturating_add(spare / part),
            goal,
        )
        .or_else(|| self.filled(changes, summary.counted.content, goal))
    }

    /// `changes` with at most `content` tokens reserved for heading and summary, and the digest written.
    fn filled(&self, changes: &Changes, content: u32, goal: u32) -> Option<Found> {
        let counter = self.draft.counter;
        let messages = changes.summary.as_ref()?.messages.clone();
        let count = messages.len();
        let content = content.min(self.room(&messages).unwrap_or(0));
        let slot = content
            .saturating_sub(summary::most_content(count, 0, counter))
            .min(self.policy.summary_tokens);
        let slot = (slot >= summary::SMALLEST)
            .then(|| summary::slot(self.draft, self.ground, &messages, slot))
            .flatten();
        let text = digest::digest(
            self.draft.conversation(),
            self.ground,
            &messages,
            content,
            counter,
        );
        let mut filled = changes.clone();
        filled.summary = Some(super::draft::Summary {
            messages: messages.clone(),
            counted: self.draft.written(summary::message(&text))?,
        });
        let projection = self.draft.project(&filled);
        let mut upper_bound = projection.upper_bound;
        if let Some(slot) = &slot {
            let most = summary::most_content(count, slot.max_tokens, counter);
            let mut fullest = changes.clone();
            fullest.summary = Some(summary::reserve(self.draft, messages, most)?);
            upper_bound = upper_bound.max(self.draft.project(&fullest).upper_bound);
        }
        (upper_bound <= goal).then_some(Found {
            changes: filled,
            projection,
            upper_bound,
            slot,
        })
    }
}
