//! Short pieces count as naive merges count each, several at once and alone.

use super::long_tests::{naive, numbers, vocabularies};
use super::lot::{Lot, Piece};
use super::merge::{count_short, count_texts};

#[test]
fn several_short_pieces_at_once_count_as_naive_merges_count_each() {
    let mut below = numbers(4);
    let alphabets: [&[u8]; 4] = [
        b"aA0/+zQ9",
        b"etaoinshr ",
        b" .,-=_\n\0",
        b"\x80\xC3\xE4\xB8\xFFa",
    ];
    // What an earlier lot leaves behind must not matter.
    let mut lot = Lot::new();
    for vocabulary in &vocabularies() {
        for round in 0..10_000 {
            let alphabet = alphabets[round % alphabets.len()];
            // Some fewer than are merged at once, and some more.
            let count = 1 + below(40);
            let (mut pieces, mut texts, mut expected) = (Vec::new(), Vec::new(), Vec::new());
            for _ in 0..count {
                // What follows a piece is not part of it.
                let bytes: [u8; 16] = std::array::from_fn(|_| match round % 3 {
                    0 => below(256) as u8,
                    _ => alphabet[below(alphabet.len())],
                });
                let text = bytes[..1 + below(15)].to_vec();
                let tokens = naive(vocabulary, &text).len() as u32;
                // Of those that are no token, half are merged without trying to make them one.
                let may_be_one = text.len() < 3 || tokens == 1 || below(2) == 0;
                let (words, _) = bytes.as_chunks();
                let words = [0, 1].map(|word| u64::from_le_bytes(words[word]));
                pieces.push(Piece::new(words, text.len(), may_be_one));
                texts.push(text);
                expected.push(tokens);
            }
            let mut counts = vec![0; count];
            lot.count(vocabulary, &pieces, &mut counts);
            assert_eq!(counts, expected, "{texts:?}");
            for (texts, expected) in texts.chunks(4).zip(expected.chunks(4)) {
                let mut four: [&[u8]; 4] = [&[]; 4];
                for (place, text) in four.iter_mut().zip(texts) {
                    *place = text;
                }
                let counts = count_texts::<4, 32>(vocabulary, &four);
                assert_eq!(&counts[..texts.len()], expected);
            }
        }
    }
}

#[test]
fn short_merges_that_start_from_closed_characters_agree_with_naive_ones() {
    let mut below = numbers(2);
    let ranges = [
        (0x4E00, 0x9FFF),
        (0x3040, 0x30FF),
        (0xAC00, 0xD7A3),
        (0x0E00, 0x0E7F),
        (0x2000, 0x2BFF),
        (0x3000, 0x303F),
        (0xFF00, 0xFFEF),
        (0x0900, 0x0DFF),
        (0x0400, 0x04FF),
        (0x20, 0x7E),
        (0x1F300, 0x1FAFF),
    ];
    for vocabulary in &vocabularies() {
        for _ in 0..30_000 {
            let mixed = below(3) == 0;
            let range = below(ranges.len());
            let piece: String = (0..1 + below(14))
                .filter_map(|_| {
                    let (low, high) = ranges[if mixed { below(ranges.len()) } else { range }];
                    char::from_u32(low + below((high - low + 1) as usize) as u32)
                })
                .collect();
            if !piece.is_empty()
                && let Some(short) = count_short(vocabulary, piece.as_bytes())
            {
                let expected = naive(vocabulary, piece.as_bytes());
                assert_eq!(short as usize, expected.len(), "{piece}");
            }
        }
    }
}
