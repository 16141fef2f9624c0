//! The windows, the short merge and a merge written out plainly agree; and the work stays linear.

use std::ops::{ControlFlow, RangeInclusive};

use super::long::{LongMerge, Told};
use super::overlap::tests::whole;
use super::vocabulary::{Vocabulary, id};
use crate::normal::Normalizer;
use crate::pack::{Contents, Kind, Pack, Symbols, Variant, write_ids};
use crate::pieces::Pattern;
use crate::{Codec, Encoding, Keep};

pub(super) fn vocabularies() -> [Vocabulary; 2] {
    [
        include_bytes!("../../packs/cl100k_base.pack").as_slice(),
        include_bytes!("../../packs/o200k_base.pack").as_slice(),
    ]
    .map(opened)
}

pub(super) fn ends(vocabulary: &Vocabulary, window: usize, piece: &[u8]) -> Vec<usize> {
    let mut ends = Vec::new();
    LongMerge::with_window(window).token_ends(vocabulary, piece, &mut |told| {
        match told {
            Told::End(end) => ends.push(end),
            Told::Anew => ends.clear(),
        }
        ControlFlow::Continue(())
    });
    let count = LongMerge::with_window(window).count(vocabulary, piece);
    assert_eq!(count, ends.len(), "{:?}", String::from_utf8_lossy(piece));
    ends
}

/// A vocabulary and a piece whose end decides what all of it becomes: of its pairs, all of them different, the last merges first, so every
/// second one does; and those that start at even places, or at odd ones, become more.
pub(super) fn decided_by_its_end(odd: bool) -> (Vocabulary, Vec<u8>) {
    let (pack, piece) = pack_decided_by_its_end(b'a'..=b'z', odd);
    (opened(&pack), piece)
}

pub(super) fn opened(pack: &[u8]) -> Vocabulary {
    match Pack::open(pack).unwrap().kind {
        Kind::Merges(merges) => Vocabulary::new(&merges).unwrap(),
        Kind::Tiling(_) => panic!("a tiling"),
    }
}

fn pack_decided_by_its_end(letters: RangeInclusive<u8>, odd: bool) -> (Vec<u8>, Vec<u8>) {
    // Every pair of letters once (a de Bruijn sequence): for each Lyndon word of one or two letters, in order.
    let last = *letters.end();
    let words = letters.map(|first| {
        let pairs = (first + 1..=last).flat_map(move |second| [first, second]);
        std::iter::once(first).chain(pairs)
    });
    let piece: Vec<u8> = words.flatten().collect();
    let mut merges = Vec::new();
    let mut next = 256..;
    let mut merge = |left: u32, right: u32| {
        merges.push(vec![(left, right)]);
        next.next().unwrap()
    };
    let pairs = piece.windows(2).rev();
    let mut made: Vec<u32> = pairs
        .map(|pair| merge(pair[0].into(), pair[1].into()))
        .collect();
    made.reverse();
    let mut tokens: Vec<u32> = made.into_iter().skip(usize::from(odd)).step_by(2).collect();
    while tokens.len() > 5 {
        let (pairs, rest) = tokens.as_chunks();
        let joined = pairs.iter().map(|&[left, right]| merge(left, right));
        tokens = joined.chain(rest.iter().copied()).collect();
    }
    (pack_of(merges), piece)
}

/// A pack of merges of bytes.
pub(super) fn pack_of(sweeps: Vec<Vec<(u32, u32)>>) -> Vec<u8> {
    let contents = Contents {
        symbols: Symbols::Bytes,
        sweeps,
        wholes: Vec::new(),
        variants: vec![Variant {
            name: "made".into(),
            pattern: Pattern::Whole,
            normalizer: Normalizer::None,
            prefix_space: None,
            literals: Vec::new(),
        }],
    };
    crate::pack::write(&contents).unwrap()
}

#[test]
fn what_the_end_decides_is_counted_limited_cut_and_encoded() {
    for odd in [false, true] {
        // Longer than several windows.
        let (pack, piece) = pack_decided_by_its_end(b'!'..=b'~', odd);
        let encoding = Encoding::from_pack(&pack).unwrap();
        let last = 256 + encoding.vocabulary().pairs().len() as u32;
        let ids = write_ids(&(0..last).collect::<Vec<u32>>()).unwrap();
        let codec = Codec::new(&encoding, &pack, &ids).unwrap();
        for length in piece.len() - 1..=piece.len() {
            let text = std::str::from_utf8(&piece[..length]).unwrap();
            let count = whole(encoding.vocabulary(), text.as_bytes());
            assert_eq!(encoding.count(text), count);
            for limit in [0, count - 1, count, count + 1, count + 100, 5000] {
                let expected = (count <= limit).then_some(count);
                assert_eq!(
                    encoding.count_up_to(text, limit),
                    expected,
                    "{length}, {limit}"
                );
            }
            let encoded = codec.encode(text);
            assert_eq!(encoded.len(), count as usize);
            assert_eq!(codec.decode(&encoded).unwrap(), text);
            for keep in [Keep::Head, Keep::Tail] {
                assert_eq!(encoding.truncate(text, count, keep).tokens, count);
            }
        }
    }
}

#[test]
fn a_piece_that_its_end_decides_starts_anew() {
    let mut anew = 0;
    for odd in [false, true] {
        let (vocabulary, piece) = decided_by_its_end(odd);
        for length in piece.len() - 40..=piece.len() {
            let piece = &piece[..length];
            let expected = naive(&vocabulary, piece);
            for window in [16, 64, 200, 2048] {
                let found = ends(&vocabulary, window, piece);
                assert_eq!(found, expected, "{length}, {window}");
                LongMerge::with_window(window).token_ends(&vocabulary, piece, &mut |told| {
                    anew += usize::from(matches!(told, Told::Anew));
                    ControlFlow::Continue(())
                });
            }
        }
    }
    assert!(anew > 0);
}

/// Leftmost lowest id first, in the plainest way.
pub(super) fn naive(vocabulary: &Vocabulary, piece: &[u8]) -> Vec<usize> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < piece.len() {
        let (token, end) = match vocabulary.characters() {
            None => (u32::from(piece[at]), at + 1),
            Some(characters) => {
                let (symbol, end) = characters.symbol(piece, at);
                (id(symbol), end)
            }
        };
        tokens.push((token, end));
        at = end;
    }
    while let Some((id, i)) = tokens
        .windows(2)
        .zip(0..)
        .filter_map(|(pair, i)| Some((vocabulary.merge(pair[0].0, pair[1].0)?, i)))
        .min()
    {
        tokens[i] = (id, tokens[i + 1].1);
        tokens.remove(i + 1);
    }
    tokens.into_iter().map(|(_, end)| end).collect()
}

/// A fixed sequence of numbers (a linear congruential generator with Knuth's constants).
pub(super) fn numbers(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |below| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    }
}

#[test]
fn windows_short_merge_and_naive_merge_agree_on_raw_bytes() {
    let alphabets: [&[u8]; 7] = [
        b"a",
        b"ab",
        b" \n",
        b"=-_",
        b"etaoinshrdlu",
        &[0xE4, 0xB8, 0xAD, 0xE6, 0x96, 0x87, 0x80],
        &[0, 0x20, 0x7F, 0x80, 0xC3, 0xF0, 0x9F, 0x98, 0xFF],
    ];
    let mut below = numbers(1);
    for vocabulary in &vocabularies() {
        for round in 0..1500 {
            let alphabet = alphabets[round % alphabets.len()];
            let length = 1 + below(if round % 10 == 0 { 600 } else { 80 });
            let piece: Vec<u8> = (0..length)
                .map(|_| match round % 8 {
                    7 => below(256) as u8,
                    _ => alphabet[below(alphabet.len())],
                })
                .collect();
            let expected = naive(vocabulary, &piece);
            for window in [16, 64, 2048] {
                assert_eq!(ends(vocabulary, window, &piece), expected, "{piece:?}");
            }
            if let Some(short) = crate::merges::merge::count_short(vocabulary, &piece) {
                assert_eq!(short as usize, expected.len(), "{piece:?}");
            }
        }
    }
}

/// Text that repeats itself for a while, from anywhere on, and then does not.
#[test]
fn windows_whose_text_comes_again_agree_with_naive_merges() {
    let parts: [&[u8]; 8] = [
        b"a",
        b"the ",
        b"=-",
        b"\n",
        "👨‍👩".as_bytes(),
        "中文".as_bytes(),
        b"\xF0",
        b"ing",
    ];
    let mut below = numbers(6);
    for vocabulary in &vocabularies() {
        for _ in 0..600 {
            let mut piece = Vec::new();
            for _ in 0..1 + below(3) {
                let unit: Vec<&[u8]> = (0..1 + below(4)).map(|_| parts[below(8)]).collect();
                piece.extend(unit.concat().repeat(1 + below(30)));
            }
            piece.truncate(500);
            let expected = naive(vocabulary, &piece);
            for window in [16, 64, 200] {
                assert_eq!(ends(vocabulary, window, &piece), expected, "{piece:?}");
            }
        }
    }
}

#[test]
fn what_comes_again_is_encoded_once() {
    for vocabulary in &vocabularies() {
        for (unit, rest) in [("👨‍👩‍👧‍👦", ""), ("👍🏽", "!"), ("lorem ipsum ", "x"), ("=", "-")]
        {
            let piece = unit.repeat(300_000 / unit.len()) + rest;
            let mut merge = LongMerge::new();
            let mut count = 0;
            merge.token_ends(vocabulary, piece.as_bytes(), &mut |_| {
                count += 1;
                ControlFlow::Continue(())
            });
            assert!(merge.work < 30_000, "{}: {unit}", merge.work);
            let expected = whole(vocabulary, piece.as_bytes());
            assert_eq!(count, expected, "{unit}");
        }
    }
}

#[test]
fn what_comes_again_and_again_is_counted_once_and_told_each_time() {
    let mut below = numbers(11);
    let units: [&[&str]; 3] = [
        &["a", "b", "ab", "the", "-", "=="],
        &["👩", "🏽", "\u{200d}", "💻", "\u{fe0f}", "❤"],
        &["的", "一", "が", "é", "n", " "],
    ];
    for vocabulary in &vocabularies() {
        for round in 0..600 {
            let units = units[round % 3];
            let mut piece = String::new();
            // What repeats itself changes now and then, by a little or for good.
            while piece.len() < 4000 {
                let unit: String = (0..1 + below(12)).map(|_| units[below(6)]).collect();
                for _ in 0..1 + below(1500) / unit.len() {
                    piece += &unit;
                }
                piece += units[below(6)];
            }
            for window in [48, 100, 512] {
                ends(vocabulary, window, piece.as_bytes());
            }
        }
        // Ten times as much of it is as much work, and one byte in it is noticed.
        let unit = "👩🏽‍💻";
        let count = |piece: &str| {
            let mut merge = LongMerge::new();
            (merge.count(vocabulary, piece.as_bytes()), merge.work)
        };
        let [(once, work), (ten_times, same_work)] =
            [1000, 10_000].map(|times| count(&unit.repeat(times)));
        assert!(
            ten_times.abs_diff(10 * once) < 10 && same_work < work + 2 * 2048,
            "{work} {same_work}"
        );
        for place in [100, 5000, 9990] {
            let piece = unit.repeat(place) + "!" + &unit.repeat(10_000 - place);
            let told = ends(vocabulary, 2048, piece.as_bytes()).len();
            assert_eq!(told, count(&piece).0);
            assert!(told > ten_times);
        }
    }
}

#[test]
fn the_work_for_a_piece_grows_with_its_length_and_no_faster() {
    let mut below = numbers(3);
    let random: Vec<u8> = (0..1_000_000).map(|_| b'a' + below(26) as u8).collect();
    let chinese = "的一是不了人我在有他".repeat(33_333);
    let pieces: [&[u8]; 6] = [
        &b"a".repeat(1_000_000),
        &b" ".repeat(1_000_000),
        &b"\n".repeat(1_000_000),
        &b"ab".repeat(500_000),
        &random,
        chinese.as_bytes(),
    ];
    let work = |vocabulary, piece: &[u8]| {
        let mut merge = LongMerge::new();
        let mut end = 0;
        merge.token_ends(vocabulary, piece, &mut |told| {
            let Told::End(token_end) = told else {
                panic!("started anew");
            };
            end = token_end;
            ControlFlow::Continue(())
        });
        assert_eq!(end, piece.len());
        merge.work
    };
    for vocabulary in &vocabularies() {
        for piece in pieces {
            // Windows that double to find a token in common leave a factor of two.
            let (short, long) = (work(vocabulary, &piece[..99_999]), work(vocabulary, piece));
            assert!(
                long <= 20 * short,
                "{short}, then {long}: {:?}",
                &piece[..10]
            );
        }
    }
}
