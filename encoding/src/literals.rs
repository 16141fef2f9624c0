//! Strings that are one token wherever they stand in a text: added tokens, user-defined symbols.
//!
//! They are found leftmost first, and the longest of those that start at one place, as Hugging Face tokenizers finds them
//! (`AddedVocabulary`, an Aho-Corasick automaton). Few bytes of a text start one, so a table of pairs of bytes rules
//! out nearly all places.

use std::ops::Range;

use crate::order::sorted;
use crate::pack::Literal;
use crate::pieces::is_word;
#[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
use crate::pieces::seam;

/// A set of literals, ready to be looked for.
pub(crate) struct Literals {
    /// Ascending by text.
    entries: Vec<Literal>,
    /// A bit per pair of bytes that some literal starts with; a literal of one byte sets all pairs with it.
    pairs: Vec<u64>,
}

/// A literal in a text, with the whitespace that it takes along.
pub(crate) struct Found<'a> {
    /// What was found.
    pub literal: &'a Literal,
    /// Where.
    pub place: Range<usize>,
}

impl Literals {
    /// `None` of no literals.
    pub fn new(mut entries: Vec<Literal>) -> Option<Self> {
        // An empty one would be found without end.
        entries.retain(|entry| !entry.text.is_empty());
        if entries.is_empty() {
            return None;
        }
        let mut entries = sorted(entries, |a, b| a.text.cmp(&b.text));
        entries.dedup_by(|a, b| a.text == b.text);
        let mut pairs = vec![0; 1 << 10];
        for entry in &entries {
            match *entry.text.as_bytes() {
                [] => {}
                [first] => {
                    let words = usize::from(first) * 4;
                    pairs[words..words + 4].fill(u64::MAX);
                }
                [first, second, ..] => set(&mut pairs, first, second),
            }
        }
        Some(Self { entries, pairs })
    }

    /// The literals of `text`, in order. They do not overlap, but what one takes along of the text behind it may be, or hold, the
    /// next: so Hugging Face has it too.
    pub fn find<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Found<'a>> {
        let mut at = 0;
        let mut done = 0;
        // Up to here all is whitespace, from the end of a literal before: a run of it is looked through once.
        let mut white = 0;
        std::iter::from_fn(move || {
            loop {
                let (start, literal) = self.next(text, at)?;
                at = start + literal.text.len();
                if literal.single_word
                    && (text[..start].chars().next_back().is_some_and(is_word)
                        || text[at..].chars().next().is_some_and(is_word))
                {
                    continue;
                }
                let mut place = start..at;
                if literal.strip_left {
                    let before = text.get(done..start).unwrap_or_default();
                    place.start = done + before.trim_end().len();
                }
                if literal.strip_right {
                    if at > white {
                        white = text.len() - text[at..].trim_start().len();
                    }
                    place.end = white;
                }
                if place.is_empty() {
                    continue;
                }
                done = place.end;
                return Some(Found { literal, place });
            }
        })
    }

    /// Whether none reaches across a seam, or takes along what is behind one, or minds what is before one. A seam is before whitespace, so
    /// those that have none, or start with all they have, reach across none.
    #[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
    pub fn leave_seams(&self) -> bool {
        self.entries.iter().all(|literal| {
            !literal.strip_right
                && !literal.single_word
                && !literal
                    .text
                    .bytes()
                    .skip_while(|&byte| seam::starts(byte))
                    .any(seam::starts)
        })
    }

    /// Whether `text` holds none.
    pub fn is_absent(&self, text: &str) -> bool {
        self.next(text, 0).is_none()
    }

    fn next(&self, text: &str, from: usize) -> Option<(usize, &Literal)> {
        let bytes = text.as_bytes();
        let mut at = from;
        while at < bytes.len() {
            let second = bytes.get(at + 1).copied();
            let possible = match second {
                Some(second) => is_set(&self.pairs, bytes[at], second),
                // The last byte: whatever pair it starts, only a literal of one byte can be found.
                None => true,
            };
            if possible && let Some(literal) = self.longest(&bytes[at..]) {
                return Some((at, literal));
            }
            at += 1;
        }
        None
    }

    /// The longest literal that `bytes` start with: narrows the range of entries by the bytes that its first and last one share, as all
    /// between them do, and by the next one.
    fn longest(&self, bytes: &[u8]) -> Option<&Literal> {
        let mut range = self.entries.as_slice();
        let mut longest = None;
        let mut depth = 0;
        while let (Some(first), Some(last)) = (range.first(), range.last()) {
            let [text, other] = [first, last].map(|entry| &entry.text.as_bytes()[depth..]);
            let shared = text.iter().zip(other).take_while(|(a, b)| a == b).count();
            if !bytes[depth..].starts_with(&text[..shared]) {
                break;
            }
            depth += shared;
            if first.text.len() == depth {
                // The shortest comes first.
                longest = Some(first);
                range = &range[1..];
            }
            let Some(&byte) = bytes.get(depth) else {
                break;
            };
            let at = |entry: &Literal| entry.text.as_bytes().get(depth).copied();
            let start = range.partition_point(|entry| at(entry) < Some(byte));
            let end = range.partition_point(|entry| at(entry) <= Some(byte));
            range = &range[start..end];
        }
        longest
    }
}

fn set(pairs: &mut [u64], first: u8, second: u8) {
    let bit = usize::from(first) << 8 | usize::from(second);
    pairs[bit / 64] |= 1 << (bit % 64);
}

#[inline]
fn is_set(pairs: &[u64], first: u8, second: u8) -> bool {
    let bit = usize::from(first) << 8 | usize::from(second);
    pairs[bit / 64] >> (bit % 64) & 1 != 0
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Literal, Literals};

    /// One that is found in the text as it came, whatever is around it.
    pub(crate) fn literal(text: &str) -> Literal {
        Literal {
            text: text.to_owned(),
            id: 0,
            special: false,
            strip_left: false,
            strip_right: false,
            single_word: false,
            normalized: false,
        }
    }

    fn places(literals: &Literals, text: &str) -> Vec<(usize, usize)> {
        literals
            .find(text)
            .map(|found| (found.place.start, found.place.end))
            .collect()
    }

    #[test]
    fn the_leftmost_is_found_and_of_those_the_longest() {
        let literals = Literals::new(
            ["a", "ab", "abcd", "bc", "\n\n", "\n\n\n", "é"]
                .map(literal)
                .into(),
        )
        .unwrap();
        assert_eq!(places(&literals, "abc"), [(0, 2)]);
        assert_eq!(places(&literals, "xbcabcd"), [(1, 3), (3, 7)]);
        assert_eq!(places(&literals, "\n\n\n\n\n"), [(0, 3), (3, 5)]);
        assert_eq!(places(&literals, "caf\u{e9}"), [(1, 2), (3, 5)]);
        assert!(literals.is_absent("xyz\n"));
    }

    #[test]
    fn an_empty_literal_is_not_looked_for() {
        let literals = Literals::new(vec![literal(""), literal("a")]).unwrap();
        assert_eq!(places(&literals, "ba"), [(1, 2)]);
        assert!(Literals::new(vec![literal("")]).is_none());
    }

    #[test]
    fn none_of_no_literals() {
        assert!(Literals::new(Vec::new()).is_none());
    }

    #[test]
    fn whitespace_goes_with_a_literal_that_strips() {
        let mut both = literal("<x>");
        both.strip_left = true;
        both.strip_right = true;
        let literals = Literals::new(vec![both]).unwrap();
        assert_eq!(places(&literals, "a  <x> \n<x>b"), [(1, 8), (8, 11)]);
    }

    #[test]
    fn whitespace_that_many_take_along_is_looked_through_once() {
        let mut space = literal(" ");
        space.strip_right = true;
        let literals = Literals::new(vec![space]).unwrap();
        let text = format!("{}a  b", " ".repeat(1_000_000));
        let found = literals.find(&text);
        // With the square of the text this would take minutes.
        assert_eq!(
            found.map(|found| found.place.end).sum::<usize>(),
            1_000_000 * 1_000_000 + 2 * 1_000_003
        );
    }

    #[test]
    fn a_single_word_touches_no_other() {
        let mut word = literal("cat");
        word.single_word = true;
        let literals = Literals::new(vec![word]).unwrap();
        assert_eq!(
            places(&literals, "concat cat cats cat!"),
            [(7, 10), (16, 19)]
        );
        // Marks and joiners are of a word, fractions are not.
        assert_eq!(
            places(&literals, "e\u{301}cat cat\u{200D} _cat ½cat"),
            [(21, 24)]
        );
    }
}
