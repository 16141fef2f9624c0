//! Results that a later one repeats or replaces, and reads of files that were changed since.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::calls::are_same;
use super::exchange::Exchange;
use super::hash::{ByHash, ByText, is_same};
use super::paths::{SHOWN, Span, Touched};
use crate::plan::document::Cause;

/// Shortest text that counts as said again, in bytes: below it a placeholder is longer.
const SHORTEST: usize = 32;
/// Words in the names of tools that show something else each time they are called with the same arguments.
const MOVES: [&str; 6] = ["scroll", "next", "page_down", "page_up", "continue", "back"];

/// Why a result may go, and the message that says the same or changed what was read.
pub(super) type Finding = Option<(Cause, usize)>;

/// What later groups say, by what it is found by. The last place wins: it is the one that stays longest.
#[derive(Default)]
struct Later<'a> {
    /// Answers by the hash of their text.
    texts: ByHash<usize>,
    /// Calls by their hash, each with the message of its answer.
    keys: ByHash<(usize, usize)>,
    reads: ByText<'a, Shown>,
    writes: ByText<'a, usize>,
}

/// What later reads show of a file.
#[derive(Default)]
struct Shown {
    whole: Option<usize>,
    /// Ranges of lines, by their start: the end and the message. None holds another, so that ends rise with starts.
    lines: BTreeMap<u64, (u64, usize)>,
}

impl Shown {
    fn add(&mut self, span: Span, message: usize) {
        let (start, end) = match span {
            Span::Part => return,
            Span::Whole => {
                self.whole.get_or_insert(message);
                (1, SHOWN)
            }
            Span::Lines(start, end) => (start, bounded(start, end)),
        };
        if self.covers(Span::Lines(start, end)).is_some() {
            return;
        }
        while let Some((&inner, &(last, _))) = self.lines.range(start..).next() {
            if last > end {
                break;
            }
            self.lines.remove(&inner);
        }
        self.lines.insert(start, (end, message));
    }

    fn covers(&self, span: Span) -> Option<usize> {
        match span {
            Span::Whole | Span::Part => self.whole,
            Span::Lines(start, end) => {
                let (_, &(last, message)) = self.lines.range(..=start).next_back()?;
                (bounded(start, end) <= last).then_some(message)
            }
        }
    }
}

/// A read without an end shows no more lines than a whole file would.
fn bounded(start: u64, end: u64) -> u64 {
    if end == u64::MAX {
        start.saturating_add(SHOWN - 1)
    } else {
        end
    }
}

/// For each result of `exchange` the best reason in later groups for which it may go. `touched` is for its calls.
pub(super) fn repeats(exchange: &Exchange<'_>, touched: &[Cow<'_, Touched>]) -> Vec<Finding> {
    let mut findings = vec![None; exchange.answers.len()];
    let mut later = Later {
        texts: ByHash::with_capacity_and_hasher(exchange.answers.len(), Default::default()),
        keys: ByHash::with_capacity_and_hasher(exchange.answers.len(), Default::default()),
        ..Later::default()
    };
    // Results of the group at hand are not later than each other.
    let mut end = exchange.answers.len();
    while let Some(last) = exchange.answers.get(..end).and_then(<[_]>::last) {
        let start = exchange
            .answers
            .partition_point(|answer| answer.group < last.group);
        for at in start..end {
            if let Some(slot) = findings.get_mut(at) {
                *slot = later.finding(exchange, touched, at);
            }
        }
        for at in (start..end).rev() {
            later.add(exchange, touched, at);
        }
        end = start.min(end - 1);
    }
    findings
}

impl<'a> Later<'a> {
    fn finding(&self, exchange: &Exchange<'a>, touched: &[Cow<'_, Touched>], at: usize) -> Finding {
        let answer = exchange.answers.get(at)?;
        if answer.facts.is_evicted {
            return None;
        }
        if !answer.facts.has_media
            && answer.facts.bytes >= SHORTEST
            && let Some(&later) = self.texts.get(&answer.facts.hash)
            && let Some(later) = exchange.answers.get(later)
            && is_same(&later.text(), &answer.text())
        {
            return Some((Cause::Duplicate, later.place.message));
        }
        let (call, touched) = answer
            .call
            .and_then(|at| Some((exchange.calls.get(at)?, touched.get(at)?)))?;
        if let Some(&(later, message)) = self.keys.get(&call.facts.key)
            && are_same(exchange.calls.get(later)?.made, call.made)
        {
            return Some((Cause::Superseded, message));
        }
        // Every read of the result, or it still says something.
        let all = |found: &dyn Fn(&str, Span) -> Option<usize>| {
            let found = touched
                .reads
                .iter()
                .map(|read| found(&read.path, read.span));
            found.reduce(|a, b| Some(a?.max(b?))).flatten()
        };
        if let Some(message) = all(&|path, span| self.reads.get(path)?.covers(span)) {
            return Some((Cause::Superseded, message));
        }
        let message = all(&|path, _| self.writes.get(path).copied())?;
        Some((Cause::Stale, message))
    }

    fn add(&mut self, exchange: &'a Exchange<'_>, touched: &'a [Cow<'_, Touched>], at: usize) {
        let Some(answer) = exchange.answers.get(at) else {
            return;
        };
        let message = answer.place.message;
        let facts = answer.facts;
        let says = !facts.is_evicted;
        if says && !facts.has_media && facts.bytes >= SHORTEST {
            self.texts.entry(facts.hash).or_insert(at);
        }
        let Some(made) = answer.call else { return };
        let (Some(call), Some(touched)) = (exchange.calls.get(made), touched.get(made)) else {
            return;
        };
        if !facts.failed {
            for path in &touched.writes {
                self.writes.entry(path).or_insert(message);
            }
        }
        // A read that failed replaces nothing; a test that failed replaces the run before.
        if says && (!facts.failed || touched.reads.is_empty()) && !call.facts.moves {
            self.keys.entry(call.facts.key).or_insert((made, message));
        }
        if says && !facts.failed {
            for read in &touched.reads {
                let shown = self.reads.entry(&read.path).or_default();
                shown.add(read.span, message);
            }
        }
    }
}

/// Whether a tool shows something else each time it is called, by its name.
pub(super) fn moves(tool: &str) -> bool {
    let tool = tool.to_ascii_lowercase();
    MOVES.iter().any(|word| tool.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_covered_by_a_later_one_that_holds_it() {
        let mut shown = Shown::default();
        for (span, message) in [
            (Span::Lines(10, 20), 9),
            (Span::Lines(15, 40), 8),
            (Span::Lines(5, 12), 7),
            (Span::Lines(12, 18), 6),
            (Span::Lines(4_000, u64::MAX), 5),
        ] {
            shown.add(span, message);
        }
        let cases = [
            (Span::Lines(10, 20), Some(9)),
            (Span::Lines(16, 20), Some(8)),
            (Span::Lines(5, 9), Some(7)),
            (Span::Lines(5, 20), None),
            (Span::Lines(4_010, 4_020), Some(5)),
            (Span::Lines(4_010, 9_020), None),
            (Span::Whole, None),
            (Span::Part, None),
        ];
        for (span, expected) in cases {
            assert_eq!(shown.covers(span), expected, "{span:?}");
        }
        shown.add(Span::Whole, 4);
        for (span, expected) in [
            (Span::Whole, Some(4)),
            (Span::Part, Some(4)),
            (Span::Lines(1, 2_000), Some(4)),
            (Span::Lines(2_100, 2_200), None),
        ] {
            assert_eq!(shown.covers(span), expected, "{span:?}");
        }
    }
}
