//! Where output goes and input comes from: files, descriptors and here-documents.

use super::Lexer;

/// A here-document whose body has not come yet.
pub(super) struct Here {
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

impl Lexer<'_> {
    /// Whether a digit at hand names the descriptor of a redirection.
    pub(super) fn is_descriptor(&self) -> bool {
        matches!(self.rest.as_bytes().get(1), Some(b'<' | b'>'))
    }

    /// A redirection of a descriptor; only 1, standard output, takes text away from the result.
    pub(super) fn redirection(&mut self, descriptor: u8) -> Option<()> {
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
    pub(super) fn bodies(&mut self) -> Option<()> {
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
}
