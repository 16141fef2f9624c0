//! The messages that a plan names, and their originals.

use serde_json::Value;

use crate::conversation::Dialect;
use crate::normalize::normalize_message;
use crate::order::sorted;
use crate::plan::{CompactionPlan, StepKind, hash, is_all_thoughts};
use token_headroom_encoding::{Code, Error, Result};

/// A message that steps of a plan name.
pub(super) struct Named<'a> {
    pub(super) index: usize,
    /// SHA-256 of the original.
    pub(super) original: &'a str,
    fate: Fate,
}

/// What becomes of a message; the later in this order decides where several steps name it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Changed,
    /// Loses what was thought, and goes as a whole where that is all it has.
    Thoughts,
    Removed,
}

/// Every message that a step names, once, by index.
pub(super) fn named(plan: &CompactionPlan) -> Result<Vec<Named<'_>>> {
    let mut all = Vec::new();
    for step in &plan.steps {
        let (messages, originals, fate): (&[usize], &[String], Fate) = match &step.kind {
            StepKind::Mask {
                message, original, ..
            }
            | StepKind::Cut {
                message, original, ..
            }
            | StepKind::CutText {
                message, original, ..
            } => (
                std::slice::from_ref(message),
                std::slice::from_ref(original),
                Fate::Changed,
            ),
            StepKind::DropReasoning {
                messages,
                originals,
            } => (messages, originals, Fate::Thoughts),
            StepKind::Remove {
                messages,
                originals,
            }
            | StepKind::Summarise {
                messages,
                originals,
                ..
            }
            | StepKind::Drop {
                messages,
                originals,
                ..
            } => (messages, originals, Fate::Removed),
        };
        if messages.len() != originals.len() {
            return Err(mismatch(format!(
                "found a step with {} messages and {} digests, expected one for each",
                messages.len(),
                originals.len()
            )));
        }
        let pairs = messages.iter().zip(originals);
        all.extend(pairs.map(|(&index, original)| Named {
            index,
            original,
            fate,
        }));
    }
    let mut all = sorted(all, |a, b| (a.index, b.fate).cmp(&(b.index, a.fate)));
    all.dedup_by(|other, first| other.index == first.index);
    Ok(all)
}

/// An original that comes back.
pub(super) struct Returning {
    pub(super) index: usize,
    /// Its place among the stored originals.
    pub(super) stored: usize,
    /// Whether the applied request has nothing in its stead.
    pub(super) gone: bool,
}

/// Finds every named message among `originals`.
pub(super) fn returning(plan: &CompactionPlan, originals: &[Value]) -> Result<Vec<Returning>> {
    let hashed = originals.iter().enumerate();
    let hashed = hashed.map(|(place, original)| (hash::message(original), place));
    let hashed = sorted(hashed.collect(), Ord::cmp);
    let dialect = Dialect::named(&plan.dialect);
    let mut found = Vec::new();
    let mut missing = Vec::new();
    for named in named(plan)? {
        let at = hashed.partition_point(|(hash, _)| hash.as_str() < named.original);
        let stored = hashed.get(at).filter(|(hash, _)| hash == named.original);
        let Some((stored, original)) =
            stored.and_then(|(_, place)| Some((*place, originals.get(*place)?)))
        else {
            missing.push(format!(
                "messages[{}] (SHA-256 {})",
                named.index, named.original
            ));
            continue;
        };
        found.push(Returning {
            index: named.index,
            stored,
            gone: match named.fate {
                Fate::Changed => false,
                Fate::Thoughts => dialect.is_some_and(|dialect| is_thought(dialect, original)),
                Fate::Removed => true,
            },
        });
    }
    if missing.is_empty() {
        return Ok(found);
    }
    let more = missing.len().saturating_sub(3);
    missing.truncate(3);
    let mut message = format!("found no original of {}", missing.join(", "));
    if more > 0 {
        message += &format!(" and {more} more");
    }
    message += ", expected every message that the plan changed";
    Err(Error::new(Code::MissingField, "originals", message)
        .with_hint("store what `originals_of` (`originalsOf` in TypeScript) gives before the history is replaced"))
}

/// Whether a message holds nothing but what was thought.
fn is_thought(dialect: Dialect, message: &Value) -> bool {
    normalize_message(dialect, message.clone(), "").is_ok_and(|message| is_all_thoughts(&message))
}

pub(super) fn mismatch(message: String) -> Error {
    Error::new(Code::PlanMismatch, "", message).with_hint(
        "pass the request that the plan was applied to, with its other fields as they were, and that very plan",
    )
}
