//! What stands in place of a result whose content has gone.

use super::document::Cause;
use super::text::{self, LONGEST_NAME, grouped};
use super::worth::Worth;

/// How every placeholder starts; a result that starts so has been masked before.
pub(crate) const START: &str = "[result of ";
/// How every placeholder ends.
pub(crate) const END: &str = "; call the tool again to see it]";
/// Longest text that is taken for a placeholder, names and paths apart.
const LONGEST: usize = 240;
/// Longest path that a placeholder repeats, in bytes.
const LONGEST_PATH: usize = 200;

/// The placeholder for a result of about `tokens` tokens. It names the tool, why the result went and how to read it again.
///
/// Where the call had been made again, or what was read changed, before the result went, it says ` later`: such a call is no
/// regret ([`worth`](super::worth)).
pub(super) fn placeholder(worth: &Worth, cause: Cause, tokens: u32) -> String {
    let mut text = String::with_capacity(LONGEST);
    for part in [
        START,
        text::tool(worth.tool),
        " removed: ",
        &grouped(tokens.into()),
        " tokens",
    ] {
        text.push_str(part);
    }
    match cause {
        Cause::Duplicate => text.push_str(", repeated later"),
        Cause::Superseded => text.push_str(", called again later"),
        Cause::NearDuplicate => text.push_str(", nearly repeated later"),
        Cause::Stale => {
            let subject = worth.subject.as_deref().filter(|path| is_plain(path));
            text.push_str(", ");
            text.push_str(subject.unwrap_or("the file"));
            text.push_str(" was changed later");
        }
        Cause::Old => {}
    }
    text.push_str(END);
    text
}

/// Whether a text is a placeholder already: by itself, or as the only field of an object, as Gemini has its results.
pub(crate) fn is_placeholder(text: &str) -> bool {
    if text.starts_with('{') && text.len() <= 2 * (LONGEST + LONGEST_PATH + 4 * LONGEST_NAME) {
        let fields = serde_json::from_str::<serde_json::Map<_, _>>(text).unwrap_or_default();
        let mut values = fields.values().map(serde_json::Value::as_str);
        return matches!((values.next(), values.next()), (Some(Some(only)), None) if is_plain_placeholder(only));
    }
    is_plain_placeholder(text)
}

fn is_plain_placeholder(text: &str) -> bool {
    text.len() <= LONGEST + LONGEST_PATH + 4 * LONGEST_NAME
        && !text.contains('\n')
        && text.starts_with(START)
        && text.ends_with(END)
}

/// A path that fits a line and cannot be taken for more than a path.
fn is_plain(path: &str) -> bool {
    path.len() <= LONGEST_PATH && !path.chars().any(|c| c.is_control() || c == ']')
}
