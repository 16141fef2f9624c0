//! Putting characters together again.

use super::decompose::{Parts, hangul};
use super::tables::{COMPOSITES, FIRSTS, SECOND_ENDS, SECONDS};

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
        let group = SECONDS.binary_search(&second).ok()?;
        let end = usize::from(SECOND_ENDS[group]);
        let start = group.checked_sub(1).map_or(0, |before| SECOND_ENDS[before]);
        let plane = second & !0xFFFF;
        let low = u16::try_from(first.checked_sub(plane)?).ok()?;
        let pair = FIRSTS[usize::from(start)..end].binary_search(&low).ok()?;
        Some(plane + u32::from(COMPOSITES[usize::from(start) + pair]))
    })?;
    char::from_u32(code)
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
