//! The cheapest valid way to make a request fit, decided before anything is sent.
//!
//! ```text
//! worth -> offers -> choose -> changes -> projected -> steps
//! ```
//!
//! Every result is valued ([`worth`]), every group gets offers with what they free and what is lost ([`offers`]), the
//! cheapest combination that frees enough is chosen by estimates with a certified gap ([`choose`]), made and counted
//! ([`search`]), and told step by step ([`steps`]).
//!
//! `PLANNER.md`, at the root of the repository, explains the model: definitions, objective, algorithm, proofs, limits.

pub(crate) mod allowance;
pub(crate) mod categories;
mod changes;
pub(crate) mod choose;
pub(crate) mod cut;
mod digest;
pub(crate) mod document;
mod draft;
pub(crate) mod economy;
mod evicted;
mod floor;
pub(crate) mod ground;
pub(crate) mod hash;
mod kept;
mod last_groups;
mod loss;
mod mask;
mod memory;
pub(crate) mod offers;
#[cfg(test)]
#[allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]
// A failed expectation is a failed test.
mod oracle_tests;
pub(crate) mod policy;
pub(crate) mod rewriting;
mod search;
pub(crate) mod steps;
pub(crate) mod stored;
pub(crate) mod summary;
mod text;
mod transcript;
mod unmatched;
pub(crate) mod worth;

use crate::conversation::{Dialect, Part};
use crate::count::{CountText, Counted};
use crate::judge::Judgement;
use crate::models::Model;
use crate::project::Pieces;
use token_headroom_encoding::{Code, Error, Result};

pub(crate) use document::VERSION;
pub use document::{
    CategoryUse, Cause, CompactionPlan, Floor, Objective, PlanStatus, Size, Step, StepKind,
    SummaryRequest, SummarySlot,
};
use draft::Draft;
pub(crate) use draft::is_all_thoughts;
use ground::Ground;
pub(crate) use memory::Memory;
pub use policy::{CachePolicy, CategoryShares, Policy, Share, ThinkingPolicy, When};
use search::{Found, Search, Thoughts};
use steps::Teller;

/// Whether requests of this dialect can be planned for.
///
/// # Errors
/// [`UnsupportedDialect`](Code::UnsupportedDialect) for bare prompts: a text has no turns that could go.
pub fn plannable(dialect: Dialect) -> Result<()> {
    if dialect != Dialect::Completions {
        return Ok(());
    }
    let message = format!(
        "found a request of the dialect {}, expected one with messages",
        dialect.name()
    );
    Err(Error::new(Code::UnsupportedDialect, "prompt", message)
        .with_hint("shorten the text with `truncate`, or send it as messages"))
}

/// Plans the reduction of a judged request.
///
/// What fits is left alone, unless the policy says to evict [what pays](When::Pays). Otherwise the plan takes the changes
/// that free enough to land at or below the release mark with the least expected loss and net cost: repeated, outdated
/// and old tool results are masked, long ones cut, thoughts of earlier turns dropped, and the oldest turns summarised. Old
/// means: before the last `keep_last` groups. System and developer messages, the first and the last user request, pinned
/// messages and results of kept tools are never touched. Where nothing reaches the release mark, the strongest changes are
/// planned if they reach `available`; then results in the last groups are cut; last of all, only the very last group is kept. The plan's notes say how many of the last groups gave way. When that is not enough either, the plan is [`Irreducible`](PlanStatus::Irreducible) and has no steps.
#[must_use]
pub fn plan(
    counted: &Counted,
    judgement: &Judgement,
    model: &Model,
    policy: &Policy,
    counter: &dyn CountText,
) -> CompactionPlan {
    let pieces = Pieces::of(counted);
    plan_in_pieces(counted, &pieces, judgement, model, policy, counter)
}

/// The same where the request has been laid out in `pieces` already.
pub(crate) fn plan_in_pieces(
    counted: &Counted,
    pieces: &Pieces<'_>,
    judgement: &Judgement,
    model: &Model,
    policy: &Policy,
    counter: &dyn CountText,
) -> CompactionPlan {
    let mut plan = keeping(counted, pieces, judgement, model, policy, counter);
    if !plan.steps.is_empty() {
        let given_up = last_groups::given_up(&plan.steps, &counted.groups(), policy.keep_last);
        plan.notes.extend(given_up);
    }
    plan
}

/// The plan that keeps the last groups as the policy says, but for cuts of their results.
fn keeping(
    counted: &Counted,
    pieces: &Pieces<'_>,
    judgement: &Judgement,
    model: &Model,
    policy: &Policy,
    counter: &dyn CountText,
) -> CompactionPlan {
    let before = &judgement.projection;
    let available = judgement.available;
    let usable = categories::usable(available, &policy.categories);
    let reserve = available - usable;
    let target = release_mark(available, policy.release).min(usable);
    let unchanged = unchanged(counted, judgement, model, target);
    let fits = before.upper_bound <= usable;
    if fits && policy.when == When::Overflow {
        return unchanged;
    }
    let memory = Memory::new(counter);
    let draft = Draft::new(counted, pieces, model, &memory);
    let thoughts = Thoughts::of(&draft, policy);
    let ground = Ground::new(counted, model, policy, thoughts.strips());
    let search = Search::new(&draft, &ground, policy, before, target);
    let asks = policy.thinking == ThinkingPolicy::DropBlock && thoughts == Thoughts::Strip;
    let unchanged = CompactionPlan {
        regrets: ground.worths.regrets,
        notes: told(ASK, asks),
        ..unchanged
    };
    let unmatched = || unmatched::notes(policy, &counted.conversation, &ground.worths.results);
    let found = if fits && thoughts == Thoughts::Server {
        return unchanged;
    } else if fits {
        match search.paying() {
            Some(found) => Ok(found),
            None => return unchanged,
        }
    } else if thoughts == Thoughts::Server {
        return CompactionPlan {
            status: PlanStatus::Irreducible,
            floor: Some(floor::floor(
                &draft,
                before,
                &ground,
                &draft::Changes::default(),
                reserve,
            )),
            notes: [unmatched(), vec![SERVER.to_owned()]].concat(),
            ..unchanged
        };
    } else {
        search.find(target, usable)
    };
    let planned = found.and_then(|found| {
        let found = match policy.when {
            When::Pays => search.with_what_pays(found),
            When::Overflow => found,
        };
        let teller = Teller {
            draft: &draft,
            ground: &ground,
            offers: &search.offers,
            before,
        };
        let steps = teller.steps(&found);
        match (steps, draft.output(&found.changes)) {
            (Some(steps), Some(output)) => Ok((found, steps, output)),
            // A message that was rewritten a moment ago is rewritten again: this cannot fail.
            _ => Err(found.changes),
        }
    });
    match planned {
        Ok((found, steps, output)) => CompactionPlan {
            status: PlanStatus::Planned,
            output,
            released: found.upper_bound <= target,
            after: Size {
                upper_bound: found.upper_bound.max(found.projection.upper_bound),
                ..Size::of(&found.projection)
            },
            objective: Some(objective(&search, &found)),
            thinking_lost: if thoughts != Thoughts::Free {
                thinking_lost(&draft, &found, &steps)
            } else {
                0
            },
            steps,
            categories: search.budgets.as_ref().map_or_else(Vec::new, |budgets| {
                let task = categories::cut_task(&draft, &found.changes);
                budgets.told(&found.projection, task)
            }),
            summary: found.slot,
            notes: [unmatched(), unchanged.notes].concat(),
            ..unchanged
        },
        // The last resort: of the last groups only the very last is kept.
        Err(_) if policy.cut_tail && policy.keep_last > 1 => {
            let last = Policy {
                keep_last: 1,
                ..policy.clone()
            };
            keeping(counted, pieces, judgement, model, &last, counter)
        }
        Err(least) => CompactionPlan {
            status: PlanStatus::Irreducible,
            floor: Some(match draft.project(&least) {
                Some(projection) => floor::floor(&draft, &projection, &ground, &least, reserve),
                None => floor::floor(&draft, before, &ground, &draft::Changes::default(), reserve),
            }),
            notes: [
                unmatched(),
                unchanged.notes,
                told(KEPT, search.offers.kept.is_any()),
                told(DROP, search.lacks_notes()),
            ]
            .concat(),
            ..unchanged
        },
    }
}

/// A note, where it `applies`.
fn told(note: &str, applies: bool) -> Vec<String> {
    applies.then(|| note.to_owned()).into_iter().collect()
}

/// What the plan says where thoughts were to stay and the request does not tell the API what to do with them.
const ASK: &str = "thoughts are taken out: to keep them, set thinking.block_binding.prefix_mismatch_behavior to drop_block and plan again";
/// What the plan says where floors of categories take part in what cannot go.
const KEPT: &str = "floors of categories keep tokens that could go without them: a lower floor may let the request fit";
/// What the plan says where a note could stand in place of groups, but not a summary.
const DROP: &str = "drop is false: with drop the oldest turns may give way to a note where a summary has no room, which may let the request fit";
/// What the plan advises where the API is to write the summary.
const SERVER: &str = "the policy leaves compaction to the API: send the request with its compaction, and do not edit the history";

fn unchanged(
    counted: &Counted,
    judgement: &Judgement,
    model: &Model,
    target: u32,
) -> CompactionPlan {
    let conversation = &counted.conversation;
    let messages = counted.messages.iter().map(AsRef::as_ref);
    let input = hash::counted_request(&conversation.rest, messages);
    let before = Size::of(&judgement.projection);
    CompactionPlan {
        version: VERSION,
        status: PlanStatus::Unneeded,
        model: model.name.clone(),
        dialect: conversation.dialect.name().to_owned(),
        output: input.clone(),
        input,
        available: judgement.available,
        target,
        released: before.upper_bound <= target,
        before,
        after: before,
        steps: Vec::new(),
        summary: None,
        floor: None,
        objective: None,
        categories: Vec::new(),
        regrets: 0,
        thinking_lost: 0,
        notes: Vec::new(),
        invariants: crate::verify::names(conversation.dialect)
            .into_iter()
            .map(str::to_owned)
            .collect(),
    }
}

/// What was minimised, for the changes as they were made.
fn objective(search: &Search<'_>, found: &Found) -> Objective {
    let (rewrite, saved) = search.money(&found.changes, &found.projection);
    let (before, after) = (search.before.tokens, found.projection.tokens);
    let mut solution = choose::Solution {
        options: Vec::new(),
        removed: 0,
        freed: i64::from(before) - i64::from(after),
        loss: search.lost(found),
        rewrite,
        saved,
        bound: 0.0,
    };
    let value = solution.objective();
    solution.bound = found.bound.map_or(value, |bound| bound.min(value));
    let objective = search.economy.objective(&solution, before, after);
    if found.bound.is_some() {
        return objective;
    }
    Objective {
        bound: None,
        gap: None,
        ..objective
    }
}

/// Tokens of signed thoughts that went, or stay behind an edit where the API drops them.
fn thinking_lost(draft: &Draft<'_>, found: &Found, steps: &[Step]) -> u32 {
    let dropped = steps.iter().find_map(|step| match step.kind {
        StepKind::DropReasoning { .. } => {
            Some(step.tokens_before.saturating_sub(step.tokens_after))
        }
        _ => None,
    });
    dropped.unwrap_or_else(|| {
        let first = found.changes.first().unwrap_or(usize::MAX);
        let kept = (first..draft.counted.messages.len())
            .filter(|index| !found.changes.removes(*index))
            .filter_map(|index| draft.message(index));
        let texts = kept
            .flat_map(|message| &message.parts)
            .filter_map(|part| match part {
                Part::Reasoning(thought) => Some(draft.counter.count_text(&thought.text)),
                _ => None,
            });
        texts.fold(0, u32::saturating_add)
    })
}

/// `share` of `available`; a share that is no number between 0 and 1 counts as the nearest one.
fn release_mark(available: u32, share: f64) -> u32 {
    let share = if share.is_nan() {
        Policy::default().release
    } else {
        share
    };
    (f64::from(available) * share.clamp(0.0, 1.0)).floor() as u32
}
