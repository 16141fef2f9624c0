//! Everything that may be done to each group while it stays, with what it frees and what is lost.

use std::cell::OnceCell;
use std::sync::Arc;

use crate::conversation::{Dialect, Message, Part, Role};
use crate::count::{CountText, CountedMessage};
use crate::order::sorted;
use crate::project::Projection;
use crate::rewrite;

use super::choose::Choice;
use super::document::Cause;
use super::draft::{Changes, Draft, is_all_thoughts};
use super::ground::{Ground, compactions, last_request};
use super::loss::{Scale, repeated_call};
use super::policy::Policy;
use super::worth::Worth;
use super::{categories, cut, loss, mask};

/// Lengths, in tokens, to which results may be cut.
pub(super) const LENGTHS: [u32; 2] = [1_024, 256];
/// Tokens of the notice between head and tail, about.
pub(super) const NOTICE: u32 = 32;
/// Most options of one group. Parallel results could be combined in more ways than can be looked at.
const MOST: usize = 24;
/// Bytes that a picture or file counts for where a message's tokens are divided over its parts.
const MEDIA: u64 = 4_096;

/// What a group's place adds to its losses, so that equal ones have an order.
const TIE: f64 = 1e-9;

/// One change to a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Act {
    /// The result with this number among the worths is masked.
    Mask(usize),
    /// It is cut to about this many tokens.
    Cut(usize, u32),
    /// The message's thoughts go.
    Reasoning(usize),
    /// The whole group goes without a trace.
    Remove,
}

/// Changes to one group.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Offer {
    /// What is done; nothing in the first.
    pub acts: Vec<Act>,
    /// Tokens that it frees, about.
    pub freed: u32,
    /// What it is expected to be missed for.
    pub loss: f64,
}

/// All offers, and the estimates that they rest on.
pub(super) struct Offers {
    /// For each group its offers; the first is to leave it.
    pub groups: Vec<Vec<Offer>>,
    /// For each group its removal under a summary; `None` where it has to stay.
    pub removals: Vec<Option<Choice>>,
    /// For each result its tokens, about.
    pub sizes: Vec<u32>,
    /// For each result that may go what stands in its place.
    pub masked: Vec<Option<Masked>>,
}

/// A placeholder.
pub(super) struct Masked {
    /// With the best reason for which the result may go, or without one where there is no room for it.
    pub text: Arc<str>,
    /// The reason that it states.
    pub cause: Cause,
    /// Its tokens.
    pub tokens: u32,
    /// The same without a reason, once it was asked for.
    pub plain: OnceCell<Arc<str>>,
}

/// What may be done, given what the request takes as it is.
pub(super) fn offers(
    draft: &Draft<'_>,
    ground: &Ground,
    policy: &Policy,
    before: &Projection,
    scale: Scale,
    may_edit: bool,
) -> Offers {
    let conversation = draft.conversation();
    let tokens = |index: usize| before.messages.get(index).map_or(0, |m| m.tokens);
    let sizes: Vec<u32> = ground
        .worths
        .results
        .iter()
        .map(|worth| {
            let index = worth.place.message;
            let message = draft.counted.messages.get(index);
            message.map_or(0, |message| match message.message.parts.as_slice() {
                [_] if worth.is_text => message.content,
                _ => size(message, worth.place.part, tokens(index), draft.counter),
            })
        })
        .collect();
    let shares = &policy.categories;
    let protected = categories::protected_results(&sizes, shares.tool_results);
    let mut groups: Vec<Vec<Offer>> = vec![vec![nothing()]; ground.groups.len()];
    let mut masked: Vec<Option<Masked>> = sizes.iter().map(|_| None).collect();
    if may_edit {
        for (number, worth) in ground.worths.results.iter().enumerate() {
            if number >= protected || !ground.is_old(worth) {
                continue;
            }
            let size = sizes.get(number).copied().unwrap_or(0);
            let mut cause = worth.cause;
            let mut text = mask::placeholder(worth, cause, size);
            let mut tokens = draft.counter.count_text(&text);
            if tokens >= size && cause != Cause::Old {
                cause = Cause::Old;
                text = mask::placeholder(worth, cause, size);
                tokens = draft.counter.count_text(&text);
            }
            let own = draft.counted.messages.get(worth.place.message);
            let placeholder = Masked {
                cause,
                tokens,
                text: match own {
                    Some(own) => own.rewritten.held(worth.place.part, text),
                    None => text.into(),
                },
                plain: OnceCell::new(),
            };
            let levels = levels(policy, scale, number, worth, size, &placeholder);
            if let Some(masked) = masked.get_mut(number) {
                *masked = Some(placeholder);
            }
            if let Some(group) = groups.get_mut(worth.group) {
                add(group, levels);
            }
        }
        for (group, message, freed) in thoughts(draft, ground, policy, before) {
            let offer = Offer {
                acts: vec![Act::Reasoning(message)],
                freed,
                loss: loss::thoughts(freed),
            };
            if let Some(group) = groups.get_mut(group) {
                add(group, vec![offer]);
            }
        }
    }
    let mut removals = vec![None; ground.groups.len()];
    let protected = categories::protected_groups(ground, before, shares.conversation);
    for index in ground.middle(conversation.dialect) {
        if index >= protected {
            break;
        }
        let choice = removal(draft, ground, &sizes, before, scale, index);
        if let Some(removal) = removals.get_mut(index) {
            *removal = Some(choice);
        }
    }
    let newest = (conversation.dialect == Dialect::OpenaiResponses)
        .then(|| compactions(draft.counted).last())
        .flatten();
    for (index, group) in groups.iter_mut().enumerate() {
        if may_edit && policy.mask && index < ground.tail.min(protected) {
            let compacted = compacted(ground, before, newest, index);
            if compacted.is_some() {
                group.truncate(1);
                group.extend(compacted);
                continue;
            }
            group.extend(gone(draft, ground, &sizes, before, scale, index));
        }
    }
    for (index, group) in groups.iter_mut().enumerate() {
        for offer in group {
            // Of what is missed alike the older goes.
            offer.loss *= 1.0 + TIE * index as f64;
        }
    }
    Offers {
        groups,
        removals,
        sizes,
        masked,
    }
}

fn nothing() -> Offer {
    Offer {
        acts: Vec::new(),
        freed: 0,
        loss: 0.0,
    }
}

/// Tokens of a result: of its text, or, when it holds more than text, its share of the message by bytes.
///
/// The text's are exact: a placeholder must never take more (C8).
pub(crate) fn size(
    counted: &CountedMessage,
    part: usize,
    tokens: u32,
    counter: &dyn CountText,
) -> u32 {
    let parts = counted.message.parts.as_slice();
    match (parts, cut::result_text(&counted.message, part)) {
        ([_], Some(_)) => counted.content,
        (_, Some(text)) => counter.count_text(&text),
        (parts, None) => {
            let all: u64 = parts.iter().map(bytes).sum();
            let own = parts.get(part).map_or(0, bytes);
            u32::try_from(u64::from(tokens) * own / all.max(1)).unwrap_or(u32::MAX)
        }
    }
}

fn bytes(part: &Part) -> u64 {
    match part {
        Part::Text { text, .. } => text.len() as u64,
        Part::Reasoning(reasoning) => reasoning.text.len() as u64 + u64::from(reasoning.sealed),
        Part::ToolCall(call) => (call.name.len() + call.arguments.len()) as u64,
        Part::ToolResult { parts, .. } => parts.iter().map(bytes).sum::<u64>().max(1),
        _ => MEDIA,
    }
}

/// The ways to shorten one result, each freeing more than the one before.
fn levels(
    policy: &Policy,
    scale: Scale,
    number: usize,
    worth: &Worth,
    size: u32,
    placeholder: &Masked,
) -> Vec<Offer> {
    let mut levels = Vec::new();
    if policy.cut && worth.is_text {
        for length in LENGTHS {
            if size > length + length / 2 {
                levels.push(Offer {
                    acts: vec![Act::Cut(number, length)],
                    freed: size.saturating_sub(length),
                    loss: scale.cut(worth, size, length - NOTICE),
                });
            }
        }
    }
    if policy.mask && size > placeholder.tokens {
        levels.push(Offer {
            acts: vec![Act::Mask(number)],
            freed: size - placeholder.tokens,
            loss: scale.masked(worth, size),
        });
    }
    levels
}

/// Adds to a group's offers what else may be done to it.
fn add(offers: &mut Vec<Offer>, levels: Vec<Offer>) {
    // Most groups have one result, which can only be masked.
    if offers.len() == 1 && levels.len() == 1 {
        offers.extend(levels);
    } else {
        *offers = combined(offers, &levels);
    }
}

/// Every offer with every one of `levels` on top, and without; of those, none that is worse than another in both respects.
fn combined(offers: &[Offer], levels: &[Offer]) -> Vec<Offer> {
    let mut all = offers.to_vec();
    for offer in offers {
        for level in levels {
            let mut acts = offer.acts.clone();
            acts.extend(&level.acts);
            all.push(Offer {
                acts,
                freed: offer.freed.saturating_add(level.freed),
                loss: offer.loss + level.loss,
            });
        }
    }
    let all = sorted(all, |a, b| {
        b.freed
            .cmp(&a.freed)
            .then_with(|| a.loss.total_cmp(&b.loss))
    });
    let mut best: Vec<Offer> = Vec::new();
    for offer in all.into_iter().filter(|offer| !offer.acts.is_empty()) {
        if best.last().is_none_or(|last| offer.loss < last.loss) {
            best.push(offer);
        }
    }
    best.push(nothing());
    best.reverse();
    if best.len() > MOST {
        let last = best.len() - 1;
        let step = |at: usize| at * last / (MOST - 1);
        let kept: Vec<usize> = (0..MOST).map(step).collect();
        let mut at = 0;
        best.retain(|_| {
            at += 1;
            kept.binary_search(&(at - 1)).is_ok()
        });
    }
    best
}

/// The thoughts that may go: group, message, tokens.
///
/// Those of the turn that is still going on stay, and so do those of Responses, whose items need them (OR2). On models
/// that bind thoughts to what precedes them, none goes by itself.
fn thoughts(
    draft: &Draft<'_>,
    ground: &Ground,
    policy: &Policy,
    before: &Projection,
) -> Vec<(usize, usize, u32)> {
    let conversation = draft.conversation();
    let dialect = conversation.dialect;
    if !policy.drop_reasoning
        || dialect == Dialect::OpenaiResponses
        || crate::models::binds_thoughts(draft.model)
    {
        return Vec::new();
    }
    let last = last_request(conversation).unwrap_or(0);
    let closed = |index: usize| index < last || dialect == Dialect::OpenaiChat;
    let thoughts = ground.worths.thoughts.iter().copied();
    let found: Vec<(usize, usize)> = thoughts
        .filter(|&(group, _)| group < ground.tail)
        .filter(|&(_, index)| closed(index) && !policy.pinned.contains(&index))
        .filter(|&(_, index)| draft.message(index).is_some_and(|m| may_forget(m)))
        .collect();
    if found.is_empty() {
        return Vec::new();
    }
    let mut changes = Changes::default();
    changes
        .reasoning
        .extend(found.iter().map(|(_, index)| *index));
    let Some(after) = draft.project(&changes) else {
        return Vec::new();
    };
    // Messages of nothing but thoughts are not there any more.
    let mut kept = after.messages.iter();
    let mut freed = vec![0; before.messages.len()];
    for ((index, old), freed) in before.messages.iter().enumerate().zip(&mut freed) {
        let goes = changes.reasoning.contains(&index)
            && draft.message(index).is_some_and(|m| is_all_thoughts(m));
        let new = if goes { None } else { kept.next() };
        *freed = old.tokens.saturating_sub(new.map_or(0, |new| new.tokens));
    }
    found
        .into_iter()
        .map(|(group, index)| (group, index, freed.get(index).copied().unwrap_or(0)))
        .filter(|(_, _, freed)| *freed > 0)
        .collect()
}

/// Whether a message has thoughts that can be taken out of it.
fn may_forget(message: &Message) -> bool {
    message.role == Role::Assistant
        && message
            .parts
            .iter()
            .any(|part| matches!(part, Part::Reasoning(_)))
        && (is_all_thoughts(message) || rewrite::without_reasoning(message).is_some())
}

/// The removal of a group with the oldest.
fn removal(
    draft: &Draft<'_>,
    ground: &Ground,
    sizes: &[u32],
    before: &Projection,
    scale: Scale,
    index: usize,
) -> Choice {
    let Some(group) = ground.groups.get(index) else {
        return Choice {
            freed: 0,
            loss: 0.0,
        };
    };
    let age = ground.groups.len() - index;
    let mut choice = Choice {
        freed: 0,
        loss: 0.0,
    };
    for at in group.messages.clone() {
        let tokens = before.messages.get(at).map_or(0, |message| message.tokens);
        choice.freed = choice.freed.saturating_add(tokens);
        if let Some(message) = draft.message(at) {
            choice.loss += scale.removed(message, tokens, age);
        }
    }
    for (number, worth) in results_of(ground, index) {
        if !worth.is_evicted {
            choice.loss += scale.masked(worth, sizes.get(number).copied().unwrap_or(0));
        }
    }
    choice
}

/// The removal of what stands before the provider's own compaction: of Responses it is not read any more (OR7).
fn compacted(
    ground: &Ground,
    before: &Projection,
    newest: Option<usize>,
    index: usize,
) -> Option<Offer> {
    let group = ground.groups.get(index)?;
    if group.messages.end > newest? || !ground.removable(group) {
        return None;
    }
    let tokens = |at: usize| before.messages.get(at).map_or(0, |message| message.tokens);
    Some(Offer {
        acts: vec![Act::Remove],
        freed: group
            .messages
            .clone()
            .map(tokens)
            .fold(0, u32::saturating_add),
        loss: 0.0,
    })
}

/// The removal of a group whose every call was made again later, without a trace.
fn gone(
    draft: &Draft<'_>,
    ground: &Ground,
    sizes: &[u32],
    before: &Projection,
    scale: Scale,
    index: usize,
) -> Option<Offer> {
    let repeated = |worth: &Worth<'_>| {
        matches!(worth.cause, Cause::Duplicate | Cause::Superseded) && ground.is_old(worth)
    };
    let results = || results_of(ground, index);
    results().next()?;
    if !results().all(|(_, worth)| repeated(worth)) {
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
    if !is_quiet || !ground.removable(group) || results().count() != calls {
        return None;
    }
    let mut loss = 0.0;
    for (number, worth) in results() {
        loss += scale.masked(worth, sizes.get(number).copied().unwrap_or(0));
    }
    let tokens = |at: usize| before.messages.get(at).map_or(0, |message| message.tokens);
    let freed = group
        .messages
        .clone()
        .map(tokens)
        .fold(0, u32::saturating_add);
    Some(Offer {
        acts: vec![Act::Remove],
        freed,
        loss: loss + repeated_call(freed),
    })
}

fn results_of<'g, 'a>(
    ground: &'g Ground<'a>,
    group: usize,
) -> impl Iterator<Item = (usize, &'g Worth<'a>)> {
    let results = &ground.worths.results;
    let start = results.partition_point(|worth| worth.group < group);
    let results = results.iter().enumerate().skip(start);
    results.take_while(move |(_, worth)| worth.group == group)
}
