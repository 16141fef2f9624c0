//! Which characters of three bytes become a token before their neighbours matter.
//!
//! While merges are loaded in their order, every token remembers whether an earlier merge joins it to something before it or
//! after it, as neighbouring characters could be. If neither has happened to any token at a character's edges by
//! the time the character itself becomes a token, nothing in a text can cross its edges sooner: the first merge to do so
//! would be one of those remembered. Later merges only see the whole token, since ids of parts are below those of results.

use super::vocabulary::{NONE, Vocabulary, id};

/// What is known of a token. Four bytes, because loading reads two at random for every merge.
#[derive(Clone, Copy, Default)]
struct Edge {
    first: u8,
    last: u8,
    /// In bytes; what is longer than three counts as four.
    length: u8,
    /// [`JOINED_BEFORE`] and [`JOINED_AFTER`].
    joined: u8,
}

/// A merge joins it to a token before it that does not end in ASCII.
const JOINED_BEFORE: u8 = 1;
/// A merge joins it to a token after it that starts a character.
const JOINED_AFTER: u8 = 2;

/// By code point below 2^16: the symbol of a closed character, or [`NONE`]. See [`Vocabulary::closed`].
pub(crate) struct ClosedCharacters(Vec<u32>);

impl ClosedCharacters {
    /// Those of `vocabulary`, whose merges are `pairs` in the order of their ids.
    pub fn new(vocabulary: &Vocabulary, pairs: &[(u32, u32)]) -> Self {
        let mut closed = vec![NONE; 1 << 16];
        let mut edges = Edges::new(vocabulary, pairs.len());
        for &(left, right) in pairs {
            if let Some(code) = edges.closed_character(left, right, vocabulary) {
                closed[code] = vocabulary.symbol(left, right);
            }
            edges.merge(left, right);
        }
        Self(closed)
    }

    /// The symbol of a closed character.
    #[inline]
    pub fn get(&self, character: [u8; 3]) -> Option<u32> {
        let symbol = self.0[code_point(character)?];
        (symbol != NONE).then_some(symbol)
    }
}

/// What is known of every token so far.
struct Edges(Vec<Edge>);

impl Edges {
    /// The bytes and characters; `merges` is the number of tokens to come.
    fn new(vocabulary: &Vocabulary, merges: usize) -> Self {
        let first_id = vocabulary.first_id() as usize;
        let mut edges = Vec::with_capacity(first_id + merges);
        edges.extend((0..=255).map(|byte| Edge {
            first: byte,
            last: byte,
            length: 1,
            ..Edge::default()
        }));
        // Characters are not made of bytes: with them no character is closed.
        edges.resize(
            first_id,
            Edge {
                length: 4,
                ..Edge::default()
            },
        );
        Self(edges)
    }

    /// Takes in the next merge.
    fn merge(&mut self, left: u32, right: u32) {
        let (l, r) = (self.0[left as usize], self.0[right as usize]);
        // Only tokens shorter than a character are at its edges.
        if l.length < 3 && !is_continuation(r.first) {
            self.0[left as usize].joined |= JOINED_AFTER;
        }
        if r.length < 3 && l.last >= 0x80 {
            self.0[right as usize].joined |= JOINED_BEFORE;
        }
        self.0.push(Edge {
            first: l.first,
            last: r.last,
            length: (l.length + r.length).min(4),
            ..Edge::default()
        });
    }

    /// The code point that the next merge makes, if that is a closed character.
    fn closed_character(&self, left: u32, right: u32, vocabulary: &Vocabulary) -> Option<usize> {
        let (l, r) = (self.0[left as usize], self.0[right as usize]);
        let bytes = match (l.length, r.length) {
            (1, 2) => [l.first, r.first, r.last],
            (2, 1) => [l.first, l.last, r.first],
            _ => return None,
        };
        let code = code_point(bytes)?;
        // Later merges are none yet.
        let known = |symbol| Some(id(symbol)).filter(|&id| symbol != NONE && self.knows(id));
        let head = known(vocabulary.join_bytes(bytes[0], bytes[1]));
        let tail = known(vocabulary.join_bytes(bytes[1], bytes[2]));
        // The lower of the two is what the bytes alone become first.
        let parts = match (head, tail) {
            (Some(head), None) => (head, u32::from(bytes[2])),
            (Some(head), Some(tail)) if head < tail => (head, u32::from(bytes[2])),
            (_, Some(tail)) => (u32::from(bytes[0]), tail),
            (None, None) => return None,
        };
        let joined = |token: u32| self.0.get(token as usize).map_or(0, |edge| edge.joined);
        let before = joined(u32::from(bytes[0])) | head.map_or(0, joined);
        let after = joined(u32::from(bytes[2])) | tail.map_or(0, joined);
        let open = (before & JOINED_BEFORE) | (after & JOINED_AFTER) != 0;
        (parts == (left, right) && !open).then_some(code)
    }

    fn knows(&self, id: u32) -> bool {
        (id as usize) < self.0.len()
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
