//! The two forms, and how a text is brought into one.
//!
//! A character is stable in a form when the form leaves it as it is, it neither composes with anything before it nor changes places:
//! nothing that follows it affects what precedes it. So a text falls apart at stable characters. Only the unstable ones, each
//! run of them with the stable one before it, are decomposed, ordered and composed anew.

use std::borrow::Cow;
use std::ops::Range;

use super::compose::compose;
use super::decompose::{Parts, decompose};
use super::tables::{CANONICAL, COMPATIBLE, UNSTABLE_NFC, UNSTABLE_NFKC};
use crate::code_points::code_at;

/// A normalisation form that composes.
pub(super) trait Form {
    /// The first byte of the first unstable character; no byte of any character before it is as great.
    const FIRST_UNSTABLE: u8;

    /// Whether the form may change `code`, or its place.
    fn is_unstable(code: u32) -> bool;

    /// What the form takes `code` apart to, all the way.
    fn decomposition(code: u32) -> Option<&'static str>;
}

/// Form C.
pub(super) struct Nfc;

impl Form for Nfc {
    // U+0300.
    const FIRST_UNSTABLE: u8 = 0xCC;

    #[inline]
    fn is_unstable(code: u32) -> bool {
        UNSTABLE_NFC.contains(code)
    }

    fn decomposition(code: u32) -> Option<&'static str> {
        CANONICAL.get(code)
    }
}

/// Form KC.
pub(super) struct Nfkc;

impl Form for Nfkc {
    // U+00A0.
    const FIRST_UNSTABLE: u8 = 0xC2;

    #[inline]
    fn is_unstable(code: u32) -> bool {
        UNSTABLE_NFKC.contains(code)
    }

    fn decomposition(code: u32) -> Option<&'static str> {
        COMPATIBLE.get(code).or_else(|| CANONICAL.get(code))
    }
}

/// `text` in the form `F`.
pub(super) fn normalize<F: Form>(text: &str) -> Cow<'_, str> {
    let mut normal = String::new();
    let mut copied = 0;
    let mut at = 0;
    let mut parts = Parts::new();
    while let Some(unstable) = next_unstable::<F>(text.as_bytes(), at) {
        let before = slice(text, at..unstable).chars().next_back();
        let start = unstable - before.map_or(0, char::len_utf8);
        let end = slice(text, unstable..text.len())
            .find(|c| !F::is_unstable(u32::from(c)))
            .map_or(text.len(), |length| unstable + length);
        let part = slice(text, start..end);
        decompose::<F>(part, &mut parts);
        compose(&mut parts);
        if !part.chars().eq(parts.iter().map(|part| part.character)) {
            normal.push_str(slice(text, copied..start));
            normal.extend(parts.iter().map(|part| part.character));
            copied = end;
        }
        at = end;
    }
    if copied == 0 {
        return text.into();
    }
    normal.push_str(slice(text, copied..text.len()));
    normal.into()
}

/// Part of `text`, whose bounds are between characters. Unlike an index it cannot panic, which would add 5 KB of messages.
fn slice(text: &str, bounds: Range<usize>) -> &str {
    text.get(bounds).unwrap_or_default()
}

/// Bytes that are looked at together.
const CHUNK: usize = 32;

/// Where the first unstable character at `at` or after starts.
#[inline]
fn next_unstable<F: Form>(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let &byte = text.get(at)?;
        if byte < F::FIRST_UNSTABLE {
            let is_low = |chunk: &[u8; CHUNK]| {
                chunk
                    .iter()
                    .fold(true, |low, &byte| low & (byte < F::FIRST_UNSTABLE))
            };
            let mut skipped = 1;
            while let Some(chunk) = text.get(at..).and_then(|rest| rest.first_chunk())
                && is_low(chunk)
            {
                at += CHUNK;
                skipped = 0;
            }
            at += skipped;
            continue;
        }
        if F::is_unstable(code_at(text, at)) {
            return Some(at);
        }
        at += match byte {
            0xF0.. => 4,
            0xE0..0xF0 => 3,
            _ => 2,
        };
    }
}
