//! Where in a JSON text an error is: `added_tokens[3].id`.

/// What is shown of a key.
const LONGEST_KEY: usize = 64;

/// A value that is open.
enum Open {
    /// An object, at the value of a key; before its first there is none.
    Object(String),
    /// A list, at an element.
    List(usize),
}

/// The place that a parser of `json` has come to in the given line and column, which count from 1; empty for the whole.
pub(super) fn place(json: &[u8], line: usize, column: usize) -> String {
    let lines = json.split_inclusive(|byte| *byte == b'\n');
    let before: usize = lines.take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    let end = before.saturating_add(column).min(json.len());
    let mut open: Vec<Open> = Vec::new();
    // A string is a key until something that separates it from the next has come.
    let mut is_key = false;
    let mut at = 0;
    while let Some(byte) = json.get(..end).and_then(|json| json.get(at)) {
        at += 1;
        match byte {
            b'{' => {
                open.push(Open::Object(String::new()));
                is_key = true;
            }
            b'[' => open.push(Open::List(0)),
            b'}' | b']' => {
                open.pop();
            }
            b',' => match open.last_mut() {
                Some(Open::List(index)) => *index += 1,
                Some(Open::Object(_)) => is_key = true,
                None => {}
            },
            b':' => is_key = false,
            b'"' => {
                let text = string(json.get(at..end).unwrap_or_default());
                at += text.len() + 1;
                if let (true, Some(Open::Object(key))) = (is_key, open.last_mut()) {
                    *key = String::from_utf8_lossy(text).into_owned();
                }
            }
            _ => {}
        }
    }
    let mut path = String::new();
    for value in open {
        match value {
            Open::List(index) => path.push_str(&format!("[{index}]")),
            Open::Object(key) if key.is_empty() => {}
            Open::Object(key) if key.chars().all(|c| c.is_alphanumeric() || c == '_') => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.extend(key.chars().take(LONGEST_KEY));
            }
            Open::Object(key) => {
                let key: String = key.chars().take(LONGEST_KEY).collect();
                path.push_str(&format!("[\"{key}\"]"));
            }
        }
    }
    path
}

/// What stands before the quotation mark that ends a string, escapes as they are.
fn string(rest: &[u8]) -> &[u8] {
    let mut is_escaped = false;
    let end = rest.iter().position(|byte| {
        let ends = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        ends
    });
    rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn a_place_is_named_by_keys_and_positions() {
        let json =
            br#"{"version": "1.0", "added_tokens": [{"id": 1, "content": "a\"],{"}, {"id": "x"}],
            "model": {"vocab": {"<|x|>": []}}}"#;
        let of = |what: &str, after: usize| {
            let text = std::str::from_utf8(json).unwrap();
            let at = text.find(what).unwrap() + after;
            let before = &text[..at];
            let line = before.matches('\n').count() + 1;
            place(json, line, at - before.rfind('\n').map_or(0, |at| at + 1))
        };
        assert_eq!(of("1.0", 4), "version");
        assert_eq!(of("\"x\"", 3), "added_tokens[1].id");
        assert_eq!(of("\"x\"}", 4), "added_tokens[1]");
        assert_eq!(of("{\"}", 2), "added_tokens[0].content");
        assert_eq!(of("[]", 1), "model.vocab[\"<|x|>\"][0]");
        assert_eq!(of("{", 1), "");
        assert_eq!(place(json, 0, 0), "");
        assert_eq!(place(json, 99, 99), "");
        assert_eq!(place(b"", 1, 1), "");
    }
}
