//! The texts of a turn, and what they are counted as.

use std::borrow::Cow;

use super::{After, Writer};
use crate::conversation::Part;
use crate::project::claude::opening::after_header;
use crate::project::claude::system::trim_lone_space;
use crate::project::estimate::Estimate;
use crate::project::shares::shares;

impl<'a> Writer<'_, 'a> {
    pub(super) fn text(&mut self, index: usize, text: &'a str) {
        if text.is_empty() {
            return;
        }
        self.settle_calls();
        let bytes = u32::try_from(text.len()).unwrap_or(u32::MAX);
        if self.run.text.is_empty() {
            self.run.text = Cow::Borrowed(text);
        } else {
            self.run.text.to_mut().push_str(text);
        }
        self.run.from.push((index, bytes));
        self.is_empty = false;
        // Recorded: a picture that opens a turn costs one more when text follows.
        if let Some(index) = self.picture.take()
            && let Some(cost) = self.costs.get_mut(index)
        {
            cost.media += Estimate::exact(1);
        }
    }

    /// Counts the run and shares it out.
    pub(super) fn flush(&mut self) {
        if self.run.text.is_empty() {
            return;
        }
        let text = std::mem::replace(&mut self.run.text, Cow::Borrowed(""));
        let from = std::mem::take(&mut self.run.from);
        let counter = self.request.counter;
        let whole = trim_lone_space(&text, self.rules.framing);
        let running = self.counted(whole, &from);
        let tokens = match self.run.after {
            After::Header if self.rules.has_marked_headers() => {
                after_header(whole, running, counter)
            }
            after => {
                let tokens = running.unwrap_or_else(|| counter.count_text(whole));
                // A line feed merges into the blank line after the answers.
                let merges = after == After::Answers && whole.starts_with('\n');
                tokens.saturating_sub(u32::from(merges))
            }
        };
        let weights: Vec<u32> = from.iter().map(|(_, bytes)| *bytes).collect();
        for ((index, _), share) in from.iter().zip(shares(tokens, &weights)) {
            self.add_text(*index, Estimate::exact(share));
        }
        self.run.after = After::Other;
    }

    /// Tokens of a run's text, when it is all that a message says: those have been counted.
    fn counted(&self, text: &str, from: &[(usize, u32)]) -> Option<u32> {
        let (index, _) = *from.first()?;
        if from.iter().any(|(other, _)| *other != index) {
            return None;
        }
        let counted = self.messages.get(index)?;
        let mut said = 0;
        for part in &counted.message.parts {
            match part {
                Part::Text {
                    text,
                    breakpoint: false,
                } => said += text.len(),
                // Cache segments and answers are counted otherwise.
                Part::Text { .. } | Part::ToolResult { .. } => return None,
                _ => {}
            }
        }
        (said == text.len()).then_some(counted.content)
    }

    pub(super) fn add_text(&mut self, index: usize, cost: Estimate) {
        if let Some(own) = self.costs.get_mut(index) {
            own.text += cost;
        }
    }
}
