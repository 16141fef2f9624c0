//! The scanners cut where the regular expressions that they replace cut, in every spelling of those.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::RefCell;

use fancy_regex::Regex;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::known::{DEEPSEEK_V3, EXPRESSIONS};
use super::pattern::Pattern;

/// Every kind of character that any of the patterns tells from another.
const KINDS: [char; 32] = [
    'a',
    'S',
    't',
    '1',
    ' ',
    '\n',
    '\'',
    '.',
    '/',
    '日',
    '\u{301}',
    '\0',
    '\t',
    '\r',
    '\u{a0}',
    '\u{85}',
    'ſ',
    'ǅ',
    'ʰ',
    'か',
    '・',
    '\u{309B}',
    '\u{3040}',
    '〇',
    '⺀',
    '\u{16FF0}',
    '½',
    '龦',
    '한',
    '\u{FEFF}',
    '。',
    '\u{E000}',
];

/// Regular expressions, each applied to every part that the one before left.
struct Reference {
    pattern: Pattern,
    steps: Vec<Regex>,
    compared: usize,
    ends: Vec<usize>,
    cut: Vec<usize>,
}

impl Reference {
    fn new(pattern: Pattern, steps: &[&str]) -> Self {
        Self {
            pattern,
            steps: steps.iter().map(|step| Regex::new(step).unwrap()).collect(),
            compared: 0,
            ends: Vec::new(),
            cut: Vec::new(),
        }
    }

    /// Every reference: one per spelling.
    fn all(pattern: Pattern) -> Vec<Self> {
        let gpt2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
        match pattern {
            Pattern::DeepSeekV3 => vec![Self::new(pattern, &DEEPSEEK_V3)],
            Pattern::CommandR => vec![Self::new(pattern, &[r"\p{N}", gpt2])],
            Pattern::Words => vec![Self::new(pattern, &["(?<=[^ \u{2581}])(?= )"])],
            Pattern::WordsTag => vec![Self::new(
                pattern,
                &["(?<=[^ \u{2581}>])(?= )|(?<=>)(?= )(?! </)"],
            )],
            Pattern::Whole => vec![Self::new(pattern, &[])],
            _ => {
                let spellings = EXPRESSIONS.iter().filter(|(_, known)| *known == pattern);
                spellings
                    .map(|(expression, _)| Self::new(pattern, &[expression]))
                    .collect()
            }
        }
    }

    /// Finds the ends of the pieces of `text`.
    fn cut(&mut self, text: &str) {
        self.ends.clear();
        self.ends.extend((!text.is_empty()).then_some(text.len()));
        for step in &self.steps {
            self.cut.clear();
            let mut start = 0;
            for &end in &self.ends {
                // A part is cut without a look at what surrounds it. Between matches lies a piece, too.
                for found in step.find_iter(&text[start..end]) {
                    let found = found.unwrap();
                    for place in [start + found.start(), start + found.end()] {
                        if place > self.cut.last().copied().unwrap_or_default() {
                            self.cut.push(place);
                        }
                    }
                }
                if self.cut.last() != Some(&end) {
                    self.cut.push(end);
                }
                start = end;
            }
            std::mem::swap(&mut self.ends, &mut self.cut);
        }
    }

    fn check(&mut self, text: &str) {
        self.cut(text);
        self.compared += 1;
        let mut start = 0;
        for &end in &self.ends {
            let found = self.pattern.piece_end(text.as_bytes(), start);
            assert!(
                found == end,
                "{:?} ends the piece from {start} at {found}, the expression at {end}: {text:?}",
                self.pattern
            );
            start = end;
        }
    }
}

/// Compares all strings of `length` of `kinds`.
fn every_string(reference: &mut Reference, kinds: &[char], length: u32) {
    let mut text = String::new();
    for mut number in 0..kinds.len().pow(length) {
        text.clear();
        for _ in 0..length {
            text.push(kinds[number % kinds.len()]);
            number /= kinds.len();
        }
        reference.check(&text);
    }
}

/// Compares code points in many contexts: all that are assigned, and of the empty planes one in `step`.
fn every_code_point(reference: &mut Reference, step: u32) {
    let mut text = String::new();
    let chosen = |&c: &char| {
        matches!(u32::from(c), ..0x4_0000 | 0xE_0000..0xE_1000) || u32::from(c) % step == 0
    };
    for c in ('\0'..=char::MAX).filter(chosen) {
        text.clear();
        // Beside each kind of neighbour, before and after, alone and in runs.
        for part in [
            "a", "b ", "1.", "\n'", "  ", " \n", "A's'", "S", "か", "日", "\0", "a\0", "/",
            "\u{301}",
        ] {
            text.push(c);
            text.push_str(part);
        }
        text.extend([c, c, c, c]);
        reference.check(&text);
    }
}

fn mixed_texts(reference: &mut Reference, cases: u32) {
    let fragment = prop_oneof![
        "[a-z]{1,12}",
        "[A-Z]{1,6}[a-z]{0,8}",
        "[0-9]{1,7}",
        "[ \\t\\r\\n\u{a0}\u{85}\u{2028}\u{3000}]{1,6}",
        "[!-/:-@\\[-`{-~]{1,6}",
        "'(s|S|ll|LL|re|Ve|t|d|M|ſ|l|r)",
        "> </",
        "[▁ >]{1,4}",
        "[а-яА-Я]{1,10}",
        "[一-龥㐀-㐿⺀-⻿々〇]{1,9}",
        "[\u{3000}-\u{30ff}]{1,10}",
        "[가-힣]{1,8}",
        "[ء-ي]{1,8}",
        "[ก-๛]{1,8}",
        "[\u{300}-\u{36f}\u{200d}\u{fe0f}]{1,3}",
        "[\0-\u{1f}\u{7f}-\u{9f}\u{e000}\u{378}]{1,4}",
        "[ǅǈǋʰˠªº½²Ⅻ٣]{1,3}",
        "\\PC{1,6}",
        any::<String>(),
    ];
    let texts = prop::collection::vec(fragment, 0..40).prop_map(|parts| parts.concat());
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let reference = RefCell::new(reference);
    let run = TestRunner::new(config).run(&texts, |text| {
        reference.borrow_mut().check(&text);
        Ok(())
    });
    assert!(run.is_ok(), "{run:?}");
}

fn compare(pattern: Pattern) {
    for (spelling, mut reference) in Reference::all(pattern).into_iter().enumerate() {
        for length in 0..=3 {
            every_string(&mut reference, &KINDS, length);
        }
        every_string(&mut reference, &KINDS[..24], 4);
        every_string(&mut reference, &KINDS[..12], 5);
        every_string(&mut reference, &KINDS[..8], 6);
        // Spellings differ in syntax, not in classes.
        if spelling == 0 {
            every_code_point(&mut reference, 61);
        }
        mixed_texts(&mut reference, 3000);
        println!("{pattern:?}: {} texts", reference.compared);
    }
}

macro_rules! cuts_as_its_expressions {
    ($($name:ident $pattern:ident)*) => {
        $(
            #[test]
            fn $name() {
                compare(Pattern::$pattern);
            }
        )*
    };
}

cuts_as_its_expressions! {
    cl100k Cl100k
    o200k O200k
    gpt2 Gpt2
    llama3 Llama3
    qwen2 Qwen2
    qwen35 Qwen35
    deepseek_v3 DeepSeekV3
    tekken Tekken
    kimi Kimi
    command_r CommandR
    words Words
    words_tag WordsTag
    whole Whole
}

/// On demand, for minutes: `cargo test -p token-headroom-encoding --release -- --ignored every_longer_string`.
#[test]
#[ignore = "takes many minutes"]
fn every_longer_string() {
    for pattern in Pattern::ALL {
        for mut reference in Reference::all(pattern) {
            every_code_point(&mut reference, 1);
            every_string(&mut reference, &KINDS, 4);
            every_string(&mut reference, &KINDS[..20], 5);
            every_string(&mut reference, &KINDS[..13], 6);
            println!("{pattern:?}: {} texts", reference.compared);
        }
    }
}
