//! What the validators look at: both requests, counted from scratch, and where each message came from.

use std::sync::Arc;

use serde_json::Value;

use crate::apply::{Edit, Fills, apply, edits};
use crate::conversation::{Conversation, Group};
use crate::count::{CountText, Counted, count};
use crate::models::Model;
use crate::plan::CompactionPlan;
use crate::project::{Projection, project};
use token_headroom_encoding::Result;

/// Everything a validator may look at.
pub(super) struct Evidence<'a> {
    pub plan: &'a CompactionPlan,
    pub model: &'a Model,
    pub counter: &'a dyn CountText,
    /// The request planned for.
    pub before: Counted,
    /// Its projection.
    pub projection_before: Projection,
    /// The atomic groups of the request planned for.
    pub groups: Vec<Group>,
    /// The applied request.
    pub after: Counted,
    /// Its projection.
    pub projection: Projection,
    /// The applied request with the digest in place of a summary.
    pub unfilled: Counted,
    /// How each message of the applied request came about.
    pub edits: Vec<Edit>,
    /// Where each message of the request planned for stands in the applied request.
    positions: Vec<Option<usize>>,
}

impl<'a> Evidence<'a> {
    pub(super) fn gather(
        request: &Value,
        plan: &'a CompactionPlan,
        fills: &Fills,
        model: &'a Model,
        counter: &'a dyn CountText,
    ) -> Result<Self> {
        let counted = |request: &Value| -> Result<Counted> {
            Ok(count(
                Arc::new(crate::apply::planned_for(request, plan)?),
                counter,
            ))
        };
        let before = counted(request)?;
        let edits = edits(&before.conversation, plan, fills, counter)?;
        let after = counted(&apply(request, plan, fills, counter)?)?;
        let unfilled = counted(&apply(request, plan, &Fills::default(), counter)?)?;
        Ok(Self::of(
            plan,
            model,
            counter,
            [before, after, unfilled],
            edits,
        ))
    }

    /// What `edits` make of the first of the requests: the second, and the third without fills.
    pub(super) fn of(
        plan: &'a CompactionPlan,
        model: &'a Model,
        counter: &'a dyn CountText,
        [before, after, unfilled]: [Counted; 3],
        edits: Vec<Edit>,
    ) -> Self {
        let mut positions = vec![None; before.messages.len()];
        for (at, edit) in edits.iter().enumerate() {
            if let Some(place) = origin(edit).and_then(|index| positions.get_mut(index)) {
                *place = Some(at);
            }
        }
        Self {
            plan,
            model,
            counter,
            projection_before: project(&before, model, counter),
            groups: before.conversation.groups(),
            projection: project(&after, model, counter),
            before,
            after,
            unfilled,
            edits,
            positions,
        }
    }

    pub(super) fn input(&self) -> &Conversation {
        &self.before.conversation
    }

    /// The message of the request planned for that message `index` of the applied request was.
    pub(super) fn origin(&self, index: usize) -> Option<usize> {
        origin(self.edits.get(index)?)
    }

    /// Where message `index` of the request planned for stands in the applied request.
    pub(super) fn position(&self, index: usize) -> Option<usize> {
        self.positions.get(index).copied().flatten()
    }

    /// Whether message `index` of the request planned for is as it was.
    pub(super) fn untouched(&self, index: usize) -> bool {
        let Some(old) = self.input().messages.get(index) else {
            return false;
        };
        let place = self
            .position(index)
            .and_then(|at| self.after.conversation.messages.get(at));
        place.is_some_and(|new| new.raw == old.raw)
    }

    /// The origins of the applied request's messages, in their order.
    pub(super) fn origins(&self) -> impl Iterator<Item = usize> {
        self.edits.iter().filter_map(origin)
    }
}

pub(super) fn origin(edit: &Edit) -> Option<usize> {
    match edit {
        Edit::Keep { index } | Edit::Replace { index, .. } => Some(*index),
        Edit::Insert { .. } => None,
    }
}
