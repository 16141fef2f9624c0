//! Long tool results that keep their head and tail.

mod ends;

use std::borrow::Cow;

use crate::conversation::{Message, Part};

use super::draft::{Change, Changed, Changes, Draft};
use super::text::{self, grouped, level};
use super::worth::Worth;

use ends::ends;

/// The fewest tokens that a cut result may be left with: less is not worth reading.
pub(super) const SHORTEST: u32 = 64;
/// Most lengths that are tried.
const LOOKS: usize = 12;
/// What the notice in the middle of a cut result is told by ([`evicted`](super::evicted)).
pub(super) const CUT: &str = " cut here; call the tool again to see ";
/// A cut is close enough when less than this fraction of the room is left.
const CLOSE: u32 = 32;
/// Most rounds in search of a text that takes few enough tokens. Each one shrinks it by a sixteenth or more.
const ROUNDS: usize = 64;

/// Cuts the longest of `results` to one common length, the largest that lands at `goal` or close below.
///
/// `None` when cutting to `shortest` tokens is not enough.
pub(super) fn cut_to(
    draft: &Draft<'_>,
    base: &Changes,
    results: &[(usize, &Worth)],
    goal: u32,
    shortest: u32,
) -> Option<Changes> {
    let upper = draft.project(base)?.upper_bound;
    if upper <= goal {
        return Some(base.clone());
    }
    let texts: Vec<(usize, &Worth, Cow<'_, str>)> = results
        .iter()
        .filter_map(|&(number, worth)| Some((number, worth, text_at(draft, worth)?)))
        .collect();
    let sizes: Vec<u64> = texts
        .iter()
        .map(|(_, _, text)| u64::from(draft.counter.count_text(text)))
        .collect();
    let all: u64 = sizes.iter().sum();
    let room = u64::from(goal)
        .saturating_add(all)
        .saturating_sub(upper.into());
    let capped = |cap: u32| {
        let mut changes = base.clone();
        for ((number, worth, text), size) in texts.iter().zip(&sizes) {
            if *size > u64::from(cap)
                && let Some(change) = cut(draft, worth, text, cap)
            {
                set(&mut changes, *number, worth, change);
            }
        }
        changes
    };
    let upper = |changes: &Changes| Some(draft.project(changes)?.upper_bound);
    let mut low = shortest;
    let mut high = u32::try_from(sizes.iter().copied().max()?).unwrap_or(u32::MAX);
    let mut best = None;
    // In a parallel turn results are serialised together, which takes more than their own texts: the level
    // is where to look first, not the answer.
    let mut probe = u32::try_from(level(&sizes, room)).unwrap_or(u32::MAX);
    for _ in 0..LOOKS {
        probe = probe.min(high).max(low);
        let changes = capped(probe);
        match goal.checked_sub(upper(&changes)?) {
            Some(spare) => {
                best = Some(changes);
                low = probe;
                if spare <= goal / CLOSE {
                    break;
                }
            }
            None if probe <= shortest => return None,
            None => high = probe,
        }
        if high - low <= low / CLOSE {
            break;
        }
        probe = low + (high - low) / 2;
    }
    // The looks may all have been too high.
    best.or_else(|| {
        let changes = capped(shortest);
        (upper(&changes)? <= goal).then_some(changes)
    })
}

/// Puts a change of a result among `changes`.
pub(super) fn set(changes: &mut Changes, number: usize, worth: &Worth, change: Change) {
    changes.results_mut().set(Changed {
        place: worth.place,
        number,
        change,
    });
}

/// The text of a result, when it is nothing but text.
pub(super) fn text_at<'a>(draft: &Draft<'a>, worth: &Worth) -> Option<Cow<'a, str>> {
    result_text(draft.message(worth.place.message)?, worth.place.part)
}

/// `text` with its middle cut out, so that it takes at most `cap` tokens; `None` when it cannot.
pub(super) fn cut(draft: &Draft<'_>, worth: &Worth, text: &str, cap: u32) -> Option<Change> {
    let tokens = draft.counter.count_text(text);
    let mut budget = text.len() as u64 * u64::from(cap) / u64::from(tokens).max(1);
    for _ in 0..ROUNDS {
        let (head, tail) = ends(text, usize::try_from(budget).unwrap_or(usize::MAX));
        let notice = notice(worth.tool, text.len() - head - tail, text.len());
        let left = join(text, head, tail, &notice)?;
        let takes = draft.counter.count_text(&left);
        if takes <= cap && takes < tokens {
            return Some(Change::Cut {
                head,
                tail,
                notice,
                text: left.into(),
            });
        }
        if budget == 0 {
            return None;
        }
        let fits = budget * u64::from(cap) / u64::from(takes).max(1);
        budget = fits.min(budget - budget / 16).min(budget - 1);
    }
    None
}

fn notice(tool: &str, bytes: usize, of: usize) -> String {
    format!(
        "\n[{} of {} bytes of {}'s result{CUT}them]\n",
        grouped(bytes as u64),
        grouped(of as u64),
        text::tool(tool),
    )
}

/// The first `head` and the last `tail` bytes of `text` with `notice` between them.
///
/// `None` when they overlap or split a code point.
pub(crate) fn join(text: &str, head: usize, tail: usize, notice: &str) -> Option<String> {
    let start = text.len().checked_sub(tail)?;
    if head > start {
        return None;
    }
    Some([text.get(..head)?, notice, text.get(start..)?].concat())
}

/// The text of the result that is part `part` of `message`, its parts joined; `None` when it is more than text.
pub(crate) fn result_text(message: &Message, part: usize) -> Option<Cow<'_, str>> {
    let Some(Part::ToolResult { parts, .. }) = message.parts.get(part) else {
        return None;
    };
    let mut joined = Cow::Borrowed("");
    for part in parts {
        let Part::Text { text, .. } = part else {
            return None;
        };
        if joined.is_empty() {
            joined = Cow::Borrowed(text);
        } else {
            joined.to_mut().push_str(text);
        }
    }
    Some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_join_that_overlaps_or_splits_a_code_point_is_none() {
        assert_eq!(join("aéb", 1, 1, "-").as_deref(), Some("a-b"));
        assert_eq!(join("aéb", 2, 1, "-"), None);
        assert_eq!(join("aéb", 3, 2, "-"), None);
        assert_eq!(join("aéb", usize::MAX, 0, "-"), None);
        assert_eq!(join("aéb", 0, usize::MAX, "-"), None);
    }
}
