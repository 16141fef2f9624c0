//! A plan in the making: changes to a counted conversation, and what it takes with them.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use crate::apply::with_content;
use crate::conversation::{Conversation, Message};
use crate::count::{CountText, Counted, CountedMessage, count_message};
use crate::models::Model;
use crate::normalize::normalize_message;
use crate::project::{Projection, project};

/// What happens to one message's content.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// It gives way to a placeholder.
    Mask {
        /// The placeholder.
        placeholder: String,
    },
    /// It loses its middle.
    Cut {
        /// Bytes kept from the start.
        head: usize,
        /// Bytes kept from the end.
        tail: usize,
        /// What stands between.
        notice: String,
    },
}

/// A changed message.
#[derive(Clone, Debug)]
pub(super) struct Replacement {
    /// What happened.
    pub change: Change,
    /// The message as it is then.
    pub counted: Arc<CountedMessage>,
}

/// A message in place of whole groups.
#[derive(Clone, Debug)]
pub(super) struct Summary {
    /// The messages that go, ascending; not empty.
    pub messages: Vec<usize>,
    /// The message that comes.
    pub counted: Arc<CountedMessage>,
}

/// A set of changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes {
    /// Changed messages, by index.
    pub replaced: BTreeMap<usize, Replacement>,
    /// What gives way to a summary.
    pub summary: Option<Summary>,
}

impl Changes {
    /// Whether message `index` gives way to the summary.
    pub(super) fn removes(&self, index: usize) -> bool {
        let summary = self.summary.as_ref();
        summary.is_some_and(|summary| summary.messages.binary_search(&index).is_ok())
    }
}

/// Remembers what it has counted: a search projects many variants of one request, whose declarations,
/// instructions and parallel turns are the same texts over and over.
pub(super) struct Memory<'a> {
    counter: &'a dyn CountText,
    seen: RefCell<HashMap<String, u32>>,
    seen_after_header: RefCell<HashMap<String, u32>>,
}

impl<'a> Memory<'a> {
    pub(super) fn new(counter: &'a dyn CountText) -> Self {
        Self {
            counter,
            seen: RefCell::default(),
            seen_after_header: RefCell::default(),
        }
    }
}

impl CountText for Memory<'_> {
    fn count_text(&self, text: &str) -> u32 {
        if let Some(tokens) = self.seen.borrow().get(text) {
            return *tokens;
        }
        let tokens = self.counter.count_text(text);
        self.seen.borrow_mut().insert(text.to_owned(), tokens);
        tokens
    }

    fn count_after_header(&self, text: &str) -> u32 {
        if let Some(tokens) = self.seen_after_header.borrow().get(text) {
            return *tokens;
        }
        let tokens = self.counter.count_after_header(text);
        self.seen_after_header
            .borrow_mut()
            .insert(text.to_owned(), tokens);
        tokens
    }
}

/// What is planned for.
pub(super) struct Draft<'a> {
    pub counted: &'a Counted,
    pub model: &'a Model,
    pub counter: &'a dyn CountText,
}

impl<'a> Draft<'a> {
    pub(super) fn conversation(&self) -> &'a Conversation {
        &self.counted.conversation
    }

    pub(super) fn message(&self, index: usize) -> Option<&'a Arc<Message>> {
        self.counted.conversation.messages.get(index)
    }

    pub(super) fn content_tokens(&self, index: usize) -> u32 {
        self.counted
            .messages
            .get(index)
            .map_or(0, |message| message.content)
    }

    /// The message with `text` as its content, counted.
    pub(super) fn rewritten(&self, index: usize, text: &str) -> Option<Arc<CountedMessage>> {
        self.written(with_content(&self.message(index)?.raw, text))
    }

    /// A message of the plan's own, counted.
    pub(super) fn written(&self, raw: Value) -> Option<Arc<CountedMessage>> {
        let message = normalize_message(self.conversation().dialect, raw, "").ok()?;
        Some(Arc::new(count_message(Arc::new(message), self.counter)))
    }

    /// The conversation with `changes` made.
    pub(super) fn changed(&self, changes: &Changes) -> Counted {
        let summary = changes.summary.as_ref();
        let gone = summary.map_or(&[][..], |summary| &summary.messages);
        let mut gone = gone.iter().copied().peekable();
        let mut place = gone.peek().copied();
        let mut messages = Vec::with_capacity(self.counted.messages.len() + 1);
        for (index, message) in self.counted.messages.iter().enumerate() {
            if place == Some(index) {
                messages.extend(summary.map(|summary| summary.counted.clone()));
                place = None;
            }
            if gone.peek() == Some(&index) {
                gone.next();
                continue;
            }
            let replaced = changes.replaced.get(&index);
            messages.push(
                replaced
                    .map_or(message, |replacement| &replacement.counted)
                    .clone(),
            );
        }
        let conversation = self.conversation();
        let bare = Conversation {
            messages: Vec::new(),
            model: conversation.model.clone(),
            tools: conversation.tools.clone(),
            tool_choice: conversation.tool_choice.clone(),
            instructions: conversation.instructions.clone(),
            response_format: conversation.response_format.clone(),
            rest: conversation.rest.clone(),
            warnings: conversation.warnings.clone(),
            ..*conversation
        };
        with_messages(bare, messages)
    }

    /// What the request takes with `changes` made.
    pub(super) fn project(&self, changes: &Changes) -> Projection {
        project(&self.changed(changes), self.model, self.counter)
    }

    /// The messages of `range` on their own, to measure what a change to them frees.
    pub(super) fn turn(&self, range: Range<usize>) -> Turn<'_, 'a> {
        Turn {
            draft: self,
            start: range.start,
            messages: self
                .counted
                .messages
                .get(range)
                .unwrap_or_default()
                .to_vec(),
            tokens: None,
            undo: None,
        }
    }

    /// Tokens of `messages` apart from their conversation.
    pub(super) fn alone(&self, messages: Vec<Arc<CountedMessage>>) -> i64 {
        let bare = Conversation::new(self.conversation().dialect, Value::Null, Vec::new());
        let projection = project(&with_messages(bare, messages), self.model, self.counter);
        projection
            .messages
            .iter()
            .map(|message| i64::from(message.tokens))
            .sum()
    }
}

fn with_messages(mut conversation: Conversation, messages: Vec<Arc<CountedMessage>>) -> Counted {
    conversation.messages = messages
        .iter()
        .map(|counted| counted.message.clone())
        .collect();
    Counted {
        conversation: Arc::new(conversation),
        messages,
    }
}

/// A turn measured apart from its conversation: what frees tokens there frees as many in the whole,
/// because a message's framing depends on its own turn alone.
pub(super) struct Turn<'d, 'a> {
    draft: &'d Draft<'a>,
    start: usize,
    messages: Vec<Arc<CountedMessage>>,
    tokens: Option<i64>,
    undo: Option<(usize, Arc<CountedMessage>, i64)>,
}

impl Turn<'_, '_> {
    /// Replaces message `index` of the conversation; the tokens that this frees.
    pub(super) fn replace(&mut self, index: usize, message: Arc<CountedMessage>) -> i64 {
        let before = match self.tokens {
            Some(tokens) => tokens,
            None => self.measure(),
        };
        let Some(place) = index
            .checked_sub(self.start)
            .and_then(|at| self.messages.get_mut(at))
        else {
            return 0;
        };
        let old = std::mem::replace(place, message);
        self.undo = Some((index - self.start, old, before));
        let after = self.measure();
        self.tokens = Some(after);
        before - after
    }

    /// Takes the last replacement back.
    pub(super) fn undo(&mut self) {
        if let Some((at, old, tokens)) = self.undo.take() {
            if let Some(place) = self.messages.get_mut(at) {
                *place = old;
            }
            self.tokens = Some(tokens);
        }
    }

    fn measure(&self) -> i64 {
        self.draft.alone(self.messages.clone())
    }
}
