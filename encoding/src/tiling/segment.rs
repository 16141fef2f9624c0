//! Cuts a text where its parts do not influence one another.
//!
//! That is after a space or line feed, before an ASCII letter: composition does not cross it, the letter starts a word
//! whatever comes before, and the space knows that a word follows. And after a line feed before any
//! character that is neither dropped nor white space: line feeds give no side a marker.

/// Bytes after which a cut is looked for.
const TARGET: usize = 2048;

/// What comes after a part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Follows {
    /// The text ends.
    Nothing,
    /// A word.
    Word,
    /// What makes no difference.
    Other,
}

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub start: usize,
    pub end: usize,
    pub follows: Follows,
}

/// The segments of `text`, in order and without gaps.
pub(super) fn segments(text: &str) -> impl Iterator<Item = Segment> {
    let bytes = text.as_bytes();
    let mut start = 0;
    std::iter::from_fn(move || {
        if start >= bytes.len() {
            return None;
        }
        let mut end = start + TARGET;
        while end < bytes.len() && !is_cut(bytes, end) {
            end += 1;
        }
        let segment = Segment {
            start,
            end: end.min(bytes.len()),
            follows: match bytes.get(end) {
                None => Follows::Nothing,
                Some(next) if next.is_ascii_alphabetic() => Follows::Word,
                Some(_) => Follows::Other,
            },
        };
        start = segment.end;
        Some(segment)
    })
}

#[inline]
fn is_cut(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at.wrapping_sub(1)..=at) {
        Some(&[b' ' | b'\n', next]) if next.is_ascii_alphabetic() => true,
        // Left out are the first bytes of characters that are dropped or turn into spaces.
        Some(&[b'\n', next]) => matches!(next, 0x21..0x7F | 0xC3..=0xE0 | 0xE4..=0xED),
        _ => false,
    }
}
