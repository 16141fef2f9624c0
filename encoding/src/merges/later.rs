//! Tables of the merges that are built once many pieces need them: for a few they take longer than they save.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::edges::ThreeBytes;
use super::short_tokens::ShortTokens;
use super::vocabulary::Vocabulary;

/// Characters of three bytes, or bytes of giant pieces of them, after which they are found out.
const BEFORE_THREE: u32 = 50_000;

/// Times that pieces were not known, after which the short tokens are found out.
const BEFORE_SHORT: u32 = 200;

/// See the module.
pub(super) struct Later {
    three: OnceLock<ThreeBytes>,
    before_three: AtomicU32,
    short: OnceLock<ShortTokens>,
    before_short: AtomicU32,
    longest: OnceLock<usize>,
    /// All merges in the order of their ids, until the characters of three bytes are known.
    pairs: Mutex<Vec<(u32, u32)>>,
}

impl Later {
    /// Of the merges `pairs`, in the order of their ids.
    pub fn new(pairs: Vec<(u32, u32)>) -> Self {
        Self {
            three: OnceLock::new(),
            before_three: AtomicU32::new(BEFORE_THREE),
            short: OnceLock::new(),
            before_short: AtomicU32::new(BEFORE_SHORT),
            longest: OnceLock::new(),
            pairs: Mutex::new(pairs),
        }
    }

    /// The short tokens of `vocabulary`, whose tables these are, once they have been asked for often enough.
    #[inline]
    pub fn short_tokens(&self, vocabulary: &Vocabulary) -> Option<&ShortTokens> {
        match self.short.get() {
            None => self.first_short_tokens(vocabulary),
            known => known,
        }
    }

    #[cold]
    fn first_short_tokens(&self, vocabulary: &Vocabulary) -> Option<&ShortTokens> {
        if count_down(&self.before_short, 1) {
            return None;
        }
        Some(self.short(vocabulary, &self.pairs()))
    }

    fn short(&self, vocabulary: &Vocabulary, pairs: &[(u32, u32)]) -> &ShortTokens {
        self.short
            .get_or_init(|| ShortTokens::new(vocabulary, pairs))
    }

    /// What characters of three bytes become in `vocabulary`, whose tables these are, once it has been asked for often enough; `times` is
    /// how often this is.
    #[inline]
    pub fn three_bytes(&self, vocabulary: &Vocabulary, times: u32) -> Option<&ThreeBytes> {
        match self.three.get() {
            None => self.first_three_bytes(vocabulary, times),
            known => known,
        }
    }

    #[cold]
    fn first_three_bytes(&self, vocabulary: &Vocabulary, times: u32) -> Option<&ThreeBytes> {
        if count_down(&self.before_three, times) {
            return None;
        }
        let three = self.three.get_or_init(|| {
            let mut pairs = self.pairs();
            // They are needed for this as well, and gone afterwards.
            self.short(vocabulary, &pairs);
            self.longest_of(&pairs, vocabulary);
            ThreeBytes::new(vocabulary, &std::mem::take(&mut *pairs))
        });
        Some(three)
    }

    /// Bytes of the longest token of `vocabulary`, whose tables these are, at most.
    pub fn longest(&self, vocabulary: &Vocabulary) -> usize {
        match self.longest.get() {
            Some(&longest) => longest,
            None => self.longest_of(&self.pairs(), vocabulary),
        }
    }

    #[inline(never)]
    fn longest_of(&self, pairs: &[(u32, u32)], vocabulary: &Vocabulary) -> usize {
        *self.longest.get_or_init(|| {
            let first = vocabulary.characters().map_or(1, |_| char::MAX.len_utf8());
            let mut lengths = vec![first; vocabulary.first_id() as usize];
            for &(left, right) in pairs {
                lengths.push(lengths[left as usize].saturating_add(lengths[right as usize]));
            }
            lengths.into_iter().max().unwrap_or(first)
        })
    }

    /// All merges in the order of their ids, unless the characters have been found out.
    pub fn pairs(&self) -> MutexGuard<'_, Vec<(u32, u32)>> {
        self.pairs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes so many times off `before`; whether there were enough of them. Threads may take each other's turn: the table then comes a little
/// later.
fn count_down(before: &AtomicU32, times: u32) -> bool {
    let left = before.load(Ordering::Relaxed);
    let enough = left >= times;
    if enough {
        before.store(left - times, Ordering::Relaxed);
    }
    enough
}
