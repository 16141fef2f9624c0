//! Putting characters together again.

use std::sync::OnceLock;

use super::decompose::{Parts, hangul};
use super::tables::{CANONICAL, EXCLUDED};
use crate::order::sorted;

/// Composes `parts`, which are in canonical order.
///
/// A character joins the last one of class 0 before it, unless one that stays in between has a class as high, or 0.
pub(super) fn compose(parts: &mut Parts) {
    let mut starter = None;
    let mut kept = 0;
    for i in 0..parts.len() {
        let (character, class) = (parts[i].character, parts[i].class);
        if let Some(starter) = starter {
            let blocked = kept - 1 > starter && parts[kept - 1].class >= class;
            if !blocked && let Some(composite) = composite(parts[starter].character, character) {
                parts[starter].character = composite;
                continue;
            }
        }
        if class == 0 {
            starter = Some(kept);
        }
        parts.swap(kept, i);
        kept += 1;
    }
    parts.truncate(kept);
}

/// What `first` and `second` compose to.
fn composite(first: char, second: char) -> Option<char> {
    let (first, second) = (u32::from(first), u32::from(second));
    let code = hangul_syllable(first, second).or_else(|| {
        let pairs = PAIRS.get_or_init(pairs);
        let pair = pairs.binary_search_by_key(&key(first, second), |&(key, _)| key);
        pairs.get(pair.ok()?).map(|&(_, composite)| composite)
    })?;
    char::from_u32(code)
}

/// Two characters as one number, and what they compose to; ascending.
type Pairs = Vec<(u64, u32)>;

static PAIRS: OnceLock<Pairs> = OnceLock::new();

fn key(first: u32, second: u32) -> u64 {
    u64::from(second) << 32 | u64::from(first)
}

/// Decompositions read backwards, which takes half a millisecond and saves as much data as they are themselves: the last character of
/// one is the second of a pair, and the first of it is what the others compose to.
fn pairs() -> Pairs {
    let mut whole: Vec<(&str, u32)> = CANONICAL
        .iter()
        .filter(|(code, text)| text.chars().nth(1).is_some() && !is_excluded(*code))
        .map(|(code, text)| (text, code))
        .collect();
    whole = sorted(whole, |(one, _), (other, _)| one.cmp(other));
    let composed = |text: &str| -> Option<u32> {
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(only), None) => Some(only.into()),
            _ => {
                let place = whole.binary_search_by(|(other, _)| (*other).cmp(text));
                whole.get(place.ok()?).map(|&(_, code)| code)
            }
        }
    };
    let pairs = whole.iter().filter_map(|&(text, code)| {
        let second = text.chars().next_back()?;
        let first = composed(text.get(..text.len() - second.len_utf8())?)?;
        Some((key(first, second.into()), code))
    });
    sorted(pairs.collect(), |(one, _), (other, _)| one.cmp(other))
}

fn is_excluded(code: u32) -> bool {
    let runs = EXCLUDED.partition_point(|&run| run >> 8 <= code);
    let run = runs.checked_sub(1).and_then(|run| EXCLUDED.get(run));
    run.is_some_and(|&run| code - (run >> 8) < run & 0xFF)
}

fn hangul_syllable(first: u32, second: u32) -> Option<u32> {
    let index = |code: u32, start: u32, length: u32| {
        code.checked_sub(start).filter(|&index| index < length)
    };
    if let Some(leading) = index(first, hangul::LEADING, hangul::LEADINGS) {
        let vowel = index(second, hangul::VOWEL, hangul::VOWELS)?;
        return Some(hangul::SYLLABLE + (leading * hangul::VOWELS + vowel) * hangul::TRAILINGS);
    }
    let syllable = index(first, hangul::SYLLABLE, hangul::SYLLABLES)?;
    let trailing = index(second, hangul::TRAILING + 1, hangul::TRAILINGS - 1)?;
    (syllable % hangul::TRAILINGS == 0).then_some(first + 1 + trailing)
}
