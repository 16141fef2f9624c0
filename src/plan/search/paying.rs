//! What pays by itself, and what pays once that is done.

use std::sync::Arc;

use crate::conversation::Message;
use crate::plan::choose::Solution;
use crate::plan::draft::{Changes, Draft, is_all_thoughts};
use crate::plan::ground::Ground;
use crate::plan::offers::Act;
use crate::plan::policy::Policy;
use crate::project::Pieces;

use super::{Found, Search};

/// Most times that the result is looked at again. Once is nearly always enough.
const LOOKS: usize = 8;

/// Changes to one request, each with its group.
type Acts = Vec<(usize, Act)>;

impl Search<'_> {
    /// Changes whose savings outweigh what they are expected to be missed for.
    pub(in crate::plan) fn paying(&self) -> Option<Found> {
        let found = self.carried_out(&Changes::default(), &self.paying_acts(), u32::MAX)?;
        let value = self.objective(&found.changes, false, Some(&found.projection))?;
        (value < 0.0).then(|| self.bounded(found, u32::MAX))
    }

    /// `found` with all that pays once it is carried out, so that a plan for the result finds nothing more.
    ///
    /// By the estimates there is nothing. But results are valued a little differently once others are placeholders, and what
    /// that brings out is done in the same plan.
    pub(in crate::plan) fn with_what_pays(&self, mut found: Found) -> Found {
        for _ in 0..LOOKS {
            let acts = self.paying_after(&found).unwrap_or_default();
            match self.carried_out(&found.changes, &acts, found.upper_bound) {
                Some(more) if !acts.is_empty() && more.changes != found.changes => {
                    found = Found {
                        bound: found.bound,
                        ..more
                    };
                }
                _ => break,
            }
        }
        found
    }

    /// The choice that pays most; nothing where none does.
    fn paying_acts(&self) -> Acts {
        let mut acts = Acts::new();
        while let Some(solution) = self.chosen(0, None) {
            let changes = self.changes(&solution);
            if let Some(upper) = self.size(&changes) {
                acts = self.acts(&self.refined((solution, changes, upper), None, u32::MAX).0);
                break;
            }
            if !self.block(&changes) {
                break;
            }
        }
        let found = self.carried_out(&Changes::default(), &acts, u32::MAX);
        let value =
            found.and_then(|found| self.objective(&found.changes, false, Some(&found.projection)));
        match value {
            Some(value) if value < 0.0 => acts,
            _ => Acts::new(),
        }
    }

    fn acts(&self, solution: &Solution) -> Acts {
        let groups = self.offers.groups.iter().zip(&solution.options).enumerate();
        let taken =
            groups.filter_map(|(group, (offers, option))| Some((group, offers.get(*option)?)));
        taken
            .flat_map(|(group, offer)| offer.acts.iter().map(move |act| (group, *act)))
            .collect()
    }

    /// `base` and `acts` together, if they reach `goal`.
    fn carried_out(&self, base: &Changes, acts: &Acts, goal: u32) -> Option<Found> {
        let mut changes = base.clone();
        for (group, act) in acts {
            self.act(&mut changes, *group, *act);
        }
        let removed = changes.removed.clone();
        changes
            .results_mut()
            .retain(|changed| !removed.contains(&changed.place.message));
        changes.reasoning.retain(|index| !removed.contains(index));
        self.settle(&mut changes);
        self.filled(&changes, goal, 1)
    }

    /// What pays in the request that `found` leads to, as acts on this one.
    fn paying_after(&self, found: &Found) -> Option<Acts> {
        let messages = self.draft.conversation().messages.iter().enumerate();
        let changes = &found.changes;
        let stays = |(index, message): (usize, &Arc<Message>)| {
            let is_gone = changes.removes(index)
                || changes.reasoning.contains(&index) && is_all_thoughts(message);
            (!is_gone).then_some(index)
        };
        let mut kept: Vec<Option<usize>> = messages.filter_map(stays).map(Some).collect();
        let counted = self.draft.changed(changes)?;
        if let Some(place) = changes
            .summary
            .as_ref()
            .and_then(|summary| summary.messages.first())
        {
            let at = kept.partition_point(|index| *index < Some(*place));
            let entries = counted.messages.len().saturating_sub(kept.len());
            kept.splice(at..at, std::iter::repeat_n(None, entries));
        }
        let pinned = kept.iter().enumerate();
        let pinned = pinned
            .filter(|(_, index)| index.is_some_and(|index| self.policy.pinned.contains(&index)));
        let policy = Policy {
            pinned: pinned.map(|(place, _)| place).collect(),
            ..self.policy.clone()
        };
        let pieces = Pieces::of(&counted);
        let draft = Draft::new(&counted, &pieces, self.draft.model, self.draft.counter);
        let ground = Ground::new(&counted, self.draft.model, &policy, self.strips);
        let later = Search::new(&draft, &ground, &policy, &found.projection, self.target);
        let acts = later.paying_acts();
        let own = acts.iter().filter_map(|(group, act)| {
            let first = later.ground.groups.get(*group)?.messages.start;
            let first = (*kept.get(first)?)?;
            let group = self
                .ground
                .groups
                .partition_point(|group| group.messages.end <= first);
            let result = |number| self.same_result(&later, number, &kept);
            let act = match *act {
                Act::Mask(number) => Act::Mask(result(number)?),
                Act::Cut(number, length) => Act::Cut(result(number)?, length),
                Act::Reasoning(message) => Act::Reasoning((*kept.get(message)?)?),
                Act::Remove => Act::Remove,
            };
            Some((group, act))
        });
        Some(own.collect())
    }

    /// The number here of a result that has `number` in a later search, where the messages `kept` are left: it is the same
    /// one of the results of its message.
    fn same_result(
        &self,
        later: &Search<'_>,
        number: usize,
        kept: &[Option<usize>],
    ) -> Option<usize> {
        let first_of = |search: &Search<'_>, message: usize| {
            let results = &search.ground.worths.results;
            results
                .iter()
                .position(|worth| worth.place.message == message)
        };
        let message = later.ground.worths.results.get(number)?.place.message;
        let nth = number - first_of(later, message)?;
        Some(first_of(self, (*kept.get(message)?)?)? + nth)
    }
}
