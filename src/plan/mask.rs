//! What stands in place of a result whose content has gone.

use super::document::Cause;
use super::text::{self, LONGEST_NAME, push_grouped};
use super::worth::Worth;

/// How every placeholder starts.
pub(super) const START: &str = "[result of ";
/// How every placeholder ends.
pub(super) const END: &str = "; call the tool again to see it]";
/// Longest placeholder in bytes, of which a character of the tool's name takes up to four.
pub(super) const LONGEST: usize = WORDS + LONGEST_PATH + 4 * LONGEST_NAME;
/// Longest path that a placeholder repeats, in bytes.
const LONGEST_PATH: usize = 200;
/// More bytes than the rest of a placeholder has.
const WORDS: usize = 240;

/// The placeholder for a result of about `tokens` tokens. It names the tool, why the result went and how to read it again.
///
/// Where the call had been made again, or what was read changed, before the result went, it says ` later`: such a call is no
/// regret ([`worth`](super::worth)).
pub(super) fn placeholder(worth: &Worth, cause: Cause, tokens: u32) -> String {
    let mut text = String::with_capacity(WORDS);
    write(worth, cause, tokens, &mut text);
    text
}

/// Writes it in place of `text`.
pub(super) fn write(worth: &Worth, cause: Cause, tokens: u32, text: &mut String) {
    text.clear();
    for part in [START, text::tool(worth.tool), " removed: "] {
        text.push_str(part);
    }
    push_grouped(tokens.into(), text);
    text.push_str(" tokens");
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
}

/// A path that fits a line and cannot be taken for more than a path.
fn is_plain(path: &str) -> bool {
    path.len() <= LONGEST_PATH && !path.chars().any(|c| c.is_control() || c == ']')
}
