//! Byte pair merging of pieces of any length, in linear time and constant memory but for vocabularies that are made to prevent it.
//!
//! Within a window, pairs wait in a queue that has the lowest merge first. Windows overlap. Two neighbouring tokens of a
//! correct encoding are what their own text encodes to, and an encoding is correct if all its neighbours are so;
//! therefore two encodings with one token in common, at the same place, may be joined there.
//!
//! So what is joined is the encoding of the piece once its end is reached, and not before: in theory what follows can change any token. Where a
//! longer window does not have the last token in common, that has happened, and the piece starts anew.

use std::ops::{ControlFlow, Range};

use super::characters::Characters;
use super::queue::Queue;
use super::vocabulary::{NONE, Vocabulary};

/// Bytes of a window, so that its arrays stay in a first-level cache.
const WINDOW: usize = 2048;

/// Places where it is tried whether the text of a window comes again. Then it encodes to the same.
const TRIED: usize = 128;

/// A byte of a window, where a token may start.
#[derive(Clone, Copy)]
struct Place {
    token: u32,
    /// What it and the next one become.
    merge: u32,
    next: u32,
    previous: u32,
}

/// What is told of the tokens of a piece.
#[derive(Clone, Copy)]
pub(crate) enum Told {
    /// The end of the next one.
    End(usize),
    /// What was told so far does not hold; the first one comes next.
    Anew,
}

/// Scratch memory, kept between pieces.
pub(crate) struct LongMerge {
    window: usize,
    places: Vec<Place>,
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
            places: Vec::new(),
            queue: Queue::new(),
            ends: Vec::new(),
            older: Vec::new(),
            #[cfg(test)]
            work: 0,
            #[cfg(test)]
            queued: 0,
        }
    }

    /// Hands the end of every token of `piece` to `take`, in order, until it breaks; in rare cases more than once. Only at the end of the
    /// piece is it certain.
    pub fn token_ends(
        &mut self,
        vocabulary: &Vocabulary,
        piece: &[u8],
        take: &mut dyn FnMut(Told) -> ControlFlow<()>,
    ) {
        let mut window = self.window;
        // The newest token in common; everything up to its end has been handed out. `start` is where the newest window starts.
        let mut common = 0..0;
        let mut start = 0;
        self.encode(vocabulary, piece, start, start + window);
        loop {
            let stop = start + window;
            if stop >= piece.len() {
                for &end in self.ends.iter().filter(|&&end| end > common.end) {
                    if take(Told::End(end)).is_break() {
                        return;
                    }
                }
                return;
            }
            match self.encode_next(vocabulary, piece, start..stop, common.end) {
                Some((resume, join)) => {
                    let done = common.end;
                    let ends = self.older.iter().filter(|&&end| end > done);
                    for &end in ends.take_while(|&&end| end <= join.end) {
                        if take(Told::End(end)).is_break() {
                            return;
                        }
                    }
                    common = join;
                    start = resume;
                }
                None => {
                    window *= 2;
                    self.encode(vocabulary, piece, start, start + window);
                    if !self.has(start, &common) {
                        if take(Told::Anew).is_break() {
                            return;
                        }
                        (common, start) = (0..0, 0);
                        self.encode(vocabulary, piece, start, start + window);
                    }
                }
            }
        }
    }

    /// Whether the newest window, which starts at `start`, has `token`; of the beginning of the piece it need not have any.
    fn has(&self, start: usize, token: &Range<usize>) -> bool {
        let starts = |before: &usize| match before.checked_sub(1) {
            None => token.start == start,
            Some(before) => self.ends[before] == token.start,
        };
        token.end == 0
            || self
                .ends
                .binary_search(&token.end)
                .is_ok_and(|at| starts(&at))
    }

    /// Encodes the window after one that has been. Where it starts, and a token that both have; `None` if they have none.
    // A function of its own, for there are several of what calls it.
    #[inline(never)]
    fn encode_next(
        &mut self,
        vocabulary: &Vocabulary,
        piece: &[u8],
        Range { start, end: stop }: Range<usize>,
        done: usize,
    ) -> Option<(usize, Range<usize>)> {
        let window = stop - start;
        let text = &piece[start..stop];
        let latest = stop - window / 8;
        let late = self.ends.partition_point(|&end| end <= latest);
        let is_after = |end: &usize| *end > start && *end >= done;
        let ends = self.ends[..late].iter().copied().rev().take_while(is_after);
        let last = ends.clone().next()?;
        let again = ends.take(TRIED).find(|&end| {
            let next = piece.get(end..end + window);
            next.is_some_and(|next| next.last_chunk::<8>() == text.last_chunk() && next == text)
        });
        let resume = again.unwrap_or(last);
        let repeats = again.is_some();
        std::mem::swap(&mut self.ends, &mut self.older);
        if repeats {
            self.ends.clear();
            let ends = self.older.iter().map(|end| end + (resume - start));
            self.ends.extend(ends);
        } else {
            self.encode(vocabulary, piece, resume, resume + window);
        }
        common_token(&self.older, &self.ends, resume).map(|join| (resume, join))
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
            if self.places[at as usize].merge == merge {
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
            at = self.places[at].next as usize;
            self.ends.push(start + at);
        }
        &self.ends
    }

    fn prepare(&mut self, vocabulary: &Vocabulary, bytes: &[u8]) {
        self.places.clear();
        self.queue.restart();
        let places = bytes.iter().zip(0_u32..).map(|(&byte, at)| Place {
            token: vocabulary.byte(byte),
            merge: NONE,
            next: at + 1,
            previous: at.wrapping_sub(1),
        });
        self.places.extend(places);
        if let Some(characters) = vocabulary.characters() {
            self.prepare_characters(vocabulary, characters, bytes);
            return;
        }
        for (at, pair) in bytes.windows(2).enumerate() {
            let merge = vocabulary.join_bytes(pair[0], pair[1]);
            self.places[at].merge = merge;
            self.enqueue(at as u32, merge);
        }
    }

    /// Joins the bytes of each character, and queues pairs of symbols.
    fn prepare_characters(
        &mut self,
        vocabulary: &Vocabulary,
        characters: &Characters,
        bytes: &[u8],
    ) {
        let mut before: Option<usize> = None;
        let mut at = 0;
        while at < bytes.len() {
            let (token, end) = characters.symbol(bytes, at);
            self.places[at].token = token;
            self.places[at].next = end as u32;
            if let Some(before) = before {
                self.places[at].previous = before as u32;
                let merge = vocabulary.join_first(self.places[before].token, token);
                self.places[before].merge = merge;
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
        let Place { token, next, .. } = self.places[at as usize];
        if self.places[next as usize].token != token {
            self.merge_pair(vocabulary, at, merge);
            return;
        }
        while let previous = self.places[at as usize].previous
            && let Some(before) = self.places.get(previous as usize)
            && before.token == token
        {
            at = previous;
        }
        while let Some(place) = self.places.get(at as usize)
            && place.merge == merge
        {
            at = self.merge_pair(vocabulary, at, merge);
        }
    }

    /// Where the next token starts.
    fn merge_pair(&mut self, vocabulary: &Vocabulary, at: u32, merge: u32) -> u32 {
        let Place { next, previous, .. } = self.places[at as usize];
        let second = &mut self.places[next as usize];
        second.merge = NONE;
        let after = second.next;
        let mut right = NONE;
        if let Some(place) = self.places.get_mut(after as usize) {
            place.previous = at;
            right = vocabulary.join(merge, place.token);
            self.enqueue(at, right);
        }
        self.places[at as usize] = Place {
            token: merge,
            merge: right,
            next: after,
            previous,
        };
        if let Some(before) = self.places.get_mut(previous as usize) {
            let left = vocabulary.join(before.token, merge);
            before.merge = left;
            self.enqueue(previous, left);
        }
        after
    }
}

/// The first token that both encodings have, at or after `from`, where the second one starts.
fn common_token(older: &[usize], newer: &[usize], from: usize) -> Option<Range<usize>> {
    let mut older = older
        .iter()
        .copied()
        .skip_while(|&end| end <= from)
        .peekable();
    let mut newer = newer.iter().copied().peekable();
    let mut start = Some(from);
    while let (Some(&a), Some(&b)) = (older.peek(), newer.peek()) {
        if a == b {
            if let Some(start) = start {
                return Some(start..a);
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
