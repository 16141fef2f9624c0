//! The same counts in the plainest way: all runs of the whole text in a list, all symbols in one sequence, the seam as a
//! replacement in it, and a tiling that tries every stretch of symbols as a piece out of a set.

use std::collections::HashSet;

use proptest::prelude::*;

use super::class::{
    ARABIC_DIGIT, BLANK, CASELESS, DECIMAL, LOWER, MARK, NUMERAL, PUNCT, SELECTOR, SHARP, SYMBOL,
    TITLE, UPPER, is_digit, is_hard, is_word, kind_of, lower,
};
use super::normal::normalize;
use super::symbol::{BEGIN, CAPS, END, SHIFT};
use super::tests::{GENERATIONS, atoms};
use super::{Place, Tiling};

struct Naive {
    pieces: HashSet<Vec<u8>>,
    prefixes: HashSet<Vec<u8>>,
    fold_quotes: bool,
    caps: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Class {
    Word,
    LooseMarks,
    Blank,
    Punct,
    Digits,
    Letters,
    Numbers,
    Symbols,
}

#[derive(Debug)]
struct Run {
    class: Class,
    text: Vec<char>,
}

impl Naive {
    fn read(section: &[u8]) -> Self {
        let count = u32::from_le_bytes(section[2..6].try_into().unwrap()) as usize;
        let (shapes, rest) = section[6..].split_at(count);
        let (shared, rest) = rest.split_at(count);
        let (lengths, mut rest) = rest.split_at(count);
        let mut naive = Self {
            pieces: [BEGIN, END, SHIFT, CAPS].map(|m| vec![m]).into(),
            prefixes: HashSet::new(),
            fold_quotes: section[1] & 1 != 0,
            caps: section[1] & 2 != 0,
        };
        let mut text = Vec::new();
        for i in 0..count {
            text.truncate(usize::from(shared[i]));
            let (new, after) = rest.split_at(usize::from(lengths[i]));
            text.extend_from_slice(new);
            rest = after;
            if shapes[i] == 0 {
                naive.prefixes.insert(text.clone());
            }
            for (bit, (before, after)) in [
                (&[][..], &[][..]),
                (&[BEGIN], &[]),
                (&[], &[END]),
                (&[BEGIN], &[END]),
                (&[SHIFT, BEGIN], &[]),
                (&[SHIFT, BEGIN], &[END]),
                (&[CAPS, BEGIN], &[]),
                (&[CAPS, BEGIN], &[END]),
            ]
            .into_iter()
            .enumerate()
            {
                if shapes[i] >> bit & 1 != 0 {
                    naive.pieces.insert([before, &text[..], after].concat());
                }
            }
        }
        naive
    }

    fn count(&self, text: &str, header: bool) -> u32 {
        let normal = normalize(text, self.fold_quotes).into_owned();
        let body = normal.trim_end_matches('\n');
        let feeds = normal.len() - body.len();
        let mut cost = match feeds {
            0 => 0,
            _ => self.tile(&vec![b'\n'; feeds + 2]) - 1,
        };
        let absorbed =
            header && text.starts_with(' ') && body.starts_with(' ') && !body.starts_with("  ");
        let body = if absorbed { &body[1..] } else { body };
        cost += self.tile(&self.symbols(body, header));
        cost
    }

    fn symbols(&self, text: &str, header: bool) -> Vec<u8> {
        let runs = runs(text);
        let last = |i: usize| runs.get(i).and_then(|r| r.text.last()).copied();
        let mut out: Vec<u8> = Vec::new();
        if header {
            let own = runs.first().is_some_and(|run| match run.class {
                Class::Word | Class::LooseMarks => true,
                Class::Blank => run.text[0] == ' ',
                Class::Punct => !opens_word(&runs, 0),
                _ => begins(run),
            });
            if !runs.is_empty() && opens_word(&runs, 0) {
                out.push(b' ');
            } else if !own {
                out.push(BEGIN);
            }
        }
        for (i, run) in runs.iter().enumerate() {
            let left = match i {
                0 => header,
                _ => last(i - 1) == Some(' '),
            };
            let right = runs
                .get(i + 1)
                .is_some_and(|next| next.text[0] == ' ' && next.text.get(1) != Some(&' '));
            match run.class {
                Class::Word => {
                    let fused = i > 0 && runs[i - 1].class == Class::LooseMarks;
                    let (marker, text) = if fused {
                        (None, run.text.clone())
                    } else {
                        self.case(&run.text)
                    };
                    out.extend(marker);
                    if !fused && !is_contraction(&runs, i) {
                        out.push(BEGIN);
                    }
                    out.extend(text.iter().collect::<String>().bytes());
                    out.push(END);
                }
                Class::LooseMarks => {
                    out.push(BEGIN);
                    out.extend(run.text.iter().collect::<String>().bytes());
                    if runs.get(i + 1).is_none_or(|next| next.class != Class::Word) {
                        out.push(END);
                    }
                }
                _ => {
                    if left && begins(run) && !opens_word(&runs, i) {
                        out.push(BEGIN);
                    }
                    out.extend(run.text.iter().collect::<String>().bytes());
                    if right && ends(run) {
                        out.push(END);
                    }
                }
            }
        }
        // The seam.
        let mut joined: Vec<u8> = Vec::new();
        for (i, &symbol) in out.iter().enumerate() {
            let begin = out[i + 1..].iter().find(|&&s| s != SHIFT && s != CAPS);
            let seam = symbol == b' ' && joined.last() == Some(&END) && begin == Some(&BEGIN);
            if !seam {
                joined.push(symbol);
            }
        }
        joined
    }

    fn case(&self, word: &[char]) -> (Option<u8>, Vec<char>) {
        let kinds: Vec<u8> = word.iter().map(|&c| kind_of(c)).collect();
        let has = |kind| kinds.contains(&kind);
        let lowered: Vec<char> = word.iter().map(|&c| lower(c)).collect();
        let caps = self.caps
            && word.len() >= 4
            && has(UPPER)
            && ![LOWER, TITLE, CASELESS, MARK].into_iter().any(has);
        if has(SHARP) {
            (None, word.to_vec())
        } else if caps {
            (Some(CAPS), lowered)
        } else if kinds[0] == UPPER && !kinds[1..].contains(&UPPER) {
            (Some(SHIFT), lowered)
        } else {
            (None, word.to_vec())
        }
    }

    fn tile(&self, symbols: &[u8]) -> u32 {
        let mut best = vec![u32::MAX; symbols.len() + 1];
        best[0] = 0;
        for end in 1..=symbols.len() {
            for start in end.saturating_sub(260)..end {
                if best[start] == u32::MAX {
                    continue;
                }
                let part = &symbols[start..end];
                if self.pieces.contains(part) {
                    best[end] = best[end].min(best[start] + 1);
                }
                let one = std::str::from_utf8(part).is_ok_and(|s| s.chars().count() == 1);
                if one && !self.pieces.contains(part) {
                    let known = (1..part.len())
                        .rev()
                        .find(|&k| k == 1 || self.prefixes.contains(&part[..k]))
                        .unwrap_or(1);
                    best[end] = best[end].min(best[start] + 1 + (part.len() - known) as u32);
                }
            }
        }
        best[symbols.len()]
    }
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for c in text.chars() {
        let kind = kind_of(c);
        let last = runs.last().map(|run| run.class);
        let hard = matches!(last, Some(Class::Letters | Class::Numbers | Class::Symbols));
        let class = match kind {
            MARK if last != Some(Class::Word) => Class::LooseMarks,
            SELECTOR if hard => last.unwrap(),
            _ if is_word(kind) => Class::Word,
            BLANK => Class::Blank,
            PUNCT => Class::Punct,
            _ if is_digit(kind) => Class::Digits,
            SYMBOL => Class::Symbols,
            DECIMAL | NUMERAL => Class::Numbers,
            _ => Class::Letters,
        };
        match runs.last_mut() {
            Some(run) if run.class == class => run.text.push(c),
            _ => runs.push(Run {
                class,
                text: vec![c],
            }),
        }
    }
    runs
}

/// Whether a run of numbers is of one kind.
fn is_number(run: &Run) -> bool {
    let first = kind_of(run.text[0]);
    matches!(first, DECIMAL | NUMERAL) && run.text.iter().all(|&c| kind_of(c) == first)
}

fn begins(run: &Run) -> bool {
    let kind = kind_of(run.text[0]);
    match run.class {
        Class::Punct => true,
        Class::Digits => kind == ARABIC_DIGIT,
        _ if is_hard(kind) => matches!(kind, SELECTOR | SYMBOL) || is_number(run),
        _ => false,
    }
}

fn ends(run: &Run) -> bool {
    let kind = kind_of(run.text[run.text.len() - 1]);
    match run.class {
        Class::Punct => true,
        Class::Word => matches!(run.text[run.text.len() - 1], 'Ⓐ'..='ⓩ'),
        Class::Digits => kind == ARABIC_DIGIT,
        _ if is_hard(kind) => matches!(kind, SELECTOR | SYMBOL) || is_number(run),
        _ => false,
    }
}

fn opens_word(runs: &[Run], i: usize) -> bool {
    runs[i].text == ['\'']
        && runs
            .get(i + 1)
            .is_some_and(|next| matches!(next.class, Class::Word | Class::LooseMarks))
}

fn is_contraction(runs: &[Run], i: usize) -> bool {
    let word: String = runs[i].text.iter().collect();
    ["s", "t", "d", "m", "ll", "re", "ve"].contains(&&word[..])
        && i > 0
        && runs[i - 1].text == ['\'']
        && (i < 2 || !ends(&runs[i - 2]))
}

fn check(text: &str) {
    for (section, tiling) in &*GENERATIONS {
        thread_local! {
            static NAIVE: std::cell::RefCell<Vec<(usize, std::rc::Rc<Naive>)>> = const { std::cell::RefCell::new(Vec::new()) };
        }
        let naive = NAIVE.with_borrow_mut(|all| {
            if let Some((_, naive)) = all.iter().find(|(length, _)| *length == section.len()) {
                return naive.clone();
            }
            let naive = std::rc::Rc::new(Naive::read(section));
            all.push((section.len(), naive.clone()));
            naive
        });
        let count = |place| Tiling::count_at(tiling, text, place);
        assert_eq!(count(Place::Running), naive.count(text, false), "{text:?}");
        assert_eq!(
            count(Place::AfterHeader),
            naive.count(text, true),
            "{text:?} after a header"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn counts_of_mixed_texts(text in atoms(0..40)) {
        check(&text);
    }

    #[test]
    fn counts_of_any_text(text in ".{0,40}") {
        check(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn counts_of_texts_of_several_segments(text in atoms(900..1500)) {
        check(&text);
    }

    #[test]
    fn counts_of_long_runs(text in atoms(1..4), times in 1..300_usize, after in atoms(0..4)) {
        check(&format!("{}{after}", text.repeat(times)));
    }
}
