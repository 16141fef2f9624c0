//! Byte pair merging of pieces of any length, in linear time and constant memory but for vocabularies that are made to prevent it.
//!
//! Windows overlap, and are [joined](super) where they have a token in common.
//!
//! So what is joined is the encoding of the piece once its end is reached, and not before: in theory what follows can change any token. Where a
//! longer window does not have the last token in common, that has happened, and the piece starts anew.

use std::ops::{ControlFlow, Range};

use super::runs::Runs;
use super::vocabulary::Vocabulary;

/// Bytes of a window, so that what is kept of it stays in the caches next to the processor.
const WINDOW: usize = 2048;

/// Places where it is tried whether the text of a window comes again. Then it encodes to the same.
const TRIED: usize = 128;

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
    runs: Runs,
    /// Ends of tokens of the newest window and the one before, from the start of the piece.
    ends: Vec<usize>,
    older: Vec<usize>,
    /// Bytes prepared and pairs queued, for the test that both grow with the length of a piece and no faster.
    #[cfg(test)]
    pub(super) work: usize,
}

impl LongMerge {
    /// Scratch for one vocabulary at a time.
    pub fn new() -> Self {
        Self::with_window(WINDOW)
    }

    pub(super) fn with_window(window: usize) -> Self {
        Self {
            window,
            runs: Runs::new(),
            ends: Vec::new(),
            older: Vec::new(),
            #[cfg(test)]
            work: 0,
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
        self.walk(vocabulary, piece, take, None);
    }

    /// Tokens of `piece`.
    pub fn count(&mut self, vocabulary: &Vocabulary, piece: &[u8]) -> usize {
        let (mut told, mut skipped) = (0, 0);
        let mut take = |ends| {
            match ends {
                Told::End(_) => told += 1,
                Told::Anew => told = 0,
            }
            ControlFlow::Continue(())
        };
        self.walk(vocabulary, piece, &mut take, Some(&mut skipped));
        told + skipped
    }

    /// As [`token_ends`](Self::token_ends). Tokens that come again and again are not told, but added to `skipped`, if that is asked for.
    #[inline(always)]
    fn walk(
        &mut self,
        vocabulary: &Vocabulary,
        piece: &[u8],
        take: &mut (impl FnMut(Told) -> ControlFlow<()> + ?Sized),
        mut skipped: Option<&mut usize>,
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
                    let mut tokens = 0;
                    for &end in ends.take_while(|&&end| end <= join.end) {
                        tokens += 1;
                        if take(Told::End(end)).is_break() {
                            return;
                        }
                    }
                    let step = resume - start;
                    let is_as_before = join.end - common.end == step;
                    common = join;
                    if let Some(skipped) = &mut skipped
                        && is_as_before
                    {
                        let times = self.skip(piece, start, step, window);
                        **skipped += times * tokens;
                        let bytes = times * step;
                        common = common.start + bytes..common.end + bytes;
                        start += bytes;
                    }
                    start += step;
                }
                None => {
                    window *= 2;
                    self.encode(vocabulary, piece, start, start + window);
                    if !self.has(start, &common) {
                        if take(Told::Anew).is_break() {
                            return;
                        }
                        if let Some(skipped) = &mut skipped {
                            **skipped = 0;
                        }
                        (common, start) = (0..0, 0);
                        self.encode(vocabulary, piece, start, start + window);
                    }
                }
            }
        }
    }

    /// Skips steps that do what the last one did, which started at `start`, was `step` bytes long, and has told the tokens up to a place that
    /// is as far on. How many they are.
    #[inline(never)]
    fn skip(&mut self, piece: &[u8], start: usize, step: usize, window: usize) -> usize {
        // A step reads the window where it starts, and windows that start in that one. Where all this is alike, so are its tokens, and what
        // it does.
        let read = 2 * window;
        let alike = alike(&piece[start..], &piece[start + step..]);
        let times = match alike.checked_sub(read) {
            Some(more) => more / step + 1,
            None => 0,
        };
        for end in &mut self.ends {
            *end += times * step;
        }
        times
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
        let characters = vocabulary.characters();
        self.runs.start(vocabulary, bytes);
        self.runs.merge_all(vocabulary);
        #[cfg(test)]
        {
            self.work += bytes.len() + std::mem::take(&mut self.runs.queued);
        }
        self.ends.clear();
        let mut end = 0;
        for run in self.runs.iter() {
            for _ in 0..run.repeats {
                end = match characters {
                    None => end + run.length as usize,
                    // Of the window: where it ends, it has bytes of a character that the piece has whole.
                    Some(characters) => {
                        (0..run.length).fold(end, |end, _| characters.symbol(bytes, end).1)
                    }
                };
                self.ends.push(start + end);
            }
        }
        &self.ends
    }
}

/// How many bytes two texts have in common, from the first on; up to fifteen less.
fn alike(one: &[u8], other: &[u8]) -> usize {
    let chunks = one.as_chunks::<16>().0.iter().zip(other.as_chunks().0);
    let equal =
        |(a, b): &(&[u8; 16], &[u8; 16])| u128::from_le_bytes(**a) == u128::from_le_bytes(**b);
    16 * chunks.take_while(equal).count()
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
