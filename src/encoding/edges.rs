//! Which characters of three bytes become a token before their neighbours matter.
//!
//! While merges are loaded in their order, every token remembers whether an earlier merge joins it to something before it or
//! after it, as neighbouring characters could be. If neither has happened to any token at a character's edges by
//! the time the character itself becomes a token, nothing in a text can cross its edges sooner: the first merge to do so
//! would be one of those remembered. Later merges only see the whole token, since ids of parts are below those of results.

use super::vocabulary::Vocabulary;

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

/// What is known of every token so far.
pub(super) struct Edges(Vec<Edge>);

impl Edges {
    /// The bytes; `size` is the number of tokens to come with them.
    pub fn new(size: usize) -> Self {
        let mut edges = Vec::with_capacity(size);
        edges.extend((0..=255).map(|byte| Edge {
            first: byte,
            last: byte,
            length: 1,
            ..Edge::default()
        }));
        Self(edges)
    }

    /// Takes in the next merge.
    pub fn merge(&mut self, left: u32, right: u32) {
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

    /// The code point that the next merge makes, if that is a closed character. `vocabulary` has the merges so far and this one.
    pub fn closed_character(
        &self,
        left: u32,
        right: u32,
        vocabulary: &Vocabulary,
    ) -> Option<usize> {
        let (l, r) = (self.0[left as usize], self.0[right as usize]);
        let bytes = match (l.length, r.length) {
            (1, 2) => [l.first, r.first, r.last],
            (2, 1) => [l.first, l.last, r.first],
            _ => return None,
        };
        let code = code_point(bytes)?;
        let head = vocabulary.merge_bytes(bytes[0], bytes[1]);
        let tail = vocabulary.merge_bytes(bytes[1], bytes[2]);
        // The lower of the two is what the bytes alone become first.
        let parts = if head < tail {
            (head, u32::from(bytes[2]))
        } else {
            (u32::from(bytes[0]), tail)
        };
        let joined = |token: u32| self.0.get(token as usize).map_or(0, |edge| edge.joined);
        let before = joined(u32::from(bytes[0])) | joined(head);
        let after = joined(u32::from(bytes[2])) | joined(tail);
        let open = (before & JOINED_BEFORE) | (after & JOINED_AFTER) != 0;
        (parts == (left, right) && !open).then_some(code)
    }
}

/// The code point of a character of three bytes.
#[inline]
pub(super) fn code_point(bytes: [u8; 3]) -> Option<usize> {
    let [first, second, third] = bytes.map(usize::from);
    let valid = first >> 4 == 0xE && is_continuation(bytes[1]) && is_continuation(bytes[2]);
    valid.then_some((first & 0xF) << 12 | (second & 0x3F) << 6 | third & 0x3F)
}

/// Whether a byte is one after the first of a character.
#[inline]
pub(super) fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

#[cfg(test)]
mod tests {
    use crate::encoding::Encoding;

    #[test]
    fn the_vocabularies_have_closed_characters_and_open_ones() {
        for (name, closed) in [("cl100k_base", CL100K), ("o200k_base", O200K)] {
            let encoding = Encoding::named(name).unwrap();
            let vocabulary = &encoding.shared.vocabulary;
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
