//! A plan in the making: changes to a counted conversation, and what it takes with them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use serde_json::Value;

use crate::conversation::{Conversation, Message, Part};
use crate::count::{CountText, Counted, CountedMessage, count_message};
use crate::models::Model;
use crate::normalize::normalize_message;
use crate::project::{Pick, Pieces, Projection, project, project_variant};
use crate::rewrite;

use super::document::Cause;

/// What happens to one result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// It gives way to a placeholder.
    Mask {
        /// Why it may go.
        cause: Cause,
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
        /// The whole text that is left.
        text: String,
    },
}

impl Change {
    fn text(&self) -> &str {
        match self {
            Self::Mask { placeholder, .. } => placeholder,
            Self::Cut { text, .. } => text,
        }
    }
}

/// Messages in place of whole groups.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Summary {
    /// The messages that go, ascending; not empty.
    pub messages: Vec<usize>,
    /// What is said there.
    pub text: String,
}

/// Changed results: by message, then by part, each with its number among the worths.
pub(super) type Results = BTreeMap<usize, BTreeMap<usize, (usize, Change)>>;

/// A set of changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Changes {
    /// Changed results. Shared, because a search looks at many sets that differ elsewhere.
    pub results: Rc<Results>,
    /// Messages that lose their thoughts, or go when they are nothing else.
    pub reasoning: BTreeSet<usize>,
    /// Messages that go without a trace.
    pub removed: BTreeSet<usize>,
    /// What gives way to a summary.
    pub summary: Option<Summary>,
}

impl Changes {
    /// The changed results, to be changed otherwise.
    pub(super) fn results_mut(&mut self) -> &mut Results {
        Rc::make_mut(&mut self.results)
    }

    /// Whether message `index` goes.
    pub(super) fn removes(&self, index: usize) -> bool {
        let summary = self.summary.as_ref();
        self.removed.contains(&index)
            || summary.is_some_and(|summary| summary.messages.binary_search(&index).is_ok())
    }

    /// Whether nothing changes.
    pub(super) fn is_empty(&self) -> bool {
        self.results.is_empty()
            && self.reasoning.is_empty()
            && self.removed.is_empty()
            && self.summary.is_none()
    }

    /// The first message that changes or goes.
    pub(super) fn first(&self) -> Option<usize> {
        let results = self.results.keys().next();
        let summary = self.summary.as_ref();
        results
            .into_iter()
            .chain(self.reasoning.first())
            .chain(self.removed.first())
            .chain(summary.and_then(|summary| summary.messages.first()))
            .min()
            .copied()
    }
}

/// What a message becomes; `None` when it goes as a whole.
type Rewritten = Option<Arc<CountedMessage>>;

/// A rewriting of a message.
struct Known {
    /// The text of each changed result, by part.
    texts: Vec<(usize, String)>,
    loses_thoughts: bool,
    /// What it came to; `None` where the message's shape does not allow it.
    made: Option<Rewritten>,
}

/// Projections that are remembered: a search comes back to what it has looked at two or three steps before.
const REMEMBERED: usize = 4;

/// What is planned for.
pub(super) struct Draft<'a> {
    pub counted: &'a Counted,
    pub model: &'a Model,
    pub counter: &'a dyn CountText,
    /// By message. A search tries a few texts for each.
    rewritten: RefCell<Vec<Vec<Known>>>,
    /// The last ones, the latest at the end.
    projected: RefCell<VecDeque<(Changes, Projection)>>,
    pieces: Pieces<'a>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(counted: &'a Counted, model: &'a Model, counter: &'a dyn CountText) -> Self {
        let count = counted.messages.len();
        Self {
            counted,
            model,
            counter,
            rewritten: RefCell::new((0..count).map(|_| Vec::new()).collect()),
            projected: RefCell::default(),
            pieces: Pieces::of(counted),
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
        let results = changes.results.get(&index);
        let texts = || {
            let results = results.into_iter().flatten();
            results.map(|(part, (_, change))| (*part, change.text()))
        };
        let loses_thoughts = changes.reasoning.contains(&index);
        let mut rewritten = self.rewritten.borrow_mut();
        let known = rewritten.get_mut(index).ok_or(())?;
        let same = known.iter().find(|known| {
            let own = known.texts.iter().map(|(part, text)| (*part, &**text));
            known.loses_thoughts == loses_thoughts && own.eq(texts())
        });
        if let Some(same) = same {
            return same.made.clone().ok_or(());
        }
        let texts: Vec<(usize, &str)> = texts().collect();
        let made = self.rewrite(index, &texts, loses_thoughts);
        known.push(Known {
            texts: texts
                .into_iter()
                .map(|(part, text)| (part, text.to_owned()))
                .collect(),
            loses_thoughts,
            made: made.clone(),
        });
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
            changed = self.read(rewrite::with_results(message, texts)?)?;
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

    /// The messages with `changes` made; `None` where a message does not allow its change.
    fn picks(&self, changes: &Changes) -> Option<Vec<Pick>> {
        let summary = changes.summary.as_ref();
        let place = summary.and_then(|summary| summary.messages.first().copied());
        let summarised = summary.map_or(&[] as &[usize], |summary| &summary.messages);
        // All in the order of the messages.
        let mut summarised = summarised.iter().peekable();
        let mut removed = changes.removed.iter().peekable();
        let mut results = changes.results.keys().peekable();
        let mut reasoning = changes.reasoning.iter().peekable();
        let count = self.counted.messages.len();
        let mut picks = Vec::with_capacity(count + 2);
        for index in 0..count {
            if let Some(summary) = summary.filter(|_| place == Some(index)) {
                let kept = |index: usize| !changes.removes(index);
                for raw in super::summary::entries(self.conversation(), &kept, index, &summary.text)
                {
                    let said = count_message(self.read(raw)?, self.counter);
                    picks.push(Pick::New(Arc::new(said)));
                }
            }
            let goes = summarised.next_if_eq(&&index).is_some();
            let goes = removed.next_if_eq(&&index).is_some() || goes;
            let changed = results.next_if_eq(&&index).is_some();
            let changed = reasoning.next_if_eq(&&index).is_some() || changed;
            if goes {
                continue;
            }
            if changed {
                picks.extend(self.rewritten(index, changes).ok()?.map(Pick::New));
            } else {
                picks.push(Pick::Kept(index));
            }
        }
        Some(picks)
    }

    /// The conversation with `changes` made; `None` where a message does not allow its change.
    pub(super) fn changed(&self, changes: &Changes) -> Option<Counted> {
        Some(self.with_messages(self.picks(changes)?))
    }

    fn with_messages(&self, picks: Vec<Pick>) -> Counted {
        let own = &self.counted.messages;
        let picks = picks.into_iter().filter_map(|pick| match pick {
            Pick::Kept(index) => own.get(index).cloned(),
            Pick::New(message) => Some(message),
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
        let known = self.projected.borrow();
        if let Some((_, known)) = known.iter().find(|(known, _)| known == changes) {
            return Some(known.clone());
        }
        drop(known);
        let picks = self.picks(changes)?;
        let (model, counter) = (self.model, self.counter);
        let projection = project_variant(self.conversation(), &self.pieces, &picks, model, counter);
        let projection =
            projection.unwrap_or_else(|| project(&self.with_messages(picks), model, counter));
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
            let (fingerprint, warnings) = (pieces.fingerprint.clone(), pieces.warnings.clone());
            *pieces
                == Projection {
                    fingerprint,
                    warnings,
                    ..whole
                }
        })
    }

    /// Tokens of one turn apart from its conversation, with its part of `changes` made.
    ///
    /// What frees tokens there frees as many in the whole, because a message's frame depends on its own turn alone.
    pub(super) fn turn(&self, messages: Range<usize>, changes: &Changes) -> i64 {
        let turn = messages.filter_map(|index| {
            if changes.results.contains_key(&index) {
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
