//! Where a text may be cut in two whose pieces are those of the whole, so that a long one need not be in memory at once.
//!
//! A space after a letter or number starts a piece in every pattern that cuts at all, whatever surrounds them, and so does other whitespace
//! in all but those that stand for SentencePiece. Nothing before a piece's start matters to it, and no pattern asks what follows
//! a letter or number but whether it belongs to the same run.

use super::Pattern;
use super::classes::{NUMBER, class_at, is_letter};

/// Whether a byte may be the first after a seam: whitespace of ASCII.
pub(crate) fn starts(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// The last seam of `text`, which may end in the middle of a character. With `to_form_c` it is one of the text in that form as well.
pub(crate) fn last(pattern: Pattern, to_form_c: bool, text: &[u8]) -> Option<usize> {
    let only_spaces = match pattern {
        Pattern::Whole => return None,
        pattern => matches!(pattern, Pattern::Words | Pattern::WordsTag),
    };
    let is_seam = |&at: &usize| {
        let is_space = text[at] == b' ';
        let Some(before) = letter_or_number_before(text, at) else {
            return false;
        };
        is_space || !only_spaces && (!to_form_c || is_same_in_form_c(text[before]))
    };
    (1..text.len())
        .rev()
        .filter(|&at| starts(text[at]))
        .find(is_seam)
}

/// Where the letter or number starts that ends at `end`.
fn letter_or_number_before(text: &[u8], end: usize) -> Option<usize> {
    // At most four bytes of a character; only the first is none that continues one.
    let start = (end.saturating_sub(4)..end)
        .rev()
        .find(|&at| text[at] & 0xC0 != 0x80)?;
    let (class, _) = class_at(text, start);
    (is_letter(class) || class == NUMBER).then_some(start)
}

/// Whether a letter or number that starts with `first` is one in form C. Others may become a letter and a mark, which is a symbol to some
/// patterns, and what they do with a line break after symbols is another matter.
fn is_same_in_form_c(first: u8) -> bool {
    // ASCII, and from U+4000 to U+DFFF: Chinese characters and Korean syllables.
    matches!(first, ..0x80 | 0xE4..=0xED)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Pattern;
    use super::{is_same_in_form_c, last};
    use crate::normal::Normalizer;

    fn pieces(pattern: Pattern, text: &str) -> Vec<&str> {
        let mut pieces = Vec::new();
        let mut start = 0;
        while start < text.len() {
            let end = pattern.piece_end(text.as_bytes(), start);
            pieces.push(&text[start..end]);
            start = end;
        }
        pieces
    }

    /// All that a pattern may tell apart around a seam.
    fn texts() -> impl Strategy<Value = String> {
        let among = |parts: Vec<&'static str>| prop::sample::select(parts).prop_map(str::to_owned);
        let part = prop_oneof![
            4 => among(vec![" ", "\n", "  ", "\r\n", "\n\n", "\t", "\u{a0}", "\u{3000}", " \n "]),
            4 => among(vec!["a", "B", "it's", "'s", "1", "234", "日", "か", "ǅ", "ʰ", "½", "〇", "한", "я", "ก"]),
            2 => among(vec!["\u{301}", "!", "/", "//\n", ">", "> </", "▁", "'", "\0", "⺀", "👩🏽‍💻", "\u{E000}", "\u{FEFF}"]),
            1 => "\\PC{1,3}",
        ];
        prop::collection::vec(part, 1..24).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(20_000) })]

        #[test]
        fn the_pieces_on_both_sides_of_a_seam_are_those_of_the_whole(text in texts(), more in texts()) {
            let whole = text.clone() + &more;
            for pattern in Pattern::ALL {
                if let Some(seam) = last(pattern, false, text.as_bytes()) {
                    let apart = [pieces(pattern, &whole[..seam]), pieces(pattern, &whole[seam..])];
                    prop_assert_eq!(apart.concat(), pieces(pattern, &whole), "{:?} {}", pattern, seam);
                }
            }
        }
    }

    #[test]
    fn the_last_seam_is_found_wherever_it_is() {
        let found = |pattern, text: &str| last(pattern, false, text.as_bytes());
        assert_eq!(found(Pattern::O200k, "日本 語\n"), Some(10));
        assert_eq!(found(Pattern::Words, "日本 語\n"), Some(6));
        assert_eq!(found(Pattern::Whole, "日本 語\n"), None);
        for none in ["", " ", " a", "! b", "abc", "日", "a\u{301} b", "\n\n"] {
            assert_eq!(found(Pattern::O200k, none), None, "{none:?}");
        }
        // A text may be cut anywhere, so it may end in the middle of a character.
        assert_eq!(
            last(Pattern::O200k, false, &"a 日".as_bytes()[..3]),
            Some(1)
        );
        let far = "-".repeat(99) + "a\t" + &"! ".repeat(10_000);
        assert_eq!(found(Pattern::Cl100k, &far), Some(100));
    }

    #[test]
    fn what_is_said_to_be_the_same_in_form_c_is() {
        let mut same = 0;
        for character in '\0'..=char::MAX {
            let text = character.to_string();
            if is_same_in_form_c(text.as_bytes()[0]) {
                assert_eq!(Normalizer::Nfc.apply(&text), text);
                same += 1;
            }
        }
        assert!(same > 30_000);
    }
}
