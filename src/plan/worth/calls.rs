//! Which result answers which call, and when two calls are the same.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};

use serde_json::Value;

use crate::conversation::{Conversation, Group, Part, ToolCall};
use crate::json;
use crate::order;

use super::Place;
use super::hash::{mix, word};

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

/// A call, and what it can be compared by.
pub(super) struct Call<'a> {
    /// The call itself.
    pub made: &'a ToolCall,
    /// Its arguments, when they are JSON.
    pub arguments: Option<Value>,
    /// Equal for equal calls: of the tool and the [`canonical`] form of the arguments.
    pub hash: u64,
}

/// A result, with the call it answers.
pub(super) struct Answer<'a> {
    /// Where it stands.
    pub place: Place,
    /// The group it belongs to.
    pub group: usize,
    /// The call, as an index into [`Exchange::calls`].
    pub call: Option<usize>,
    /// The tool's name; empty when nothing tells.
    pub tool: &'a str,
    /// The id it repeats, or that of its call.
    pub call_id: &'a str,
    /// What it says: all its texts.
    pub text: Cow<'a, str>,
    /// Whether it says more than texts: pictures, files.
    pub has_media: bool,
    /// Whether the tool failed, by the request or by the first word of the text.
    pub failed: bool,
    /// Whether it is a placeholder, or holds the notice of a cut.
    pub is_evicted: bool,
}

/// Every call and every result of a conversation, in order.
#[derive(Default)]
pub(super) struct Exchange<'a> {
    /// The calls.
    pub calls: Vec<Call<'a>>,
    /// The results.
    pub answers: Vec<Answer<'a>>,
}

/// Calls that wait for a result, by what the result may repeat.
#[derive(Default)]
struct Open<'a> {
    by_id: HashMap<&'a str, VecDeque<usize>>,
    by_name: HashMap<&'a str, VecDeque<usize>>,
    /// Those of the group at hand that stand before this one are answered.
    oldest: usize,
    answered: Vec<bool>,
}

impl<'a> Open<'a> {
    fn open(&mut self, call: &'a ToolCall) {
        let at = self.answered.len();
        self.answered.push(false);
        if !call.id.is_empty() {
            self.by_id.entry(&call.id).or_default().push_back(at);
        }
        self.by_name.entry(&call.name).or_default().push_back(at);
    }

    /// The call that a result answers: by id, else by name, else the oldest of its group. Ids and names come back in later
    /// turns, so that an open call of the group at hand (`from` and later) comes before one that was never answered.
    fn close(&mut self, id: &str, name: &str, from: usize) -> Option<usize> {
        let queue = match (id.is_empty(), name.is_empty()) {
            (false, _) => self.by_id.get_mut(id),
            (true, false) => self.by_name.get_mut(name),
            (true, true) => {
                self.oldest = self.oldest.max(from);
                while self.answered.get(self.oldest) == Some(&true) {
                    self.oldest += 1;
                }
                *self.answered.get_mut(self.oldest)? = true;
                return Some(self.oldest);
            }
        }?;
        while let Some(at) = queue.pop_front() {
            let is_open = self.answered.get(at) == Some(&false);
            if is_open && (at >= from || queue.is_empty()) {
                *self.answered.get_mut(at)? = true;
                return Some(at);
            }
        }
        None
    }
}

impl<'a> Exchange<'a> {
    /// Pairs the calls and results of `conversation`.
    pub(super) fn of(conversation: &'a Conversation, groups: &[Group]) -> Self {
        let mut exchange = Self::default();
        let mut open = Open::default();
        for (group, range) in groups.iter().enumerate() {
            let from = exchange.calls.len();
            let messages = conversation.messages.get(range.messages.clone());
            for (offset, message) in messages.unwrap_or_default().iter().enumerate() {
                for (part, content) in message.parts.iter().enumerate() {
                    let place = Place {
                        message: range.messages.start + offset,
                        part,
                    };
                    match content {
                        Part::ToolCall(made) => {
                            open.open(made);
                            exchange.calls.push(Call::new(made));
                        }
                        Part::ToolResult {
                            call_id,
                            name,
                            parts,
                            is_error,
                        } => {
                            let name = name.as_deref().or(message.name.as_deref());
                            let name = name.unwrap_or_default();
                            let call = open.close(call_id, name, from);
                            let made = call.and_then(|at| exchange.calls.get(at));
                            let text = joined(parts);
                            exchange.answers.push(Answer {
                                place,
                                group,
                                call,
                                tool: made.map_or(name, |call| call.made.name.as_str()),
                                call_id: match made {
                                    Some(call) if call_id.is_empty() => &call.made.id,
                                    _ => call_id,
                                },
                                has_media: parts
                                    .iter()
                                    .any(|part| !matches!(part, Part::Text { .. })),
                                failed: *is_error || tells_of_failure(&text),
                                is_evicted: is_evicted(&text),
                                text,
                            });
                        }
                        _ => {}
                    }
                }
            }
        }
        exchange
    }

    /// The call that `answer` answers.
    pub(super) fn call(&self, answer: &Answer<'_>) -> Option<&Call<'a>> {
        answer.call.and_then(|at| self.calls.get(at))
    }
}

impl<'a> Call<'a> {
    fn new(made: &'a ToolCall) -> Self {
        let arguments = json::parsed(&made.arguments);
        let hash = match &arguments {
            Some(value) => hash_of(value),
            None => mix(word(made.arguments.trim().as_bytes())),
        };
        Self {
            made,
            arguments,
            hash: mix(hash ^ word(made.name.as_bytes())),
        }
    }

    /// Whether it is a call of the same tool with the same arguments.
    pub(super) fn is_same(&self, other: &Call<'_>) -> bool {
        let written = |call: &Call<'_>| match &call.arguments {
            Some(value) => {
                let mut out = String::with_capacity(call.made.arguments.len());
                canonical(value, &mut out);
                out
            }
            None => call.made.arguments.trim().to_owned(),
        };
        self.hash == other.hash
            && self.made.name == other.made.name
            && (self.made.arguments == other.made.arguments || written(self) == written(other))
    }
}

/// Equal for values of the same [`canonical`] form: the order of keys and the way of writing numbers do not count.
fn hash_of(value: &Value) -> u64 {
    match value {
        Value::Null => 1,
        Value::Bool(truth) => 2 + u64::from(*truth),
        // Whole numbers differ in no float from those that are written as such.
        Value::Number(number) => mix((number.as_f64().unwrap_or_default() + 0.0).to_bits() ^ 4),
        Value::String(text) => mix(word(text.as_bytes())),
        Value::Array(items) => items.iter().fold(5, |hash, item| mix(hash ^ hash_of(item))),
        Value::Object(fields) => fields.iter().fold(6, |hash, (key, item)| {
            let field = mix(word(key.as_bytes())) ^ hash_of(item).rotate_left(32);
            hash.wrapping_add(mix(field))
        }),
    }
}

/// Keys sorted, no blanks, and whole numbers written as such: `1`, `1.0` and `1e0` are one.
fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            out.push('{');
            for (key, value) in order::fields(fields) {
                json::write_string(key, json::COMPACT, out);
                out.push(':');
                canonical(value, out);
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                canonical(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::Number(number) => match number.as_f64() {
            // Up to 2^53 every whole number is a float.
            Some(float)
                if number.is_f64()
                    && float.fract() == 0.0
                    && float.abs() <= 9_007_199_254_740_992.0 =>
            {
                json::write_value(&Value::from(float as i64), json::COMPACT, out);
            }
            _ => json::write_value(value, json::COMPACT, out),
        },
        _ => json::write_value(value, json::COMPACT, out),
    }
}

/// All texts of a result as one.
fn joined(parts: &[Part]) -> Cow<'_, str> {
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
fn tells_of_failure(text: &str) -> bool {
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
fn is_evicted(text: &str) -> bool {
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

    fn are_same(a: &str, b: &str) -> bool {
        let [a, b] = [a, b].map(|arguments| ToolCall {
            id: String::new(),
            name: "f".to_owned(),
            arguments: arguments.to_owned(),
        });
        Call::new(&a).is_same(&Call::new(&b))
    }

    #[test]
    fn equal_arguments_make_one_call_however_they_are_written() {
        let same = [
            (
                r#"{"a":1,"b":[1.50,null]}"#,
                r#" { "b" : [1.5, null], "a" : 1.0 } "#,
            ),
            (r#"{"a":{"y":1,"x":2}}"#, r#"{"a":{"x":2e0,"y":1}}"#),
            (r#"{"a":-0.0}"#, r#"{"a":0}"#),
            (r#"{"a":"\u0041/"}"#, r#"{"a":"A\/"}"#),
            ("*** Begin Patch\n", "  *** Begin Patch"),
        ];
        for (a, b) in same {
            assert!(are_same(a, b), "{a} {b}");
        }
        let different = [
            (r#"{"a":1}"#, r#"{"a":"1"}"#),
            (r#"[1,2]"#, r#"[2,1]"#),
            (r#"{"a":[1],"b":2}"#, r#"{"a":[1,2]}"#),
            (r#"{"a":9007199254740993}"#, r#"{"a":9007199254740992}"#),
        ];
        for (a, b) in different {
            assert!(!are_same(a, b), "{a} {b}");
        }
    }

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

    #[test]
    fn results_answer_by_id_by_name_and_by_order() {
        let call = |id: &str, name: &str| ToolCall {
            id: id.to_owned(),
            name: name.to_owned(),
            arguments: String::new(),
        };
        let calls = [
            call("a", "f"), // Never answered; the id comes back.
            call("a", "f"),
            call("b", "g"),
            call("", "f"),
            call("", "h"),
        ];
        let mut open = Open::default();
        for call in &calls {
            open.open(call);
        }
        assert_eq!(open.close("a", "", 1), Some(1));
        assert_eq!(open.close("a", "", 1), None);
        assert_eq!(open.close("", "f", 1), Some(3));
        assert_eq!(open.close("", "", 1), Some(2));
        assert_eq!(open.close("", "g", 1), None);
        assert_eq!(open.close("", "", 1), Some(4));
        assert_eq!(open.close("", "", 1), None);
        assert_eq!(open.close("never", "f", 1), None);
    }
}
