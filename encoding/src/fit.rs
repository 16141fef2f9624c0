//! Packs texts into a number of tokens: retrieved passages, results of a search.

use crate::encoding::{Encoding, Keep};

/// Bytes of what is taken, at least, that are counted again with the next chunk: most pieces of text are shorter.
const TAIL: usize = 128;

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
    /// what is before it. A chunk is counted with the end of what it follows; and what is taken, counted afresh, gives the last chunks back
    /// while it is too large after all. Where the end that is at hand lies within a long piece, as in runs of one character, what it tells
    /// is not exact, and chunks may be left out that would fit.
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
        let mut taken: Vec<(usize, &str)> = Vec::new();
        let mut truncated = false;
        // Tokens before the tail, and the end of what is taken, with a separator.
        let mut before = 0;
        let mut tail = String::new();
        for (index, chunk) in chunks.iter().enumerate() {
            let text = chunk.as_ref();
            let room = limit.saturating_sub(before);
            let mut joined = tail.clone();
            joined.push_str(text);
            if let Some(tokens) = self.count_up_to(&joined, room) {
                taken.push((index, text));
                if joined.len() > 2 * TAIL {
                    joined.drain(..joined.floor_char_boundary(joined.len() - TAIL));
                    before += tokens.saturating_sub(self.count(&joined));
                }
                tail = joined;
                tail.push_str(options.separator);
            } else if options.truncate {
                let kept = self.truncate(&joined, room, Keep::Head).head;
                if let Some(length) = kept.checked_sub(tail.len()).filter(|&length| length > 0) {
                    taken.push((index, &text[..length]));
                    truncated = true;
                }
                break;
            }
        }
        self.settle(taken, truncated, limit, options.separator)
    }

    fn settle(
        &self,
        mut taken: Vec<(usize, &str)>,
        mut truncated: bool,
        limit: u32,
        separator: &str,
    ) -> Fitted {
        let between = self.count(separator);
        loop {
            let texts: Vec<&str> = taken.iter().map(|&(_, text)| text).collect();
            let text = texts.join(separator);
            let tokens = self.count(&text);
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
                over = over.saturating_sub(between + self.count(text));
                truncated = false;
            }
        }
    }
}
