//! Where a long text is cut: at the end of a line, or between the elements of a JSON text, where one is near.

use crate::plan::text::{ceil, floor};

/// How many bytes to keep at each end out of `budget`.
///
/// Head and tail give up at most a quarter of their length for a border. A line's end comes first; in a text that starts
/// like JSON and has no line's end there, the border is behind a comma that is nested least deep.
pub(super) fn ends(text: &str, budget: usize) -> (usize, usize) {
    let half = (budget / 2).min(text.len() / 2);
    let head = floor(text, half);
    let near = floor(text, head - head / 4);
    let start = ceil(text, text.len() - half);
    let far = ceil(text, start + (text.len() - start) / 4);
    let line_before = text.get(near..head).and_then(|part| part.rfind('\n'));
    let line_after = text.get(start..far).and_then(|part| part.find('\n'));
    let (mut element_before, mut element_after) = (None, None);
    if (line_before.is_none() || line_after.is_none()) && text.trim_start().starts_with(['[', '{'])
    {
        (element_before, element_after) = elements(text, near..head, start..far);
    }
    let head = match line_before {
        Some(at) => near + at + 1,
        None => element_before.unwrap_or(head),
    };
    let start = match line_after {
        Some(at) => start + at + 1,
        None => element_after.unwrap_or(start),
    };
    (head, text.len() - start)
}

/// The last place in `before` and the first in `after` that follow a comma outside of strings, each nested least deep there.
fn elements(
    text: &str,
    before: std::ops::Range<usize>,
    after: std::ops::Range<usize>,
) -> (Option<usize>, Option<usize>) {
    let (mut depth, mut in_string, mut escaped) = (0_i64, false, false);
    // Depth and place.
    let mut last: Option<(i64, usize)> = None;
    let mut first: Option<(i64, usize)> = None;
    for (at, byte) in text.bytes().enumerate().take(after.end) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            b',' => {
                let border = at + 1;
                if before.contains(&at) && last.is_none_or(|(least, _)| depth <= least) {
                    last = Some((depth, border));
                }
                if after.contains(&at) && first.is_none_or(|(least, _)| depth < least) {
                    first = Some((depth, border));
                }
            }
            _ => {}
        }
    }
    (last.map(|(_, at)| at), first.map(|(_, at)| at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::cut::join;

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
    fn json_on_one_line_is_cut_between_elements() {
        let item = |n: usize| format!("{{\"id\":{n},\"tags\":[\"a,b\",\"c\\\"],\"]}}");
        let items: Vec<String> = (0..60).map(item).collect();
        let text = format!("[{}]", items.join(","));
        for budget in [400, 555, 700, 901] {
            let (head, tail) = ends(&text, budget);
            assert!(text[..head].ends_with("},"), "{}", &text[..head]);
            assert!(
                text[text.len() - tail..].starts_with("{\"id\":"),
                "{}",
                &text[text.len() - tail..]
            );
            assert!(head + tail <= budget && head + tail > budget / 2);
        }
    }

    #[test]
    fn what_only_starts_like_json_is_still_cut_at_code_points() {
        for text in [
            "{",
            "[\"é\\",
            "{\"é,é,é,é,é,é",
            "]]]],,,,éééé",
            "[,,,,,,,,,,,,",
        ] {
            for budget in 0..text.len() + 2 {
                let (head, tail) = ends(text, budget);
                assert!(head + tail <= text.len());
                assert!(join(text, head, tail, "").is_some(), "{text} {budget}");
            }
        }
    }
}
