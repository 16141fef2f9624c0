//! What shell commands read and write: a modest parser that says nothing when it is unsure.
//!
//! It knows quotes, operators, redirections and here-documents, but no expansions, loops or conditions: a command with
//! any of these is not understood, and neither is a word that the shell would expand.

/// A word of a command.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Word {
    /// What it says, without its quotes.
    pub text: String,
    /// Whether the shell takes it as it stands: nothing in it is expanded.
    pub is_literal: bool,
}

/// What joins a command to the one before it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Joint {
    /// It runs after it: `;`, `&&`, `||`, `&` or a line's end.
    #[default]
    Then,
    /// It reads what that one wrote: `|`.
    Pipe,
}

/// A simple command.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Command {
    /// How it follows the one before.
    pub joint: Joint,
    /// Its name and arguments.
    pub words: Vec<Word>,
    /// The files that its output goes to instead of the result.
    pub output: Vec<Word>,
    /// Whether standard output goes to a file.
    pub is_redirected: bool,
    /// Text that it reads from the script: here-documents.
    pub input: String,
    /// Whether it reads standard input from a file or the script.
    pub has_input: bool,
}

/// Words that start what is more than a simple command.
const KEYWORDS: [&str; 16] = [
    "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac",
    "function", "select", "{", "!",
];

/// A here-document whose body has not come yet.
struct Here {
    command: usize,
    end: String,
    strips_tabs: bool,
}

/// What a redirection does with the word after it.
enum Redirection {
    Output { is_standard: bool },
    Input,
    Here { strips_tabs: bool },
    HereString,
}

struct Lexer<'a> {
    rest: &'a str,
    commands: Vec<Command>,
    command: Command,
    here: Vec<Here>,
}

/// The commands of `script`, in order; `None` where it is not understood.
pub(super) fn commands(script: &str) -> Option<Vec<Command>> {
    let mut lexer = Lexer {
        rest: script,
        commands: Vec::new(),
        command: Command::default(),
        here: Vec::new(),
    };
    while let Some(next) = lexer.rest.chars().next() {
        match next {
            ' ' | '\t' | '\r' => lexer.skip(1),
            '\\' if lexer.rest.starts_with("\\\n") => lexer.skip(2),
            '#' => {
                let end = lexer.rest.find('\n').unwrap_or(lexer.rest.len());
                lexer.skip(end);
            }
            '\n' => {
                lexer.skip(1);
                lexer.end(Joint::Then);
                lexer.bodies()?;
            }
            ';' | '&' | '|' => lexer.operator()?,
            '(' | ')' => return None,
            '<' | '>' => lexer.redirection(1)?,
            '0'..='9' if lexer.is_descriptor() => {
                let is_standard = next == '1';
                lexer.skip(1);
                lexer.redirection(u8::from(is_standard))?;
            }
            _ => {
                let word = lexer.word()?;
                if lexer.command.words.is_empty() && KEYWORDS.contains(&word.text.as_str()) {
                    return None;
                }
                lexer.command.words.push(word);
            }
        }
    }
    lexer.end(Joint::Then);
    lexer.here.is_empty().then_some(lexer.commands)
}

impl Lexer<'_> {
    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    /// Ends the command at hand; the next follows it by `joint`.
    fn end(&mut self, joint: Joint) {
        let command = std::mem::take(&mut self.command);
        if command.words.is_empty() && command.output.is_empty() && !command.is_redirected {
            // An empty line, or a line that goes on after an operator.
            self.command.joint = command.joint;
            if joint == Joint::Pipe {
                self.command.joint = joint;
            }
            return;
        }
        self.commands.push(command);
        self.command.joint = joint;
    }

    fn operator(&mut self) -> Option<()> {
        if self.rest.starts_with("&>") {
            self.skip(1);
            return self.redirection(1);
        }
        let (length, joint) = if self.rest.starts_with(";;") {
            return None;
        } else if self.rest.starts_with("&&") || self.rest.starts_with("||") {
            (2, Joint::Then)
        } else if self.rest.starts_with("|&") {
            (2, Joint::Pipe)
        } else if self.rest.starts_with('|') {
            (1, Joint::Pipe)
        } else {
            (1, Joint::Then)
        };
        self.skip(length);
        self.end(joint);
        Some(())
    }

    /// Whether a digit at hand names the descriptor of a redirection.
    fn is_descriptor(&self) -> bool {
        matches!(self.rest.as_bytes().get(1), Some(b'<' | b'>'))
    }

    /// A redirection of a descriptor; only 1, standard output, takes text away from the result.
    fn redirection(&mut self, descriptor: u8) -> Option<()> {
        let (length, kind) = if self.rest.starts_with("<<<") {
            (3, Redirection::HereString)
        } else if self.rest.starts_with("<<-") {
            (3, Redirection::Here { strips_tabs: true })
        } else if self.rest.starts_with("<<") {
            (2, Redirection::Here { strips_tabs: false })
        } else if self.rest.starts_with("<(") || self.rest.starts_with(">(") {
            return None;
        } else if self.rest.starts_with("<&") || self.rest.starts_with('<') {
            (1, Redirection::Input)
        } else {
            let is_long = [">>", ">|"].iter().any(|form| self.rest.starts_with(form));
            let is_standard = descriptor == 1;
            (
                if is_long { 2 } else { 1 },
                Redirection::Output { is_standard },
            )
        };
        self.skip(length);
        if self.rest.starts_with('&') {
            // Another descriptor: `2>&1`.
            self.skip(1);
        }
        let copies = self
            .rest
            .starts_with(|c: char| c.is_ascii_digit() || c == '-');
        let blanks = self.rest.len() - self.rest.trim_start_matches([' ', '\t']).len();
        self.skip(blanks);
        let word = self.word()?;
        match kind {
            _ if word.text.is_empty() => return None,
            Redirection::Output { .. } if copies && word.text.len() == 1 => {}
            Redirection::Output { is_standard } => {
                self.command.is_redirected |= is_standard;
                if !word.text.starts_with("/dev/") {
                    self.command.output.push(word);
                }
            }
            Redirection::Input => self.command.has_input = true,
            Redirection::HereString => {
                self.command.has_input = true;
                self.command.input.push_str(&word.text);
            }
            Redirection::Here { strips_tabs } => {
                self.command.has_input = true;
                self.here.push(Here {
                    command: self.commands.len(),
                    end: word.text,
                    strips_tabs,
                });
            }
        }
        Some(())
    }

    /// Reads the here-documents that start on the line before.
    fn bodies(&mut self) -> Option<()> {
        for here in std::mem::take(&mut self.here) {
            let mut body = String::new();
            loop {
                if self.rest.is_empty() {
                    return None;
                }
                let end = self.rest.find('\n').unwrap_or(self.rest.len());
                let line = self.rest.get(..end).unwrap_or_default();
                self.rest = self.rest.get(end + 1..).unwrap_or_default();
                let line = line.trim_end_matches('\r');
                let line = if here.strips_tabs {
                    line.trim_start_matches('\t')
                } else {
                    line
                };
                if line == here.end {
                    break;
                }
                body.push_str(line);
                body.push('\n');
            }
            // The command may go on in the next line, as in `cat <<EOF |`.
            let command = match self.commands.get_mut(here.command) {
                Some(command) => command,
                None => &mut self.command,
            };
            command.input.push_str(&body);
        }
        Some(())
    }

    /// The word at hand, up to a blank or an operator.
    fn word(&mut self) -> Option<Word> {
        let mut word = Word {
            text: String::new(),
            is_literal: true,
        };
        while let Some(next) = self.rest.chars().next() {
            match next {
                ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '<' | '>' => break,
                '(' | ')' | '`' => return None,
                '\'' => {
                    let end = self.rest.get(1..)?.find('\'')?;
                    word.text.push_str(self.rest.get(1..end + 1)?);
                    self.skip(end + 2);
                }
                '"' => self.quoted(&mut word)?,
                '\\' => {
                    self.skip(1);
                    let escaped = self.rest.chars().next()?;
                    if escaped != '\n' {
                        word.text.push(escaped);
                    }
                    self.skip(escaped.len_utf8());
                }
                _ => {
                    // A tilde at the start, a variable, a pattern, or braces.
                    let expands = match next {
                        '$' if self.rest.starts_with("$(") => return None,
                        '~' => word.text.is_empty(),
                        '$' | '*' | '?' | '[' | '{' => true,
                        _ => false,
                    };
                    word.is_literal &= !expands;
                    word.text.push(next);
                    self.skip(next.len_utf8());
                }
            }
        }
        Some(word)
    }

    fn quoted(&mut self, word: &mut Word) -> Option<()> {
        self.skip(1);
        loop {
            let next = self.rest.chars().next()?;
            self.skip(next.len_utf8());
            match next {
                '"' => return Some(()),
                '`' => return None,
                '$' if self.rest.starts_with('(') => return None,
                '$' if self
                    .rest
                    .starts_with(|c: char| c.is_alphanumeric() || c == '{' || c == '_') =>
                {
                    word.is_literal = false;
                    word.text.push(next);
                }
                '\\' => {
                    let escaped = self.rest.chars().next()?;
                    match escaped {
                        '"' | '\\' | '$' | '`' => word.text.push(escaped),
                        '\n' => {}
                        _ => word.text.extend(['\\', escaped]),
                    }
                    self.skip(escaped.len_utf8());
                }
                _ => word.text.push(next),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Each command as `words > files`, with `|` in front where it is piped into.
    fn told(script: &str) -> Option<Vec<String>> {
        let tell = |command: &Command| {
            let mut told = String::new();
            if command.joint == Joint::Pipe {
                told.push_str("| ");
            }
            let words: Vec<&str> = command
                .words
                .iter()
                .map(|word| word.text.as_str())
                .collect();
            told.push_str(&words.join(" "));
            for file in &command.output {
                told.push_str(" > ");
                told.push_str(&file.text);
            }
            if !command.input.is_empty() {
                told.push_str(" < ");
                told.push_str(&command.input);
            }
            told
        };
        Some(commands(script)?.iter().map(tell).collect())
    }

    #[test]
    fn commands_are_read_as_a_shell_reads_them() {
        let cases: [(&str, &[&str]); 13] = [
            ("cat a.txt", &["cat a.txt"]),
            (
                "cd /x && cat 'a b' \"c d\"; ls",
                &["cd /x", "cat a b c d", "ls"],
            ),
            ("cat a | head -5 2>/dev/null", &["cat a", "| head -5"]),
            ("cat a |\n head", &["cat a", "| head"]),
            ("echo x > out 2>&1", &["echo x > out"]),
            ("echo x >>out; y &> z", &["echo x > out", "y > z"]),
            (
                "cat <<'EOF' > f\n$x `y`\nEOF\nls",
                &["cat > f < $x `y`\n", "ls"],
            ),
            ("cat > f <<-EOF\n\ta\n\tEOF", &["cat > f < a\n"]),
            ("cat <<A <<B\n1\nA\n2\nB\n", &["cat < 1\n2\n"]),
            ("sed -n \\\n 1,2p f # what", &["sed -n 1,2p f"]),
            ("echo a\\ b \"c\\\"d\"", &["echo a b c\"d"]),
            ("> empty", &[" > empty"]),
            ("", &[]),
        ];
        for (script, expected) in cases {
            assert_eq!(
                told(script).as_deref(),
                Some(&expected.map_owned()[..]),
                "{script:?}"
            );
        }
    }

    trait Owned {
        fn map_owned(&self) -> Vec<String>;
    }
    impl Owned for &[&str] {
        fn map_owned(&self) -> Vec<String> {
            self.iter().map(|text| (*text).to_owned()).collect()
        }
    }

    #[test]
    fn what_is_not_understood_gives_nothing() {
        for script in [
            "for f in *; do cat $f; done",
            "cat $(ls)",
            "cat `ls`",
            "(cd x; cat y)",
            "cat 'a",
            "cat <<EOF\nnever ends",
            "diff <(a) <(b)",
            "if true; then cat a; fi",
            "cat >",
            "x \\",
        ] {
            assert_eq!(commands(script), None, "{script:?}");
        }
        let words = commands("cat *.rs $x \"$y\" '$z' \"a$\" ~/b").unwrap();
        let literal: Vec<bool> = words[0].words.iter().map(|word| word.is_literal).collect();
        assert_eq!(literal, [true, false, false, false, true, true, false]);
    }

    proptest! {
        #[test]
        fn no_script_panics(script in "[a-z '\"\\\\<>|&;$()\n#0-9EOF-]{0,60}") {
            let _ = commands(&script);
        }
    }
}
