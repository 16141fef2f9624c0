//! What the steps of a plan say becomes of each message: read from their documentation, apart from `apply`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::conversation::{Conversation, Message, Part, Role};
use crate::plan::{CompactionPlan, StepKind};

/// The steps, by message.
#[derive(Default)]
pub(super) struct Steps<'a> {
    /// Steps that change a result or a text, by its message and part.
    pub results: BTreeMap<(usize, usize), &'a StepKind>,
    /// Messages that lose their thoughts.
    pub forgetful: BTreeSet<usize>,
    /// Messages that go.
    pub gone: BTreeSet<usize>,
    /// The messages that give way to a summary or a note, and what is said in their place.
    pub gap: Option<(&'a [usize], &'a str)>,
}

impl<'a> Steps<'a> {
    pub(super) fn of(plan: &'a CompactionPlan) -> Self {
        let mut steps = Self::default();
        for step in &plan.steps {
            match &step.kind {
                StepKind::Mask { message, part, .. }
                | StepKind::Cut { message, part, .. }
                | StepKind::CutText { message, part, .. } => {
                    steps.results.insert((*message, *part), &step.kind);
                }
                StepKind::DropReasoning { messages, .. } => steps.forgetful.extend(messages),
                StepKind::Remove { messages, .. } => steps.gone.extend(messages),
                StepKind::Summarise {
                    messages, digest, ..
                }
                | StepKind::Drop {
                    messages, digest, ..
                } => {
                    steps.gone.extend(messages);
                    steps.gap = Some((messages, digest));
                }
            }
        }
        steps
    }

    /// Where each of `count` messages after the steps comes from; `None` for those of the plan's own, which stand where the
    /// first message did that gives way to them.
    pub(super) fn origins(&self, before: &Conversation, count: usize) -> Vec<Option<usize>> {
        let messages = before.messages.iter().enumerate();
        let kept: Vec<usize> = messages
            .filter(|(index, message)| self.keeps(*index, message))
            .map(|(index, _)| index)
            .collect();
        let first = self.gap.and_then(|(messages, _)| messages.first());
        let place = kept.partition_point(|index| first.is_none_or(|first| index < first));
        let own = count.saturating_sub(kept.len());
        let mut origins: Vec<Option<usize>> = kept.into_iter().map(Some).collect();
        origins.splice(place..place, std::iter::repeat_n(None, own));
        origins.truncate(count);
        origins
    }

    fn keeps(&self, index: usize, message: &Message) -> bool {
        let says_more = || message.parts.iter().any(|part| !is_thought(part));
        !self.gone.contains(&index) && (!self.forgetful.contains(&index) || says_more())
    }

    /// Message `index`, which is `old`, with what steps leave of the user's texts; `None` where they cut none.
    /// All else is as it was.
    pub(super) fn retold(&self, index: usize, old: &Message) -> Option<Value> {
        let own = self.results.range((index, 0)..=(index, usize::MAX));
        let texts = own.filter_map(|((_, part), kind)| match old.parts.get(*part) {
            Some(Part::Text { text, .. }) if old.role == Role::User => {
                Some((text.as_str(), left(text, kind)?))
            }
            _ => None,
        });
        let texts: BTreeMap<&str, String> = texts.collect();
        let mut told = (!texts.is_empty()).then(|| old.raw.clone())?;
        retell(&mut told, true, &texts);
        Some(told)
    }

    /// Whether `new` is what message `index`, which was `old`, becomes.
    pub(super) fn are_made(&self, index: usize, old: &Message, new: &Message) -> bool {
        let forgets = self.forgetful.contains(&index);
        let changed = self.results.range((index, 0)..=(index, usize::MAX));
        if !forgets && changed.count() == 0 {
            return old == new;
        }
        let stays = |part: &&Part| !(forgets && is_thought(part));
        let mut parts = new.parts.iter().filter(stays);
        let mut old_parts = old.parts.iter().enumerate();
        let are_made = old_parts
            .by_ref()
            .filter(|(_, part)| stays(part))
            .all(|(at, part)| match self.results.get(&(index, at)) {
                Some(kind @ StepKind::CutText { .. }) => {
                    let is_cut = |new| is_cut(kind, part, new);
                    old.role == Role::User && parts.next().is_some_and(is_cut)
                }
                Some(kind) => parts.next().is_some_and(|new| is_result(kind, part, new)),
                None => parts.next() == Some(part),
            });
        are_made
            && parts.next().is_none()
            && (old.role, &old.name) == (new.role, &new.name)
            && (!forgets || new.parts.len() < old.parts.len())
    }
}

/// What is left of `old` when a step cuts its middle out.
fn left(old: &str, kind: &StepKind) -> Option<String> {
    let (StepKind::Cut {
        head, tail, notice, ..
    }
    | StepKind::CutText {
        head, tail, notice, ..
    }) = kind
    else {
        return None;
    };
    let end = old.len().checked_sub(*tail)?;
    let (start, tail) = (old.get(..*head)?, old.get(end..)?);
    (*head <= end).then(|| [start, notice, tail].concat())
}

/// Whether `new` is the text `old` without its middle.
fn is_cut(kind: &StepKind, old: &Part, new: &Part) -> bool {
    let (
        Part::Text { text, breakpoint },
        Part::Text {
            text: said,
            breakpoint: ends,
        },
    ) = (old, new)
    else {
        return false;
    };
    breakpoint == ends && left(text, kind).as_ref() == Some(said)
}

/// What holds something said; an id may be the same text by chance.
const SAID: [&str; 4] = ["content", "text", "message", "parts"];

/// Puts what is left of texts where `value` says them.
fn retell(value: &mut Value, is_said: bool, texts: &BTreeMap<&str, String>) {
    match value {
        Value::String(own) if is_said => {
            if let Some(left) = texts.get(own.as_str()) {
                own.clone_from(left);
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| retell(item, is_said, texts)),
        Value::Object(fields) => {
            for (key, value) in fields {
                retell(value, SAID.contains(&key.as_str()), texts);
            }
        }
        _ => {}
    }
}

fn is_thought(part: &Part) -> bool {
    matches!(part, Part::Reasoning(_))
}

/// Whether `new` answers the same call as `old`, in the same way, and says what the step puts there.
fn is_result(kind: &StepKind, old: &Part, new: &Part) -> bool {
    let (
        Part::ToolResult {
            call_id,
            name,
            is_error,
            parts,
        },
        Part::ToolResult {
            call_id: id,
            name: tool,
            is_error: failed,
            parts: said,
        },
    ) = (old, new)
    else {
        return false;
    };
    let [Part::Text { text, .. }] = said.as_slice() else {
        return false;
    };
    let is_meant = match kind {
        StepKind::Mask { placeholder, .. } => says(text, placeholder),
        StepKind::Cut { .. } => whole(parts)
            .and_then(|whole| left(&whole, kind))
            .is_some_and(|left| says(text, &left)),
        _ => false,
    };
    is_meant && (call_id, name, is_error) == (id, tool, failed)
}

/// The text of a result that is nothing else.
fn whole(parts: &[Part]) -> Option<String> {
    let texts = parts.iter().map(|part| match part {
        Part::Text { text, .. } => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

/// Whether `text` is `meant`, or JSON in which nothing else stands: some dialects take objects alone.
fn says(text: &str, meant: &str) -> bool {
    fn only(value: &serde_json::Value) -> Option<&str> {
        use serde_json::Value;
        match value {
            Value::String(text) => Some(text),
            Value::Array(items) if items.len() == 1 => only(items.first()?),
            Value::Object(fields) if fields.len() == 1 => only(fields.values().next()?),
            _ => None,
        }
    }
    text == meant || crate::json::parsed(text).is_some_and(|value| only(&value) == Some(meant))
}
