//! Everything that may be done to each group while it stays, with what it frees and what is lost.

mod acts;
mod combined;
mod removals;
mod thoughts;

use std::cell::OnceCell;
use std::sync::Arc;

use crate::conversation::{Dialect, Part};
use crate::count::{CountText, CountedMessage};
use crate::project::Projection;

use super::document::Cause;
use super::draft::Draft;
use super::ground::{Ground, compactions};
use super::kept::{self, Kept};
use super::loss::{Replaced, Scale};
use super::policy::Policy;
use super::search::Thoughts;
use super::worth::Worth;
use super::{cut, loss, mask};
pub(super) use acts::Acts;
use combined::add;
use removals::{compacted, firsts, gone, removal, results_of};
use thoughts::thoughts;

/// Lengths, in tokens, to which results may be cut.
pub(super) const LENGTHS: [u32; 2] = [1_024, 256];
/// Tokens of the notice between head and tail, about.
pub(super) const NOTICE: u32 = 32;
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
    pub acts: Acts,
    /// Tokens that it frees, about.
    pub freed: u32,
    /// What it is expected to be missed for.
    pub loss: f64,
}

/// The removal of a group with the oldest.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Removal {
    /// Its tokens.
    pub freed: u32,
    /// What it is expected to be missed for.
    pub lost: Replaced,
}

impl Removal {
    /// What it is expected to be missed for with a summary in its place, or a note.
    pub(super) fn loss(self, is_summarised: bool) -> f64 {
        match is_summarised {
            true => self.lost.by_summary,
            false => self.lost.by_note,
        }
    }
}

/// All offers, and the estimates that they rest on.
pub(super) struct Offers {
    /// For each group its offers; the first is to leave it.
    pub groups: Vec<Vec<Offer>>,
    /// For each group its removal with the oldest; `None` where it has to stay.
    pub removals: Vec<Option<Removal>>,
    /// For each result its tokens, about.
    pub sizes: Vec<u32>,
    /// For each result that may go what stands in its place.
    pub masked: Vec<Option<Masked>>,
    /// What the floors of categories keep.
    pub kept: Kept,
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
    let thoughts_go = Thoughts::of(draft, policy);
    let kept = Kept::of(draft, ground, &sizes, &policy.categories, thoughts_go);
    let mut groups: Vec<Vec<Offer>> = ground.groups.iter().map(|_| untouched()).collect();
    let mut masked: Vec<Option<Masked>> = sizes.iter().map(|_| None).collect();
    if may_edit {
        let (mut text, mut ways) = (String::new(), Vec::new());
        for (number, worth) in ground.worths.results.iter().enumerate() {
            let stays = kept.of_result(number, worth);
            if stays == kept::WHOLE || !ground.is_old(worth) {
                continue;
            }
            let size = sizes.get(number).copied().unwrap_or(0);
            let mut cause = worth.cause;
            mask::write(worth, cause, size, &mut text);
            let mut tokens = draft.counter.count_text(&text);
            if tokens >= size && cause != Cause::Old {
                cause = Cause::Old;
                mask::write(worth, cause, size, &mut text);
                tokens = draft.counter.count_text(&text);
            }
            let own = draft.counted.messages.get(worth.place.message);
            let placeholder = Masked {
                cause,
                tokens,
                text: match own {
                    Some(own) => own.rewritten.held(worth.place.part, &text),
                    None => text.as_str().into(),
                },
                plain: OnceCell::new(),
            };
            let own = levels(policy, scale, number, worth, size, &placeholder);
            ways.extend(own.filter(|offer| stays == 0 || keeps(draft, worth, offer, stays)));
            if let Some(masked) = masked.get_mut(number).filter(|_| stays == 0) {
                *masked = Some(placeholder);
            }
            if let Some(group) = groups.get_mut(worth.group) {
                add(group, &mut ways);
            }
        }
        for (group, message, freed) in thoughts(draft, ground, policy, before) {
            if !kept.may_forget(group) {
                continue;
            }
            let offer = Offer {
                acts: Acts::one(Act::Reasoning(message)),
                freed,
                loss: loss::thoughts(freed),
            };
            if let Some(group) = groups.get_mut(group) {
                add(group, &mut vec![offer]);
            }
        }
    }
    let firsts = firsts(ground);
    let mut removals = vec![None; ground.groups.len()];
    for index in ground.middle(conversation.dialect, &kept) {
        let results = results_of(ground, &firsts, index);
        let own = removal(draft, ground, results, &sizes, before, scale, index);
        if let Some(removal) = removals.get_mut(index) {
            *removal = Some(own);
        }
    }
    let newest = (conversation.dialect == Dialect::OpenaiResponses)
        .then(|| compactions(draft.counted).last())
        .flatten();
    for (index, group) in groups.iter_mut().enumerate() {
        if may_edit && policy.mask && index < ground.tail && !kept.holds(index) {
            let compacted = compacted(ground, before, newest, index);
            if compacted.is_some() {
                group.truncate(1);
                group.extend(compacted);
                continue;
            }
            let results = results_of(ground, &firsts, index);
            group.extend(gone(draft, ground, results, &sizes, before, scale, index));
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
        kept,
    }
}

/// Whether a cut leaves at least `least` tokens of a result.
fn keeps(draft: &Draft<'_>, worth: &Worth<'_>, offer: &Offer, least: u32) -> bool {
    let [Act::Cut(_, length)] = offer.acts.as_slice() else {
        return false;
    };
    let cut = cut::text_at(draft, worth).and_then(|text| cut::cut(draft, worth, &text, *length));
    cut.is_some_and(|cut| draft.counter.count_text(cut.text()) >= least)
}

fn nothing() -> Offer {
    Offer {
        acts: Acts::NONE,
        freed: 0,
        loss: 0.0,
    }
}

/// The offers of a group before anything is found that may be done to it; with room for what is to be found of most.
fn untouched() -> Vec<Offer> {
    let mut offers = Vec::with_capacity(2 + LENGTHS.len());
    offers.push(nothing());
    offers
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
) -> impl Iterator<Item = Offer> {
    let cuts = LENGTHS
        .into_iter()
        .filter(move |length| policy.cut && worth.is_text && size > length + length / 2);
    let cuts = cuts.map(move |length| Offer {
        acts: Acts::one(Act::Cut(number, length)),
        freed: size.saturating_sub(length),
        loss: scale.cut(worth, size, length - NOTICE),
    });
    let mask = policy.mask && size > placeholder.tokens;
    cuts.chain(mask.then(|| Offer {
        acts: Acts::one(Act::Mask(number)),
        freed: size - placeholder.tokens,
        loss: scale.masked(worth, size),
    }))
}
