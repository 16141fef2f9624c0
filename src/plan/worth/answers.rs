//! What the text of a result shows by itself: that the tool failed.

use std::borrow::Cow;

use crate::conversation::Part;

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

#[cfg(test)]
mod tests {
    use super::*;

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
