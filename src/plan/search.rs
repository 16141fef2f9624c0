//! The search for changes: what is chosen by estimates is made, counted, and chosen anew until the count fits.

mod nearby;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use crate::conversation::{Message, Part};
use crate::models::{Family, binds_thoughts};
use crate::project::Projection;

use super::categories::Budgets;
use super::choose::{Candidate, Choice, Money, Problem, RemovalTerms, Solution, choose};
use super::document::{Cause, SummarySlot};
use super::draft::{Change, Changes, Draft, Summary};
use super::ground::Ground;
use super::loss::Scale;
use super::offers::{Act, Offer, Offers};
use super::policy::{Policy, ThinkingPolicy};
use super::{cut, digest, mask, summary};

/// Most rounds of choosing and counting. Estimates are within a few percent, so that two or three are the rule.
const ROUNDS: usize = 10;
/// Groups up to which a choice that frees more than it must is looked at again.
const FEW: usize = 256;
/// The fewest tokens that a result in the last groups is left with while the middle is not summarised yet.
const MILD_TAIL_CUT: u32 = 1_024;
/// The fewest tokens worth keeping of a result that would otherwise be masked.
const WORTH_KEEPING: u32 = 256;
/// Price of a token of output in tokens of input, about: list prices are four to six times as high.
const OUTPUT: f64 = 5.0;

/// Changes that bring a request below a mark.
pub(super) struct Found {
    /// What changes; a summary stands there as its digest.
    pub changes: Changes,
    /// The request with the changes made.
    pub projection: Projection,
    /// The upper bound with any summary that fits its slot.
    pub upper_bound: u32,
    /// The summary to ask for.
    pub slot: Option<SummarySlot>,
    /// No choice that frees enough has a lower objective, by the estimates.
    pub bound: Option<f64>,
}

/// What becomes of signed thoughts when something before them is edited.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Thoughts {
    /// They stay as valid as they were.
    Free,
    /// They go.
    Strip,
    /// They stay, and the API leaves out those that no longer match.
    Drop,
    /// They go, and nothing is edited but whole groups removed.
    Append,
    /// Nothing is edited.
    Server,
}

impl Thoughts {
    /// The policy's way, on models that bind thoughts. The API drops what no longer matches only when the request says so.
    pub(super) fn of(draft: &Draft<'_>, policy: &Policy) -> Self {
        if !binds_thoughts(draft.model) {
            return Self::Free;
        }
        let rest = &draft.conversation().rest;
        let told = rest.pointer("/thinking/block_binding/prefix_mismatch_behavior");
        match policy.thinking {
            ThinkingPolicy::DropBlock if told.and_then(Value::as_str) == Some("drop_block") => {
                Self::Drop
            }
            ThinkingPolicy::Strip | ThinkingPolicy::DropBlock => Self::Strip,
            ThinkingPolicy::AppendOnly => Self::Append,
            ThinkingPolicy::Server => Self::Server,
        }
    }
}

/// A choice, its changes, and their upper bound.
type Made = (Solution, Changes, u32);

/// Which changes are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Any,
    Results,
    Conversation,
}

impl Class {
    fn has(self, act: Act) -> bool {
        let is_result = matches!(act, Act::Mask(_) | Act::Cut(..));
        match self {
            Self::Any => true,
            Self::Results => is_result,
            Self::Conversation => !is_result,
        }
    }
}

/// Whether an offer does what `act` does, or more to the same result.
fn includes(offer: &Offer, act: Act) -> bool {
    offer.acts.iter().any(|own| match (*own, act) {
        (Act::Remove, _) => true,
        (Act::Mask(own) | Act::Cut(own, _), Act::Cut(number, _)) => own == number,
        (own, act) => own == act,
    })
}

fn thinks(message: &Message) -> bool {
    let mut parts = message.parts.iter();
    parts.any(|part| matches!(part, Part::Reasoning(_)))
}

/// What it costs to have a summary written.
pub(super) fn writing(slot: Option<&SummarySlot>) -> f64 {
    slot.map_or(0.0, |slot| f64::from(slot.max_tokens) * OUTPUT)
}

/// What the search knows of the request.
pub(super) struct Search<'a> {
    pub draft: &'a Draft<'a>,
    pub ground: &'a Ground,
    pub policy: &'a Policy,
    /// The request as it is.
    pub before: &'a Projection,
    pub offers: Offers,
    pub money: Money,
    pub scale: Scale,
    /// Whether results and thoughts may be touched, and not only whole groups removed.
    may_edit: bool,
    /// Whether thoughts go with any edit, because the model binds them to what precedes them.
    strips: bool,
    /// By how much results exceed the allowance of their category.
    results_over: u32,
    has_shares: bool,
    /// Results and messages whose shape turned out not to allow a change.
    blocked: RefCell<HashSet<Act>>,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        draft: &'a Draft<'a>,
        ground: &'a Ground,
        policy: &'a Policy,
        before: &'a Projection,
        offers: Offers,
        (money, scale): (Money, Scale),
        budgets: Option<&Budgets>,
    ) -> Self {
        let thoughts = Thoughts::of(draft, policy);
        Self {
            may_edit: thoughts != Thoughts::Append,
            strips: matches!(thoughts, Thoughts::Strip | Thoughts::Append),
            results_over: budgets.map_or(0, Budgets::results_over),
            has_shares: budgets.is_some(),
            draft,
            ground,
            policy,
            before,
            offers,
            money,
            scale,
            blocked: RefCell::default(),
        }
    }

    /// The best changes that reach `target`, else those that leave the least if they reach `available`.
    /// The error is what leaves the least, when it does not.
    pub(super) fn find(&self, target: u32, available: u32) -> Result<Found, Changes> {
        if let Some(found) = self.best(target) {
            return Ok(found);
        }
        // No landing at the release mark. The nearest one makes the next overflow as late as possible.
        let strongest = self.strongest();
        let mut least = self.least(&strongest);
        for _ in 0..2 {
            if let Some(found) = self.filled(&least, available, 2) {
                return Ok(found);
            }
            self.terse(&mut least);
        }
        if self.policy.cut && self.policy.cut_tail && self.may_edit {
            let tail: Vec<_> = self
                .ground
                .tail_results(self.draft.conversation())
                .collect();
            let mild = [&strongest, &least]
                .into_iter()
                .zip([MILD_TAIL_CUT, cut::SHORTEST])
                .flat_map(|(base, shortest)| {
                    [(base, shortest, target), (base, shortest, available)]
                });
            for (base, shortest, goal) in mild {
                let cut = cut::cut_to(self.draft, base, &tail, goal, shortest);
                let cut = cut.map(|mut changes| {
                    self.settle(&mut changes);
                    changes
                });
                if let Some(found) = cut.and_then(|changes| self.filled(&changes, goal, 1)) {
                    return Ok(found);
                }
            }
            let shortest = cut::cut_to(self.draft, &least, &tail, 0, cut::SHORTEST);
            least = shortest.unwrap_or(least);
        }
        Err(least)
    }

    /// What pays by itself: changes whose savings outweigh what they are expected to be missed for.
    pub(super) fn paying(&self) -> Option<Found> {
        let solution = self.chosen(0, None)?;
        let changes = self.changes(&solution);
        if changes.is_empty()
            || self
                .objective(&changes, None)
                .is_none_or(|value| value >= 0.0)
        {
            return None;
        }
        let mut found = self.filled(&changes, u32::MAX, 1)?;
        found.bound = Some(solution.bound);
        (self.objective(&found.changes, Some(&found.projection))? < 0.0).then_some(found)
    }

    /// The changes with the least loss and cost that reach `goal`.
    pub(super) fn best(&self, goal: u32) -> Option<Found> {
        // What goes with any edit is freed beside what is chosen.
        let stripped = self.stripped();
        let over = self.need(goal).saturating_sub(stripped);
        let with_any = f64::from(stripped) * (self.money.rewrite + self.money.saving);
        for terms in self.terms() {
            let mut bound = None;
            let fitting = self.fitting(over, terms, goal, &mut bound);
            // The estimates may ask for more than there is although all there is would do.
            let fitting = fitting.or_else(|| self.strongest_fitting(terms, goal));
            let found = fitting.and_then(|fitting| {
                let (changes, upper) = self.refined(fitting, terms, goal);
                self.filled(&self.kept_more(changes, upper, terms, goal), goal, 1)
            });
            if let Some(found) = found {
                // With shares the choice is made in stages, each with a bound of its own.
                let bound = bound.filter(|_| !self.has_shares);
                let bound = bound.map(|bound| bound - with_any);
                return Some(Found { bound, ..found });
            }
        }
        None
    }

    /// The best choice by the estimates that reaches `goal` by the count. The first one leaves its bound.
    fn fitting(
        &self,
        over: u32,
        terms: Option<RemovalTerms>,
        goal: u32,
        bound: &mut Option<f64>,
    ) -> Option<Made> {
        let mut need = over;
        for _ in 0..ROUNDS {
            let solution = self.chosen(need, terms)?;
            *bound = bound.or(Some(solution.bound));
            let changes = self.changes(&solution);
            let Some(upper) = self.reserved(&changes, terms) else {
                if self.block(&changes) {
                    continue;
                }
                return None;
            };
            if upper <= goal {
                return Some(self.relented((solution, changes, upper), need, terms, goal));
            }
            need = need.saturating_add(upper - goal);
        }
        None
    }

    /// Tokens to free, at least, for an upper bound of `goal`: it falls faster than the count where it is a multiple of it.
    fn need(&self, goal: u32) -> u32 {
        let (tokens, upper) = (self.before.tokens, self.before.upper_bound.max(1));
        let over =
            u64::from(upper.saturating_sub(goal)) * u64::from(tokens.min(upper)) / u64::from(upper);
        u32::try_from(over).unwrap_or(u32::MAX)
    }

    /// Tokens of the thoughts that go with any edit.
    fn stripped(&self) -> u32 {
        let mut changes = Changes::default();
        if self.strips {
            let messages = self.draft.conversation().messages.iter().enumerate();
            changes.reasoning = messages
                .filter(|(_, message)| thinks(message))
                .map(|(index, _)| index)
                .collect();
        }
        let after = self.draft.project(&changes).filter(|_| !changes.is_empty());
        after.map_or(0, |after| self.before.tokens.saturating_sub(after.tokens))
    }

    /// What removals may look like: with room for a whole summary, else for the shortest note; and without.
    pub(super) fn terms(&self) -> Vec<Option<RemovalTerms>> {
        let counter = self.draft.counter;
        let count = self.before.messages.len();
        if !self.may_remove() {
            return vec![None];
        }
        let least = counter
            .count_text(&digest::shortest(count))
            .saturating_add(8);
        let shortest = Some(RemovalTerms {
            takes: least,
            cost: 0.0,
        });
        if !self.policy.summarise || self.policy.summary_tokens < summary::SMALLEST {
            return vec![shortest];
        }
        let slot = self.policy.summary_tokens;
        let full = RemovalTerms {
            takes: summary::most_content(count, slot, counter).saturating_add(8),
            cost: f64::from(slot) * OUTPUT,
        };
        vec![Some(full), shortest]
    }

    fn may_remove(&self) -> bool {
        (self.policy.summarise || self.policy.drop)
            && self.offers.removals.iter().any(Option::is_some)
    }

    /// The best choice by the estimates.
    fn chosen(&self, need: u32, terms: Option<RemovalTerms>) -> Option<Solution> {
        let none = vec![0; self.offers.groups.len()];
        let over = self.results_over.min(need);
        if over == 0 && !self.has_shares {
            return self.chosen_beyond(&none, Class::Any, need, terms);
        }
        // A category gives up what it has too much before any other is touched.
        let first = self.chosen_beyond(&none, Class::Results, over, None);
        let (base, freed) = match first.filter(|_| over > 0) {
            Some(first) => (first.options, first.freed),
            None => (none, 0),
        };
        let left = need.saturating_sub(u32::try_from(freed).unwrap_or(0));
        self.chosen_beyond(&base, Class::Conversation, left, terms)
            .or_else(|| self.chosen_beyond(&base, Class::Any, left, terms))
    }

    /// The best choice that does what `base` does for each group, and more only of one class.
    fn chosen_beyond(
        &self,
        base: &[usize],
        class: Class,
        need: u32,
        terms: Option<RemovalTerms>,
    ) -> Option<Solution> {
        let blocked = self.blocked.borrow();
        let mut numbers: Vec<Vec<usize>> = Vec::with_capacity(base.len());
        let mut candidates = Vec::with_capacity(base.len());
        for (group, offers) in self.offers.groups.iter().enumerate() {
            let first = base.get(group).copied().unwrap_or(0);
            let done = offers.get(first)?;
            let may = |offer: &Offer| {
                offer.freed >= done.freed
                    && offer.acts != done.acts
                    && done.acts.iter().all(|act| includes(offer, *act))
                    && offer
                        .acts
                        .iter()
                        .all(|act| class.has(*act) || done.acts.contains(act))
                    && !offer.acts.iter().any(|act| blocked.contains(act))
            };
            let mut known = vec![first];
            known.extend((0..offers.len()).filter(|&at| offers.get(at).is_some_and(may)));
            let options = known.iter().filter_map(|&at| offers.get(at));
            let removal = self.offers.removals.get(group).copied().flatten();
            candidates.push(Candidate {
                suffix: self.offers.suffixes.get(group).copied().unwrap_or(0),
                options: options
                    .map(|offer| Choice {
                        freed: offer.freed - done.freed,
                        loss: (offer.loss - done.loss).max(0.0),
                    })
                    .collect(),
                removal: removal.map(|removal| Choice {
                    freed: removal.freed.saturating_sub(done.freed),
                    loss: (removal.loss - done.loss).max(0.0),
                }),
            });
            numbers.push(known);
        }
        let mut solution = choose(&Problem {
            candidates,
            need,
            removal: terms,
            money: self.money,
        })?;
        for (option, known) in solution.options.iter_mut().zip(&numbers) {
            *option = known.get(*option).copied().unwrap_or(0);
        }
        let freed = base.iter().zip(&self.offers.groups);
        let freed = freed.filter_map(|(at, offers)| Some(i64::from(offers.get(*at)?.freed)));
        solution.freed += freed.sum::<i64>();
        Some(solution)
    }

    /// The changes that a choice stands for.
    pub(super) fn changes(&self, solution: &Solution) -> Changes {
        let mut changes = Changes::default();
        for (group, (offers, &option)) in
            self.offers.groups.iter().zip(&solution.options).enumerate()
        {
            for act in offers.get(option).iter().flat_map(|offer| &offer.acts) {
                self.act(&mut changes, group, *act);
            }
        }
        let removable = self.offers.removals.iter().enumerate();
        let removable = removable.filter(|(_, removal)| removal.is_some());
        let groups = removable.take(solution.removed).map(|(group, _)| group);
        self.remove(&mut changes, groups);
        self.settle(&mut changes);
        changes
    }

    fn act(&self, changes: &mut Changes, group: usize, act: Act) {
        match act {
            Act::Mask(number) => {
                if let Some(worth) = self.ground.worths.results.get(number) {
                    let change = self.masked(number, worth.cause);
                    cut::set(changes, number, worth, change);
                }
            }
            Act::Cut(number, length) => {
                let worth = self.ground.worths.results.get(number);
                let cut = worth.and_then(|worth| {
                    let text = cut::text_at(self.draft, worth)?;
                    Some((worth, cut::cut(self.draft, worth, &text, length)?))
                });
                match cut {
                    Some((worth, change)) => cut::set(changes, number, worth, change),
                    None => self.act(changes, group, Act::Mask(number)),
                }
            }
            Act::Reasoning(message) => {
                changes.reasoning.insert(message);
            }
            Act::Remove => {
                if let Some(group) = self.ground.groups.get(group) {
                    changes.removed.extend(group.messages.clone());
                }
            }
        }
    }

    fn masked(&self, number: usize, cause: Cause) -> Change {
        let size = self.offers.sizes.get(number).copied().unwrap_or(0);
        let worth = self.ground.worths.results.get(number);
        Change::Mask {
            cause,
            placeholder: worth
                .map_or_else(String::new, |worth| mask::placeholder(worth, cause, size)),
        }
    }

    /// Takes whole groups out, with the shortest note in their place until [`filled`](Self::filled) writes another.
    fn remove(&self, changes: &mut Changes, groups: impl Iterator<Item = usize>) {
        let groups = groups.filter_map(|group| self.ground.groups.get(group));
        let messages: Vec<usize> = groups.flat_map(|group| group.messages.clone()).collect();
        if messages.is_empty() {
            return;
        }
        let gone = |index: &usize| messages.binary_search(index).is_ok();
        changes.results.retain(|index, _| !gone(index));
        changes.reasoning.retain(|index| !gone(index));
        changes.removed.retain(|index| !gone(index));
        changes.summary = Some(Summary {
            text: digest::shortest(messages.len()),
            messages,
        });
    }

    /// Makes a set of changes consistent: a result that repeats another one says so only while that one stays, and
    /// thoughts that an edit invalidates go with it.
    fn settle(&self, changes: &mut Changes) {
        let mut plain = Vec::new();
        for (message, results) in &changes.results {
            for (part, (number, change)) in results {
                let Some(worth) = self.ground.worths.results.get(*number) else {
                    continue;
                };
                let Change::Mask { cause, .. } = change else {
                    continue;
                };
                let says_later = matches!(
                    cause,
                    Cause::Duplicate | Cause::Superseded | Cause::NearDuplicate
                );
                let stays = worth.later.is_some_and(|later| {
                    !changes.removes(later) && !changes.results.contains_key(&later)
                });
                if says_later && !stays {
                    plain.push((*message, *part, *number));
                }
            }
        }
        for (message, part, number) in plain {
            let change = (number, self.masked(number, Cause::Old));
            changes
                .results
                .entry(message)
                .or_default()
                .insert(part, change);
        }
        if self.strips && !changes.is_empty() {
            let messages = &self.draft.conversation().messages;
            for (index, message) in messages.iter().enumerate() {
                if thinks(message) && !changes.removes(index) {
                    changes.reasoning.insert(index);
                }
            }
        }
    }

    /// The upper bound of `changes` as they are; `None` when some message does not allow its change.
    fn size(&self, changes: &Changes) -> Option<u32> {
        Some(self.draft.project(changes)?.upper_bound)
    }

    /// The upper bound of `changes`, with room for the whole summary where the terms say so.
    pub(super) fn reserved(&self, changes: &Changes, terms: Option<RemovalTerms>) -> Option<u32> {
        let has_room = terms.is_some_and(|terms| terms.cost > 0.0);
        let Some(gap) = changes.summary.as_ref().filter(|_| has_room) else {
            return self.size(changes);
        };
        let (count, slot) = (gap.messages.len(), self.policy.summary_tokens);
        let room = self.room(changes, &gap.messages)?;
        let slot =
            slot.min(room.saturating_sub(summary::most_content(count, 0, self.draft.counter)));
        self.size(&Changes {
            summary: Some(Summary {
                messages: gap.messages.clone(),
                text: summary::fullest(count, slot, self.draft.counter),
            }),
            ..changes.clone()
        })
    }

    /// Remembers which of `changes` cannot be made; whether there was any.
    fn block(&self, changes: &Changes) -> bool {
        let mut blocked = self.blocked.borrow_mut();
        let known = blocked.len();
        for (&index, results) in &changes.results {
            if self.draft.rewritten(index, changes).is_err() {
                for (number, change) in results.values() {
                    blocked.insert(Act::Mask(*number));
                    if matches!(change, Change::Cut { .. }) || !results.is_empty() {
                        for length in super::offers::LENGTHS {
                            blocked.insert(Act::Cut(*number, length));
                        }
                    }
                }
            }
        }
        for &index in &changes.reasoning {
            if self.draft.rewritten(index, changes).is_err() {
                blocked.insert(Act::Reasoning(index));
            }
        }
        blocked.len() > known
    }

    /// Less, where less is enough too: the estimates may have asked for more than was needed.
    fn relented(
        &self,
        (mut solution, mut changes, mut upper): Made,
        mut need: u32,
        terms: Option<RemovalTerms>,
        goal: u32,
    ) -> Made {
        if self.offers.groups.len() > FEW {
            return (solution, changes, upper);
        }
        let mut least = need.saturating_sub(goal.saturating_sub(upper)).min(need);
        for _ in 0..ROUNDS {
            if least >= need {
                break;
            }
            let fits = self.chosen(least, terms).and_then(|less| {
                let made = self.changes(&less);
                let upper = self.reserved(&made, terms).filter(|upper| *upper <= goal)?;
                Some((less, made, upper))
            });
            match fits {
                Some(less) => {
                    need = least;
                    (solution, changes, upper) = less;
                    least = need.saturating_sub(goal.saturating_sub(upper));
                }
                None => least += (need - least).div_ceil(2),
            }
        }
        (solution, changes, upper)
    }

    /// The result that is missed most keeps its ends, or more of them, where there is room.
    fn kept_more(
        &self,
        changes: Changes,
        upper: u32,
        terms: Option<RemovalTerms>,
        goal: u32,
    ) -> Changes {
        let spare = goal.saturating_sub(upper);
        if !self.policy.cut || spare < WORTH_KEEPING {
            return changes;
        }
        let mut most: Option<(f64, usize, u32)> = None;
        let results = changes.results.values();
        for (number, change) in results.flat_map(|results| results.values()) {
            let Some(worth) = self.ground.worths.results.get(*number) else {
                continue;
            };
            let size = self.offers.sizes.get(*number).copied().unwrap_or(0);
            let (kept, missed) = match change {
                Change::Mask {
                    cause: Cause::Old | Cause::Stale,
                    placeholder,
                } => (
                    self.draft.counter.count_text(placeholder),
                    self.scale.masked(worth, size),
                ),
                Change::Mask { .. } => continue,
                Change::Cut { text, .. } => {
                    let kept = self.draft.counter.count_text(text);
                    (kept, self.scale.cut(worth, size, kept))
                }
            };
            if size > WORTH_KEEPING && most.is_none_or(|(known, _, _)| missed > known) {
                most = Some((missed, *number, kept));
            }
        }
        let kept = most.and_then(|(_, number, kept)| {
            let worth = self.ground.worths.results.get(number)?;
            let text = cut::text_at(self.draft, worth)?;
            // The notice takes more inside JSON than alone: what is nearly whole could grow (C8).
            let size = self.offers.sizes.get(number).copied().unwrap_or(0);
            let most = (kept + spare - spare / 16).min(size - size / 8);
            let cut = cut::cut(self.draft, worth, &text, most)?;
            let mut more = changes.clone();
            cut::set(&mut more, number, worth, cut);
            let is_better = self.objective(&more, None)? <= self.objective(&changes, None)?;
            (is_better && self.reserved(&more, terms)? <= goal).then_some(more)
        });
        kept.unwrap_or(changes)
    }

    /// Everything masked, and thoughts dropped, that may be.
    fn strongest(&self) -> Changes {
        let blocked = self.blocked.borrow();
        let mut options = Vec::with_capacity(self.offers.groups.len());
        for offers in &self.offers.groups {
            let mut most = 0;
            for (at, offer) in offers.iter().enumerate() {
                let freed = offers.get(most).map_or(0, |most| most.freed);
                if offer.freed > freed && !offer.acts.iter().any(|act| blocked.contains(act)) {
                    most = at;
                }
            }
            options.push(most);
        }
        drop(blocked);
        let mut changes = Changes::default();
        for (group, (offers, option)) in self.offers.groups.iter().zip(options).enumerate() {
            for act in offers.get(option).iter().flat_map(|offer| &offer.acts) {
                self.act(&mut changes, group, *act);
            }
        }
        self.settle(&mut changes);
        self.drop_useless(&mut changes);
        if self.size(&changes).is_none() && self.block(&changes) {
            return self.strongest();
        }
        changes
    }

    /// Takes back what would make a message larger (C8): where a result is an object, its text is written into it.
    fn drop_larger(&self, changes: &mut Changes) -> Option<()> {
        if changes.results.is_empty() {
            return Some(());
        }
        let results = Changes {
            results: changes.results.clone(),
            ..Changes::default()
        };
        let after = self.draft.project(&results)?;
        changes.results.retain(|index, _| {
            let tokens = |all: &Projection| all.messages.get(*index).map_or(0, |m| m.tokens);
            tokens(&after) <= tokens(self.before) || self.is_joint()
        });
        Some(())
    }

    /// Whether parallel results share their cost, so that one message takes more when another takes less.
    fn is_joint(&self) -> bool {
        self.draft.model.framing.family() == Family::Openai
    }

    /// Takes back what frees nothing in a turn of several results, whose joint cost is more than the sum of their texts.
    fn drop_useless(&self, changes: &mut Changes) {
        let mut useless = Vec::new();
        for group in &self.ground.groups {
            let in_group = changes.results.range(group.messages.clone());
            let places: Vec<(usize, usize)> = in_group
                .flat_map(|(message, results)| results.keys().map(move |part| (*message, *part)))
                .collect();
            if places.len() < 2 {
                continue;
            }
            let mut made = Changes::default();
            let mut size = self.draft.turn(group.messages.clone(), &made);
            for (message, part) in places {
                let Some(change) = changes.results.get(&message).and_then(|all| all.get(&part))
                else {
                    continue;
                };
                let results = made.results.entry(message).or_default();
                results.insert(part, change.clone());
                let next = self.draft.turn(group.messages.clone(), &made);
                if next < size {
                    size = next;
                    continue;
                }
                useless.push((message, part));
                if let Some(results) = made.results.get_mut(&message) {
                    results.remove(&part);
                }
                made.results.retain(|_, results| !results.is_empty());
            }
        }
        for (message, part) in useless {
            if let Some(results) = changes.results.get_mut(&message) {
                results.remove(&part);
            }
        }
        changes.results.retain(|_, results| !results.is_empty());
    }

    /// Placeholders without their reasons: where every token counts.
    fn terse(&self, changes: &mut Changes) {
        for (number, change) in changes.results.values_mut().flat_map(BTreeMap::values_mut) {
            if matches!(change, Change::Mask { .. }) {
                *change = self.masked(*number, Cause::Old);
            }
        }
    }

    /// The changes that leave the least: the strongest, with a note in place of every group that may be removed.
    fn least(&self, strongest: &Changes) -> Changes {
        if !self.may_remove() {
            return strongest.clone();
        }
        let mut removed = strongest.clone();
        let groups = self.offers.removals.iter().enumerate();
        let groups = groups.filter(|(_, removal)| removal.is_some());
        self.remove(&mut removed, groups.map(|(group, _)| group));
        self.settle(&mut removed);
        // A note that takes more than what it stands for is refused (C8).
        let gap = removed.summary.as_ref();
        let has_room = gap.is_some_and(|gap| self.room(&removed, &gap.messages).is_some());
        match (self.size(&removed), self.size(strongest)) {
            (Some(with), Some(without)) if with < without && has_room => removed,
            _ => strongest.clone(),
        }
    }

    /// `changes` as a result, if they reach `goal`: a summary gets a part of the room that is left, up to what the policy
    /// allows, and a digest takes its place until it is written.
    pub(super) fn filled(&self, changes: &Changes, goal: u32, part: u32) -> Option<Found> {
        let mut changes = changes.clone();
        self.drop_larger(&mut changes)?;
        self.drop_useless(&mut changes);
        let changes = &changes;
        let bare = self.draft.project(changes)?;
        let spare = goal.checked_sub(bare.upper_bound)? / part;
        let Some(gap) = &changes.summary else {
            return Some(Found {
                changes: changes.clone(),
                upper_bound: bare.upper_bound,
                projection: bare,
                slot: None,
                bound: None,
            });
        };
        let counter = self.draft.counter;
        let count = gap.messages.len();
        let room = self.room(changes, &gap.messages)?;
        let wanted = self
            .policy
            .summary_tokens
            .min(spare)
            .min(room.saturating_sub(summary::most_content(count, 0, counter)));
        let mut slot = if self.policy.summarise { wanted } else { 0 };
        let with = |text: String| Changes {
            summary: Some(Summary {
                messages: gap.messages.clone(),
                text,
            }),
            ..changes.clone()
        };
        let mut fullest = 0;
        while slot >= summary::SMALLEST {
            fullest = self.size(&with(summary::fullest(count, slot, counter)))?;
            if fullest <= goal {
                break;
            }
            slot = slot.saturating_sub((fullest - goal).max(slot / 16).max(1));
        }
        let slot = (slot >= summary::SMALLEST)
            .then(|| summary::slot(self.draft, self.ground, self.policy, &gap.messages, slot))
            .flatten();
        let least = counter.count_text(&digest::shortest(count));
        let mut budget = match &slot {
            Some(slot) => summary::most_content(count, slot.max_tokens, counter),
            None => least.saturating_add(spare),
        };
        budget = budget.min(room).max(least);
        loop {
            let text = digest::digest(
                self.draft.conversation(),
                self.ground,
                &gap.messages,
                budget,
                counter,
            );
            let filled = with(text);
            let projection = self.draft.project(&filled)?;
            let upper_bound = match &slot {
                Some(_) => projection.upper_bound.max(fullest),
                None => projection.upper_bound,
            };
            if upper_bound <= goal {
                return Some(Found {
                    changes: filled,
                    projection,
                    upper_bound,
                    slot,
                    bound: None,
                });
            }
            if budget <= least {
                return None;
            }
            budget = least;
        }
    }

    /// Most tokens of content with which a note takes no more than `messages` did; `None` when even the shortest does.
    fn room(&self, changes: &Changes, messages: &[usize]) -> Option<u32> {
        let removed: i64 = messages
            .iter()
            .filter_map(|&index| self.before.messages.get(index))
            .map(|message| i64::from(message.tokens))
            .sum();
        let text = digest::shortest(messages.len());
        let kept = |index: usize| !changes.removes(index);
        let place = *messages.first()?;
        let entries = summary::entries(self.draft.conversation(), &kept, place, &text);
        let counted = entries
            .into_iter()
            .map(|raw| {
                let message = self.draft.read(raw)?;
                Some(std::sync::Arc::new(crate::count::count_message(
                    message,
                    self.draft.counter,
                )))
            })
            .collect::<Option<Vec<_>>>()?;
        let shortest = self.draft.alone(counted);
        let content = i64::from(self.draft.counter.count_text(&text));
        u32::try_from(removed - (shortest - content).max(0))
            .ok()
            .filter(|room| i64::from(*room) >= content)
    }

    /// What `changes` are worth: loss, and money over the horizon. Without a projection they are made first.
    pub(super) fn objective(&self, changes: &Changes, after: Option<&Projection>) -> Option<f64> {
        let made;
        let after = match after {
            Some(after) => after,
            None => {
                made = self.draft.project(changes)?;
                &made
            }
        };
        let (rewrite, saved) = self.money(changes, after);
        Some(self.loss(changes) + rewrite - saved)
    }

    /// What is written again, and what is saved over the horizon.
    pub(super) fn money(&self, changes: &Changes, after: &Projection) -> (f64, f64) {
        let Some(first) = changes.first() else {
            return (0.0, 0.0);
        };
        let freed = f64::from(self.before.tokens) - f64::from(after.tokens);
        let kept: u64 = self
            .before
            .messages
            .iter()
            .take(first)
            .map(|message| u64::from(message.tokens))
            .sum();
        let all: u64 = self
            .before
            .messages
            .iter()
            .map(|message| u64::from(message.tokens))
            .sum();
        let behind = (all - kept) as f64 - freed;
        (
            self.money.rewrite * behind.max(0.0),
            self.money.saving * freed,
        )
    }

    /// What `changes` are expected to be missed for.
    pub(super) fn loss(&self, changes: &Changes) -> f64 {
        let mut sum = 0.0;
        let sizes = &self.offers.sizes;
        for (number, change) in changes
            .results
            .values()
            .flat_map(|results| results.values())
        {
            let size = sizes.get(*number).copied().unwrap_or(0);
            let Some(worth) = self.ground.worths.results.get(*number) else {
                continue;
            };
            sum += match change {
                Change::Mask { .. } => self.scale.masked(worth, size),
                Change::Cut { text, .. } => {
                    self.scale
                        .cut(worth, size, self.draft.counter.count_text(text))
                }
            };
        }
        let tokens = |index: &usize| self.before.messages.get(*index).map_or(0, |m| m.tokens);
        for group in self.offers.groups.iter().flatten() {
            match group.acts.as_slice() {
                [Act::Reasoning(message)] if changes.reasoning.contains(message) => {
                    sum += group.loss;
                }
                _ => {}
            }
        }
        for (index, group) in self.ground.groups.iter().enumerate() {
            if !changes.removed.contains(&group.messages.start) {
                continue;
            }
            let gone = self.offers.groups.get(index).into_iter().flatten();
            sum += gone
                .filter(|offer| offer.acts == [Act::Remove])
                .map(|offer| offer.loss)
                .sum::<f64>();
        }
        if let Some(summary) = &changes.summary {
            for (index, group) in self.ground.groups.iter().enumerate() {
                if summary
                    .messages
                    .binary_search(&group.messages.start)
                    .is_ok()
                {
                    let removal = self.offers.removals.get(index).copied().flatten();
                    sum += removal.map_or_else(
                        || f64::from(tokens(&group.messages.start)),
                        |removal| removal.loss,
                    );
                }
            }
        }
        sum
    }
}
