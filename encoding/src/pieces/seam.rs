//! Where a text may be cut in two whose pieces are those of the whole, so that a long one need not be in memory at once.
//!
//! A space after a letter or number starts a piece in every pattern that cuts at all, whatever surrounds them, and so does a line break in
//! all but those that stand for SentencePiece. Nothing before a piece's start matters to it, and no pattern asks what follows
//! a letter or number but whether it belongs to the same run.

use super::Pattern;
use super::classes::{NUMBER, class_at, is_letter};

/// Bytes that are searched, from the end: ordinary text has a seam among the last few.
const SEARCHED: usize = 4096;

/// The last seam among the last bytes of `text`, which may end in the middle of a character.
pub(crate) fn last(pattern: Pattern, text: &[u8]) -> Option<usize> {
    let may_start = |byte| match pattern {
        Pattern::Whole => false,
        Pattern::Words | Pattern::WordsTag => byte == b' ',
        _ => matches!(byte, b' ' | b'\n'),
    };
    let least = text.len().saturating_sub(SEARCHED).max(1);
    (least..text.len())
        .rev()
        .find(|&at| may_start(text[at]) && is_letter_or_number_before(text, at))
}

fn is_letter_or_number_before(text: &[u8], end: usize) -> bool {
    // At most four bytes of a character; only the first is none that continues one.
    let start = (end.saturating_sub(4)..end)
        .rev()
        .find(|&at| text[at] & 0xC0 != 0x80);
    start.is_some_and(|start| {
        let (class, _) = class_at(text, start);
        is_letter(class) || class == NUMBER
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Pattern;
    use super::last;

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
                if let Some(seam) = last(pattern, text.as_bytes()) {
                    let apart = [pieces(pattern, &whole[..seam]), pieces(pattern, &whole[seam..])];
                    prop_assert_eq!(apart.concat(), pieces(pattern, &whole), "{:?} {}", pattern, seam);
                }
            }
        }
    }

    #[test]
    fn the_last_seam_is_found_among_the_last_bytes() {
        let text = "日本 語\n";
        assert_eq!(last(Pattern::O200k, text.as_bytes()), Some(10));
        assert_eq!(last(Pattern::Words, text.as_bytes()), Some(6));
        assert_eq!(last(Pattern::Whole, text.as_bytes()), None);
        for none in ["", " ", " a", "! b", "abc", "日", "a\u{301} b"] {
            assert_eq!(last(Pattern::O200k, none.as_bytes()), None, "{none:?}");
        }
        // A text may be cut anywhere, and its first bytes may be in the middle of a character.
        assert_eq!(last(Pattern::O200k, &"a 日".as_bytes()[..3]), Some(1));
        let far = format!("a {}", "b".repeat(5000));
        assert_eq!(last(Pattern::O200k, far.as_bytes()), None);
    }
}
