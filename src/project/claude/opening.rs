//! Texts straight after a role header, without counting them twice.
//!
//! What a message says in running text has been counted already. After a header that ends in the mark of a word's beginning
//! only the first run of characters is written differently, so the difference is that of the text's first words.

use crate::count::CountText;

/// Shorter texts are counted anew.
const SHORT: usize = 128;
/// Longest opening, in bytes.
const LONGEST: usize = 1_024;

/// Tokens of `text` after such a header; `running` are those in running text, when they are known.
pub(super) fn after_header(text: &str, running: Option<u32>, counter: &dyn CountText) -> u32 {
    let (Some(running), Some(opening)) = (running, opening(text)) else {
        return counter.count_after_header(text);
    };
    let headed = counter.count_after_header(opening);
    running
        .saturating_add(headed)
        .saturating_sub(counter.count_text(opening))
}

/// The first two words of a long text, with what stands before them.
fn opening(text: &str) -> Option<&str> {
    if text.len() < SHORT {
        return None;
    }
    let mut words = 0;
    let mut in_word = false;
    for (at, character) in text.char_indices() {
        if at > LONGEST {
            return None;
        }
        let blank = character.is_whitespace();
        if in_word && blank {
            words += 1;
            if words == 2 {
                return text.get(..at);
            }
        }
        in_word = !blank;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use token_headroom_encoding::Encoding;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]

        #[test]
        fn the_difference_is_in_the_first_words(
            start in "[ \n\t'\"(a-zA-Z0-9é漢🙂—“.\u{301}\u{fe0f}-]{0,14}",
            rest in "[ \na-z0-9A-Z'é漢.]{128,160}",
        ) {
            let text = format!("{start}{rest}");
            for name in ["claude-gen1", "claude-gen2"] {
                let encoding = Encoding::named(name).unwrap();
                let running = encoding.count(&text);
                prop_assert_eq!(
                    after_header(&text, Some(running), &encoding),
                    encoding.count_after_header(&text),
                    "{} {:?}", name, text
                );
            }
        }
    }
}
