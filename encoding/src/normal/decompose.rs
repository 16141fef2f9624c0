//! Taking characters apart, and putting the marks after each in their canonical order.

use super::form::Form;
use super::tables::COMBINING_CLASSES;

/// A character and its combining class; 0 for those that start anew.
#[derive(Clone, Copy)]
pub(super) struct Part {
    /// The character.
    pub character: char,
    /// Its class.
    pub class: u8,
}

/// What a stretch of text is taken apart to.
pub(super) type Parts = Vec<Part>;

/// Decompositions from one known place in their text to the next.
const OFFSET_EVERY: usize = 64;

/// Full decompositions of code points, which stand in runs of neighbours.
pub(super) struct Decompositions {
    /// The first code point of each run.
    pub starts: &'static [u32],
    /// The index of its decomposition.
    pub firsts: &'static [u16],
    /// Where every [`OFFSET_EVERY`]th decomposition starts in the text.
    pub offsets: &'static [u16],
    /// The length of each; far smaller, once compressed, than where each ends.
    pub lengths: &'static [u8],
    /// All decompositions, one after the other.
    pub text: &'static str,
}

impl Decompositions {
    /// Every code point that is taken apart, and what to.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &'static str)> {
        let runs = self.starts.iter().zip(self.firsts);
        let ends = self.firsts.iter().skip(1).map(|&first| usize::from(first));
        let ends = ends.chain([self.lengths.len()]);
        let codes = runs
            .zip(ends)
            .flat_map(|((&start, &first), end)| start..start + (end - usize::from(first)) as u32);
        let mut rest = self.text;
        codes.zip(self.lengths).map(move |(code, &length)| {
            let (text, after) = rest
                .split_at_checked(usize::from(length))
                .unwrap_or_default();
            rest = after;
            (code, text)
        })
    }

    /// The decomposition of `code`.
    pub fn get(&self, code: u32) -> Option<&'static str> {
        let runs = self.starts.partition_point(|&start| start <= code);
        let run = runs.checked_sub(1)?;
        let index = usize::from(self.firsts[run]) + (code - self.starts[run]) as usize;
        let next = self.firsts.get(runs).copied();
        if index >= next.map_or(self.lengths.len(), usize::from) {
            return None;
        }
        let known = index / OFFSET_EVERY;
        let between = &self.lengths[known * OFFSET_EVERY..index];
        let skipped: usize = between.iter().map(|&length| usize::from(length)).sum();
        let start = usize::from(self.offsets[known]) + skipped;
        self.text
            .get(start..start + usize::from(self.lengths[index]))
    }
}

/// Hangul syllables are composed by arithmetic (The Unicode Standard, 3.12): the first syllable, leading consonant, vowel, and the
/// place before the first trailing consonant; how many there are of each.
pub(super) mod hangul {
    /// The first syllable.
    pub const SYLLABLE: u32 = 0xAC00;
    /// The first leading consonant.
    pub const LEADING: u32 = 0x1100;
    /// The first vowel.
    pub const VOWEL: u32 = 0x1161;
    /// The place before the first trailing consonant, which stands for none.
    pub const TRAILING: u32 = 0x11A7;
    /// Leading consonants.
    pub const LEADINGS: u32 = 19;
    /// Vowels.
    pub const VOWELS: u32 = 21;
    /// Trailing consonants, and none.
    pub const TRAILINGS: u32 = 28;
    /// Syllables.
    pub const SYLLABLES: u32 = LEADINGS * VOWELS * TRAILINGS;
}

/// Replaces `parts` by those of `text`, in canonical order.
pub(super) fn decompose<F: Form>(text: &str, parts: &mut Parts) {
    parts.clear();
    for c in text.chars() {
        let code = u32::from(c);
        if let Some(syllable) = code.checked_sub(hangul::SYLLABLE)
            && syllable < hangul::SYLLABLES
        {
            let (pair, trailing) = (syllable / hangul::TRAILINGS, syllable % hangul::TRAILINGS);
            push(parts, hangul::LEADING + pair / hangul::VOWELS);
            push(parts, hangul::VOWEL + pair % hangul::VOWELS);
            if trailing > 0 {
                push(parts, hangul::TRAILING + trailing);
            }
        } else if let Some(decomposition) = F::decomposition(code) {
            for c in decomposition.chars() {
                push(parts, c.into());
            }
        } else {
            push(parts, code);
        }
    }
    for marks in parts.chunk_by_mut(|a, b| a.class != 0 && b.class != 0) {
        if !marks.is_sorted_by_key(|mark| mark.class) {
            order(marks);
        }
    }
}

/// Sorts marks by class, those of one class as they were.
///
/// There are about fifty classes, so a walk for each of those present is linear in the number of marks.
fn order(marks: &mut [Part]) {
    let mut ordered = Vec::with_capacity(marks.len());
    let mut class = 0;
    while let Some(next) = marks
        .iter()
        .map(|mark| mark.class)
        .filter(|&c| c > class)
        .min()
    {
        class = next;
        ordered.extend(marks.iter().filter(|mark| mark.class == class).copied());
    }
    marks.copy_from_slice(&ordered);
}

fn push(parts: &mut Parts, code: u32) {
    if let Some(character) = char::from_u32(code) {
        let class = combining_class(code);
        parts.push(Part { character, class });
    }
}

fn combining_class(code: u32) -> u8 {
    let runs = COMBINING_CLASSES.partition_point(|&run| run >> 15 <= code);
    let Some(&run) = COMBINING_CLASSES[..runs].last() else {
        return 0;
    };
    if code - (run >> 15) <= run >> 8 & 0x7F {
        (run & 0xFF) as u8
    } else {
        0
    }
}
