//! A plan in the making: changes to a counted conversation, and what it takes with them.

mod picked;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use crate::conversation::{Conversation, Message, Part};
use crate::count::{CountText, Counted, CountedMessage, count_message};
use crate::models::Model;
use crate::normalize::normalize_message;
use crate::project::{Pick, Pieces, Projection, project, project_in_pieces, project_variant};
use crate::rewrite;

pub(super) use super::changes::{Change, Changed, Changes, NO_RESULT, Results, Summary};
use super::hash;
use super::rewriting::Rewriting;
use picked::Picked;

/// What a message becomes; `None` when it goes as a whole.
type Rewritten = Option<Arc<CountedMessage>>;

/// Projections that are remembered: a search comes back to what it has looked at two or three steps before.
const REMEMBERED: usize = 4;

/// What is planned for.
pub(super) struct Draft<'a> {
    pub counted: &'a Counted,
    pub model: &'a Model,
    pub counter: &'a dyn CountText,
    /// By message. A search tries a few texts for each.
    rewritten: RefCell<Vec<Vec<Arc<Rewriting>>>>,
    /// The last ones, the latest at the end.
    projected: RefCell<VecDeque<(Changes, Projection)>>,
    /// The messages of the last one.
    picked: RefCell<Option<Picked>>,
    pieces: &'a Pieces<'a>,
}

impl<'a> Draft<'a> {
    /// `pieces` are those of `counted`.
    pub(super) fn new(
        counted: &'a Counted,
        pieces: &'a Pieces<'a>,
        model: &'a Model,
        counter: &'a dyn CountText,
    ) -> Self {
        let count = counted.messages.len();
        Self {
            counted,
            model,
            counter,
            rewritten: RefCell::new((0..count).map(|_| Vec::new()).collect()),
            projected: RefCell::default(),
            picked: RefCell::default(),
            pieces,
        }
    }

    pub(super) fn conversation(&self) -> &'a Conversation {
        &self.counted.conversation
    }

    pub(super) fn message(&self, index: usize) -> Option<&'a Arc<Message>> {
        self.counted.conversation.messages.get(index)
    }

    /// Message `index` with its part of `changes`; the error says that its shape does not allow them.
    pub(super) fn rewritten(&self, index: usize, changes: &Changes) -> Result<Rewritten, ()> {
        self.rewriting(
            index,
            changes.results.of(index),
            changes.reasoning.contains(&index),
        )
    }

    /// The same, where the changed results of the message are known.
    fn rewriting(
        &self,
        index: usize,
        results: &[Changed],
        loses_thoughts: bool,
    ) -> Result<Rewritten, ()> {
        let texts = || {
            results
                .iter()
                .map(|changed| (changed.place.part, changed.change.text()))
        };
        let mut rewritten = self.rewritten.borrow_mut();
        let known = rewritten.get_mut(index).ok_or(())?;
        if let Some(same) = known.iter().find(|known| known.is(texts(), loses_thoughts)) {
            return same.made.clone().ok_or(());
        }
        let own = self.counted.messages.get(index).ok_or(())?;
        let kept = own.rewritten.get();
        let kept = kept.filter(|kept| kept.is(texts(), loses_thoughts));
        let rewriting = kept.unwrap_or_else(|| {
            let plain: Vec<(usize, &str)> = texts().map(|(part, text)| (part, &**text)).collect();
            let made = Arc::new(Rewriting {
                texts: texts().map(|(part, text)| (part, text.clone())).collect(),
                loses_thoughts,
                made: self.rewrite(index, &plain, loses_thoughts),
            });
            own.rewritten.keep(&made, own.message.parts.len());
            made
        });
        let made = rewriting.made.clone();
        known.push(rewriting);
        made.ok_or(())
    }

    fn rewrite(
        &self,
        index: usize,
        texts: &[(usize, &str)],
        loses_thoughts: bool,
    ) -> Option<Rewritten> {
        let message = self.message(index)?;
        let mut changed = message.clone();
        if !texts.is_empty() {
            changed = self.read(rewrite::with_texts(message, texts)?)?;
        }
        if loses_thoughts {
            match rewrite::without_reasoning(&changed) {
                Some(raw) => changed = self.read(raw)?,
                None if is_all_thoughts(message) => return Some(None),
                None => return None,
            }
        }
        Some(Some(Arc::new(count_message(changed, self.counter))))
    }

    /// A message as the dialect reads it.
    pub(super) fn read(&self, raw: Value) -> Option<Arc<Message>> {
        let dialect = self.conversation().dialect;
        normalize_message(dialect, raw, "").ok().map(Arc::new)
    }

    /// The conversation with `changes` made; `None` where a message does not allow its change.
    pub(super) fn changed(&self, changes: &Changes) -> Option<Counted> {
        Some(self.with_messages(&self.picked(changes)?.picks))
    }

    /// SHA-256 of the request with `changes` made; `None` where a message does not allow its change.
    pub(super) fn output(&self, changes: &Changes) -> Option<String> {
        let picked = self.picked(changes)?;
        let own = &self.counted.messages;
        let messages = picked.picks.iter().filter_map(|pick| match pick {
            Pick::Kept(index) => own.get(*index).map(AsRef::as_ref),
            Pick::New(message) => Some(&**message),
        });
        Some(hash::counted_request(&self.conversation().rest, messages))
    }

    fn with_messages(&self, picks: &[Pick]) -> Counted {
        let own = &self.counted.messages;
        let picks = picks.iter().filter_map(|pick| match pick {
            Pick::Kept(index) => own.get(*index).cloned(),
            Pick::New(message) => Some(message.clone()),
        });
        let messages = picks.collect();
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
    pub(super) fn project(&self, changes: &Changes) -> Option<Projection> {
        if changes.is_empty() {
            let (pieces, model) = (self.pieces, self.model);
            return Some(project_in_pieces(self.counted, pieces, model, self.counter));
        }
        let known = self.projected.borrow();
        if let Some((_, known)) = known.iter().find(|(known, _)| known == changes) {
            return Some(known.clone());
        }
        drop(known);
        let picked = self.picked(changes)?;
        let (picks, model, counter) = (&picked.picks, self.model, self.counter);
        let projection = project_variant(self.conversation(), self.pieces, picks, model, counter);
        let projection =
            projection.unwrap_or_else(|| project(&self.with_messages(picks), model, counter));
        *self.picked.borrow_mut() = Some(picked);
        debug_assert!(self.is_as_whole(changes, &projection));
        let mut projected = self.projected.borrow_mut();
        if projected.len() == REMEMBERED {
            projected.pop_front();
        }
        projected.push_back((changes.clone(), projection.clone()));
        Some(projection)
    }

    /// Whether pieces add up to the whole.
    fn is_as_whole(&self, changes: &Changes, pieces: &Projection) -> bool {
        self.changed(changes).is_some_and(|changed| {
            let whole = project(&changed, self.model, self.counter);
            *pieces
                == Projection {
                    fingerprint: pieces.fingerprint.clone(),
                    uncertain: pieces.uncertain.clone(),
                    warnings: pieces.warnings.clone(),
                    ..whole
                }
        })
    }

    /// Tokens of one turn apart from its conversation, with its part of `changes` made.
    ///
    /// What frees tokens there frees as many in the whole, because a message's frame depends on its own turn alone.
    pub(super) fn turn(&self, messages: Range<usize>, changes: &Changes) -> i64 {
        let turn = messages.filter_map(|index| {
            if changes.results.is_in(index) {
                self.rewritten(index, changes).ok().flatten()
            } else {
                self.counted.messages.get(index).cloned()
            }
        });
        self.alone(turn.collect())
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

/// Whether a message is nothing but thoughts, so that it goes with them.
pub(crate) fn is_all_thoughts(message: &Message) -> bool {
    let thought = |part: &Part| matches!(part, Part::Reasoning(_));
    !message.parts.is_empty() && message.parts.iter().all(thought)
}
