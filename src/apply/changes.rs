//! The steps of a plan, read against the conversation that they are for.

use std::collections::{BTreeMap, BTreeSet};

use crate::conversation::{Conversation, Message, Part};
use crate::normalize::normalize_message;
use crate::plan::cut::{join, result_text, said_text};
use crate::plan::{Step, StepKind, is_all_thoughts, summary};
use crate::rewrite;
use token_headroom_encoding::Result;

use super::{Edit, altered};

/// What the steps of a plan do to each message.
pub(super) struct Changes<'a> {
    conversation: &'a Conversation,
    /// New texts of results, and of what the user said, by message and part.
    results: BTreeMap<usize, BTreeMap<usize, String>>,
    /// Messages that lose their thoughts.
    reasoning: BTreeSet<usize>,
    /// Messages that go.
    gone: BTreeSet<usize>,
    /// What gives way to a summary, and its digest.
    gap: Option<(&'a [usize], &'a str)>,
}

impl<'a> Changes<'a> {
    /// # Errors
    /// [`PlanMismatch`](crate::Code::PlanMismatch) at the first step that makes no sense for the conversation.
    pub(super) fn read(
        conversation: &'a Conversation,
        steps: impl Iterator<Item = &'a Step>,
    ) -> Result<Self> {
        let mut changes = Self {
            conversation,
            results: BTreeMap::new(),
            reasoning: BTreeSet::new(),
            gone: BTreeSet::new(),
            gap: None,
        };
        for (position, step) in steps.enumerate() {
            changes.step(&step.kind, &format!("steps[{position}]"))?;
        }
        Ok(changes)
    }

    /// The messages that give way to a summary, and the digest that stands there otherwise.
    pub(super) fn gap(&self) -> Option<(&'a [usize], &'a str)> {
        self.gap
    }

    fn step(&mut self, kind: &'a StepKind, path: &str) -> Result<()> {
        match kind {
            StepKind::Mask {
                message,
                part,
                call_id,
                placeholder,
                ..
            } => {
                self.result(*message, *part, call_id, path)?;
                self.replace(*message, *part, placeholder.clone(), path)
            }
            StepKind::Cut {
                message,
                part,
                call_id,
                head,
                tail,
                notice,
                ..
            } => {
                let result = self.result(*message, *part, call_id, path)?;
                let text = result_text(result, *part)
                    .and_then(|text| join(&text, *head, *tail, notice))
                    .ok_or_else(|| ends(path))?;
                self.replace(*message, *part, text, path)
            }
            StepKind::CutText {
                message: index,
                part,
                head,
                tail,
                notice,
                ..
            } => {
                let message = self.message(*index, path)?;
                let text = said_text(message, *part).ok_or_else(|| {
                    altered(
                        path,
                        format!(
                            "found part {part} of {}, which is no text of the user's, expected one",
                            self.place(*index)
                        ),
                    )
                })?;
                let left = join(text, *head, *tail, notice).ok_or_else(|| ends(path))?;
                self.replace(*index, *part, left, path)
            }
            StepKind::DropReasoning { messages, .. } => {
                for &index in self.listed(messages, path)? {
                    if self.gone.contains(&index) || !self.reasoning.insert(index) {
                        return Err(twice(path, index));
                    }
                }
                Ok(())
            }
            StepKind::Remove { messages, .. } => self.remove(messages, path),
            StepKind::Summarise {
                messages, digest, ..
            }
            | StepKind::Drop {
                messages, digest, ..
            } => {
                if self.gap.is_some() {
                    return Err(altered(
                        path,
                        "found a second summary, expected one at most",
                    ));
                }
                self.remove(messages, path)?;
                self.gap = Some((messages, digest));
                Ok(())
            }
        }
    }

    fn message(&self, index: usize, path: &str) -> Result<&'a Message> {
        let message = self.conversation.messages.get(index);
        Ok(message.ok_or_else(|| self.outside(index, path))?)
    }

    /// The message with the result that a step names.
    fn result(&self, index: usize, part: usize, call_id: &str, path: &str) -> Result<&'a Message> {
        let message = self.message(index, path)?;
        match message.parts.get(part) {
            Some(Part::ToolResult { call_id: id, .. }) if id == call_id => Ok(message),
            Some(Part::ToolResult { call_id: id, .. }) => Err(altered(
                path,
                format!(
                    "found the call {call_id:?}, expected {id:?}, which {} answers",
                    self.place(index)
                ),
            )),
            _ => Err(altered(
                path,
                format!(
                    "found part {part} of {}, which is no tool result, expected a tool result",
                    self.place(index)
                ),
            )),
        }
    }

    fn replace(&mut self, index: usize, part: usize, text: String, path: &str) -> Result<()> {
        let results = self.results.entry(index).or_default();
        if self.gone.contains(&index) || results.insert(part, text).is_some() {
            return Err(twice(path, index));
        }
        Ok(())
    }

    fn remove(&mut self, messages: &'a [usize], path: &str) -> Result<()> {
        for &index in self.listed(messages, path)? {
            let changed = self.results.contains_key(&index) || self.reasoning.contains(&index);
            if changed || !self.gone.insert(index) {
                return Err(twice(path, index));
            }
        }
        Ok(())
    }

    fn listed(&self, messages: &'a [usize], path: &str) -> Result<&'a [usize]> {
        if messages.is_empty() {
            return Err(altered(
                path,
                "found no messages in the step, expected at least one",
            ));
        }
        if !messages.is_sorted_by(|a, b| a < b) {
            return Err(altered(
                path,
                "found messages out of order, expected them ascending",
            ));
        }
        match messages.last() {
            Some(&last) if last >= self.conversation.messages.len() => {
                Err(self.outside(last, path))
            }
            _ => Ok(messages),
        }
    }

    /// One edit for each message that is left, and for each that comes.
    pub(super) fn edits(&self, said: &str) -> Result<Vec<Edit>> {
        let place = self.gap.and_then(|(messages, _)| messages.first().copied());
        let mut edits = Vec::with_capacity(self.conversation.messages.len());
        for (index, message) in self.conversation.messages.iter().enumerate() {
            if place == Some(index) {
                let kept = |index: usize| !self.gone.contains(&index);
                let entries = summary::entries(self.conversation, &kept, index, said);
                edits.extend(entries.into_iter().map(|message| Edit::Insert { message }));
            }
            if self.gone.contains(&index) {
                continue;
            }
            edits.extend(self.edit(index, message)?);
        }
        Ok(edits)
    }

    /// `None` when nothing of the message is left.
    fn edit(&self, index: usize, message: &Message) -> Result<Option<Edit>> {
        let (results, forgets) = (self.results.get(&index), self.reasoning.contains(&index));
        if results.is_none() && !forgets {
            return Ok(Some(Edit::Keep { index }));
        }
        if forgets && is_all_thoughts(message) {
            return Ok(None);
        }
        let refused = || {
            let found = format!(
                "found a change to {} that its shape does not allow",
                self.place(index)
            );
            altered("steps", found)
        };
        let mut raw = None;
        if let Some(results) = results {
            let texts: Vec<(usize, &str)> = results
                .iter()
                .map(|(part, text)| (*part, text.as_str()))
                .collect();
            raw = Some(rewrite::with_texts(message, &texts).ok_or_else(refused)?);
        }
        if forgets {
            let changed = match raw {
                Some(raw) => &normalize_message(message.dialect, raw, &self.place(index))?,
                None => message,
            };
            raw = Some(rewrite::without_reasoning(changed).ok_or_else(refused)?);
        }
        Ok(raw.map(|message| Edit::Replace { index, message }))
    }

    fn place(&self, index: usize) -> String {
        format!("{}[{index}]", self.conversation.dialect.list_key())
    }

    fn outside(&self, index: usize, path: &str) -> token_headroom_encoding::Error {
        let count = self.conversation.messages.len();
        altered(
            path,
            format!("found message {index}, expected one of {count} messages"),
        )
    }
}

fn ends(path: &str) -> token_headroom_encoding::Error {
    altered(path, "found a head and tail that the text does not have")
}

fn twice(path: &str, index: usize) -> token_headroom_encoding::Error {
    altered(
        path,
        format!("found message {index} in two steps, expected one"),
    )
}
