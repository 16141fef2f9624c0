//! What texts refer to by name: paths, identifiers and numbers; and which results were referred to later.

use crate::conversation::{Group, Message, Part, Role};
use crate::count::Counted;
use crate::plan::text::{ceil, floor};

use super::exchange::Exchange;
use super::hash;
use super::logistic::ln;

/// Bytes at each end of a text that are read for names; the middle of a longer one is left out.
const READ: usize = 32 * 1024;
/// Names that are remembered while a text is read: a power of two.
const RECENT: usize = 128;
/// Longest and shortest name, in bytes.
const LONGEST: usize = 128;
const SHORTEST: usize = 3;

/// A later use of what a result says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Use {
    /// The result, as an index into [`Exchange::answers`].
    pub answer: usize,
    /// The group that uses it.
    pub group: usize,
    /// How rare the name was, 0 to 1: 1 where one result had it, towards 0 where all had it.
    pub weight: f64,
}

/// The paths, identifiers and numbers in `text`, in order; one may come twice.
///
/// A name is a run of letters, digits and `_ . / - @ ~ $` that looks like no plain word: with a digit, `_`, `/`, `.` or
/// `@` inside, a capital after a small letter, or all capitals; 3 to 128 bytes. Of a path or dotted name the last part
/// counts by itself as well. Languages without such names have no references.
#[cfg(test)]
pub(crate) fn references(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    each(text, &mut |name| names.push(name));
    names
}

fn each<'a>(text: &'a str, found: &mut dyn FnMut(&'a str)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(before) = bytes
        .get(at..)
        .and_then(|rest| rest.iter().position(|byte| class(*byte) != OUTER))
    {
        let start = at + before;
        let rest = bytes.get(start..).unwrap_or_default();
        // Most runs are plain words: told apart while their end is looked for.
        let mut length = rest.len();
        let mut classes = 0;
        for (inner, byte) in rest.iter().enumerate() {
            let class = class(*byte);
            if class == OUTER {
                length = inner;
                break;
            }
            classes |= class;
        }
        at = start + length;
        if length < SHORTEST || classes == SMALL {
            continue;
        }
        // In JSON a line feed before a name is `\n`: the letter is none of the name's.
        let is_escape = matches!(rest, [b'n' | b't' | b'r', ..])
            && start.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'\\');
        let run = text
            .get(start + usize::from(is_escape)..at)
            .unwrap_or_default();
        let run = trimmed(run);
        if run.len() < SHORTEST || !is_name(run) {
            continue;
        }
        if run.len() <= LONGEST {
            found(run);
        }
        if classes & JOINT == 0 {
            continue;
        }
        let last = behind(run, b'/');
        if last.len() < run.len() {
            name(last, found);
        }
        let member = behind(last, b'.');
        if member.len() < last.len() {
            name(member, found);
        }
    }
}

/// A run without the marks around it. Runs are ASCII.
fn trimmed(run: &str) -> &str {
    let is_inner = |byte: &u8| !matches!(byte, b'.' | b'/' | b'-' | b'@' | b'$' | b'~');
    let bytes = run.as_bytes();
    let first = bytes.iter().position(is_inner).unwrap_or(bytes.len());
    let last = bytes
        .iter()
        .rposition(is_inner)
        .map_or(first, |last| last + 1);
    run.get(first..last).unwrap_or_default()
}

/// What stands behind the last `mark`; all of it without one.
fn behind(run: &str, mark: u8) -> &str {
    let mark = run.bytes().rposition(|byte| byte == mark);
    run.get(mark.map_or(0, |mark| mark + 1)..)
        .unwrap_or_default()
}

fn name<'a>(text: &'a str, found: &mut dyn FnMut(&'a str)) {
    if (SHORTEST..=LONGEST).contains(&text.len()) && is_name(text) {
        found(text);
    }
}

/// Classes of bytes: none of a name, small letters, `/` and `.`, and the rest.
const OUTER: u8 = 0;
const SMALL: u8 = 1;
const JOINT: u8 = 2;
const OTHER: u8 = 4;

/// The class of every byte.
static CLASSES: [u8; 256] = {
    let mut classes = [OUTER; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' => SMALL,
            b'/' | b'.' => JOINT,
            b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'@' | b'~' | b'$' => OTHER,
            _ => OUTER,
        };
        byte += 1;
    }
    classes
};

#[inline(always)]
fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(OUTER)
}

/// Whether a run of such bytes is more than a word.
fn is_name(run: &str) -> bool {
    let mut was_small = false;
    let mut capitals = true;
    for byte in run.bytes() {
        match byte {
            b'0'..=b'9' | b'_' | b'/' | b'.' | b'@' => return true,
            b'A'..=b'Z' if was_small => return true,
            _ => {}
        }
        was_small = byte.is_ascii_lowercase();
        capitals &= byte.is_ascii_uppercase();
    }
    capitals
}

/// Hashes of names, in order. One may come twice.
pub(super) type Names = Box<[u64]>;

/// The names at both ends of each text.
pub(super) fn names<'a>(texts: impl IntoIterator<Item = &'a str>) -> Names {
    let mut names = Vec::new();
    // Most names that come again do so soon.
    let mut recent = [0; RECENT];
    for text in texts {
        sampled(text, &mut |name| {
            if let Some(known) = recent.get_mut(name as usize % RECENT)
                && std::mem::replace(known, name) != name
            {
                names.push(name);
            }
        });
    }
    names.into()
}

/// The names in what a message says and calls, its results apart.
pub(super) fn said(message: &Message) -> Names {
    names(message.parts.iter().filter_map(|part| match part {
        Part::Text { text, .. } => Some(text.as_str()),
        Part::ToolCall(call) => Some(&call.arguments),
        _ => None,
    }))
}

fn sampled(text: &str, found: &mut dyn FnMut(u64)) {
    let mut hashed = |name: &str| found(hash::mix(hash::word(name.as_bytes())));
    if text.len() <= 2 * READ {
        each(text, &mut hashed);
        return;
    }
    for part in [
        text.get(..floor(text, READ)),
        text.get(ceil(text, text.len() - READ)..),
    ] {
        each(part.unwrap_or_default(), &mut hashed);
    }
}

/// Where a name that the model uses was seen.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// Results that say it.
    results: u32,
    /// The last that does; `None` once somebody repeated it, which is nearer.
    answer: Option<usize>,
    /// The last result that was counted, plus one.
    counted: usize,
}

/// Every time the model uses a name, in its text or in a call, that stands nowhere nearer than in a result of an
/// earlier group. In order of the messages; a result once for each name.
pub(super) fn uses(counted: &Counted, groups: &[Group], exchange: &Exchange<'_>) -> Vec<Use> {
    let is_model = |index: usize| {
        let counted = counted.messages.get(index);
        counted.is_some_and(|counted| counted.shape.role == Role::Assistant)
    };
    let by_model = exchange.facts.iter().enumerate();
    let by_model = by_model.filter(|(index, _)| is_model(*index));
    let by_model: Vec<_> = by_model.map(|(_, facts)| &facts.said).collect();
    // Of most names in results it tells quickly that the model never uses them.
    let mut used = hash::Filter::with_room(by_model.iter().map(|said| said.len()).sum());
    for name in by_model.into_iter().flatten() {
        used.add(*name);
    }
    let mut names: hash::ByHash<Seen> = hash::ByHash::default();
    // And of most names that somebody says that no result has had them.
    let mut shown = hash::Filter::with_room(exchange.answers.len());
    let mut uses = Vec::new();
    let mut answers = exchange.answers.iter().enumerate().peekable();
    for (group, range) in groups.iter().enumerate() {
        for index in range.messages.clone() {
            let is_model = is_model(index);
            let said = exchange.facts.get(index).map(|facts| &*facts.said);
            let said = said.unwrap_or_default().iter();
            for name in said.filter(|name| shown.may_have(**name)) {
                let seen = names.get_mut(name);
                let seen = seen.and_then(|seen| Some((seen.answer.take()?, seen.results)));
                let Some((answer, results)) = seen else {
                    continue;
                };
                let earlier = exchange.answers.get(answer);
                if is_model && earlier.is_some_and(|earlier| earlier.group < group) {
                    uses.push(Use {
                        answer,
                        group,
                        weight: rarity(results, exchange, answer),
                    });
                }
            }
            while let Some((at, answer)) =
                answers.next_if(|(_, answer)| answer.place.message <= index)
            {
                let own = answer.facts.names.iter();
                for name in own.filter(|name| used.may_have(**name)) {
                    shown.add(*name);
                    let seen = names.entry(*name).or_default();
                    seen.results += u32::from(seen.counted != at + 1);
                    seen.counted = at + 1;
                    seen.answer = Some(at);
                }
            }
        }
    }
    uses
}

/// Inverse document frequency of a name in `results` of the results so far, as a share of the largest possible.
fn rarity(results: u32, exchange: &Exchange<'_>, answer: usize) -> f64 {
    let all = exchange.answers.len().min(answer.max(1)) as f64 + 1.0;
    (1.0 - ln(f64::from(results)) / ln(all)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_what_no_plain_word_is() {
        let cases: [(&str, &[&str]); 9] = [
            ("The quick brown fox; it is well-known.", &[]),
            (
                "see src/plan/mod.rs:12 for keep_last",
                &["src/plan/mod.rs", "mod.rs", "keep_last"],
            ),
            ("\"./a_b.go\"", &["a_b.go"]),
            (
                "reservation K1NW8N, JFK on 2024-05-26.",
                &["K1NW8N", "JFK", "2024-05-26"],
            ),
            ("self.assertEqual(x)", &["self.assertEqual", "assertEqual"]),
            ("fooBar Foo FOO no 42 421", &["fooBar", "FOO", "421"]),
            ("a@b.example", &["a@b.example"]),
            (
                r"{\nfoo_bar\tget_x \\napi_x}",
                &["foo_bar", "get_x", "api_x"],
            ),
            ("", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(references(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn names_are_parts_of_the_text(text in any::<String>()) {
            for name in references(&text) {
                prop_assert!(text.contains(name) && name.len() >= SHORTEST && name.len() <= LONGEST);
            }
        }
    }
}
