//! What well-known commands do to files.

use super::operands::{edits_in_place, ends, operands, printed, script_and_files, unwrapped};
use super::patches;
use super::paths::{Read, Span, Touched, resolved};
use super::shell::{self, Command, Joint, Word};

/// Commands that show files and nothing else.
const SHOW: [&str; 8] = [
    "cat", "nl", "less", "more", "bat", "batcat", "tac", "strings",
];
/// Commands that show lines of what they read.
const FILTER: [&str; 9] = [
    "sort", "uniq", "wc", "cut", "tr", "awk", "column", "jq", "fold",
];
/// Commands that show nothing, or nothing that anybody reads again.
const QUIET: [&str; 14] = [
    "echo", "printf", "true", ":", "export", "set", "mkdir", "chmod", "touch", "sleep", "pwd",
    "rm", "mv", "cp",
];
/// Options of sed that a script follows.
const SCRIPTS: [&str; 4] = ["-e", "-f", "--expression", "--file"];

/// Where a script runs: known as far as the scripts before it told.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Shell {
    /// The working directory; empty at the start, and a name that no path has when it is not known.
    directory: String,
    /// How often it was lost.
    lost: usize,
}

/// The files that one script touches.
struct Script {
    directory: String,
    touched: Touched,
    /// Whether the result shows something that was not understood.
    is_mixed: bool,
    /// What the pipe at hand carries.
    pipe: Vec<Read>,
}

impl Shell {
    /// What `script` does to files, run in `directory` if that is said.
    ///
    /// Some tools keep the directory that a script changes to, others start afresh: an absolute one is remembered, which is
    /// right for the first and, since scripts of the others name it again, rarely wrong for the second. After a relative
    /// one no relative path is taken to be the one from before.
    pub(super) fn run(&mut self, script: &str, directory: Option<&str>) -> Touched {
        let Some(commands) = shell::commands(script) else {
            if script.contains("cd ") {
                self.lose();
            }
            return Touched::default();
        };
        let base = directory.and_then(|path| resolved(&self.directory, path));
        let mut run = Script {
            directory: base.unwrap_or_else(|| self.directory.clone()),
            touched: Touched::default(),
            is_mixed: false,
            pipe: Vec::new(),
        };
        for (position, command) in commands.iter().enumerate() {
            let goes_on = commands
                .get(position + 1)
                .is_some_and(|next| next.joint == Joint::Pipe);
            if let Some(target) = changes_directory(command) {
                match resolved(&run.directory, target) {
                    Some(path) if target.starts_with('/') => {
                        self.directory.clone_from(&path);
                        run.directory = path;
                    }
                    Some(path) => {
                        self.lose();
                        run.directory = path;
                    }
                    None => {
                        self.lose();
                        run.directory.clone_from(&self.directory);
                    }
                }
                continue;
            }
            run.command(command, goes_on);
        }
        if run.is_mixed {
            run.touched.reads.clear();
        }
        run.touched
    }

    fn lose(&mut self) {
        self.lost += 1;
        self.directory = format!("?{}", self.lost);
    }
}

/// The target of a `cd`; empty for one without.
fn changes_directory(command: &Command) -> Option<&str> {
    let (name, arguments) = command.words.split_first()?;
    if !matches!(name.text.as_str(), "cd" | "pushd" | "popd") {
        return None;
    }
    match arguments {
        [target] if target.is_literal && target.text != "-" => Some(&target.text),
        _ => Some(""),
    }
}

impl Script {
    fn path(&self, word: &Word) -> Option<String> {
        word.is_literal
            .then(|| resolved(&self.directory, &word.text))
            .flatten()
    }

    fn write(&mut self, words: &[Word]) {
        for word in words {
            if let Some(path) = self.path(word) {
                self.touched.writes.push(path);
            }
        }
    }

    /// Runs a command; what it shows goes into a pipe if the next one reads it.
    fn command(&mut self, command: &Command, goes_on: bool) {
        let incoming = match command.joint {
            Joint::Pipe => std::mem::take(&mut self.pipe),
            Joint::Then => Vec::new(),
        };
        let is_fed = command.joint == Joint::Pipe;
        self.write(&command.output);
        let words = unwrapped(&command.words);
        let Some((name, arguments)) = words.split_first() else {
            return;
        };
        let name = name.text.rsplit('/').next().unwrap_or_default();
        self.writes(name, arguments, &command.input);
        match self.shown(name, arguments, incoming, is_fed || command.has_input) {
            Some(_) if command.is_redirected || name == "tee" && !goes_on => {}
            Some(reads) if goes_on => self.pipe = reads,
            Some(reads) => self.touched.reads.extend(reads),
            None => self.is_mixed = true,
        }
    }

    /// The files that a command changes.
    fn writes(&mut self, name: &str, arguments: &[Word], input: &str) {
        let flag = |wanted: &str| arguments.iter().any(|word| word.text == wanted);
        let plain: Vec<Word> = operands(arguments).cloned().collect();
        match (name, plain.as_slice()) {
            ("tee" | "rm" | "unlink" | "truncate" | "shred", files) => self.write(files),
            ("mv", files) => {
                self.write(files);
                self.into(files);
            }
            ("cp" | "install" | "ln", files) => {
                self.write(files.last().map(std::slice::from_ref).unwrap_or_default());
                self.into(files);
            }
            ("sed" | "perl" | "ruby", _)
                if arguments.iter().any(|word| edits_in_place(&word.text)) =>
            {
                // On BSD `-i` takes an argument, which is mostly empty.
                let given: Vec<Word> = arguments
                    .iter()
                    .filter(|word| !word.text.is_empty())
                    .cloned()
                    .collect();
                let (_, files) = script_and_files(&given, &SCRIPTS).unwrap_or_default();
                let files: Vec<Word> = files.into_iter().cloned().collect();
                self.write(&files);
            }
            ("git", [verb, files @ ..]) => match verb.text.as_str() {
                "apply" => self.patch(input),
                "rm" | "mv" | "restore" => self.write(files),
                "checkout" if flag("--") => {
                    let after = arguments
                        .iter()
                        .skip_while(|word| word.text != "--")
                        .skip(1);
                    let files: Vec<Word> = after.cloned().collect();
                    self.write(&files);
                }
                _ => {}
            },
            ("patch", _) => self.patch(input),
            ("apply_patch" | "applypatch", texts) => {
                self.patch(input);
                for word in texts {
                    self.patch(&word.text);
                }
            }
            _ => {}
        }
    }

    /// What moving or copying to a directory writes.
    fn into(&mut self, files: &[Word]) {
        let Some((target, sources)) = files.split_last() else {
            return;
        };
        for source in sources {
            let name = source.text.trim_end_matches('/').rsplit('/').next();
            let path = format!("{}/{}", target.text, name.unwrap_or_default());
            self.write(&[Word {
                text: path,
                is_literal: target.is_literal && source.is_literal,
            }]);
        }
    }

    fn patch(&mut self, patch: &str) {
        for path in patches::files(patch) {
            if let Some(path) = resolved(&self.directory, path)
                && self.touched.writes.last() != Some(&path)
            {
                self.touched.writes.push(path);
            }
        }
    }

    /// What of files a command shows; `None` when it shows something else, or that is not known.
    fn shown(
        &self,
        name: &str,
        arguments: &[Word],
        incoming: Vec<Read>,
        is_fed: bool,
    ) -> Option<Vec<Read>> {
        let (files, span): (Vec<&Word>, Span) = match name {
            _ if QUIET.contains(&name) => return Some(Vec::new()),
            "tee" => return Some(incoming),
            "sed" if arguments.iter().any(|word| edits_in_place(&word.text)) => {
                return Some(Vec::new());
            }
            "git"
                if operands(arguments).next().is_some_and(|verb| {
                    matches!(
                        verb.text.as_str(),
                        "apply" | "add" | "restore" | "rm" | "mv"
                    )
                }) =>
            {
                return Some(Vec::new());
            }
            _ if SHOW.contains(&name) => (operands(arguments).collect(), Span::Whole),
            "head" | "tail" => {
                let (files, span) = ends(name == "head", arguments);
                (files, span)
            }
            "sed" => script_and_files(arguments, &SCRIPTS).map(|(script, files)| {
                let is_silent = arguments
                    .iter()
                    .any(|word| matches!(word.text.as_str(), "-n" | "--quiet" | "-nE" | "-ne"));
                let lines = script
                    .filter(|_| is_silent)
                    .and_then(|script| printed(&script.text));
                (files, lines.unwrap_or(Span::Part))
            })?,
            "grep" | "egrep" | "fgrep" | "rg" | "ag" => {
                let (_, files) = script_and_files(arguments, &["-e", "-f", "--regexp", "--file"])?;
                (files, Span::Part)
            }
            "awk" => {
                let (_, files) = script_and_files(arguments, &["-f"])?;
                (files, Span::Part)
            }
            _ if FILTER.contains(&name) => (Vec::new(), Span::Part),
            _ => return None,
        };
        if files.is_empty() {
            // It filters what comes in; without anything that comes in it reads what is not named.
            let narrowed = |read: Read| Read {
                span: if read.span == Span::Whole {
                    span
                } else if span == Span::Whole {
                    read.span
                } else {
                    Span::Part
                },
                ..read
            };
            return is_fed.then(|| incoming.into_iter().map(narrowed).collect());
        }
        let read = |word: &Word| {
            Some(Read {
                path: self.path(word)?,
                named: word.text.clone(),
                span,
            })
        };
        files.into_iter().map(read).collect()
    }
}

#[cfg(test)]
mod tests;
