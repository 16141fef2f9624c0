//! Tokens of the whole request after each step, counted afresh.
//!
//! Steps of whole messages are few: the request with all steps so far is made and projected. Masks and cuts are many: one
//! projection with all of them tells what each turn frees, since what a turn takes does not depend on what others say. Where
//! several results of one turn change, all such turns are projected together without a change and with one, then with two, and
//! so on. Of more than [`MOST_OF_ONE_TURN`] only what all of them free is recounted: plans share it out.

use std::ops::Range;
use std::sync::Arc;

use crate::apply::{Edit, carried_out};
use crate::conversation::Conversation;
use crate::count::{Counted, count_message};
use crate::normalize::normalize_message;
use crate::plan::steps::MOST_OF_ONE_TURN;
use crate::plan::{Step, StepKind};
use crate::project::{Projection, project};

use super::evidence::Evidence;

/// Most texts of the user's whose cuts are told apart, which takes a projection of the whole for each: a plan has no more.
const MOST_TEXTS: usize = 64;

/// The order of steps: masks and cuts of results by message and part, then of the user's texts, then thoughts, repeated calls, and
/// the oldest groups.
fn rank(step: &Step) -> (u8, usize, usize) {
    match &step.kind {
        StepKind::Mask { message, part, .. } | StepKind::Cut { message, part, .. } => {
            (0, *message, *part)
        }
        StepKind::CutText { message, part, .. } => (1, *message, *part),
        StepKind::DropReasoning { .. } => (2, 0, 0),
        StepKind::Remove { .. } => (3, 0, 0),
        StepKind::Summarise { .. } | StepKind::Drop { .. } => (4, 0, 0),
    }
}

/// The first step that is not in its place. There is one step at most for thoughts, for calls and for groups.
pub(super) fn misplaced(steps: &[Step]) -> Option<usize> {
    let pairs = steps.iter().zip(steps.iter().skip(1));
    let wrong = pairs.into_iter().position(|(a, b)| rank(a) >= rank(b));
    wrong.map(|at| at + 1)
}

/// The size after each step, `None` where it is not told apart; all of it `None` when a step cannot be carried out.
/// The steps are in their places.
pub(super) fn after_each(evidence: &Evidence<'_>) -> Option<Vec<Option<u32>>> {
    let steps = &evidence.plan.steps;
    let results = steps.partition_point(|step| rank(step).0 == 0);
    let mut sizes = Vec::with_capacity(steps.len());
    if results > 0 {
        let done = match results == steps.len() {
            true => evidence.projection_unfilled.clone(),
            false => projected(evidence, &mut steps.iter().take(results), &|_| true)?,
        };
        freed(evidence, steps.get(..results)?, &done, &mut sizes)?;
    }
    let texts = steps.partition_point(|step| rank(step).0 < 2);
    for count in results + 1..=steps.len() {
        sizes.push(if count == steps.len() {
            Some(evidence.projection_unfilled.tokens)
        } else if (results + MOST_TEXTS..texts).contains(&count) {
            None
        } else {
            Some(projected(evidence, &mut steps.iter().take(count), &|_| true)?.tokens)
        });
    }
    Some(sizes)
}

/// Sizes after the masks and cuts. `done` is the request with all of them.
fn freed(
    evidence: &Evidence<'_>,
    steps: &[Step],
    done: &Projection,
    sizes: &mut Vec<Option<u32>>,
) -> Option<()> {
    let before = &evidence.projection_before;
    let turn_of = |message: usize| {
        let groups = &evidence.groups;
        groups.partition_point(|group| group.messages.end <= message)
    };
    let begins_with_results = |turn: usize| {
        let first = evidence.groups.get(turn).map(|group| group.messages.start);
        let first = first.and_then(|first| evidence.before.messages.get(first));
        first.is_some_and(|first| first.shape.is_result)
    };
    // The steps of each turn, in order.
    let mut runs: Vec<Range<usize>> = vec![0..0; evidence.groups.len()];
    for (at, step) in steps.iter().enumerate() {
        let (_, message, _) = rank(step);
        let run = runs.get_mut(turn_of(message))?;
        *run = if run.start == run.end { at } else { run.start }..at + 1;
    }
    // What each but the last of a turn's steps frees: the same turns with so many steps, and with one more.
    let most = runs
        .iter()
        .map(Range::len)
        .filter(|len| *len <= MOST_OF_ONE_TURN);
    let mut inner: Vec<Vec<i64>> = vec![Vec::new(); runs.len()];
    for made in 1..most.max().unwrap_or(0) {
        let apart: Vec<bool> = runs
            .iter()
            .map(|run| run.len() > made && run.len() <= MOST_OF_ONE_TURN)
            .collect();
        let is_apart = |turn: usize| apart.get(turn) == Some(&true);
        // Results without their calls would join the turn before, were nothing between: what stands before them stays.
        let is_shown =
            |turn: usize| is_apart(turn) || is_apart(turn + 1) && begins_with_results(turn + 1);
        let sizes = |made: usize| {
            let runs = runs.iter().zip(&apart).filter(|(_, apart)| **apart);
            let mut steps = runs.flat_map(|(run, _)| {
                let own = steps.get(run.clone()).unwrap_or_default();
                own.iter().take(made)
            });
            projected(evidence, &mut steps, &|message| is_shown(turn_of(message)))
        };
        let (less, more) = (sizes(made - 1)?, sizes(made)?);
        let mut pairs = less.messages.iter().zip(&more.messages);
        for (turn, (group, inner)) in evidence.groups.iter().zip(&mut inner).enumerate() {
            if is_shown(turn) {
                let own = pairs.by_ref().take(group.messages.len());
                let freed = own.map(|(less, more)| i64::from(less.tokens) - i64::from(more.tokens));
                let freed = freed.sum();
                if is_apart(turn) {
                    inner.push(freed);
                }
            }
        }
    }
    let mut now = i64::from(before.tokens);
    // What turns without changes have lost: a neighbour's frame. It belongs to the next step.
    let mut left = now - i64::from(done.tokens);
    let difference = |index: usize| {
        let of = |projection: &Projection| {
            let message = projection.messages.get(index);
            message.map_or(0, |message| i64::from(message.tokens))
        };
        of(before) - of(done)
    };
    left -= (0..before.messages.len()).map(difference).sum::<i64>();
    for ((turn, run), inner) in evidence.groups.iter().zip(&runs).zip(&inner) {
        left += turn.messages.clone().map(difference).sum::<i64>();
        if run.is_empty() {
            continue;
        }
        for freed in inner {
            now -= freed;
            left -= freed;
            sizes.push(u32::try_from(now).ok());
        }
        if inner.is_empty() {
            sizes.extend(run.clone().skip(1).map(|_| None));
        }
        now -= left;
        left = 0;
        sizes.push(u32::try_from(now).ok());
    }
    *sizes.last_mut()? = Some(done.tokens);
    Some(())
}

/// The request with some steps carried out, as far as messages are `wanted`.
fn projected<'a>(
    evidence: &'a Evidence<'_>,
    steps: &mut dyn Iterator<Item = &'a Step>,
    wanted: &dyn Fn(usize) -> bool,
) -> Option<Projection> {
    let before = &evidence.before;
    let mut messages = Vec::with_capacity(before.messages.len());
    for edit in carried_out(&before.conversation, steps).ok()? {
        let message = match edit {
            Edit::Keep { index } | Edit::Replace { index, .. } if !wanted(index) => continue,
            Edit::Keep { index } => before.messages.get(index)?.clone(),
            Edit::Replace { message, .. } | Edit::Insert { message } => {
                let read = normalize_message(before.conversation.dialect, message, "").ok()?;
                Arc::new(count_message(Arc::new(read), evidence.counter))
            }
        };
        messages.push(message);
    }
    let counted = with_messages(&before.conversation, messages);
    Some(project(&counted, evidence.model, evidence.counter))
}

/// `conversation` with other messages.
pub(super) fn with_messages(
    conversation: &Conversation,
    messages: Vec<Arc<crate::count::CountedMessage>>,
) -> Counted {
    let told = messages.iter().map(|counted| counted.message.clone());
    Counted {
        conversation: Arc::new(Conversation {
            messages: told.collect(),
            ..conversation.clone()
        }),
        messages,
    }
}
