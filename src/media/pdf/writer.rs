//! What a page's operators show, and where words and lines end (ISO 32000-1, 9.4).

use std::rc::Rc;

use super::fonts::{Font, Names, bytes_of};
use super::tokens::{Token, Tokens};

/// Follows a page's operators: what is shown, and where a line ends.
pub(super) struct Writer<'n, 'o> {
    names: &'n Names,
    any: Rc<Font>,
    out: &'o mut String,
    state: State,
    saved: Vec<State>,
    /// Start of the line within the page's coordinates, and where the next text goes.
    line: (f64, f64),
    next: f64,
    /// What a unit of text takes of the page's coordinates.
    scale: f64,
    leading: f64,
    /// Where the text that was shown last ends, and at what height.
    shown: Option<(f64, f64)>,
}

/// What operators save and bring back.
#[derive(Clone)]
struct State {
    /// Origin of the page's coordinates.
    page: (f64, f64),
    font: Rc<Font>,
    size: f64,
}

/// Bytes of text that are read, of all pages: more than any model takes.
const TEXT: usize = 8 << 20;
/// A wider step between two strings is a blank, in parts of the font's size; blanks are about 0.25 wide.
const BLANK: f64 = 0.15;

impl<'n, 'o> Writer<'n, 'o> {
    pub(super) fn new(names: &'n Names, any: Rc<Font>, out: &'o mut String) -> Self {
        let state = State {
            page: (0.0, 0.0),
            font: Rc::clone(&any),
            size: 1.0,
        };
        Self {
            names,
            any,
            out,
            state,
            saved: Vec::new(),
            line: (0.0, 0.0),
            next: 0.0,
            scale: 1.0,
            leading: 0.0,
            shown: None,
        }
    }

    pub(super) fn write(&mut self, stream: &[u8]) {
        let mut numbers: Vec<f64> = Vec::new();
        let mut name: &[u8] = b"";
        // The text of one operator, and its width.
        let (mut text, mut width) = (String::new(), 0.0);
        for token in Tokens::of(stream) {
            if self.out.len() > TEXT {
                return;
            }
            let word = match token {
                Token::Number(number) => {
                    // A wide step back between the strings of one operator is a blank.
                    if number < -200.0 && !text.is_empty() {
                        text.push(' ');
                    }
                    width -= number;
                    numbers.push(number);
                    continue;
                }
                Token::Literal(bytes) => {
                    width += self.state.font.write(&bytes, &mut text);
                    continue;
                }
                Token::Hex(digits) => {
                    let bytes = bytes_of(digits);
                    width += self.state.font.write(&bytes, &mut text);
                    continue;
                }
                Token::Word(b"[") => {
                    width = 0.0;
                    continue;
                }
                Token::Word(b"]") => continue,
                Token::Word(word) if word.starts_with(b"/") => {
                    name = word;
                    continue;
                }
                Token::Word(word) => word,
            };
            let last = |place: usize| {
                let at = numbers.len().checked_sub(place);
                at.and_then(|at| numbers.get(at)).copied().unwrap_or(0.0)
            };
            match word {
                b"q" if self.saved.len() < 256 => self.saved.push(self.state.clone()),
                b"Q" => {
                    if let Some(state) = self.saved.pop() {
                        self.state = state;
                    }
                }
                b"cm" => {
                    self.state.page.0 += last(2);
                    self.state.page.1 += last(1);
                }
                b"Tf" => {
                    self.state.size = last(1);
                    let font = self.names.get(name).unwrap_or(&self.any);
                    self.state.font = Rc::clone(font);
                }
                b"BT" => self.place(0.0, 0.0, 1.0),
                b"Tm" => self.place(last(2), last(1), last(6).abs().max(last(5).abs())),
                b"TL" => self.leading = last(1),
                b"Td" | b"TD" => {
                    let across = self.line.0 + last(2) * self.scale;
                    self.place(across, self.line.1 + last(1), self.scale);
                    if word == b"TD" {
                        self.leading = -last(1);
                    }
                }
                b"T*" => self.next_line(),
                b"Tj" | b"TJ" => self.show(&text, width),
                b"'" | b"\"" => {
                    self.next_line();
                    self.show(&text, width);
                }
                _ => {}
            }
            numbers.clear();
            text.clear();
            width = 0.0;
        }
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    /// Starts a line.
    fn place(&mut self, across: f64, height: f64, scale: f64) {
        self.line = (across, height);
        self.next = across;
        self.scale = scale;
    }

    fn next_line(&mut self) {
        self.place(self.line.0, self.line.1 - self.leading, self.scale);
    }

    /// Shows a text that is so many thousandths of the font's size wide.
    fn show(&mut self, text: &str, width: f64) {
        let height = self.state.page.1 + self.line.1;
        let start = self.state.page.0 + self.next;
        let size = self.state.size * self.scale;
        if let Some((end, line)) = self.shown {
            let is_apart = self.state.font.is_measured() && start - end > BLANK * size;
            if (line - height).abs() > 1.0 {
                if !self.out.ends_with('\n') {
                    self.out.push('\n');
                }
            } else if is_apart && !self.out.ends_with(char::is_whitespace) {
                self.out.push(' ');
            }
        }
        self.next += width / 1_000.0 * size;
        self.shown = Some((self.state.page.0 + self.next, height));
        self.out.push_str(text);
    }
}
