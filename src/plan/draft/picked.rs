//! The messages that are left with changes made: those that stay as they are, and what stands for others.

use std::ops::Range;
use std::sync::Arc;

use crate::count::count_message;
use crate::plan::changes::{Changed, Changes};
use crate::plan::summary;
use crate::project::Pick;

use super::Draft;

/// The messages that are left with changes made, and what stands for others: a search tries the same with one note after another.
pub(super) struct Picked {
    changes: Changes,
    pub(super) picks: Vec<Pick>,
    /// Where the note stands.
    note: Range<usize>,
    /// The messages with changed results that stay, in order.
    rewritten: Vec<Stays>,
}

/// A message with changed results that stays.
struct Stays {
    message: usize,
    /// Its changed results, among all.
    results: Range<usize>,
    /// How many picks stand before it, without the note.
    before: usize,
}

impl Picked {
    /// What stands for such a message, if `results` are what changes in it.
    fn same(&self, stays: &Stays, results: &[Changed]) -> Option<&Pick> {
        let own = self.changes.results.iter().as_slice();
        let is_same = own.get(stays.results.clone()) == Some(results);
        self.picks.get(self.place(stays)).filter(|_| is_same)
    }

    /// Its place among the picks.
    fn place(&self, stays: &Stays) -> usize {
        let note = if stays.before < self.note.start {
            0
        } else {
            self.note.len()
        };
        stays.before + note
    }
}

impl Draft<'_> {
    /// The messages with `changes` made; `None` where a message does not allow its change.
    pub(super) fn picked(&self, changes: &Changes) -> Option<Picked> {
        let mut known = self.picked.borrow_mut();
        let same = known.take_if(|known| known.changes.is_but_for_text(changes));
        let mut picked = match same {
            Some(same) => same,
            None => self.picks(changes, known.as_ref())?,
        };
        let note = self.note(changes)?;
        let end = picked.note.start + note.len();
        picked.picks.splice(picked.note.clone(), note);
        picked.note.end = end;
        Some(picked)
    }

    /// What stands in place of the messages that a summary replaces.
    fn note(&self, changes: &Changes) -> Option<Vec<Pick>> {
        let Some(summary) = &changes.summary else {
            return Some(Vec::new());
        };
        let kept = |index: usize| !changes.removes(index);
        let place = *summary.messages.first()?;
        let entries = summary::entries(self.conversation(), &kept, place, &summary.text);
        let counted = entries.into_iter().map(|raw| {
            let said = count_message(self.read(raw)?, self.counter);
            Some(Pick::New(Arc::new(said)))
        });
        counted.collect()
    }

    /// The messages that are left of the request, without a note. Most are what they were in those that are `known`.
    fn picks(&self, changes: &Changes, known: Option<&Picked>) -> Option<Picked> {
        let summary = changes.summary.as_ref();
        let summarised = summary.map_or(&[] as &[usize], |summary| &summary.messages);
        let place = summarised.first().copied();
        let mut note = 0;
        // All in the order of the messages.
        let mut summarised = summarised.iter().peekable();
        let mut removed = changes.removed.iter().peekable();
        let mut results = changes.results.iter().as_slice();
        let mut reasoning = changes.reasoning.iter().peekable();
        let mut before = known
            .into_iter()
            .flat_map(|known| &known.rewritten)
            .peekable();
        let count = self.counted.messages.len();
        let mut picks = Vec::with_capacity(count + 2);
        let mut rewritten = Vec::with_capacity(results.len());
        for index in 0..count {
            if place == Some(index) {
                note = picks.len();
            }
            let goes = summarised.next_if_eq(&&index).is_some();
            let goes = removed.next_if_eq(&&index).is_some() || goes;
            let own = results.iter();
            let own = own.take_while(|changed| changed.place.message == index);
            let (own, rest) = results.split_at(own.count());
            results = rest;
            let loses_thoughts = reasoning.next_if_eq(&&index).is_some();
            if goes {
                continue;
            }
            if own.is_empty() && !loses_thoughts {
                picks.push(Pick::Kept(index));
                continue;
            }
            while before.next_if(|stays| stays.message < index).is_some() {}
            let same = before.next_if(|stays| stays.message == index);
            let same = known
                .zip(same)
                .filter(|(known, _)| known.changes.reasoning.contains(&index) == loses_thoughts);
            let same = same.and_then(|(known, stays)| known.same(stays, own));
            let pick = match same {
                Some(same) => Some(same.clone()),
                None => {
                    let made = self.rewriting(index, own, loses_thoughts).ok()?;
                    made.map(Pick::New)
                }
            };
            if pick.is_some() && !own.is_empty() {
                let end = changes.results.len() - results.len();
                rewritten.push(Stays {
                    message: index,
                    results: end - own.len()..end,
                    before: picks.len(),
                });
            }
            picks.extend(pick);
        }
        Some(Picked {
            changes: changes.clone(),
            picks,
            note: note..note,
            rewritten,
        })
    }

    /// Where a message with changed texts stands once `changes` are made.
    pub(in crate::plan) fn place_of(&self, changes: &Changes, message: usize) -> Option<usize> {
        let picked = self.picked(changes)?;
        let mut stays = picked.rewritten.iter();
        let stays = stays.find(|stays| stays.message == message)?;
        Some(picked.place(stays))
    }
}
