//! What a call reads and writes, told by the tool's name and arguments.

use std::borrow::Cow;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use crate::conversation::ToolCall;
use crate::json::{self, field};

use super::commands::Shell;
use super::exchange::Call;
use super::hash::ByText;
use super::patches;
use super::paths::{Read, Span, Touched, resolved};

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
/// Words in the names of tools that change files.
const WRITE: [&str; 16] = [
    "write",
    "edit",
    "create",
    "insert",
    "replace",
    "patch",
    "apply",
    "update",
    "append",
    "delete",
    "remove",
    "move",
    "rename",
    "save",
    "overwrite",
    "modify",
];
/// Words in the names of tools that show files.
const READ: [&str; 8] = [
    "read", "view", "open", "cat", "show", "get", "load", "display",
];
/// Words in the names of tools that show parts of files.
const SEARCH: [&str; 4] = ["grep", "search", "outline", "symbols"];
/// Commands of Anthropic's text editor tool, which others copied, that change the file.
const EDITOR: [&str; 6] = [
    "create",
    "str_replace",
    "insert",
    "undo_edit",
    "delete",
    "rename",
];
/// Words in the names of tools that run scripts.
const SHELL: [&str; 11] = [
    "bash", "shell", "sh", "execute", "exec", "run", "command", "terminal", "cmd", "zsh", "process",
];
/// Arguments that hold the script.
const SCRIPT: [&str; 4] = ["command", "cmd", "script", "commands"];
/// Arguments that name the working directory.
const DIRECTORY: [&str; 4] = ["workdir", "cwd", "working_directory", "directory"];

/// What tools do, by their names.
#[derive(Default)]
pub(super) struct Tools<'a> {
    kinds: ByText<'a, Kinds>,
}

/// What a call does to files.
#[derive(Debug)]
pub(super) enum Touches {
    /// What its arguments tell.
    Files(Touched),
    /// What its script does, which depends on where the scripts before it have left the shell. Kept as it was found first.
    Script(OnceLock<Ran>),
}

/// A script that has been run.
#[derive(Debug)]
pub(super) struct Ran {
    before: Shell,
    touched: Touched,
    after: Shell,
}

/// A script, and the directory that its call names.
struct Script<'a> {
    text: Cow<'a, str>,
    directory: Option<&'a str>,
}

/// What the words in a tool's name say.
#[derive(Clone, Copy)]
struct Kinds {
    writes: bool,
    reads: bool,
    searches: bool,
    runs: bool,
}

impl Kinds {
    fn of(name: &str) -> Self {
        let words = words(name);
        let is = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        Self {
            writes: is(&WRITE),
            reads: is(&READ),
            searches: is(&SEARCH),
            runs: is(&SHELL),
        }
    }
}

/// What every call does to files, in order.
pub(super) fn touched<'a>(calls: &[Call<'a>]) -> Vec<Cow<'a, Touched>> {
    let mut shell = Shell::default();
    let one = |call: &Call<'a>| match &call.facts.touches {
        Touches::Files(touched) => Cow::Borrowed(touched),
        Touches::Script(known) => ran(call.made, known, &mut shell),
    };
    calls.iter().map(one).collect()
}

/// What the script of a call does where the shell is, and leaves the shell where the script does.
fn ran<'a>(made: &ToolCall, known: &'a OnceLock<Ran>, shell: &mut Shell) -> Cow<'a, Touched> {
    let run = |mut shell: Shell| {
        let arguments = json::parsed(&made.arguments);
        let touched = script(made, arguments.as_ref())
            .map(|script| shell.run(&script.text, script.directory))
            .unwrap_or_default();
        (touched, shell)
    };
    let first = known.get_or_init(|| {
        let before = shell.clone();
        let (touched, after) = run(before.clone());
        Ran {
            before,
            touched,
            after,
        }
    });
    if first.before == *shell {
        shell.clone_from(&first.after);
        return Cow::Borrowed(&first.touched);
    }
    let (touched, after) = run(shell.clone());
    *shell = after;
    Cow::Owned(touched)
}

impl<'a> Tools<'a> {
    /// What a call does whose `arguments` are JSON unless `None`.
    pub(super) fn touches(&mut self, made: &'a ToolCall, arguments: Option<&Value>) -> Touches {
        let name = made.name.as_str();
        let kinds = *self.kinds.entry(name).or_insert_with(|| Kinds::of(name));
        match done(made, arguments, kinds) {
            Some(touched) => Touches::Files(touched),
            None => Touches::Script(OnceLock::new()),
        }
    }
}

/// What the arguments tell; `None` of a call that runs a [`script`].
fn done(made: &ToolCall, arguments: Option<&Value>, is: Kinds) -> Option<Touched> {
    let Some(Value::Object(arguments)) = arguments else {
        // Custom tools take plain text: a patch, or a script.
        let text = match arguments {
            Some(Value::String(text)) => text,
            _ => &made.arguments,
        };
        return if patches::is_patch(text) && !is.runs {
            Some(patched(text))
        } else if is.runs && arguments.is_none() {
            None
        } else {
            Some(Touched::default())
        };
    };
    let named = named(arguments);
    let command = field(arguments, "command").and_then(Value::as_str);
    if let (Some(path), Some(command)) = (named.first(), command) {
        if command == "view" {
            return Some(read(path, span(arguments, &["command"])));
        }
        if EDITOR.contains(&command) {
            return Some(written(&named));
        }
    }
    if is.runs && text_of_script(arguments).is_some() {
        return None;
    }
    if is.writes {
        let mut touched = written(&named);
        for text in arguments.values().filter_map(Value::as_str) {
            if patches::is_patch(text) {
                touched.writes.append(&mut patched(text).writes);
            }
        }
        return Some(touched);
    }
    Some(match named.as_slice() {
        [] => Touched::default(),
        [path] if is.reads => read(path, span(arguments, &[])),
        [path] if is.searches => read(path, Span::Part),
        paths if is.reads => Touched {
            reads: paths
                .iter()
                .flat_map(|path| read(path, span(arguments, &[])).reads)
                .collect(),
            ..Touched::default()
        },
        _ => Touched::default(),
    })
}

/// A path as it is named and where it is.
struct Named<'a> {
    path: &'a str,
    within: String,
}

fn read(named: &Named<'_>, span: Span) -> Touched {
    let reads = resolved(&named.within, named.path).map(|path| Read {
        path,
        named: named.path.to_owned(),
        span,
    });
    Touched {
        reads: reads.into_iter().collect(),
        ..Touched::default()
    }
}

fn written(named: &[Named<'_>]) -> Touched {
    let path = |named: &Named<'_>| resolved(&named.within, named.path);
    Touched {
        writes: named.iter().filter_map(path).collect(),
        ..Touched::default()
    }
}

fn patched(patch: &str) -> Touched {
    Touched {
        writes: patches::files(patch)
            .filter_map(|path| resolved("", path))
            .collect(),
        ..Touched::default()
    }
}

/// Every path that the arguments name.
fn named(arguments: &Map<String, Value>) -> Vec<Named<'_>> {
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
fn script<'a>(made: &'a ToolCall, arguments: Option<&'a Value>) -> Option<Script<'a>> {
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
fn text_of_script(arguments: &Map<String, Value>) -> Option<Cow<'_, str>> {
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
fn span(arguments: &Map<String, Value>, known: &[&str]) -> Span {
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

/// The words of a tool's name, in small letters: `mcp__fs__readTextFile` is mcp, fs, read, text, file.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut was_small = false;
    for letter in name.chars().take(128) {
        let starts = letter.is_ascii_uppercase() && was_small;
        if (starts || !letter.is_ascii_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if letter.is_ascii_alphanumeric() {
            word.push(letter.to_ascii_lowercase());
        }
        was_small = letter.is_ascii_lowercase() || letter.is_ascii_digit();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, arguments: &str) -> String {
        let made = ToolCall {
            id: String::new(),
            name: name.to_owned(),
            arguments: arguments.to_owned(),
        };
        let parsed = json::parsed(arguments);
        let touches = Tools::default().touches(&made, parsed.as_ref());
        let touched = match &touches {
            Touches::Files(touched) => Cow::Borrowed(touched),
            Touches::Script(known) => ran(&made, known, &mut Shell::default()),
        };
        let reads = touched.reads.iter().map(|read| match read.span {
            Span::Whole => read.path.clone(),
            Span::Part => format!("{}~", read.path),
            Span::Lines(start, u64::MAX) => format!("{}:{start}-", read.path),
            Span::Lines(start, end) => format!("{}:{start}-{end}", read.path),
        });
        let writes = touched.writes.iter().map(|path| format!(">{path}"));
        reads.chain(writes).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn tools_touch_the_files_their_arguments_name() {
        let cases = [
            ("Read", r#"{"file_path":"/a.go"}"#, "/a.go"),
            (
                "Read",
                r#"{"file_path":"/a.go","offset":10,"limit":5}"#,
                "/a.go:10-14",
            ),
            (
                "Read",
                r#"{"file_path":"/a.go","offset":"10"}"#,
                "/a.go:10-",
            ),
            (
                "read_file",
                r#"{"path":"a","start_line":2,"end_line":9}"#,
                "a:2-9",
            ),
            ("read_file", r#"{"path":"a","page":2}"#, "a~"),
            ("mcp__fs__readTextFile", r#"{"path":"a","head":null}"#, "a"),
            ("read_multiple_files", r#"{"paths":["a","b"]}"#, "a b"),
            (
                "get_file_contents",
                r#"{"owner":"o","repo":"r","path":"a"}"#,
                "o:r:/a",
            ),
            (
                "str_replace_editor",
                r#"{"command":"view","path":"a","view_range":[1,-1]}"#,
                "a:1-",
            ),
            (
                "str_replace_editor",
                r#"{"command":"str_replace","path":"a","old_str":"x"}"#,
                ">a",
            ),
            (
                "file_editor",
                r#"{"command":"create","path":"a","file_text":"x"}"#,
                ">a",
            ),
            ("Grep", r#"{"pattern":"x","path":"src/a.rs"}"#, "src/a.rs~"),
            (
                "Edit",
                r#"{"file_path":"/a","old_string":"x","new_string":"y"}"#,
                ">/a",
            ),
            ("MultiEdit", r#"{"file_path":"/a","edits":[]}"#, ">/a"),
            (
                "NotebookEdit",
                r#"{"notebook_path":"/n.ipynb"}"#,
                ">/n.ipynb",
            ),
            ("write_file", r#"{"path":"a","content":"x"}"#, ">a"),
            (
                "apply_patch",
                "*** Begin Patch\n*** Update File: a\n*** End Patch",
                ">a",
            ),
            (
                "apply_patch",
                r#"{"input":"*** Begin Patch\n*** Add File: a\n*** End Patch"}"#,
                ">a",
            ),
            ("Bash", r#"{"command":"cat a"}"#, "a"),
            (
                "shell",
                r#"{"command":["bash","-lc","cat a"],"workdir":"/w"}"#,
                "/w/a",
            ),
            ("shell", r#"{"command":["cat","it's"]}"#, "it's"),
            ("execute_bash", r#"{"command":"sed -i s/a/b/ x"}"#, ">x"),
            ("TodoWrite", r#"{"todos":[]}"#, ""),
            ("get_weather", r#"{"city":"Paris"}"#, ""),
            ("open", r#"{"path":"https://example.com"}"#, ""),
            ("Glob", r#"{"pattern":"**/*.rs","path":"src"}"#, ""),
            ("submit", "{}", ""),
            ("Read", "not json", ""),
        ];
        for (name, arguments, expected) in cases {
            assert_eq!(told(name, arguments), expected, "{name} {arguments}");
        }
    }
}
