//! Long tool results, and texts of the user's, that keep their head and tail.

mod ends;

use std::borrow::Cow;

use crate::conversation::{Message, Part, Role};

use super::draft::{Change, Changed, Changes, Draft, NO_RESULT};
use super::text::{self, grouped, level};
use super::worth::{Place, Worth};

use ends::ends;

/// The fewest tokens that a cut text may be left with: less is not worth reading.
pub(super) const SHORTEST: u32 = 64;
/// Most lengths that are tried.
const LOOKS: usize = 12;
/// What the notice in the middle of a cut result is told by ([`evicted`](super::evicted)).
pub(super) const CUT: &str = " cut here; call the tool again to see ";
/// A cut is close enough when less than this fraction of the room is left.
const CLOSE: u32 = 32;
/// Most rounds in search of a text that takes few enough tokens. Each one shrinks it by a sixteenth or more.
const ROUNDS: usize = 64;

/// A text that may lose its middle.
#[derive(Clone)]
pub(super) struct Long<'a> {
    pub place: Place,
    /// Its number among the worths, or [`NO_RESULT`].
    number: usize,
    /// The tool that returned it; `None` for a text of the user's.
    tool: Option<&'a str>,
    pub text: Cow<'a, str>,
    /// Tokens that it is left with in any case.
    least: u32,
}

impl<'a> Long<'a> {
    /// A result, when it is nothing but text.
    pub(super) fn result(
        draft: &Draft<'a>,
        number: usize,
        worth: &Worth<'a>,
        least: u32,
    ) -> Option<Self> {
        Some(Self {
            place: worth.place,
            number,
            tool: Some(worth.tool),
            text: text_at(draft, worth)?,
            least,
        })
    }

    /// A text of the user's.
    pub(super) fn said(draft: &Draft<'a>, place: Place, least: u32) -> Option<Self> {
        Some(Self {
            place,
            number: NO_RESULT,
            tool: None,
            text: said_text(draft.message(place.message)?, place.part)?.into(),
            least,
        })
    }
}

impl Long<'_> {
    /// Tokens that it is cut to where others are cut to `cap`. A cut takes a little less than it may.
    fn cap(&self, cap: u32) -> u32 {
        match self.least {
            0 => cap,
            least => cap.max(least.saturating_add(least / 8).saturating_add(SHORTEST)),
        }
    }
}

/// `base` with those of `texts` that it leaves cut to at most `cap` tokens each.
pub(super) fn capped(draft: &Draft<'_>, base: &Changes, texts: &[Long<'_>], cap: u32) -> Changes {
    let mut changes = base.clone();
    for long in texts {
        let cap = long.cap(cap);
        if !base.removes(long.place.message)
            && draft.counter.count_text(&long.text) > cap
            && let Some(change) = shortened(draft, long.tool, &long.text, cap)
            && (long.least == 0 || draft.counter.count_text(change.text()) >= long.least)
        {
            changes.results_mut().set(Changed {
                place: long.place,
                number: long.number,
                change,
            });
        }
    }
    changes
}

/// Cuts the longest of `texts` to one common length, the largest that lands at `goal` or close below.
///
/// `None` when cutting to `shortest` tokens is not enough.
pub(super) fn cut_to(
    draft: &Draft<'_>,
    base: &Changes,
    texts: &[Long<'_>],
    goal: u32,
    shortest: u32,
) -> Option<Changes> {
    let upper = |changes: &Changes| Some(draft.project(changes)?.upper_bound);
    let over = upper(base)?;
    if over <= goal {
        return Some(base.clone());
    }
    let left = texts
        .iter()
        .filter(|long| !base.removes(long.place.message));
    let sizes: Vec<u64> = left
        .map(|long| u64::from(draft.counter.count_text(&long.text)))
        .collect();
    let all: u64 = sizes.iter().sum();
    let room = u64::from(goal)
        .saturating_add(all)
        .saturating_sub(over.into());
    let mut low = shortest;
    let mut high = u32::try_from(sizes.iter().copied().max()?).unwrap_or(u32::MAX);
    let mut best = None;
    // In a parallel turn results are serialised together, which takes more than their own texts: the level
    // is where to look first, not the answer.
    let level = level(&sizes, room, u32::MAX.into());
    let mut probe = u32::try_from(level).unwrap_or(u32::MAX);
    for _ in 0..LOOKS {
        probe = probe.min(high).max(low);
        let changes = capped(draft, base, texts, probe);
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
        let changes = capped(draft, base, texts, shortest);
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
    shortened(draft, Some(worth.tool), text, cap)
}

/// The same for what `tool` returned, or the user said.
fn shortened(draft: &Draft<'_>, tool: Option<&str>, text: &str, cap: u32) -> Option<Change> {
    let tokens = draft.counter.count_text(text);
    let mut budget = text.len() as u64 * u64::from(cap) / u64::from(tokens).max(1);
    for _ in 0..ROUNDS {
        let (head, tail) = ends(text, usize::try_from(budget).unwrap_or(usize::MAX));
        let notice = notice(tool, text.len() - head - tail, text.len());
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

/// What stands in place of `bytes` bytes. Nobody can be asked for the user's again, nor is it taken for a result's.
fn notice(tool: Option<&str>, bytes: usize, of: usize) -> String {
    let [bytes, of] = [bytes, of].map(|bytes| grouped(bytes as u64));
    match tool {
        Some(tool) => {
            let tool = text::tool(tool);
            format!("\n[{bytes} of {of} bytes of {tool}'s result{CUT}them]\n")
        }
        None => format!("\n[{bytes} of {of} bytes of this message cut here to fit]\n"),
    }
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

/// The text that is part `part` of `message`, which the user says.
pub(crate) fn said_text(message: &Message, part: usize) -> Option<&str> {
    match message.parts.get(part) {
        Some(Part::Text { text, .. }) if message.role == Role::User => Some(text),
        _ => None,
    }
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
