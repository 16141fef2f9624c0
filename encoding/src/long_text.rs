//! What counting a long text in parts asks of an encoding, so that memory need not hold the whole text.
//!
//! Memory of WebAssembly is never given back, and a page that counts one text of 100 MB would have lost it for good.

use crate::encoding::{Encoding, Tables};
use crate::merges::{Vocabulary, run};

/// Longer than a piece of numbers: where a run of one character is cut at all, it is cut before.
const RUN_SAMPLE: usize = 16;

impl Encoding {
    /// Where the text that `bytes` start may be cut in two whose counts add up: the last such place, or 0; `None` if none is
    /// known in any text.
    pub(crate) fn last_seam(&self, bytes: &[u8]) -> Option<usize> {
        match &*self.tables {
            Tables::Merges(_) => self.reading.last_seam(bytes),
            Tables::Tiling(_) => None,
        }
    }

    /// The fewest tokens that a text of so many bytes takes; 0 where nothing is known.
    pub(crate) fn least_tokens(&self, bytes: usize) -> usize {
        match self.merged() {
            Some(vocabulary) if !vocabulary.has_wholes() => bytes.div_ceil(vocabulary.longest()),
            _ => 0,
        }
    }

    /// Tokens of `length` times `byte`, if they are known without the text.
    pub(crate) fn count_run(&self, byte: u8, length: usize) -> Option<u32> {
        let vocabulary = self.merged().filter(|known| !known.has_wholes())?;
        let sample = [byte; RUN_SAMPLE];
        let is_piece = byte.is_ascii()
            && length >= RUN_SAMPLE
            && self.reading.pattern.piece_end(&sample, 0) == RUN_SAMPLE;
        is_piece
            .then(|| run::count(vocabulary, byte, length))
            .flatten()
    }

    /// The merges, where what is merged are the pieces of the text as it came.
    fn merged(&self) -> Option<&Vocabulary> {
        match &*self.tables {
            Tables::Merges(merging) if self.reading.is_plain() => Some(&merging.vocabulary),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use crate::Encoding;
    use crate::literals::tests::literal;
    use crate::normal::Normalizer;
    use crate::pack::{Literal, Variant};
    use crate::pieces::Pattern;
    use crate::reading::{Part, Reading};

    const NAMES: [&str; 10] = [
        "o200k_base",
        "cl100k_base",
        "p50k_base",
        "mistral-tekken",
        "qwen3",
        "deepseek-v4",
        "glm-4.5",
        "gemma4",
        "mistral-sp-v3",
        "claude-gen2",
    ];
    /// The first of them that read texts as they come, and that have seams.
    const PLAIN: usize = 4;
    const WITH_SEAMS: usize = 8;

    #[test]
    fn a_run_that_is_not_looked_at_counts_as_its_text() {
        for (at, name) in NAMES.into_iter().enumerate() {
            let encoding = Encoding::named(name).unwrap();
            let mut known = 0;
            for byte in 0..=255 {
                for length in [0, 1, 15, 16, 17, 64, 129, 1000, 4099] {
                    let Some(count) = encoding.count_run(byte, length) else {
                        continue;
                    };
                    let text = char::from(byte).to_string().repeat(length);
                    assert_eq!(count, encoding.count(&text), "{name} {byte} x {length}");
                    known += 1;
                }
            }
            // All of ASCII but the digits, which are cut, or (in GPT-2's pattern, and DeepSeek's) most of it.
            assert_eq!(known > 6 * 100, at < PLAIN, "{name}: {known}");
        }
    }

    #[test]
    fn the_two_sides_of_a_seam_add_up_and_no_text_has_fewer_tokens_than_the_least() {
        // Some are literals, and some change in form C.
        let words = [
            "the", "Fox", "лиса", "狐狸", "1984", "it's", "\u{301}x", "🦊", "--", "x86", "<think>",
            "\n\n", "\u{958}", "e\u{301}", "한", "> </", "▁",
        ];
        let blanks = [" ", "\n", "  ", " \n", "\n\n\t", "\u{3000}", ""];
        let mut state = 7_usize;
        let mut below = |end: usize| {
            state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
            (state >> 33) % end
        };
        for (at, name) in NAMES.into_iter().enumerate() {
            let encoding = Encoding::named(name).unwrap();
            let mut seams = 0;
            for _ in 0..500 {
                let text: String = (0..20)
                    .map(|_| words[below(words.len())].to_owned() + blanks[below(blanks.len())])
                    .collect();
                assert!(encoding.least_tokens(text.len()) <= encoding.count(&text) as usize);
                for end in 0..=text.len() {
                    let Some(seam) = encoding.last_seam(&text.as_bytes()[..end]) else {
                        continue;
                    };
                    let (before, after) = text.split_at(seam);
                    let sum = encoding.count(before) + encoding.count(after);
                    assert_eq!(sum, encoding.count(&text), "{name} {seam} {text:?}");
                    seams += usize::from(seam > 0);
                }
            }
            assert_eq!(seams > 10_000, at < WITH_SEAMS, "{name}: {seams}");
        }
    }

    /// What a text is cut in: literals and pieces.
    fn pieces(reading: &Reading, text: &str) -> Vec<String> {
        let mut all = Vec::new();
        let flow = reading.parts::<()>(text, |part| {
            match part {
                Part::Literal(literal) => all.push(format!("literal {}", literal.text)),
                Part::Text(text) => {
                    let mut start = 0;
                    while start < text.len() {
                        let end = reading.pattern.piece_end(text.as_bytes(), start);
                        all.push(text[start..end].to_owned());
                        start = end;
                    }
                }
            }
            ControlFlow::Continue(())
        });
        assert!(flow.is_continue());
        all
    }

    fn reading(normalizer: Normalizer, each: &Literal) -> Reading {
        Reading::new(Variant {
            name: "mine".to_owned(),
            pattern: Pattern::Qwen2,
            normalizer,
            prefix_space: None,
            literals: vec![each.clone()],
        })
    }

    #[test]
    fn both_sides_of_a_seam_are_read_as_the_whole_whatever_the_normaliser_and_the_literals() {
        let literals = [
            literal("<x>"),
            literal("New York"),
            literal("New York, and so much more that no look at its end would tell"),
            literal(" York"),
            // What the text may have as U+0958.
            Literal {
                normalized: true,
                ..literal("\u{915}\u{93C} York")
            },
            Literal {
                strip_right: true,
                ..literal("New")
            },
            Literal {
                strip_left: true,
                ..literal("York")
            },
            Literal {
                single_word: true,
                ..literal(" York")
            },
            Literal {
                normalized: true,
                ..literal("York\n")
            },
        ];
        // U+0958 is a letter and a mark in form C, and (一) a number that ends in a symbol in form KC.
        let words = ["New", "York", "<x>", "\u{958}", "㈠", "é", "!"];
        let blanks = [" ", "\n", "\n\n", "  "];
        for normalizer in [Normalizer::None, Normalizer::Nfc, Normalizer::Nfkc] {
            for each in &literals {
                let reading = reading(normalizer, each);
                for number in 0..(words.len() * blanks.len()).pow(2) * words.len() {
                    let of =
                        |list: &[&str], place: usize| list[number / place % list.len()].to_owned();
                    let text = of(&words, 1)
                        + &of(&blanks, 7)
                        + &of(&words, 28)
                        + &of(&blanks, 196)
                        + &of(&words, 784);
                    let Some(seam) = reading.last_seam(text.as_bytes()) else {
                        continue;
                    };
                    let (before, after) = text.split_at(seam);
                    let apart = [pieces(&reading, before), pieces(&reading, after)].concat();
                    assert_eq!(
                        apart,
                        pieces(&reading, &text),
                        "{normalizer:?} {each:?} {text:?}"
                    );
                }
            }
        }
        let has_seams = |normalizer, each| reading(normalizer, each).last_seam(b"a b") == Some(1);
        assert!(
            has_seams(Normalizer::None, &literals[0]) && has_seams(Normalizer::Nfc, &literals[0])
        );
        assert!(
            !has_seams(Normalizer::Nfkc, &literals[0])
                && !has_seams(Normalizer::None, &literals[1])
        );
    }
}
