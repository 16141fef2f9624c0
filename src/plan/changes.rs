//! A set of changes to a request, in the making.

use std::collections::BTreeSet;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use super::document::Cause;
use super::worth::{Place, is_same};

/// The number of a text of the user's, which is no result: none is found by it.
pub(super) const NO_RESULT: usize = usize::MAX;

/// What happens to one result, or to a text of the user's.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// It gives way to a placeholder.
    Mask {
        /// Why it may go.
        cause: Cause,
        /// The placeholder.
        placeholder: Arc<str>,
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
        text: Arc<str>,
    },
}

impl Change {
    /// Whether the placeholder says that a later result tells the same.
    pub(super) fn says_later(&self) -> bool {
        let Self::Mask { cause, .. } = self else {
            return false;
        };
        matches!(
            cause,
            Cause::Duplicate | Cause::Superseded | Cause::NearDuplicate
        )
    }

    /// What the result says instead.
    pub(super) fn text(&self) -> &Arc<str> {
        match self {
            Self::Mask { placeholder, .. } => placeholder,
            Self::Cut { text, .. } => text,
        }
    }
}

/// Whether two texts are the same. Most are the same one.
pub(super) fn are_same(one: &Arc<str>, other: &Arc<str>) -> bool {
    Arc::ptr_eq(one, other) || is_same(one, other)
}

impl PartialEq for Change {
    fn eq(&self, other: &Self) -> bool {
        let is_as = match (self, other) {
            (Self::Mask { cause, .. }, Self::Mask { cause: other, .. }) => cause == other,
            (
                Self::Cut { head, tail, .. },
                Self::Cut {
                    head: other_head,
                    tail: other_tail,
                    ..
                },
            ) => (head, tail) == (other_head, other_tail),
            _ => false,
        };
        // The whole text of a cut holds the notice.
        is_as && are_same(self.text(), other.text())
    }
}

impl Eq for Change {}

/// A changed result, or a text of the user's that was cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Changed {
    /// Where it is.
    pub place: Place,
    /// Its number among the worths, or [`NO_RESULT`].
    pub number: usize,
    /// What happens to it.
    pub change: Change,
}

/// Changed results, in the order of their places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Results(Vec<Changed>);

impl Results {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, Changed> {
        self.0.iter()
    }

    pub(super) fn iter_mut(&mut self) -> std::slice::IterMut<'_, Changed> {
        self.0.iter_mut()
    }

    /// Those of some messages.
    pub(super) fn within(&self, messages: Range<usize>) -> &[Changed] {
        let before = |index: usize| {
            self.0
                .partition_point(|changed| changed.place.message < index)
        };
        let start = before(messages.start);
        let (_, rest) = self.0.split_at(start);
        let count = rest.partition_point(|changed| changed.place.message < messages.end);
        rest.get(..count).unwrap_or_default()
    }

    /// Those of each of some runs of messages, which are in order.
    pub(super) fn of_each(
        &self,
        runs: impl Iterator<Item = Range<usize>>,
    ) -> impl Iterator<Item = &[Changed]> {
        let mut rest = self.0.as_slice();
        runs.map(move |messages| {
            let mut all = rest.iter();
            let before = all.position(|changed| changed.place.message >= messages.start);
            let (_, own) = rest.split_at(before.unwrap_or(rest.len()));
            let mut all = own.iter();
            let count = all.position(|changed| changed.place.message >= messages.end);
            let (own, behind) = own.split_at(count.unwrap_or(own.len()));
            rest = behind;
            own
        })
    }

    /// Those of one message.
    pub(super) fn of(&self, message: usize) -> &[Changed] {
        self.within(message..message + 1)
    }

    /// Whether one of them is in `message`.
    pub(super) fn is_in(&self, message: usize) -> bool {
        !self.of(message).is_empty()
    }

    /// Adds one, in place of another change of the same result.
    pub(super) fn set(&mut self, changed: Changed) {
        // Most come in order.
        let at = match self.0.last() {
            Some(last) if last.place >= changed.place => {
                self.0.partition_point(|known| known.place < changed.place)
            }
            _ => self.0.len(),
        };
        match self.0.get_mut(at) {
            Some(known) if known.place == changed.place => *known = changed,
            _ => self.0.insert(at, changed),
        }
    }

    pub(super) fn retain(&mut self, stays: impl FnMut(&Changed) -> bool) {
        self.0.retain(stays);
    }
}

impl FromIterator<Changed> for Results {
    /// In the order of their places.
    fn from_iter<I: IntoIterator<Item = Changed>>(all: I) -> Self {
        Self(all.into_iter().collect())
    }
}

/// Messages in place of whole groups.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Summary {
    /// What is said there.
    pub text: String,
    /// The messages that go, ascending; not empty.
    pub messages: Vec<usize>,
}

impl Summary {
    /// Whether message `index` goes. Most often those that go follow each other.
    pub(super) fn replaces(&self, index: usize) -> bool {
        let (Some(first), Some(last)) = (self.messages.first(), self.messages.last()) else {
            return false;
        };
        (*first..=*last).contains(&index)
            && (self.messages.get(index - first) == Some(&index)
                || self.messages.binary_search(&index).is_ok())
    }
}

/// A set of changes. What tells most sets apart is compared first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Changes {
    /// Messages that lose their thoughts, or go when they are nothing else.
    pub reasoning: BTreeSet<usize>,
    /// Messages that go without a trace.
    pub removed: BTreeSet<usize>,
    /// What gives way to a summary.
    pub summary: Option<Summary>,
    /// Changed results. Shared, because a search looks at many sets that differ elsewhere.
    pub results: Rc<Results>,
}

impl Changes {
    /// The changed results, to be changed otherwise.
    pub(super) fn results_mut(&mut self) -> &mut Results {
        Rc::make_mut(&mut self.results)
    }

    /// Whether message `index` goes.
    pub(super) fn removes(&self, index: usize) -> bool {
        let summary = self.summary.as_ref();
        self.removed.contains(&index) || summary.is_some_and(|summary| summary.replaces(index))
    }

    /// Whether they are the same as `other`, apart from what a summary says.
    pub(super) fn is_but_for_text(&self, other: &Self) -> bool {
        let messages = [self, other].map(|changes| {
            let summary = changes.summary.as_ref();
            summary.map(|summary| summary.messages.as_slice())
        });
        self.reasoning == other.reasoning
            && self.removed == other.removed
            && messages[0] == messages[1]
            && self.results == other.results
    }

    /// Whether a text of the user's is cut.
    pub(super) fn cut_the_user(&self) -> bool {
        let mut results = self.results.iter();
        results.any(|changed| changed.number == NO_RESULT)
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
        let result = self
            .results
            .iter()
            .next()
            .map(|changed| changed.place.message);
        let summary = self.summary.as_ref();
        let others = [
            self.reasoning.first(),
            self.removed.first(),
            summary.and_then(|summary| summary.messages.first()),
        ];
        others.into_iter().flatten().copied().chain(result).min()
    }
}
