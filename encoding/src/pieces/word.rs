//! `\w`, as Hugging Face's tokenizers ask for it where an added token has to be a single word.

use super::classes::{MARK, class_of, is_letter};

/// Half of each character that is 0 in a script, as of Unicode 16.0, where that is even. The next nine are its other digits.
const ZEROS: [u16; 75] = [
    0x18, 0x330, 0x378, 0x3E0, 0x4B3, 0x4F3, 0x533, 0x573, 0x5B3, 0x5F3, 0x633, 0x673, 0x6B3,
    0x6F3, 0x728, 0x768, 0x790, 0x820, 0x848, 0xBF0, 0xC08, 0xCA3, 0xCE8, 0xD40, 0xD48, 0xDA8,
    0xDD8, 0xE20, 0xE28, 0x5310, 0x5468, 0x5480, 0x54E8, 0x54F8, 0x5528, 0x55F8, 0x7F88, 0x8250,
    0x8698, 0x86A0, 0x8833, 0x8878, 0x889B, 0x88E8, 0x8978, 0x8A28, 0x8A68, 0x8B28, 0x8B60, 0x8B68,
    0x8B6D, 0x8B98, 0x8C70, 0x8CA8, 0x8DF8, 0x8E28, 0x8EA8, 0x8ED0, 0x8FA8, 0xB098, 0xB530, 0xB560,
    0xB5A8, 0xB6B8, 0xE678, 0xEBE7, 0xEBEC, 0xEBF1, 0xEBF6, 0xEBFB, 0xF0A0, 0xF178, 0xF278, 0xF4A8,
    0xFDF8,
];

/// What else is of words, by the first and how many: digits, numerals that are letters, circled letters, connectors, joiners.
const OTHERS: [(u32, u32); 23] = [
    (0x5F, 1),
    (0x16EE, 3),
    (0x200C, 2),
    (0x203F, 2),
    (0x2054, 1),
    (0x2160, 41),
    (0x24B6, 52),
    (0x3007, 1),
    (0x3021, 9),
    (0x3038, 3),
    (0xA6E6, 10),
    (0xFE33, 2),
    (0xFE4D, 3),
    (0xFF3F, 1),
    (0x1_0140, 53),
    (0x1_0341, 1),
    (0x1_034A, 1),
    (0x1_03D1, 5),
    (0x1_2400, 111),
    (0x1_E5F1, 10),
    (0x1_F130, 26),
    (0x1_F150, 26),
    (0x1_F170, 26),
];

/// Whether `character` is one of `\w`.
pub(crate) fn is_word(character: char) -> bool {
    let code = u32::from(character);
    let class = class_of(code);
    let follows = |first: u32, count: u32| code.wrapping_sub(first) < count;
    is_letter(class)
        || class == MARK
        || ZEROS.iter().any(|&half| follows(2 * u32::from(half), 10))
        || OTHERS.iter().any(|&(first, count)| follows(first, count))
}

#[cfg(test)]
mod tests {
    use fancy_regex::Regex;

    use super::is_word;

    #[test]
    fn all_code_points_are_words_as_the_regular_expression_says() {
        let word = Regex::new(r"^\w$").unwrap();
        let mut text = String::new();
        let unlike = ('\0'..=char::MAX).filter(|&character| {
            text.clear();
            text.push(character);
            is_word(character) != word.is_match(&text).unwrap()
        });
        let unlike: Vec<u32> = unlike.map(u32::from).collect();
        assert!(unlike.is_empty(), "{unlike:04X?}");
    }
}
