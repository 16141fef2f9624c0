//! Writes a text down as symbols, run by run, and adds up what they cost.
//!
//! Runs are those of [`class`](super::class). A word is written between BEGIN and END. Punctuation and what behaves like it gets
//! a BEGIN where a space is to its left, and an END where exactly one space is to its right. One space between an END
//! and a BEGIN is the seam that both stand for, and is not written.
//!
//! Pieces do not reach across a marker or from one class to another, except for contractions (`'s`) and from hard
//! characters into punctuation; `cargo xtask vocab` checks that. So symbols are tiled as soon as a piece cannot reach on.

use super::case::Letters;
use super::class::{
    ARABIC_DIGIT, BLANK, ISOLATED, MARK, PUNCT, is_digit, is_hard, is_word, kind_at, lower,
};
use super::normal::normalize;
use super::segment::Follows;
use super::stretch::Stretch;
use super::symbol::{BEGIN, END};
use super::tile::LONGEST;
use super::{Place, Scratch, Tiling};

/// The words that an apostrophe joins to what is before it.
const CONTRACTIONS: [&str; 7] = ["s", "t", "d", "m", "ll", "re", "ve"];

/// What the run before leaves to the next one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// An apostrophe on its own; whether a contraction may follow.
    Apostrophe(bool),
    /// A hard run.
    Hard,
    /// Anything else.
    Other,
}

struct Writer<'w> {
    tiling: &'w Tiling,
    scratch: &'w mut Scratch,
    text: &'w str,
    /// The first run gets the BEGIN that a role header ends in.
    header: bool,
    cost: u32,
    /// Counting stops when the cost exceeds it.
    limit: u32,
    before: Before,
    /// The run before is one that would write an END before a space.
    border: bool,
    /// The run before wrote an END.
    ended: bool,
    /// A single space after an END, still to be paid unless a BEGIN follows.
    space: bool,
}

impl Tiling {
    /// Tokens of one segment, or `None` if they exceed `limit`.
    pub(super) fn count_segment(
        &self,
        raw: &str,
        follows: Follows,
        place: Place,
        limit: u32,
        scratch: &mut Scratch,
    ) -> Option<u32> {
        let normal = normalize(raw, self.fold_quotes);
        let mut body: &str = &normal;
        let mut tail = 0;
        if follows == Follows::Nothing {
            body = normal.trim_end_matches('\n');
            tail = self.line_feeds_at_end(normal.len() - body.len(), scratch);
        }
        let header = place == Place::AfterHeader;
        // The header's BEGIN stands for one space, if it is the text's own.
        if header
            && raw.starts_with(' ')
            && let Some(rest) = body.strip_prefix(' ')
            && !rest.starts_with(' ')
        {
            body = rest;
        }
        if body.is_empty() && header {
            tail += 1;
        }
        let limit = limit.checked_sub(tail)?;
        let mut writer = Writer {
            tiling: self,
            scratch,
            text: body,
            header,
            cost: 0,
            limit,
            before: Before::Other,
            border: false,
            ended: false,
            space: false,
        };
        Some(writer.count(follows == Follows::Word)? + tail)
    }

    /// What line feeds at the end of a text cost, given that two more follow them.
    fn line_feeds_at_end(&self, length: usize, scratch: &mut Scratch) -> u32 {
        if length == 0 {
            return 0;
        }
        self.tile(&vec![b'\n'; length + 2], scratch)
            .saturating_sub(1)
    }
}

impl Writer<'_> {
    fn count(&mut self, before_word: bool) -> Option<u32> {
        self.scratch.symbols.clear();
        let mut at = 0;
        while at < self.text.len() {
            let (kind, next) = kind_at(self.text, at);
            at = if is_word(kind) {
                self.word(at, kind)
            } else if kind == BLANK {
                self.blank(at, next)
            } else if kind == PUNCT {
                self.punct(at, next)
            } else if is_digit(kind) {
                self.digits(at, kind)
            } else {
                self.hard(at)
            };
            if self.scratch.symbols.len() > LONGEST {
                let least = self.scratch.symbols.len() / LONGEST;
                self.check(least as u32)?;
            }
            self.check(0)?;
        }
        self.flush();
        if self.space && !before_word {
            self.cost += 1;
        }
        self.check(0)?;
        Some(self.cost)
    }

    fn check(&self, more: u32) -> Option<()> {
        (self.cost.saturating_add(more) <= self.limit).then_some(())
    }

    /// Pays for what is written: nothing that follows reaches into it.
    fn flush(&mut self) {
        let symbols = std::mem::take(&mut self.scratch.symbols);
        self.cost += self.tiling.tile(&symbols, self.scratch);
        self.scratch.symbols = symbols;
        self.scratch.symbols.clear();
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn space_before(&self, at: usize) -> bool {
        at.checked_sub(1)
            .is_some_and(|at| self.byte(at) == Some(b' '))
    }

    fn one_space_after(&self, at: usize) -> bool {
        self.byte(at) == Some(b' ') && self.byte(at + 1) != Some(b' ')
    }

    fn is_header(&self, at: usize) -> bool {
        self.header && at == 0
    }

    /// Before a run that starts with a BEGIN or, unless `begins`, without.
    fn settle_space(&mut self, begins: bool) {
        if std::mem::take(&mut self.space) && !begins {
            self.cost += 1;
        }
    }

    fn push_text(&mut self, start: usize, end: usize) {
        let text = self.text.as_bytes().get(start..end).unwrap_or_default();
        self.scratch.symbols.extend_from_slice(text);
    }

    fn word(&mut self, start: usize, first: u8) -> usize {
        let mut at = start;
        let mut kind = first;
        let mut next = at;
        if first == MARK {
            // Marks without a base open the word, and it keeps its case.
            while kind == MARK {
                at = next;
                (kind, next) = kind_at(self.text, at);
            }
        }
        let mut letters = Letters::default();
        (kind, next) = kind_at(self.text, at);
        let head = kind;
        while is_word(kind) {
            letters.add(kind);
            at = next;
            (kind, next) = kind_at(self.text, at);
        }
        let text = self.text.get(start..at).unwrap_or_default();
        let case = if first == MARK {
            None
        } else {
            letters.case(head, self.tiling.caps)
        };
        let contraction = self.before == Before::Apostrophe(true) && CONTRACTIONS.contains(&text);
        if !contraction {
            self.flush();
            self.settle_space(true);
            self.scratch.symbols.extend(case);
            self.scratch.symbols.push(BEGIN);
        }
        match case {
            None => self.push_text(start, at),
            Some(_) => {
                let symbols = &mut self.scratch.symbols;
                let from = symbols.len();
                if text.is_ascii() {
                    symbols.extend_from_slice(text.as_bytes());
                    symbols[from..].make_ascii_lowercase();
                } else {
                    for c in text.chars().map(lower) {
                        symbols.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                }
            }
        }
        self.scratch.symbols.push(END);
        // Circled letters are symbols by category, and no contraction joins to a symbol.
        let border = text.ends_with(|c| matches!(c, 'Ⓐ'..='ⓩ'));
        self.after(Before::Other, border, true);
        at
    }

    fn blank(&mut self, start: usize, next: usize) -> usize {
        let mut at = next;
        loop {
            let (kind, next) = kind_at(self.text, at);
            if kind != BLANK || next == at {
                break;
            }
            at = next;
        }
        self.flush();
        let single = at - start == 1 && self.byte(start) == Some(b' ');
        if single && self.ended {
            self.space = true;
        } else {
            if self.is_header(start) && self.byte(start) != Some(b' ') {
                self.scratch.symbols.push(BEGIN);
            }
            self.push_text(start, at);
        }
        self.after(Before::Other, false, false);
        at
    }

    fn punct(&mut self, start: usize, next: usize) -> usize {
        let mut at = next;
        let (mut kind, mut next) = kind_at(self.text, at);
        while kind == PUNCT {
            at = next;
            (kind, next) = kind_at(self.text, at);
        }
        let apostrophe = at - start == 1 && self.byte(start) == Some(b'\'');
        let opens = apostrophe && is_word(kind);
        let begins = !opens && (self.space_before(start) || self.is_header(start));
        if self.before != Before::Hard {
            self.flush();
        }
        self.settle_space(begins);
        if begins {
            self.scratch.symbols.push(BEGIN);
        } else if self.is_header(start) {
            // What the header gives an opening quote is a space.
            self.cost += 1;
        }
        self.push_text(start, at);
        let before = if apostrophe {
            Before::Apostrophe(!self.border)
        } else {
            Before::Other
        };
        let ends = self.one_space_after(at);
        if ends {
            self.scratch.symbols.push(END);
        }
        self.after(before, true, ends);
        at
    }

    fn digits(&mut self, start: usize, first: u8) -> usize {
        let (mut at, mut last) = (start, first);
        let (mut kind, mut next) = kind_at(self.text, at);
        while is_digit(kind) {
            (last, at) = (kind, next);
            (kind, next) = kind_at(self.text, at);
        }
        let begins = first == ARABIC_DIGIT && self.space_before(start);
        self.bordered(start, at, begins, last == ARABIC_DIGIT);
        self.before = Before::Other;
        at
    }

    fn hard(&mut self, start: usize) -> usize {
        let mut at = start;
        let mut first: Option<Stretch> = None;
        let mut stretch: Option<Stretch> = None;
        loop {
            let (kind, next) = kind_at(self.text, at);
            if !is_hard(kind) || next == at {
                break;
            }
            at = next;
            stretch = match stretch {
                Some(stretch) if stretch.takes(kind) => Some(stretch.with(kind)),
                _ => {
                    first = first.or(stretch);
                    Some(Stretch::new(kind))
                }
            };
        }
        let last = stretch.unwrap_or(Stretch::new(ISOLATED));
        let begins = first.unwrap_or(last).begins() && self.space_before(start);
        self.bordered(start, at, begins, last.ends());
        self.before = Before::Hard;
        at
    }

    /// Writes a run whose markers depend on the characters at its ends.
    fn bordered(&mut self, start: usize, end: usize, begins: bool, border: bool) {
        self.flush();
        let begins = begins || self.is_header(start);
        self.settle_space(begins);
        if begins {
            self.scratch.symbols.push(BEGIN);
        }
        self.push_text(start, end);
        let ends = border && self.one_space_after(end);
        if ends {
            self.scratch.symbols.push(END);
        }
        self.after(Before::Other, border, ends);
    }

    fn after(&mut self, before: Before, border: bool, ended: bool) {
        self.before = before;
        self.border = border;
        self.ended = ended;
    }
}
