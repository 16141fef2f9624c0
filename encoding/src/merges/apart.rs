//! Counts the tokens of long pieces of characters of three bytes, each character on its own.
//!
//! The encodings of characters on their own, one after the other, are that of the text ([neighbours](super) are correct) if no merge
//! joins a token at the end of one to a token at the start of the next while both exist. In random Chinese characters hardly any does;
//! where one does, a window is merged, which has a token in common with the characters before it and another with those after it.

use super::edges::ThreeByte;
use super::long::LongMerge;
use super::vocabulary::{NONE, Vocabulary};

/// Characters of the window that is merged where characters are joined, and how many of them are before that place.
const BRIDGE: usize = 170;
const BEFORE: usize = 8;

/// Bytes of a piece that is long enough.
const MIN_BYTES: usize = 3000;

/// Whether [`count`] is worth trying.
pub(crate) fn suits(piece: &[u8]) -> bool {
    piece.len() >= MIN_BYTES && piece[piece.len() / 2] >= 0x80
}

/// Tokens of `piece`. `None` if it has other characters, or many that are joined; then nothing is known.
pub(crate) fn count(vocabulary: &Vocabulary, long: &mut LongMerge, piece: &[u8]) -> Option<u32> {
    let (characters, []) = piece.as_chunks::<3>() else {
        return None;
    };
    if vocabulary.characters().is_some() {
        return None;
    }
    // Each byte counts as a character of a short piece: one that is merged with all others takes several times as long.
    let known = vocabulary.three_bytes(u32::try_from(piece.len()).ok()?)?;
    let mut tokens = 0_u32;
    let mut before = ThreeByte::default();
    let mut at = 0;
    // Since the newest window.
    let mut since = 0;
    let mut bridged = 0;
    while let Some(&character) = characters.get(at) {
        let now = known.get(character)?;
        if before.may_join(now) && are_joined(vocabulary, characters[at - 1], character) {
            bridged += BRIDGE;
            if bridged > at / 2 + 6 * BRIDGE {
                return None;
            }
            let from = since.max(at.saturating_sub(BEFORE));
            let to = characters.len().min(at + BRIDGE);
            let ends = long.encode(vocabulary, piece, 3 * from, 3 * to);
            let is_common = |index: usize| {
                let start = 3 * index;
                let end = start + first_token(vocabulary, characters[index]);
                let next = match start - 3 * from {
                    0 => Some(0),
                    _ => ends.binary_search(&start).ok().map(|place| place + 1),
                };
                next.filter(|&next| ends.get(next) == Some(&end))
            };
            // Tokens before the one in common, in what is counted already and in the window.
            let (first, skipped) = match from {
                0 => (0, 0),
                _ => (from..at).find_map(|i| Some((i, is_common(i)?)))?,
            };
            for &character in &characters[first..at] {
                tokens -= known.get(character)?.tokens();
            }
            if to == characters.len() {
                return Some(tokens + (ends.len() - skipped) as u32);
            }
            let (next, taken) = (at..to).rev().find_map(|i| Some((i, is_common(i)?)))?;
            tokens += (taken - skipped) as u32;
            (at, since) = (next, next);
            before = ThreeByte::default();
            continue;
        }
        tokens += now.tokens();
        before = now;
        at += 1;
    }
    Some(tokens)
}

/// A symbol as a place in the order of merges; [`NONE`] comes after all others.
fn order(symbol: u32) -> u32 {
    symbol.wrapping_sub(1)
}

/// The length of the first token of a character on its own.
fn first_token(vocabulary: &Vocabulary, character: [u8; 3]) -> usize {
    let [starts, _] = edges(vocabulary, character);
    let last = starts.iter().rposition(|&(symbol, _)| symbol != NONE);
    last.map_or(1, |last| last + 1)
}

/// What is at the start of a character while it is merged on its own, and what is at its end: symbols of one, two and three bytes,
/// and in the order of merges when each becomes part of the next.
fn edges(vocabulary: &Vocabulary, [first, middle, last]: [u8; 3]) -> [[(u32, u32); 3]; 2] {
    let mut head = vocabulary.join_bytes(first, middle);
    let mut tail = vocabulary.join_bytes(middle, last);
    // The lower of the two is what comes about.
    if order(head) <= order(tail) {
        tail = NONE;
    } else {
        head = NONE;
    }
    let [first, last] = [first, last].map(|byte| vocabulary.byte(byte));
    let whole = vocabulary.join_rarely(head, last) | vocabulary.join_rarely(first, tail);
    let edge = |byte: u32, two: u32| {
        let next = if two == NONE { whole } else { two };
        [
            (byte, order(next)),
            (two, order(whole)),
            (whole, order(NONE)),
        ]
    };
    [edge(first, head), edge(last, tail)]
}

/// Whether a merge joins something of one character to something of the next, when nothing is before and after the two.
#[cold]
#[inline(never)]
fn are_joined(vocabulary: &Vocabulary, left: [u8; 3], right: [u8; 3]) -> bool {
    let [_, ends] = edges(vocabulary, left);
    let [starts, _] = edges(vocabulary, right);
    ends.iter().any(|&(end, until)| {
        starts.iter().any(|&(start, gone)| {
            let joined = order(vocabulary.join_rarely(end, start));
            joined < until && joined < gone
        })
    })
}

#[cfg(test)]
#[path = "apart_tests.rs"]
mod tests;
