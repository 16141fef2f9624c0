//! Cuts texts to a number of tokens with nothing but counting: for encodings whose texts are not what is merged.
//!
//! Between a part that fits and a longer one that does not there is a place where one character more makes the
//! difference. Halving finds such a place in as many counts as the length has bits, each of which stops at the limit.

use crate::encoding::{Keep, Kept};

/// The part of `text` that [`Encoding::truncate`](crate::Encoding::truncate) describes; `count` gives the tokens of a text up to a limit.
pub(crate) fn truncate(
    text: &str,
    limit: u32,
    keep: Keep,
    count: impl Fn(&str, u32) -> Option<u32>,
) -> Kept {
    if let Some(tokens) = count(text, limit) {
        return Kept::whole(text, tokens, keep);
    }
    match keep {
        Keep::Head => {
            let (head, tokens) = longest_head(text, limit, &count);
            Kept {
                head,
                tail: text.len(),
                tokens,
            }
        }
        Keep::Tail => {
            let (tail, tokens) = longest_tail("", text, limit, &count);
            Kept {
                head: 0,
                tail,
                tokens,
            }
        }
        Keep::Both => {
            let (head, _) = longest_head(text, limit.div_ceil(2), &count);
            let (tail, tokens) = longest_tail(&text[..head], &text[head..], limit, &count);
            Kept {
                head,
                tail: head + tail,
                tokens,
            }
        }
    }
}

/// Where a head ends that fits, and with one more character does not; `text` does not fit.
fn longest_head(text: &str, limit: u32, count: &impl Fn(&str, u32) -> Option<u32>) -> (usize, u32) {
    let (mut fits, mut tokens) = (0, 0);
    let mut exceeds = text.len();
    while let Some(middle) = between(text, fits, exceeds) {
        match count(&text[..middle], limit) {
            Some(found) => (fits, tokens) = (middle, found),
            None => exceeds = middle,
        }
    }
    (fits, tokens)
}

/// Where a tail of `text` starts that fits after `head`, and with one more character before it does not.
fn longest_tail(
    head: &str,
    text: &str,
    limit: u32,
    count: &impl Fn(&str, u32) -> Option<u32>,
) -> (usize, u32) {
    let mut joined = String::with_capacity(head.len() + text.len());
    let mut count_from = |at: usize| {
        joined.clear();
        joined.push_str(head);
        joined.push_str(&text[at..]);
        count(&joined, limit)
    };
    let mut fits = text.len();
    let mut tokens = count_from(fits).unwrap_or(limit);
    let mut exceeds = 0;
    while let Some(middle) = between(text, exceeds, fits) {
        match count_from(middle) {
            Some(found) => (fits, tokens) = (middle, found),
            None => exceeds = middle,
        }
    }
    (fits, tokens)
}

/// A boundary strictly between two others, near their middle.
fn between(text: &str, low: usize, high: usize) -> Option<usize> {
    let middle = low + (high - low) / 2;
    let below = (low + 1..=middle)
        .rev()
        .find(|&at| text.is_char_boundary(at));
    below.or_else(|| (middle + 1..high).find(|&at| text.is_char_boundary(at)))
}

#[cfg(test)]
mod tests {
    use super::truncate;
    use crate::encoding::Keep;

    /// A count that is not monotone: a pair of equal letters is one token.
    fn count(text: &str, limit: u32) -> Option<u32> {
        let mut letters = text.chars().peekable();
        let mut tokens = 0;
        while let Some(letter) = letters.next() {
            if letters.peek() == Some(&letter) {
                letters.next();
            }
            tokens += 1;
        }
        (tokens <= limit).then_some(tokens)
    }

    #[test]
    fn one_character_more_does_not_fit() {
        for text in ["", "a", "aabbccdd", "abcabc", "ééé→→ab", "aaaaaaaaab"] {
            for limit in 0..6 {
                let head = truncate(text, limit, Keep::Head, count);
                assert_eq!(count(&text[..head.head], limit), Some(head.tokens));
                if let Some(next) = text[head.head..].chars().next() {
                    assert_eq!(count(&text[..head.head + next.len_utf8()], limit), None);
                }
                let tail = truncate(text, limit, Keep::Tail, count);
                let kept = &text[if tail.head == text.len() {
                    0
                } else {
                    tail.tail
                }..];
                assert_eq!(count(kept, limit), Some(tail.tokens));
                let both = truncate(text, limit, Keep::Both, count);
                let kept = format!("{}{}", &text[..both.head], &text[both.tail..]);
                assert_eq!(count(&kept, limit), Some(both.tokens));
            }
        }
    }
}
