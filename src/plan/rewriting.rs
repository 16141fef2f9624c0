//! What a message becomes, kept with it: the next plan for the same history asks for the same.

use std::sync::{Arc, Mutex, PoisonError};

use crate::count::CountedMessage;
use crate::plan::changes::are_same;
use crate::plan::worth::is_same;

/// Longest texts that are kept with a message, in bytes together: placeholders, not what is left of a result that was cut.
const LONGEST: usize = 1_024;

/// A message with other contents of some of its results, or without its thoughts.
#[derive(Debug)]
pub(crate) struct Rewriting {
    /// The text of each changed result, by part.
    pub(super) texts: Vec<(usize, Arc<str>)>,
    pub(super) loses_thoughts: bool,
    /// What it came to: `None` inside when the message goes as a whole, and outside where its shape does not allow it.
    pub(super) made: Option<Option<Arc<CountedMessage>>>,
}

impl Rewriting {
    /// Whether it is the one that puts `texts` in place of results.
    pub(super) fn is<'a>(
        &self,
        mut texts: impl Iterator<Item = (usize, &'a Arc<str>)>,
        loses_thoughts: bool,
    ) -> bool {
        self.loses_thoughts == loses_thoughts
            && self.texts.iter().all(|(part, own)| {
                let other = texts.next();
                other.is_some_and(|(at, other)| at == *part && are_same(own, other))
            })
            && texts.next().is_none()
    }

    /// Whether nothing of a message of `parts` parts is left but what is short.
    fn is_short(&self, parts: usize) -> bool {
        let bytes: usize = self.texts.iter().map(|(_, text)| text.len()).sum();
        self.texts.len() == parts && bytes <= LONGEST
    }
}

/// The latest short rewriting of a message.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<Option<Arc<Rewriting>>>);

impl Kept {
    pub(super) fn get(&self) -> Option<Arc<Rewriting>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// `text`, as it is held already where it was put in place of part `part`: the same text need not be compared then.
    pub(super) fn held(&self, part: usize, text: &str) -> Arc<str> {
        let kept = self.get();
        let kept = kept.iter().flat_map(|kept| &kept.texts);
        let mut same = kept.filter(|(at, known)| *at == part && is_same(known, text));
        same.next()
            .map_or_else(|| text.into(), |(_, known)| known.clone())
    }

    /// Keeps `rewriting` of a message of `parts` parts, if that takes little.
    pub(super) fn keep(&self, rewriting: &Arc<Rewriting>, parts: usize) {
        if rewriting.is_short(parts) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(rewriting.clone());
        }
    }
}

impl Clone for Kept {
    fn clone(&self) -> Self {
        Self(Mutex::new(self.get()))
    }
}
