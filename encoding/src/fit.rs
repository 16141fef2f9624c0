//! Packs texts into a number of tokens: retrieved passages, results of a search.

use crate::encoding::{Encoding, Keep};

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
    /// The joined text is what a model receives, so the joined text is what must fit: the chunks' own counts only decide
    /// what is tried, and the last are given back while the whole, counted afresh, is too large. (Tokens may merge
    /// differently across a seam.)
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
        let between = self.count(options.separator);
        let mut taken: Vec<(usize, &str)> = Vec::new();
        let mut truncated = false;
        let mut room = limit;
        for (index, chunk) in chunks.iter().enumerate() {
            let text = chunk.as_ref();
            let before = if taken.is_empty() { 0 } else { between };
            let Some(left) = room.checked_sub(before) else {
                break;
            };
            if let Some(tokens) = self.count_up_to(text, left) {
                taken.push((index, text));
                room = left - tokens;
            } else if options.truncate {
                let start = &text[..self.truncate(text, left, Keep::Head).head];
                if !start.is_empty() {
                    taken.push((index, start));
                    truncated = true;
                }
                break;
            }
        }
        loop {
            let texts: Vec<&str> = taken.iter().map(|&(_, text)| text).collect();
            let text = texts.join(options.separator);
            match self.count_up_to(&text, limit) {
                Some(tokens) => {
                    return Fitted {
                        text,
                        tokens,
                        taken: taken.iter().map(|&(index, _)| index).collect(),
                        truncated,
                    };
                }
                None => {
                    taken.pop();
                    truncated = false;
                }
            }
        }
    }
}
