//! Byte pair merging of pieces of any length, in linear time and constant memory.
//!
//! Within a window, pairs wait in a queue that has the lowest merge first. Windows overlap. Two neighbouring tokens of a
//! correct encoding are what their own text encodes to, and an encoding is correct if all its neighbours are so;
//! therefore two encodings with one token in common, at the same place, may be joined there.

use std::ops::ControlFlow;

use super::characters::Characters;
use super::queue::Queue;
use super::vocabulary::{NONE, Vocabulary};

/// Bytes of a window, so that its arrays stay in a first-level cache.
const WINDOW: usize = 2048;

/// No position.
const NIL: u32 = u32::MAX;

/// Scratch memory, kept between pieces.
pub(crate) struct LongMerge {
    window: usize,
    tokens: Vec<u32>,
    merges: Vec<u32>,
    next: Vec<u32>,
    previous: Vec<u32>,
    queue: Queue,
    /// Ends of tokens of the newest window and the one before, from the start of the piece.
    ends: Vec<usize>,
    older: Vec<usize>,
    /// Bytes prepared and pairs queued, for the test that both grow with the length of a piece and no faster.
    #[cfg(test)]
    pub(super) work: usize,
    #[cfg(test)]
    queued: usize,
}

impl LongMerge {
    /// Scratch for one vocabulary at a time.
    pub fn new() -> Self {
        Self::with_window(WINDOW)
    }

    pub(super) fn with_window(window: usize) -> Self {
        Self {
            window,
            tokens: Vec::new(),
            merges: Vec::new(),
            next: Vec::new(),
            previous: Vec::new(),
            queue: Queue::new(),
            ends: Vec::new(),
            older: Vec::new(),
            #[cfg(test)]
            work: 0,
            #[cfg(test)]
            queued: 0,
        }
    }

    /// Hands the end of every token of `piece` to `take`, in order, until it breaks.
    pub fn token_ends(
        &mut self,
        vocabulary: &Vocabulary,
        piece: &[u8],
        mut take: impl FnMut(usize) -> ControlFlow<()>,
    ) {
        let mut window = self.window;
        // Everything up to `done` has been handed out; `start` is where the newest window starts.
        let mut done = 0;
        let mut start = 0;
        self.encode(vocabulary, piece, start, start + window);
        loop {
            let stop = start + window;
            if stop >= piece.len() {
                for &end in self.ends.iter().filter(|&&end| end > done) {
                    if take(end).is_break() {
                        return;
                    }
                }
                return;
            }
            let latest = stop - window / 8;
            let resume = self.ends.iter().rev().copied().find(|&end| end <= latest);
            let joined = match resume.filter(|&resume| resume > start && resume >= done) {
                None => None,
                Some(resume) => {
                    std::mem::swap(&mut self.ends, &mut self.older);
                    self.encode(vocabulary, piece, resume, resume + window);
                    common_token(&self.older, &self.ends, resume).map(|join| (resume, join))
                }
            };
            match joined {
                Some((resume, join)) => {
                    for &end in self.older.iter().filter(|&&end| end > done && end <= join) {
                        if take(end).is_break() {
                            return;
                        }
                    }
                    done = join;
                    start = resume;
                }
                None => {
                    window *= 2;
                    self.encode(vocabulary, piece, start, start + window);
                }
            }
        }
    }

    /// The ends of the tokens of `piece[start..stop]`, from the start of the piece.
    pub fn encode(
        &mut self,
        vocabulary: &Vocabulary,
        piece: &[u8],
        start: usize,
        stop: usize,
    ) -> &[usize] {
        let bytes = &piece[start..stop.min(piece.len())];
        self.prepare(vocabulary, bytes);
        while let Some((merge, at)) = self.queue.pop() {
            // Another merge may have changed the pair.
            if self.merges[at as usize] == merge {
                self.merge_run(vocabulary, at, merge);
            }
        }
        #[cfg(test)]
        {
            self.work += bytes.len() + std::mem::take(&mut self.queued);
        }
        self.ends.clear();
        let mut at = 0;
        while at < bytes.len() {
            at = self.next[at] as usize;
            self.ends.push(start + at);
        }
        &self.ends
    }

    fn prepare(&mut self, vocabulary: &Vocabulary, bytes: &[u8]) {
        let length = bytes.len() as u32;
        self.tokens.clear();
        self.tokens
            .extend(bytes.iter().map(|&byte| vocabulary.byte(byte)));
        self.next.clear();
        self.next.extend(1..=length);
        self.previous.clear();
        self.previous.push(NIL);
        self.previous.extend(0..length.saturating_sub(1));
        self.merges.clear();
        self.queue.restart();
        if let Some(characters) = vocabulary.characters() {
            self.prepare_characters(vocabulary, characters, bytes);
            return;
        }
        for (at, pair) in bytes.windows(2).enumerate() {
            let merge = vocabulary.join_bytes(pair[0], pair[1]);
            self.merges.push(merge);
            self.enqueue(at as u32, merge);
        }
        self.merges.push(NONE);
    }

    /// Joins the bytes of each character, and queues pairs of symbols.
    fn prepare_characters(
        &mut self,
        vocabulary: &Vocabulary,
        characters: &Characters,
        bytes: &[u8],
    ) {
        self.merges.resize(bytes.len(), NONE);
        let mut before = None;
        let mut at = 0;
        while at < bytes.len() {
            let (token, end) = characters.symbol(bytes, at);
            self.tokens[at] = token;
            self.next[at] = end as u32;
            if let Some(before) = before {
                self.previous[at] = before as u32;
                let merge = vocabulary.join_first(self.tokens[before], token);
                self.merges[before] = merge;
                self.enqueue(before as u32, merge);
            }
            before = Some(at);
            at = end;
        }
    }

    #[inline]
    fn enqueue(&mut self, at: u32, merge: u32) {
        if merge != NONE {
            self.queue.push(merge, at);
            #[cfg(test)]
            {
                self.queued += 1;
            }
        }
    }

    /// Merges the pair at `at`. In a run of one token, a pair can overlap the next: such a run is
    /// merged as a whole, from its left end.
    fn merge_run(&mut self, vocabulary: &Vocabulary, mut at: u32, merge: u32) {
        let token = self.tokens[at as usize];
        let second = self.next[at as usize] as usize;
        if self.tokens[second] != token {
            self.merge_pair(vocabulary, at, merge);
            return;
        }
        while let Some(before) = self.before(at)
            && self.tokens[before as usize] == token
        {
            at = before;
        }
        while self.merges[at as usize] == merge {
            let after = self.next[self.next[at as usize] as usize];
            self.merge_pair(vocabulary, at, merge);
            if after as usize >= self.tokens.len() {
                break;
            }
            at = after;
        }
    }

    fn merge_pair(&mut self, vocabulary: &Vocabulary, at: u32, merge: u32) {
        let first = at as usize;
        let second = self.next[first] as usize;
        let after = self.next[second] as usize;
        self.tokens[first] = merge;
        self.next[first] = after as u32;
        self.merges[second] = NONE;
        self.merges[first] = match self.tokens.get(after) {
            None => NONE,
            Some(&right) => {
                self.previous[after] = at;
                vocabulary.join(merge, right)
            }
        };
        self.enqueue(at, self.merges[first]);
        if let Some(before) = self.before(at) {
            let pair = vocabulary.join(self.tokens[before as usize], merge);
            self.merges[before as usize] = pair;
            self.enqueue(before, pair);
        }
    }

    fn before(&self, at: u32) -> Option<u32> {
        Some(self.previous[at as usize]).filter(|&before| before != NIL)
    }
}

/// The end of the first token that both encodings have, at or after `from`, where the second one starts.
fn common_token(older: &[usize], newer: &[usize], from: usize) -> Option<usize> {
    let mut older = older
        .iter()
        .copied()
        .skip_while(|&end| end <= from)
        .peekable();
    let mut newer = newer.iter().copied().peekable();
    let mut start = Some(from);
    while let (Some(&a), Some(&b)) = (older.peek(), newer.peek()) {
        if a == b {
            if start.is_some() {
                return Some(a);
            }
            start = Some(a);
        } else {
            start = None;
        }
        if a <= b {
            older.next();
        }
        if b <= a {
            newer.next();
        }
    }
    None
}
