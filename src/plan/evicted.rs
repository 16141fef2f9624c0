//! What a result shows of an earlier plan: that it is a placeholder, or that its middle was cut out.
//!
//! Such a text stands by itself, or as the only field of an object, as Gemini has its results.

use std::borrow::Cow;

use serde_json::Value;

use crate::json;

use super::cut::CUT;
use super::mask;

/// Whether a result was taken away, whole or in part.
pub(super) fn is_evicted(text: &str) -> bool {
    is_placeholder(text) || is_cut(text)
}

/// Whether a text is a placeholder already.
pub(super) fn is_placeholder(text: &str) -> bool {
    // What JSON adds to a placeholder is a key and escapes.
    text.len() <= 2 * mask::LONGEST
        && only_text(text).is_some_and(|text| {
            text.len() <= mask::LONGEST
                && !text.contains('\n')
                // One, and not several that stood beside each other.
                && text.rfind(mask::START) == Some(0)
                && text.ends_with(mask::END)
        })
}

/// Whether a text holds the notice of a cut: a line of its own, in brackets.
fn is_cut(text: &str) -> bool {
    // JSON writes these words as they are, so that a text without them need not be read.
    first_cut(text).is_some()
        && only_text(text).is_some_and(|text| {
            let notice = first_cut(&text).and_then(|at| text.split_at_checked(at));
            notice.is_some_and(|(before, after)| {
                let start = before.rsplit('\n').next().unwrap_or_default();
                let end = after.lines().next().unwrap_or_default();
                start.starts_with('[') && end.ends_with(']')
            })
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

/// The text itself, or that of the only field of the object that it is; `None` for any other object.
fn only_text(text: &str) -> Option<Cow<'_, str>> {
    if !text.starts_with('{') {
        return Some(text.into());
    }
    let Some(Value::Object(fields)) = json::parsed(text) else {
        return None;
    };
    let mut values = fields.into_iter().map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(Value::String(only)), None) => Some(only.into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_object(text: &str) -> String {
        serde_json::json!({ "output": text }).to_string()
    }

    #[test]
    fn placeholders_and_cuts_are_recognised_and_nothing_else() {
        const GONE: &str = "[result of bash removed: 3 tokens; call the tool again to see it]";
        const NOTICE: &str =
            "[9 of 10 bytes of x's result cut here; call the tool again to see them]";
        let cut = format!("head\n{NOTICE}\ntail");
        for ours in [GONE, &cut, &format!("[result of a\n{NOTICE}"), NOTICE] {
            assert!(is_evicted(ours), "{ours}");
            assert!(is_evicted(&in_object(ours)), "{ours}");
            assert_eq!(is_placeholder(ours), ours == GONE);
            assert_eq!(is_placeholder(&in_object(ours)), ours == GONE);
        }
        for other in [
            "",
            "{}",
            "[result of the election]",
            "[result of x removed] and more",
            "it was cut here; call the tool again to see more",
            &format!("the placeholder {GONE}"),
            &format!("{GONE}\n{GONE}"),
            &format!("{GONE}{GONE}"),
        ] {
            assert!(!is_evicted(other), "{other}");
            assert!(!is_evicted(&in_object(other)), "{other}");
        }
        for other in [
            format!(r#"{{"output":"{GONE}","code":0}}"#),
            format!(r#"{{"output":["{GONE}"]}}"#),
            format!(r#"{{"output":"{GONE}""#),
            format!(r#"{{"output":"{NOTICE}","code":0}}"#),
        ] {
            assert!(!is_evicted(&other), "{other}");
        }
    }
}
