//! What shell commands read and write: a modest parser that says nothing when it is unsure.
//!
//! It knows quotes, operators, redirections and here-documents, but no expansions, loops or conditions: a command with
//! any of these is not understood, and neither is a word that the shell would expand.

mod redirections;
#[cfg(test)]
mod tests;
mod words;

use redirections::Here;

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
}
