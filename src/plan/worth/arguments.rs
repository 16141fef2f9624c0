//! What the arguments of a call name: files, lines of them, and scripts.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::conversation::ToolCall;
use crate::json::field;

use super::paths::Span;

/// Arguments that name the file.
const PATH: [&str; 14] = [
    "path",
    "file_path",
    "filePath",
    "filepath",
    "file",
    "filename",
    "file_name",
    "notebook_path",
    "target_file",
    "TargetFile",
    "AbsolutePath",
    "absolute_path",
    "relative_path",
    "relative_workspace_path",
];
/// Arguments that name several.
const PATHS: [&str; 6] = [
    "paths",
    "files",
    "file_paths",
    "edits",
    "changes",
    "filenames",
];
/// Arguments that say where the path is: the same path of another repository is another file.
const WHERE: [&str; 8] = [
    "owner",
    "repo",
    "repository",
    "project",
    "branch",
    "ref",
    "host",
    "server",
];
/// Arguments that name the first line.
const START: [&str; 7] = [
    "offset",
    "start_line",
    "startLine",
    "start",
    "from_line",
    "line_start",
    "start_line_one_indexed",
];
/// Arguments that name the last line.
const END: [&str; 7] = [
    "end_line",
    "endLine",
    "end",
    "to_line",
    "line_end",
    "end_line_one_indexed",
    "end_line_one_indexed_inclusive",
];
/// Arguments of a read that do not change what is shown.
const HARMLESS: [&str; 8] = [
    "encoding",
    "description",
    "explanation",
    "reason",
    "security_risk",
    "should_read_entire_file",
    "type",
    "thought",
];
/// Arguments that hold the script.
const SCRIPT: [&str; 4] = ["command", "cmd", "script", "commands"];
/// Arguments that name the working directory.
const DIRECTORY: [&str; 4] = ["workdir", "cwd", "working_directory", "directory"];

/// A path as it is named and where it is.
pub(super) struct Named<'a> {
    pub(super) path: &'a str,
    pub(super) within: String,
}

/// A script, and the directory that its call names.
pub(super) struct Script<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) directory: Option<&'a str>,
}

/// Every path that the arguments name.
pub(super) fn named(arguments: &Map<String, Value>) -> Vec<Named<'_>> {
    let mut within = String::new();
    for key in WHERE {
        if let Some(text) = field(arguments, key).and_then(Value::as_str) {
            within.push_str(text);
            within.push(':');
        }
    }
    let mut paths: Vec<&str> = first_text(arguments, &PATH).into_iter().collect();
    for list in PATHS.iter().filter_map(|key| field(arguments, key)) {
        for item in list.as_array().map(Vec::as_slice).unwrap_or_default() {
            match item {
                Value::String(path) => paths.push(path),
                Value::Object(fields) => paths.extend(first_text(fields, &PATH)),
                _ => {}
            }
        }
    }
    let named = |path| Named {
        path,
        within: within.clone(),
    };
    paths.into_iter().map(named).collect()
}

fn first_text<'a>(fields: &'a Map<String, Value>, keys: &[&str]) -> Option<&'a str> {
    keys.iter().find_map(|key| field(fields, key)?.as_str())
}

/// The script that a call runs, if it is one that does.
pub(super) fn script<'a>(made: &'a ToolCall, arguments: Option<&'a Value>) -> Option<Script<'a>> {
    match arguments {
        Some(Value::Object(arguments)) => Some(Script {
            text: text_of_script(arguments)?,
            directory: first_text(arguments, &DIRECTORY),
        }),
        Some(_) => None,
        None => Some(Script {
            text: made.arguments.as_str().into(),
            directory: None,
        }),
    }
}

/// A text, or the words of a command, of which `bash -c` takes one as a text.
pub(super) fn text_of_script(arguments: &Map<String, Value>) -> Option<Cow<'_, str>> {
    let value = SCRIPT.iter().find_map(|key| field(arguments, key))?;
    if let Some(script) = value.as_str() {
        return Some(script.into());
    }
    let words: Vec<&str> = value.as_array()?.iter().filter_map(Value::as_str).collect();
    match words.as_slice() {
        [shell, "-c" | "-lc", script] if shell.ends_with("sh") => Some((*script).into()),
        words => {
            let quoted = |word: &&str| format!("'{}'", word.replace('\'', "'\\''"));
            let words: Vec<String> = words.iter().map(quoted).collect();
            Some(words.join(" ").into())
        }
    }
}

/// The lines that a read asks for; arguments of no known meaning leave it open which.
pub(super) fn span(arguments: &Map<String, Value>, known: &[&str]) -> Span {
    let number = |value: &Value| match value {
        Value::String(text) => text.trim().parse::<i64>().ok(),
        value => value.as_i64(),
    };
    let mut start = None;
    let mut end = None;
    let mut limit = None;
    for (key, value) in arguments {
        let key = key.as_str();
        let is_known = PATH.contains(&key)
            || PATHS.contains(&key)
            || WHERE.contains(&key)
            || HARMLESS.contains(&key)
            || known.contains(&key);
        if is_known || value.is_null() || value.as_str() == Some("") {
            continue;
        } else if START.contains(&key) {
            start = number(value);
        } else if END.contains(&key) {
            end = number(value);
        } else if key == "limit" {
            limit = number(value);
        } else if matches!(key, "view_range" | "range" | "line_range") {
            let bounds = value.as_array().map(Vec::as_slice).unwrap_or_default();
            let [first, last] = bounds else {
                return Span::Part;
            };
            (start, end) = (number(first), number(last));
        } else if key != "line_numbers" && value.as_bool().is_none() {
            return Span::Part;
        }
    }
    let at = |line: i64| u64::try_from(line).unwrap_or(u64::MAX);
    match (start, end, limit) {
        (None, None, None) => Span::Whole,
        (start, Some(end), None) => Span::lines(at(start.unwrap_or(1).max(1)), at(end)),
        (start, None, Some(limit)) => {
            let start = at(start.unwrap_or(1).max(1));
            Span::lines(start, start.saturating_add(at(limit.max(1))) - 1)
        }
        (Some(start), None, None) => Span::lines(at(start.max(1)), u64::MAX),
        _ => Span::Part,
    }
}
