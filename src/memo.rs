//! Counts of texts that return with every turn although no message holds them: tool declarations, response
//! formats, and texts that a provider joins across messages.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use crate::count::CountText;

/// Shorter texts are counted faster than they are looked up.
const LEAST_BYTES: usize = 64;

/// A counter that remembers, within bounds.
///
/// Two generations: when the young one is full, the old one is forgotten. What is asked for at every turn is
/// carried over each time.
pub struct Memo<C> {
    counter: C,
    capacity: usize,
    young: RefCell<Generation>,
    old: RefCell<Generation>,
    texts: Cell<u64>,
    bytes: Cell<u64>,
}

#[derive(Default)]
struct Generation {
    tokens: HashMap<Box<str>, u32>,
    bytes: usize,
}

impl<C: CountText> Memo<C> {
    /// Remembers what `counter` says of texts of at most `capacity` bytes in total, twice.
    pub fn new(counter: C, capacity: usize) -> Self {
        Self {
            counter,
            capacity,
            young: RefCell::default(),
            old: RefCell::default(),
            texts: Cell::new(0),
            bytes: Cell::new(0),
        }
    }

    /// The counter itself.
    pub fn counter(&self) -> &C {
        &self.counter
    }

    /// Texts and bytes that had to be counted so far.
    pub fn work(&self) -> (u64, u64) {
        (self.texts.get(), self.bytes.get())
    }

    /// Notes that the counter was asked directly about a text of this length.
    pub fn note(&self, bytes: usize) {
        self.texts.set(self.texts.get() + 1);
        self.bytes.set(self.bytes.get() + bytes as u64);
    }

    fn count_new(&self, text: &str) -> u32 {
        self.note(text.len());
        self.counter.count_text(text)
    }

    fn remember(&self, text: Box<str>, tokens: u32) {
        let mut young = self.young.borrow_mut();
        if young.bytes + text.len() > self.capacity {
            *self.old.borrow_mut() = std::mem::take(&mut *young);
        }
        young.bytes += text.len();
        young.tokens.insert(text, tokens);
    }
}

impl<C: CountText> CountText for Memo<C> {
    fn count_text(&self, text: &str) -> u32 {
        if text.len() < LEAST_BYTES || text.len() > self.capacity {
            return self.count_new(text);
        }
        if let Some(tokens) = self.young.borrow().tokens.get(text) {
            return *tokens;
        }
        let kept = self.old.borrow_mut().tokens.remove_entry(text);
        let (text, tokens) = kept.unwrap_or_else(|| (text.into(), self.count_new(text)));
        self.remember(text, tokens);
        tokens
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Bytes;

    impl CountText for Bytes {
        fn count_text(&self, text: &str) -> u32 {
            text.len() as u32
        }
    }

    fn text(seed: usize) -> String {
        format!("{seed:0>100}")
    }

    #[test]
    fn a_text_is_counted_once() {
        let memo = Memo::new(Bytes, 1_000);
        assert_eq!(
            (memo.count_text(&text(1)), memo.count_text(&text(1))),
            (100, 100)
        );
        assert_eq!(memo.work(), (1, 100));
    }

    #[test]
    fn what_is_asked_for_every_turn_is_never_counted_again() {
        let memo = Memo::new(Bytes, 1_000);
        for turn in 1..500 {
            assert_eq!(memo.count_text(&text(0)), 100);
            assert_eq!(memo.count_text(&text(turn)), 100);
        }
        assert_eq!(memo.work().0, 500);
    }

    #[test]
    fn memory_is_bounded() {
        let memo = Memo::new(Bytes, 1_000);
        for seed in 0..500 {
            memo.count_text(&text(seed));
        }
        let held = memo.young.borrow().tokens.len() + memo.old.borrow().tokens.len();
        assert!(
            held <= 20,
            "{held} texts of 100 bytes in two generations of 1000"
        );
    }

    #[test]
    fn a_text_larger_than_the_memo_is_counted_each_time() {
        let memo = Memo::new(Bytes, 50);
        memo.count_text(&text(1));
        memo.count_text(&text(1));
        assert_eq!(memo.work().0, 2);
    }
}
