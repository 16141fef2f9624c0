//! What the text of a result shows by itself: that the tool failed, or that it has been taken away already.

use std::borrow::Cow;

use crate::conversation::Part;

/// How every placeholder starts.
const PLACEHOLDER_START: &str = "[result of ";
/// How a placeholder ends that replaces a whole result.
const PLACEHOLDER_END: &str = "; call the tool again to see it]";
/// What a placeholder says when it ends otherwise.
const REMOVED: &str = " removed";
/// Longest text that is taken for a placeholder, in bytes: a tool's name, a path and a few words.
const LONGEST_PLACEHOLDER: usize = 1024;
/// What the notice says that stands in the middle of a cut result.
const CUT: &str = " cut here; call the tool again to see ";

/// All texts of a result as one.
pub(super) fn joined(parts: &[Part]) -> Cow<'_, str> {
    let mut texts = parts.iter().filter_map(|part| match part {
        Part::Text { text, .. } => Some(text.as_str()),
        _ => None,
    });
    let first = texts.next().unwrap_or_default();
    let mut joined = Cow::Borrowed(first);
    for text in texts {
        let whole = joined.to_mut();
        whole.push('\n');
        whole.push_str(text);
    }
    joined
}

/// Where the dialect has no mark for failures, tools tell of them in their first words, or in the first field: Gemini's
/// documentation names it `error`, and `output` for what went well.
pub(super) fn tells_of_failure(text: &str) -> bool {
    let mut start = text.trim_start();
    if let Some(fields) = start.strip_prefix('{').map(str::trim_start) {
        let fields = fields.get(..64).unwrap_or(fields);
        let Some((key, value)) = fields.split_once(':') else {
            return false;
        };
        let value = value.trim_start();
        match key.trim_end() {
            "\"error\"" => {
                return !["null", "false", "\"\""]
                    .iter()
                    .any(|none| value.starts_with(none));
            }
            "\"output\"" | "\"result\"" => start = value.trim_start_matches('"'),
            _ => return false,
        }
    }
    const WORDS: [&str; 4] = [
        "error:",
        "<tool_use_error>",
        "error executing",
        "traceback (most recent",
    ];
    let starts = |word: &&str| {
        let start = start.get(..word.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    WORDS.iter().any(starts)
}

/// Whether `text` is a placeholder of an earlier plan, or holds the notice of a cut.
pub(super) fn is_evicted(text: &str) -> bool {
    let is_placeholder = text.len() <= LONGEST_PLACEHOLDER
        && text.starts_with(PLACEHOLDER_START)
        && text.ends_with(']')
        && (text.ends_with(PLACEHOLDER_END) || text.contains(REMOVED));
    is_placeholder
        || first_cut(text).is_some_and(|at| {
            // The notice is a line of its own, in brackets.
            let before = text.get(..at).unwrap_or_default();
            let after = text.get(at..).unwrap_or_default();
            let line = before.rsplit('\n').next().unwrap_or_default();
            let end = after.lines().next().unwrap_or_default();
            line.starts_with('[') && end.ends_with(']')
        })
}

/// Where the first [`CUT`] is. Its semicolon is found quicker than its letters.
fn first_cut(text: &str) -> Option<usize> {
    let before = CUT.find(';')?;
    let mut marks = text.match_indices(';');
    marks.find_map(|(mark, _)| {
        let at = mark.checked_sub(before)?;
        text.get(at..)?.starts_with(CUT).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_and_cuts_are_recognised_and_nothing_else() {
        let ours = [
            "[result of bash removed: 1,200 tokens; call the tool again to see it]",
            "[result of bash removed: the same as in message 7]",
            "head\n[900 of 1,000 bytes of bash's result cut here; call the tool again to see them]\ntail",
            "[result of a\n[9 bytes of x cut here; call the tool again to see it]",
        ];
        let others = [
            "",
            "[result of the election]",
            "[result of x removed] and more",
            "it was cut here; call the tool again to see more",
            "the placeholder [result of bash removed: 3 tokens; call the tool again to see it]",
        ];
        assert!(ours.iter().all(|text| is_evicted(text)));
        for text in others {
            assert!(!is_evicted(text), "{text}");
        }
    }

    #[test]
    fn failures_are_told_by_their_first_words() {
        for text in [
            " Error: no such file",
            "ERROR: x",
            "<tool_use_error>File has not been read</tool_use_error>",
            r#"{"error": {"code": 5}}"#,
            r#"{ "output" : "Error: x"}"#,
            r#"{"error":"x"}"#,
        ] {
            assert!(tells_of_failure(text), "{text}");
        }
        for text in [
            "",
            "{",
            "errors: 0",
            r#"{"error":null,"a":1}"#,
            r#"{"output":"ok"}"#,
            "{\"é: 1",
        ] {
            assert!(!tells_of_failure(text), "{text}");
        }
    }
}
