//! Merges a text whose tokens are kept as runs: a token, and how often it follows itself.
//!
//! A merge makes pairs of higher ids only (vocabularies of others are refused when they are read), and each id joins one pair of tokens.
//! So when the turn of a pair of equal tokens comes, all that will ever be of their run is there, and the whole run is merged at
//! once, from its left end: of 80 equal bytes each merge halves what is left. Where neighbours differ, a pair is the last token of one run and
//! the first of the next.

use super::merging::{CLOSED_FROM, first_token};
use super::queue::Queue;
use super::vocabulary::{NONE, Vocabulary};

/// Instead of a place: none that is no longer used.
const NEW: u32 = u32::MAX;

/// A token and how often it follows itself. Neighbouring runs are of different tokens.
#[derive(Clone, Copy, Default)]
pub(super) struct Run {
    token: u32,
    /// What its last token and the first of the next run become.
    merge: u32,
    next: u32,
    previous: u32,
    /// None if it is no longer in the text.
    pub repeats: u32,
    /// Of each of its tokens: bytes, or characters where the vocabulary starts from them. (These may be written in two ways.)
    pub length: u32,
}

/// Runs of the tokens of a text, and the pairs among them.
pub(super) struct Runs {
    /// In any order. The first one is none: it is before the first of the text and after the last.
    all: Vec<Run>,
    queue: Queue,
    #[cfg(test)]
    pub queued: usize,
}

impl Runs {
    /// Of nothing.
    pub fn new() -> Self {
        Self {
            all: Vec::new(),
            queue: Queue::new(),
            #[cfg(test)]
            queued: 0,
        }
    }

    /// In the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = Run> {
        let next = |run: &Run| Some(self.all[run.next as usize]).filter(|_| run.next != 0);
        std::iter::successors(next(&self.all[0]), next)
    }

    /// Makes runs of the first tokens of `text`, and queues their pairs. Closed characters are such tokens.
    #[inline(never)]
    pub fn start(&mut self, vocabulary: &Vocabulary, text: &[u8]) {
        let characters = vocabulary.characters();
        self.queue.restart();
        self.all.clear();
        self.all.push(Run::default());
        let mut last = NONE;
        let mut own = 0;
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            let (token, end) = if characters.is_none() && byte < CLOSED_FROM {
                (vocabulary.byte(byte), at + 1)
            } else {
                first_token(vocabulary, characters, text, at)
            };
            let length = match characters {
                None => (end - at) as u32,
                Some(_) => 1,
            };
            at = end;
            if own != 0 {
                let run = &mut self.all[own as usize];
                let merge = vocabulary.join_first(last, token);
                if token == last {
                    run.repeats += 1;
                    if run.repeats == 2 {
                        self.enqueue(own, merge);
                    }
                    continue;
                }
                run.merge = merge;
                run.next = own + 1;
                self.enqueue(own, merge);
            }
            self.all.push(Run {
                token,
                merge: NONE,
                next: 0,
                previous: own,
                repeats: 1,
                length,
            });
            last = token;
            own += 1;
        }
        self.all[0].next = 1;
        self.all[0].previous = own;
    }

    /// Merges until nothing merges any more.
    // A function of its own: one that held the start as well would be slower.
    #[inline(never)]
    pub fn merge_all(&mut self, vocabulary: &Vocabulary) {
        while let Some((merge, at)) = self.queue.pop() {
            self.merge(vocabulary, at, merge);
        }
    }

    #[inline(always)]
    fn enqueue(&mut self, at: u32, merge: u32) {
        if merge != NONE {
            self.queue.push(merge, at);
            #[cfg(test)]
            {
                self.queued += 1;
            }
        }
    }

    /// Merges what becomes `merge` of the run at `at`, with itself or with the next one, unless other merges have changed that.
    #[inline(always)]
    fn merge(&mut self, vocabulary: &Vocabulary, at: u32, merge: u32) {
        let run = &mut self.all[at as usize];
        let mut made = Run {
            token: merge,
            ..*run
        };
        let mut place = at;
        if run.merge == merge {
            made.repeats = 1;
            run.repeats -= 1;
            if run.repeats != 0 {
                made.previous = at;
                place = NEW;
            }
            let second = &mut self.all[made.next as usize];
            made.length += second.length;
            second.repeats -= 1;
            if second.repeats == 0 {
                second.merge = NONE;
                place = place.min(made.next);
                made.next = second.next;
            }
        } else if run.repeats > 1 && vocabulary.join_first(run.token, run.token) == merge {
            made.repeats /= 2;
            made.length *= 2;
            run.repeats %= 2;
            if run.repeats != 0 {
                made.next = at;
                place = NEW;
            }
        } else {
            return;
        }
        // Rarely: so what takes up neighbours is elsewhere.
        let mut is_queued = false;
        let token = |place: u32| self.all[place as usize].token;
        if place == NEW || token(made.previous) == merge || token(made.next) == merge {
            (place, is_queued) = self.place(&mut made, place);
        }
        if made.repeats > 1 && !is_queued {
            self.enqueue(place, vocabulary.join(merge, merge));
        }
        let [left, right] = [made.previous, made.next].map(|place| self.all[place as usize].token);
        let [right, left] = vocabulary.joined_both([
            vocabulary.joining(merge, right),
            vocabulary.joining(left, merge),
        ]);
        made.merge = right;
        self.all[place as usize] = made;
        let before = &mut self.all[made.previous as usize];
        before.next = place;
        before.merge = left;
        self.all[made.next as usize].previous = place;
        self.enqueue(place, right);
        self.enqueue(made.previous, left);
    }

    /// Takes neighbours of the same token into a run that is to be at `place`. Where it goes, and whether its pairs are queued for that place.
    #[inline(never)]
    fn place(&mut self, made: &mut Run, mut place: u32) -> (u32, bool) {
        if place == NEW {
            place = self.all.len() as u32;
            self.all.push(Run::default());
        }
        let right = self.all[made.next as usize];
        if right.token == made.token {
            // It may be in the queue still, and is to be known as none.
            self.all[made.next as usize] = Run::default();
            made.repeats += right.repeats;
            made.next = right.next;
        }
        let left = self.all[made.previous as usize];
        if left.token != made.token {
            return (place, false);
        }
        self.all[place as usize] = Run::default();
        place = made.previous;
        made.repeats += left.repeats;
        made.previous = left.previous;
        (place, left.repeats > 1)
    }
}

#[cfg(test)]
#[path = "runs_tests.rs"]
mod tests;
