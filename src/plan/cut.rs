//! Long tool results that keep their head and tail.

use std::borrow::Cow;

use crate::conversation::{Message, Part};
use crate::count::own_parts;

use super::draft::{Change, Changes, Draft, Replacement};
use super::ground::Ground;
use super::text::{self, ceil, floor, grouped, level};

/// The fewest tokens that a cut result may be left with: less is not worth reading.
pub(super) const SHORTEST: u32 = 64;
/// Most lengths that are tried.
const LOOKS: usize = 12;
/// A cut is close enough when less than this fraction of the room is left.
const CLOSE: u32 = 32;
/// Most rounds in search of a text that takes few enough tokens. Each one shrinks it by a sixteenth or more.
const ROUNDS: usize = 64;

/// Cuts the longest of `results` to one common length, the largest that lands at `goal` or close below.
///
/// `None` when cutting to `shortest` tokens is not enough.
pub(super) fn cut_to(
    draft: &Draft<'_>,
    ground: &Ground,
    base: &Changes,
    results: &[usize],
    goal: u32,
    shortest: u32,
) -> Option<Changes> {
    let upper = draft.project(base).upper_bound;
    if upper <= goal {
        return Some(base.clone());
    }
    let sizes: Vec<u64> = results
        .iter()
        .filter(|&&index| draft.message(index).is_some_and(|message| is_text(message)))
        .map(|&index| draft.content_tokens(index).into())
        .collect();
    let all: u64 = sizes.iter().sum();
    let room = u64::from(goal)
        .saturating_add(all)
        .saturating_sub(upper.into());
    let mut low = shortest;
    let mut high = u32::try_from(sizes.iter().copied().max()?).unwrap_or(u32::MAX);
    let mut best = None;
    // In a parallel turn results are serialised together, which takes more than their own texts: the level
    // is where to look first, not the answer.
    let mut probe = u32::try_from(level(&sizes, room)).unwrap_or(u32::MAX);
    for _ in 0..LOOKS {
        probe = probe.min(high).max(low);
        let changes = capped(draft, ground, base, results, probe);
        match goal.checked_sub(draft.project(&changes).upper_bound) {
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
        let changes = capped(draft, ground, base, results, shortest);
        (draft.project(&changes).upper_bound <= goal).then_some(changes)
    })
}

/// `base` with each of `results` cut to at most `cap` tokens.
pub(super) fn capped(
    draft: &Draft<'_>,
    ground: &Ground,
    base: &Changes,
    results: &[usize],
    cap: u32,
) -> Changes {
    let mut changes = base.clone();
    for &index in results {
        if let Some(replacement) = cut(draft, ground, index, cap) {
            changes.replaced.insert(index, replacement);
        }
    }
    changes
}

fn cut(draft: &Draft<'_>, ground: &Ground, index: usize, cap: u32) -> Option<Replacement> {
    let message = draft.message(index)?;
    let tokens = draft.content_tokens(index);
    if tokens <= cap || !is_text(message) {
        return None;
    }
    let text = result_text(message);
    let tool = ground.tools.get(index)?;
    let mut budget = text.len() as u64 * u64::from(cap) / u64::from(tokens).max(1);
    for _ in 0..ROUNDS {
        let (head, tail) = ends(&text, usize::try_from(budget).unwrap_or(usize::MAX));
        let notice = notice(tool, text.len() - head - tail, text.len());
        let counted = draft.rewritten(index, &join(&text, head, tail, &notice)?)?;
        if counted.content <= cap {
            return Some(Replacement {
                change: Change::Cut { head, tail, notice },
                counted,
            });
        }
        if budget == 0 {
            return None;
        }
        let fits = budget * u64::from(cap) / u64::from(counted.content).max(1);
        budget = fits.min(budget - budget / 16).min(budget - 1);
    }
    None
}

/// How many bytes to keep at each end out of `budget`: up to a line's end, where one is near.
fn ends(text: &str, budget: usize) -> (usize, usize) {
    let half = (budget / 2).min(text.len() / 2);
    let head = floor(text, half);
    let near = floor(text, head - head / 4);
    let head = match text.get(near..head).and_then(|part| part.rfind('\n')) {
        Some(at) => near + at + 1,
        None => head,
    };
    let start = ceil(text, text.len() - half);
    let near = ceil(text, start + (text.len() - start) / 4);
    let start = match text.get(start..near).and_then(|part| part.find('\n')) {
        Some(at) => start + at + 1,
        None => start,
    };
    (head, text.len() - start)
}

fn notice(tool: &str, bytes: usize, of: usize) -> String {
    format!(
        "\n[{} of {} bytes of {}'s result cut here; call the tool again to see them]\n",
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

/// Whether the result is nothing but text.
pub(crate) fn is_text(message: &Message) -> bool {
    message.is_result()
        && own_parts(message)
            .iter()
            .all(|part| matches!(part, Part::Text { .. }))
}

/// The text of a result, its parts joined.
pub(crate) fn result_text(message: &Message) -> Cow<'_, str> {
    let mut joined = Cow::Borrowed("");
    for part in own_parts(message) {
        if let Part::Text { text, .. } = part {
            if joined.is_empty() {
                joined = Cow::Borrowed(text);
            } else {
                joined.to_mut().push_str(text);
            }
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_code_points_and_lines() {
        let text = "één\ntwee\ndrie\nvier\nvijf\n".repeat(20);
        for budget in 0..text.len() + 2 {
            let (head, tail) = ends(&text, budget);
            assert!(head + tail <= text.len(), "{budget}");
            assert!(head + tail <= budget + 4, "{budget}");
            assert!(join(&text, head, tail, "").is_some(), "{budget}");
            if budget > 100 {
                assert!(text[..head].ends_with('\n'));
                assert!(text[..text.len() - tail].ends_with('\n'));
            }
        }
    }

    #[test]
    fn a_join_that_overlaps_or_splits_a_code_point_is_none() {
        assert_eq!(join("aéb", 1, 1, "-").as_deref(), Some("a-b"));
        assert_eq!(join("aéb", 2, 1, "-"), None);
        assert_eq!(join("aéb", 3, 2, "-"), None);
        assert_eq!(join("aéb", usize::MAX, 0, "-"), None);
        assert_eq!(join("aéb", 0, usize::MAX, "-"), None);
    }
}
