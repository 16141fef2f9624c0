//! What well-known commands do to files.

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
/// Commands that run another one, with the arguments they take themselves.
const WRAPPERS: [(&str, usize); 7] = [
    ("sudo", 0),
    ("env", 0),
    ("time", 0),
    ("command", 0),
    ("nohup", 0),
    ("builtin", 0),
    ("timeout", 1),
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

/// The words of the command itself, without assignments and commands that only run it.
fn unwrapped(words: &[Word]) -> &[Word] {
    let mut words = words;
    while let Some((first, rest)) = words.split_first() {
        let is_assignment = first.text.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        });
        let wrapper = WRAPPERS.iter().find(|(name, _)| *name == first.text);
        words = match wrapper {
            _ if is_assignment => rest,
            Some((_, takes)) => {
                let flags = rest.iter().take_while(|word| word.text.starts_with('-'));
                rest.get(flags.count() + takes..).unwrap_or_default()
            }
            None => return words,
        };
    }
    words
}

fn is_flag(word: &Word) -> bool {
    word.text.len() > 1 && word.text.starts_with('-')
}

/// The arguments that are no options.
fn operands(arguments: &[Word]) -> impl Iterator<Item = &Word> {
    arguments
        .iter()
        .filter(|word| !is_flag(word) && word.text != "-")
}

fn edits_in_place(argument: &str) -> bool {
    let is_short = argument.starts_with('-') && !argument.starts_with("--");
    // `-i`, `-i.bak`, `-Ei`, `-pi`: letters up to an `i`.
    let letters = argument.trim_start_matches('-');
    let before = letters.split('i').next().unwrap_or_default();
    argument.starts_with("--in-place")
        || is_short
            && letters.contains('i')
            && before
                .bytes()
                .all(|b| matches!(b, b'E' | b'r' | b'n' | b'p' | b's' | b'w' | b'0' | b'l'))
}

/// The script or pattern that a filter takes first, and the files after it; `None` where options with arguments of their
/// own could be mistaken for them.
fn script_and_files<'a>(
    arguments: &'a [Word],
    options: &[&str],
) -> Option<(Option<&'a Word>, Vec<&'a Word>)> {
    let mut script = None;
    let mut files = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let text = word.text.as_str();
        if options.contains(&text) {
            script = Some(words.next()?);
        } else if matches!(
            text,
            "-A" | "-B" | "-C" | "-m" | "-F" | "-v" | "-g" | "-t" | "--include" | "--exclude"
        ) && !is_switch(text, options)
        {
            words.next()?;
        } else if is_flag(word) {
            continue;
        } else if script.is_none() {
            script = Some(word);
        } else {
            files.push(word);
        }
    }
    Some((script, files))
}

/// `-F` and `-v` take nothing in grep, and something in awk.
fn is_switch(option: &str, options: &[&str]) -> bool {
    matches!(option, "-F" | "-v") && options.len() > 1
}

/// The lines that a script of `sed -n` prints: `10,20p`, `5p`, `7,$p`, with `20q` behind.
fn printed(script: &str) -> Option<Span> {
    let first = script.split(';').next().unwrap_or_default().trim();
    let range = first.strip_suffix('p')?;
    let (start, end) = range.split_once(',').unwrap_or((range, range));
    let start = start.trim().parse().ok()?;
    let end = match end.trim() {
        "$" => u64::MAX,
        end => match end.strip_prefix('+') {
            Some(more) => start + more.parse::<u32>().ok().map(u64::from)?,
            None => end.parse().ok()?,
        },
    };
    (start < u64::from(u32::MAX)).then(|| Span::lines(start, end))
}

/// The files of `head` or `tail`, and the lines shown.
fn ends(is_head: bool, arguments: &[Word]) -> (Vec<&Word>, Span) {
    let mut files = Vec::new();
    let mut count = Some("10");
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let text = word.text.as_str();
        let number = text
            .strip_prefix("-n")
            .or_else(|| text.strip_prefix("--lines"));
        if let Some(number) = number {
            count = match number.trim_start_matches('=') {
                "" => words.next().map(|word| word.text.as_str()),
                number => Some(number),
            };
        } else if text.starts_with("-c") || text.starts_with("--bytes") {
            if text == "-c" {
                words.next();
            }
            count = None;
        } else if let Some(number) = text.strip_prefix('-').filter(|n| n.parse::<u32>().is_ok()) {
            count = Some(number);
        } else if !is_flag(word) {
            files.push(word);
        }
    }
    let span = match (is_head, count) {
        (true, Some(count)) => count
            .parse()
            .map_or(Span::Part, |count: u32| Span::lines(1, count.into())),
        (false, Some(count)) => match count.strip_prefix('+').map(str::parse::<u32>) {
            Some(Ok(start)) => Span::lines(start.into(), u64::MAX),
            _ => Span::Part,
        },
        _ => Span::Part,
    };
    (files, span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(touched: &Touched) -> String {
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
    fn commands_touch_the_files_they_name() {
        let cases = [
            ("cat a.py", "a.py"),
            ("cd /x && cat a.py b.py", "/x/a.py /x/b.py"),
            ("nl -ba src/a.py | sed -n '10,20p'", "src/a.py:10-20"),
            ("sed -n '5,$p' a", "a:5-"),
            ("sed -n 3p a", "a:3-3"),
            ("sed -n '/x/,/y/p' a", "a~"),
            ("sed 's/a/b/' a", "a~"),
            ("head -n 30 a", "a:1-30"),
            ("head -5 a", "a:1-5"),
            ("head a", "a:1-10"),
            ("tail -n +7 a", "a:7-"),
            ("tail -20 a", "a~"),
            ("cat a | head -40", "a:1-40"),
            ("cat -n a | grep x", "a~"),
            ("grep -n 'def x' a.py", "a.py~"),
            ("grep -A 5 -e x a.py", "a.py~"),
            ("awk -F , '{print $1}' a", "a~"),
            ("echo '--- a'; cat a", "a"),
            ("LANG=C sudo -E timeout 5 cat a", "a"),
            ("cat a > b", ">b"),
            ("cat <<'EOF' > a.py\nprint(1)\nEOF", ">a.py"),
            ("cat > a.py << EOF\nx\nEOF\npython a.py", ">a.py"),
            ("echo x >> /x/../a", ">/a"),
            ("echo x | tee -a a b", ">a >b"),
            ("sed -i 's/a/b/' a b", ">a >b"),
            ("sed -i.bak -e s/a/b/ a", ">a"),
            ("sed -i '' 's/a/b/' a", ">a"),
            ("perl -pi -e 's/a/b/' a", ">a"),
            ("sed -i 's/a/b/' a && cat a", "a >a"),
            ("mv a b", ">a >b >b/a"),
            ("cp a d/", ">d >d/a"),
            ("rm -f a", ">a"),
            (
                "git apply <<'EOF'\n--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\nEOF",
                ">x.py",
            ),
            ("git checkout -- a b", ">a >b"),
            (
                "apply_patch <<'EOF'\n*** Begin Patch\n*** Update File: d/a\n*** End Patch\nEOF",
                ">d/a",
            ),
            ("cat a > /dev/null", ""),
            // Not only a file, or not known which.
            ("cat a && pytest", ""),
            ("pytest > log.txt; cat log.txt", ">log.txt"),
            ("cat *.py", ""),
            ("cat $x", ""),
            ("ls -la", ""),
            ("grep -rn x", ""),
            ("git diff a", ""),
            ("for f in a; do cat $f; done", ""),
            ("cat", ""),
        ];
        for (script, expected) in cases {
            assert_eq!(
                told(&Shell::default().run(script, None)),
                expected,
                "{script:?}"
            );
        }
    }

    #[test]
    fn relative_paths_are_of_the_directory_that_is_known() {
        let mut shell = Shell::default();
        assert_eq!(told(&shell.run("cat a", Some("/w"))), "/w/a");
        assert_eq!(told(&shell.run("cd /x; cat a", None)), "/x/a");
        assert_eq!(told(&shell.run("cat a", None)), "/x/a");
        assert_eq!(told(&shell.run("cd y && cat a", None)), "/x/y/a");
        let lost = told(&shell.run("cat a", None));
        shell.run("cd -", None);
        assert_ne!(told(&shell.run("cat a", None)), lost);
    }
}
