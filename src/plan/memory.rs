//! Counts of texts that a search comes back to.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::count::CountText;

use super::worth::{Spread, hashed, is_same};

/// Remembers what it has counted, unless the counter does: a search projects many variants of one request, whose declarations,
/// instructions and parallel turns are the same texts over and over.
pub(crate) struct Memory<'a> {
    counter: &'a dyn CountText,
    seen: RefCell<Texts>,
    seen_after_header: RefCell<Texts>,
}

/// By their hashes. Of two texts with one hash the first is remembered.
type Texts = HashMap<u64, (Box<str>, u32), Spread>;
/// Longest text that is remembered, in bytes: transcripts for a summary are counted once.
const LONGEST: usize = 1 << 16;

fn remembered(seen: &RefCell<Texts>, text: &str, count: impl Fn() -> u32) -> u32 {
    if text.len() > LONGEST {
        return count();
    }
    let hash = hashed(text.as_bytes());
    match seen.borrow().get(&hash) {
        Some((known, tokens)) if is_same(known, text) => return *tokens,
        Some(_) => return count(),
        None => {}
    }
    let tokens = count();
    seen.borrow_mut().insert(hash, (text.into(), tokens));
    tokens
}

impl<'a> Memory<'a> {
    pub(crate) fn new(counter: &'a dyn CountText) -> Self {
        Self {
            counter,
            seen: RefCell::default(),
            seen_after_header: RefCell::default(),
        }
    }
}

impl CountText for Memory<'_> {
    fn remembers(&self) -> bool {
        true
    }

    fn count_text(&self, text: &str) -> u32 {
        if self.counter.remembers() {
            return self.counter.count_text(text);
        }
        remembered(&self.seen, text, || self.counter.count_text(text))
    }

    fn count_after_header(&self, text: &str) -> u32 {
        if self.counter.remembers() {
            return self.counter.count_after_header(text);
        }
        let count = || self.counter.count_after_header(text);
        remembered(&self.seen_after_header, text, count)
    }
}
