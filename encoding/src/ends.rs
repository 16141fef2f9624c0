//! Cuts long texts by their ends alone.
//!
//! What is kept of a text is [longest](crate::Encoding::truncate) because of the character next to it. So a cut of the text without its
//! middle is one of the whole, as long as that character is none of the middle's. What it costs depends on the limit, not on the text.

use std::borrow::Cow;

use crate::encoding::{Keep, Kept};

/// Bytes of an end that are looked at first, at least.
const LEAST: usize = 16 << 10;
/// Bytes from which on an end is shorter than the text.
pub(crate) const LONG: usize = 2 * LEAST + 2;
/// More than most tokens have: the first look is nearly always enough.
const BYTES_PER_TOKEN: usize = 8;

/// What is kept of a text that takes more than `limit` tokens, where `cut_all` cuts the text that it is given; `None` where both ends
/// together would be no shorter than the text.
pub(crate) fn cut(
    text: &str,
    limit: u32,
    keep: Keep,
    cut_all: impl Fn(&str) -> Kept,
) -> Option<Kept> {
    let mut length = BYTES_PER_TOKEN.saturating_mul(limit as usize).max(LEAST);
    while length < text.len() / 2 {
        let head = match keep {
            Keep::Tail => 0,
            _ => text.floor_char_boundary(length),
        };
        let tail = match keep {
            Keep::Head => text.len(),
            _ => text.ceil_char_boundary(text.len() - length),
        };
        let ends = match keep {
            Keep::Head => Cow::Borrowed(&text[..head]),
            Keep::Tail => Cow::Borrowed(&text[tail..]),
            Keep::Both => Cow::Owned([&text[..head], &text[tail..]].concat()),
        };
        let kept = cut_all(&ends);
        // An end that is kept whole has no character next to it.
        if (keep == Keep::Tail || kept.head < head) && (keep == Keep::Head || kept.tail > head) {
            return Some(Kept {
                tail: kept.tail + (tail - head),
                ..kept
            });
        }
        length *= 2;
    }
    None
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::cut;
    use crate::Encoding;
    use crate::encoding::{Keep, Kept};

    fn texts() -> Vec<String> {
        let mut state = 3_u64;
        let mut below = |end: u64| {
            state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
            (state >> 33) % end
        };
        let mut filled = |parts: &[&str]| -> String {
            (0..30_000)
                .map(|_| parts[below(parts.len() as u64) as usize])
                .collect()
        };
        vec![
            filled(&["word ", "Words, ", "12", "\n", " it's"]),
            filled(&["слово", " ", "лиса ", "\n\n"]),
            filled(&["字", "語", "灯台", "。", "\n"]),
            filled(&["a", "b", "c", "ab"]),
            // Few tokens for many bytes: the end that is looked at first fits whole.
            filled(&["internationalization ", "responsibilities "]),
            filled(&["字", "語", "。"]) + &" ".repeat(100_000),
            "=".repeat(150_000) + "THE END",
            filled(&["👩🏽‍💻", "🙂", "e\u{301}"]),
            // Sixty-four of them are one token: the first look is not enough.
            "=".repeat(90_000) + "!" + &"=".repeat(90_000),
        ]
    }

    #[test]
    fn what_is_kept_of_a_long_text_is_the_longest_that_fits() {
        for name in [
            "o200k_base",
            "r50k_base",
            "qwen3",
            "mistral-sp-v3",
            "gemma4",
            "claude-gen2",
        ] {
            let encoding = Encoding::named(name).unwrap();
            for text in texts() {
                let all = encoding.count(&text);
                for limit in [0, 1, 200, 1000.min(all - 1), all - 1, all] {
                    for keep in [Keep::Head, Keep::Tail, Keep::Both] {
                        check(&encoding, &text, limit, keep);
                    }
                }
            }
        }
    }

    fn check(encoding: &Encoding, text: &str, limit: u32, keep: Keep) {
        let Kept { head, tail, tokens } = encoding.truncate(text, limit, keep);
        let count =
            |head: usize, tail: usize| encoding.count(&[&text[..head], &text[tail..]].concat());
        let case = format!("{} {limit} {keep:?} {head} {tail}", encoding.name());
        if encoding.count_up_to(text, limit).is_some() {
            let end = if keep == Keep::Tail { 0 } else { text.len() };
            assert_eq!((head, tail), (end, end), "{case}");
            return;
        }
        let tail = if keep == Keep::Head { text.len() } else { tail };
        assert_eq!(tokens, count(head, tail), "{case}");
        assert!(tokens <= limit, "{case}");
        if keep != Keep::Tail {
            let room = if keep == Keep::Both {
                limit.div_ceil(2)
            } else {
                limit
            };
            let next = text.ceil_char_boundary(head + 1);
            assert!(
                count(head, text.len()) <= room && count(next, text.len()) > room,
                "{case}"
            );
        }
        if keep != Keep::Head {
            assert!(
                count(head, text.floor_char_boundary(tail - 1)) > limit,
                "{case}"
            );
        }
    }

    #[test]
    fn the_middle_of_a_text_is_looked_at_only_where_the_ends_are_kept_whole() {
        let text = "word ".repeat(100_000);
        let seen = Cell::new(0);
        let keeping = |bytes: usize| {
            move |ends: &str| Kept {
                head: bytes.min(ends.len()),
                tail: ends.len(),
                tokens: 0,
            }
        };
        let look = |limit, bytes| {
            seen.set(0);
            let kept = cut(&text, limit, Keep::Head, |ends| {
                seen.set(seen.get() + ends.len());
                keeping(bytes)(ends)
            });
            (kept.map(|kept| (kept.head, kept.tail)), seen.get())
        };
        assert_eq!(look(10, 50), (Some((50, 500_000)), 16_384));
        assert_eq!(look(10_000, 50_000), (Some((50_000, 500_000)), 80_000));
        assert_eq!(look(10, 20_000), (Some((20_000, 500_000)), 16_384 * 3));
        assert_eq!(look(10, 500_000).0, None);
        assert_eq!(look(u32::MAX, 1), (None, 0));
    }
}
