//! Counts of texts that return with every turn although no message holds them: tool declarations, response
//! formats, and texts that a provider joins across messages.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use crate::count::CountText;
use crate::plan::worth::{Spread, hashed, is_same};

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

/// Where a text stands; it may take other tokens straight after a role header.
#[derive(Clone, Copy)]
enum Place {
    Running,
    AfterHeader,
}

/// The tokens of a text at each [`Place`] that was asked about.
type Known = [Option<u32>; 2];

/// A text and its tokens. They are found by the text's hash, which is made once: texts may be long. Of two texts with one hash
/// the later is remembered.
struct Held {
    text: Box<str>,
    known: Known,
}

#[derive(Default)]
struct Generation {
    held: HashMap<u64, Held, Spread>,
    bytes: usize,
}

impl Generation {
    fn known(&self, hash: u64, text: &str) -> Option<Known> {
        let held = self.held.get(&hash)?;
        is_same(&held.text, text).then_some(held.known)
    }

    fn take(&mut self, hash: u64, text: &str) -> Option<Held> {
        self.known(hash, text)?;
        self.held.remove(&hash)
    }
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

    fn count_new(&self, text: &str, place: Place) -> u32 {
        self.note(text.len());
        match place {
            Place::Running => self.counter.count_text(text),
            Place::AfterHeader => self.counter.count_after_header(text),
        }
    }

    fn count(&self, text: &str, place: Place) -> u32 {
        if text.len() < LEAST_BYTES || text.len() > self.capacity {
            return self.count_new(text, place);
        }
        let slot = place as usize;
        let hash = hashed(text.as_bytes());
        let young = self.young.borrow().known(hash, text);
        if let Some(tokens) = young.and_then(|known| known[slot]) {
            return tokens;
        }
        let old = match young {
            None => self.old.borrow_mut().take(hash, text),
            Some(_) => None,
        };
        let known = old.as_ref().map(|held| held.known).or(young);
        let mut known = known.unwrap_or_default();
        let tokens = known[slot].unwrap_or_else(|| self.count_new(text, place));
        known[slot] = Some(tokens);
        let text = old.map_or_else(|| text.into(), |held| held.text);
        self.remember(hash, Held { text, known });
        tokens
    }

    fn remember(&self, hash: u64, held: Held) {
        let mut young = self.young.borrow_mut();
        let bytes = held.text.len();
        let own = young.held.get(&hash).map_or(0, |known| known.text.len());
        if young.bytes - own + bytes > self.capacity {
            *self.old.borrow_mut() = std::mem::take(&mut *young);
            young.bytes = bytes;
        } else {
            young.bytes = young.bytes - own + bytes;
        }
        young.held.insert(hash, held);
    }
}

impl<C: CountText> CountText for Memo<C> {
    fn count_text(&self, text: &str) -> u32 {
        self.count(text, Place::Running)
    }

    fn count_after_header(&self, text: &str) -> u32 {
        self.count(text, Place::AfterHeader)
    }

    fn remembers(&self) -> bool {
        true
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
    fn the_two_places_of_a_text_are_kept_apart_and_share_its_room() {
        struct Headed;
        impl CountText for Headed {
            fn count_text(&self, text: &str) -> u32 {
                text.len() as u32
            }
            fn count_after_header(&self, text: &str) -> u32 {
                text.len() as u32 + 1
            }
        }
        let memo = Memo::new(Headed, 1_000);
        for _ in 0..3 {
            assert_eq!(memo.count_text(&text(1)), 100);
            assert_eq!(memo.count_after_header(&text(1)), 101);
        }
        assert_eq!(memo.work(), (2, 200));
        assert_eq!(memo.young.borrow().bytes, 100);
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
        let held = memo.young.borrow().held.len() + memo.old.borrow().held.len();
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
