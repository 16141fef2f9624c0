//! What the validators look at: both requests, counted from scratch, and where each message came from.

use std::sync::Arc;

use serde_json::Value;

use crate::apply::{Edit, Fills, edits, list_in_body, planned_for};
use crate::conversation::{Conversation, Group};
use crate::count::{CountText, Counted, count, count_message};
use crate::judge::Judgement;
use crate::models::Model;
use crate::normalize::{normalize_message, normalize_rest};
use crate::plan::CompactionPlan;
use crate::project::{Projection, project};
use token_headroom_encoding::Result;

use super::steps::Steps;
use super::terms::Terms;

/// Everything a validator may look at.
pub(super) struct Evidence<'a> {
    pub plan: &'a CompactionPlan,
    pub fills: &'a Fills,
    pub model: &'a Model,
    pub counter: &'a dyn CountText,
    /// What the plan says becomes of each message.
    pub steps: Steps<'a>,
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
    /// What the budget makes of it.
    pub judged: Judgement,
    /// The most that the plan may call available.
    pub most: u32,
    /// The applied request with the digest in place of a summary.
    pub unfilled: Counted,
    /// Its projection.
    pub projection_unfilled: Projection,
    /// Where each message of the applied request comes from; `None` for the plan's own.
    pub origins: Vec<Option<usize>>,
    /// Where each message of the request planned for stands in the applied request.
    positions: Vec<Option<usize>>,
}

impl<'a> Evidence<'a> {
    /// `memory` is the same counter, which remembers what it counts again and again.
    pub(super) fn gather(
        request: &Value,
        plan: &'a CompactionPlan,
        fills: &'a Fills,
        terms: Terms<'a>,
        counter: &'a dyn CountText,
        memory: &'a dyn CountText,
    ) -> Result<Self> {
        let before = count(Arc::new(planned_for(request, plan)?), counter);
        let counter = memory;
        let steps = Steps::of(plan);
        if let Value::Object(fields) = request {
            list_in_body(fields)?;
        }
        let made = |fills: &Fills| -> Result<Counted> {
            let edits = edits(&before.conversation, plan, fills, counter)?;
            read_again(&before, edits, counter)
        };
        let after = made(fills)?;
        let unfilled = match fills.summary {
            Some(_) => made(&Fills::default())?,
            None => after.clone(),
        };
        let origins = steps.origins(&before.conversation, after.messages.len());
        let requests = [before, after, unfilled];
        Ok(Self::of((plan, fills), terms, counter, requests, origins))
    }

    /// What the plan makes of the first of the requests: the second, and the third without fills.
    pub(super) fn of(
        (plan, fills): (&'a CompactionPlan, &'a Fills),
        terms: Terms<'a>,
        counter: &'a dyn CountText,
        [before, after, unfilled]: [Counted; 3],
        origins: Vec<Option<usize>>,
    ) -> Self {
        let mut positions = vec![None; before.messages.len()];
        for (at, origin) in origins.iter().enumerate() {
            if let Some(place) = origin.and_then(|index| positions.get_mut(index)) {
                *place = Some(at);
            }
        }
        let model = terms.model;
        let projection_before = project(&before, model, counter);
        let projection_unfilled = project(&unfilled, model, counter);
        let projection = match fills.summary {
            Some(_) => project(&after, model, counter),
            None => projection_unfilled.clone(),
        };
        Self {
            plan,
            fills,
            model,
            counter,
            steps: Steps::of(plan),
            judged: terms.judged(&projection, &after),
            most: terms.most(&projection_before, &before),
            projection_before,
            groups: before.conversation.groups(),
            projection,
            projection_unfilled,
            before,
            after,
            unfilled,
            origins,
            positions,
        }
    }

    pub(super) fn input(&self) -> &Conversation {
        &self.before.conversation
    }

    /// The message of the request planned for that message `index` of the applied request was.
    pub(super) fn origin(&self, index: usize) -> Option<usize> {
        self.origins.get(index).copied().flatten()
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
        place.is_some_and(|new| Arc::ptr_eq(new, old) || new.raw == old.raw)
    }

    /// Message `index` of the request planned for with the middle of its texts cut out as the steps say; `None` where they say
    /// nothing of them.
    pub(super) fn retold(&self, index: usize) -> Option<Value> {
        self.steps.retold(index, self.input().messages.get(index)?)
    }

    /// Whether every message that no step takes is in the applied request.
    pub(super) fn kept_all(&self) -> bool {
        let input = self.input();
        let kept = self
            .steps
            .origins(input, input.messages.len() + self.origins.len());
        kept.into_iter()
            .flatten()
            .all(|index| self.position(index).is_some())
    }

    /// The cap and the tokens of a request of the plan's own.
    pub(super) fn asked(&self, request: &Value) -> Result<(Option<u32>, u32)> {
        let counted = count(Arc::new(planned_for(request, self.plan)?), self.counter);
        let tokens = project(&counted, self.model, self.counter).tokens;
        Ok((counted.conversation.output_cap, tokens))
    }

    /// Places in the applied request with what stands there now: messages of the plan's own.
    pub(super) fn inserted(&self) -> impl Iterator<Item = usize> {
        let origins = self.origins.iter().enumerate();
        origins.filter_map(|(at, origin)| origin.is_none().then_some(at))
    }
}

/// The applied request. A message that is kept is the very message that was read; all others are read and counted, and the
/// whole is put together from scratch.
fn read_again(before: &Counted, edits: Vec<Edit>, counter: &dyn CountText) -> Result<Counted> {
    let input = &before.conversation;
    let mut messages = Vec::with_capacity(edits.len());
    for edit in edits {
        let known = match &edit {
            Edit::Keep { index } => before.messages.get(*index).cloned(),
            _ => None,
        };
        messages.push(match (known, edit) {
            (Some(known), _) => known,
            (None, Edit::Replace { message, .. } | Edit::Insert { message }) => {
                let path = format!("{}[{}]", input.dialect.list_key(), messages.len());
                let read = normalize_message(input.dialect, message, &path)?;
                Arc::new(count_message(Arc::new(read), counter))
            }
            (None, Edit::Keep { .. }) => continue,
        });
    }
    let told = messages.iter().map(|counted| counted.message.clone());
    let conversation = normalize_rest(input.dialect, input.rest.clone(), told.collect())?;
    Ok(Counted {
        conversation: Arc::new(conversation),
        messages,
    })
}
