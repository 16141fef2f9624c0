//! What characters of three bytes become: how many tokens, and whether they do so before their neighbours matter.
//!
//! While merges are read in their order, every token remembers whether an earlier merge joins it to something before it or
//! after it, as neighbouring characters could be. If neither has happened to any token at a character's edges by
//! the time the character itself becomes a token, nothing in a text can cross its edges sooner: the first merge to do so
//! would be one of those remembered. Later merges only see the whole token, since ids of parts are below those of results.

use super::vocabulary::{NONE, Vocabulary, id};
use crate::pack::AT_ONCE;

/// The characters of three bytes.
pub(crate) struct ThreeBytes(Vec<ThreeByte>);

/// Of a character, or of a code point that is none: the symbol that it becomes if it is one token, and above it what else is known.
#[derive(Clone, Copy, Default)]
pub(crate) struct ThreeByte(u32);

const SYMBOL: u32 = (1 << 22) - 1;
/// It is closed, see [`Vocabulary::closed`].
const CLOSED: u32 = 1 << 22;
/// A merge joins something at its start to what ends in a byte that is not ASCII.
const OPEN_BEFORE: u32 = 1 << 23;
/// A merge joins something at its end to what starts a character.
const OPEN_AFTER: u32 = 1 << 24;
/// Its tokens when there is nothing before and after it.
const TOKENS_SHIFT: u32 = 25;

impl ThreeByte {
    /// Its tokens when there is nothing before and after it.
    #[inline(always)]
    pub fn tokens(self) -> u32 {
        self.0 >> TOKENS_SHIFT
    }

    /// Whether a merge may join it, or a part of it, to `next` after it.
    #[inline(always)]
    pub fn may_join(self, next: Self) -> bool {
        self.0 & OPEN_AFTER != 0 && next.0 & OPEN_BEFORE != 0
    }
}

impl ThreeBytes {
    /// Those of `vocabulary`, whose merges are `pairs` in the order of their ids.
    pub fn new(vocabulary: &Vocabulary, pairs: &[(u32, u32)]) -> Self {
        let mut edges = Edges::new(vocabulary, pairs);
        for (chunk, id) in pairs
            .chunks(AT_ONCE)
            .zip((vocabulary.first_id()..).step_by(AT_ONCE))
        {
            edges.merge(chunk, id);
        }
        for first in 0xE0..0xF0 {
            edges.describe(first);
        }
        Self(edges.characters)
    }

    /// The symbol of a closed character.
    #[inline]
    pub fn closed(&self, character: [u8; 3]) -> Option<u32> {
        let ThreeByte(known) = self.get(character)?;
        (known & CLOSED != 0).then_some(known & SYMBOL)
    }

    /// What is known of a character; `None` if the bytes are not one.
    #[inline(always)]
    pub fn get(&self, character: [u8; 3]) -> Option<ThreeByte> {
        Some(self.0[code_point(character)?])
    }
}

/// Of what is known of a token: it starts within a character.
const FIRST_INNER: u8 = 1;
/// It ends with a byte that is not ASCII.
const LAST_HIGH: u8 = 1 << 1;
/// A merge joins it to a token before it that does not end in ASCII.
const JOINED_BEFORE: u8 = 1 << 2;
/// A merge joins it to a token after it that starts a character.
const JOINED_AFTER: u8 = 1 << 3;
/// Its bytes, three for all that has more than two.
const LENGTH_SHIFT: u32 = 4;
const LONG: u8 = 3;

/// The merges so far.
struct Edges<'a> {
    vocabulary: &'a Vocabulary,
    pairs: &'a [(u32, u32)],
    /// What is known of every token. One byte, because a merge reads and writes two at random.
    tokens: Vec<u8>,
    characters: Vec<ThreeByte>,
}

impl<'a> Edges<'a> {
    fn new(vocabulary: &'a Vocabulary, pairs: &'a [(u32, u32)]) -> Self {
        let first_id = vocabulary.first_id() as usize;
        let mut tokens = vec![0; first_id + pairs.len()];
        // Characters are not made of bytes: with them no character is closed.
        tokens[..first_id].fill(LONG << LENGTH_SHIFT);
        for (byte, token) in (0..=255_u8).zip(&mut tokens) {
            let ends = match byte {
                0..0x80 => 0,
                0x80..0xC0 => LAST_HIGH | FIRST_INNER,
                0xC0.. => LAST_HIGH,
            };
            *token = 1 << LENGTH_SHIFT | ends;
        }
        Self {
            vocabulary,
            pairs,
            tokens,
            characters: vec![ThreeByte::default(); 1 << 16],
        }
    }

    /// Takes in merges whose ids count on from `id`.
    // A function for the inside of the loop: runtimes optimise what is called often.
    #[inline(never)]
    fn merge(&mut self, pairs: &[(u32, u32)], id: u32) {
        for (id, &(left, right)) in (id..).zip(pairs) {
            let (l, r) = (self.tokens[left as usize], self.tokens[right as usize]);
            let length = (l >> LENGTH_SHIFT) + (r >> LENGTH_SHIFT);
            if length == LONG {
                self.note_character(left, right, id);
            }
            // Only tokens shorter than a character are at its edges; what is noted of others does not matter.
            self.tokens[left as usize] |= (!r & FIRST_INNER) * (JOINED_AFTER / FIRST_INNER);
            self.tokens[right as usize] |= (l & LAST_HIGH) * (JOINED_BEFORE / LAST_HIGH);
            self.tokens[id as usize] =
                length.min(LONG) << LENGTH_SHIFT | l & FIRST_INNER | r & LAST_HIGH;
        }
    }

    /// Notes the character that a merge makes, if it is one and made in this way.
    fn note_character(&mut self, left: u32, right: u32, merged: u32) {
        let two = |token: u32| {
            let (first, second) = self.pairs[(token - self.vocabulary.first_id()) as usize];
            [first as u8, second as u8]
        };
        let bytes = if left < 256 {
            let [second, third] = two(right);
            [left as u8, second, third]
        } else {
            let [first, second] = two(left);
            [first, second, right as u8]
        };
        let Some(code) = code_point(bytes) else {
            return;
        };
        // Later merges are none yet.
        let known = |first, second| {
            let symbol = self.vocabulary.join_bytes(first, second);
            Some(id(symbol)).filter(|&id| symbol != NONE && id < merged)
        };
        let head = known(bytes[0], bytes[1]);
        let tail = known(bytes[1], bytes[2]);
        // The lower of the two is what the bytes alone become first.
        let parts = match (head, tail) {
            (Some(head), None) => (head, u32::from(bytes[2])),
            (Some(head), Some(tail)) if head < tail => (head, u32::from(bytes[2])),
            (_, Some(tail)) => (u32::from(bytes[0]), tail),
            (None, None) => return,
        };
        let joined = |token: u32| self.tokens[token as usize];
        let before = joined(u32::from(bytes[0])) | head.map_or(0, joined);
        let after = joined(u32::from(bytes[2])) | tail.map_or(0, joined);
        let open = (before & JOINED_BEFORE) | (after & JOINED_AFTER) != 0;
        if parts == (left, right) {
            let closed = if open { 0 } else { CLOSED };
            self.characters[code] = ThreeByte(self.vocabulary.symbol(left, right) | closed);
        }
    }

    /// Completes what is known of the characters that start with a byte, after all merges.
    #[inline(never)]
    fn describe(&mut self, first: u8) {
        for middle in 0x80..0xC0 {
            let head = self.vocabulary.join_bytes(first, middle);
            for last in 0x80..0xC0 {
                let Some(code) = code_point([first, middle, last]) else {
                    continue;
                };
                let ThreeByte(known) = self.characters[code];
                let whole = known & SYMBOL;
                let tail = self.vocabulary.join_bytes(middle, last);
                let tokens = match (whole, head | tail) {
                    (NONE, NONE) => 3,
                    (NONE, _) => 2,
                    _ => 1,
                };
                // What it never becomes is looked at as well, and the byte instead of no symbol: then more is looked at later, and
                // nothing is missed.
                let joined = |byte: u8, symbol| match symbol {
                    NONE => self.tokens[usize::from(byte)],
                    _ => self.tokens[id(symbol) as usize],
                };
                let before = joined(first, NONE) | joined(first, head) | joined(first, whole);
                let after = joined(last, NONE) | joined(last, tail) | joined(last, whole);
                let mut open = 0;
                if before & JOINED_BEFORE != 0 {
                    open |= OPEN_BEFORE;
                }
                if after & JOINED_AFTER != 0 {
                    open |= OPEN_AFTER;
                }
                self.characters[code] = ThreeByte(known | open | tokens << TOKENS_SHIFT);
            }
        }
    }
}

/// The code point of a character of three bytes.
#[inline]
pub(crate) fn code_point(bytes: [u8; 3]) -> Option<usize> {
    let [first, second, third] = bytes.map(usize::from);
    let valid = first >> 4 == 0xE && is_continuation(bytes[1]) && is_continuation(bytes[2]);
    valid.then_some((first & 0xF) << 12 | (second & 0x3F) << 6 | third & 0x3F)
}

/// Whether a byte is one after the first of a character.
#[inline]
pub(crate) fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

#[cfg(test)]
mod tests {
    use crate::Encoding;

    #[test]
    fn the_vocabularies_have_closed_characters_and_open_ones() {
        for (name, closed) in [("cl100k_base", CL100K), ("o200k_base", O200K)] {
            let encoding = Encoding::named(name).unwrap();
            let vocabulary = encoding.vocabulary();
            let known = || vocabulary.closed("的".as_bytes()).is_some();
            assert!(
                (0..100_000).any(|_| known()),
                "the table is built in the end"
            );
            let found = ('\u{4E00}'..='\u{9FFF}')
                .filter(|c| vocabulary.closed(c.to_string().as_bytes()).is_some())
                .count();
            assert_eq!(found, closed, "{name}");
        }
    }

    /// As these vocabularies have them, pinned so that a change is noticed.
    const CL100K: usize = 434;
    const O200K: usize = 1032;
}
