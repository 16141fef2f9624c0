//! What a call reads and writes, told by the tool's name and arguments.

use std::borrow::Cow;
use std::sync::OnceLock;

use serde_json::Value;

use crate::conversation::ToolCall;
use crate::json::{self, field};

use super::arguments::{Named, named, script, span, text_of_script};
use super::commands::Shell;
use super::exchange::Call;
use super::hash::ByText;
use super::patches;
use super::paths::{Read, Span, Touched, resolved};
use super::tool_kinds::Kinds;

/// Commands of Anthropic's text editor tool, which others copied, that change the file.
const EDITOR: [&str; 6] = [
    "create",
    "str_replace",
    "insert",
    "undo_edit",
    "delete",
    "rename",
];
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

#[cfg(test)]
mod tests;
