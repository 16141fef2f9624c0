//! Cuts texts to a number of tokens.
//!
//! A cut is searched between one that fits and one that does not, until the two are neighbours; so it is longest whether
//! or not counts in between rise. Segments bound what is counted again: those away from the cut keep their counts.

use crate::{Keep, Kept};

use super::segment::{Follows, Segment, segments};
use super::{Place, Scratch, Tiling};

/// The part of `text` that [`Encoding::truncate`](crate::Encoding::truncate) describes.
pub(super) fn truncate(tiling: &Tiling, text: &str, limit: u32, keep: Keep) -> Kept {
    let enough = match keep {
        Keep::Head => limit,
        Keep::Tail | Keep::Both => u32::MAX,
    };
    let mut counted = Counted::new(tiling, text, enough);
    let total = counted.total();
    if total <= limit {
        return Kept::whole(text, total, keep);
    }
    match keep {
        Keep::Head => {
            let (head, tokens) = counted.longest_head(limit);
            Kept {
                head,
                tail: text.len(),
                tokens,
            }
        }
        Keep::Tail => {
            let (tail, tokens) = counted.longest_tail(limit);
            Kept {
                head: 0,
                tail,
                tokens,
            }
        }
        Keep::Both => {
            let (head, tokens) = counted.longest_head(limit.div_ceil(2));
            let (tail, tokens) = counted.longest_joined(head, tokens, limit);
            Kept { head, tail, tokens }
        }
    }
}

/// A text, its segments up to where a limit was exceeded, and the tokens of all before each.
struct Counted<'t> {
    tiling: &'t Tiling,
    text: &'t str,
    parts: Vec<(Segment, u32)>,
    total: u32,
    scratch: Scratch,
}

impl<'t> Counted<'t> {
    fn new(tiling: &'t Tiling, text: &'t str, enough: u32) -> Self {
        let mut counted = Self {
            tiling,
            text,
            parts: Vec::new(),
            total: 0,
            scratch: Scratch::default(),
        };
        for segment in segments(text) {
            let raw = text.get(segment.start..segment.end).unwrap_or_default();
            let count = counted.count(raw, segment.follows, u32::MAX);
            counted.parts.push((segment, counted.total));
            counted.total += count.unwrap_or(0);
            if counted.total > enough {
                break;
            }
        }
        counted
    }

    fn total(&self) -> u32 {
        self.total
    }

    fn count(&mut self, raw: &str, follows: Follows, limit: u32) -> Option<u32> {
        self.tiling
            .count_segment(raw, follows, Place::Running, limit, &mut self.scratch)
    }

    /// The last segment that starts before `cut`, if there is one, and the tokens before it.
    fn part_before(&self, cut: usize) -> Option<(Segment, u32)> {
        let after = self.parts.partition_point(|(part, _)| part.start < cut);
        self.parts.get(after.checked_sub(1)?).copied()
    }

    /// Tokens of `text[..cut]`, if they are at most `limit`. A segment's start stays one as long as a character of it is left.
    fn head(&mut self, cut: usize, limit: u32) -> Option<u32> {
        let Some((part, before)) = self.part_before(cut) else {
            return Some(0);
        };
        let raw = self.text.get(part.start..cut).unwrap_or_default();
        let room = limit.checked_sub(before)?;
        Some(before + self.count(raw, Follows::Nothing, room)?)
    }

    fn longest_head(&mut self, limit: u32) -> (usize, u32) {
        // The first segment that does not fit as a whole holds the cut, or is next to it: what follows it can matter.
        let reach = self.parts.partition_point(|&(_, before)| before <= limit);
        let mut fits = (0, 0);
        for i in (0..reach).rev() {
            let start = self.parts.get(i).map_or(0, |(part, _)| part.start);
            if let Some(tokens) = self.head(start, limit) {
                fits = (start, tokens);
                break;
            }
        }
        let mut step = 1;
        let mut longer = self.part_before(fits.0 + 1).map_or(fits.0, |(p, _)| p.end);
        while longer < self.text.len() {
            match self.head(longer, limit) {
                Some(tokens) => fits = (longer, tokens),
                None => break,
            }
            longer = ceil_boundary(self.text, longer + step);
            step *= 2;
        }
        self.search(fits, longer, |this, cut| this.head(cut, limit))
    }

    fn longest_tail(&mut self, limit: u32) -> (usize, u32) {
        // Tokens from a segment's start on do not depend on what is before it.
        let total = self.total;
        let after = self
            .parts
            .partition_point(|&(_, before)| total - before > limit);
        let (start, tokens) = match self.parts.get(after) {
            Some(&(part, before)) => (part.start, total - before),
            None => (self.text.len(), 0),
        };
        let Some((part, _)) = self.part_before(start) else {
            return (start, tokens);
        };
        self.search((start, tokens), part.start, |this, cut| {
            let raw = this.text.get(cut..part.end).unwrap_or_default();
            Some(tokens + this.count(raw, part.follows, limit - tokens)?)
        })
    }

    /// The longest tail with which `text[..head]`, of `tokens`, fits when they are joined.
    fn longest_joined(&mut self, head: usize, tokens: u32, limit: u32) -> (usize, u32) {
        let (from, before) = self
            .part_before(head)
            .map_or((0, 0), |(part, before)| (part.start, before));
        let mut joined = self.text.get(from..head).unwrap_or_default().to_owned();
        let length = joined.len();
        let end = self.text.len();
        self.search((end, tokens), head, |this, cut| {
            let (part, _) = this.part_before(cut + 1)?;
            let next = this.parts.partition_point(|(p, _)| p.start <= part.start);
            let after = match this.parts.get(next) {
                Some(&(_, before)) => this.total - before,
                None => 0,
            };
            joined.truncate(length);
            joined.push_str(this.text.get(cut..part.end).unwrap_or_default());
            let room = limit.checked_sub(before)?.checked_sub(after)?;
            Some(before + after + this.count(&joined, part.follows, room)?)
        })
    }

    /// Closes in on a cut that fits next to one that does not.
    fn search(
        &mut self,
        mut fits: (usize, u32),
        mut not: usize,
        mut count: impl FnMut(&mut Self, usize) -> Option<u32>,
    ) -> (usize, u32) {
        loop {
            let (low, high) = (fits.0.min(not), fits.0.max(not));
            let mut middle = floor_boundary(self.text, low + (high - low) / 2);
            if middle == low {
                middle = ceil_boundary(self.text, low + 1);
            }
            if middle >= high {
                return fits;
            }
            match count(self, middle) {
                Some(tokens) => fits = (middle, tokens),
                None => not = middle,
            }
        }
    }
}

fn floor_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn ceil_boundary(text: &str, mut at: usize) -> usize {
    while at < text.len() && !text.is_char_boundary(at) {
        at += 1;
    }
    at.min(text.len())
}
