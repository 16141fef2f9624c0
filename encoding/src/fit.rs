//! Packs texts into a number of tokens: retrieved passages, results of a search.

use crate::encoding::{Encoding, Keep};

// The package packs in the same way (`pkg-template/fit-chunks.ts`), and what it measures are units of UTF-16: so both take the same.

/// Units of what is taken, at least, that are counted again with the next chunk: what comes after changes nothing so far before it.
const TAIL: usize = 128;

/// Units that may be counted again beyond as many as there are; they take a few hundredths of a second.
const FREE: usize = 1 << 20;

/// How [`Encoding::fit_chunks`] packs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FitOptions<'a> {
    /// Stands between chunks and is counted.
    pub separator: &'a str,
    /// Whether the first chunk that does not fit is cut and ends the text; otherwise it is left out, so that a later and
    /// smaller one may still be taken.
    pub truncate: bool,
}

impl Default for FitOptions<'_> {
    /// An empty line between chunks, and none of them cut.
    fn default() -> Self {
        Self {
            separator: "\n\n",
            truncate: false,
        }
    }
}

/// What [`Encoding::fit_chunks`] took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fitted {
    /// The taken chunks, joined.
    pub text: String,
    /// Tokens of `text`, counted as a whole; at most the limit.
    pub tokens: u32,
    /// The taken chunks by their place in the input.
    pub taken: Vec<usize>,
    /// Whether the end of the last one is missing.
    pub truncated: bool,
}

impl Encoding {
    /// Packs `chunks`, in order, into at most `limit` tokens.
    ///
    /// The joined text is what a model receives, so the joined text is what must fit: tokens merge across seams, mostly of a separator with
    /// what is before it. A chunk is taken if it fits with all that is taken before it. So that the work does not grow with the square of
    /// the text, it is counted with the end of that alone, which tells the same. Only in very long text without a blank may a few be
    /// left out that would fit.
    ///
    /// ```
    /// use token_headroom_encoding::{Encoding, FitOptions};
    ///
    /// let encoding = Encoding::named("o200k_base")?;
    /// let passages = ["the first passage", "a far longer second passage, too long", "third"];
    /// let fitted = encoding.fit_chunks(&passages, 6, FitOptions::default());
    /// assert_eq!(fitted.text, "the first passage\n\nthird");
    /// assert_eq!((fitted.tokens, fitted.taken), (5, vec![0, 2]));
    /// # Ok::<(), token_headroom_encoding::Error>(())
    /// ```
    #[must_use]
    pub fn fit_chunks<T: AsRef<str>>(
        &self,
        chunks: &[T],
        limit: u32,
        options: FitOptions<'_>,
    ) -> Fitted {
        let mut packing = Packing::new(self, limit, options.separator);
        let mut truncated = false;
        for (index, chunk) in chunks.iter().enumerate() {
            let text = chunk.as_ref();
            if let Some(tokens) = packing.count_with(text) {
                packing.take(index, text, tokens);
            } else if options.truncate {
                let whole = packing.joined_with(text);
                let kept = self.truncate(&whole, limit, Keep::Head).head;
                let before = whole.len() - text.len();
                if let Some(length) = kept.checked_sub(before).filter(|&length| length > 0) {
                    packing.taken.push((index, &text[..length]));
                    truncated = true;
                }
                break;
            }
        }
        packing.settle(truncated)
    }
}

/// Chunks that are being packed.
struct Packing<'a> {
    encoding: &'a Encoding,
    limit: u32,
    separator: &'a str,
    taken: Vec<(usize, &'a str)>,
    /// Tokens before the tail, and the end of what is taken, with a separator.
    before: u32,
    tail: String,
    /// Whether a tail never began within a piece.
    exact: bool,
    /// Units of what is taken; of all chunks, with those that are free; and of what was counted again.
    size: usize,
    seen: usize,
    again: usize,
}

impl<'a> Packing<'a> {
    fn new(encoding: &'a Encoding, limit: u32, separator: &'a str) -> Self {
        Self {
            encoding,
            limit,
            separator,
            taken: Vec::new(),
            before: 0,
            tail: String::new(),
            exact: true,
            size: 0,
            seen: FREE,
            again: 0,
        }
    }

    /// Tokens of what is taken with `text` after it; `None` if they exceed the limit.
    fn count_with(&mut self, text: &str) -> Option<u32> {
        self.seen += units(text);
        self.afford_tail();
        let joined = [&self.tail, text].concat();
        let room = self.limit.saturating_sub(self.before);
        if let Some(tokens) = self.encoding.count_up_to(&joined, room) {
            return Some(self.before + tokens);
        }
        if self.exact || self.again + self.size > 2 * self.seen {
            return None;
        }
        self.again += self.size;
        let tokens = self
            .encoding
            .count_up_to(&self.joined_with(text), self.limit)?;
        self.before = tokens.saturating_sub(self.encoding.count(&joined));
        Some(tokens)
    }

    /// Pays for a long tail: one without a seam grows with every chunk. Once too much was counted again it is cut, within a piece if
    /// need be.
    fn afford_tail(&mut self) {
        if !is_long(&self.tail) {
            return;
        }
        let length = units(&self.tail);
        if self.again + length <= self.seen {
            self.again += length;
            return;
        }
        let seam = last_seam(&self.tail);
        self.exact &= seam.is_some();
        let all = self.before.saturating_add(self.encoding.count(&self.tail));
        self.tail.drain(..seam.unwrap_or_else(|| end(&self.tail)));
        self.before = all.saturating_sub(self.encoding.count(&self.tail));
    }

    fn take(&mut self, index: usize, text: &'a str, tokens: u32) {
        self.taken.push((index, text));
        let between = units(self.separator);
        // One more, for a list of nothing takes time as well.
        self.size += units(text) + between + 1;
        self.seen += between;
        self.tail.push_str(text);
        if is_long(&self.tail)
            && let Some(seam) = last_seam(&self.tail)
        {
            self.tail.drain(..seam);
            self.before = tokens.saturating_sub(self.encoding.count(&self.tail));
        }
        self.tail.push_str(self.separator);
    }

    fn joined_with(&self, text: &str) -> String {
        let mut texts: Vec<&str> = self.taken.iter().map(|&(_, text)| text).collect();
        texts.push(text);
        texts.join(self.separator)
    }

    /// What is taken, counted afresh, gives the last chunks back while it is too large after all.
    fn settle(self, mut truncated: bool) -> Fitted {
        let Self {
            encoding,
            limit,
            separator,
            mut taken,
            ..
        } = self;
        let between = encoding.count(separator);
        loop {
            let texts: Vec<&str> = taken.iter().map(|&(_, text)| text).collect();
            let text = texts.join(separator);
            let tokens = encoding.count(&text);
            if tokens <= limit || taken.is_empty() {
                return Fitted {
                    text,
                    tokens,
                    taken: taken.iter().map(|&(index, _)| index).collect(),
                    truncated,
                };
            }
            // By itself a chunk takes as much as it does here, or more, mostly: so few are given back that fit, and not one by one.
            let mut over = tokens - limit;
            while over > 0
                && let Some((_, text)) = taken.pop()
            {
                over = over.saturating_sub(between + encoding.count(text));
                truncated = false;
            }
        }
    }
}

/// The last place for a tail to begin: at a blank before a word. A piece begins there or right after, whatever is before; so that adds the
/// same tokens to all that may follow.
fn last_seam(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (1..=end(text))
        .rev()
        .find(|&at| bytes[at] <= b' ' && bytes[at + 1] > b' ')
}

/// Where the last [`TAIL`] units of a longer text begin.
fn end(text: &str) -> usize {
    let mut length = 0;
    let outside = text.char_indices().rev().find(|(_, character)| {
        length += character.len_utf16();
        length > TAIL
    });
    outside.map_or(0, |(at, character)| at + character.len_utf8())
}

/// Whether a tail may be left out of that long text.
fn is_long(text: &str) -> bool {
    text.len() > 2 * TAIL && units(text) > 2 * TAIL
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}
