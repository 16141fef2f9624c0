//! What the validators look at: both requests, counted from scratch, and where each message came from.

use std::sync::Arc;

use serde_json::Value;

use crate::apply::{Edit, Fills, apply, edits};
use crate::conversation::{Conversation, Group};
use crate::count::{CountText, Counted, count};
use crate::models::Model;
use crate::normalize::normalize;
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

/// A place where a request breaks an invariant, whatever a plan does.
pub(super) struct Fault {
    /// The message.
    pub message: usize,
    /// The place in the message.
    pub place: String,
    /// What the fault is about, so that it can be recognised in another request.
    pub subject: String,
    /// What is wrong.
    pub text: String,
}

impl Fault {
    pub(super) fn path(&self) -> String {
        format!("messages[{}]{}", self.message, self.place)
    }
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
            Ok(count(Arc::new(normalize(request)?), counter))
        };
        let before = counted(request)?;
        let edits = edits(&before.conversation, plan, fills, counter)?;
        let after = counted(&apply(request, plan, fills, counter)?)?;
        let unfilled = counted(&apply(request, plan, &Fills::default(), counter)?)?;
        let mut positions = vec![None; before.messages.len()];
        for (at, edit) in edits.iter().enumerate() {
            if let Some(place) = origin(edit).and_then(|index| positions.get_mut(index)) {
                *place = Some(at);
            }
        }
        Ok(Self {
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
        })
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

fn origin(edit: &Edit) -> Option<usize> {
    match edit {
        Edit::Keep { index } | Edit::Replace { index, .. } => Some(*index),
        Edit::Insert { .. } => None,
    }
}
